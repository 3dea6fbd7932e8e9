"""Calendars kept elsewhere: naming one, and bringing it as a file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from spaces import permissions
from spaces.models import OutsideCalendar, Space
from spaces.outside import MOST_BYTES


class CalendarForm(forms.ModelForm):  # type: ignore[type-arg]
    address = forms.URLField(
        label=_("Address"),
        required=False,
        max_length=2000,
        assume_scheme="https",
        help_text=_("https://… of an iCalendar; without one, bring files instead."),
    )
    fieldsets = (("", ("space", "name_zh", "name_en")), ("", ("address",)))

    class Meta:
        model = OutsideCalendar
        fields = ("space", "name_zh", "name_en")

    def __init__(self, *args: Any, by: Actor, **kwargs: Any):
        super().__init__(*args, **kwargs)
        spaces = permissions.bookable_by_staff(by).select_related("building")
        self.fields["space"].queryset = spaces.order_by(  # type: ignore[attr-defined]
            "building__code", "code"
        )
        self.fields["space"].label = _("Space")
        self.fields["space"].label_from_instance = _where  # type: ignore[attr-defined]

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address and not address.startswith("https://"):
            raise ValidationError(_("The address must begin with https://."))
        return address


class CalendarFileForm(forms.Form):
    file = forms.FileField(
        label=_("File (.ics)"), widget=forms.ClearableFileInput(attrs={"accept": ".ics"})
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("The calendar is larger than 5 MB."))
        content: bytes = file.read()
        return content


def _where(space: Space) -> str:
    return f"{space.name} · {space.building.name}"

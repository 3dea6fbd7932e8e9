"""What a person says of themselves."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from district.models import Person

NEAR = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Tokyo", "Europe/London", "UTC")
REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Pacific/")


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=80)
    page_language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = Person
        fields = ("name", "time_zone")

    field_order = ("name", "page_language", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        far = sorted(zone for zone in available_timezones() if zone.startswith(REGIONS))
        choices = [("", _("Like the district")), *((zone, zone) for zone in (*NEAR, *far))]
        self.fields["time_zone"].choices = choices  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class EraseForm(forms.Form):
    sure = forms.BooleanField(label=_("I understand that this cannot be undone."))

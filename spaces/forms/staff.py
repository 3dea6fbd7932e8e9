"""Booking for somebody else: which space, which company, which of its people."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from district.models import Membership, Organization
from spaces.actions.booking import Wish
from spaces.forms.booking import BookForm
from spaces.models import Space

SHOWN = 5


class OrganizationField(forms.CharField):
    """A company by its name, chosen from the browser's own list or typed in part."""

    widget = forms.TextInput(attrs={"list": "companies", "autocomplete": "off"})

    def clean(self, value: Any) -> Organization | None:
        name = super().clean(value)
        if not name:
            return None
        current = Organization.objects.current()
        exact = list(current.filter(Q(name_zh=name) | Q(name_en=name))[:2])
        if len(exact) == 1:
            return exact[0]
        part = Q(name_zh__icontains=name) | Q(name_en__icontains=name)
        found = list(current.filter(part).order_by("id")[: SHOWN + 1])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("No organisation is called like that."), code="unknown")
        names = ", ".join(row.name for row in found[:SHOWN])
        raise ValidationError(
            _("Several are called like that: %(names)s. Please write the whole name.")
            % {"names": names},
            code="ambiguous",
        )


class StaffBookForm(BookForm):
    """What staff enter; `override` says that broken rules have been read and are meant."""

    space: Any = forms.ModelChoiceField(label=_("Space"), queryset=Space.objects.none())
    organization = OrganizationField(
        label=_("Company"),
        required=False,
        help_text=_("Part of the name is enough. Leave it empty for the operator's own use."),
    )
    person: Any = forms.ModelChoiceField(
        label=_("Person"),
        queryset=Membership.objects.none(),
        required=False,
        empty_label=_("Nobody in particular: its administrators are told"),
    )
    override = forms.BooleanField(label=_("Book it all the same"), required=False)

    field_order = ("space", "day", "at", "minutes", "people", "organization", "person")
    fieldsets = (
        (_("Where and when"), ("space", "day", "at", "minutes", "people")),
        (_("For whom"), ("organization", "person")),
        (_("What for"), ("title", "note")),
    )

    def __init__(self, *args: Any, spaces: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        space: Any = self.fields["space"]
        space.queryset = spaces
        space.choices = _by_building(spaces)
        person: Any = self.fields["person"]
        person.label_from_instance = lambda membership: membership.person.name
        if self.company is not None:
            person.queryset = (
                Membership.objects.current()
                .filter(organization=self.company)
                .select_related("person")
                .order_by("person__name", "id")
            )

    @cached_property
    def company(self) -> Organization | None:
        """Whose people may be chosen: the company that is written in, if it is a clear one."""
        name = (self.data if self.is_bound else self.initial).get("organization", "")
        try:
            return OrganizationField(required=False).clean(name)
        except ValidationError:
            return None

    def wish(self) -> Wish:
        data = self.cleaned_data
        return Wish(
            self.starts_at,
            self.ends_at,
            data["people"],
            data["title"],
            data["note"],
            organization_id=data["organization"].pk if data["organization"] else None,
            person_id=data["person"].person_id if data["person"] else None,
        )


def _by_building(spaces: Any) -> list[Any]:
    groups: dict[str, list[tuple[Any, str]]] = {}
    for space in spaces:
        groups.setdefault(space.building.name, []).append((space.pk, space.name))
    return [("", "—"), *groups.items()]

"""Booking for somebody else: which space, which company, which of its people."""

import re
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from district.models import Membership, Organization
from spaces.actions.booking import Wish
from spaces.forms.booking import BookForm
from spaces.models import Space

SHOWN = 5
MOST_FOUND = 8


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


class SpaceField(forms.CharField):
    """A space by its name and code, as chosen from those found, or by a part of what it is called.

    `spaces` are those to choose from, set by the form.
    """

    spaces: QuerySet[Space, Space]

    def clean(self, value: Any) -> Space:
        found = list(spaces_called(self.spaces, super().clean(value))[:2])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("No space is called like that."), code="unknown")
        raise ValidationError(
            _("Several are called like that. Choose one of those below."), code="ambiguous"
        )


def label_of(space: Space) -> str:
    """What a chosen space is written as; its code makes it the only one."""
    return f"{space.name}, {space.where} ({space.code})"


def spaces_called(spaces: QuerySet[Space, Space], text: str) -> QuerySet[Space, Space]:
    """By id or code, else where every word is part of a name or code, or of the building's."""
    try:
        return spaces.filter(pk=UUID(text))
    except ValueError:
        pass
    code = re.search(r"\(([^()]+)\)$", text.strip())
    exact = spaces.filter(code=code[1] if code else text.strip())
    if exact.exists():
        return exact
    for word in text.split():
        fields = ("name_zh", "name_en", "code", "building__name_zh", "building__name_en")
        spaces = spaces.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in fields)))
    return spaces


class StaffBookForm(BookForm):
    """What staff enter; `override` says that broken rules have been read and are meant."""

    space = SpaceField(
        label=_("Space"),
        help_text=_("Part of its name, its code or its building is enough."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "hx-trigger": "input changed delay:250ms",
                "hx-target": "#spaces-found",
                "hx-sync": "this:replace",
            }
        ),
    )
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
        space.spaces = spaces
        space.widget.attrs["hx-get"] = reverse("booking_new")
        self.initial["space"] = self._written(self.initial.get("space") or "")
        person: Any = self.fields["person"]
        person.label_from_instance = lambda membership: membership.person.name
        if self.company is not None:
            person.queryset = (
                Membership.objects.current()
                .filter(organization=self.company)
                .select_related("person")
                .order_by("person__name", "id")
            )

    def _written(self, text: str) -> str:
        """An id, as links have it, as people read it; anything else as it is."""
        return label_of(self.meant) if self.meant else text

    @cached_property
    def meant(self) -> Space | None:
        """The space that is written in, if it is a clear one."""
        try:
            space: Space = self.fields["space"].clean(self._text())
        except ValidationError:
            return None
        return space

    @cached_property
    def spaces_found(self) -> list[Space]:
        """Those to choose from while it is not clear which is meant."""
        text, field = self._text(), self.fields["space"]
        if not text.strip() or self.meant or not isinstance(field, SpaceField):
            return []
        return list(spaces_called(field.spaces, text)[: MOST_FOUND + 1])

    def _text(self) -> str:
        return str((self.data if self.is_bound else self.initial).get("space") or "")

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

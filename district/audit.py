"""The activity ledger as a list: who did what, to what, for whom, when, under which seal."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from district import registry
from district.actors import Actor
from district.dates import midnight
from district.lists import Cell, Column, Filter, Listing, Rows, Sort
from district.models import Activity, Membership, Organization
from district.permissions import can_view_ledger, require
from district.rules import Text
from district.templatetags.look import moment

SHORT: Final = 8


def ledger_rows(actor: Actor) -> QuerySet[Activity]:
    require(can_view_ledger(actor))
    rows = Activity.objects.select_related("membership__person", "organization", "client")
    return rows.annotate(number=F("seals__number"))


def _who(row: Activity) -> Cell:
    if row.membership is not None:
        address = f"{reverse('audit_list')}?person={row.membership.person_id}"
        return Cell(row.membership.person.name, address, row.membership.label)
    if row.client is not None:
        return Cell(row.client.name, note=_("API client"))
    return Cell(_("The system"))


def _subject(row: Activity) -> Cell:
    """The end of its id, which is unlike others'; the link lists all about it."""
    address = f"{reverse('audit_list')}?subject={row.subject_id}"
    return Cell(f"…{str(row.subject_id)[-SHORT:]}", address)


def _organization(row: Activity) -> Cell:
    if row.organization is None:
        return Cell("")
    return Cell(row.organization.name, row.organization.get_absolute_url())


def _seal(row: Activity) -> Cell:
    number = getattr(row, "number", None)
    return Cell(f"№ {number}", state="go") if number else Cell(_("Not sealed yet"), state="wait")


def _of_person(values: Sequence[str]) -> Q:
    """By id, as links have it, or by a part of the name."""
    acting = Membership.objects.all()
    try:
        acting = acting.filter(person_id__in=[UUID(value) for value in values])
    except ValueError:
        acting = acting.filter(person__name__icontains=values[0])
    return Q(membership__in=acting.values("pk"))


def _of_organization(values: Sequence[str]) -> Q:
    bodies = Organization.objects.all()
    try:
        bodies = bodies.filter(pk__in=[UUID(value) for value in values])
    except ValueError:
        bodies = bodies.filter(Q(name_zh__icontains=values[0]) | Q(name_en__icontains=values[0]))
    return Q(organization__in=bodies.values("pk"))


def _verbs() -> list[tuple[str, Text]]:
    return sorted(
        ((key, verb.label) for key, verb in registry.verbs.items()), key=lambda item: item[0]
    )


def found_by(rows: Rows[Activity], text: str) -> Rows[Activity]:
    """A seal's number, or a verb: as the ledger writes it, or by its name."""
    number = text.strip().removeprefix("№").strip()
    if number.isdecimal():
        return rows.filter(Q(number=int(number)))
    wanted = text.strip().lower()
    return rows.filter(
        verb__in=[
            key
            for key, verb in registry.verbs.items()
            if key.startswith(wanted) or wanted in str(verb.label).lower()
        ]
    )


AUDIT: Listing[Activity] = Listing(
    key="audit",
    rows=ledger_rows,
    columns=[
        Column("at", _("When"), lambda row: Cell(moment(row.at)), lambda row: row.at),
        Column(
            "verb",
            _("What"),
            lambda row: Cell(registry.verbs[row.verb].label, note=row.verb),
            lambda row: row.verb,
        ),
        Column("who", _("Who"), _who),
        Column("organization", _("Organisation"), _organization),
        Column(
            "subject",
            _("Subject"),
            _subject,
            lambda row: f"{row.subject_type} {row.subject_id}",
        ),
        Column(
            "data",
            _("Details"),
            lambda row: Cell(", ".join(f"{key}: {value}" for key, value in row.data.items())),
            shown=False,
        ),
        Column("seal", _("Seal"), _seal, lambda row: getattr(row, "number", None)),
    ],
    sorts=[
        Sort("newest", _("Newest first"), "at", descending=True),
        Sort("oldest", _("Oldest first"), "at"),
    ],
    filters=[
        Filter("verb", _("What"), lambda values: Q(verb__in=values), _verbs),
        Filter("person", _("Who"), _of_person, input_type="text", icon="user"),
        Filter(
            "organization", _("Organisation"), _of_organization, input_type="text", icon="building"
        ),
        Filter(
            "subject",
            _("Subject (id)"),
            lambda values: Q(subject_id__in=[UUID(value) for value in values]),
            input_type="text",
        ),
        Filter(
            "since",
            _("From"),
            lambda values: Q(at__gte=midnight(values[0])),
            input_type="date",
            icon="calendar",
        ),
        Filter(
            "until",
            _("Until"),
            lambda values: Q(at__lt=midnight(values[0], days=1)),
            input_type="date",
            icon="calendar",
        ),
    ],
    search=found_by,
)

"""What happened to one thing, from the ledger, newest first, by day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from district.actors import is_operator
from district.ids import id_of
from district.middleware import DistrictRequest
from district.models import Activity, Membership
from district.registry import verbs
from district.rules import Text
from district.templatetags.look import figure, moment
from district.tenancy.models import DistrictModel

SHOWN: Final = 20
MORE: Final = "before"


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """Who did what, when, and what it changed."""

    text: Text
    who: str
    at: datetime
    icon: str
    tone: str
    changes: Sequence[Change] = ()


@dataclass
class Timeline:
    """Entries of a page by day, newest first; `more` is the key of what comes before them."""

    days: Sequence[tuple[date, Sequence[Entry]]] = field(default_factory=list)
    more: str = ""

    def __bool__(self) -> bool:
        return bool(self.days)

    def __iter__(self) -> Iterator[Entry]:
        return (entry for _day, entries in self.days for entry in entries)


def timeline(subject: DistrictModel, request: DistrictRequest | None = None) -> Timeline:
    """For components/timeline.html: what the request's actor may know; one query.

    The request says how far back to go (?before=…). Without one, everything is told.
    """
    rows = Activity.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
    actor = request.actor if request else None
    if actor is not None and not is_operator(actor):
        rows = _concerning(rows, actor)
    before = id_of(request.GET.get(MORE, "")) if request else None
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(
        rows.select_related("membership__person", "membership__organization", "client").order_by(
            "-id"
        )[: SHOWN + 1]
    )
    shown, more = found[:SHOWN], found[SHOWN:]
    by_day = groupby(shown, key=lambda row: timezone.localtime(row.at).date())
    return Timeline(
        [(day, [_entry(row, actor) for row in rows]) for day, rows in by_day],
        str(shown[-1].pk) if more else "",
    )


def _concerning(rows: QuerySet[Activity], actor: Membership) -> QuerySet[Activity]:
    """What the actor's organisation did, or what was done to it."""
    own = actor.organization_id
    return rows.filter(
        Q(organization_id=own) | Q(counterpart_id=own) | Q(membership__organization_id=own)
    )


def _entry(row: Activity, actor: Membership | None) -> Entry:
    verb = verbs[row.verb]
    return Entry(verb.label, _who(row, actor), row.at, verb.icon, verb.tone, _changes(row))


def _who(row: Activity, actor: Membership | None) -> str:
    """One's own people by name; others outside the operator read of an organisation only."""
    if row.membership is None:
        return row.client.name if row.client else _("The system")
    organization = row.membership.organization
    if actor is None or actor.is_operator or organization.pk == actor.organization_id:
        return f"{row.membership.person.name} · {organization.name}"
    return str(organization.name)


def _changes(row: Activity) -> Sequence[Change]:
    """What `activity.changes_of` wrote down, in words of the model's fields."""
    changed: Mapping[str, Sequence[Any]] = row.data.get("changes", {})
    if not changed:
        return ()
    columns = apps.get_model(row.subject_type)._meta.concrete_fields
    return [
        Change(str(column.verbose_name), *(_said(column, value) for value in changed[column.name]))
        for column in columns
        if column.name in changed
    ]


def _said(column: Any, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    match column:
        case models.BooleanField():
            return str(_("Yes") if value else _("No"))
        case models.DateTimeField():
            return moment(parse_datetime(value))
        case models.DecimalField():
            return figure(Decimal(value))
        case _:
            return str(value)

"""The list of who waits for what: a company's own, or all of it for staff."""

from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.lists import Cell, Column, Filter, Listing, Rows, Sort, Tab, matching
from district.templatetags.look import clock, until
from spaces.listings import buildings, ids, one_of
from spaces.models import WaitlistEntry, WaitStatus

TONES = {
    WaitStatus.WAITING: "wait",
    WaitStatus.OFFERED: "go",
    WaitStatus.TAKEN: "off",
    WaitStatus.EXPIRED: "off",
    WaitStatus.LEFT: "off",
}
OPEN = (WaitStatus.WAITING, WaitStatus.OFFERED)


def visible_entries(actor: Actor) -> Rows[WaitlistEntry]:
    rows: Rows[WaitlistEntry] = WaitlistEntry.objects.visible_to(actor).with_place()
    return rows.select_related("space__building", "space__floor", "organization", "person")


def _still_open(params: QueryDict) -> Q:
    return Q() if params.get("status") else Q(status__in=OPEN)


def _state(entry: WaitlistEntry) -> Cell:
    status = WaitStatus(entry.status)
    return Cell(status.label, state=TONES[status])


def _place(entry: Any) -> Cell:
    """Where somebody stands in line; whose turn it is, until when it stays theirs."""
    if entry.can_be_taken:
        return Cell(_now("until %(time)s") % {"time": clock(entry.offered_until)})
    return Cell(entry.ahead + 1 if entry.status == WaitStatus.WAITING else "")


def _search(rows: Rows[WaitlistEntry], query: str) -> Rows[WaitlistEntry]:
    return matching(
        rows,
        Q(space__name_zh__icontains=query)
        | Q(space__name_en__icontains=query)
        | Q(space__code__icontains=query),
        Q(organization__name_zh__icontains=query) | Q(organization__name_en__icontains=query),
    )


WAITLIST: Listing[WaitlistEntry] = Listing(
    key="waitlist",
    rows=visible_entries,
    tabs=[
        Tab("open", _("In line"), _still_open, "oldest", _("Nobody waits for a space")),
        Tab("all", _("All"), lambda params: Q(), "newest", _("Nobody has waited yet")),
    ],
    columns=[
        Column(
            "space",
            _("Space"),
            lambda e: Cell(e.space.name, e.get_absolute_url(), e.space.where),
        ),
        Column(
            "when",
            _("When"),
            lambda e: Cell(until(e.starts_at, e.ends_at)),
            value=lambda e: e.starts_at,
        ),
        Column("place", _("Place in line"), _place, numeric=True),
        Column("organization", _("Organisation"), lambda e: Cell(e.organization.name)),
        Column("person", _("Waits"), lambda e: Cell(e.person.name if e.person else "API")),
        Column("people", _("People"), lambda e: Cell(e.attendee_count), numeric=True, shown=False),
        Column("state", _("State"), _state),
    ],
    sorts=[
        Sort("newest", _("Latest first"), "starts_at", descending=True),
        Sort("oldest", _("Earliest first"), "starts_at"),
    ],
    filters=[
        Filter("status", _("State"), one_of("status"), lambda: WaitStatus.choices),
        Filter("building", _("Building"), lambda v: ids("space__building_id", v), buildings),
        Filter("space", _("Space"), lambda v: ids("space_id", v)),
    ],
    search=_search,
    reaching=("space",),
)

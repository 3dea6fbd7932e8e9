"""The list of bookings: what comes next, what has been, and how to find one of them."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, Value
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.dates import midnight
from district.lists import BulkAction, Cell, Column, Filter, Listing, Rows, Sort, Tab, matching
from district.models import Organization, Person
from district.paths import path_of
from district.permissions import Permission, reach, require
from district.templatetags.look import duration, until
from spaces import permissions
from spaces.actions.decisions import cancel_booking, confirm_booking
from spaces.listings import buildings, ids, one_of
from spaces.models import LONGEST, Booking, BookingStatus, Building

GIVEN_UP = (BookingStatus.CANCELLED, BookingStatus.DECLINED)
TONES = {
    BookingStatus.REQUESTED: "wait",
    BookingStatus.CONFIRMED: "go",
    BookingStatus.CHECKED_IN: "go",
    BookingStatus.DECLINED: "stop",
    BookingStatus.NO_SHOW: "stop",
}


def _approve(row: Booking, actor: Actor) -> None:
    require(permissions.can_decide(actor, row))
    confirm_booking(row, by=actor)


def _cancel(row: Booking, actor: Actor) -> None:
    require(permissions.can_change_booking(actor, row))
    cancel_booking(row, by=actor)


def _visible(actor: Actor) -> Rows[Booking]:
    """With whether the actor books at all: then what was is offered to be booked again."""
    books = reach(actor, Permission.BOOKINGS_CREATE) is not None
    return (
        Booking.objects.visible_to(actor)
        .select_related("space__building", "space__floor", "organization", "person")
        .annotate(can_repeat=Value(books))
    )


def _again(row: Any) -> Cell:
    space = row.space
    if not row.can_repeat or not space.bookable or space.ended_at:
        return Cell("")
    return Cell(_("Book again"), path_of("booking_again", row.pk), icon="repeat")


def _upcoming(params: QueryDict) -> Q:
    """What is not over; what was given up only to those who ask for its state.

    None lasts longer than the bound, which spares reading all that was before it.
    """
    now = timezone.now()
    ahead = Q(ends_at__gt=now, starts_at__gt=now - LONGEST)
    return ahead if params.get("status") else ahead & ~Q(status__in=GIVEN_UP)


def _past(params: QueryDict) -> Q:
    now = timezone.now()
    return Q(ends_at__lte=now, starts_at__lt=now)


def _named(values: Sequence[str], *fields: str) -> Q:
    """A part of any of the names; looked up on its own, where their index is."""
    return reduce(or_, (Q(**{f"{name}__icontains": value}) for name in fields for value in values))


def _of_company(values: Sequence[str]) -> Q:
    found = Organization.objects.filter(_named(values, "name_zh", "name_en", "legal_name"))
    return Q(organization_id__in=found.values("pk"))


def _booked_by(values: Sequence[str]) -> Q:
    return Q(person_id__in=Person.objects.filter(_named(values, "name")).values("pk"))


def _search(rows: Rows[Booking], query: str) -> Rows[Booking]:
    number = query.upper()
    named = Building.objects.filter(_named([query], "name_zh", "name_en"))
    return matching(
        rows,
        Q(number__in=[number, f"BK-{number}"]),
        Q(title__icontains=query),
        _named([query], "space__name_zh", "space__name_en", "space__code"),
        Q(space__building_id__in=list(named.values_list("pk", flat=True))),  # seldom any
        _named([query], "organization__name_zh", "organization__name_en"),
    )


BOOKINGS: Listing[Booking] = Listing(
    key="bookings",
    rows=_visible,
    tabs=[
        Tab("upcoming", _("Upcoming"), _upcoming, "oldest", _("Nothing is booked ahead")),
        Tab("past", _("Past"), _past, "newest", _("Nothing was booked yet")),
        Tab("all", _("All"), lambda params: Q(), "newest", _("No bookings yet")),
    ],
    reaching=("since", "until"),
    columns=[
        Column(
            "what",
            _("Booking"),
            lambda b: Cell(b.title or b.number, b.get_absolute_url(), b.number if b.title else ""),
        ),
        Column(
            "space",
            _("Space"),
            lambda b: Cell(b.space.name, note=b.space.where),
        ),
        Column(
            "when",
            _("When"),
            lambda b: Cell(until(b.starts_at, b.ends_at), note=duration(b.minutes)),
            value=lambda b: b.starts_at,
        ),
        Column(
            "building",
            _("Building"),
            lambda b: Cell(b.space.building.name),
            shown=False,
        ),
        Column(
            "floor",
            _("Floor"),
            lambda b: Cell(b.space.floor.name if b.space.floor else ""),
            shown=False,
        ),
        Column("code", _("Code"), lambda b: Cell(b.space.code), shown=False),
        Column("number", _("Number"), lambda b: Cell(b.number), shown=False),
        Column(
            "ends",
            _("Ends"),
            lambda b: Cell(until(b.ends_at, b.ends_at)),
            value=lambda b: b.ends_at,
            shown=False,
        ),
        Column(
            "organization",
            _("Organisation"),
            lambda b: Cell(b.organization.name if b.organization else _("Operator")),
        ),
        Column(
            "person",
            _("Booked by"),
            lambda b: Cell(b.person.name if b.person else ""),
            shown=False,
        ),
        Column("people", _("People"), lambda b: Cell(b.attendee_count), numeric=True),
        Column(
            "status",
            _("State"),
            lambda b: Cell(
                BookingStatus(b.status).label, state=TONES.get(BookingStatus(b.status), "off")
            ),
        ),
        Column("again", _("Once more"), _again, value=lambda b: "", tabs=["past"]),
    ],
    sorts=[
        Sort("newest", _("Latest first"), "starts_at", descending=True),
        Sort("oldest", _("Earliest first"), "starts_at"),
    ],
    filters=[
        Filter("status", _("State"), one_of("status"), lambda: BookingStatus.choices),
        Filter("building", _("Building"), lambda v: ids("space__building_id", v), buildings),
        Filter(
            "company",
            _("Company"),
            _of_company,
            input_type="text",
            offered=permissions.is_staff,
        ),
        Filter("person", _("Booked by"), _booked_by, input_type="text"),
        Filter(
            "since",
            _("From day"),
            lambda values: Q(starts_at__gte=midnight(values[0])),
            input_type="date",
        ),
        Filter(
            "until",
            _("Until day"),
            lambda values: Q(starts_at__lt=midnight(values[0], days=1)),
            input_type="date",
        ),
    ],
    search=_search,
    bulk=[
        BulkAction("approve", _("Approve"), "check", permissions.is_staff, _approve),
        BulkAction(
            "cancel",
            _("Cancel bookings"),
            "calendar-off",
            lambda actor: True,
            _cancel,
            question=_(
                "Cancel the selected bookings? Their spaces are free for others at once, "
                "and whoever booked them is told."
            ),
        ),
    ],
)

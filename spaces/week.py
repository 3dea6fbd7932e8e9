"""A space over days: opening hours and what holds it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from spaces.models import Booking, BookingStatus, Hold, Occupancy, OccupancyKind, Space
from spaces.rules import closure_on, opening_on

# How a claim looks in the strip: a class of the style sheet.
LOOKS: Final = {
    OccupancyKind.LEASE: "let",
    OccupancyKind.BOOKING: "ok",
    OccupancyKind.EVENT: "event",
    OccupancyKind.MAINTENANCE: "fix",
    OccupancyKind.BLOCKING: "fix",
}


@dataclass(frozen=True)
class Bar:
    """A piece of a day in the week strip, in minutes after midnight."""

    kind: str
    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Day:
    date: date
    opening: Sequence[Bar]
    bars: Sequence[Bar]
    closure: str
    free_minutes: int


@dataclass(frozen=True)
class Window:
    """The part of the day that is drawn, in minutes: office hours, or all of it."""

    start: int
    length: int
    hours: Sequence[int]
    whole: bool


def window_of(days: Sequence[Day]) -> Window:
    spans = [bar for day in days for bar in (*day.opening, *day.bars)]
    if all(bar.start >= 8 * 60 and bar.end <= 21 * 60 for bar in spans):
        return Window(8 * 60, 13 * 60, range(8, 21), whole=False)
    return Window(0, 24 * 60, range(0, 24, 2), whole=True)


def week_of(space: Space, monday: date, zone: Any) -> list[Day]:
    """Seven days of a space: opening hours and what holds any of its leaves, without names."""
    return weeks_of([space], monday, zone)[space.pk]


def weeks_of(
    spaces: Sequence[Space], monday: date, zone: Any, *, own_id: UUID | None = None
) -> dict[UUID, list[Day]]:
    """The same for many spaces with the same queries; bookings of `own_id` stand out."""
    starts = datetime.combine(monday, datetime.min.time(), zone)
    ends = datetime.combine(monday + timedelta(days=7), datetime.min.time(), zone)
    claims = list(
        Occupancy.objects.filter(
            space__holders__space__in=spaces, ends_at__gt=starts, starts_at__lt=ends
        )
        .values("kind", "source_id", "starts_at", "ends_at", "space__holders__space_id")
        .distinct()
    )
    bookings = Booking.objects.select_related("rules").in_bulk({row["source_id"] for row in claims})
    pieces: dict[UUID, list[Piece]] = defaultdict(list)
    for row in claims:
        booking = bookings.get(row["source_id"])
        pieces[row["space__holders__space_id"]] += _pieces(row, booking, own_id)
    holds = Hold.objects.in_force().filter(
        space__holders__space__in=spaces, ends_at__gt=starts, starts_at__lt=ends
    )
    for space_id, starts_at, ends_at in holds.values_list(
        "space__holders__space_id", "starts_at", "ends_at"
    ):
        pieces[space_id].append(("held", starts_at, ends_at))
    return {
        space.pk: [
            _day(space, monday + timedelta(days=n), pieces[space.pk], zone) for n in range(7)
        ]
        for space in spaces
    }


Piece = tuple[str, datetime, datetime]


def _pieces(claim: Mapping[str, Any], booking: Booking | None, own_id: UUID | None) -> list[Piece]:
    """A claim as its use, with set-up and clean-up apart."""
    start, end = claim["starts_at"], claim["ends_at"]
    if booking is None:
        return [(LOOKS[claim["kind"]], start, end)]
    own = own_id is not None and booking.organization_id == own_id
    kind = {
        BookingStatus.REQUESTED: "wait",
        BookingStatus.CHECKED_IN: "use",
    }.get(BookingStatus(booking.status), "own" if own else "ok")
    return [
        ("bf", start, booking.starts_at),
        (kind, booking.starts_at, min(booking.ends_at, end)),
        ("bf", booking.ends_at, end),
    ]


def _day(space: Space, day: date, pieces: Sequence[Piece], zone: Any) -> Day:
    rules = space.rules
    opening = [Bar("open", start, end) for start, end in opening_on(rules, day)] if rules else []
    bars = []
    for kind, starts_at, ends_at in pieces:
        start, end = _minute(starts_at, day, zone), _minute(ends_at, day, zone)
        if end > start:
            bars.append(Bar(kind, start, end))
    closure = closure_on(rules, day) if rules else None
    taken = {minute for bar in bars for minute in range(bar.start, bar.end)}
    free = sum(minute not in taken for bar in opening for minute in range(bar.start, bar.end))
    return Day(day, opening, bars, closure["reason"] if closure else "", free)


def _minute(moment: datetime, day: date, zone: Any) -> int:
    local = moment.astimezone(zone)
    if local.date() < day:
        return 0
    return 24 * 60 if local.date() > day else local.hour * 60 + local.minute

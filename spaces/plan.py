"""The day of many rooms: who has which when, drawn in five-minute slots; the same queries for all.

A booking is a bar on the row of its space. On the rows of the parts of a composite, and on the
whole where only a part is taken, it is a ghost. An area of seats is one row that counts them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from spaces.models import (
    Blocking,
    Booking,
    BookingStatus,
    Occupancy,
    OccupancyKind,
    Space,
    SpaceLeaf,
)
from spaces.rules import is_open_now, opening_on

SLOT: Final = timedelta(minutes=5)
HOUR: Final = timedelta(hours=1)
DAY_STARTS: Final = 8
DAY_ENDS: Final = 21
STATES: Final = {
    BookingStatus.REQUESTED: ("wait", "clock"),
    BookingStatus.CONFIRMED: ("ok", "circle-check"),
    BookingStatus.CHECKED_IN: ("use", "login-2"),
    BookingStatus.COMPLETED: ("past", "check"),
}
OTHERS: Final = {
    OccupancyKind.LEASE: ("hold", "key"),
    OccupancyKind.EVENT: ("event", "confetti"),
    OccupancyKind.MAINTENANCE: ("fix", "tool"),
    OccupancyKind.BLOCKING: ("fix", "tool"),
}


@dataclass(frozen=True)
class Bar:
    """Something drawn over slots `start` to `start + length - 1` of five minutes, from 1."""

    start: int
    length: int
    kind: str
    icon: str = ""
    label: str = ""
    note: str = ""
    state: str = ""
    url: str = ""
    booking: Booking | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass
class Row:
    """A space of the plan; `gaps` are free stretches that can be booked with one click."""

    space: Space
    is_part: bool
    seat_count: int
    bars: list[Bar] = field(default_factory=list)
    shut: list[Bar] = field(default_factory=list)
    gaps: list[Bar] = field(default_factory=list)
    busy: timedelta = timedelta()
    open: timedelta = timedelta()
    is_free_now: bool = False

    @property
    def kinds(self) -> set[str]:
        return {bar.kind for bar in self.bars} | ({"free"} if self.is_free_now else set())


@dataclass(frozen=True)
class Window:
    """The part of a local day that is drawn."""

    day: date
    zone: ZoneInfo
    first_hour: int
    hours: int

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.day, time(self.first_hour), tzinfo=self.zone)

    @property
    def slots(self) -> int:
        return self.hours * 12

    @property
    def labels(self) -> list[str]:
        return [f"{hour:02d}:00" for hour in range(self.first_hour, self.first_hour + self.hours)]

    def slot(self, moment: datetime) -> int:
        """Slots from the left edge to a moment, by the wall clock, within the window."""
        local = moment.astimezone(self.zone)
        days = (local.date() - self.day).days
        minutes = days * 24 * 60 + local.hour * 60 + local.minute - self.first_hour * 60
        return min(max(-(-minutes // 5), 0), self.slots)

    def bar(self, starts_at: datetime, ends_at: datetime, kind: str, **more: Any) -> Bar:
        first = self.slot(starts_at)
        return Bar(
            first + 1,
            self.slot(ends_at) - first,
            kind,
            starts_at=starts_at,
            ends_at=ends_at,
            **more,
        )


@dataclass(frozen=True)
class Sources:
    """What stands behind the claims of a day, all of it read at once."""

    leaves: Mapping[UUID, set[UUID]]
    claims: Sequence[Occupancy]
    bookings: Mapping[UUID, Booking]
    blockings: Mapping[UUID, Blocking]
    waiting: Mapping[UUID, Sequence[Booking]]

    def home(self, source_id: UUID) -> UUID | None:
        """The space that was meant, not only the leaves it claims."""
        source = self.bookings.get(source_id) or self.blockings.get(source_id)
        return source.space_id if source else None


def day_plan(
    spaces: Sequence[Space], day: date, zone: ZoneInfo, now: datetime
) -> tuple[Window, list[Row]]:
    """The part of the day to draw, and a row for every space that is booked as a whole."""
    drawn = _Draughtsman(spaces, day, zone, now)
    return drawn.window, drawn.rows()


def _window(day: date, zone: ZoneInfo, claims: Sequence[Occupancy]) -> Window:
    """Office hours, and as much more as something begins or ends in."""
    starts = [claim.starts_at.astimezone(zone) for claim in claims]
    ends = [claim.ends_at.astimezone(zone) for claim in claims]
    first = min([DAY_STARTS, *(edge.hour for edge in starts if edge.date() == day)])
    last = max([DAY_ENDS, *(edge.hour + (edge.minute > 0) for edge in ends if edge.date() == day)])
    return Window(day, zone, first, last - first)


def read(spaces: Sequence[Space], begins: datetime, ends: datetime) -> Sources:
    """Five statements, whatever the number of spaces."""
    leaves: dict[UUID, set[UUID]] = defaultdict(set)
    ids = [space.pk for space in spaces]
    for space_id, leaf_id in SpaceLeaf.objects.filter(space_id__in=ids).values_list(
        "space_id", "leaf_id"
    ):
        leaves[space_id].add(leaf_id)
    every = set().union(*leaves.values()) if leaves else set()
    claims = list(
        Occupancy.objects.filter(
            space_id__in=every, ends_at__gt=begins, starts_at__lt=ends
        ).order_by("starts_at", "id")
    )
    sources = {claim.source_id for claim in claims}
    rows = Booking.objects.select_related("organization", "space", "rules")
    asked = rows.filter(space_id__in=ids, ends_at__gt=begins, starts_at__lt=ends)
    return Sources(
        leaves,
        claims,
        rows.in_bulk(sources),
        Blocking.objects.select_related("space").in_bulk(sources),
        _waiting(asked),
    )


def _waiting(bookings: QuerySet[Booking]) -> dict[UUID, list[Booking]]:
    """Those that only ask for their time, by space."""
    found: dict[UUID, list[Booking]] = defaultdict(list)
    for booking in bookings.filter(
        status=BookingStatus.REQUESTED, rules__holds_when_requested=False
    ):
        found[booking.space_id].append(booking)
    return found


class _Draughtsman:
    """Draws the rows of one day from what was read of it."""

    def __init__(self, spaces: Sequence[Space], day: date, zone: ZoneInfo, now: datetime):
        self.spaces, self.day, self.now = spaces, day, now
        begins = datetime.combine(day, time(0), tzinfo=zone)
        self.sources = read(spaces, begins, begins + timedelta(days=1))
        self.window = _window(day, zone, self.sources.claims)
        self.by_leaf: dict[UUID, list[Occupancy]] = defaultdict(list)
        for claim in self.sources.claims:
            self.by_leaf[claim.space_id].append(claim)

    def rows(self) -> list[Row]:
        seats: dict[UUID, int] = defaultdict(int)
        for space in self.spaces:
            if is_seat(space) and space.parent_id:
                seats[space.parent_id] += 1
        shown = [space for space in self.spaces if not is_seat(space)]
        ids = {space.pk for space in shown}
        return [self._row(space, space.parent_id in ids, seats[space.pk]) for space in shown]

    def _row(self, space: Space, is_part: bool, seat_count: int) -> Row:
        row = Row(space, is_part, seat_count)
        claims = [claim for leaf in self.sources.leaves[space.pk] for claim in self.by_leaf[leaf]]
        single = {claim.source_id: claim for claim in claims}
        row.bars = (
            list(self._seat_bars(claims, seat_count))
            if seat_count
            else [bar for claim in single.values() for bar in self._bars(space, claim)]
        )
        row.bars += [self._booking(booking) for booking in self.sources.waiting.get(space.pk, ())]
        row.bars = sorted((bar for bar in row.bars if bar.length > 0), key=lambda bar: bar.start)
        self._measure(row, [(claim.starts_at, claim.ends_at) for claim in single.values()])
        return row

    def _bars(self, space: Space, claim: Occupancy) -> Iterator[Bar]:
        home = self.sources.home(claim.source_id)
        booking = self.sources.bookings.get(claim.source_id)
        if home not in (None, space.pk):
            yield self._ghost(space, claim, home, booking)
        elif booking is not None:
            yield self.window.bar(claim.starts_at, booking.starts_at, "buf")
            yield self._booking(booking)
            yield self.window.bar(booking.ends_at, claim.ends_at, "buf")
        else:
            yield self._other(claim)

    def _booking(self, booking: Booking) -> Bar:
        kind, icon = STATES.get(BookingStatus(booking.status), ("ok", "circle-check"))
        return self.window.bar(
            booking.starts_at,
            booking.ends_at,
            kind,
            icon=icon,
            label=booking.title or booking.number,
            note=booking.organization.name if booking.organization else _("Operator"),
            state=booking.get_status_display(),
            url=booking.get_absolute_url(),
            booking=booking,
        )

    def _other(self, claim: Occupancy) -> Bar:
        blocking = self.sources.blockings.get(claim.source_id)
        kind, icon = OTHERS.get(OccupancyKind(claim.kind), ("fix", "tool"))
        return self.window.bar(
            claim.starts_at,
            claim.ends_at,
            kind,
            icon=icon,
            label=blocking.reason if blocking else claim.get_kind_display(),
            note=claim.get_kind_display() if blocking else "",
            state=claim.get_kind_display(),
            url=blocking.get_absolute_url() if blocking else "",
        )

    def _ghost(
        self, space: Space, claim: Occupancy, home: UUID | None, booking: Booking | None
    ) -> Bar:
        """Taken along with another space: the whole hall, or one of its parts."""
        source = booking or self.sources.blockings.get(claim.source_id)
        name = source.space.name if source else ""
        starts_at = booking.starts_at if booking else claim.starts_at
        ends_at = booking.ends_at if booking else claim.ends_at
        return self.window.bar(
            starts_at,
            ends_at,
            "dep",
            icon="link",
            label=_("%(space)s is taken") % {"space": name},
            note=(booking.title or booking.number) if booking else "",
            state=_("Taken along"),
            url=source.get_absolute_url() if source else "",
        )

    def _seat_bars(self, claims: Sequence[Occupancy], seat_count: int) -> Iterator[Bar]:
        """Stretches with the same number of taken seats."""
        edges = sorted({edge for claim in claims for edge in (claim.starts_at, claim.ends_at)})
        for starts_at, ends_at in pairwise(edges):
            taken = len(
                {c.space_id for c in claims if c.starts_at < ends_at and starts_at < c.ends_at}
            )
            if taken:
                level = min(4, 1 + 4 * taken // (seat_count + 1))
                yield self.window.bar(
                    starts_at,
                    ends_at,
                    f"seat l{level}",
                    icon="armchair",
                    label=f"{taken}/{seat_count}",
                    state=_("Seats taken"),
                )

    def _measure(self, row: Row, taken: list[tuple[datetime, datetime]]) -> None:
        """Opening, what is shut, what is free; seats have no gaps of their own."""
        rules, window = row.space.rules, self.window
        spans = opening_on(rules, self.day) if rules else []
        midnight = datetime.combine(self.day, time(0), tzinfo=window.zone)
        opens = [
            (midnight + timedelta(minutes=start), midnight + timedelta(minutes=end))
            for start, end in spans
        ]
        edge, end = window.begins, window.begins + timedelta(hours=window.hours)
        for start, stop in [*opens, (end, end)]:
            if start > edge:
                row.shut.append(window.bar(edge, min(start, end), "shut"))
            edge = max(edge, stop)
        row.open = sum((stop - start for start, stop in opens), timedelta())
        row.busy = _overlap(opens, taken)
        current = any(start <= self.now < stop for start, stop in taken)
        row.is_free_now = not current and is_open_now(rules, self.now, window.zone)
        if not row.seat_count:
            row.gaps = list(self._gaps(opens, taken))

    def _gaps(
        self, opens: list[tuple[datetime, datetime]], taken: list[tuple[datetime, datetime]]
    ) -> Iterator[Bar]:
        """Free half hours of the day still to come, joined up to a full hour."""
        half = HOUR / 2
        for opened, closed in opens:
            start = max(opened, self.window.begins)
            while start < closed:
                minute = start.astimezone(self.window.zone).minute
                stop = min(start + (half if minute >= 30 else HOUR), closed)
                clash = [end for begin, end in taken if begin < stop and start < end]
                if clash and start + half <= stop and minute < 30:
                    stop = start + half
                    clash = [end for begin, end in taken if begin < stop and start < end]
                if not clash and stop > self.now:
                    bar = self.window.bar(start, stop, "gap")
                    if bar.length > 0:
                        yield bar
                start = stop


def is_seat(space: Space) -> bool:
    """A place for one in an area: booked through its area, never a row of its own."""
    return space.parent_id is not None and space.capacity == 1


def _overlap(
    opens: Sequence[tuple[datetime, datetime]], taken: Sequence[tuple[datetime, datetime]]
) -> timedelta:
    pieces = sorted(
        (max(begin, start), min(end, stop))
        for start, stop in opens
        for begin, end in taken
        if begin < stop and start < end
    )
    total, edge = timedelta(), None
    for begin, end in pieces:
        first = begin if edge is None else max(begin, edge)
        if end > first:
            total += end - first
            edge = end
    return total

"""Days of many rooms: who has which when, drawn in five-minute slots; the same queries for all.

A booking is a bar on the row of its space. On the rows of the parts of a composite, and on the
whole where only a part is taken, it is a ghost. An area of seats is one row that counts them.
What the viewer may not see is not even read: all that is drawn of it is that the time is taken.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from district.actors import Actor
from spaces import permissions
from spaces.models import (
    Blocking,
    Booking,
    BookingStatus,
    Hold,
    Occupancy,
    OccupancyKind,
    Space,
    SpaceLeaf,
)
from spaces.rules import is_open_now, opening_on
from spaces.timescale import HOUR, SLOT, Bar, Period, Window

STATES: Final = {
    BookingStatus.REQUESTED: ("wait", "clock"),
    BookingStatus.CONFIRMED: ("ok", "circle-check"),
    BookingStatus.CHECKED_IN: ("use", "login-2"),
    BookingStatus.COMPLETED: ("past", "check"),
    BookingStatus.NO_SHOW: ("past", "user-off"),
}
OTHERS: Final = {
    OccupancyKind.LEASE: ("hold", "key"),
    OccupancyKind.EVENT: ("event", "confetti"),
    OccupancyKind.MAINTENANCE: ("fix", "tool"),
    OccupancyKind.BLOCKING: ("fix", "tool"),
    OccupancyKind.BOOKING: ("taken", "lock"),
}
Span = tuple[datetime, datetime]


@dataclass
class Row:
    """A space of the plan; `gaps` are free stretches that can be booked with one click.

    `until` is when what is now, free or taken, ends today; None where it lasts or is closed.
    """

    space: Space
    is_part: bool
    seat_count: int
    bars: list[Bar] = field(default_factory=list)
    shut: list[Bar] = field(default_factory=list)
    gaps: list[Bar] = field(default_factory=list)
    busy: timedelta = timedelta()
    open: timedelta = timedelta()
    is_free_now: bool = False
    until: datetime | None = None

    @property
    def kinds(self) -> set[str]:
        return {bar.kind for bar in self.bars} | ({"free"} if self.is_free_now else set())


@dataclass(frozen=True)
class Sources:
    """What stands behind the claims of a day, all of it read at once."""

    leaves: Mapping[UUID, set[UUID]]
    claims: Sequence[Occupancy]
    bookings: Mapping[UUID, Booking]
    blockings: Mapping[UUID, Blocking]
    waiting: Mapping[UUID, Sequence[Booking]]
    holds: Mapping[UUID, Sequence[Hold]]

    def home(self, source_id: UUID) -> UUID | None:
        """The space that was meant, not only the leaves it claims."""
        source = self.bookings.get(source_id) or self.blockings.get(source_id)
        return source.space_id if source else None


def plan_of(
    spaces: Sequence[Space], period: Period, now: datetime, *, by: Actor
) -> tuple[Window, list[Row]]:
    """The part of the days to draw, and a row for every space that is booked as a whole."""
    drawn = _Draughtsman(spaces, period, now, by)
    return drawn.window, drawn.rows()


def read(spaces: Sequence[Space], period: Period, by: Actor) -> Sources:
    """The same few statements, whatever the number of spaces."""
    leaves: dict[UUID, set[UUID]] = defaultdict(set)
    ids = [space.pk for space in spaces]
    for space_id, leaf_id in SpaceLeaf.objects.filter(space_id__in=ids).values_list(
        "space_id", "leaf_id"
    ):
        leaves[space_id].add(leaf_id)
    every = set().union(*leaves.values()) if leaves else set()
    claims = list(
        Occupancy.objects.filter(
            space_id__in=every, ends_at__gt=period.begins, starts_at__lt=period.ends
        ).order_by("starts_at", "id")
    )
    sources = {claim.source_id for claim in claims}
    rows = Booking.objects.visible_to(by).prefetch_related(
        "organization", "space__building", "rules"
    )
    asked = rows.filter(space_id__in=ids).during(period.begins, period.ends)
    return Sources(
        leaves,
        claims,
        rows.in_bulk(sources),
        Blocking.objects.visible_to(by).select_related("space").in_bulk(sources),
        _waiting(asked),
        _holds(every, period),
    )


def _holds(leaf_ids: set[UUID], period: Period) -> dict[UUID, list[Hold]]:
    """What is kept for a while, by leaf."""
    found: dict[UUID, list[Hold]] = defaultdict(list)
    rows = Hold.objects.in_force().filter(space_id__in=leaf_ids)
    for hold in rows.filter(ends_at__gt=period.begins, starts_at__lt=period.ends):
        found[hold.space_id].append(hold)
    return found


def _waiting(bookings: QuerySet[Booking]) -> dict[UUID, list[Booking]]:
    """Those that only ask for their time, by space."""
    found: dict[UUID, list[Booking]] = defaultdict(list)
    for booking in bookings.filter(
        status=BookingStatus.REQUESTED, rules__holds_when_requested=False
    ):
        found[booking.space_id].append(booking)
    return found


class _Draughtsman:
    """Draws the rows of a period from what was read of it."""

    def __init__(self, spaces: Sequence[Space], period: Period, now: datetime, by: Actor):
        self.spaces, self.now, self.by = spaces, now, by
        self.sources = read(spaces, period, by)
        spans = [(claim.starts_at, claim.ends_at) for claim in self.sources.claims]
        self.window = Window.around(period, spans)
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
        holds = [] if seat_count else self._holds_on(space)
        row.bars += [self._held(hold) for hold in holds]
        row.bars = sorted((bar for bar in row.bars if bar.length > 0), key=lambda bar: bar.start)
        taken = [(claim.starts_at, claim.ends_at) for claim in single.values()]
        self._measure(row, taken + [(hold.starts_at, hold.ends_at) for hold in holds])
        return row

    def _bars(self, space: Space, claim: Occupancy) -> Iterator[Bar]:
        home = self.sources.home(claim.source_id)
        booking = self.sources.bookings.get(claim.source_id)
        if home not in (None, space.pk):
            yield self._ghost(space, claim, home, booking)
        elif booking is not None:
            source = {"source_id": booking.pk}
            yield self.window.bar(claim.starts_at, booking.starts_at, "buf", **source)
            yield self._booking(booking, until=claim.ends_at)
            yield self.window.bar(booking.ends_at, claim.ends_at, "buf", **source)
        else:
            yield self._other(claim)

    def _booking(self, booking: Booking, until: datetime | None = None) -> Bar:
        """What is used; of one that nobody came to, only what was not given back."""
        kind, icon = STATES.get(BookingStatus(booking.status), ("ok", "circle-check"))
        return self.window.bar(
            booking.starts_at,
            min(booking.ends_at, until or booking.ends_at),
            kind,
            icon=icon,
            label=booking.title or booking.number,
            note=booking.organization.name if booking.organization else _("Operator"),
            state=booking.get_status_display(),
            url=booking.get_absolute_url(),
            booking=booking,
            source_id=booking.pk,
            can_move=self._can_move(booking),
        )

    def _can_move(self, booking: Booking) -> bool:
        """Whether it may be dragged: all of it is drawn, it is open and not over, and theirs."""
        drawn = self.window.slot(booking.ends_at) - self.window.slot(booking.starts_at)
        return (
            booking.status in {BookingStatus.REQUESTED, BookingStatus.CONFIRMED}
            and booking.ends_at > self.now
            and drawn * SLOT == booking.ends_at - booking.starts_at
            and permissions.can_change_booking(self.by, booking)
        )

    def _other(self, claim: Occupancy) -> Bar:
        blocking = self.sources.blockings.get(claim.source_id)
        kind, icon = OTHERS[OccupancyKind(claim.kind)]
        word = _("Taken") if kind == "taken" else claim.get_kind_display()
        return self.window.bar(
            claim.starts_at,
            claim.ends_at,
            kind,
            icon=icon,
            label=blocking.reason if blocking else word,
            note=word if blocking else "",
            state=word,
            url=blocking.get_absolute_url() if blocking else "",
            source_id=claim.source_id,
        )

    def _holds_on(self, space: Space) -> list[Hold]:
        """One of each slot: what is kept of a hall is kept of every part."""
        rows = [hold for leaf in self.sources.leaves[space.pk] for hold in self.sources.holds[leaf]]
        return list({(row.person_id, row.entry_id, row.starts_at): row for row in rows}.values())

    def _held(self, hold: Hold) -> Bar:
        """Kept for a while; for whom is nobody's business."""
        choosing = hold.entry_id is None and hold.person_id is not None
        return self.window.bar(
            hold.starts_at,
            hold.ends_at,
            "held",
            icon="hourglass",
            label=_("Being booked") if choosing else _("Kept for the waitlist"),
            state=_("Held"),
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
            source_id=claim.source_id,
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

    def _measure(self, row: Row, taken: list[Span]) -> None:
        """Opening, what is shut, what is free; seats have no gaps of their own."""
        rules, window = row.space.rules, self.window
        opens = [span for day in window.period.dates for span in self._opens(row.space, day)]
        row.shut = list(self._shut(opens))
        row.open = sum((stop - start for start, stop in opens), timedelta())
        row.busy = _overlap(opens, taken)
        current = any(start <= self.now < stop for start, stop in taken)
        row.is_free_now = not current and is_open_now(rules, self.now, window.zone)
        row.until = _until(self.now, opens, taken)
        if row.seat_count:
            return
        gaps = self._gaps if window.period.days == 1 else self._free_days
        row.gaps = list(gaps(opens, taken))

    def _opens(self, space: Space, day: date) -> list[Span]:
        """Opening hours of a space on a day, cut to what is drawn of it."""
        midnight = Period(day, 1, self.window.zone).begins
        begins, ends = self.window.drawn_on(day)
        spans = [
            (midnight + timedelta(minutes=start), midnight + timedelta(minutes=end))
            for start, end in (opening_on(space.rules, day) if space.rules else [])
        ]
        return [(max(start, begins), min(end, ends)) for start, end in spans if end > begins]

    def _shut(self, opens: list[Span]) -> Iterator[Bar]:
        """What lies between the opening hours; from one day to the next it is one piece."""
        window = self.window
        edge, last = 0, window.slots
        for start, stop in [*opens, (window.period.ends, window.period.ends)]:
            first = window.slot(start)
            if first > edge:
                yield Bar(edge + 1, first - edge, "shut")
            edge = min(max(edge, window.slot(stop)), last)

    def _free_days(self, opens: list[Span], taken: list[Span]) -> Iterator[Bar]:
        """For each day the first hour, or what is left of it, that can still be booked."""
        seen: set[date] = set()
        for gap in self._gaps(opens, taken):
            assert gap.starts_at  # noqa: S101 - a gap has its times
            day = gap.starts_at.astimezone(self.window.zone).date()
            if day not in seen:
                seen.add(day)
                first, last = (self.window.slot(edge) for edge in self.window.drawn_on(day))
                yield replace(gap, start=first + 1, length=last - first)

    def _gaps(self, opens: list[Span], taken: list[Span]) -> Iterator[Bar]:
        """Free half hours still to come, joined up to a full hour."""
        half = HOUR / 2
        for start, closed in opens:
            while start < closed:
                minute = start.astimezone(self.window.zone).minute
                stop = min(start + (half if minute >= 30 else HOUR), closed)
                clash = _is_taken(start, stop, taken)
                if clash and start + half <= stop and minute < 30:
                    stop = start + half
                    clash = _is_taken(start, stop, taken)
                if not clash and stop > self.now:
                    bar = self.window.bar(start, stop, "gap")
                    if bar.length > 0:
                        yield bar
                start = stop


def _is_taken(start: datetime, stop: datetime, taken: Sequence[Span]) -> bool:
    return any(begins < stop and start < ends for begins, ends in taken)


def _until(now: datetime, opens: Sequence[Span], taken: Sequence[Span]) -> datetime | None:
    """When what is now, free or taken, ends; None outside opening hours."""
    closes = next((stop for start, stop in opens if start <= now < stop), None)
    ends = max((stop for start, stop in taken if start <= now < stop), default=None)
    if ends or not closes:
        return ends
    return min([closes, *(start for start, _stop in taken if now < start < closes)])


def is_seat(space: Space) -> bool:
    """A place for one in an area: booked through its area, never a row of its own."""
    return space.parent_id is not None and space.capacity == 1


def _overlap(opens: Sequence[Span], taken: Sequence[Span]) -> timedelta:
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

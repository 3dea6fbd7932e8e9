"""Days of many rooms: who has which when, drawn in five-minute slots; the same queries for all.

A booking is a bar on the row of its space. On the rows of the parts of a composite, and on the
whole where only a part is taken, it is a ghost. An area of seats is one row that counts them.
What the viewer may not see is not even read: all that is drawn of it is that the time is taken.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from district.actors import Actor
from district.paths import path_of
from spaces import permissions
from spaces.models import (
    Blocking,
    Booking,
    BookingRules,
    BookingStatus,
    Hold,
    Occupancy,
    OccupancyKind,
    Space,
    SpaceLeaf,
)
from spaces.openings import Openings, Span
from spaces.rules import is_open_now
from spaces.timescale import SLOT, Bar, Period, Window

STATES: Final = {
    BookingStatus.REQUESTED: ("wait", "clock"),
    BookingStatus.CONFIRMED: ("ok", "circle-check"),
    BookingStatus.CHECKED_IN: ("use", "login-2"),
    BookingStatus.COMPLETED: ("past", "check"),
    BookingStatus.NO_SHOW: ("missed", "user-off"),
}
OTHERS: Final = {
    OccupancyKind.LEASE: ("hold", "key"),
    OccupancyKind.EVENT: ("event", "confetti"),
    OccupancyKind.MAINTENANCE: ("fix", "tool"),
    OccupancyKind.BLOCKING: ("fix", "tool"),
    OccupancyKind.BOOKING: ("taken", "lock"),
}


UNREAD: Final = ("created_at", "updated_at")  # of thousands of rows, each time takes its time
Source = TypeVar("Source", Booking, Blocking)


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
    bookable: Span | None = None

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
    taken = Occupancy.objects.filter(
        space_id__in=every, ends_at__gt=period.begins, starts_at__lt=period.ends
    )
    sources = taken.order_by().values("source_id")
    rows = (
        Booking.objects.visible_to(by)
        .prefetch_related("organization", "space__building", "rules")
        .defer("note", "reason", "decided_at", *UNREAD)
    )
    asked = rows.filter(space_id__in=ids).during(period.begins, period.ends)
    return Sources(
        leaves,
        list(taken.defer("during", *UNREAD).order_by("starts_at", "id")),
        _by_id(rows.filter(pk__in=sources)),
        _by_id(Blocking.objects.visible_to(by).select_related("space").filter(pk__in=sources)),
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


def _by_id(rows: QuerySet[Source]) -> dict[UUID, Source]:
    return {row.pk: row for row in rows}


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
        self.waits = permissions.books_for_itself(by)
        self.sources = read(spaces, period, by)
        spans = [(claim.starts_at, claim.ends_at) for claim in self.sources.claims]
        self.window = Window.around(period, spans)
        # Each of these would be looked up anew for every bar.
        self.words = {
            **{status.value: str(status.label) for status in BookingStatus},
            **{kind.value: str(kind.label) for kind in OccupancyKind},
            "operator": _("Operator"),
            "taken": _("Taken"),
        }
        self._openings: dict[UUID | None, Openings] = {}
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
            if claim.starts_at < booking.starts_at:
                yield self.window.bar(claim.starts_at, booking.starts_at, "buf", **source)
            yield self._booking(booking, until=claim.ends_at)
            if booking.ends_at < claim.ends_at:
                yield self.window.bar(booking.ends_at, claim.ends_at, "buf", **source)
        else:
            yield self._other(space, claim)

    def _booking(self, booking: Booking, until: datetime | None = None) -> Bar:
        """What is used; of one that nobody came to, only what was not given back."""
        kind, icon = STATES.get(BookingStatus(booking.status), ("ok", "circle-check"))
        bar = self.window.bar(
            booking.starts_at,
            min(booking.ends_at, until or booking.ends_at),
            kind,
            icon=icon,
            label=booking.title or booking.number,
            note=booking.organization.name if booking.organization else self.words["operator"],
            state=self.words[booking.status],
            url=booking.get_absolute_url(),
            booking=booking,
            source_id=booking.pk,
        )
        return replace(bar, can_move=True) if self._can_move(bar, booking) else bar

    def _can_move(self, bar: Bar, booking: Booking) -> bool:
        """Whether it may be dragged: all of it is drawn, it is open and not over, and theirs."""
        return (
            booking.status in {BookingStatus.REQUESTED, BookingStatus.CONFIRMED}
            and booking.ends_at > self.now
            and bar.length * SLOT == booking.ends_at - booking.starts_at
            and permissions.can_change_booking(self.by, booking)
        )

    def _other(self, space: Space, claim: Occupancy) -> Bar:
        blocking = self.sources.blockings.get(claim.source_id)
        kind, icon = OTHERS[OccupancyKind(claim.kind)]
        word = self.words["taken" if kind == "taken" else claim.kind]
        return self.window.bar(
            claim.starts_at,
            claim.ends_at,
            kind,
            icon=icon,
            label=blocking.reason if blocking else word,
            note=word if blocking else "",
            state=word,
            url=blocking.get_absolute_url() if blocking else self._waited_at(space, claim),
            source_id=claim.source_id,
        )

    def _waited_at(self, space: Space, claim: Occupancy) -> str:
        """Where a company waits for a time that another has booked; "" where it could not book."""
        rules = space.rules
        if claim.kind != OccupancyKind.BOOKING or rules is None or not self.waits:
            return ""
        begins = claim.starts_at + timedelta(minutes=rules.setup_minutes)
        ends = claim.ends_at - timedelta(minutes=rules.cleanup_minutes)
        minutes = int((ends - begins).total_seconds()) // 60
        if begins <= self.now or not rules.min_minutes <= minutes <= rules.max_minutes:
            return ""
        local = begins.astimezone(self.window.zone)
        asked = f"day={local:%Y-%m-%d}&at={local:%H:%M}&minutes={minutes}&people=1"
        return f"{path_of('book_space_confirm', space.pk)}?{asked}"

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
        openings = self._openings_of(rules)
        row.shut, row.open, row.busy = openings.shut, openings.length, openings.busy(taken)
        current = any(start <= self.now < stop for start, stop in taken)
        row.is_free_now = not current and is_open_now(rules, self.now, window.zone)
        row.until, row.bookable = openings.until(taken), openings.bookable
        if not row.seat_count:
            by_day = window.period.days == 1
            row.gaps = openings.gaps(taken) if by_day else openings.free_days(taken)

    def _openings_of(self, rules: BookingRules | None) -> Openings:
        """Once for all spaces under the same rules; what binds companies does not bind staff."""
        key = rules.pk if rules else None
        if key not in self._openings:
            bookable = None
            if rules and not permissions.is_staff(self.by):
                first = self.now + timedelta(minutes=rules.notice_minutes)
                bookable = first, self.now + timedelta(days=rules.window_days)
            self._openings[key] = Openings(rules, self.window, self.now, bookable)
        return self._openings[key]


def is_seat(space: Space) -> bool:
    """A place for one in an area: booked through its area, never a row of its own."""
    return space.parent_id is not None and space.capacity == 1

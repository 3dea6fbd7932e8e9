"""How much of their opening hours spaces were used in a period: one statement for any of them.

What counts is time on leaves: a hall is as used as its parts are on average, and nothing counts
twice. Opening hours are those of the rules in force, less closures, by the wall clock; lengths are
real minutes, so that a day on which clocks change has as many as it had. Of a booking of seats
each seat of the area has its share, whichever were given.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Self
from uuid import UUID

from django.db import connection
from django.utils import timezone

from district.tenancy.scope import current_district_id
from spaces.models import BookingStatus, Space, SpaceLeaf
from spaces.models.booking import LONGEST
from spaces.statements import Month
from spaces.use_sql import USE_SQL

HELD: Final = (BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN, BookingStatus.COMPLETED)
LENGTHS: Final = (30, 90, 180)
MOST_DAYS: Final = 366


@dataclass(frozen=True)
class Period:
    """Whole local days, at most a year; of days to come nothing counts yet."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not timedelta() <= self.last - self.first < timedelta(days=MOST_DAYS):
            raise ValueError(
                f"{self.first} to {self.last} is no period of at most {MOST_DAYS} days"
            )

    @classmethod
    def of_days(cls, days: int) -> Self:
        """So many days up to yesterday: the same figure all day long."""
        today = timezone.localdate()
        return cls(today - timedelta(days=days), today - timedelta(days=1))

    @classmethod
    def of_month(cls, month: Month) -> Self:
        return cls(month.first, month.following - timedelta(days=1))

    @property
    def begins(self) -> datetime:
        return _midnight(self.first)

    @property
    def ends(self) -> datetime:
        return min(_midnight(self.last + timedelta(days=1)), timezone.now())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())


@dataclass(frozen=True)
class Use:
    """Minutes of leaves: open, used, and kept for people who did not come; the peak's apart."""

    open: float = 0
    used: float = 0
    missed: float = 0
    peak_open: float = 0
    peak_used: float = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.open + other.open,
            self.used + other.used,
            self.missed + other.missed,
            self.peak_open + other.peak_open,
            self.peak_used + other.peak_used,
        )

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where nothing was open."""
        return self.used / self.open if self.open else None

    @property
    def percent(self) -> int | None:
        return None if self.share is None else round(100 * self.share)

    @property
    def missed_share(self) -> float | None:
        return self.missed / self.open if self.open else None

    @property
    def peak_share(self) -> float | None:
        return self.peak_used / self.peak_open if self.peak_open else None


@dataclass(frozen=True)
class Uses:
    """The use of some spaces in a period: in all, by leaf, by weekday and hour, by week."""

    leaves: Mapping[UUID, Use] = field(default_factory=dict)
    hours: Mapping[tuple[int, int], Use] = field(default_factory=dict)
    weeks: Mapping[date, Use] = field(default_factory=dict)
    leaves_of: Mapping[UUID, Sequence[UUID]] = field(default_factory=dict)

    def of(self, spaces: Iterable[UUID]) -> Use:
        """Of these spaces together: what lies in several counts once."""
        leaf_ids = {leaf_id for space_id in spaces for leaf_id in self.leaves_of.get(space_id, ())}
        return sum((self.leaves[leaf_id] for leaf_id in leaf_ids), Use())

    @property
    def total(self) -> Use:
        return sum(self.leaves.values(), Use())


@dataclass(frozen=True)
class _Units:
    """The leaves in question, with the rules each is open by, and those that are seats."""

    rules: Mapping[UUID, UUID]
    seats: frozenset[UUID]
    leaves_of: Mapping[UUID, Sequence[UUID]]


def uses_of(spaces: Sequence[Space], period: Period) -> Uses:
    """How bookable spaces were used: two statements, one where none has parts."""
    units = _units(spaces)
    if not units.rules or period.ends <= period.begins:
        return Uses(leaves_of=units.leaves_of, leaves=defaultdict(Use))
    leaf_ids = list(units.rules)
    asked: dict[str, Any] = {
        "district": current_district_id(),
        "zone": timezone.get_current_timezone_name(),
        "first": period.first,
        "last": period.last,
        "since": period.begins,
        "until": period.ends,
        "earliest": period.begins - LONGEST,
        "leaves": leaf_ids,
        "rules": [units.rules[leaf_id] for leaf_id in leaf_ids],
        "seats": [leaf_id in units.seats for leaf_id in leaf_ids],
        "counted": [*HELD, BookingStatus.NO_SHOW],
    }
    with connection.cursor() as cursor:
        cursor.execute(USE_SQL, asked)
        return _read(cursor.fetchall(), units)


def _units(spaces: Sequence[Space]) -> _Units:
    """A leaf is open by its own rules, else by those of the smallest of the spaces it lies in."""
    rules_of = {space.pk: space.rules_id for space in spaces if space.rules_id}
    pairs = [
        (space.pk, space.pk, space.rules_id, space.bookable, space.capacity)
        for space in spaces
        if space.is_leaf and space.rules_id
    ]
    whole = [space.pk for space in spaces if not space.is_leaf and space.rules_id]
    if whole:
        leaf = ("leaf__rules_id", "leaf__bookable", "leaf__capacity")
        rows = SpaceLeaf.objects.filter(space_id__in=whole)
        pairs += rows.values_list("space_id", "leaf_id", *leaf)
    leaves_of: dict[UUID, list[UUID]] = defaultdict(list)
    for space_id, leaf_id, *_rest in pairs:
        leaves_of[space_id].append(leaf_id)
    found: dict[UUID, UUID] = {}
    for space_id, leaf_id, own, bookable, _capacity in sorted(
        pairs, key=lambda pair: (-len(leaves_of[pair[0]]), pair[0])
    ):
        found[leaf_id] = own if bookable and own else rules_of[space_id]
    seats = frozenset(
        leaf_id for _, leaf_id, _, bookable, capacity in pairs if bookable and capacity == 1
    )
    return _Units(found, seats, leaves_of)


def _read(rows: Sequence[Sequence[Any]], units: _Units) -> Uses:
    """Rows of the statement: of leaves, of rules, of weekdays and hours, of weeks."""
    used: dict[UUID, Use] = {}
    opened: dict[UUID, Use] = {}
    hours: dict[tuple[int, int], Use] = defaultdict(Use)
    weeks: dict[date, Use] = defaultdict(Use)
    for leaf_id, rules_id, weekday, hour, week, *minutes in rows:
        use = Use(*minutes)
        if leaf_id:
            used[leaf_id] = use
        elif rules_id:
            opened[rules_id] = use
        elif week:
            weeks[week] += use
        else:
            hours[weekday, hour] += use
    leaves = {
        leaf_id: opened.get(rules_id, Use()) + used.get(leaf_id, Use())
        for leaf_id, rules_id in units.rules.items()
    }
    return Uses(leaves, dict(hours), dict(sorted(weeks.items())), units.leaves_of)


def recent_use(spaces: Sequence[Space]) -> int | None:
    """Per cent of the opening hours of the last 30 days that spaces were used; None if closed."""
    return uses_of(spaces, Period.of_days(LENGTHS[0])).total.percent

"""A month of days: how full each is, and what of it is one's own; the same few statements."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from district.actors import Actor
from district.tenancy.scope import current_district_id
from spaces.models import Booking, BookingRules, BookingStatus, Space
from spaces.rules import opening_on
from spaces.timescale import DAY, Period

SHOWN: Final = 3
NOT_SHOWN: Final = (BookingStatus.CANCELLED, BookingStatus.DECLINED, BookingStatus.NO_SHOW)

# Claims of several leaves of one space count once; each is cut to the opening hours of its space.
TAKEN: Final = """
SELECT span.day,
  sum(extract(epoch FROM least(used.ends_at, span.closes) - greatest(used.starts_at, span.opens))),
  count(DISTINCT used.source_id) FILTER (WHERE used.kind = 'booking')
FROM (
  SELECT DISTINCT space.id, space.rules_id, claim.kind, claim.source_id,
    claim.starts_at, claim.ends_at
  FROM spaces_space space
  JOIN spaces_spaceleaf part
    ON part.district_id = space.district_id AND part.space_id = space.id
  JOIN spaces_occupancy claim
    ON claim.district_id = part.district_id AND claim.space_id = part.leaf_id
  WHERE space.district_id = %(district)s AND space.id = ANY(%(spaces)s)
    AND claim.ends_at > %(begins)s AND claim.starts_at < %(ends)s
) used
JOIN unnest(%(rules)s::uuid[], %(days)s::date[], %(opens)s::timestamptz[],
            %(closes)s::timestamptz[]) AS span(rules_id, day, opens, closes)
  ON span.rules_id = used.rules_id AND used.ends_at > span.opens AND used.starts_at < span.closes
GROUP BY span.day
"""


@dataclass
class MonthDay:
    """A day of the month, or of the weeks it begins and ends in; `share` is None where closed."""

    date: date
    is_inside: bool
    is_today: bool
    share: float | None = None
    count: int = 0
    bookings: Sequence[Booking] = ()

    @property
    def level(self) -> int:
        """How full it is, from 0 to 10."""
        return 0 if self.share is None else min(10, round(self.share * 10))

    @property
    def shown(self) -> Sequence[Booking]:
        return self.bookings[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.bookings) - SHOWN)


@dataclass
class _Hours:
    """Opening spans by rules, as columns, and the seconds they come to for all spaces by day."""

    rules: list[UUID] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    opens: list[object] = field(default_factory=list)
    closes: list[object] = field(default_factory=list)
    seconds: Counter[date] = field(default_factory=Counter)


def weeks_of_month(day: date) -> tuple[Period, list[list[MonthDay]]]:
    """Whole weeks around the month of a day, still empty."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - DAY
    begins, today = first - first.weekday() * DAY, timezone.localdate()
    count = (last - begins).days // 7 + 1
    period = Period(begins, count * 7, timezone.get_current_timezone())
    days = [MonthDay(item, item.month == day.month, item == today) for item in period.dates]
    return period, [days[n : n + 7] for n in range(0, len(days), 7)]


def fill(days: Sequence[MonthDay], spaces: QuerySet[Space, Space], period: Period) -> None:
    """Put on each day which share of the opening hours of these spaces is taken."""
    rows = spaces.exclude(Q(parent__isnull=False, capacity=1)).values_list("pk", "rules_id")
    rules_of = dict(rows)
    hours = _hours(Counter(rules_of.values()), period)
    taken = _taken(list(rules_of), hours, period)
    for item in days:
        seconds, item.count = taken.get(item.date, (0, 0))
        opened = hours.seconds[item.date]
        item.share = round(min(1.0, float(seconds) / opened), 2) if opened else None


def put_own(days: Sequence[MonthDay], period: Period, by: Actor) -> None:
    """Put on each day the bookings that begin on it and are one's own to see."""
    rows = (
        Booking.objects.visible_to(by)
        .exclude(status__in=NOT_SHOWN)
        .filter(starts_at__gte=period.begins, starts_at__lt=period.ends)
        .select_related("space")
        .order_by("starts_at", "id")
    )
    by_day = defaultdict(list)
    for booking in rows:
        by_day[booking.starts_at.astimezone(period.zone).date()].append(booking)
    for item in days:
        item.bookings = by_day[item.date]


def _hours(counts: Mapping[UUID, int], period: Period) -> _Hours:
    hours = _Hours()
    for rules in BookingRules.objects.filter(pk__in=counts):
        for day in period.dates:
            midnight = Period(day, 1, period.zone).begins
            for start, end in opening_on(rules, day):
                hours.rules.append(rules.pk)
                hours.days.append(day)
                hours.opens.append(midnight + timedelta(minutes=start))
                hours.closes.append(midnight + timedelta(minutes=end))
                hours.seconds[day] += (end - start) * 60 * counts[rules.pk]
    return hours


def _taken(
    space_ids: Sequence[UUID], hours: _Hours, period: Period
) -> Mapping[date, tuple[float, int]]:
    """Seconds taken within opening hours, and the number of bookings, by day."""
    asked: dict[str, Any] = {
        "district": current_district_id(),
        "spaces": space_ids,
        "begins": period.begins,
        "ends": period.ends,
        "rules": hours.rules,
        "days": hours.days,
        "opens": hours.opens,
        "closes": hours.closes,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, asked)
        return {day: (seconds, count) for day, seconds, count in cursor.fetchall()}


def spaces_to_show(spaces: QuerySet[Space, Space]) -> Iterator[Space]:
    """Those that have a month of their own: all but single seats."""
    for space in spaces.select_related("building").order_by("building__code", "code"):
        if not (space.parent_id and space.capacity == 1):
            yield space

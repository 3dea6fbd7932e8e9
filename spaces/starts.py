"""At which instants a use may begin: opening hours, notice, window, length and grid, day by day.

A run is an unbroken row of possible starts, one each `grid_minutes`. A day is read in local wall
time; one on which the clocks change is read minute by minute, so that each of its starts stands
for itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from spaces.localtime import exists
from spaces.models import BookingRules
from spaces.rules import DAY_MINUTES, FARTHEST, is_open, opening_on

DAY: Final = timedelta(days=1)
MOST_DAYS: Final = 31


@dataclass(frozen=True)
class Span:
    """Days on which a use of so many minutes may begin, and the part of each day for it.

    It begins at or after `from_minute` and before `to_minute`, both after local midnight, and not
    before the instant `not_before`.
    """

    first_day: date
    last_day: date
    minutes: int
    from_minute: int = 0
    to_minute: int = DAY_MINUTES
    not_before: datetime | None = None

    @property
    def days(self) -> Iterator[date]:
        """At most so many as can be looked through at once."""
        count = min((self.last_day - self.first_day).days + 1, MOST_DAYS)
        return (self.first_day + timedelta(days=number) for number in range(count))


@dataclass(frozen=True)
class Run:
    """Possible starts: `first`, and each step of the grid after it up to `last`."""

    first: datetime
    last: datetime


def runs(
    rules: BookingRules, span: Span, *, zone: ZoneInfo, now: datetime, bound: bool = True
) -> list[Run]:
    """Every start the rules allow, in order. Staff are not `bound` by notice, window and length."""
    earliest, latest = max(now, span.not_before or now), now + FARTHEST
    if bound:
        if span.minutes % rules.grid_minutes:
            return []
        if not rules.min_minutes <= span.minutes <= rules.max_minutes:
            return []
        earliest = max(earliest, now + timedelta(minutes=rules.notice_minutes))
        latest = min(latest, now + timedelta(days=rules.window_days))
    step = timedelta(minutes=rules.grid_minutes)
    found = []
    for day in span.days:
        of_day = _of_steady_day if _is_steady(day, span.minutes, zone) else _of_changing_day
        for run in of_day(rules, span, day, zone):
            late = max(-((run.first - earliest) // step), 0)  # rounded up
            first = run.first + late * step
            last = min(run.last, first + (latest - first) // step * step)
            if first <= last:
                found.append(Run(first, last))
    return _joined(found)


def _is_steady(day: date, minutes: int, zone: ZoneInfo) -> bool:
    """Whether clocks run evenly from the beginning of the day until a use begun on it is over."""
    whole = range(minutes // DAY_MINUTES + 3)
    offsets = {_local(day + number * DAY, 0, zone).utcoffset() for number in whole}
    return len(offsets) == 1


def _local(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), zone)


def _of_steady_day(rules: BookingRules, span: Span, day: date, zone: ZoneInfo) -> Iterator[Run]:
    midnight = _local(day, 0, zone).astimezone(UTC)
    grid = rules.grid_minutes
    for opens, closes in sorted(opening_on(rules, day)):
        first = -(-max(opens, span.from_minute) // grid) * grid
        closed = _reach(rules, day, closes) if closes == DAY_MINUTES else closes
        last = min(closed - span.minutes, span.to_minute - 1, DAY_MINUTES - 1) // grid * grid
        if first <= last:
            yield Run(midnight + timedelta(minutes=first), midnight + timedelta(minutes=last))


def _reach(rules: BookingRules, day: date, closes: int) -> int:
    """Minutes after the day's midnight until which it stays open, through the nights after it."""
    for number in range(1, MOST_DAYS + 1):
        ends = [
            end for opens, end in opening_on(rules, day + number * DAY) if opens == 0 and end > 0
        ]
        closes += max(ends, default=0)
        if max(ends, default=0) < DAY_MINUTES:
            break
    return closes


def _of_changing_day(rules: BookingRules, span: Span, day: date, zone: ZoneInfo) -> Iterator[Run]:
    length = timedelta(minutes=span.minutes)
    first = -(-span.from_minute // rules.grid_minutes) * rules.grid_minutes
    for minute in range(first, min(span.to_minute, DAY_MINUTES), rules.grid_minutes):
        local = _local(day, minute, zone)
        starts_at = local.astimezone(UTC)
        if exists(local) and is_open(rules, starts_at, starts_at + length, zone):
            yield Run(starts_at, starts_at)


def _joined(found: list[Run]) -> list[Run]:
    """In order, and those that overlap as one, so that the first start of each is the earliest."""
    joined: list[Run] = []
    for run in sorted(found, key=lambda item: item.first):
        if joined and run.first <= joined[-1].last:
            joined[-1] = Run(joined[-1].first, max(joined[-1].last, run.last))
        else:
            joined.append(run)
    return joined

"""Series and rooms as anybody would keep them on paper: slow, plain, and found in no library."""

from bisect import insort
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

DAY: Final = timedelta(days=1)
NAMES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Slot = tuple[datetime, datetime, UUID]  # from, until, where


@dataclass(frozen=True)
class Repeat:
    """A rule in parts, so that its days can be found without knowing RFC 5545."""

    frequency: str
    interval: int
    weekdays: frozenset[int]
    count: int

    def rule(self) -> str:
        weekly = f";BYDAY={','.join(NAMES[day] for day in sorted(self.weekdays))}"
        parts = f"FREQ={self.frequency};INTERVAL={self.interval}"
        return f"{parts}{weekly if self.frequency == 'WEEKLY' else ''};COUNT={self.count}"

    def days(self, starts_on: date) -> list[date]:
        found: list[date] = []
        day = starts_on
        while len(found) < self.count:
            if self._falls_on(day, starts_on):
                found.append(day)
            day += DAY
        return found

    def _falls_on(self, day: date, starts_on: date) -> bool:
        match self.frequency:
            case "DAILY":
                return (day - starts_on).days % self.interval == 0
            case "WEEKLY":
                weeks = (day - starts_on).days + starts_on.weekday()
                return weeks // 7 % self.interval == 0 and day.weekday() in self.weekdays
            case _:
                months = (day.year - starts_on.year) * 12 + day.month - starts_on.month
                return months % self.interval == 0 and day.day == starts_on.day


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """By trying every offset of the days around: the first instant that shows this time."""
    around = [(local + shift).replace(tzinfo=UTC) for shift in (-DAY, DAY)]
    offsets = [at.astimezone(zone).utcoffset() or timedelta() for at in around]
    shown = [
        at
        for offset in offsets
        if (at := (local - offset).replace(tzinfo=UTC)).astimezone(zone).replace(tzinfo=None)
        == local
    ]
    return min(shown) if shown else (local - offsets[0]).replace(tzinfo=UTC)


@dataclass
class Plain:
    """One series: each day's slot, None where it was skipped."""

    days: list[date]
    begins: time
    ends: time
    room: UUID
    rows: dict[date, Slot | None] = field(default_factory=dict)
    gone: set[date] = field(default_factory=set)

    def slot(self, day: date, zone: ZoneInfo) -> Slot:
        begins = datetime.combine(day, self.begins)
        ends = datetime.combine(day, self.ends) + (DAY if self.ends <= self.begins else timedelta())
        starts_at, ends_at = instant(begins, zone), instant(ends, zone)
        if ends_at <= starts_at:
            ends_at = starts_at + (ends - begins)
        return starts_at, ends_at, self.room


class Paper:
    """Who has which room when."""

    def __init__(self) -> None:
        self.taken: dict[UUID, list[tuple[datetime, datetime]]] = {}

    def is_free(self, slot: Slot) -> bool:
        starts_at, ends_at, room = slot
        return all(
            ends_at <= begins or ends <= starts_at for begins, ends in self.taken.get(room, ())
        )

    def take(self, slot: Slot) -> None:
        insort(self.taken.setdefault(slot[2], []), slot[:2])

    def give(self, slot: Slot) -> None:
        self.taken[slot[2]].remove(slot[:2])

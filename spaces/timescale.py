"""The time axis of a plan: the same hours of one day or of several, in slots of five minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from spaces.models import Booking

SLOT: Final = timedelta(minutes=5)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
DAY_STARTS: Final = 8
DAY_ENDS: Final = 21


@dataclass(frozen=True)
class Bar:
    """Something drawn over slots `start` to `start + length - 1` of five minutes, from 1.

    `source_id` is what it belongs to: a use, its set-up and its ghosts on other rows share it.
    """

    start: int
    length: int
    kind: str
    icon: str = ""
    label: str = ""
    note: str = ""
    state: str = ""
    url: str = ""
    booking: Booking | None = None
    source_id: UUID | None = None
    can_move: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Period:
    """Local days in a row, from midnight to midnight."""

    day: date
    days: int
    zone: ZoneInfo

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.day, time(0), tzinfo=self.zone)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.day + self.days * DAY, time(0), tzinfo=self.zone)

    @property
    def dates(self) -> list[date]:
        return [self.day + n * DAY for n in range(self.days)]


@dataclass(frozen=True)
class Window:
    """The part of each local day of a period that is drawn, one day beside the other."""

    period: Period
    first_hour: int
    hours: int

    @classmethod
    def around(cls, period: Period, spans: Sequence[tuple[datetime, datetime]]) -> "Window":
        """Office hours, and as much more as something that is over within a day needs."""
        first, last, dates = DAY_STARTS, DAY_ENDS, set(period.dates)
        for begins, stops in spans:
            if stops - begins >= DAY:
                continue
            start, end = begins.astimezone(period.zone), stops.astimezone(period.zone)
            over_midnight = start.date() != end.date()
            if start.date() in dates:
                first = min(first, start.hour)
                last = max(last, 24 if over_midnight else end.hour + (end.minute > 0))
            if over_midnight and end.date() in dates and end.time() > time(0):
                first = 0
                last = max(last, end.hour + (end.minute > 0))
        return cls(period, first, last - first)

    @property
    def zone(self) -> ZoneInfo:
        return self.period.zone

    @property
    def slots_a_day(self) -> int:
        return self.hours * 12

    @property
    def slots(self) -> int:
        return self.slots_a_day * self.period.days

    @property
    def labels(self) -> list[str]:
        return [f"{hour:02d}:00" for hour in range(self.first_hour, self.first_hour + self.hours)]

    def drawn_on(self, day: date) -> tuple[datetime, datetime]:
        """When what is drawn of a day begins and ends."""
        begins = datetime.combine(day, time(self.first_hour), tzinfo=self.zone)
        return begins, begins + timedelta(hours=self.hours)

    def slot(self, moment: datetime) -> int:
        """Slots from the left edge to a moment, by the wall clock, within the window."""
        local = moment.astimezone(self.zone)
        days = (local.date() - self.period.day).days
        if not 0 <= days < self.period.days:
            return 0 if days < 0 else self.slots
        minutes = local.hour * 60 + local.minute - self.first_hour * 60
        within = min(max(-(-minutes // 5), 0), self.slots_a_day)
        return days * self.slots_a_day + within

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

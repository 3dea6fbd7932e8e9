"""When spaces under the same rules are open in a plan: what is shut, and what is free of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from spaces.models import BookingRules
from spaces.rules import opening_on
from spaces.timescale import HOUR, Bar, Period, Window

HALF: Final = HOUR / 2
Span = tuple[datetime, datetime]


class Openings:
    """Opening hours within a window, in UTC: comparing times of two zones is slow.

    `bookable` is from when until when something can be booked at all; None where no rule says so.
    """

    def __init__(
        self, rules: BookingRules | None, window: Window, now: datetime, bookable: Span | None
    ):
        self.window, self.now, self.bookable = window, now.astimezone(UTC), bookable
        days = window.period.dates if rules else []
        self.opens = [span for day in days for span in self._opens(rules, day)]
        self.length = sum((stop - start for start, stop in self.opens), timedelta())
        self.shut = list(self._shut())

    def _opens(self, rules: BookingRules | None, day: date) -> Iterator[Span]:
        """Opening hours of a day, cut to what is drawn of it."""
        midnight = Period(day, 1, self.window.zone).begins
        begins, ends = self.window.drawn_on(day)
        for start, end in opening_on(rules, day) if rules else []:
            opened = max(midnight + timedelta(minutes=start), begins)
            closed = min(midnight + timedelta(minutes=end), ends)
            if closed > opened:
                yield opened.astimezone(UTC), closed.astimezone(UTC)

    def _shut(self) -> Iterator[Bar]:
        """What lies between the opening hours; from one day to the next it is one piece."""
        window = self.window
        edge, last = 0, window.period.ends
        for start, stop in [*self.opens, (last, last)]:
            first = window.slot(start)
            if first > edge:
                yield Bar(edge + 1, first - edge, "shut")
            edge = max(edge, window.slot(stop))

    def until(self, taken: Sequence[Span]) -> datetime | None:
        """When what is now, free or taken, ends; None outside opening hours."""
        now = self.now
        closes = next((stop for start, stop in self.opens if start <= now < stop), None)
        ends = max((stop for start, stop in taken if start <= now < stop), default=None)
        if ends or not closes:
            return ends
        return min([closes, *(start for start, _stop in taken if now < start < closes)])

    def busy(self, taken: Sequence[Span]) -> timedelta:
        """How much of the opening hours is taken; what overlaps counts once."""
        pieces = sorted(
            (max(begin, start), min(end, stop))
            for start, stop in self.opens
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

    def gaps(self, taken: Sequence[Span]) -> list[Bar]:
        """Free half hours still to come, joined up to a full hour."""
        return [gap for opened in self.opens for gap in self._gaps(opened, taken)]

    def free_days(self, taken: Sequence[Span]) -> list[Bar]:
        """For each day its first free hour, or what is left of it, drawn over the whole day."""
        found: dict[date, Bar] = {}
        for opened in self.opens:
            day = opened[0].astimezone(self.window.zone).date()
            gap = None if day in found else next(self._gaps(opened, taken), None)
            if gap:
                first, last = (self.window.slot(edge) for edge in self.window.drawn_on(day))
                found[day] = replace(gap, start=first + 1, length=last - first)
        return list(found.values())

    def _gaps(self, opened: Span, taken: Sequence[Span]) -> Iterator[Bar]:
        start, closed = opened
        if self.bookable:
            closed = min(closed, self.bookable[1])
        if closed <= self.now:
            return
        near = [span for span in taken if span[0] < closed and start < span[1]]
        while start < closed:
            minute = start.astimezone(self.window.zone).minute
            stop = min(start + (HALF if minute >= 30 else HOUR), closed)
            clash = _is_taken(start, stop, near)
            if clash and start + HALF <= stop and minute < 30:
                stop = start + HALF
                clash = _is_taken(start, stop, near)
            soon = self.bookable is not None and start < self.bookable[0]
            if not clash and stop > self.now and not soon:
                bar = self.window.bar(start, stop, "gap")
                if bar.length > 0:
                    yield bar
            start = stop


def _is_taken(start: datetime, stop: datetime, taken: Sequence[Span]) -> bool:
    return any(begins < stop and start < ends for begins, ends in taken)

"""The rows of a plan as HTML, written in one pass: a template for each bar would take seconds.

Places are classes of timeline.css: `d` the day, `s` the slot of it, `w` whole days, `n` slots long.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.actors import Actor
from district.paths import ANY
from district.templatetags.look import clock, weekday
from spaces import permissions
from spaces.models import Space
from spaces.plan import Row
from spaces.rules import OPEN_FOR
from spaces.timescale import Bar, Window

WORDY: Final = 24  # slots in a week from which a bar has room for words


class Markup:
    """Writes rows for one viewer. Ghosts and set-up share a short number with what they are of."""

    def __init__(self, window: Window, now: datetime, by: Actor):
        self.window, self.now = window, now
        self.staff = permissions.is_staff(by)
        self.by_day = window.period.days == 1
        self.today = window.period.day == timezone.localdate() and self.by_day
        self.new = new_booking(staff=self.staff)
        self._numbers: dict[UUID, int] = {}
        self._shut: dict[UUID | None, str] = {}
        self._days: dict[date, str] = {day: weekday(day) for day in window.period.dates}

    def rows(self, rows: Sequence[Row]) -> SafeString:
        return mark_safe("".join(map(self._row, rows)))  # noqa: S308 - every text in it is escaped

    def _row(self, row: Row) -> str:
        space = row.space
        kid = " kid" if row.is_part else ""
        pieces = [*self._gaps(row), *map(self._bar, row.bars, (space,) * len(row.bars))]
        return (
            f'<div class="tl-row{kid}" role="group" aria-label="{escape(space.name)}"'
            f'{self._limits(row)}><div class="c"><a href="{space.get_absolute_url()}">'
            f'{escape(space.name)}</a><small class="num">{escape(_size(row))}</small>'
            f'{self._status(row)}</div><div class="track">{self._closed(row)}{"".join(pieces)}'
            "</div></div>"
        )

    def _limits(self, row: Row) -> str:
        """What dragging must know of a space: its grid, its lengths, what lies around a use."""
        rules = row.space.rules
        if rules is None or row.seat_count:
            return ""
        shortest, longest = (
            (rules.grid_minutes, 0) if self.staff else (rules.min_minutes, rules.max_minutes)
        )
        return (
            f' data-space="{row.space.pk}" data-grid="{rules.grid_minutes}"'
            f' data-min="{shortest}" data-max="{longest}"'
            f' data-before="{rules.setup_minutes}" data-after="{rules.cleanup_minutes}"'
            + self._bookable(row)
        )

    def _bookable(self, row: Row) -> str:
        """The slots between which a company can book, where they are not all."""
        if row.bookable is None:
            return ""
        first, last = map(self.window.slot, row.bookable)
        return f' data-first="{first}" data-last="{last}"'

    def _status(self, row: Row) -> str:
        """Free or taken now and until when, where today is shown."""
        if not self.today or row.seat_count:
            return ""
        tone, words = "off", _("Closed now")
        if row.is_free_now and row.until:
            tone, words = "go", _("Free until %(at)s") % {"at": clock(row.until)}
        elif row.until and row.until - self.now > OPEN_FOR:
            tone, words = "wait", _("Taken until %(at)s") % {"at": clock(row.until)}
        return f'<em class="state {tone}">{escape(words)}</em>'

    def _closed(self, row: Row) -> str:
        """The same for all spaces under the same rules."""
        key = row.space.rules_id
        if key not in self._shut:
            self._shut[key] = "".join(
                f'<i class="shut {self._place(bar)}"></i>' for bar in row.shut
            )
        return self._shut[key]

    def _gaps(self, row: Row) -> Iterator[str]:
        words = _("Book %(space)s at %(at)s")
        for bar in row.gaps:
            assert bar.starts_at  # noqa: S101 - a gap has its times
            at = bar.starts_at.astimezone(self.window.zone)
            day = "" if self.by_day else f"{self._days[at.date()]} "
            label = words % {"space": row.space.name, "at": f"{day}{at:%H:%M}"}
            href = escape(self.new.replace(str(ANY), str(row.space.pk)))
            yield (
                f'<a class="gap {self._place(bar)}" tabindex="-1" '
                f'href="{href}day={at:%Y-%m-%d}&amp;at={at:%H:%M}{self._more()}" '
                f'aria-label="{escape(label)}"></a>'
            )

    def _more(self) -> str:
        return "" if self.staff else "&amp;minutes=60&amp;people=1"

    def _bar(self, bar: Bar, space: Space) -> str:
        number = f' data-k="{self._number(bar.source_id)}"' if bar.source_id else ""
        if bar.kind == "buf":
            return f'<i class="buf {self._place(bar)}"{number}></i>'
        moves = " data-m" if bar.can_move else ""
        asks = (
            " ask" if bar.kind == "wait" and not (bar.booking and bar.booking.claims_leaves) else ""
        )
        tag, href = ("a", f' href="{escape(bar.url)}"') if bar.url else ("span", "")
        card = " data-card" if bar.booking else ""
        return (
            f'<{tag} class="bk {bar.kind}{asks} {self._place(bar)}"{href}{card}{moves}{number} '
            f'title="{escape(self._told(bar, space))}">{self._words(bar)}</{tag}>'
        )

    def _words(self, bar: Bar) -> str:
        if not self.by_day:
            shown = bar.length >= WORDY or bar.kind.startswith("seat")
            return f'<b aria-hidden="true">{escape(bar.label)}</b>' if shown else ""
        note = f"<small>{conditional_escape(bar.note)}</small>" if bar.note else ""
        return (
            f'<svg class="icon" aria-hidden="true"><use href="#i-{bar.icon}"/></svg>'
            f"<span><time>{self._times(bar)}</time><b>{escape(bar.label)}</b>{note}</span>"
            f"<em>{escape(bar.state)}</em>"
        )

    def _told(self, bar: Bar, space: Space) -> str:
        """Everything about a bar in one line, for the pointer and for screen readers."""
        parts = [bar.label, str(bar.note), self._times(bar), bar.state, space.name]
        return " · ".join(part for part in dict.fromkeys(parts) if part)

    def _times(self, bar: Bar) -> str:
        assert bar.starts_at and bar.ends_at  # noqa: S101, PT018 - what is drawn has its times
        zone = self.window.zone
        start, end = bar.starts_at.astimezone(zone), bar.ends_at.astimezone(zone)
        day = "" if self.by_day else f"{self._days.get(start.date()) or weekday(start.date())} "
        last = "" if start.date() == end.date() else f"{weekday(end.date())} "
        return f"{day}{start:%H:%M}–{last}{end:%H:%M}"

    def _number(self, source_id: UUID) -> int:
        return self._numbers.setdefault(source_id, len(self._numbers) + 1)

    def _place(self, bar: Bar) -> str:
        whole, length = divmod(bar.length, self.window.slots_a_day)
        weeks = f" w{whole}" if whole else ""
        return f"{place(self.window, bar.start - 1)}{weeks} n{length}"


def place(window: Window, slot: int) -> str:
    """The classes of where something begins, counted in slots from the left edge."""
    day, within = divmod(slot, window.slots_a_day)
    return f"d{day} s{within}" if day else f"s{within}"


def new_booking(*, staff: bool) -> str:
    """Where a space is booked; its id stands for `ANY`, and the time still has to follow."""
    if staff:
        return f"{reverse('booking_new')}?space={ANY}&"
    return f"{reverse('book_space_confirm', args=[ANY])}?"


def _size(row: Row) -> str:
    if row.seat_count:
        return ngettext("%(n)s seat", "%(n)s seats", row.seat_count) % {"n": row.seat_count}
    people = row.space.capacity
    return ngettext("%(n)s person", "%(n)s people", people) % {"n": people}

"""What stands around a plan: how full it is, what is free first, what its looks mean."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from spaces.models import BookingStatus, Space
from spaces.plan import Row
from spaces.rules import is_open

LEGEND: Final = (
    ("ok", "circle-check", BookingStatus.CONFIRMED.label),
    ("wait", "clock", BookingStatus.REQUESTED.label),
    ("use", "login-2", BookingStatus.CHECKED_IN.label),
    ("past", "check", BookingStatus.COMPLETED.label),
    ("missed", "user-off", BookingStatus.NO_SHOW.label),
    ("taken", "lock", _("Taken")),
    ("held", "hourglass", _("Held")),
    ("fix", "tool", _("Out of use")),
    ("event", "confetti", _("Event")),
    ("dep", "link", _("Taken along")),
)


def figures(rows: Sequence[Row], now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The line under the title: how many, how full, how many out of use, what is free now."""
    bookings = {bar.booking.pk for row in rows for bar in row.bars if bar.booking}
    whole = [row for row in rows if not row.seat_count]
    leaves = [row for row in whole if row.space.is_leaf]
    opens = sum((row.open for row in whole), timedelta())
    busy = sum((row.busy for row in whole), timedelta())
    return {
        "bookings": len(bookings),
        "share": round(100 * busy / opens) if opens else None,
        "closed": sum(any(bar.kind == "fix" for bar in row.bars) for row in whole),
        "rooms": len(leaves),
        "free": sum(row.is_free_now for row in leaves),
        "first": _first_free(whole, now, zone),
    }


def _first_free(
    rows: Sequence[Row], now: datetime, zone: ZoneInfo
) -> tuple[Space, datetime] | None:
    found = [
        (gap.starts_at, row.space)
        for row in rows
        for gap in row.gaps
        if gap.starts_at
        and gap.starts_at >= now
        and row.space.rules
        and is_open(row.space.rules, gap.starts_at, gap.starts_at, zone)
    ]
    first = min(found, key=lambda item: (item[0], item[1].capacity), default=None)
    return (first[1], first[0]) if first else None


def legend(rows: Sequence[Row]) -> list[tuple[str, str, Any, int]]:
    counts: Counter[str] = Counter()
    for kind, _icon, _label in LEGEND:
        bars = [bar for row in rows for bar in row.bars if bar.kind == kind]
        counts[kind] = len({bar.booking.pk if bar.booking else id(bar) for bar in bars})
    return [(kind, icon, label, counts[kind]) for kind, icon, label in LEGEND if counts[kind]]

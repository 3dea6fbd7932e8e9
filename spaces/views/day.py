"""The day plan of bookings: rooms down, hours across, one query for all of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from district.middleware import DistrictRequest
from district.permissions import require
from district.views.respond import render_page
from spaces import permissions
from spaces.models import Booking, BookingStatus, Building, Occupancy, OccupancyKind, Space

FIRST_HOUR: Final = 8
HOURS: Final = 12
SLOT: Final = timedelta(minutes=5)
SLOTS: Final = HOURS * 12
KINDS: Final = {
    BookingStatus.REQUESTED: ("wait", "clock"),
    BookingStatus.CONFIRMED: ("ok", "circle-check"),
    BookingStatus.CHECKED_IN: ("use", "login-2"),
    BookingStatus.COMPLETED: ("ok", "check"),
}


@dataclass(frozen=True)
class Bar:
    """A claim drawn over slots `start` to `start + length - 1` of five minutes, from 1."""

    start: int
    length: int
    kind: str
    icon: str
    label: str
    note: str
    url: str


@require_GET
def booking_day(request: DistrictRequest) -> HttpResponse:
    require(permissions.is_staff(request.actor))
    buildings = list(
        Building.objects.filter(ended_at=None, spaces__bookable=True).distinct().order_by("code")
    )
    chosen = _chosen(buildings, request.GET.get("building"))
    day = _day(request.GET.get("day"))
    rows = _rows(chosen, day, request.district.zone) if chosen else []
    context = {
        "buildings": buildings,
        "chosen": chosen,
        "date": day,
        "yesterday": day - timedelta(days=1),
        "tomorrow": day + timedelta(days=1),
        "hours": [f"{FIRST_HOUR + hour:02d}:00" for hour in range(HOURS)],
        "floors": rows,
        "now_slot": _now_slot(day),
    }
    return render_page(request, "spaces/booking_day.html", context, partials=["plan"])


def _chosen(buildings: Sequence[Building], wanted: str | None) -> Building | None:
    return next((b for b in buildings if str(b.pk) == wanted), buildings[0] if buildings else None)


def _day(text: str | None) -> date:
    try:
        return (parse_date(text) if text else None) or timezone.localdate()
    except ValueError:
        return timezone.localdate()


def _now_slot(day: date) -> int | None:
    now = timezone.localtime()
    slot = (now.hour - FIRST_HOUR) * 12 + now.minute // 5 + 1
    return slot if day == now.date() and 1 <= slot <= SLOTS else None


def _rows(building: Building, day: date, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The bookable spaces of a building by floor, each with its bars of the day."""
    begins = datetime.combine(day, time(FIRST_HOUR), tzinfo=zone)
    ends = begins + timedelta(hours=HOURS)
    spaces = list(
        Space.objects.current()
        .filter(building=building, bookable=True)
        .select_related("floor")
        .order_by("floor__level", "code")
    )
    bars = _bars([space.pk for space in spaces], begins, ends)
    by_floor: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for space in spaces:
        by_floor[space.floor].append({"space": space, "bars": bars[space.pk]})
    return [{"floor": floor, "rows": rows} for floor, rows in by_floor.items()]


def _bars(space_ids: Sequence[UUID], begins: datetime, ends: datetime) -> dict[UUID, list[Bar]]:
    claims = list(
        Occupancy.objects.filter(
            space_id__in=space_ids, ends_at__gt=begins, starts_at__lt=ends
        ).order_by("starts_at")
    )
    sources = {claim.source_id for claim in claims if claim.kind == OccupancyKind.BOOKING}
    bookings = {
        booking.pk: booking
        for booking in Booking.objects.filter(pk__in=sources).select_related("organization")
    }
    bars: dict[UUID, list[Bar]] = defaultdict(list)
    for claim in claims:
        bars[claim.space_id] += _drawn(claim, bookings.get(claim.source_id), begins)
    return bars


def _drawn(claim: Occupancy, booking: Booking | None, begins: datetime) -> list[Bar]:
    """The use itself, with what is kept before and after it drawn apart."""
    if booking is None:
        label = str(OccupancyKind(claim.kind).label)
        return [_bar(claim.starts_at, claim.ends_at, begins, "fix", "tool", label, "", "")]
    kind, icon = KINDS.get(BookingStatus(booking.status), ("ok", "circle-check"))
    found = []
    for start, end in ((claim.starts_at, booking.starts_at), (booking.ends_at, claim.ends_at)):
        if start < end:
            found.append(_bar(start, end, begins, "buf", "", "", "", ""))
    organization = booking.organization.name if booking.organization else ""
    found.append(
        _bar(
            booking.starts_at,
            booking.ends_at,
            begins,
            kind,
            icon,
            booking.title or booking.number,
            organization,
            booking.get_absolute_url(),
        )
    )
    return [bar for bar in found if bar.length > 0]


def _bar(
    starts_at: datetime,
    ends_at: datetime,
    begins: datetime,
    kind: str,
    icon: str,
    label: str,
    note: str,
    url: str,
) -> Bar:
    first = max(int((starts_at - begins) / SLOT), 0)
    last = min(-(-(ends_at - begins) // SLOT), SLOTS)
    return Bar(first + 1, int(last) - first, kind, icon, label, note, url)

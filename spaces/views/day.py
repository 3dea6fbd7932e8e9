"""The day plan of staff: buildings, filters and a day, all in the address."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from district.lists import Chip
from district.middleware import DistrictRequest
from district.permissions import require
from district.rules import Text
from district.views.respond import render_page
from spaces import permissions
from spaces.forms.booking import ASKED
from spaces.models import Booking, BookingStatus, Building, Floor, Space
from spaces.plan import Row, Window, day_plan
from spaces.rules import is_open

AT_FIRST: Final = 3
SIZES: Final = (4, 10, 20, 50)
STATES: Final = (
    ("free", _("Free now")),
    ("ok", BookingStatus.CONFIRMED.label),
    ("wait", BookingStatus.REQUESTED.label),
    ("use", BookingStatus.CHECKED_IN.label),
    ("fix", _("Out of use")),
)
LEGEND: Final = (
    ("ok", "circle-check", BookingStatus.CONFIRMED.label),
    ("wait", "clock", BookingStatus.REQUESTED.label),
    ("use", "login-2", BookingStatus.CHECKED_IN.label),
    ("past", "check", BookingStatus.COMPLETED.label),
    ("fix", "tool", _("Out of use")),
    ("event", "confetti", _("Event")),
    ("dep", "link", _("Taken along")),
)


@dataclass(frozen=True)
class Asked:
    """What the address says, made safe."""

    day: date
    buildings: Sequence[Building]
    people: int
    features: Sequence[str]
    state: str


@dataclass(frozen=True)
class Group:
    building: Building
    floor: Floor | None
    rows: Sequence[Row]


@require_GET
def booking_day(request: DistrictRequest) -> HttpResponse:
    require(permissions.is_staff(request.actor))
    buildings = _buildings(request)
    asked = _asked(request.GET, buildings)
    window, rows = day_plan(_spaces(asked), asked.day, request.district.zone, timezone.now())
    shown = [row for row in rows if not asked.state or asked.state in row.kinds]
    context = {
        "asked": asked,
        "groups": list(_groups(shown)),
        "window": window,
        "now_slot": _now_slot(window),
        "figures": _figures(rows, request),
        "legend": _legend(rows),
        "days": _days(request.GET, asked.day),
        **_chips(request.GET, buildings, asked),
        "kept": [(key, value) for key, value in _kept(request.GET) if key != "day"],
    }
    return render_page(request, "spaces/booking_day.html", context, partials=["plan"])


def _buildings(request: DistrictRequest) -> list[Building]:
    spaces = permissions.bookable_by_staff(request.actor)
    return list(
        Building.objects.filter(ended_at=None, pk__in=spaces.values("building_id")).order_by("code")
    )


def _asked(params: QueryDict, buildings: Sequence[Building]) -> Asked:
    day = day_of(params.get("day"))
    wanted = set(params.getlist("building"))
    chosen = [row for row in buildings if str(row.pk) in wanted]
    people = params.get("people", "")
    return Asked(
        day=day,
        buildings=chosen or _busiest(buildings, day),
        people=int(people) if people.isdecimal() and len(people) < 5 else 0,
        features=[item.value for item in ASKED if item.value in params.getlist("feature")],
        state=params.get("state", ""),
    )


def day_of(text: str | None) -> date:
    """The day that was asked for, today for what is none; far enough from the ends of time."""
    today = timezone.localdate()
    try:
        day = (parse_date(text) if text else None) or today
    except ValueError:
        return today
    return day if 1970 <= day.year <= 2200 else today


def _busiest(buildings: Sequence[Building], day: date) -> list[Building]:
    """Where most happens that day; the first building where nothing does anywhere."""
    begins = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    counts = dict(
        Booking.objects.exclude(status__in=[BookingStatus.CANCELLED, BookingStatus.DECLINED])
        .filter(ends_at__gt=begins, starts_at__lt=begins + timedelta(days=1))
        .filter(space__building__in=buildings)
        .order_by()
        .values_list("space__building_id")
        .annotate(Count("id"))
    )
    busy = sorted((row for row in buildings if counts.get(row.pk)), key=lambda row: -counts[row.pk])
    return sorted(busy[:AT_FIRST], key=lambda row: row.code) or list(buildings[:1])


def _spaces(asked: Asked) -> list[Space]:
    rows = Space.objects.bookable().filter(
        Q(capacity__gte=asked.people) | Q(parent__isnull=False, capacity=1),
        building__in=asked.buildings,
    )
    if asked.features:
        rows = rows.filter(features__contains=asked.features)
    return list(
        rows.select_related("building", "floor", "rules").order_by(
            "building__code", "floor__level", "code"
        )
    )


def _groups(rows: Sequence[Row]) -> Iterator[Group]:
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault((row.space.building, row.space.floor), []).append(row)
    for (building, floor), members in groups.items():
        yield Group(building, floor, members)


def _now_slot(window: Window) -> int | None:
    slot = window.slot(timezone.now())
    return slot + 1 if timezone.localdate() == window.day and 0 < slot < window.slots else None


def _figures(rows: Sequence[Row], request: DistrictRequest) -> dict[str, Any]:
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
        "first": _first_free(whole, request),
    }


def _first_free(rows: Sequence[Row], request: DistrictRequest) -> tuple[Space, datetime] | None:
    now, zone = timezone.now(), request.district.zone
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


def _legend(rows: Sequence[Row]) -> list[tuple[str, str, Any, int]]:
    counts: Counter[str] = Counter()
    for kind, _icon, _label in LEGEND:
        bars = [bar for row in rows for bar in row.bars if bar.kind == kind]
        counts[kind] = len({bar.booking.pk if bar.booking else id(bar) for bar in bars})
    return [(kind, icon, label, counts[kind]) for kind, icon, label in LEGEND if counts[kind]]


def _kept(params: QueryDict) -> Iterator[tuple[str, str]]:
    for key in ("building", "people", "feature", "state", "day"):
        for value in params.getlist(key):
            if value:
                yield key, value


def link(params: QueryDict, **changes: Any) -> str:
    """This page with some parameters changed; a list stands for several values."""
    copy = QueryDict(mutable=True)
    for key, value in _kept(params):
        if key not in changes:
            copy.appendlist(key, value)
    for key, value in changes.items():
        copy.setlist(key, [str(item) for item in (value if isinstance(value, list) else [value])])
    return f"?{copy.urlencode()}"


def _days(params: QueryDict, day: date) -> dict[str, str]:
    return {
        "yesterday": link(params, day=day - timedelta(days=1)),
        "tomorrow": link(params, day=day + timedelta(days=1)),
        "today": link(params, day=[]),
    }


def _chips(
    params: QueryDict, buildings: Sequence[Building], asked: Asked
) -> dict[str, Sequence[Chip]]:
    shown = [str(row.pk) for row in asked.buildings]
    names = [(str(row.pk), row.name) for row in buildings]
    features = [(item.value, item.label) for item in ASKED]
    sizes = [(str(size), str(size)) for size in SIZES]
    return {
        "building_chips": _several(params, "building", names, shown),
        "people_chips": _one(params, "people", sizes, str(asked.people or "")),
        "feature_chips": _several(params, "feature", features, asked.features),
        "state_chips": _one(params, "state", STATES, asked.state),
    }


def _several(
    params: QueryDict, key: str, choices: Iterable[tuple[str, Text]], chosen: Sequence[str]
) -> Sequence[Chip]:
    """Each chip adds its value to those chosen, or takes it away."""
    return [
        Chip(label, link(params, **{key: _toggled(chosen, value)}), value in chosen)
        for value, label in choices
    ]


def _toggled(chosen: Sequence[str], value: str) -> list[str]:
    if value in chosen:
        return [item for item in chosen if item != value]
    return [*chosen, value]


def _one(
    params: QueryDict, key: str, choices: Iterable[tuple[str, Text]], chosen: str
) -> Sequence[Chip]:
    """Each chip takes the place of the one chosen, or takes itself away."""
    return [
        Chip(label, link(params, **{key: [] if value == chosen else value}), value == chosen)
        for value, label in choices
    ]

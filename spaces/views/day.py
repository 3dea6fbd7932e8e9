"""The plan of rooms by day and by week: buildings, filters and a day, all in the address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from district.middleware import DistrictRequest
from district.permissions import require
from district.views.respond import render_page
from spaces import permissions
from spaces.models import Building, Floor
from spaces.plan import OTHERS, STATES, Row, plan_of
from spaces.plan_asked import (
    Asked,
    asked_of,
    buildings_for,
    chips,
    kept,
    link,
    monday_of,
    steps,
    toggled,
    views,
)
from spaces.plan_figures import LEGEND, figures, legend
from spaces.plan_markup import Markup, new_booking, place
from spaces.plan_revision import revision_of
from spaces.timescale import Period, Window

LOOKS = (*STATES.values(), *OTHERS.values(), *((kind, icon) for kind, icon, _label in LEGEND))
ICONS = sorted({icon for _kind, icon in LOOKS} | {"armchair"})


@dataclass(frozen=True)
class Group:
    """A floor of a building; `url` folds or unfolds it. What is folded is not written."""

    key: str
    building: Building
    floor: Floor | None
    count: int
    url: str
    is_open: bool
    rows: Sequence[Row]
    drawn: SafeString


@require_GET
def booking_day(request: DistrictRequest) -> HttpResponse:
    return _plan(request, 1)


@require_GET
def booking_week(request: DistrictRequest) -> HttpResponse:
    return _plan(request, 7)


def _plan(request: DistrictRequest, days: int) -> HttpResponse:
    """The whole plan, its part for htmx, or nothing where it is as it was `seen`."""
    require(permissions.can_view_plan(request.actor))
    buildings, now = buildings_for(request.actor), timezone.now()
    asked = asked_of(request.GET, buildings)
    first = asked.day if days == 1 else monday_of(asked.day)
    period = Period(first, days, request.district.zone)
    spaces = asked.spaces(request.actor)
    revision = revision_of(spaces, period, now)
    if request.GET.get("seen") == revision:
        return HttpResponse(status=204)
    rooms = spaces.select_related("building", "floor", "rules").order_by(
        "building__code", "floor__level", "code"
    )
    window, rows = plan_of(list(rooms), period, now, by=request.actor)
    context = {
        "asked": asked,
        "buildings": buildings,
        "revision": revision,
        **_around(request, window, asked),
        **_drawn(request, asked, window, rows),
        **chips(request.GET, buildings, asked),
    }
    return render_page(request, "spaces/booking_plan.html", context, partials=["plan"])


def _around(request: DistrictRequest, window: Window, asked: Asked) -> dict[str, Any]:
    period = window.period
    shown = "day" if period.days == 1 else "week"
    staff = permissions.is_staff(request.actor)
    now_slot = _now_slot(window)
    return {
        "staff": staff,
        "icons": ICONS,
        "shown": shown,
        "period": period,
        "window": window,
        "now_slot": now_slot,
        "now_at": place(window, now_slot) if now_slot is not None else "",
        "today": timezone.localdate(),
        "steps": steps(request.GET, asked.day, period.ends - period.begins),
        "views": views(request.GET, shown),
        "kept": [(key, value) for key, value in kept(request.GET) if key != "day"],
        "again": link(request.GET, building=list(asked.building_ids), day=asked.day),
        "new": new_booking(staff=staff),
    }


def _drawn(
    request: DistrictRequest, asked: Asked, window: Window, rows: Sequence[Row]
) -> dict[str, Any]:
    now = timezone.now()
    shown = [row for row in rows if not asked.state or asked.state in row.kinds]
    return {
        "groups": list(_groups(request, asked, Markup(window, now, request.actor), shown)),
        "figures": figures(rows, now, request.district.zone),
        "legend": legend(rows),
    }


def _groups(
    request: DistrictRequest, asked: Asked, markup: Markup, rows: Sequence[Row]
) -> Iterator[Group]:
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault((row.space.building, row.space.floor), []).append(row)
    for (building, floor), members in groups.items():
        key = str(floor.pk if floor else building.pk)
        is_open = key not in asked.closed
        yield Group(
            key=key,
            building=building,
            floor=floor,
            count=len(members),
            url=link(request.GET, closed=toggled(asked.closed, key)),
            is_open=is_open,
            rows=members,
            drawn=markup.rows(members) if is_open else SafeString(),
        )


def _now_slot(window: Window) -> int | None:
    """The slot of the present, where it is drawn."""
    now: datetime = timezone.now()
    days = (timezone.localdate() - window.period.day).days
    if not 0 <= days < window.period.days:
        return None
    slot = window.slot(now)
    within = slot - days * window.slots_a_day
    return slot if 0 < within < window.slots_a_day else None

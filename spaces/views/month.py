"""A month: for staff how full each day is, for companies what they have booked."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from district.ids import id_of
from district.middleware import DistrictRequest
from district.permissions import require
from district.views.respond import render_page
from spaces import permissions
from spaces.models import Space
from spaces.month import MonthDay, fill, put_own, spaces_to_show, weeks_of_month
from spaces.plan_asked import Asked, asked_of, buildings_for, chips, kept, link, views
from spaces.timescale import Period


@require_GET
def booking_month(request: DistrictRequest) -> HttpResponse:
    """`?day=` is any day of the month; `?space=` narrows it to one space."""
    require(permissions.can_view_plan(request.actor))
    buildings = buildings_for(request.actor)
    asked = asked_of(request.GET, buildings)
    period, weeks = weeks_of_month(asked.day)
    days = [day for week in weeks for day in week]
    staff = permissions.is_staff(request.actor)
    filled = _filled(request, asked, days, period) if staff else _own(request, days, period)
    context = {
        "asked": asked,
        "buildings": buildings,
        "staff": staff,
        "weeks": weeks,
        "views": views(request.GET, "month"),
        "kept": [(key, value) for key, value in kept(request.GET) if key not in {"day", "space"}],
        **_months(request, asked.day),
        **chips(request.GET, buildings, asked),
        **filled,
    }
    return render_page(request, "spaces/booking_month.html", context, partials=["plan"])


def _own(request: DistrictRequest, days: list[MonthDay], period: Period) -> dict[str, Any]:
    put_own(days, period, request.actor)
    return {}


def _filled(
    request: DistrictRequest, asked: Asked, days: list[MonthDay], period: Period
) -> dict[str, Any]:
    rows = asked.spaces(request.actor)
    choices = list(spaces_to_show(rows))
    chosen = _chosen(request.GET.get("space", ""), choices)
    shown = rows.filter(pk=chosen.pk) if chosen else rows.filter(is_leaf=True)
    fill(days, shown, period)
    return {
        "choices": choices,
        "chosen": chosen,
        "count": sum(day.count for day in days if day.date.month == asked.day.month),
    }


def _chosen(text: str, spaces: list[Space]) -> Space | None:
    wanted = id_of(text)
    return next((space for space in spaces if space.pk == wanted), None)


def _months(request: DistrictRequest, day: date) -> dict[str, Any]:
    """Where the month before and the one after are; the chosen day links to its plan."""
    first = day.replace(day=1)
    before, after = first - timedelta(days=1), first + timedelta(days=32)
    return {
        "steps": {
            "before": link(request.GET, day=before.replace(day=1)),
            "after": link(request.GET, day=after.replace(day=1)),
            "today": link(request.GET, day=[]),
        },
        "day_query": link(request.GET, day=[], space=[]),
    }

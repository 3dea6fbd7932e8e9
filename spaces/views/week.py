"""A week of the rooms of a building: when each is open, taken and free; nobody is named."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from district.actors import organization_id
from district.middleware import DistrictRequest
from district.permissions import require
from district.views.respond import render_page
from spaces import permissions
from spaces.models import Building, Space
from spaces.plan import is_seat
from spaces.plan_asked import day_of
from spaces.week import Day, weeks_of, window_of


@require_GET
def building_week(request: DistrictRequest, building_id: UUID) -> HttpResponse:
    """`?week=` is any day of the week that is shown."""
    require(permissions.can_view_spaces(request.actor))
    building = get_object_or_404(Building.objects.visible_to(request.actor), pk=building_id)
    chosen, today = day_of(request.GET.get("week")), timezone.localdate()
    monday = chosen - timedelta(days=chosen.weekday())
    spaces = [space for space in _spaces(building) if not is_seat(space)]
    weeks = weeks_of(spaces, monday, request.district.zone, own_id=organization_id(request.actor))
    days = [monday + timedelta(days=n) for n in range(7)]
    context = {
        "building": building,
        "buildings": _buildings(request),
        "days": days,
        "today": today,
        "rows": [(space, list(_linked(weeks[space.pk], today))) for space in spaces],
        "window": window_of([day for week in weeks.values() for day in week]),
        "previous_week": monday - timedelta(days=7),
        "next_week": monday + timedelta(days=7),
        "staff": permissions.is_staff(request.actor),
    }
    return render_page(request, "spaces/building_week.html", context, partials=["week"])


def _spaces(building: Building) -> Sequence[Space]:
    return list(
        Space.objects.bookable()
        .filter(building=building)
        .select_related("building", "floor", "rules")
        .order_by("floor__level", "code")
    )


def _linked(week: Sequence[Day], today: date) -> Any:
    """Each day, and whether something can still be booked on it."""
    return ((day, day.date >= today and day.free_minutes > 0) for day in week)


def _buildings(request: DistrictRequest) -> Any:
    rows = Building.objects.visible_to(request.actor).filter(spaces__bookable=True, ended_at=None)
    return rows.distinct().order_by("code")

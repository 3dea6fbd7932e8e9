"""Use of spaces: how full they are, who comes, what was wanted, and what to do about it."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from district.middleware import DistrictRequest
from district.permissions import require
from district.views.lists import table_file
from district.views.respond import render_page
from spaces import permissions
from spaces.use_asked import Asked, buildings_in_reach
from spaces.use_bookings import least_reliable
from spaces.use_hints import grouped, hints
from spaces.use_report import COLUMNS, context_of, report_for


@require_GET
def use(request: DistrictRequest) -> HttpResponse:
    """Of a period, and of all spaces in reach, a building, a function or one space."""
    require(permissions.can_view_use(request.actor))
    asked = Asked.of(request.GET)
    spaces = list(asked.spaces(request.actor))
    report = report_for(request.actor, spaces, asked.period)
    if "export" in request.GET:
        name = f"use-{report.period.first:%Y-%m-%d}"
        return table_file(request, COLUMNS, report.rows, name=name, format_=request.GET["export"])
    context = {
        **context_of(report, asked),
        "asked": asked,
        "period": report.period,
        "space": spaces[0] if asked.space_id and spaces else None,
        "all_url": asked.url(space=""),
        "building_chips": asked.buildings(buildings_in_reach(request.actor)),
        "hints": grouped(hints(report.rows, report.period)),
        "companies": least_reliable(report.conducts),
        "files": [(key, asked.url(export=key)) for key in ("xlsx", "csv")],
    }
    return render_page(request, "spaces/use.html", context)

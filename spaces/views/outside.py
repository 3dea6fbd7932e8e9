"""Calendars kept elsewhere: which there are, what they block, reading one now."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from district.forms import refusals_shown
from district.middleware import DistrictRequest
from district.permissions import require
from district.views.respond import changed, render_page
from spaces import permissions
from spaces.actions.outside import add_calendar, ask_soon, end_calendar, take_over
from spaces.forms.outside import CalendarFileForm, CalendarForm
from spaces.models import OutsideCalendar
from spaces.outside import events_of

NEXT = 20
PROBLEMS = {
    "calendar_address": gettext_lazy("The address must begin with https://."),
    "calendar_unreachable": gettext_lazy("The address does not answer, or not with a calendar."),
    "calendar_unreadable": gettext_lazy("What the address gives is no calendar."),
    "calendar_too_large": gettext_lazy("The calendar is too large."),
}


@require_GET
def calendar_list(request: DistrictRequest) -> HttpResponse:
    require(permissions.can_block_somewhere(request.actor))
    rows = _visible(request).order_by("space__building__code", "space__code", "id")
    context = {"calendars": [(row, PROBLEMS.get(row.problem, "")) for row in rows]}
    return render_page(request, "spaces/calendar_list.html", context)


@require_http_methods(["GET", "POST"])
def calendar_new(request: DistrictRequest) -> HttpResponse:
    require(permissions.can_block_somewhere(request.actor))
    initial = {"space": request.GET.get("space")}
    form = CalendarForm(request.POST or None, by=request.actor, initial=initial)
    if form.is_bound and form.is_valid():
        require(permissions.can_block(request.actor, form.cleaned_data["space"]))
        with refusals_shown(form):
            address = form.cleaned_data["address"]
            calendar = add_calendar(form.save(commit=False), address, by=request.actor)
            return changed(request, _("Added."), calendar.get_absolute_url())
    status = 422 if form.is_bound else 200
    return render_page(request, "spaces/calendar_form.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def calendar_detail(request: DistrictRequest, calendar_id: UUID) -> HttpResponse:
    """A POST brings the calendar as a file."""
    calendar = _one(request, calendar_id)
    form = CalendarFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            events = events_of(form.cleaned_data["file"], request.district.zone)
            take_over(calendar, events, by=request.actor)
            return changed(request, _("Read."), calendar.get_absolute_url())
    context = {"form": form, **_shown(calendar)}
    status = 422 if form.is_bound else 200
    return render_page(request, "spaces/calendar_detail.html", context, status=status)


@require_POST
def calendar_read(request: DistrictRequest, calendar_id: UUID) -> HttpResponse:
    """Not in this request: the other side may take its time."""
    calendar = _one(request, calendar_id)
    ask_soon(calendar)
    return changed(request, _("It is read within a minute."), calendar.get_absolute_url())


@require_POST
def calendar_end(request: DistrictRequest, calendar_id: UUID) -> HttpResponse:
    end_calendar(_one(request, calendar_id), by=request.actor)
    message = _("The calendar has ended; what it blocked is open again.")
    return changed(request, message, reverse("calendar_list"))


def _shown(calendar: OutsideCalendar) -> dict[str, Any]:
    to_come = calendar.blockings.filter(ended_at=None, ends_at__gt=timezone.now())
    return {
        "calendar": calendar,
        "problem": PROBLEMS.get(calendar.problem, ""),
        "blockings": to_come.order_by("starts_at")[:NEXT],
        "collisions": [
            (datetime.fromisoformat(begins), datetime.fromisoformat(ends))
            for begins, ends in calendar.collisions
        ],
    }


def _visible(request: DistrictRequest) -> QuerySet[OutsideCalendar, OutsideCalendar]:
    spaces = permissions.bookable_by_staff(request.actor)
    rows = OutsideCalendar.objects.filter(ended_at=None, space__in=spaces.values("pk"))
    return rows.select_related("space__building", "space__floor")


def _one(request: DistrictRequest, calendar_id: UUID) -> OutsideCalendar:
    calendar = get_object_or_404(_visible(request), pk=calendar_id)
    require(permissions.can_block(request.actor, calendar.space))
    return calendar

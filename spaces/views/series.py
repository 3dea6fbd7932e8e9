"""Series: planned with what stands in the way, looked at, changed, decided and given back."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from district.actors import Actor
from district.forms import refusals_shown
from district.middleware import DistrictRequest
from district.permissions import require
from district.timeline import timeline
from district.views.respond import changed, render_page
from spaces import permissions
from spaces.actions import series_decisions as decisions
from spaces.actions.series import SeriesWish, book_series, free_elsewhere, plan_series
from spaces.actions.series_changes import change_series
from spaces.booking_list import TONES
from spaces.forms.booking import ReasonForm, SearchForm
from spaces.forms.series import FromForm, RepeatForm, TimesForm
from spaces.models import BookingSource, BookingStatus, Series, SeriesDate, Space
from spaces.recurrence_words import in_words

LEAVE_OUT = "out"


@require_GET
def series_new(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    """How it repeats, and what that gives date by date; the address is the whole state."""
    space = _bookable(request, space_id)
    asked = request.GET.copy()
    for name, value in SearchForm.usual().items():
        asked.setdefault(name, str(value))
    form = RepeatForm(asked if "until" in asked else None, initial=asked.dict())
    return _planned(request, space, form, 422 if form.errors else 200)


@require_POST
def series_create(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    space = _bookable(request, space_id)
    form = RepeatForm(request.POST)
    if form.is_valid():
        with refusals_shown(form):
            source = (
                BookingSource.STAFF if permissions.is_staff(request.actor) else BookingSource.PORTAL
            )
            series = book_series(_wish(request, space, form), by=request.actor, source=source)
            return redirect("series_detail", series.pk)
    return _planned(request, space, form, 409 if hasattr(form, "pattern") else 422)


def _bookable(request: DistrictRequest, space_id: UUID) -> Space:
    rows = Space.objects.bookable().select_related("building", "floor", "rules")
    space: Space = get_object_or_404(rows, pk=space_id)
    require(permissions.can_book(request.actor, space))
    return space


def _planned(request: DistrictRequest, space: Space, form: RepeatForm, status: int) -> HttpResponse:
    context: dict[str, Any] = {"space": space, "form": form}
    if hasattr(form, "pattern"):
        wish = _wish(request, space, form)
        with refusals_shown(form):
            plans = plan_series(wish, by=request.actor)
            instead = free_elsewhere(wish, plans, by=request.actor)
            context |= {
                "words": in_words(form.pattern),
                "rows": [(plan, instead.get(plan.on, ())) for plan in plans],
                "free_count": sum(plan.booking is not None for plan in plans),
                "waits": any(
                    plan.booking.status == BookingStatus.REQUESTED for plan in plans if plan.booking
                ),
            }
    return render_page(
        request, "spaces/series_new.html", context, partials=["report"], status=status
    )


def _wish(request: DistrictRequest, space: Space, form: RepeatForm) -> SeriesWish:
    """The form with the answers for single dates: `on-2027-01-31` is a space, or left out."""
    answers = dict(_answers(request.POST))
    rows = Space.objects.bookable().select_related("building", "floor", "rules")
    rows = rows.filter(
        building_id=space.building_id, pk__in=[key for key in answers.values() if key]
    )
    others = {row.pk: row for row in rows}
    data = form.cleaned_data
    return SeriesWish(
        space,
        form.pattern,
        attendee_count=data["people"],
        title=data["title"],
        note=data["note"],
        elsewhere={day: others[key] for day, key in answers.items() if key in others},
        without=[day for day, key in answers.items() if key is None],
    )


def _answers(posted: QueryDict) -> Iterator[tuple[date, UUID | None]]:
    """Which space a day is to be in, None for none; what makes no sense is as if not said."""
    for name, value in posted.items():
        if name.startswith("on-") and value:
            with suppress(ValueError):
                day = date.fromisoformat(name.removeprefix("on-"))
                yield day, None if value == LEAVE_OUT else UUID(str(value))


def _visible(request: DistrictRequest, series_id: UUID) -> Series:
    rows = Series.objects.visible_to(request.actor).select_related(
        "space__building", "space__floor", "space__rules", "organization", "person"
    )
    series: Series = get_object_or_404(rows, pk=series_id)
    return series


@require_GET
def series_detail(request: DistrictRequest, series_id: UUID) -> HttpResponse:
    return _show(request, _visible(request, series_id))


def _show(
    request: DistrictRequest,
    series: Series,
    *,
    times: TimesForm | None = None,
    wrong: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "series": series,
        "words": in_words(series.pattern),
        **_dates(request, series, times),
        "wrong": wrong,
        "entries": timeline(series, request),
    }
    return render(request, "spaces/series_detail.html", context, status=status)


def _dates(request: DistrictRequest, series: Series, times: TimesForm | None) -> dict[str, Any]:
    """Every date with what became of it, and what can be done with those to come."""
    rows = series.dates.select_related("booking__space__building", "booking__space__floor")
    dates, now, today = list(rows.order_by("on")), timezone.now(), timezone.localdate()
    ahead = [item.booking for item in dates if item.booking and item.booking.starts_at > now]
    left = [
        item.on
        for item in dates
        if item.booking in ahead and item.booking.can_move_to(BookingStatus.CANCELLED)
    ]
    first = (left[0] if left else today).isoformat()
    usual = {"from_on": first, "begins": series.begins, "ends": series.ends}
    return {
        "dates": [(item, _tone(item), _is_apart(series, item)) for item in dates],
        "left": left,
        "waiting": sum(booking.status == BookingStatus.REQUESTED for booking in ahead),
        "can_decide": permissions.can_decide(request.actor, series),
        "can_change": left and permissions.can_change_booking(request.actor, series),
        "times": times or TimesForm(initial=usual),
    }


def _is_apart(series: Series, item: SeriesDate) -> bool:
    """Whether a date does not follow the series: it was moved alone, or could not move along."""
    if item.booking is None:
        return False
    times = (item.booking.starts_at, item.booking.ends_at)
    return times != series.pattern.times(item.on, series.district.zone)


def _tone(item: SeriesDate) -> str:
    return TONES.get(BookingStatus(item.booking.status), "off") if item.booking else "off"


@require_POST
def series_move(request: DistrictRequest, series_id: UUID) -> HttpResponse:
    """Other times for the dates from one on."""
    series = _visible(request, series_id)
    require(permissions.can_change_booking(request.actor, series))
    form = TimesForm(request.POST)
    if form.is_valid():
        with refusals_shown(form):
            moved = _moved(series, form, request.actor)
            return changed(request, _("Moved."), moved.get_absolute_url())
    return _show(request, series, times=form, status=409 if form.cleaned_data else 422)


def _moved(series: Series, form: TimesForm, by: Actor) -> Series:
    data = form.cleaned_data
    pattern = series.pattern.since(data["from_on"])
    wish = SeriesWish(
        series.space,
        replace(pattern, begins=data["begins"], ends=data["ends"]),
        attendee_count=series.attendee_count,
        title=series.title,
        note=series.note,
    )
    return change_series(series, wish, from_on=data["from_on"], by=by)


@require_POST
def series_cancel(request: DistrictRequest, series_id: UUID) -> HttpResponse:
    series = _visible(request, series_id)
    require(permissions.can_change_booking(request.actor, series))
    form = FromForm(request.POST)
    if not form.is_valid():
        return _show(request, series, wrong=form, status=422)
    decisions.cancel_series(series, from_on=form.cleaned_data["from_on"], by=request.actor)
    return changed(request, _("Cancelled. The dates are free again."), series.get_absolute_url())


@require_POST
def series_confirm(request: DistrictRequest, series_id: UUID) -> HttpResponse:
    series = _visible(request, series_id)
    require(permissions.can_decide(request.actor, series))
    decisions.confirm_series(series, by=request.actor)
    return changed(request, _("Approved. The company has been told."), series.get_absolute_url())


@require_POST
def series_decline(request: DistrictRequest, series_id: UUID) -> HttpResponse:
    series = _visible(request, series_id)
    require(permissions.can_decide(request.actor, series))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, series, wrong=form, status=422)
    decisions.decline_series(series, form.cleaned_data["reason"], by=request.actor)
    return changed(
        request, _("Declined. The company reads your reason."), series.get_absolute_url()
    )

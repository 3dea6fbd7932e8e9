"""Another time or space for a booking: asked for on a page, or dropped on the plan."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from district.forms import refusals_shown
from district.middleware import DistrictRequest
from district.permissions import require
from district.rules import RuleViolation
from district.templatetags.look import until
from district.views.respond import changed
from spaces import permissions
from spaces.actions.booking import reschedule_booking
from spaces.actions.search import Need, nearest_alternatives
from spaces.forms.booking import MoveForm
from spaces.models import Booking, BookingStatus, SeriesDate
from spaces.views.booking import visible_booking


@require_http_methods(["GET", "POST"])
def booking_move(request: DistrictRequest, booking_id: UUID) -> HttpResponse:
    """Another time or space for a booking: GET asks, POST moves it."""
    booking = visible_booking(request, booking_id)
    require(permissions.can_change_booking(request.actor, booking))
    form = _form(request, booking)
    if request.htmx and request.method == "POST":
        return _dropped(request, booking, form)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            moved = _move(request, booking, form)
            return changed(request, _told(booking, moved), booking.get_absolute_url())
    context = {
        "booking": booking,
        "form": form,
        "in_series": _in_series(booking),
        **_instead(request, booking, form),
    }
    return render(request, "spaces/booking_move.html", context, status=422 if form.errors else 200)


def _form(request: DistrictRequest, booking: Booking) -> MoveForm:
    posted = request.POST if request.method == "POST" else None
    initial = {**_now(booking), **request.GET.dict()}
    return MoveForm(
        posted, initial=initial, booking=booking, spaces=permissions.bookable_by(request.actor)
    )


def _dropped(request: DistrictRequest, booking: Booking, form: MoveForm) -> HttpResponse:
    """Nothing to show but what to say, and what takes it back; a refusal is said instead."""
    if not form.is_valid():
        words = next(str(error) for errors in form.errors.values() for error in errors)
        raise RuleViolation("booking_move", words)
    before = _now(booking)
    moved = _move(request, booking, form)
    event = {"said": _told(booking, moved), "url": request.path, **before}
    return trigger_client_event(HttpResponse(status=204), "moved", event)


def _move(request: DistrictRequest, booking: Booking, form: MoveForm) -> Booking:
    return reschedule_booking(booking, form.space, form.starts_at, form.ends_at, by=request.actor)


def _told(before: Booking, moved: Booking) -> str:
    """What has become of it, and what somebody might not expect of that."""
    when = until(moved.starts_at, moved.ends_at)
    words = [_("Moved: %(when)s, %(space)s.") % {"when": when, "space": moved.space.name}]
    match before.status, moved.status:
        case BookingStatus.CONFIRMED, BookingStatus.REQUESTED:
            words.append(_("It waits for approval again."))
        case BookingStatus.REQUESTED, BookingStatus.CONFIRMED:
            words.append(_("It is approved with that."))
    if _in_series(moved):
        words.append(_("Only this date leaves its series."))
    return " ".join(words)


def _in_series(booking: Booking) -> bool:
    return SeriesDate.objects.filter(booking=booking).exists()


def _instead(request: DistrictRequest, booking: Booking, form: MoveForm) -> dict[str, Any]:
    """Free times of the same space near the one that was refused."""
    if not form.non_field_errors() or not hasattr(form, "ends_at") or booking.seat_count:
        return {}
    need = Need(form.starts_at, form.ends_at, booking.attendee_count)
    zone = request.district.zone
    found = nearest_alternatives(form.space, need, by=request.actor, zone=zone, limit=0)
    return {"alternatives": found, "minutes": form.cleaned_data["minutes"]}


def _now(booking: Booking) -> dict[str, Any]:
    local = booking.starts_at.astimezone(booking.district.zone)
    return {
        "space": str(booking.space_id),
        "day": local.date().isoformat(),
        "at": local.strftime("%H:%M"),
        "minutes": booking.minutes,
    }

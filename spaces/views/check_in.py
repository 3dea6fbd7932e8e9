"""A booking while it is in use, and what counts against those who do not come."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from district.lists import render_list
from district.middleware import DistrictRequest
from district.permissions import require
from district.templatetags.look import moment
from district.views.respond import changed, inside
from spaces import permissions
from spaces.actions import check_in as actions
from spaces.actions.strikes import pardon_strike
from spaces.forms.booking import ReasonForm, UntilForm
from spaces.models import Booking, Strike
from spaces.strike_list import STRIKES


@require_POST
def booking_check_in(request: DistrictRequest, booking_id: UUID) -> HttpResponse:
    booking = _attended(request, booking_id)
    actions.check_in_booking(booking, by=request.actor)
    return changed(request, _("Checked in. Have a good time."), _back(request, booking))


@require_POST
def booking_end(request: DistrictRequest, booking_id: UUID) -> HttpResponse:
    booking = _attended(request, booking_id)
    actions.end_booking(booking, by=request.actor)
    return changed(request, _("Ended. The space is free again."), _back(request, booking))


@require_POST
def booking_extend(request: DistrictRequest, booking_id: UUID) -> HttpResponse:
    booking = _attended(request, booking_id)
    form = UntilForm(request.POST)
    ends_at = form.cleaned_data["until"] if form.is_valid() else booking.ends_at
    booking = actions.extend_booking(booking, ends_at, by=request.actor)
    said = _("Extended until %(time)s.") % {"time": moment(booking.ends_at)}
    return changed(request, said, _back(request, booking))


@require_POST
def booking_no_show(request: DistrictRequest, booking_id: UUID) -> HttpResponse:
    booking = _attended(request, booking_id)
    require(permissions.can_decide(request.actor, booking))
    actions.mark_no_show(booking, by=request.actor)
    return changed(request, _("Marked: the rest is free again."), _back(request, booking))


@require_GET
def strike_list(request: DistrictRequest) -> HttpResponse:
    """One's own no-shows; staff see everybody's, a company's administrators theirs."""
    context = {"staff": permissions.is_staff(request.actor)}
    return render_list(request, STRIKES, "spaces/strike_list.html", context)


@require_POST
def strike_pardon(request: DistrictRequest, strike_id: UUID) -> HttpResponse:
    rows = Strike.objects.visible_to(request.actor).select_related("booking__space__building")
    strike = get_object_or_404(rows, pk=strike_id)
    require(permissions.can_pardon(request.actor, strike))
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    pardon_strike(strike, reason, by=request.actor)
    return changed(request, _("Pardoned. They have been told."), strike.get_absolute_url())


def _attended(request: DistrictRequest, booking_id: UUID) -> Booking:
    rows = Booking.objects.visible_to(request.actor).select_related("space__building", "rules")
    booking: Booking = get_object_or_404(rows, pk=booking_id)
    require(permissions.can_attend(request.actor, booking))
    return booking


def _back(request: DistrictRequest, booking: Booking) -> str:
    """To the door, Home or the day plan, where it was done; else to the booking."""
    return inside(request, request.POST.get("next", "")) or booking.get_absolute_url()

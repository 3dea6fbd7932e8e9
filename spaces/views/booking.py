"""Bookings: the list, one of them, deciding, moving and cancelling."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from district.actors import Actor
from district.lists import render_list
from district.middleware import DistrictRequest
from district.permissions import require
from district.timeline import timeline
from district.views.respond import changed, inside
from spaces import permissions
from spaces.actions import decisions
from spaces.booking_list import BOOKINGS, TONES
from spaces.door import offers_of
from spaces.forms.booking import CancelForm, ReasonForm
from spaces.inbox import REASONS, asking, just_decided
from spaces.messages import deciding
from spaces.mine import again_query
from spaces.models import Booking, BookingStatus, Series, WaitlistEntry
from spaces.policy_table import said_of_check_in
from spaces.price_table import fees_to_come, frozen_rows
from spaces.prices import fee_due
from spaces.recurrence_words import in_words
from spaces.strike_list import own_strikes


@require_GET
def booking_list(request: DistrictRequest) -> HttpResponse:
    actor = request.actor
    context = {
        "staff": permissions.is_staff(actor),
        "books": permissions.books_for_itself(actor),
        "strikes": own_strikes(actor) if permissions.books_for_itself(actor) else [],
    }
    return render_list(request, BOOKINGS, "spaces/booking_list.html", context)


def visible_booking(request: DistrictRequest, booking_id: UUID) -> Booking:
    rows = Booking.objects.visible_to(request.actor).select_related(
        "space__building", "space__floor", "space__rules", "organization", "person", "rules"
    )
    booking: Booking = get_object_or_404(rows, pk=booking_id)
    return booking


@require_GET
def booking_detail(request: DistrictRequest, booking_id: UUID) -> HttpResponse:
    return _show(request, visible_booking(request, booking_id), "spaces/booking_detail.html")


@require_GET
def booking_card(request: DistrictRequest, booking_id: UUID) -> HttpResponse:
    """What a bar of the day plan stands for, and what can be done with it there."""
    return _show(request, visible_booking(request, booking_id), "spaces/booking_card.html")


@require_GET
def booking_done(request: DistrictRequest, booking_id: UUID) -> HttpResponse:
    return _show(request, visible_booking(request, booking_id), "spaces/booking_done.html")


def _show(
    request: DistrictRequest,
    booking: Booking,
    template: str,
    *,
    decline: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    series = Series.objects.filter(dates__booking=booking).first()
    context: dict[str, Any] = {
        "series": series,
        "series_words": in_words(series.pattern) if series else "",
        "booking": booking,
        "tone": TONES.get(BookingStatus(booking.status), "off"),
        **_offers(booking, request.actor),
        "price_rows": frozen_rows(booking),
        "fees": fees_to_come(booking),
        "fee_now": fee_due(booking, timezone.now()),
        **offers_of(booking, request.actor, timezone.now()),
        "said": said_of_check_in(booking.rules),
        "decline": decline or ReasonForm(),
        "entries": timeline(booking, request),
        "in_line": _in_line(booking) if permissions.is_staff(request.actor) else 0,
        "next": request.GET.get("next", ""),
    }
    return render(request, template, context, status=status)


def _in_line(booking: Booking) -> int:
    """How many wait for its time, which a decision about it touches."""
    rows = WaitlistEntry.objects.wanting(booking.space, booking.starts_at, booking.ends_at)
    return int(rows.count())


def _offers(booking: Booking, actor: Actor) -> dict[str, Any]:
    """What this actor can do with the booking, and what is still to be done by others."""
    staff, waits = permissions.is_staff(actor), booking.status == BookingStatus.REQUESTED
    may, now = permissions.can_change_booking(actor, booking), timezone.now()
    can_change = may and booking.status in {BookingStatus.REQUESTED, BookingStatus.CONFIRMED}
    early = booking.status == BookingStatus.CHECKED_IN and booking.starts_at > now
    again = permissions.can_book(actor, booking.space)
    return {
        "staff": staff,
        "waits": waits,
        "deciding": deciding(booking) if waits else [],
        "can_decide": waits and permissions.can_decide(actor, booking),
        "can_change": can_change,
        "can_cancel": (can_change or (may and early)) and (staff or booking.is_free_to_cancel),
        "again": _again(booking, staff=staff) if again else "",
    }


def _again(booking: Booking, *, staff: bool) -> str:
    """Where the same is booked once more: a new booking, whatever became of this one."""
    if not staff:
        seats = "&seats=on" if booking.seat_count else ""
        page = reverse("book_space_confirm", args=[booking.space_id])
        return f"{page}?{again_query(booking)}{seats}"
    company = booking.organization.name if booking.organization else ""
    more = urlencode({"space": booking.space_id, "organization": company})
    return f"{reverse('booking_new')}?{again_query(booking)}&{more}"


@require_GET
def booking_again(request: DistrictRequest, booking_id: UUID) -> HttpResponse:
    """On to the form of a new booking like this one."""
    booking = visible_booking(request, booking_id)
    require(permissions.can_book(request.actor, booking.space))
    return redirect(_again(booking, staff=permissions.is_staff(request.actor)))


@require_POST
def booking_confirm(request: DistrictRequest, booking_id: UUID) -> HttpResponse:
    booking = visible_booking(request, booking_id)
    require(permissions.can_decide(request.actor, booking))
    decisions.confirm_booking(booking, by=request.actor)
    return changed(request, _("Approved. The company has been told."), _back(request, booking))


@require_POST
def booking_decline(request: DistrictRequest, booking_id: UUID) -> HttpResponse:
    booking = visible_booking(request, booking_id)
    require(permissions.can_decide(request.actor, booking))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, booking, "spaces/booking_detail.html", decline=form, status=422)
    decisions.decline_booking(booking, form.cleaned_data["reason"], by=request.actor)
    return changed(request, _("Declined. The company reads your reason."), _back(request, booking))


@require_POST
def booking_cancel(request: DistrictRequest, booking_id: UUID) -> HttpResponse:
    booking = visible_booking(request, booking_id)
    require(permissions.can_change_booking(request.actor, booking))
    form = CancelForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    decisions.cancel_booking(booking, by=request.actor, reason=reason)
    return changed(request, _("Cancelled. The space is free again."), booking.get_absolute_url())


def _back(request: DistrictRequest, booking: Booking) -> str:
    """Where the decision was taken: the inbox and Today go on, a page of its own stays."""
    return inside(request, request.POST.get("next", "")) or booking.get_absolute_url()


@require_POST
def booking_reopen(request: DistrictRequest, booking_id: UUID) -> HttpResponse:
    booking = visible_booking(request, booking_id)
    require(permissions.can_decide(request.actor, booking))
    decisions.reopen_booking(booking, by=request.actor)
    return changed(request, _("Taken back: it waits for a decision."), _back(request, booking))


@require_GET
def booking_inbox(request: DistrictRequest) -> HttpResponse:
    """Requests that wait for a decision, the most pressing first."""
    require(permissions.is_staff(request.actor))
    rows = (
        Booking.objects.visible_to(request.actor)
        .waiting()
        .select_related("space__building", "space__floor", "organization", "rules")
        .order_by("starts_at", "id")[:50]
    )
    mine = [row for row in rows if permissions.can_decide(request.actor, row)]
    context = {
        "needs": asking(mine, request.district.zone),
        "oldest": min((row.created_at for row in mine), default=None),
        "receipts": just_decided(request.actor),
        "reasons": REASONS,
    }
    return render(request, "spaces/booking_inbox.html", context)

"""The waitlist: who waits for what, joining, leaving, taking an offer."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from district.forms import refusals_shown
from district.lists import render_list
from district.middleware import DistrictRequest
from district.permissions import require
from district.timeline import timeline
from district.views.respond import changed
from spaces import permissions
from spaces.actions.offers import price_now
from spaces.actions.waitlist import join_waitlist, leave_waitlist, take_offer
from spaces.cards import own_waitlist
from spaces.forms.booking import BookForm
from spaces.models import Space, WaitlistEntry, WaitStatus
from spaces.views.book import quote
from spaces.waitlist_list import TONES, WAITLIST

CONFIRM = "spaces/book_confirm.html"


@require_GET
def waitlist_list(request: DistrictRequest) -> HttpResponse:
    own = own_waitlist(request) or {"entries": []}
    offers = [entry for entry in own["entries"] if entry.can_be_taken]
    context = {"offers": offers, "staff": permissions.is_staff(request.actor)}
    return render_list(request, WAITLIST, "spaces/waitlist_list.html", context)


@require_GET
def waitlist_detail(request: DistrictRequest, entry_id: UUID) -> HttpResponse:
    entry = _visible(request, entry_id)
    actor = request.actor
    context: dict[str, Any] = {
        "entry": entry,
        "tone": TONES[WaitStatus(entry.status)],
        "price": price_now(entry),
        "can_take": entry.can_be_taken and permissions.can_take_offer(actor, entry),
        "can_leave": entry.is_open and permissions.can_leave_waitlist(actor, entry),
        "entries": timeline(entry, request),
    }
    return render(request, "spaces/waitlist_detail.html", context)


@require_POST
def waitlist_join(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    """Sent by the confirm page, with what was filled in there."""
    rows = Space.objects.bookable().select_related("building", "floor", "rules")
    space = get_object_or_404(rows, pk=space_id)
    require(permissions.can_join_waitlist(request.actor, space))
    form = BookForm(request.POST)
    if form.is_valid():
        with refusals_shown(form):
            entry = join_waitlist(space, form.wish(), by=request.actor)
            return changed(request, _("You will be told when it frees up."), _address(entry))
    status = 409 if hasattr(form, "ends_at") else 422
    return render(request, CONFIRM, quote(request, space, form), status=status)


@require_POST
def waitlist_take(request: DistrictRequest, entry_id: UUID) -> HttpResponse:
    entry = _visible(request, entry_id)
    require(permissions.can_take_offer(request.actor, entry))
    booking = take_offer(entry, by=request.actor)
    return redirect("booking_done", booking.pk)


@require_POST
def waitlist_leave(request: DistrictRequest, entry_id: UUID) -> HttpResponse:
    entry = _visible(request, entry_id)
    require(permissions.can_leave_waitlist(request.actor, entry))
    leave_waitlist(entry, by=request.actor)
    return changed(request, _("You no longer wait for it."), _address(entry))


def _visible(request: DistrictRequest, entry_id: UUID) -> WaitlistEntry:
    rows = WaitlistEntry.objects.visible_to(request.actor).with_place()
    rows = rows.select_related(
        "space__building", "space__floor", "organization", "person", "rules", "booking", "client"
    )
    entry: WaitlistEntry = get_object_or_404(rows, pk=entry_id)
    return entry


def _address(entry: WaitlistEntry) -> str:
    return entry.get_absolute_url()

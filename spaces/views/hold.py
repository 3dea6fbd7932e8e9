"""Keeping the slot of the confirm page while its form is filled in; pieces of that page."""

from math import ceil
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from district.forms import refusals_shown
from district.middleware import DistrictRequest
from district.permissions import require
from spaces import permissions
from spaces.actions.holds import hold_slot, prolong_hold, release_hold
from spaces.forms.booking import BookForm, HoldForm
from spaces.models import Hold, Space

PIECE = "spaces/book_confirm.html#hold"


@require_POST
def book_space_hold(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    """Sent by the page itself once it is there."""
    rows = Space.objects.bookable().select_related("building", "rules")
    space = get_object_or_404(rows, pk=space_id)
    require(permissions.can_book(request.actor, space))
    form = BookForm(request.POST)
    if form.is_valid():
        with refusals_shown(form):
            hold = hold_slot(space, form.wish(), by=request.actor)
            return render(request, PIECE, _standing(hold))
    return render(request, PIECE, {"refused": form.errors}, status=409)


@require_POST
def hold_prolong(request: DistrictRequest) -> HttpResponse:
    form = HoldForm(request.POST)
    if form.is_valid():
        with refusals_shown(form):
            return render(request, PIECE, _standing(prolong_hold(by=request.actor)))
    return render(request, PIECE, {"refused": form.errors}, status=409)


@require_POST
def hold_release(request: DistrictRequest) -> HttpResponse:
    """Sent when the page is left. It names the hold, or it could take the next page's away."""
    form = HoldForm(request.POST)
    if form.is_valid():
        release_hold(form.cleaned_data["hold"], by=request.actor)
    return HttpResponse(status=204)


def _standing(hold: Hold) -> dict[str, Any]:
    left = hold.expires_at - timezone.now()
    return {"held": hold, "seconds_left": max(ceil(left.total_seconds()), 0)}

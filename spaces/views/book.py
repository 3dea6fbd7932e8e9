"""Find a free space and book it: three taps on a phone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from district.forms import refusals_shown
from district.middleware import DistrictRequest
from district.permissions import require
from district.views.respond import render_page
from spaces import permissions
from spaces.actions.booking import Wish, book_space
from spaces.actions.search import (
    Free,
    Need,
    areas_with_seats,
    find_free,
    nearest_alternatives,
)
from spaces.forms.booking import ASKED, LENGTHS, STEP, BookForm, SearchForm, SeatForm
from spaces.models import Photo, Space
from spaces.rules import is_open, needs_approval, price_of

TRIES_LATER = 8
SEAT_LENGTHS = (60, 120, 240, 360, 480)


@require_GET
def book(request: DistrictRequest) -> HttpResponse:
    """The search with its results; the address is the whole state."""
    asked = request.GET.copy()
    for name, value in SearchForm.usual().items():
        asked.setdefault(name, str(value))
    form = SearchForm(asked)
    context: dict[str, Any] = {"form": form, "asked": asked, **_choices(asked)}
    if not form.is_valid():
        return render_page(request, "spaces/book.html", context, partials=["found"], status=422)
    need = _need(form)
    found = find_free(need, by=request.actor, zone=request.district.zone, person_id=_me(request))
    Photo.objects.put_faces_on([item.space for item in found], "space")
    context |= {"need": need, "found": found, "minutes": form.cleaned_data["minutes"]}
    if not found:
        context["later"] = _first_free_later(request, need)
    context["query"] = asked.urlencode()
    return render_page(request, "spaces/book.html", context, partials=["found"])


@require_GET
def book_seats(request: DistrictRequest) -> HttpResponse:
    """Areas with enough free seats; the next step is the same as for a room."""
    asked = request.GET.copy()
    for name, value in SeatForm.usual().items():
        asked.setdefault(name, str(value))
    form = SeatForm(asked)
    today = timezone.localdate()
    context: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "days": [today + timedelta(days=n) for n in range(7)],
        "lengths": SEAT_LENGTHS,
    }
    if form.is_valid():
        need = Need(form.starts_at, form.ends_at, form.cleaned_data["people"])
        found = areas_with_seats(need, by=request.actor, zone=request.district.zone)
        context |= {"need": need, "found": found, "query": asked.urlencode()}
    status = 200 if form.is_valid() else 422
    return render_page(
        request, "spaces/book_seats.html", context, partials=["found"], status=status
    )


def _me(request: DistrictRequest) -> UUID | None:
    return request.person.pk if request.person else None


def _need(form: SearchForm) -> Need:
    data = form.cleaned_data
    return Need(
        form.starts_at,
        form.ends_at,
        people=data["people"],
        features=data["feature"],
        building_id=data["building"].pk if data["building"] else None,
    )


def _choices(asked: Any) -> dict[str, Any]:
    today = timezone.localdate()
    chosen = asked.getlist("feature")
    return {
        "days": [today + timedelta(days=n) for n in range(7)],
        "lengths": LENGTHS,
        "features": [(item.value, item.label, item.value in chosen) for item in ASKED],
    }


def _first_free_later(request: DistrictRequest, need: Need) -> tuple[Need, Free] | None:
    """The first half hour after the wished one at which something is free."""
    for number in range(1, TRIES_LATER + 1):
        later = need.later(STEP * number)
        found = find_free(later, by=request.actor, zone=request.district.zone, limit=1)
        if found:
            return later, found[0]
    return None


def _bookable(request: DistrictRequest) -> QuerySet[Space, Space]:
    return Space.objects.bookable().select_related("building", "floor", "rules")


@require_GET
def book_space_confirm(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    """The last look before booking: what, where, when, at what price."""
    space = get_object_or_404(_bookable(request), pk=space_id)
    require(permissions.can_book(request.actor, space))
    return render(
        request,
        "spaces/book_confirm.html",
        _quote(request, space, BookForm(request.GET or SearchForm.usual())),
    )


@require_POST
def book_space_create(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    space = get_object_or_404(_bookable(request), pk=space_id)
    require(permissions.can_book(request.actor, space))
    form = BookForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        wish = Wish(
            form.starts_at,
            form.ends_at,
            data["people"],
            data["title"],
            data["note"],
            seat_count=data["people"] if data["seats"] else None,
        )
        with refusals_shown(form):
            booking = book_space(space, wish, by=request.actor)
            return redirect("booking_done", booking.pk)
    status = 409 if hasattr(form, "ends_at") else 422
    return render(request, "spaces/book_confirm.html", _quote(request, space, form), status=status)


def _quote(request: DistrictRequest, space: Space, form: BookForm) -> dict[str, Any]:
    context: dict[str, Any] = {"space": space, "form": form, "rules": space.rules}
    rules = space.rules
    if not form.is_valid() and not hasattr(form, "ends_at"):
        return context
    minutes = int((form.ends_at - form.starts_at).total_seconds()) // 60
    people = form.cleaned_data.get("people") or 1
    assert rules is not None  # noqa: S101 - bookable() wants rules
    within = is_open(rules, form.starts_at, form.ends_at, request.district.zone)
    context |= {
        "starts_at": form.starts_at,
        "ends_at": form.ends_at,
        "minutes": minutes,
        "price": price_of(rules, minutes) * (people if form.cleaned_data.get("seats") else 1),
        "waits": needs_approval(rules, people, within_hours=within)
        and not permissions.is_staff(request.actor),
    }
    if form.non_field_errors():
        need = Need(form.starts_at, form.ends_at, people)
        context["alternatives"] = nearest_alternatives(
            space, need, by=request.actor, zone=request.district.zone
        )
    return context

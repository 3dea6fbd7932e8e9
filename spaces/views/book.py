"""Find a free space and book it: three taps on a phone."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from district.actors import person_id
from district.forms import refusals_shown
from district.middleware import DistrictRequest
from district.permissions import require
from district.rules import Text
from district.views.respond import changed, render_page
from spaces import permissions
from spaces.actions.booking import Wish, book_space, drafted, settle
from spaces.actions.credits import Purse
from spaces.actions.demand import count_unmet, tell_unmet
from spaces.actions.first_free import Slot
from spaces.actions.quotas import Quota, quota_of
from spaces.actions.search import (
    SHOWN,
    Need,
    areas_with_seats,
    last_day,
    nearest_alternatives,
    waits,
)
from spaces.actions.waitlist import why_not_now
from spaces.cards import next_bookings
from spaces.finding import find_full, find_later, find_slots, options, wanted_in_vain
from spaces.forms.booking import (
    ASKED,
    LENGTHS,
    BookForm,
    FindForm,
    SearchForm,
    SeatForm,
    week_of,
)
from spaces.forms.finding import FinderForm
from spaces.lines import heard_in, query_of, said_of, time_words
from spaces.models import BookingRules, BookingSource, Photo, Space, WaitlistEntry
from spaces.policy_table import said_of_check_in
from spaces.price_table import fees_to_come, frozen_rows
from spaces.similar import in_words

SHOWN_NEXT = 4
FEW = 6  # with fewer free ones, those that are taken are shown too
SEAT_LENGTHS = (60, 120, 240, 360, 480)


@require_GET
def book(request: DistrictRequest) -> HttpResponse:
    """The search with its results; the address is the whole state, be it only a line of words."""
    line = request.GET.get("line", "").strip()
    heard = heard_in(line) if line else None
    asked = query_of(heard) if heard else _asked(request, SearchForm.usual())
    form = FinderForm(asked, last_day=last_day(request.actor))
    context = _around(request, asked, form) | {"lengths": _lengths(asked), "needs": _needs(asked)}
    if heard:
        context["said"] = said_of(line, heard, form)
    if not form.is_valid():
        return render_page(request, "spaces/book.html", context, partials=["found"], status=422)
    context |= _found(request, form) | {"pairs": _pairs(asked, form)}
    return render_page(request, "spaces/book.html", context, partials=["found"])


def _pairs(asked: QueryDict, form: FinderForm) -> list[tuple[str, str]]:
    """What was asked, so that it can be asked again."""
    return [(name, value) for name in form.fields for value in asked.getlist(name)]


def _found(request: DistrictRequest, form: FinderForm) -> dict[str, Any]:
    who: Any = {"by": request.actor, "zone": request.district.zone}
    found = find_slots(form, **who)
    later = [] if found else find_later(form, **who)
    Photo.objects.put_faces_on([slot.space for slot in found], "space")
    return {
        "found": options(found, form, request.actor),
        "later": options(later, form, request.actor),
        "quota": _quota(request, form, found),
        "time": time_words(form),
        "full": find_full(form, **who) if len(found) < FEW else [],
        "can_tell": permissions.books_for_itself(request.actor),
    }


@require_POST
def book_unmet(request: DistrictRequest) -> HttpResponse:
    """Count a search that finds nothing; on demand the operator is told. Nothing is asked twice."""
    require(permissions.books_for_itself(request.actor))
    form = FinderForm(request.POST, last_day=last_day(request.actor))
    if not form.is_valid() or find_slots(form, by=request.actor, zone=request.district.zone):
        return HttpResponse(status=204)
    if "tell" not in request.POST:
        count_unmet(wanted_in_vain(form), by=request.actor)
        return HttpResponse(status=204)
    tell_unmet(wanted_in_vain(form), by=request.actor)
    page = f"{reverse('book')}?{urlencode(_pairs(request.POST, form))}"
    return changed(request, _("The operator has been told."), page)


@require_GET
def book_seats(request: DistrictRequest) -> HttpResponse:
    """Areas with enough free seats; the next step is the same as for a room."""
    asked = _asked(request, SeatForm.usual())
    form = SeatForm(asked, last_day=last_day(request.actor))
    context = _around(request, asked, form) | {"lengths": SEAT_LENGTHS}
    if form.is_valid():
        need = Need(form.starts_at, form.ends_at, form.cleaned_data["people"])
        found = areas_with_seats(need, by=request.actor, zone=request.district.zone)
        context |= {"need": need, "found": found}
    status = 200 if form.is_valid() else 422
    return render_page(
        request, "spaces/book_seats.html", context, partials=["found"], status=status
    )


def _asked(request: DistrictRequest, usual: Mapping[str, Any]) -> QueryDict:
    """What the address says, filled up with what is usual; `go` takes the day written in."""
    asked = request.GET.copy()
    other = asked.pop("other", [""])[-1]
    if asked.pop("go", None) and other:
        asked["day"] = other
    for name, value in usual.items():
        asked.setdefault(name, str(value))
    return asked


def _around(request: DistrictRequest, asked: QueryDict, form: FindForm) -> dict[str, Any]:
    """What stands round the results; `swapped` when htmx replaces more than these alone."""
    week = week_of(str(asked["day"]), form.last_day)
    return {
        "form": form,
        "asked": asked,
        "query": asked.urlencode(),
        "week": week,
        "steps": {
            name: f"?{_on(asked, day)}"
            for name, day in [
                ("earlier", week.earlier),
                ("today", week.today),
                ("later", week.later),
            ]
            if day
        },
        "went": "go" in request.GET,
        "next": {"bookings": [*(next_bookings(request) or {}).get("bookings", ())][:SHOWN_NEXT]},
        "most": SHOWN,
        "staff": permissions.is_staff(request.actor),
        "swapped": bool(request.htmx and request.htmx.target == "found"),
    }


def _on(asked: QueryDict, day: date) -> str:
    moved = asked.copy()
    moved["day"] = day.isoformat()
    return moved.urlencode()


def _lengths(asked: QueryDict) -> list[int]:
    """The usual ones, and the one that was asked for."""
    asked_for = str(asked["minutes"])
    more = {int(asked_for)} if asked_for.isascii() and asked_for.isdigit() else set()
    return sorted({*LENGTHS, *(item for item in more if 5 <= item <= 1440)})


def _needs(asked: QueryDict) -> list[tuple[str, Text, str, bool]]:
    chosen = asked.getlist("feature")
    return [(item.value, item.label, name, item.value in chosen) for item, name in ASKED.items()]


def _quota(request: DistrictRequest, form: SearchForm, found: Sequence[Slot]) -> Quota | None:
    """Of the month of that day, the most generous of those that apply to what was found."""
    limits = [item.space.rules.quota_minutes_per_month for item in found if item.space.rules]
    most = max((limit for limit in limits if limit is not None), default=None)
    if permissions.is_staff(request.actor):
        return None
    return quota_of(request.actor.organization_id, most, form.cleaned_data["day"])


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
        quote(request, space, BookForm(request.GET or SearchForm.usual())),
    )


@require_POST
def book_space_create(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    space = get_object_or_404(_bookable(request), pk=space_id)
    require(permissions.can_book(request.actor, space))
    form = BookForm(request.POST)
    if form.is_valid():
        with refusals_shown(form):
            booking = book_space(space, form.wish(), by=request.actor)
            return redirect("booking_done", booking.pk)
    status = 409 if hasattr(form, "ends_at") else 422
    return render(request, "spaces/book_confirm.html", quote(request, space, form), status=status)


def quote(request: DistrictRequest, space: Space, form: BookForm) -> dict[str, Any]:
    """What the confirm page shows: price, quota, and where the slot is taken, what else to do."""
    context: dict[str, Any] = {"space": space, "form": form, "rules": space.rules}
    if not form.is_valid() and not hasattr(form, "ends_at"):
        return context
    wish = form.wish()
    refusal = why_not_now(space, wish, person_id(request.actor))
    if refusal and not form.errors:
        form.add_error(None, str(refusal))
    context |= _priced(request, space, form, wish)
    context["asks_to_hold"] = not form.errors and wish.seat_count is None
    if form.non_field_errors():
        need = Need(wish.starts_at, wish.ends_at, wish.attendee_count)
        found = nearest_alternatives(space, need, by=request.actor, zone=request.district.zone)
        context["alternatives"] = [
            (other, at, "" if other == space else in_words(space, other)) for other, at in found
        ]
    return context | (_waiting(request, space, wish) if refusal else {})


def _priced(request: DistrictRequest, space: Space, form: BookForm, wish: Wish) -> dict[str, Any]:
    rules = space.rules
    assert rules is not None  # noqa: S101 - bookable() wants rules
    need = Need(wish.starts_at, wish.ends_at, wish.attendee_count)
    draft = drafted(space, rules, wish, request.actor, BookingSource.PORTAL)
    settle(draft, request.actor)
    Purse.seen([draft]).pay(draft)
    return {
        "starts_at": form.starts_at,
        "ends_at": form.ends_at,
        "minutes": draft.minutes,
        "draft": draft,
        "price_rows": frozen_rows(draft),
        "fees": fees_to_come(draft),
        "waits": waits(rules, need, request.actor, request.district.zone),
        "quota": _quota_after(request, rules, form),
        "said": said_of_check_in(rules),
    }


def _waiting(request: DistrictRequest, space: Space, wish: Wish) -> dict[str, Any]:
    """For a slot that is taken: the person's entry of the waitlist, or whether they may join."""
    own = WaitlistEntry.objects.open().filter(
        person=request.person, space=space, starts_at=wish.starts_at, ends_at=wish.ends_at
    )
    entry = own.with_place().select_related("space__building", "space__floor").first()
    may = permissions.can_join_waitlist(request.actor, space) and wish.starts_at > timezone.now()
    return {"entry": entry, "can_wait": may and entry is None}


def _quota_after(
    request: DistrictRequest, rules: BookingRules, form: BookForm
) -> tuple[Quota, int] | None:
    """The quota it counts against, and the minutes left of it afterwards."""
    if permissions.is_staff(request.actor):
        return None
    day = timezone.localtime(form.starts_at).date()
    quota = quota_of(request.actor.organization_id, rules.quota_minutes_per_month, day)
    minutes = int((form.ends_at - form.starts_at).total_seconds()) // 60
    return (quota, quota.left - minutes) if quota else None

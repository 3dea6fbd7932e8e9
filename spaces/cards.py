"""What bookings show on Today and Home."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from district.middleware import DistrictRequest
from district.once import once
from spaces import permissions
from spaces.actions.search import SHOWN as SHOWN_FREE
from spaces.actions.search import Free, Need, find_free
from spaces.forms.booking import SearchForm
from spaces.inbox import REASONS, asking, just_decided
from spaces.mine import again, spaces_of
from spaces.models import Booking, BookingStatus, Health, Platform, WaitlistEntry
from spaces.vitals import waiting

SHOWN = 8


def waiting_requests(request: DistrictRequest) -> Mapping[str, Any] | None:
    """Requests that wait for this operator's decision."""
    if not permissions.is_staff(request.actor):
        return None
    rows = (
        Booking.objects.visible_to(request.actor)
        .waiting()
        .select_related("space__building", "space__floor", "organization", "rules")
        .order_by("starts_at", "id")[: SHOWN + 1]
    )
    needs = [row for row in rows if permissions.can_decide(request.actor, row)]
    return {
        "needs": asking(needs[:SHOWN], request.district.zone),
        "more": len(needs) > SHOWN,
        "receipts": just_decided(request.actor),
        "reasons": REASONS,
    }


def waiting_count(request: DistrictRequest) -> int:
    return int(once(request, waiting)["count"])


def today_agenda(request: DistrictRequest) -> Mapping[str, Any] | None:
    """What runs and what is still to come today, parted by None: the present moment.

    In the whole district for staff; a company sees its own, and need not be told whose they are.
    """
    now = timezone.localtime()
    ends = _midnight() + timedelta(days=1)
    rows = (
        Booking.objects.visible_to(request.actor)
        .filter(
            Q(status=BookingStatus.CONFIRMED) | Q(status=BookingStatus.CHECKED_IN),
            ends_at__gt=now,
            starts_at__lt=ends,
        )
        .select_related("space__building", "space__floor", "organization", "rules")
        .order_by("starts_at", "id")[:SHOWN]
    )
    bookings: list[Booking | None] = list(rows)
    begun = sum(booking.starts_at <= now for booking in rows)
    return {
        "entries": [*bookings[:begun], None, *bookings[begun:]] if bookings else [],
        "now": now,
        "awaited": {
            row.pk
            for row in rows
            if row.asks_for_check_in
            and row.can_be_checked_in(now)
            and permissions.can_attend(request.actor, row)
        },
        "is_own": permissions.books_for_itself(request.actor),
    }


def platforms_down(request: DistrictRequest) -> Mapping[str, Any] | None:
    """For staff, and only while one is down."""
    if not permissions.is_staff(request.actor):
        return None
    rows = list(Platform.objects.current().filter(health=Health.DOWN).order_by("id")[:SHOWN])
    return {"platforms": rows} if rows else None


def _midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def next_bookings(request: DistrictRequest) -> Mapping[str, Any] | None:
    """A company's bookings to come that are not already among those of the day."""
    if permissions.is_staff(request.actor):
        return None
    tomorrow = _midnight() + timedelta(days=1)
    rows = (
        Booking.objects.visible_to(request.actor)
        .filter(
            status__in=[
                BookingStatus.REQUESTED,
                BookingStatus.CONFIRMED,
                BookingStatus.CHECKED_IN,
            ],
            ends_at__gt=timezone.now(),
        )
        .filter(Q(starts_at__gte=tomorrow) | Q(status=BookingStatus.REQUESTED))
        .select_related("space__building", "space__floor")
        .order_by("starts_at", "id")[:SHOWN]
    )
    return {"bookings": list(rows)}


def my_spaces(request: DistrictRequest) -> Mapping[str, Any] | None:
    """Favourites and what one booked last, with when each is free; for who books for itself."""
    if not permissions.books_for_itself(request.actor):
        return None
    rows = spaces_of(request.actor, request.district.zone)
    return {"spaces": rows} if rows else None


def presets(request: DistrictRequest) -> Mapping[str, Any] | None:
    """The ways to begin, so that a company books in three taps."""
    if not permissions.books_for_itself(request.actor):
        return None
    return {"afternoon": _afternoon(request), "again": _again(request)}


def _afternoon(request: DistrictRequest) -> Mapping[str, Any]:
    """What most people look for, and how many rooms would answer it."""
    usual = SearchForm.usual()
    asked = {**usual, "at": max(str(usual["at"]), "14:00"), "feature": ["projector"]}
    form = SearchForm(asked)
    free = _free(request, form, 4, ["projector"]) if form.is_valid() else []
    day = date.fromisoformat(asked["day"])
    return {**asked, "date": day, "free": len(free), "most": SHOWN_FREE}


def _again(request: DistrictRequest) -> Mapping[str, Any] | None:
    """The person's last room, at the same hour of the same weekday to come, where it is free."""
    last = (
        Booking.objects.visible_to(request.actor)
        .filter(person=request.person, seat_count=None, starts_at__lt=timezone.now())
        .filter(space__bookable=True, space__ended_at=None)
        .exclude(status__in=[BookingStatus.CANCELLED, BookingStatus.DECLINED])
        .select_related("space__building", "space__floor")
        .order_by("-starts_at", "-id")
        .first()
    )
    if last is None:
        return None
    form = SearchForm({**again(last), "building": last.space.building_id})
    found = _free(request, form, last.attendee_count, ()) if form.is_valid() else []
    if last.space_id not in {item.space.pk for item in found}:
        return None
    return {**again(last), "space": last.space, "starts_at": last.again_at}


def _free(
    request: DistrictRequest, form: SearchForm, people: int, features: Collection[str]
) -> Sequence[Free]:
    building = form.cleaned_data["building"]
    need = Need(form.starts_at, form.ends_at, people, features, building.pk if building else None)
    return find_free(
        need,
        by=request.actor,
        zone=request.district.zone,
        person_id=request.person.pk if request.person else None,
    )


def own_waitlist(request: DistrictRequest) -> Mapping[str, Any] | None:
    """What this person waits for, offers first; nothing where they wait for nothing."""
    if not permissions.books_for_itself(request.actor) or request.person is None:
        return None
    rows = (
        WaitlistEntry.objects.open()
        .filter(person=request.person, organization_id=request.actor.organization_id)
        .with_place()
        .select_related("space__building", "space__floor")
        .order_by("status", "starts_at", "id")[:SHOWN]
    )
    entries = sorted(rows, key=lambda entry: not entry.can_be_taken)
    return {"entries": entries} if entries else None

"""What bookings show on Today and Home."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from district.middleware import DistrictRequest
from district.once import once
from spaces import permissions
from spaces.forms.booking import SearchForm
from spaces.inbox import REASONS, asking, just_decided
from spaces.models import Booking, BookingStatus
from spaces.vitals import waiting

SHOWN = 8


def waiting_requests(request: DistrictRequest) -> Mapping[str, Any] | None:
    """Requests that wait for this operator's decision."""
    if not permissions.is_staff(request.actor):
        return None
    rows = (
        Booking.objects.visible_to(request.actor)
        .filter(status=BookingStatus.REQUESTED, ends_at__gt=timezone.now())
        .select_related("space__building", "organization", "rules")
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
    """What is still to come today: in the district for staff, for a company its own."""
    now = timezone.localtime()
    ends = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    rows = (
        Booking.objects.visible_to(request.actor)
        .filter(
            Q(status=BookingStatus.CONFIRMED) | Q(status=BookingStatus.CHECKED_IN),
            ends_at__gt=now,
            starts_at__lt=ends,
        )
        .select_related("space__building", "organization")
        .order_by("starts_at", "id")[:SHOWN]
    )
    return {"bookings": list(rows), "now": now}


def next_bookings(request: DistrictRequest) -> Mapping[str, Any] | None:
    """A company's bookings to come, and the presets from which it books in three taps."""
    if permissions.is_staff(request.actor):
        return None
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
        .select_related("space__building")
        .order_by("starts_at", "id")[:SHOWN]
    )
    usual = SearchForm.usual()
    preset = {**usual, "at": max(str(usual["at"]), "14:00")}
    preset["date"] = date.fromisoformat(preset["day"])
    return {"bookings": list(rows), "preset": preset}

"""A busy room of a demo district with people waiting for it, and an offer that is open."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.utils import timezone

from district.actors import System
from district.demo.build import Build
from district.models import Membership, Role
from district.rules import RuleViolation
from spaces.actions.booking import Wish
from spaces.actions.decisions import cancel_booking
from spaces.actions.healing import heal
from spaces.actions.waitlist import join_waitlist
from spaces.models import Booking, BookingStatus, Space, SpaceFunction, WaitlistEntry

WAITING: Final = 3
SOON: Final = timedelta(hours=20)
TITLES: Final = {"zh-hans": ("客户演示", "董事会会议"), "en": ("Customer demo", "Board meeting")}


def fill_waitlist(build: Build) -> None:
    """Several wait for one booked slot; another was given back and is offered to the first."""
    members = _members(build)
    offered, waited = TITLES["zh-hans" if build.district.language == "zh-hans" else "en"]
    slots = _slots(members)
    given_back = _join(slots, members[:2], offered)
    if given_back is not None:
        cancel_booking(given_back, by=System())
        heal(build.district)
    _join(slots, [*members[1:], members[0]], waited)


def _join(slots: Iterator[Booking], members: list[Membership], title: str) -> Booking | None:
    """All of them wait for the first slot that can be waited for; returns what stands there."""
    for booking in slots:
        space = Space.objects.select_related("building", "rules").get(pk=booking.space_id)
        wish = Wish(booking.starts_at, booking.ends_at, booking.attendee_count, title)
        try:
            entries = [join_waitlist(space, wish, by=member) for member in members]
        except RuleViolation:
            continue
        for number, entry in enumerate(entries):
            joined_at = timezone.now() - timedelta(hours=len(entries) - number)
            WaitlistEntry.objects.filter(pk=entry.pk).update(joined_at=joined_at)
        return booking
    return None


def _slots(members: list[Membership]) -> Iterator[Booking]:
    """Bookings of others in meeting rooms, the soonest after tomorrow morning first."""
    rows = (
        Booking.objects.filter(
            status=BookingStatus.CONFIRMED,
            space__function=SpaceFunction.MEETING,
            space__building__code="CC",
            space__bookable=True,
            starts_at__gt=timezone.now() + SOON,
        )
        .exclude(organization__in=[member.organization_id for member in members])
        .select_related("rules", "space__building")
        .order_by("starts_at", "id")
    )
    return iter(list(rows[:20]))


def _members(build: Build) -> list[Membership]:
    """Those of companies whose log-in is offered, then administrators of other companies."""
    shown = [row for row in build.memberships.values() if row.role == Role.COMPANY_ADMIN]
    rows = Membership.objects.filter(
        organization__in=build.companies[:WAITING], role=Role.COMPANY_ADMIN
    ).select_related("person", "organization")
    others = rows.exclude(pk__in=[row.pk for row in shown]).order_by("id")
    return [*shown, *others][: WAITING + 1]

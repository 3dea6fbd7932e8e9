"""Who came and who did not: check-ins, no-shows that count, one pardoned, one booking due now."""

from collections import Counter
from datetime import timedelta
from typing import Final

from django.db.models import F
from django.utils import timezone

from district.demo.build import Build
from district.models import Membership, Role
from district.rules import RuleViolation
from spaces.actions.booking import Wish, book_space
from spaces.models import Booking, BookingSource, BookingStatus, Space, SpaceFunction, Strike

CAME: Final = (BookingStatus.CHECKED_IN, BookingStatus.COMPLETED)
EARLY: Final = timedelta(minutes=4)
# So few count against one person that nobody of the demo is kept from booking.
MOST_COUNTING: Final = 2
STEP: Final = timedelta(minutes=5)
WORDS: Final = {
    "zh-hans": ("客户临时来访", "当天电梯停运，客人无法上楼"),
    "en": ("Client drops in", "The lift was out of order that day"),
}


def fill_check_ins(build: Build) -> None:
    asking = Booking.objects.filter(rules__check_in_minutes__gt=0)
    asking.filter(status__in=CAME).update(checked_in_at=F("starts_at") - EARLY)
    admin = Membership.objects.filter(role=Role.OPERATOR_ADMIN).order_by("id").first()
    members = Membership.objects.filter(organization=build.companies[0], role=Role.COMPANY_ADMIN)
    member = build.memberships.get("xu@demo.example") or members.order_by("id").first()
    if admin is None or member is None:
        return
    title, reason = WORDS[build.district.language]
    _strikes(member, admin, reason)
    _due_now(member, admin, title)


def _strikes(member: Membership, admin: Membership, reason: str) -> None:
    now = timezone.now()
    missed = Booking.objects.filter(status=BookingStatus.NO_SHOW, rules__strike_limit__gt=0)
    counting: Counter[object] = Counter()
    strikes = []
    for booking in missed.select_related("rules").order_by("-starts_at", "id"):
        strike = Strike.of(booking, booking.check_in_until)
        counting[strike.person_id] += strike.counts(now)
        if not strike.counts(now) or counting[strike.person_id] <= MOST_COUNTING:
            strikes.append(strike)
    theirs = [row for row in strikes if row.organization_id == member.organization_id]
    for strike in theirs[:1]:
        strike.pardoned_at = min(strike.at + timedelta(hours=20), now)
        strike.pardoned_by, strike.reason = admin, reason
    for strike in theirs[1:2]:  # so that the one who logs in for the company has one, too
        strike.person_id = strike.booking.person_id = member.person_id
        strike.booking.save(update_fields=["person"])
    Strike.objects.bulk_create(strikes)


def _due_now(member: Membership, admin: Membership, title: str) -> None:
    """Begins in a few minutes, in the first room that asks for check-in and is free."""
    now = timezone.now()
    since_step = timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)
    starts_at = now - since_step + 2 * STEP
    wish = Wish(
        starts_at,
        starts_at + timedelta(hours=1),
        attendee_count=2,
        title=title,
        organization_id=member.organization_id,
        person_id=member.person_id,
    )
    rooms = Space.objects.bookable().filter(
        rules__check_in_minutes__gt=0, function=SpaceFunction.MEETING, is_leaf=True
    )
    for space in rooms.select_related("building", "rules").order_by("capacity", "code")[:20]:
        try:
            book_space(space, wish, by=admin, source=BookingSource.STAFF)
        except RuleViolation:
            continue
        return

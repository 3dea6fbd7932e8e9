"""Booking a space: asked for, moved; what is in force stands in the ledger.

Locks are taken in one order everywhere: the booking, the organisation's quota, its credits, the
leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import record
from district.actors import Actor, organization_id, person_id
from district.models import District
from district.numbers import short_code
from district.rules import RuleViolation
from spaces import permissions
from spaces.actions import occupancy
from spaces.actions.credits import Purse
from spaces.actions.occupancy import span_of
from spaces.actions.quotas import count_use, lock_quotas, share_of, use_quota
from spaces.actions.strikes import require_trusted
from spaces.models import (
    LONGEST,
    Booking,
    BookingRules,
    BookingSource,
    BookingStatus,
    OccupancyKind,
    Space,
)
from spaces.prices import price_lines, total
from spaces.rules import FARTHEST, broken_rules, is_open, judge, needs_approval, step_begun


@dataclass(frozen=True)
class Wish:
    """What somebody wants of a space. `organization_id` is for whom; staff may name another.

    `rules` are those that an offer was made under, in place of those of the day.
    `walk_up` is for who stands at the door and begins at once.
    """

    starts_at: datetime
    ends_at: datetime
    attendee_count: int = 1
    title: str = ""
    note: str = ""
    organization_id: UUID | None = None
    person_id: UUID | None = None
    external_id: str = ""
    seat_count: int | None = None
    rules: BookingRules | None = None
    walk_up: bool = False

    def judged(self, rules: BookingRules, zone: ZoneInfo) -> datetime:
        """From when the rules look at it: who walks up now has the step that runs."""
        return step_begun(rules, self.starts_at, zone) if self.walk_up else self.starts_at


@transaction.atomic
def book_space(
    space: Space, wish: Wish, *, by: Actor, source: BookingSource = BookingSource.PORTAL
) -> Booking:
    """Book, or ask for it where the rules want approval; price and rules are frozen.

    Raises RuleViolation: a rule of spaces.rules.judge, "booking_not_invited", "booking_capacity",
    "booking_quota", "booking_too_long", "booking_strikes", or a conflict of occupancy.claim. With
    `seat_count` it is for any free seats of an area: "booking_no_seats" where it has none,
    "occupancy_seats" where too few are free.
    """
    rules = rules_for(space, wish.seat_count, by=by)
    rules = wish.rules or rules
    require_trusted(rules, by)
    judge_wish(rules, space, wish, by)
    booking = drafted(space, rules, wish, by, source)
    staff = permissions.is_staff(by)
    settle(booking, by)
    if not staff:
        use_quota(booking, booking.minutes)
    purse = Purse.locked([booking])
    purse.pay(booking)
    if booking.claims_leaves:
        claim_for(booking)
    booking.save(force_insert=True)
    purse.save()
    waits = booking.status == BookingStatus.REQUESTED
    more = _overridden(booking) if staff else None
    record_booking("booking.requested" if waits else "booking.confirmed", booking, by, more)
    return booking


@transaction.atomic
def reschedule_booking(
    booking: Booking, space: Space, starts_at: datetime, ends_at: datetime, *, by: Actor
) -> Booking:
    """Move to another time or space, as one step: either all of it or nothing.

    The rules of the day apply anew; what then needs approval waits for it again.
    """
    booking = lock_booking(booking)
    if booking.status not in {BookingStatus.REQUESTED, BookingStatus.CONFIRMED}:
        raise RuleViolation("status_not_allowed", _("This booking can no longer be moved."))
    rules = rules_for(space, booking.seat_count, by=by)
    judge_wish(rules, space, Wish(starts_at, ends_at, booking.attendee_count), by)
    before = _before_move(booking, starts_at, ends_at)
    before_and_after = [(booking.rules, booking.starts_at), (rules, starts_at)]
    lock_quotas(share_of(booking, *counted) for counted in before_and_after)
    count_use(booking, -booking.minutes)
    booking.space, booking.rules = space, rules
    booking.decided_by, booking.decided_at = None, None
    booking.starts_at, booking.ends_at, booking.reminded_at = starts_at, ends_at, None
    settle(booking, by)
    (count_use if permissions.is_staff(by) else use_quota)(booking, booking.minutes)
    purse = Purse.locked([booking])
    purse.give_back(booking)
    purse.pay(booking)
    if booking.claims_leaves:
        _move_claim(booking)
    else:
        occupancy.release(booking.pk)
    booking.save()
    purse.save()
    record_booking("booking.rescheduled", booking, by, before)
    return booking


def rules_for(space: Space, seat_count: int | None, *, by: Actor) -> BookingRules:
    """The rules a space, or seats of an area, would be booked under.

    Raises RuleViolation: "booking_not_invited" or "booking_no_seats".
    """
    booked = space if seat_count is None else _seat_of(space)
    if not permissions.can_book(by, booked) or booked.rules is None or booked.ended_at:
        raise RuleViolation(
            "booking_not_invited", _("This space cannot be booked by your organisation.")
        )
    return booked.rules


def drafted(
    space: Space, rules: BookingRules, wish: Wish, by: Actor, source: BookingSource
) -> Booking:
    staff = permissions.is_staff(by)
    return Booking(
        number=short_code("BK"),
        space=space,
        organization_id=payer_id(wish.organization_id, by),
        person_id=_booker(wish, by, staff),
        title=wish.title,
        note=wish.note,
        attendee_count=wish.attendee_count,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        rules=rules,
        currency=_district(space).currency,
        source=source,
        external_id=wish.external_id,
        seat_count=wish.seat_count,
    )


def payer_id(wished_id: UUID | None, by: Actor) -> UUID | None:
    """For whom it is, and who pays: staff may name an organisation, others book for their own."""
    return wished_id if permissions.is_staff(by) else organization_id(by)


def settle(booking: Booking, by: Actor) -> None:
    """What it costs, and whether somebody has to decide, by the rules it stands under now."""
    set_price(booking)
    waits = not permissions.is_staff(by) and _waits(booking)
    booking.status = BookingStatus.REQUESTED if waits else BookingStatus.CONFIRMED


def set_price(booking: Booking) -> None:
    """By its rules, its time and the kind of organisation it is for."""
    rules = booking.rules
    lines = price_lines(
        rules,
        booking.starts_at,
        booking.ends_at,
        zone=_district(booking.space).zone,
        kind=booking.organization.kind if rules.rates and booking.organization else "",
    )
    lines = [line.times(booking.seat_count or 1) for line in lines]
    booking.price_lines = [line.frozen() for line in lines]
    booking.price_amount = total(lines)


def _before_move(booking: Booking, starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    """Where it was, for the ledger."""
    moved = {"starts_at": (booking.starts_at, starts_at), "ends_at": (booking.ends_at, ends_at)}
    return {
        "from": booking.starts_at.isoformat(),
        "from_space": str(booking.space_id),
        "changes": {name: [old.isoformat(), new.isoformat()] for name, (old, new) in moved.items()},
    }


def lock_booking(booking: Booking) -> Booking:
    """Lock alone, then read: a lock that joins finds nothing when the space changed meanwhile."""
    Booking.objects.locked().get(pk=booking.pk)
    return Booking.objects.select_related("space__building", "rules", "organization").get(
        pk=booking.pk
    )


def _waits(booking: Booking) -> bool:
    """Whether the rules want somebody to decide about it."""
    zone = _district(booking.space).zone
    within = is_open(booking.rules, booking.starts_at, booking.ends_at, zone)
    return needs_approval(booking.rules, booking.attendee_count, within_hours=within)


def _overridden(booking: Booking) -> dict[str, list[str]] | None:
    """The rules for companies that staff set aside, for the ledger."""
    zone = _district(booking.space).zone
    broken = broken_rules(booking.rules, booking.starts_at, booking.ends_at, zone=zone)
    return {"overridden": [violation.code for violation in broken]} if broken else None


def _booker(wish: Wish, by: Actor, staff: bool) -> UUID | None:
    """Whoever is told: for a company that staff book for, only a person that was named."""
    if staff and wish.organization_id:
        return wish.person_id
    return person_id(by)


def judge_wish(rules: BookingRules, space: Space, wish: Wish, by: Actor) -> None:
    if wish.ends_at <= wish.starts_at:
        raise RuleViolation("booking_times_in_order", _("It must end after it starts."))
    if wish.ends_at - wish.starts_at > LONGEST:
        raise RuleViolation("booking_too_long", _("A booking lasts 31 days at most."))
    if wish.starts_at > timezone.now() + FARTHEST:
        raise RuleViolation("booking_too_far", _("This date is too far away."))
    if wish.attendee_count < 1:
        raise RuleViolation("booking_people", _("At least one person must come."))
    if space.capacity and wish.attendee_count > space.capacity:
        raise RuleViolation(
            "booking_capacity",
            _("This space is for %(capacity)d people at most.") % {"capacity": space.capacity},
        )
    if not permissions.is_staff(by):
        zone = _district(space).zone
        starts_at = wish.judged(rules, zone)
        now = starts_at if wish.walk_up else None
        judge(rules, starts_at, wish.ends_at, zone=zone, now=now)
    elif wish.ends_at <= timezone.now():
        raise RuleViolation("booking_in_past", _("This time has already passed."))


def _seat_of(area: Space) -> Space:
    """A seat of an area, whose rules are those of all. Raises RuleViolation("booking_no_seats")."""
    seat: Space | None = (
        Space.objects.bookable()
        .filter(parent=area, capacity=1)
        .select_related("building", "rules")
        .order_by("code")
        .first()
    )
    if seat is None:
        raise RuleViolation("booking_no_seats", _("This space has no seats to book one by one."))
    return seat


def claim_for(booking: Booking) -> None:
    if booking.seat_count:
        occupancy.claim_seats(
            booking.space,
            booking.seat_count,
            span_of(booking),
            source_id=booking.pk,
            person_id=booking.person_id,
        )
        return
    occupancy.claim(
        booking.space,
        span_of(booking),
        kind=OccupancyKind.BOOKING,
        source_id=booking.pk,
        person_id=booking.person_id,
    )


def _move_claim(booking: Booking) -> None:
    if booking.seat_count:
        occupancy.move_seats(
            booking.space,
            booking.seat_count,
            span_of(booking),
            source_id=booking.pk,
            person_id=booking.person_id,
        )
        return
    occupancy.move(
        booking.space,
        span_of(booking),
        kind=OccupancyKind.BOOKING,
        source_id=booking.pk,
        person_id=booking.person_id,
    )


def record_booking(
    verb: str, booking: Booking, by: Actor, more: Mapping[str, Any] | None = None
) -> None:
    record(
        verb,
        subject=booking,
        by=by,
        organization=booking.organization_id,
        data={
            "space": str(booking.space_id),
            "starts_at": booking.starts_at.isoformat(),
            "ends_at": booking.ends_at.isoformat(),
            **(more or {}),
        },
    )


def _district(space: Space) -> District:
    district: District = space.district
    return district

"""A booking while it is in use: checked in, ended early, extended, or nobody came.

Locks are taken in the order of spaces.actions.booking: the booking, the organisation's quota, its
credits, the leaves. The sweep of spaces.actions.sweeping takes the same locks, so that of a
check-in at the last moment and a release only one happens.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.activity import record_each
from district.actors import Actor
from district.rules import RuleViolation
from district.templatetags.look import clock, moment
from spaces import permissions
from spaces.actions import occupancy
from spaces.actions.booking import Wish, book_space, lock_booking, record_booking, set_price
from spaces.actions.credits import Purse
from spaces.actions.occupancy import CONFLICTS
from spaces.actions.quotas import count_use, use_quota
from spaces.models import Booking, BookingStatus, Occupancy, Space, Strike
from spaces.rules import judge_longer, length_of_step


@transaction.atomic
def check_in_booking(booking: Booking, *, by: Actor) -> Booking:
    """Somebody is there. Until the sweep has released it, it is never too late.

    Raises RuleViolation: "check_in_too_early", "booking_over", "booking_released",
    "status_not_allowed".
    """
    booking, now = lock_booking(booking), timezone.now()
    if booking.status == BookingStatus.NO_SHOW:
        raise RuleViolation(
            "booking_released",
            _("Nobody had checked in by %(time)s, so the space was given free.")
            % {"time": clock(booking.check_in_until)},
        )
    if now < booking.check_in_from:
        raise RuleViolation(
            "check_in_too_early",
            _("Check-in opens at %(time)s.") % {"time": moment(booking.check_in_from)},
        )
    _require_not_over(booking, now)
    booking.move_to(BookingStatus.CHECKED_IN)
    booking.checked_in_at = now
    booking.save(update_fields=["status", "checked_in_at"])
    record_booking("booking.checked_in", booking, by)
    return booking


@transaction.atomic
def end_booking(booking: Booking, *, by: Actor) -> Booking:
    """Give back the rest, to the second; clean-up follows at once. What it cost stays.

    Raises RuleViolation: "booking_not_begun", "booking_over", "status_not_allowed".
    """
    booking, now = lock_booking(booking), timezone.now()
    if now <= booking.starts_at:
        raise RuleViolation(
            "booking_not_begun", gettext_lazy("It has not begun yet. Cancel it instead.")
        )
    _require_not_over(booking, now)
    booking.move_to(BookingStatus.COMPLETED)
    before, minutes = booking.ends_at, booking.minutes
    booking.ends_at = now
    count_use(booking, booking.minutes - minutes)
    occupancy.release(booking.pk, from_at=booking.claimed.upper)
    booking.save(update_fields=["status", "ends_at"])
    record_booking("booking.ended", booking, by, _changed_end(before, now))
    return booking


@transaction.atomic
def extend_booking(booking: Booking, ends_at: datetime, *, by: Actor) -> Booking:
    """Stay longer, under the rules it was made with; staff are bound by the ledger alone.

    Raises RuleViolation: "booking_not_running", "booking_times_in_order", "booking_quota", those of
    spaces.rules.judge_longer, or a conflict of occupancy.extend that says until when it could.
    """
    booking, now, staff = lock_booking(booking), timezone.now(), permissions.is_staff(by)
    if not booking.is_running(now):
        raise RuleViolation(
            "booking_not_running", gettext_lazy("Only a booking that is in use can be extended.")
        )
    if ends_at <= booking.ends_at:
        raise RuleViolation("booking_times_in_order", gettext_lazy("Choose a later end."))
    if not staff:
        judge_longer(booking.rules, booking.starts_at, ends_at, zone=booking.district.zone)
    before, minutes = booking.ends_at, booking.minutes
    booking.ends_at = ends_at
    set_price(booking)
    (count_use if staff else use_quota)(booking, booking.minutes - minutes)
    purse = Purse.locked([booking])
    purse.give_back(booking)
    purse.pay(booking)
    _claim_longer(booking, before)
    booking.save(update_fields=["ends_at", "price_amount", "price_lines", "credit_amount"])
    purse.save()
    record_booking("booking.extended", booking, by, _changed_end(before, ends_at))
    return booking


def next_end(booking: Booking, *, by: Actor) -> datetime | None:
    """How long it could be extended by one step; None where that is not to be had. One query."""
    ends_at = booking.ends_at + length_of_step(booking.rules)
    if not permissions.is_staff(by):
        try:
            judge_longer(booking.rules, booking.starts_at, ends_at, zone=booking.district.zone)
        except RuleViolation:
            return None
    after = booking.claimed.upper
    leaves = Occupancy.objects.filter(source_id=booking.pk).values("space_id")
    in_the_way = Occupancy.objects.filter(
        space_id__in=leaves,
        ends_at__gt=after,
        starts_at__lt=after + length_of_step(booking.rules),
    )
    return None if in_the_way.exists() else ends_at


@transaction.atomic
def mark_no_show(booking: Booking, *, by: Actor) -> Booking:
    """Staff see that nobody came. Raises RuleViolation("booking_not_begun", "booking_over")."""
    booking, now = lock_booking(booking), timezone.now()
    if now < booking.starts_at:
        raise RuleViolation("booking_not_begun", gettext_lazy("It has not begun yet."))
    _require_not_over(booking, now)
    release_no_shows([booking], now, by=by)
    return booking


def release_no_shows(bookings: Sequence[Booking], now: datetime, *, by: Actor) -> None:
    """The rest of their time is free, and it counts as a strike; the bookings are locked.

    What is over already is only marked. The same statements for one and for hundreds.
    """
    for booking in bookings:
        booking.move_to(BookingStatus.NO_SHOW)
    Booking.objects.filter(pk__in=[row.pk for row in bookings]).update(status=BookingStatus.NO_SHOW)
    running = [row.pk for row in bookings if row.ends_at > now]
    if running:
        occupancy.release_each(running, from_at=now)
    Strike.objects.bulk_create(
        Strike.of(row, now)
        for row in bookings
        if row.rules.strike_limit and row.person_id and row.organization_id
    )
    record_bookings("booking.no_show", bookings, by)


def record_bookings(verb: str, bookings: Sequence[Booking], by: Actor) -> None:
    """The same happened to each, as `record_booking` writes it down."""
    record_each(
        verb,
        [(row, row.organization_id, {"space": str(row.space_id)}) for row in bookings],
        by=by,
    )


@transaction.atomic
def use_now(space: Space, ends_at: datetime, *, by: Actor) -> Booking:
    """Book from this moment, standing at the door, and check in. Raises RuleViolation as
    book_space does, and "booking_needs_approval" where somebody would have to decide first."""
    wish = Wish(timezone.now(), ends_at, walk_up=True)
    booking = book_space(space, wish, by=by)
    if booking.status != BookingStatus.CONFIRMED:
        raise RuleViolation(
            "booking_needs_approval",
            gettext_lazy("Somebody has to approve this first. Please book it ahead."),
        )
    return check_in_booking(booking, by=by)


@transaction.atomic
def note_presence(space: Space, *, by: Actor) -> Booking | None:
    """A reader or sensor saw somebody there: checks in the booking that runs, and returns it.

    Told again, it changes nothing. None where no booking of the space as a whole runs, or several
    of its parts do. Raises RuleViolation as check_in_booking does.
    """
    now = timezone.now()
    begun = Q(starts_at__lte=now, ends_at__gt=now)
    claims = Occupancy.objects.filter(begun, space_id__in=occupancy.leaves_of(space.pk))
    bookings = Booking.objects.filter(
        begun,
        pk__in=claims.values("source_id"),
        seat_count=None,
        status__in=[BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN],
    )
    running = list(bookings[:2])
    if len(running) != 1:
        return None
    [booking] = running
    if booking.status == BookingStatus.CHECKED_IN:
        return booking
    return check_in_booking(booking, by=by)


def _require_not_over(booking: Booking, now: datetime) -> None:
    if booking.ends_at <= now:
        raise RuleViolation("booking_over", gettext_lazy("This booking is over."))


def _changed_end(before: datetime, after: datetime) -> dict[str, Any]:
    return {"changes": {"ends_at": [before.isoformat(), after.isoformat()]}}


def _claim_longer(booking: Booking, before: datetime) -> None:
    try:
        occupancy.extend(booking.pk, booking.claimed.upper, person_id=booking.person_id)
    except RuleViolation as violation:
        if violation.code not in CONFLICTS or "in_the_way" not in violation.details:
            raise
        raise _in_the_way(booking, before, violation) from violation


def _in_the_way(booking: Booking, before: datetime, violation: RuleViolation) -> RuleViolation:
    """The same refusal, saying from when the space is taken and until when it could be had."""
    taken = min(row["starts_at"] for row in violation.details["in_the_way"])
    until = taken - (booking.claimed.upper - booking.ends_at)
    said = {"taken": clock(taken), "until": clock(until)}
    message = (
        _("The space is taken from %(taken)s. You can have it until %(until)s.")
        if until > before
        else _("The space is taken from %(taken)s, so this cannot be extended.")
    )
    details = {**violation.details, "until": max(until, before)}
    return RuleViolation(violation.code, message % said, details=details)

"""What becomes of a booking once it is asked for: confirmed, declined, reopened, cancelled."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.models import Membership
from district.rules import RuleViolation
from spaces import permissions
from spaces.actions import occupancy
from spaces.actions.booking import claim_for, lock_booking, record_booking
from spaces.actions.credits import Purse
from spaces.actions.quotas import count_use, use_quota
from spaces.models import Booking, BookingStatus, CancellationRule
from spaces.prices import ZERO, FeeStep, fee_due

UNDO: Final = timedelta(minutes=2)


@transaction.atomic
def confirm_booking(booking: Booking, *, by: Actor) -> Booking:
    """Say yes. The leaves are claimed now, unless the request kept them since it was made."""
    booking = lock_booking(booking)
    booking.move_to(BookingStatus.CONFIRMED)
    if not booking.rules.holds_when_requested:
        claim_for(booking)
    return _decided(booking, by, "booking.confirmed")


@transaction.atomic
def decline_booking(booking: Booking, reason: str, *, by: Actor) -> Booking:
    """Say no, with a reason the company reads. Raises RuleViolation("reason_missing")."""
    if not reason.strip():
        raise RuleViolation("reason_missing", _("Say why, so that they can act on it."))
    booking = lock_booking(booking)
    booking.move_to(BookingStatus.DECLINED)
    booking.reason = reason.strip()
    count_use(booking, -booking.minutes)
    purse = Purse.locked([booking])
    purse.give_back(booking)
    purse.save()
    occupancy.release(booking.pk)
    return _decided(booking, by, "booking.declined")


@transaction.atomic
def reopen_booking(booking: Booking, *, by: Actor) -> Booking:
    """Take a decision back within moments: it is a request again, as if nobody had decided.

    Raises RuleViolation: "undo_too_late", "undo_not_yours", "status_not_allowed" when something
    came of it meanwhile, or a conflict of occupancy.claim when the slot of a refusal is gone.
    """
    booking = lock_booking(booking)
    if booking.decided_at is None or booking.decided_at < timezone.now() - UNDO:
        raise RuleViolation(
            "undo_too_late", _("It is too late to undo this. Move or cancel the booking instead.")
        )
    if not isinstance(by, Membership) or booking.decided_by_id != by.pk:
        raise RuleViolation("undo_not_yours", _("Somebody else decided this in the meantime."))
    if booking.starts_at <= timezone.now():
        raise RuleViolation("undo_too_late", _("It has already started."))
    was_declined = booking.status == BookingStatus.DECLINED
    booking.move_to(BookingStatus.REQUESTED)
    if was_declined:
        use_quota(booking, booking.minutes)
        purse = Purse.locked([booking])
        purse.pay(booking)
        purse.save()
    if was_declined and booking.rules.holds_when_requested:
        claim_for(booking)
    elif not booking.rules.holds_when_requested:
        occupancy.release(booking.pk)
    booking.reason, booking.decided_by, booking.decided_at = "", None, None
    booking.save(update_fields=["status", "reason", "credit_amount", "decided_by", "decided_at"])
    record_booking("booking.reopened", booking, by)
    return booking


@transaction.atomic
def cancel_booking(booking: Booking, *, by: Actor, reason: str = "") -> Booking:
    """Give the space back, for the fee of the frozen rules; staff cancel without.

    Raises RuleViolation("booking_cancellation") where rules forbid it.
    """
    booking = lock_booking(booking)
    fee = None
    if not permissions.is_staff(by):
        judge_cancellation(booking)
        fee = fee_due(booking, timezone.now())
    if booking.status == BookingStatus.CHECKED_IN and booking.starts_at <= timezone.now():
        raise RuleViolation("booking_begun", _("It is in use. End it instead."))
    booking.move_to(BookingStatus.CANCELLED)
    booking.reason = reason.strip()
    booking.fee_amount = fee.amount if fee else ZERO
    count_use(booking, -booking.minutes)
    purse = Purse.locked([booking])
    purse.give_back(booking, fee)
    purse.save()
    occupancy.release(booking.pk)
    booking.save(update_fields=["status", "reason", "fee_amount", "credit_amount"])
    record_booking("booking.cancelled", booking, by, _owed(fee))
    return booking


def _owed(fee: FeeStep | None) -> dict[str, str]:
    return {"fee": str(fee.amount)} if fee else {}


def judge_cancellation(booking: Booking) -> None:
    rules = booking.rules
    if booking.status == BookingStatus.REQUESTED:
        return
    if rules.cancellation == CancellationRule.NEVER:
        raise RuleViolation(
            "booking_cancellation", _("Only the operator can cancel this booking. Please call.")
        )
    notice = timedelta(minutes=rules.cancellation_notice_minutes)
    if (
        rules.cancellation == CancellationRule.NOTICE
        and booking.starts_at - notice < timezone.now()
    ):
        raise RuleViolation(
            "booking_cancellation",
            _("It can be cancelled until %(minutes)d minutes before it starts.")
            % {"minutes": rules.cancellation_notice_minutes},
        )
    if booking.starts_at <= timezone.now():
        raise RuleViolation("booking_cancellation", _("It has already started."))


def _decided(booking: Booking, by: Actor, verb: str) -> Booking:
    booking.decided_by = by if isinstance(by, Membership) else None
    booking.decided_at = timezone.now()
    booking.save(update_fields=["status", "reason", "credit_amount", "decided_by", "decided_at"])
    record_booking(verb, booking, by)
    return booking

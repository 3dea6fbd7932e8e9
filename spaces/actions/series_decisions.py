"""Series that are decided or given back as a whole.

Locks are taken as for one booking: the series, its bookings, the quotas, the leaves.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import record
from district.actors import Actor
from district.models import Membership
from district.rules import RuleViolation
from spaces import permissions
from spaces.actions.board import board_of, lock_leaves_of
from spaces.actions.credits import Purse
from spaces.actions.decisions import judge_cancellation
from spaces.actions.occupancy import span_of
from spaces.actions.quotas import Share, Tally, share_of
from spaces.actions.series import claim_bookings, record_dates
from spaces.actions.wanted import freeing
from spaces.models import (
    Booking,
    BookingStatus,
    DateState,
    Occupancy,
    OccupancyKind,
    Series,
    SeriesDate,
)
from spaces.prices import ZERO, fee_due

DROPPED: Final = ("status", "reason", "fee_amount", "credit_amount")


@transaction.atomic
def confirm_series(series: Series, *, by: Actor) -> Series:
    """Say yes to every date that waits; one whose time is taken meanwhile goes on waiting.

    Raises RuleViolation("series_decided") where none waits, "series_nothing" where all are taken.
    """
    series = locked(series)
    waiting = _waiting(series, by)
    lock_leaves_of(waiting)
    board = board_of([booking for booking in waiting if not booking.rules.holds_when_requested])
    confirmed, claiming = [], []
    for booking in waiting:
        if not booking.rules.holds_when_requested:
            if not board.is_free(booking.space_id, span_of(booking)):
                continue
            board.take(booking.space_id, span_of(booking))
            claiming.append(booking)
        booking.move_to(BookingStatus.CONFIRMED)
        confirmed.append(booking)
    if not confirmed:
        raise RuleViolation("series_nothing", _("None of the dates can be booked."))
    claim_bookings(claiming)
    _decided(series, confirmed, "series.confirmed", by)
    return series


@transaction.atomic
def decline_series(series: Series, reason: str, *, by: Actor) -> Series:
    """Say no to every date that waits. Raises RuleViolation("reason_missing", "series_decided")."""
    if not reason.strip():
        raise RuleViolation("reason_missing", _("Say why, so that they can act on it."))
    series = locked(series)
    waiting = _waiting(series, by)
    tally, purse = Tally.locked(shares_of(waiting)), Purse.locked(waiting)
    lock_leaves_of(waiting)
    for booking in waiting:
        tally.count(booking, -booking.minutes)
        purse.give_back(booking)
        booking.move_to(BookingStatus.DECLINED)
        booking.reason = reason.strip()
    tally.save()
    purse.save()
    Booking.objects.bulk_update(waiting, ["credit_amount"], batch_size=500)
    with freeing([booking.pk for booking in waiting]):
        give_back(waiting)
    _decided(series, waiting, "series.declined", by)
    return series


@transaction.atomic
def cancel_series(series: Series, *, from_on: date, by: Actor, reason: str = "") -> Series:
    """Give back every date from a day on; those that rules forbid to cancel stay.

    Raises RuleViolation("series_over") where none is left, or the refusal where all are forbidden.
    """
    series = locked(series)
    found = [
        item.booking
        for item in open_dates(series, from_on)
        if permissions.can_change_booking(by, item.booking)
    ]
    dropped, refusal = cancellable(found, by)
    if not dropped:
        raise refusal or RuleViolation("series_over", _("No date of this series is left."))
    tally, purse = Tally.locked(shares_of(dropped)), Purse.locked(dropped)
    lock_leaves_of(dropped)
    for booking in dropped:
        tally.count(booking, -booking.minutes)
    with freeing([booking.pk for booking in dropped]):
        drop(dropped, purse, by=by, reason=reason)
    tally.save()
    purse.save()
    series.dates.filter(on__gte=from_on, state=DateState.SKIPPED).update(state=DateState.REMOVED)
    record(
        "series.cancelled",
        subject=series,
        by=by,
        organization=series.organization_id,
        data={"from": from_on.isoformat(), "dropped": len(dropped)},
    )
    record_dates("booking.dropped", series, dropped, by)
    return series


def locked(series: Series) -> Series:
    Series.objects.locked().get(pk=series.pk)
    return Series.objects.select_related("space__building", "space__rules").get(pk=series.pk)


def open_dates(series: Series, from_on: date) -> list[SeriesDate]:
    """Dates to come whose booking is asked for or confirmed; the bookings are locked."""
    dates = series.dates.open().filter(on__gte=from_on, booking__starts_at__gt=timezone.now())
    list(
        Booking.objects.locked()
        .filter(pk__in=list(dates.values_list("booking_id", flat=True)))
        .order_by("pk")
        .values_list("pk")
    )
    read = ("booking__space__building", "booking__rules", "booking__organization")
    return list(dates.select_related(*read).order_by("on"))


def _waiting(series: Series, by: Actor) -> list[Booking]:
    """Those this actor decides about: a date may lie in another area."""
    waiting = [
        item.booking
        for item in open_dates(series, date.min)
        if item.booking.status == BookingStatus.REQUESTED
        and permissions.can_decide(by, item.booking)
    ]
    if not waiting:
        raise RuleViolation("series_decided", _("No date of this series waits for a decision."))
    return waiting


def _decided(series: Series, bookings: Sequence[Booking], verb: str, by: Actor) -> None:
    Booking.objects.filter(pk__in=[booking.pk for booking in bookings]).update(
        status=bookings[0].status,
        reason=bookings[0].reason,
        decided_by=by if isinstance(by, Membership) else None,
        decided_at=timezone.now(),
    )
    data: dict[str, Any] = {"decided": len(bookings)}
    record(verb, subject=series, by=by, organization=series.organization_id, data=data)
    record_dates(f"booking.{bookings[0].status}_too", series, bookings, by)


def cancellable(
    bookings: Sequence[Booking], by: Actor
) -> tuple[list[Booking], RuleViolation | None]:
    """Those that may be cancelled, and why the last of the others may not."""
    if permissions.is_staff(by):
        return list(bookings), None
    allowed, refused = [], None
    for booking in bookings:
        try:
            judge_cancellation(booking)
        except RuleViolation as refusal:
            refused = refusal
        else:
            allowed.append(booking)
    return allowed, refused


def drop(bookings: Sequence[Booking], purse: Purse, *, by: Actor, reason: str = "") -> None:
    """Cancel dates along with their series, each for the fee of its frozen rules."""
    now = timezone.now()
    for booking in bookings:
        fee = None if permissions.is_staff(by) else fee_due(booking, now)
        booking.fee_amount = fee.amount if fee else ZERO
        purse.give_back(booking, fee)
        booking.move_to(BookingStatus.CANCELLED)
        booking.reason = reason.strip()
    give_back(bookings)
    Booking.objects.bulk_update(bookings, DROPPED, batch_size=500)


def give_back(bookings: Sequence[Booking]) -> None:
    """Their leaves are locked already."""
    Occupancy.objects.filter(
        kind=OccupancyKind.BOOKING, source_id__in=[booking.pk for booking in bookings]
    ).delete()


def shares_of(bookings: Iterable[Booking]) -> list[Share | None]:
    return [share_of(item, item.rules, item.starts_at) for item in bookings]

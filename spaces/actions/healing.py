"""What became free heals first: dates of series that were skipped, then the waitlist.

One works at a time per district. A round is one transaction: everything that waits and fits now is
looked up, its series, quotas and leaves are locked in the product's order, and it is looked up
again; what lies on locked leaves cannot change any more, so that each in turn is served or not by
what is really free, and nobody overtakes. Leaves are locked together with all that share them (a
hall and its halves), since only those can be in each other's way.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from district.actors import Actor, System
from district.models import District
from district.rules import RuleViolation
from district.tenancy.scope import scope
from spaces.actions.booking import record_booking
from spaces.actions.credits import Purse
from spaces.actions.holds import forget_old_holds
from spaces.actions.occupancy import CONFLICTS, leaves_around, lock_leaves
from spaces.actions.offers import (
    expire,
    expire_overdue,
    lock_entry,
    member_of,
    offer,
    overdue,
    terms_of,
)
from spaces.actions.quotas import Tally, share_of
from spaces.actions.series import Planned, SeriesWish, claim_bookings, draft_days
from spaces.actions.wanted import Wanted, fitting
from spaces.models import (
    Booking,
    BookingSource,
    BookingStatus,
    DateState,
    Hold,
    Series,
    SeriesDate,
    SpaceLeaf,
)

LOCK: Final = 0x4EA1
BATCH: Final = 100
ROUNDS: Final = 200  # of one call; what is left comes with the next
BY_ITSELF: Final = System("healing")


def heal(district: District) -> int:
    """Serve all who wait for what is free now; returns how many were healed or offered."""
    with timezone.override(district.zone):
        with scope(district.pk):
            forget_old_holds()
            ended = overdue()
        for pk in ended:
            with scope(district.pk):
                expire_overdue(pk)
        served = 0
        for _ in range(ROUNDS):
            with scope(district.pk):
                if not _alone(district.pk):
                    break
                done = _Round().run()
            served += done.served
            if done.is_over:
                break
        return served


@dataclass(frozen=True)
class Done:
    served: int
    is_over: bool


class _Round:
    """One transaction's worth: at most `BATCH` that fit, in their order."""

    def __init__(self) -> None:
        self.kept = dict(Hold.objects.kept().values_list("pk", "space_id"))
        self.found = fitting(limit=BATCH)
        self.dates = _dates(self.found)
        self.plans: dict[UUID, Planned | None] = {}

    def run(self) -> Done:
        """Nothing is written where something else turns up under the locks: the next looks anew."""
        if not self.found and not self.kept:
            return Done(0, is_over=True)
        self.plans = {date.pk: _planned(date) for date in self.dates.values()}
        drafts = [plan.booking for plan in self.plans.values() if plan and plan.booking]
        tally = Tally.locked(share_of(item, item.rules, item.starts_at) for item in drafts)
        purse = Purse.locked(drafts)
        wanted = _leaves({item.space_id for item in self.found})
        leaves = leaves_around({*wanted, *self.kept.values()})
        lock_leaves(leaves)
        again = fitting(limit=BATCH)
        now = [item for item in again if _leaves([item.space_id]) <= leaves]
        if any(item.is_date and item.id not in self.plans for item in now):
            return Done(0, is_over=False)
        served = sum(self._serve(item, tally, purse) for item in now)
        tally.save()
        purse.save()
        if len(again) < BATCH:
            Hold.objects.filter(pk__in=self.kept).delete()
        return Done(served, is_over=not again)

    def _serve(self, item: Wanted, tally: Tally, purse: Purse) -> bool:
        """Whether this one was served; one before it may have taken what it wants."""
        if not fitting(ids=[item.id], limit=1):
            return False
        if item.is_date:
            return _heal(self.dates[item.id], self.plans[item.id], tally, purse)
        entry = lock_entry(item.id)
        if not entry.can_move_to("offered"):
            return False
        terms = terms_of(entry)
        if terms is None:
            expire(entry)
            return False
        offer(entry, terms)
        return True


def _dates(found: Sequence[Wanted]) -> Mapping[UUID, SeriesDate]:
    """The skipped dates among them, their series locked before anything else."""
    wanted = SeriesDate.objects.filter(pk__in=[item.id for item in found if item.is_date])
    series_ids = set(wanted.values_list("series_id", flat=True))
    if not series_ids:
        return {}
    list(Series.objects.locked().filter(pk__in=series_ids).order_by("pk").values_list("pk"))
    rows = wanted.filter(state=DateState.SKIPPED, reason__in=CONFLICTS)
    return rows.select_related("series__space__building", "series__space__rules").in_bulk()


def _planned(date: SeriesDate) -> Planned | None:
    """The booking a date would be, as its booker may book today; None where nobody can."""
    series = date.series
    by: Actor | None = BY_ITSELF
    if series.source != BookingSource.STAFF:
        by = member_of(series.person_id, series.organization_id)
    if by is None:
        return None
    wish = SeriesWish(
        series.space,
        series.pattern,
        attendee_count=series.attendee_count,
        title=series.title,
        note=series.note,
        organization_id=series.organization_id,
        person_id=series.person_id,
    )
    [plan] = draft_days(wish, [date.on], by, BookingSource(series.source))
    if plan.booking is not None:
        plan.booking.organization_id = series.organization_id
        plan.booking.person_id = series.person_id
    return plan


def _heal(date: SeriesDate, plan: Planned | None, tally: Tally, purse: Purse) -> bool:
    """Book the date after all. What the rules or the quota refuse now, it says from now on."""
    try:
        booking = _allowed(plan, tally)
    except RuleViolation as refusal:
        date.reason = refusal.code
        date.save(update_fields=["reason"])
        return False
    purse.pay(booking)
    booking.save(force_insert=True)
    if booking.claims_leaves:
        claim_bookings([booking])
    date.state, date.booking, date.reason = DateState.BOOKED, booking, ""
    date.save(update_fields=["state", "booking", "reason"])
    more = {"series": str(date.series_id)}
    if booking.status == BookingStatus.REQUESTED:
        record_booking("booking.requested", booking, BY_ITSELF, more)
    record_booking("booking.healed", booking, BY_ITSELF, more)
    return True


def _allowed(plan: Planned | None, tally: Tally) -> Booking:
    if plan is None:
        raise RuleViolation("booking_not_invited", "")
    if plan.refusal is not None:
        raise plan.refusal
    assert plan.booking is not None  # noqa: S101 - a plan has one or the other
    tally.use(plan.booking, plan.booking.minutes)
    return plan.booking


def _leaves(space_ids: Collection[UUID]) -> set[UUID]:
    rows = SpaceLeaf.objects.filter(space_id__in=space_ids, leaf__ended_at=None)
    return set(rows.values_list("leaf_id", flat=True))


def _alone(district_id: int) -> bool:
    """Whether nobody else heals this district; the lock goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, district_id])
        return bool(cursor.fetchone()[0])

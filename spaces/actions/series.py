"""Uses that repeat: planned, booked, changed and given back as a whole, date by date underneath.

Every step costs the same few statements for one date and for a thousand: dates are judged in
Python against a Board that is read once, under the same locks in the same order as one booking.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from district.activity import record, record_many
from district.actors import Actor
from district.models import District, Organization
from district.numbers import short_code
from district.rules import RuleViolation
from spaces import permissions
from spaces.actions import occupancy
from spaces.actions.board import Board, board_of, lock_leaves_of
from spaces.actions.booking import Wish, drafted, judge_wish, payer_id, rules_for, settle
from spaces.actions.credits import Purse
from spaces.actions.occupancy import Claim, span_of
from spaces.actions.quotas import Share, Tally, share_of
from spaces.actions.strikes import require_trusted
from spaces.models import (
    Booking,
    BookingSource,
    BookingStatus,
    DateState,
    OccupancyKind,
    Series,
    SeriesDate,
    Space,
)
from spaces.recurrence import Pattern

BATCH: Final = 500
CANDIDATES: Final = 12
SHOWN: Final = 3


class OnConflict(models.TextChoices):
    SKIP = "skip", _("Book the others")
    STOP = "stop", _("Book nothing")


@dataclass(frozen=True)
class SeriesWish:
    """What repeats, for whom; single days can be in other spaces (`elsewhere`) or left out."""

    space: Space
    pattern: Pattern
    attendee_count: int = 1
    title: str = ""
    note: str = ""
    organization_id: UUID | None = None
    person_id: UUID | None = None
    elsewhere: Mapping[date, Space] = field(default_factory=dict)
    without: Collection[date] = ()

    def on(self, day: date, zone: ZoneInfo) -> Wish:
        starts_at, ends_at = self.pattern.times(day, zone)
        return Wish(
            starts_at,
            ends_at,
            attendee_count=self.attendee_count,
            title=self.title,
            note=self.note,
            organization_id=self.organization_id,
            person_id=self.person_id,
        )


@dataclass
class Planned:
    """One day of a series: the booking it would be, or why it cannot be."""

    on: date
    space: Space
    starts_at: datetime
    ends_at: datetime
    booking: Booking | None = None
    refusal: RuleViolation | None = None

    def date_of(self, series: Series) -> SeriesDate:
        return SeriesDate(
            series=series,
            on=self.on,
            state=DateState.BOOKED if self.booking else DateState.SKIPPED,
            booking=self.booking,
            reason=self.refusal.code if self.refusal else "",
        )


def plan_series(wish: SeriesWish, *, by: Actor) -> list[Planned]:
    """What booking it now would give, day by day; nothing is locked or written.

    Raises RuleViolation for a pattern that is none: see `Pattern.days`.
    """
    plans = draft_days(wish, wish.pattern.days(), by, BookingSource.PORTAL)
    tally = Tally.seen(_shares(plans, by))
    _judge_all(plans, board_of(_bookings(plans)), tally, by)
    return plans


def free_elsewhere(
    wish: SeriesWish, plans: Sequence[Planned], *, by: Actor
) -> Mapping[date, Sequence[Space]]:
    """For each day whose time is taken, spaces of the same building that are free: three at most.

    Four statements for any number of days.
    """
    taken = [plan.on for plan in plans if plan.refusal and plan.refusal.code in occupancy.CONFLICTS]
    drafts = [
        draft
        for other in (_similar(wish, by) if taken else ())
        for draft in draft_days(
            replace(wish, space=other, elsewhere={}, without=()), taken, by, BookingSource.PORTAL
        )
        if draft.booking
    ]
    board = board_of(_bookings(drafts))
    found: dict[date, list[Space]] = {day: [] for day in taken}
    for draft, booking in zip(drafts, _bookings(drafts), strict=True):
        if len(found[draft.on]) < SHOWN and board.is_free(draft.space.pk, span_of(booking)):
            found[draft.on].append(draft.space)
    return found


def _similar(wish: SeriesWish, by: Actor) -> list[Space]:
    """Other spaces of the building that are large enough, the smallest first."""
    rows = (
        Space.objects.bookable()
        .filter(building_id=wish.space.building_id, capacity__gte=wish.attendee_count)
        .exclude(pk=wish.space.pk)
        .select_related("building", "floor", "rules")
        .order_by("capacity", "code")[:CANDIDATES]
    )
    return [row for row in rows if permissions.can_book(by, row)]


@transaction.atomic
def book_series(
    wish: SeriesWish,
    *,
    by: Actor,
    on_conflict: OnConflict = OnConflict.SKIP,
    source: BookingSource = BookingSource.PORTAL,
) -> Series:
    """Book every day that can be had; the others are kept as skipped, with the reason.

    Raises RuleViolation: "series_conflicts" with OnConflict.STOP, whose `details` list the days
    and codes; "series_nothing" where no day can be had; "booking_strikes"; those of `Pattern.days`.
    """
    plans = draft_days(wish, wish.pattern.days(), by, source)
    _require_trusted(plans, by)
    tally = Tally.locked(_shares(plans, by))
    purse = Purse.locked(_bookings(plans))
    lock_leaves_of(_bookings(plans))
    _judge_all(plans, board_of(_bookings(plans)), tally, by)
    require_agreement(plans, on_conflict)
    for booking in _bookings(plans):
        purse.pay(booking)
    series = _series(wish, plans, source)
    tally.save()
    _write(series, plans)
    purse.save()
    _note_removed(series, wish)
    record(
        "series.requested" if _any_waits(plans) else "series.booked",
        subject=series,
        by=by,
        organization=series.organization_id,
        data=_counts(plans),
    )
    record_dates("booking.planned", series, _bookings(plans), by)
    return series


def _require_trusted(plans: Sequence[Planned], by: Actor) -> None:
    for rules in {booking.rules for booking in _bookings(plans)}:
        require_trusted(rules, by)


def record_dates(verb: str, series: Series, bookings: Sequence[Booking], by: Actor) -> None:
    """What became of single dates along with their series, for their own histories."""
    data = {"series": str(series.pk)}
    record_many(verb, bookings, by=by, organization=series.organization_id, data=data)


def draft_days(
    wish: SeriesWish, days: Sequence[date], by: Actor, source: BookingSource
) -> list[Planned]:
    """Each day judged by the rules alone; the zone of the district, the rules of its space."""
    district: District = wish.space.district
    for_whom = payer_id(wish.organization_id, by)
    payer = Organization.objects.get(pk=for_whom) if for_whom else None
    plans = []
    for day in days:
        if day in wish.without:
            continue
        where, single = wish.elsewhere.get(day, wish.space), wish.on(day, district.zone)
        plan = Planned(day, where, single.starts_at, single.ends_at)
        try:
            rules = rules_for(where, None, by=by)
            judge_wish(rules, where, single, by)
        except RuleViolation as refusal:
            plan.refusal = refusal
        else:
            plan.booking = drafted(where, rules, single, by, source)
            plan.booking.organization = payer
            settle(plan.booking, by)
        plans.append(plan)
    return plans


def _shares(plans: Sequence[Planned], by: Actor) -> list[Share | None]:
    """Staff book beyond any quota, and nothing of it is counted."""
    if permissions.is_staff(by):
        return []
    return [share_of(item, item.rules, item.starts_at) for item in _bookings(plans)]


def _judge_all(plans: Sequence[Planned], board: Board, tally: Tally, by: Actor) -> None:
    """Give each day its slot and its share of the quota, in order; refuse where there is none."""
    for plan in plans:
        if plan.booking is None:
            continue
        try:
            take(plan.booking, board, tally, by)
        except RuleViolation as refusal:
            plan.booking, plan.refusal = None, refusal


def take(booking: Booking, board: Board, tally: Tally, by: Actor) -> None:
    span = span_of(booking)
    if booking.claims_leaves and not board.is_free(booking.space_id, span):
        raise RuleViolation(occupancy.EXCLUSION, occupancy.TAKEN)
    (tally.count if permissions.is_staff(by) else tally.use)(booking, booking.minutes)
    if booking.claims_leaves:
        board.take(booking.space_id, span)


def require_agreement(plans: Sequence[Planned], on_conflict: OnConflict) -> None:
    refused = [plan for plan in plans if plan.refusal]
    if refused and len(refused) == len(plans):
        raise RuleViolation(
            "series_nothing", _("None of the dates can be booked."), details=_refusals(refused)
        )
    if refused and on_conflict == OnConflict.STOP:
        raise RuleViolation(
            "series_conflicts",
            ngettext_lazy(
                "%(n)d date cannot be booked.", "%(n)d dates cannot be booked.", len(refused)
            )
            % {"n": len(refused)},
            details=_refusals(refused),
        )


def _refusals(plans: Sequence[Planned]) -> dict[str, object]:
    return {
        "dates": [
            {"on": plan.on.isoformat(), "code": plan.refusal.code} for plan in plans if plan.refusal
        ]
    }


def _series(wish: SeriesWish, plans: Sequence[Planned], source: BookingSource) -> Series:
    like = _bookings(plans)[0]
    pattern = wish.pattern
    return Series.objects.create(
        number=short_code("SE"),
        space=wish.space,
        organization_id=like.organization_id,
        person_id=like.person_id,
        title=wish.title,
        note=wish.note,
        attendee_count=wish.attendee_count,
        rule=pattern.rule,
        starts_on=pattern.starts_on,
        begins=pattern.begins,
        ends=pattern.ends,
        source=source,
    )


def _write(series: Series, plans: Sequence[Planned]) -> None:
    """Bookings, claims and dates of new days."""
    bookings = _bookings(plans)
    Booking.objects.bulk_create(bookings, batch_size=BATCH)
    claim_bookings(bookings)
    SeriesDate.objects.bulk_create((plan.date_of(series) for plan in plans), batch_size=BATCH)


def claim_bookings(bookings: Sequence[Booking]) -> None:
    """Claim the leaves of many bookings at once; they must be locked and seen to be free."""
    claiming = [booking for booking in bookings if booking.claims_leaves]
    leaves = occupancy.leaves_of_each({booking.space_id for booking in claiming})
    occupancy.claim_many(
        [
            Claim(
                leaf_id,
                span_of(booking),
                OccupancyKind.BOOKING,
                booking.pk,
            )
            for booking in claiming
            for leaf_id in leaves[booking.space_id]
        ]
    )


def _note_removed(series: Series, wish: SeriesWish) -> None:
    days = set(wish.pattern.days())
    SeriesDate.objects.bulk_create(
        SeriesDate(series=series, on=day, state=DateState.REMOVED)
        for day in sorted(set(wish.without) & days)
    )


def _bookings(plans: Sequence[Planned]) -> list[Booking]:
    return [plan.booking for plan in plans if plan.booking]


def _any_waits(plans: Sequence[Planned]) -> bool:
    return any(item.status == BookingStatus.REQUESTED for item in _bookings(plans))


def _counts(plans: Sequence[Planned]) -> dict[str, int]:
    booked = len(_bookings(plans))
    return {"booked": booked, "skipped": len(plans) - booked}

"""Changing a series from a day on; what became of single dates is kept."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import record
from district.actors import Actor
from district.numbers import short_code
from district.rules import RuleViolation
from spaces.actions.board import board_of, lock_leaves_of
from spaces.actions.booking import judge_wish, rules_for, settle
from spaces.actions.credits import Purse
from spaces.actions.occupancy import span_of
from spaces.actions.quotas import Tally
from spaces.actions.series import (
    BATCH,
    OnConflict,
    Planned,
    SeriesWish,
    claim_bookings,
    draft_days,
    record_dates,
    require_agreement,
    take,
)
from spaces.actions.series_decisions import (
    cancellable,
    drop,
    give_back,
    locked,
    open_dates,
    shares_of,
)
from spaces.actions.wanted import freeing
from spaces.models import (
    Booking,
    BookingSource,
    DateState,
    Series,
    SeriesDate,
)

MOVED: Final = ("starts_at", "ends_at", "price_amount", "price_lines", "credit_amount", "status")


@dataclass
class Change:
    """What becomes of the dates of a series: `moving` and `fresh` are planned, `dropped` end."""

    moving: list[Planned]
    fresh: list[Planned]
    dropped: list[Booking]
    before: dict[date, Booking]

    def plans(self) -> list[Planned]:
        return sorted([*self.moving, *self.fresh], key=lambda plan: plan.on)

    def planned(self) -> list[Booking]:
        """Those that have a place, as they will be."""
        return [plan.booking for plan in self.plans() if plan.booking]

    def bookings(self) -> list[Booking]:
        """All of them, as they were."""
        return [*self.before.values(), *self.dropped]


@transaction.atomic
def change_series(
    series: Series,
    wish: SeriesWish,
    *,
    from_on: date,
    by: Actor,
    on_conflict: OnConflict = OnConflict.SKIP,
) -> Series:
    """From a day on the series is as wished; returns it, or the new one that was cut from it.

    Dates that were moved on their own stay where they are, those cancelled or removed stay so. A
    date that cannot move keeps its old time. Raises RuleViolation as book_series does, and
    "series_changed" where somebody changed it since it was read.
    """
    seen, series = series.revision, locked(series)
    if series.revision != seen:
        raise RuleViolation(
            "series_changed", _("Somebody changed this series meanwhile. Please look at it again.")
        )
    target = _cut(series, from_on) if series.dates.filter(on__lt=from_on).exists() else series
    change = _change(series, target, wish, from_on, by)
    tally = Tally.locked(shares_of([*change.bookings(), *change.planned()]))
    purse = Purse.locked([*change.bookings(), *change.planned()])
    lock_leaves_of([*change.bookings(), *change.planned()])
    _agree(change, tally, by)
    require_agreement(change.plans(), on_conflict)
    tally.save()
    with freeing([booking.pk for booking in change.bookings()]):
        _pay(change, purse, by)
        _apply(target, change)
    purse.save()
    _describe(target, wish, from_on)
    _record(target, change, from_on, by)
    return target


def _record(target: Series, change: Change, from_on: date, by: Actor) -> None:
    record(
        "series.changed",
        subject=target,
        by=by,
        organization=target.organization_id,
        data={
            "from": from_on.isoformat(),
            "planned": len(change.planned()),
            "dropped": len(change.dropped),
            "refused": sum(plan.refusal is not None for plan in change.plans()),
        },
    )
    for verb, plans in (("booking.moved_too", change.moving), ("booking.planned", change.fresh)):
        bookings = [plan.booking for plan in plans if plan.booking]
        record_dates(verb, target, bookings, by)
    record_dates("booking.dropped", target, change.dropped, by)


def _cut(series: Series, from_on: date) -> Series:
    """Two series of one: the dates from a day on go over to the new one."""
    tail = copy(series)
    tail.pk, tail._state.adding = Series._meta.pk.get_default(), True
    tail.number, tail.follows, tail.revision = short_code("SE"), series, 0
    tail.save(force_insert=True)
    series.dates.filter(on__gte=from_on).update(series=tail)
    series.rule = series.pattern.until(date.fromordinal(from_on.toordinal() - 1)).rule
    series.save(update_fields=["rule"])
    return tail


def _change(series: Series, target: Series, wish: SeriesWish, from_on: date, by: Actor) -> Change:
    """What would become of each date, judged by the rules alone."""
    days = {day for day in wish.pattern.days() if day >= from_on}
    zone = wish.space.district.zone
    old = series.pattern
    follows = [
        item
        for item in open_dates(target, from_on)
        if item.booking.space_id == series.space_id
        and (item.booking.starts_at, item.booking.ends_at) == old.times(item.on, zone)
    ]
    dropped, _refusal = cancellable([item.booking for item in follows if item.on not in days], by)
    before = {item.on: item.booking for item in follows if item.on in days}
    skipped = target.dates.filter(on__gte=from_on, state=DateState.SKIPPED)
    skipped.delete()
    known = set(target.dates.values_list("on", flat=True))
    fresh = [day for day in sorted(days - known) if wish.on(day, zone).starts_at > timezone.now()]
    theirs = replace(wish, organization_id=series.organization_id)
    return Change(
        moving=[_moved(wish, day, booking, by) for day, booking in sorted(before.items())],
        fresh=_for_whom(series, draft_days(theirs, fresh, by, BookingSource(series.source))),
        dropped=dropped,
        before=before,
    )


def _for_whom(series: Series, plans: list[Planned]) -> list[Planned]:
    """New dates are whose the series is, whoever changes it."""
    for plan in plans:
        if plan.booking:
            plan.booking.organization_id = series.organization_id
            plan.booking.person_id = series.person_id
    return plans


def _moved(wish: SeriesWish, day: date, booking: Booking, by: Actor) -> Planned:
    """The booking as it would be afterwards."""
    where, single = wish.elsewhere.get(day, wish.space), wish.on(day, wish.space.district.zone)
    plan = Planned(day, where, single.starts_at, single.ends_at)
    try:
        rules = rules_for(where, None, by=by)
        judge_wish(rules, where, single, by)
    except RuleViolation as refusal:
        plan.refusal = refusal
        return plan
    plan.booking = moved = copy(booking)
    moved.space, moved.rules = where, rules
    moved.starts_at, moved.ends_at = single.starts_at, single.ends_at
    moved.title, moved.note, moved.attendee_count = wish.title, wish.note, wish.attendee_count
    moved.decided_by, moved.decided_at = None, None
    settle(moved, by)
    return plan


def _agree(change: Change, tally: Tally, by: Actor) -> None:
    """Give each date its slot; one that finds none stays, and so may stand in another's way."""
    _count_all(change.bookings(), tally, -1)
    empty = board_of([*change.planned(), *change.before.values()], change.bookings())
    staying = [plan.on for plan in change.moving if plan.refusal]
    while True:
        board, counted, refused = empty.copy(), tally.copy(), []
        for day in staying:
            booking = change.before[day]
            if booking.claims_leaves:
                board.take(booking.space_id, span_of(booking))
        _count_all([change.before[day] for day in staying], counted, 1)
        for plan in change.plans():
            if plan.booking is None:
                continue
            try:
                take(plan.booking, board, counted, by)
            except RuleViolation as refusal:
                plan.booking, plan.refusal = None, refusal
                refused += [plan.on] if plan.on in change.before else []
        if not refused:
            tally.adopt(counted)
            return
        staying += refused


def _count_all(bookings: Iterable[Booking], tally: Tally, sign: int) -> None:
    for booking in bookings:
        tally.count(booking, sign * booking.minutes)


def _pay(change: Change, purse: Purse, by: Actor) -> None:
    """What was used for the old times comes back before the new ones take it."""
    moved = [plan.booking for plan in change.moving if plan.booking]
    for booking in moved:
        purse.give_back(booking)
    drop(change.dropped, purse, by=by)
    for booking in change.planned():
        purse.pay(booking)


def _apply(target: Series, change: Change) -> None:
    """Claims are given back and taken anew; bookings, and the dates they stand for, follow."""
    moved = [plan.booking for plan in change.moving if plan.booking]
    give_back([change.before[plan.on] for plan in change.moving if plan.booking])
    target.dates.filter(booking__in=change.dropped).delete()
    for like in moved[:1]:
        Booking.objects.filter(pk__in=[booking.pk for booking in moved]).update(
            title=like.title,
            note=like.note,
            attendee_count=like.attendee_count,
            decided_by=None,
            decided_at=None,
        )
    _update(moved, [*MOVED, "space", "rules"])
    fresh = [plan.booking for plan in change.fresh if plan.booking]
    Booking.objects.bulk_create(fresh, batch_size=BATCH)
    claim_bookings([*moved, *fresh])
    SeriesDate.objects.bulk_create(
        (plan.date_of(target) for plan in change.fresh), batch_size=BATCH
    )


def _update(bookings: Sequence[Booking], fields: Sequence[str]) -> None:
    Booking.objects.bulk_update(bookings, fields, batch_size=BATCH)


def _describe(target: Series, wish: SeriesWish, from_on: date) -> None:
    pattern = wish.pattern if wish.pattern.starts_on >= from_on else wish.pattern.since(from_on)
    target.space, target.title, target.note = wish.space, wish.title, wish.note
    target.attendee_count = wish.attendee_count
    target.rule, target.starts_on = pattern.rule, pattern.starts_on
    target.begins, target.ends = pattern.begins, pattern.ends
    target.save()

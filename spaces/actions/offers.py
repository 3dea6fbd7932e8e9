"""Offers of the waitlist: made when a slot is free, over when they are taken, left or run out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from district.activity import record
from district.actors import Actor, System
from district.models import Membership
from district.rules import RuleViolation
from spaces.actions import occupancy
from spaces.actions.booking import Wish, judge_wish, rules_for, set_price
from spaces.actions.held import Span, overlapping
from spaces.actions.wanted import KEPT_FOR, letting_go
from spaces.models import Booking, BookingRules, Hold, Space, WaitlistEntry, WaitStatus

# The next in line is served by then; until that happens nobody else gets the slot.
GRACE: Final = KEPT_FOR
BY_ITSELF: Final = System("waitlist")


def overdue() -> list[UUID]:
    """Entries whose offer ran out, or whose waiting has become pointless."""
    now = timezone.now()
    notice: Any = models.ExpressionWrapper(
        F("rules__notice_minutes") * timedelta(minutes=1), output_field=models.DurationField()
    )
    late = Q(starts_at__lte=models.Value(now) + notice)
    rows = WaitlistEntry.objects.filter(
        Q(status=WaitStatus.OFFERED, offered_until__lte=now)
        | Q(status=WaitStatus.WAITING) & (late | Q(space__ended_at__isnull=False))
    )
    return list(rows.values_list("pk", flat=True))


@transaction.atomic
def expire_overdue(pk: UUID) -> None:
    """End one of those, unless something came of it meanwhile.

    Each in a transaction of its own: the entry is locked before the leaves it gives back, so that
    the next one must not be locked while they are.
    """
    entry = lock_entry(pk)
    if entry.is_open and not entry.can_be_taken:
        expire(entry)


def expire(entry: WaitlistEntry) -> None:
    entry.move_to(WaitStatus.EXPIRED)
    entry.save(update_fields=["status"])
    pass_on(entry)
    record_entry("waitlist.expired", entry, BY_ITSELF, {"offered": bool(entry.offered_until)})


def pass_on(entry: WaitlistEntry) -> None:
    """What was held for an entry is kept until the next had their turn. The entry is locked."""
    held = list(entry.holds.values_list("pk", "space_id"))
    occupancy.lock_leaves(occupancy.leaves_around(space_id for _pk, space_id in held))
    with letting_go([pk for pk, _space_id in held]):
        entry.holds.all().delete()


@dataclass(frozen=True)
class Terms:
    """What an offer is made under: the rules of the day, and until when it stands."""

    rules: BookingRules
    until: datetime


def terms_of(entry: WaitlistEntry) -> Terms | None:
    """None where the rules no longer let them book it, or too little time is left."""
    by = acting(entry)
    if by is None:
        return None
    try:
        rules = rules_for(entry.space, entry.seat_count, by=by)
        judge_wish(rules, entry.space, wish_of(entry, rules), by)
    except RuleViolation:
        return None
    last = entry.starts_at - timedelta(minutes=rules.notice_minutes)
    until = min(timezone.now() + timedelta(minutes=rules.offer_minutes), last)
    return Terms(rules, until) if until > timezone.now() else None


def offer(entry: WaitlistEntry, terms: Terms) -> None:
    """Hold the slot for an entry and tell them. The entry and the leaves are locked, and free."""
    span = _claimed(entry, terms.rules)
    leaf_ids = occupancy.leaves_of(entry.space_id)
    if entry.seat_count:
        leaf_ids = free_seats(leaf_ids, span, None)[: entry.seat_count]
    entry.move_to(WaitStatus.OFFERED)
    entry.rules, entry.offered_until = terms.rules, terms.until
    entry.save(update_fields=["status", "rules", "offered_until"])
    Hold.objects.bulk_create(
        Hold(
            space_id=leaf_id,
            person_id=entry.person_id,
            entry=entry,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            expires_at=terms.until + GRACE,
        )
        for leaf_id in leaf_ids
    )
    record_entry("waitlist.offered", entry, BY_ITSELF, {"until": terms.until.isoformat()})


def free_seats(leaf_ids: Iterable[UUID], span: Span, person_id: UUID | None) -> list[UUID]:
    """The seats of an area that nobody claims or holds, in the order of their codes.

    What is kept for those who wait stands in nobody's way here: it is asked for them, or by
    somebody who would wait.
    """
    ids = list(leaf_ids)
    taken = {row.space_id for row in occupancy.in_the_way(ids, span)}
    holds = overlapping(ids, span).in_force().against(person_id).exclude(person=None, entry=None)
    taken |= set(holds.values_list("space_id", flat=True))
    seats = Space.objects.filter(pk__in=ids, capacity=1, bookable=True).order_by("code")
    return [seat for seat in seats.values_list("pk", flat=True) if seat not in taken]


def wish_of(entry: WaitlistEntry, rules: BookingRules | None = None) -> Wish:
    return Wish(
        entry.starts_at,
        entry.ends_at,
        attendee_count=entry.attendee_count,
        title=entry.title,
        seat_count=entry.seat_count,
        rules=rules or entry.rules,
    )


def price_now(entry: WaitlistEntry) -> Decimal:
    """What taking it would cost, by the rules it stands under."""
    draft = Booking(
        space=entry.space,
        organization=entry.organization,
        rules=entry.rules,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        seat_count=entry.seat_count,
    )
    set_price(draft)
    return draft.price_amount


def acting(entry: WaitlistEntry) -> Actor | None:
    """Who waits, as they may act today; None where they no longer can."""
    if entry.client is not None:
        return entry.client if entry.client.ended_at is None else None
    return member_of(entry.person_id, entry.organization_id)


def member_of(person_id: UUID | None, organization_id: UUID | None) -> Membership | None:
    """Who a person is in an organisation today."""
    if person_id is None or organization_id is None:
        return None
    rows = Membership.objects.current().select_related("person", "organization")
    found: Membership | None = rows.filter(
        person_id=person_id, organization_id=organization_id
    ).first()
    return found


def lock_entry(pk: UUID) -> WaitlistEntry:
    """Lock alone, then read what belongs to it."""
    WaitlistEntry.objects.locked().get(pk=pk)
    return WaitlistEntry.objects.select_related(
        "space__building", "space__rules", "rules", "client"
    ).get(pk=pk)


def record_entry(
    verb: str, entry: WaitlistEntry, by: Actor, more: Mapping[str, Any] | None = None
) -> None:
    record(
        verb,
        subject=entry,
        by=by,
        organization=entry.organization_id,
        data={
            "space": str(entry.space_id),
            "starts_at": entry.starts_at.isoformat(),
            "ends_at": entry.ends_at.isoformat(),
            **(more or {}),
        },
    )


def _claimed(entry: WaitlistEntry, rules: BookingRules) -> Span:
    return Span(
        entry.starts_at - timedelta(minutes=rules.setup_minutes),
        entry.ends_at + timedelta(minutes=rules.cleanup_minutes),
    )

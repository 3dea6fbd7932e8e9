"""Waiting for a slot that is taken: joining, leaving, taking what is offered.

Locks are taken in one order: the organisation or the entry, then as for one booking.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from district.actors import Actor, organization_id, person_id
from district.models import ApiClient, Organization
from district.rules import RuleViolation
from spaces import permissions
from spaces.actions import occupancy
from spaces.actions.booking import Wish, book_space, judge_wish, rules_for
from spaces.actions.conflicts import buffered
from spaces.actions.held import Span
from spaces.actions.offers import free_seats, lock_entry, pass_on, record_entry, wish_of
from spaces.models import Booking, BookingSource, Space, WaitlistEntry, WaitStatus

MOST_WAITING: Final = 20


@transaction.atomic
def join_waitlist(space: Space, wish: Wish, *, by: Actor) -> WaitlistEntry:
    """Wait for a slot that is taken.

    Raises RuleViolation: "waitlist_free" where it can be booked at once, "waitlist_full" where the
    organisation waits for too many already, "waitlist_once" for a second time, or as book_space
    does for the rules. The leaves are locked, so that a slot given back at the same moment is
    either seen free here or its giver sees who waits.
    """
    rules = rules_for(space, wish.seat_count, by=by)
    judge_wish(rules, space, wish, by)
    company = organization_id(by)
    if company is None or not permissions.can_join_waitlist(by, space):
        raise RuleViolation("waitlist_not_yours", _("Only companies wait for a slot."))
    _require_room(company)
    occupancy.lock_leaves_of(space.pk)
    if why_not_now(space, wish, person_id(by)) is None:
        raise RuleViolation("waitlist_free", _("This slot is free: you can book it now."))
    entry = WaitlistEntry.objects.create(
        space=space,
        organization_id=company,
        person_id=person_id(by),
        client=by if isinstance(by, ApiClient) else None,
        title=wish.title,
        attendee_count=wish.attendee_count,
        seat_count=wish.seat_count,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        rules=rules,
    )
    record_entry("waitlist.joined", entry, by)
    return entry


@transaction.atomic
def leave_waitlist(entry: WaitlistEntry, *, by: Actor) -> WaitlistEntry:
    """Wait no longer; what was offered goes to the next."""
    entry = lock_entry(entry.pk)
    entry.move_to(WaitStatus.LEFT)
    entry.save(update_fields=["status"])
    pass_on(entry)
    record_entry("waitlist.left", entry, by)
    return entry


@transaction.atomic
def take_offer(entry: WaitlistEntry, *, by: Actor) -> Booking:
    """Book what is offered, under the rules it was offered by.

    Raises RuleViolation("offer_over") where it is none any more, or as book_space does. The hold
    goes in the transaction in which the claim comes: nobody else ever sees the slot free.
    """
    entry = lock_entry(entry.pk)
    if not entry.can_be_taken:
        raise RuleViolation("offer_over", _("This offer is over: the slot went to the next."))
    entry.holds.all().delete()
    source = BookingSource.API if isinstance(by, ApiClient) else BookingSource.PORTAL
    booking = book_space(entry.space, wish_of(entry), by=by, source=source)
    entry.move_to(WaitStatus.TAKEN)
    entry.booking = booking
    entry.save(update_fields=["status", "booking"])
    record_entry("waitlist.taken", entry, by, {"booking": str(booking.pk)})
    return booking


def why_not_now(space: Space, wish: Wish, person_id: UUID | None) -> RuleViolation | None:
    """What stands in the way of booking it now; None where nothing does. Nothing is locked."""
    span = buffered(space, Span(wish.starts_at, wish.ends_at))
    if wish.seat_count is None:
        return occupancy.refusal_of(space, span, person_id)
    return _too_few_seats(occupancy.leaves_of(space.pk), wish.seat_count, span, person_id)


def _too_few_seats(
    leaf_ids: Sequence[UUID], count: int, span: Span, person_id: UUID | None
) -> RuleViolation | None:
    free = free_seats(leaf_ids, span, person_id)
    return occupancy.too_few_seats(len(free)) if len(free) < count else None


def _require_room(organization_id: UUID) -> None:
    """Few at a time for an organisation, whose row is locked so that no two slip through."""
    Organization.objects.locked().get(pk=organization_id)
    waiting = WaitlistEntry.objects.open().filter(organization_id=organization_id).count()
    if waiting >= MOST_WAITING:
        raise RuleViolation(
            "waitlist_full",
            _("Your organisation waits for %(n)d slots already. Leave one of them first.")
            % {"n": waiting},
        )

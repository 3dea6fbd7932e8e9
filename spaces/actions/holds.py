"""Keeping a slot for whoever fills in its form: for minutes, one per person, seen by others."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.models import Membership, Person
from district.rules import RuleViolation
from spaces.actions.booking import Wish, judge_wish, rules_for
from spaces.actions.conflicts import buffered
from spaces.actions.held import Span
from spaces.actions.occupancy import leaves_around, leaves_of, lock_leaves, require_free
from spaces.actions.wanted import letting_go
from spaces.models import Hold, Space

FORGOTTEN_AFTER: Final = timedelta(hours=1)


def hold_for() -> timedelta:
    return timedelta(seconds=settings.HOLD_SECONDS)


@transaction.atomic
def hold_slot(space: Space, wish: Wish, *, by: Membership) -> Hold:
    """Keep the slot for the person, in place of the one they had; returns it.

    One that stands for the same slot goes on as it is: loading the page again gains nothing.
    Raises RuleViolation as book_space does for the rules and for what is in the way. Locks the
    person, so that two pages of theirs cannot hold two slots, then the leaves.
    """
    rules = rules_for(space, None, by=by)
    judge_wish(rules, space, wish, by)
    span = buffered(space, Span(wish.starts_at, wish.ends_at))
    Person.objects.locked().get(pk=by.person_id)
    own = list(Hold.objects.of(by.person_id).order_by("space_id"))
    leaf_ids = leaves_of(space.pk)
    lock_leaves({*leaf_ids, *leaves_around(hold.space_id for hold in own)})
    if same := _standing(own, leaf_ids, span):
        return same
    with letting_go([hold.pk for hold in own]):
        Hold.objects.filter(pk__in=[hold.pk for hold in own]).delete()
        require_free(leaf_ids, space, span, by.person_id)
        expires_at = timezone.now() + hold_for()
        held = Hold.objects.bulk_create(_hold(leaf, span, by, expires_at) for leaf in leaf_ids)
    return held[0]


@transaction.atomic
def prolong_hold(*, by: Membership) -> Hold:
    """Once as long again. Raises RuleViolation("hold_over", "hold_prolonged")."""
    own = list(_locked_own(by))
    if not own:
        raise RuleViolation("hold_over", _("The time is up. Others can book this slot now."))
    if any(hold.is_prolonged for hold in own):
        raise RuleViolation("hold_prolonged", _("It can be kept longer only once."))
    expires_at = own[0].expires_at + hold_for()
    Hold.objects.filter(pk__in=[hold.pk for hold in own]).update(
        expires_at=expires_at, is_prolonged=True
    )
    return Hold.objects.get(pk=own[0].pk)


@transaction.atomic
def release_hold(hold_id: UUID | None, *, by: Membership) -> int:
    """Give back the hold, if it is still the person's; returns the leaves freed."""
    own = [hold.pk for hold in _locked_own(by)]
    if hold_id not in own:
        return 0
    with letting_go(own):
        return int(Hold.objects.filter(pk__in=own).delete()[0])


def forget_old_holds() -> int:
    """Those that ended long ago and nobody came across."""
    ended = timezone.now() - FORGOTTEN_AFTER
    return int(Hold.objects.filter(expires_at__lt=ended).delete()[0])


def _locked_own(by: Membership) -> Collection[Hold]:
    """The person's hold in force, under the locks of the person and the leaves."""
    Person.objects.locked().get(pk=by.person_id)
    own = Hold.objects.of(by.person_id)
    lock_leaves(leaves_around(own.values_list("space_id", flat=True)))
    return list(own.in_force().order_by("space_id"))


def _standing(own: Collection[Hold], leaf_ids: Collection[UUID], span: Span) -> Hold | None:
    """The hold of just this slot, while it stands."""
    same = [
        hold
        for hold in own
        if (hold.starts_at, hold.ends_at) == (span.starts_at, span.ends_at)
        and hold.expires_at > timezone.now()
    ]
    return same[0] if [hold.space_id for hold in same] == list(leaf_ids) else None


def _hold(leaf_id: UUID, span: Span, by: Membership, expires_at: datetime) -> Hold:
    return Hold(
        space_id=leaf_id,
        person_id=by.person_id,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        expires_at=expires_at,
    )

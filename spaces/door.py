"""A space as it is seen from its door: in use or free, what comes next, what one can do now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import segno
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from district.actors import Actor
from district.templatetags.look import clock, moment
from spaces import permissions
from spaces.actions.check_in import next_end
from spaces.actions.occupancy import Span, in_the_way, leaves_of
from spaces.actions.strikes import barred_until
from spaces.models import (
    Booking,
    BookingRules,
    BookingStatus,
    Hold,
    Occupancy,
    OccupancyKind,
    Space,
    Strike,
)
from spaces.plan import is_seat
from spaces.rules import broken_rules, is_open_now, length_of_step, needs_approval, step_begun

AHEAD: Final = timedelta(hours=24)
SHOWN_NEXT: Final = 3
SHOWN_ENDS: Final = 4
SHORTEST: Final = timedelta(minutes=10)
OUT: Final = frozenset({OccupancyKind.MAINTENANCE, OccupancyKind.BLOCKING})


@dataclass(frozen=True)
class Use:
    """A booking, and what the actor can do with it at this moment."""

    booking: Booking
    can_check_in: bool
    can_end: bool
    longer: datetime | None
    can_mark_no_show: bool

    def __bool__(self) -> bool:
        return self.can_check_in or self.can_end or self.longer is not None


@dataclass(frozen=True)
class Taken:
    """A time that is taken; the booking only for those who may see whose it is."""

    starts_at: datetime
    ends_at: datetime
    kind: str
    booking: Booking | None


@dataclass(frozen=True)
class Door:
    """`state` is free, wait (booked, nobody has come yet), busy, stop (out of use) or shut."""

    space: Space
    state: str
    until: datetime | None
    released_at: datetime | None
    coming: Sequence[Taken]
    uses: Sequence[Use]
    ends: Sequence[datetime]
    barred: datetime | None

    @property
    def until_said(self) -> str:
        """The hour alone while it is of today."""
        if self.until is None:
            return ""
        is_today = timezone.localtime(self.until).date() == timezone.localdate()
        return clock(self.until) if is_today else moment(self.until)


def use_of(booking: Booking, actor: Actor, now: datetime) -> Use:
    """Two queries while it runs, none otherwise."""
    may = permissions.can_attend(actor, booking)
    running = booking.is_running(now)
    begun = booking.starts_at < now < booking.ends_at
    waits = booking.status == BookingStatus.CONFIRMED and begun
    return Use(
        booking,
        can_check_in=may and booking.asks_for_check_in and booking.can_be_checked_in(now),
        can_end=may and running and begun,
        longer=next_end(booking, by=actor) if may and running else None,
        can_mark_no_show=waits and permissions.can_decide(actor, booking),
    )


def offers_of(booking: Booking, actor: Actor, now: datetime) -> dict[str, Any]:
    """What the page of a booking offers while it is in use, and afterwards."""
    strike = None
    if booking.status == BookingStatus.NO_SHOW:
        strikes = Strike.objects.filter(booking=booking).select_related("pardoned_by__person")
        strike = strikes.first()
        if strike is not None:
            strike.booking = booking
    return {
        "use": use_of(booking, actor, now),
        "strike": strike,
        "strike_counts": strike is not None and strike.counts(now),
        "can_pardon": strike is not None
        and strike.pardoned_at is None
        and permissions.can_pardon(actor, strike),
    }


def seen_from_door(space: Space, actor: Actor | None, zone: ZoneInfo, now: datetime) -> Door:
    """The same few queries whoever looks; nobody is named to those who may not know."""
    claims = _claims(leaves_of(space.pk), now)
    bookings = Booking.objects.select_related(
        "space__building", "organization", "person", "rules"
    ).in_bulk([claim.source_id for claim in claims])
    running = [claim for claim in claims if claim.starts_at <= now]
    coming = [claim for claim in claims if claim.starts_at > now]
    state = _state(space, running, bookings, now)
    uses = _uses(claims, bookings, actor, now)
    mine = {use.booking.pk for use in uses}
    waiting = [row for claim in running if (row := bookings.get(claim.source_id))]
    barred = barred_until(space.rules, actor, now) if actor and space.rules else None
    return Door(
        space,
        state,
        until=_until(state, running, coming),
        released_at=min((row.check_in_until for row in waiting), default=None),
        coming=[
            _taken(claim, bookings, actor)
            for claim in coming[:SHOWN_NEXT]
            if claim.source_id not in mine
        ],
        uses=uses,
        ends=_ends(space, actor, zone, now) if state == "free" and not barred else [],
        barred=barred,
    )


def _claims(leaf_ids: Sequence[UUID], now: datetime) -> list[Occupancy]:
    """What takes any of the leaves within a day, one row for each source."""
    rows = Occupancy.objects.filter(
        space_id__in=leaf_ids, ends_at__gt=now, starts_at__lt=now + AHEAD
    ).order_by("starts_at", "id")
    single: dict[tuple[UUID, datetime], Occupancy] = {}
    for row in rows:
        single.setdefault((row.source_id, row.starts_at), row)
    return list(single.values())


def _state(
    space: Space, running: Sequence[Occupancy], bookings: dict[UUID, Booking], now: datetime
) -> str:
    if any(claim.kind in OUT for claim in running):
        return "stop"
    if running:
        found = [bookings.get(claim.source_id) for claim in running]
        waits = all(
            row and row.status == BookingStatus.CONFIRMED and row.asks_for_check_in for row in found
        )
        return "wait" if waits else "busy"
    return "free" if is_open_now(space.rules, now, space.district.zone) else "shut"


def _until(
    state: str, running: Sequence[Occupancy], coming: Sequence[Occupancy]
) -> datetime | None:
    if running:
        return max(claim.ends_at for claim in running)
    return coming[0].starts_at if coming and state == "free" else None


def _taken(claim: Occupancy, bookings: dict[UUID, Booking], actor: Actor | None) -> Taken:
    booking = bookings.get(claim.source_id)
    shown = booking if booking and _may_know(actor, booking) else None
    if booking is None:
        return Taken(claim.starts_at, claim.ends_at, claim.get_kind_display(), None)
    return Taken(booking.starts_at, booking.ends_at, claim.get_kind_display(), shown)


def _may_know(actor: Actor | None, booking: Booking) -> bool:
    return actor is not None and permissions.can_attend(actor, booking)


def _uses(
    claims: Sequence[Occupancy],
    bookings: dict[UUID, Booking],
    actor: Actor | None,
    now: datetime,
) -> list[Use]:
    """Bookings of the actor, or for staff of anybody, that run or can be checked in by now."""
    if actor is None:
        return []
    rows = {row.pk: row for claim in claims if (row := bookings.get(claim.source_id))}
    return [
        use_of(row, actor, now)
        for row in rows.values()
        if row.check_in_from <= now < row.ends_at and _may_know(actor, row)
    ]


def _ends(space: Space, actor: Actor | None, zone: ZoneInfo, now: datetime) -> list[datetime]:
    """Until when one could use it from now on: steps of half an hour that nothing stands against.

    Seats of an area are booked in the finder, where one says how many.
    """
    rules = space.rules
    if actor is None or rules is None or not permissions.can_book(actor, space):
        return []
    if is_seat(space) or space.children.filter(capacity=1, ended_at=None).exists():
        return []
    until = _free_until(space, rules, now)
    begun = step_begun(rules, now, zone)
    tried = [begun + length_of_step(rules) * n for n in range(1, SHOWN_ENDS + 1)]
    return [
        end
        for end in tried
        if end - now >= SHORTEST and end <= until and _is_allowed(rules, begun, end, actor, zone)
    ]


def _is_allowed(
    rules: BookingRules, begun: datetime, end: datetime, actor: Actor, zone: ZoneInfo
) -> bool:
    if permissions.is_staff(actor):
        return True
    if needs_approval(rules, 1):
        return False
    return not broken_rules(rules, begun, end, zone=zone, now=begun)


def _free_until(space: Space, rules: BookingRules, now: datetime) -> datetime:
    """When the next claim or hold wants it back, with clean-up before it; set-up counts as now."""
    leaf_ids = leaves_of(space.pk)
    span = Span(now - timedelta(minutes=rules.setup_minutes), now + AHEAD)
    held = Hold.objects.filter(
        Q(expires_at__gt=now), space_id__in=leaf_ids, ends_at__gt=now, starts_at__lt=span.ends_at
    )
    starts = [claim.starts_at for claim in in_the_way(leaf_ids, span)]
    starts += held.values_list("starts_at", flat=True)
    return min(starts, default=span.ends_at) - timedelta(minutes=rules.cleanup_minutes)


@dataclass(frozen=True)
class Sign:
    """What is printed and put up at a door."""

    space: Space
    url: str

    @property
    def qr(self) -> SafeString:
        drawing = segno.make(self.url, error="m").svg_inline(border=0, omitsize=True)
        return mark_safe(drawing)  # noqa: S308 - made of a code of ours


def sign_of(space: Space) -> Sign:
    """Within a request, whose prefix names the district."""
    return Sign(space, f"{settings.BASE_URL}{reverse('door', args=[space.door_code])}")

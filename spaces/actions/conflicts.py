"""What stands in the way of a span, by name, and where it could go instead."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from district.actors import Actor
from spaces.actions.occupancy import Span
from spaces.actions.search import Need, find_free
from spaces.models import (
    Blocking,
    Booking,
    BookingStatus,
    Occupancy,
    OccupancyKind,
    Space,
    SpaceLeaf,
)
from spaces.rules import is_open
from spaces.similar import closeness

TRIED = 40


@dataclass(frozen=True)
class Touched:
    """A booking in the way, and a similar space that is free at its time."""

    booking: Booking
    proposal: Space | None


@dataclass(frozen=True)
class Breaks:
    """All that a closing touches: bookings to decide about, and what cannot be moved from here."""

    touched: Sequence[Touched]
    fixed: Sequence[Occupancy]
    in_use: Sequence[Booking]

    @property
    def is_possible(self) -> bool:
        return not self.fixed and not self.in_use


def leaves_under(space_ids: Collection[UUID]) -> set[UUID]:
    return set(SpaceLeaf.objects.filter(space_id__in=space_ids).values_list("leaf_id", flat=True))


def bookings_on(leaf_ids: Collection[UUID], span: Span) -> list[Booking]:
    """Bookings that claim any of the leaves in the span, or ask for it without a claim yet."""
    claims = Occupancy.objects.filter(
        space_id__in=leaf_ids,
        kind=OccupancyKind.BOOKING,
        ends_at__gt=span.starts_at,
        starts_at__lt=span.ends_at,
    )
    holders = SpaceLeaf.objects.filter(leaf_id__in=leaf_ids).values("space_id")
    waiting = Q(
        status=BookingStatus.REQUESTED,
        rules__holds_when_requested=False,
        space_id__in=holders,
        ends_at__gt=span.starts_at,
        starts_at__lt=span.ends_at,
    )
    return list(
        Booking.objects.filter(Q(pk__in=claims.values("source_id")) | waiting)
        .select_related("space__building", "space__floor", "organization", "person", "rules")
        .order_by("starts_at", "id")
    )


def what_breaks(
    spaces: Sequence[Space], span: Span, *, by: Actor, blocking_id: UUID | None = None
) -> Breaks:
    """What closing the spaces for the span would touch; `blocking_id` is the closing itself."""
    leaf_ids = leaves_under([space.pk for space in spaces])
    rows = bookings_on(leaf_ids, span)
    movable = [row for row in rows if row.can_move_to(BookingStatus.CANCELLED)]
    others = (
        Occupancy.objects.filter(
            space_id__in=leaf_ids, ends_at__gt=span.starts_at, starts_at__lt=span.ends_at
        )
        .exclude(kind=OccupancyKind.BOOKING)
        .select_related("space__building", "space__floor")
        .order_by("starts_at", "id")
    )
    if blocking_id is not None:
        others = others.exclude(source_id=blocking_id)
    proposals = propose(movable, avoiding=leaf_ids, by=by)
    return Breaks(
        touched=[Touched(row, proposals.get(row.pk)) for row in movable],
        fixed=list(others),
        in_use=[row for row in rows if row.status == BookingStatus.CHECKED_IN],
    )


def propose(
    bookings: Sequence[Booking], *, avoiding: Collection[UUID], by: Actor
) -> Mapping[UUID, Space]:
    """For each booking a space like its own that is free and open then, none of them twice."""
    found: dict[UUID, Space] = {}
    given: dict[UUID, list[Span]] = defaultdict(list)
    holders = defaultdict(set)
    for space_id, leaf_id in SpaceLeaf.objects.values_list("space_id", "leaf_id"):
        holders[space_id].add(leaf_id)
    for booking in bookings:
        span = claimed_span(booking)
        for space in _similar(booking, by):
            leaves = holders[space.pk]
            taken = any(span.overlaps(other) for leaf in leaves for other in given[leaf])
            if taken or leaves & set(avoiding):
                continue
            found[booking.pk] = space
            for leaf in leaves:
                given[leaf].append(span)
            break
    return found


def claimed_span(booking: Booking) -> Span:
    claimed = booking.claimed
    return Span(claimed.lower, claimed.upper)


def _similar(booking: Booking, by: Actor) -> list[Space]:
    """Free spaces for as many people, the most like its own first."""
    zone = booking.district.zone
    need = Need(booking.starts_at, booking.ends_at, booking.attendee_count)
    spaces = [
        item.space
        for item in find_free(need, by=by, zone=zone, limit=TRIED)
        if item.space.rules and is_open(item.space.rules, need.starts_at, need.ends_at, zone)
    ]
    return sorted(spaces, key=lambda space: closeness(booking.space, space))


def named(space: Space, span: Span) -> list[tuple[str, Booking | Blocking | None, Occupancy]]:
    """The claims that overlap a span of a space, each with what it stands for."""
    claims = list(
        Occupancy.objects.filter(
            space_id__in=leaves_under([space.pk]),
            ends_at__gt=span.starts_at,
            starts_at__lt=span.ends_at,
        ).order_by("starts_at", "id")
    )
    once = {claim.source_id: claim for claim in reversed(claims)}
    bookings = Booking.objects.select_related("organization", "space").in_bulk(once)
    blockings = Blocking.objects.in_bulk(once)
    return [
        (claim.kind, bookings.get(source) or blockings.get(source), claim)
        for source, claim in sorted(once.items(), key=lambda item: item[1].starts_at)
    ]


def buffered(space: Space, span: Span) -> Span:
    """What a use of the space would claim: the span with set-up and clean-up."""
    rules = space.rules
    if rules is None:
        return span
    return Span(
        span.starts_at - timedelta(minutes=rules.setup_minutes),
        span.ends_at + timedelta(minutes=rules.cleanup_minutes),
    )

"""Bookings decided elsewhere and brought in: one claim each, however many parties share it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from district.activity import record
from district.actors import Actor
from district.numbers import short_code
from district.rules import RuleViolation
from district.tenancy.models import uuid7
from spaces.actions import occupancy
from spaces.actions.occupancy import Claim, Span
from spaces.actions.wanted import freeing
from spaces.models import (
    Booking,
    BookingParty,
    BookingRules,
    BookingSource,
    BookingStatus,
    Occupancy,
    OccupancyKind,
    Space,
    SpaceLeaf,
)
from spaces.rules import resolve, stored

TITLE_LENGTH = 160


@dataclass(eq=False)
class Shared:
    """One use of a space by one or more parties (label, starts_at, ends_at)."""

    external_id: str
    space: Space
    starts_at: datetime
    ends_at: datetime
    parties: Sequence[tuple[str, datetime, datetime]]
    id: UUID = field(default_factory=uuid7)
    booking: Booking | None = None

    @property
    def title(self) -> str:
        return " · ".join(dict.fromkeys(label for label, _from, _to in self.parties))[:TITLE_LENGTH]

    @property
    def source_id(self) -> UUID:
        return self.booking.pk if self.booking else self.id

    def is_the_same(self, booking: Booking) -> bool:
        parties = {(row.label, row.starts_at, row.ends_at) for row in booking.parties.all()}
        return (booking.space_id, booking.starts_at, booking.ends_at, parties) == (
            self.space.pk,
            self.starts_at,
            self.ends_at,
            set(self.parties),
        )


def bookings_in_the_way(uses: Sequence[Shared]) -> list[Shared]:
    """Those of the uses that something else has claimed already, in two queries."""
    if not uses:
        return []
    leaves = _leaves(uses)
    claims = Occupancy.objects.filter(
        space_id__in={leaf for under in leaves.values() for leaf in under},
        ends_at__gt=min(use.starts_at for use in uses),
        starts_at__lt=max(use.ends_at for use in uses),
    )
    taken: dict[UUID, list[tuple[Span, UUID]]] = {}
    for row in claims.only("space_id", "starts_at", "ends_at", "source_id", "district_id"):
        entry = (Span(row.starts_at, row.ends_at), row.source_id)
        taken.setdefault(row.space_id, []).append(entry)
    return [
        use
        for use in uses
        if any(
            span.overlaps(Span(use.starts_at, use.ends_at)) and source_id != use.source_id
            for leaf in leaves[use.space.pk]
            for span, source_id in taken.get(leaf, ())
        )
    ]


@transaction.atomic
def keep_shared(uses: Sequence[Shared], *, by: Actor) -> Sequence[Booking]:
    """Book all of these, or move those that have a `booking`, as confirmed elsewhere.

    No rule is asked and no time added for set-up: what comes in has been decided. Raises
    RuleViolation("occupancy_no_overlap") when another claim came first, "status_not_allowed" when
    a booking was cancelled meanwhile.
    """
    moved = _locked(uses)
    leaves = _leaves(uses)
    old = Occupancy.objects.filter(source_id__in=moved).values_list("space_id", flat=True)
    new = {leaf for under in leaves.values() for leaf in under}
    occupancy.lock_leaves(new | occupancy.leaves_around(old))
    with freeing(moved):
        bookings = _written(uses, moved, leaves)
    for use, booking in zip(uses, bookings, strict=True):
        _record("booking.rescheduled" if use.booking else "booking.confirmed", booking, by)
    return bookings


def _written(
    uses: Sequence[Shared], moved: Collection[UUID], leaves: Mapping[UUID, Sequence[UUID]]
) -> list[Booking]:
    """The bookings as they are to be, with their parties and claims."""
    Occupancy.objects.filter(source_id__in=moved).delete()
    BookingParty.objects.filter(booking_id__in=moved).delete()
    rules = stored(resolve([]))
    bookings = [_booking(use, rules) for use in uses]
    Booking.objects.bulk_create([row for row in bookings if row._state.adding])
    for row in bookings:
        if row.pk in moved:
            row.save(update_fields=["space", "starts_at", "ends_at", "title"])
    BookingParty.objects.bulk_create(
        BookingParty(booking_id=use.source_id, label=label, starts_at=starts_at, ends_at=ends_at)
        for use in uses
        for label, starts_at, ends_at in use.parties
    )
    occupancy.claim_many(
        [
            Claim(leaf, Span(use.starts_at, use.ends_at), OccupancyKind.BOOKING, use.source_id)
            for use in uses
            for leaf in leaves[use.space.pk]
        ]
    )
    return bookings


def _locked(uses: Sequence[Shared]) -> list[UUID]:
    """The bookings that are to move, before any leaf is locked, as everywhere."""
    ids = [use.booking.pk for use in uses if use.booking]
    rows = Booking.objects.locked().filter(pk__in=ids).order_by("pk")
    if BookingStatus.CANCELLED in list(rows.values_list("status", flat=True)):
        raise RuleViolation("status_not_allowed", _("This booking can no longer be moved."))
    return ids


def _booking(use: Shared, rules: BookingRules) -> Booking:
    booking = use.booking or Booking(
        id=use.id,
        number=short_code("BK"),
        rules=rules,
        currency=use.space.district.currency,
        source=BookingSource.IMPORT,
        status=BookingStatus.CONFIRMED,
        external_id=use.external_id,
    )
    booking.space, booking.title = use.space, use.title
    booking.starts_at, booking.ends_at = use.starts_at, use.ends_at
    return booking


def _leaves(uses: Collection[Shared]) -> dict[UUID, list[UUID]]:
    leaves: dict[UUID, list[UUID]] = {use.space.pk: [] for use in uses}
    rows = SpaceLeaf.objects.filter(space_id__in=leaves).values_list("space_id", "leaf_id")
    for space_id, leaf_id in rows:
        leaves[space_id].append(leaf_id)
    return leaves


def _record(verb: str, booking: Booking, by: Actor) -> None:
    data: dict[str, Any] = {
        "space": str(booking.space_id),
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
    }
    record(verb, subject=booking, by=by, data=data)

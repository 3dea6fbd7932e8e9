"""The occupancy ledger: the only place that writes who has which leaf when.

Every function locks the leaves it touches first, in id order, and lets the exclusion constraint be
the judge. Both are needed: the constraint alone deadlocks when two claims cross, the lock alone
would trust every future writer to take it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Func, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from district.rules import RuleViolation
from district.tenancy.scope import current_district_id
from spaces.actions.held import HELD, held, overlapping
from spaces.actions.held import Span as Span
from spaces.actions.wanted import freeing
from spaces.models import Booking, Occupancy, OccupancyKind, Space, SpaceLeaf

EXCLUSION: Final = "occupancy_no_overlap"
CONFLICTS: Final = frozenset({EXCLUSION, HELD})
TAKEN: Final = _("This time is already taken.")


def span_of(booking: Booking) -> Span:
    """What a booking claims on its leaves: the use with its set-up and clean-up."""
    claimed = booking.claimed
    return Span(claimed.lower, claimed.upper)


def leaves_of(space_id: UUID) -> list[UUID]:
    """The leaves a space stands for, in id order; a leaf stands for itself."""
    return list(
        SpaceLeaf.objects.filter(space_id=space_id)
        .order_by("leaf_id")
        .values_list("leaf_id", flat=True)
    )


def leaves_of_each(space_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[UUID]]:
    """The leaves that each of several spaces stands for, in id order."""
    found: dict[UUID, list[UUID]] = {}
    for space_id, leaf_id in (
        SpaceLeaf.objects.filter(space_id__in=space_ids)
        .order_by("leaf_id")
        .values_list("space_id", "leaf_id")
    ):
        found.setdefault(space_id, []).append(leaf_id)
    return found


# One row per leaf, locked in id order; another's lock is waited for.
LOCK_OF_SPACE: Final = """
SELECT leaf.id, leaf.is_leaf AND leaf.ended_at IS NULL
FROM spaces_spaceleaf part
JOIN spaces_space leaf ON leaf.district_id = part.district_id AND leaf.id = part.leaf_id
WHERE part.district_id = %(district)s AND part.space_id = %(space)s
ORDER BY leaf.id
FOR NO KEY UPDATE OF leaf
"""

# What is true of each leaf once it is locked. Claims of a leaf never overlap, so the first that
# ends after the span begins is also the first to begin.
STATE_OF_SPACE: Final = """
SELECT part.leaf_id,
  EXISTS (
    SELECT 1 FROM spaces_hold hold
    WHERE hold.district_id = part.district_id AND hold.space_id = part.leaf_id
      AND hold.ends_at > %(starts_at)s AND hold.starts_at < %(ends_at)s
  ),
  (
    SELECT claim.starts_at FROM spaces_occupancy claim
    WHERE claim.district_id = part.district_id AND claim.space_id = part.leaf_id
      AND claim.ends_at > %(starts_at)s
    ORDER BY claim.ends_at LIMIT 1
  ) < %(ends_at)s
FROM spaces_spaceleaf part
WHERE part.district_id = %(district)s AND part.space_id = %(space)s
ORDER BY part.leaf_id
"""


def lock_leaves_of(space_id: UUID) -> list[UUID]:
    """`leaves_of`, and queue behind whoever is writing to them, in one statement.

    Raises RuleViolation("space_changed") where one has ended or there is none.
    """
    rows = _rows(LOCK_OF_SPACE, space=space_id)
    if not rows or not all(in_force for _leaf_id, in_force in rows):
        raise _changed()
    return [leaf_id for leaf_id, _in_force in rows]


def lock_leaves(leaf_ids: Iterable[UUID]) -> None:
    """Queue behind whoever is writing to these leaves. Raises RuleViolation("space_changed").

    `no key update` leaves the foreign keys of other tables alone.
    """
    wanted = sorted(set(leaf_ids))
    locked = (
        Space.objects.locked()
        .filter(pk__in=wanted, is_leaf=True, ended_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if list(locked) != wanted:
        raise _changed()


def claim(
    space: Space,
    span: Span,
    *,
    kind: OccupancyKind,
    source_id: UUID,
    person_id: UUID | None = None,
) -> Sequence[Occupancy]:
    """Claim every leaf of the space for the span, in the name of `source_id`.

    Three statements: lock, look, insert. Nothing is written before the last refusal, so that the
    scope's transaction is all it needs. Expired holds in the way are swept; the person's own are
    used up. Raises RuleViolation ("occupancy_no_overlap") whose `details` list the claims in the
    way as {"kind", "source_id", "starts_at", "ends_at", "space_id"}, or ("occupancy_held").
    """
    leaf_ids = lock_leaves_of(space.pk)
    require_free(leaf_ids, space, span, person_id)
    return _insert(leaf_ids, span, kind, source_id)


@transaction.atomic
def claim_seats(
    area: Space, count: int, span: Span, *, source_id: UUID, person_id: UUID | None = None
) -> Sequence[Occupancy]:
    """Claim as many seats of an area as wanted, whichever are free; all of the wish or nothing.

    A seat is a leaf for one. Raises RuleViolation("occupancy_seats") with the number of free ones
    in its `details`.
    """
    leaf_ids = lock_leaves_of(area.pk)
    taken = {row.space_id for row in in_the_way(leaf_ids, span)}
    holds = overlapping(leaf_ids, span).in_force().against(person_id)
    taken |= set(holds.values_list("space_id", flat=True))
    seats = Space.objects.filter(pk__in=leaf_ids, capacity=1, bookable=True).order_by("code")
    free = [seat for seat in seats.values_list("pk", flat=True) if seat not in taken]
    if len(free) < count:
        raise too_few_seats(len(free))
    return _insert(free[:count], span, OccupancyKind.BOOKING, source_id)


@transaction.atomic
def move_seats(
    area: Space, count: int, span: Span, *, source_id: UUID, person_id: UUID | None = None
) -> Sequence[Occupancy]:
    """Give back what the source holds and claim seats instead, as one step."""
    old = Occupancy.objects.filter(source_id=source_id)
    lock_leaves({*leaves_of(area.pk), *leaves_around(old.values_list("space_id", flat=True))})
    with freeing([source_id]):
        old.delete()
        return claim_seats(area, count, span, source_id=source_id, person_id=person_id)


@dataclass(frozen=True)
class Claim:
    """One leaf for one span, in the name of a source."""

    leaf_id: UUID
    span: Span
    kind: OccupancyKind
    source_id: UUID


@transaction.atomic
def claim_many(claims: Sequence[Claim]) -> int:
    """Claim all or nothing, as imports and runs do; returns the rows written.

    Holds are not asked: what comes in bulk has been decided elsewhere. Raises RuleViolation
    ("occupancy_no_overlap") for the first that collides.
    """
    lock_leaves(claim.leaf_id for claim in claims)
    rows = [_row(item.leaf_id, item.span, item.kind, item.source_id) for item in claims]
    try:
        with transaction.atomic():
            return len(Occupancy.objects.bulk_create(rows, batch_size=1000))
    except IntegrityError as error:
        if EXCLUSION not in str(error):
            raise
        raise RuleViolation(EXCLUSION, TAKEN) from error


def release(source_id: UUID, *, from_at: datetime | None = None) -> int:
    """Give back what a source holds, or only what lies after `from_at`; returns the rows freed."""
    return release_each([source_id], from_at=from_at)


@transaction.atomic
def release_each(source_ids: Sequence[UUID], *, from_at: datetime | None = None) -> int:
    """`release` for several sources, in the same few statements."""
    claims = Occupancy.objects.filter(source_id__in=source_ids)
    lock_leaves(leaves_around(claims.values_list("space_id", flat=True)))
    with freeing(source_ids):
        if from_at is None:
            return claims.delete()[0]
        freed = claims.filter(starts_at__gte=from_at).delete()[0]
        return freed + _ending(claims.filter(ends_at__gt=from_at), from_at)


@transaction.atomic
def extend(source_id: UUID, until: datetime, *, person_id: UUID | None = None) -> int:
    """Let what a source holds last longer, on the same leaves; returns the rows changed.

    Raises RuleViolation ("occupancy_no_overlap") with what is in the way, as `claim` does,
    ("occupancy_held"), or ("space_changed") where it holds nothing any more.
    """
    claims = Occupancy.objects.filter(source_id=source_id)
    leaf_ids = sorted(claims.values_list("space_id", flat=True))
    lock_leaves(leaf_ids)
    latest = claims.order_by("-ends_at").first()
    if latest is None:
        raise _changed()
    more = Span(latest.ends_at, until)
    if found := in_the_way(leaf_ids, more):
        raise RuleViolation(
            EXCLUSION, TAKEN, details={"in_the_way": [_described(row) for row in found]}
        )
    if in_force := list(overlapping(leaf_ids, more).in_force().against(person_id)):
        raise held(in_force)
    overlapping(leaf_ids, more).delete()
    return _ending(claims, until)


def _ending(claims: QuerySet[Occupancy], at: datetime) -> int:
    """Give all of them the same end, in one statement."""
    during = Func(F("starts_at"), Value(at), Value("[)"), function="tstzrange")
    return claims.update(ends_at=at, during=during)


@transaction.atomic
def move(
    space: Space, span: Span, *, kind: OccupancyKind, source_id: UUID, person_id: UUID | None = None
) -> Sequence[Occupancy]:
    """Give back what the source holds and claim this instead, as one step.

    Locks old and new leaves together, so that two moves that swap places cannot deadlock.
    """
    old = Occupancy.objects.filter(source_id=source_id)
    leaf_ids = leaves_of(space.pk)
    lock_leaves({*leaf_ids, *leaves_around(old.values_list("space_id", flat=True))})
    with freeing([source_id]):
        old.delete()
        require_free(leaf_ids, space, span, person_id)
        return _insert(leaf_ids, span, kind, source_id)


def in_the_way(leaf_ids: Iterable[UUID], span: Span) -> list[Occupancy]:
    """The claims that overlap a span on any of the leaves, by start."""
    return list(
        Occupancy.objects.filter(
            space_id__in=list(leaf_ids), ends_at__gt=span.starts_at, starts_at__lt=span.ends_at
        ).order_by("starts_at", "id")
    )


def too_few_seats(free: int) -> RuleViolation:
    return RuleViolation(
        "occupancy_seats",
        ngettext_lazy(
            "Only %(n)d seat is free at that time.", "Only %(n)d seats are free at that time.", free
        )
        % {"n": free},
        details={"free": free},
    )


def refusal_of(space: Space, span: Span, person_id: UUID | None) -> RuleViolation | None:
    """Why a claim of the space would be refused now; None where it is free. Nothing is locked."""
    try:
        _has_holds(leaves_of(space.pk), space, span, person_id)
    except RuleViolation as refusal:
        return refusal
    return None


def require_free(
    leaf_ids: Sequence[UUID], space: Space, span: Span, person_id: UUID | None
) -> None:
    """Look again under the lock: parts may have come or gone, the time been taken, while we waited.

    A new statement sees what was committed meanwhile, so the constraint has nothing left to refuse
    as long as every writer takes the lock. Holds that do not count are swept.
    """
    if _has_holds(leaf_ids, space, span, person_id):
        overlapping(leaf_ids, span).delete()


def _has_holds(leaf_ids: Sequence[UUID], space: Space, span: Span, person_id: UUID | None) -> bool:
    """Whether holds lie there, none of which counts. Raises RuleViolation where it is not free."""
    rows = _rows(STATE_OF_SPACE, space=space.pk, starts_at=span.starts_at, ends_at=span.ends_at)
    if not leaf_ids or [leaf_id for leaf_id, _held, _taken in rows] != list(leaf_ids):
        raise _changed()
    if any(taken for _leaf_id, _held, taken in rows):
        raise RuleViolation(
            EXCLUSION,
            TAKEN,
            details={"in_the_way": [_described(row) for row in in_the_way(leaf_ids, span)]},
        )
    if not any(held for _leaf_id, held, _taken in rows):
        return False
    if in_force := list(overlapping(leaf_ids, span).in_force().against(person_id)):
        raise held(in_force)
    return True


def _insert(
    leaf_ids: Sequence[UUID], span: Span, kind: OccupancyKind, source_id: UUID
) -> Sequence[Occupancy]:
    rows = [_row(leaf_id, span, kind, source_id) for leaf_id in leaf_ids]
    try:
        return Occupancy.objects.bulk_create(rows)
    except IntegrityError as error:
        if EXCLUSION not in str(error):
            raise
        raise RuleViolation(EXCLUSION, TAKEN) from error


def _rows(statement: str, **values: UUID | datetime) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "district": current_district_id()})
        return cursor.fetchall()


def _changed() -> RuleViolation:
    return RuleViolation(
        "space_changed", _("The space was changed or closed. Please look at it again.")
    )


def _row(leaf_id: UUID, span: Span, kind: OccupancyKind, source_id: UUID) -> Occupancy:
    return Occupancy(
        space_id=leaf_id,
        during=span.range(),
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        kind=kind,
        source_id=source_id,
    )


def _described(row: Occupancy) -> dict[str, object]:
    return {
        "kind": row.kind,
        "source_id": row.source_id,
        "space_id": row.space_id,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
    }


def leaves_around(leaf_ids: Iterable[UUID]) -> set[UUID]:
    """The leaves in force that share a space with any of these, and so a waitlist."""
    sharing = SpaceLeaf.objects.filter(leaf_id__in=list(leaf_ids)).values("space_id")
    found = SpaceLeaf.objects.filter(space_id__in=sharing, leaf__is_leaf=True, leaf__ended_at=None)
    return set(found.values_list("leaf_id", flat=True))

"""Buildings, floors and spaces: made, changed, split, merged, ended.

The tree of spaces and its closure (SpaceLeaf) change here and nowhere else. Whoever changes which
leaves a space stands for locks those leaves first, in id order, like every writer of the ledger.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import changes_of, record
from district.actors import Actor
from district.geometry import centre
from district.rules import RuleViolation, Text
from spaces.actions.closure import (
    Claim,
    become_leaf,
    copied_hold,
    covering_claims,
    enter_closure,
    family,
    line_up,
    retire,
    stop_being_leaf,
)
from spaces.actions.occupancy import leaves_of, lock_leaves
from spaces.actions.policies import apply_policies
from spaces.models import (
    Booking,
    Building,
    Floor,
    Hold,
    Occupancy,
    Space,
    SpaceLeaf,
    SpaceVersion,
)

SHOWN_CHANGES: Final = ("area_m2", "capacity", "function", "bookable")
VERSIONED: Final = ("code", "name_zh", "name_en", "area_m2", "capacity", "function")
SHOWN_IN_THE_WAY: Final = 20


@transaction.atomic
def save_building(building: Building, *, by: Actor) -> Building:
    """Create or change a building; where no point is given it is the middle of the outline."""
    is_new = building._state.adding
    if building.geometry and building.longitude is None:
        building.longitude, building.latitude = centre(building.geometry)
    building.save()
    record("building.created" if is_new else "building.changed", subject=building, by=by)
    return building


@transaction.atomic
def end_building(building: Building, *, by: Actor) -> Building:
    """Close a building for good. Raises RuleViolation("building_in_use") while spaces remain."""
    building = Building.objects.locked().get(pk=building.pk)
    if (
        Space.objects.current().filter(building=building).exists()
        or building.parts.filter(ended_at=None).exists()
    ):
        raise RuleViolation(
            "building_in_use", _("End the spaces and the parts of this building first.")
        )
    building.ended_at = timezone.now()
    building.save(update_fields=["ended_at"])
    record("building.ended", subject=building, by=by)
    return building


@transaction.atomic
def add_floor(floor: Floor, *, by: Actor) -> Floor:
    floor.save()
    record("floor.created", subject=floor, by=by, data={"level": floor.level})
    return floor


@transaction.atomic
def create_space(space: Space, *, by: Actor) -> Space:
    """Add a space, under a parent or not. Under a leaf it takes over the leaf's claims."""
    if space.parent is None:
        _require_open(space.building)
        _insert(space)
        SpaceLeaf.objects.create(space=space, leaf=space)
    else:
        space.building, space.floor = space.parent.building, space.parent.floor
        _add_leaves(space.parent, [space])
    apply_policies(space.building_id)
    record("space.created", subject=space, by=by)
    return space


@transaction.atomic
def change_space(space: Space, *, by: Actor) -> Space:
    """Save the changed fields; what it was called and measured before is kept with its date."""
    before = Space.objects.locked().get(pk=space.pk)
    if any(getattr(before, name) != getattr(space, name) for name in VERSIONED):
        SpaceVersion.objects.create(
            space=before,
            until=timezone.now(),
            **{name: getattr(before, name) for name in VERSIONED},
        )
    space.is_leaf, space.ended_at = before.is_leaf, before.ended_at
    changes = changes_of(space, SHOWN_CHANGES)
    space.save()
    apply_policies(space.building_id)
    record("space.changed", subject=space, by=by, data={"changes": changes} if changes else {})
    return space


@transaction.atomic
def end_space(space: Space, *, by: Actor) -> Space:
    """Take a space and all under it out of use for good.

    Raises RuleViolation("space_in_use") while it is claimed now or later; `details` list the
    claims in the way.
    """
    leaf_ids = leaves_of(space.pk)
    lock_leaves(leaf_ids)
    under = family(space)
    _refuse_use(under, leaf_ids, _("This space is still in use or booked. Move these first."))
    now = timezone.now()
    Space.objects.filter(pk__in=under).update(ended_at=now)
    SpaceLeaf.objects.filter(leaf_id__in=leaf_ids).exclude(space_id__in=under).delete()
    if (
        space.parent is not None
        and not Space.objects.current().filter(parent=space.parent).exists()
    ):
        become_leaf(space.parent)
    record("space.ended", subject=space, by=by)
    return Space.objects.get(pk=space.pk)


@dataclass(frozen=True)
class Part:
    """What a part of a split space is called and measures."""

    code: str
    name_zh: str = ""
    name_en: str = ""
    area_m2: Decimal | None = None
    capacity: int = 0


@transaction.atomic
def split_space(space: Space, parts: Sequence[Part], *, by: Actor) -> Sequence[Space]:
    """Divide a leaf; whoever has claimed the whole now has claimed every part.

    Raises RuleViolation("space_split_parts") for fewer than two parts, ("space_not_leaf") where it
    is divided already, ("space_split_area") when the parts measure more than the whole.
    """
    if len(parts) < 2:
        raise RuleViolation("space_split_parts", _("Name at least two parts."))
    if not space.is_leaf:
        raise RuleViolation("space_not_leaf", _("This space is divided already."))
    total = sum((part.area_m2 or Decimal(0) for part in parts), Decimal(0))
    if space.area_m2 is not None and total > space.area_m2:
        raise RuleViolation("space_split_area", _("The parts are larger than the whole."))
    children = [_part_of(space, part) for part in parts]
    _add_leaves(space, children)
    apply_policies(space.building_id)
    record(
        "space.split", subject=space, by=by, data={"parts": [str(child.pk) for child in children]}
    )
    return children


@transaction.atomic
def merge_spaces(spaces: Sequence[Space], *, into: Part | None, by: Actor) -> Space:
    """Make one leaf of several that lie side by side; the old ones end.

    All parts of a space give that space back; otherwise a new one is made from `into`. Claims on
    every part at the same time become one. Raises RuleViolation("space_in_use") for any other,
    with `details`; ("space_merge_apart") where they do not lie together,
    ("space_merge_name") where a new one is needed and `into` is missing.
    """
    _require_together(spaces)
    ids, parent = {space.pk for space in spaces}, spaces[0].parent
    lock_leaves(ids)
    shared = _lift_shared_claims(ids)
    is_whole = (
        parent is not None
        and set(Space.objects.current().filter(parent=parent).values_list("pk", flat=True)) == ids
    )
    retire(ids)
    if parent is not None and is_whole:
        target = parent
        become_leaf(target)
    elif into is not None:
        target = _merged(spaces, into)
        _insert(target)
        enter_closure(target)
        apply_policies(target.building_id)
    else:
        raise RuleViolation("space_merge_name", _("Give the merged space a code and a name."))
    Occupancy.objects.bulk_create(claim.on(target) for claim in shared)
    record("space.merged", subject=target, by=by, data={"from": sorted(str(pk) for pk in ids)})
    return target


def _require_open(building: Building) -> None:
    if building.ended_at is not None:
        raise RuleViolation("building_ended", _("This building has been closed."))


def _insert(space: Space) -> None:
    if space.longitude is None:
        space.longitude, space.latitude = space.building.longitude, space.building.latitude
    space.save(force_insert=True)


def _part_of(space: Space, part: Part) -> Space:
    return Space(
        parent=space,
        building=space.building,
        floor=space.floor,
        code=part.code,
        name_zh=part.name_zh,
        name_en=part.name_en,
        area_m2=part.area_m2,
        capacity=part.capacity,
        function=space.function,
        realms=space.realms,
        features=space.features,
        lettable=space.lettable,
        bookable=space.bookable,
    )


def _add_leaves(parent: Space, children: Sequence[Space]) -> None:
    """Insert children and give them every claim that covers all of the parent."""
    present = leaves_of(parent.pk)
    lock_leaves(present)
    parent = Space.objects.get(pk=parent.pk)
    claims = covering_claims(present, from_at=None if parent.is_leaf else timezone.now())
    holds = list(Hold.objects.filter(space=parent)) if parent.is_leaf else []
    for child in children:
        _insert(child)
    SpaceLeaf.objects.bulk_create(
        SpaceLeaf(space_id=holder, leaf=child)
        for child in children
        for holder in [child.pk, *line_up(parent)]
    )
    if parent.is_leaf:
        stop_being_leaf(parent)
    Occupancy.objects.bulk_create(
        (claim.on(child) for child in children for claim in claims), batch_size=1000
    )
    Hold.objects.bulk_create(copied_hold(hold, child) for child in children for hold in holds)


def _refuse_use(space_ids: Collection[UUID], leaf_ids: Collection[UUID], message: Text) -> None:
    """Raises RuleViolation("space_in_use") for claims on the leaves or open bookings of these."""
    now = timezone.now()
    claims = Occupancy.objects.filter(space_id__in=leaf_ids, ends_at__gt=now).order_by("starts_at")
    waiting = Booking.objects.open().upcoming(now).filter(space_id__in=space_ids)
    in_the_way = list(
        claims.values("kind", "source_id", "space_id", "starts_at", "ends_at")[:SHOWN_IN_THE_WAY]
    )
    if in_the_way or waiting.exists():
        raise RuleViolation("space_in_use", message, details={"in_the_way": in_the_way})


def _require_together(spaces: Sequence[Space]) -> None:
    first = spaces[0]
    together = all(
        space.is_leaf and space.parent_id == first.parent_id and space.floor_id == first.floor_id
        for space in spaces
    )
    if len(spaces) < 2 or not together:
        raise RuleViolation(
            "space_merge_apart", _("Only spaces side by side on one floor can be merged.")
        )


def _lift_shared_claims(ids: Collection[UUID]) -> list[Claim]:
    """Take the claims that cover all of these off the ledger; refuse when any other is there."""
    now = timezone.now()
    shared = covering_claims(ids, from_at=now)
    rows = Occupancy.objects.filter(space_id__in=ids, ends_at__gt=now)
    rows.filter(source_id__in=[claim.source_id for claim in shared]).delete()
    _refuse_use(ids, ids, _("Parts are booked or let on their own. Move these first."))
    return shared


def _merged(spaces: Sequence[Space], into: Part) -> Space:
    first = spaces[0]
    areas = [space.area_m2 for space in spaces if space.area_m2 is not None]
    measured = sum(areas, Decimal(0)) if len(areas) == len(spaces) else None
    return Space(
        parent=first.parent,
        building=first.building,
        floor=first.floor,
        code=into.code,
        name_zh=into.name_zh,
        name_en=into.name_en,
        area_m2=into.area_m2 or measured,
        capacity=into.capacity or sum(space.capacity for space in spaces),
        function=first.function,
        realms=sorted({realm for space in spaces for realm in space.realms}),
        features=sorted({feature for space in spaces for feature in space.features}),
        lettable=all(space.lettable for space in spaces),
        bookable=all(space.bookable for space in spaces),
    )

"""Booking policies: saving a layer and bringing every space under it up to date."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from district.activity import record
from district.actors import Actor
from district.rules import RuleViolation
from district.tenancy.scope import current_district_id
from spaces.models import BookingPolicy, Building, Space
from spaces.rules import Resolved, resolve, stored

# The first key of the advisory lock; the second is the district.
POLICY_LOCK = 0x706F6C


@transaction.atomic
def save_policy(policy: BookingPolicy, *, by: Actor) -> int:
    """Save one layer; returns how many spaces have other rules now. Bookings keep theirs.

    Raises RuleViolation("policy_durations") when layers contradict each other somewhere below.
    """
    _queue()
    policy.save()
    building_id = policy.building_id or (policy.space.building_id if policy.space else None)
    changed = apply_policies(building_id)
    record("policy.changed", subject=policy, by=by, data={"spaces": changed})
    return changed


@transaction.atomic
def apply_policies(building_id: UUID | None = None) -> int:
    """Give every bookable space of a building (or of the district) the rules its policies make.

    Returns how many changed. Writers queue, or the later commit could keep the earlier rules.
    """
    _queue()
    spaces = Space.objects.current().filter(bookable=True)
    if building_id is not None:
        spaces = spaces.filter(building_id=building_id)
    by_layers: dict[tuple[UUID, ...], list[Space]] = defaultdict(list)
    found = _Layers(building_id)
    for space in spaces.only("id", "parent_id", "building_id", "rules_id", "district_id"):
        by_layers[tuple(layer.pk for layer in found.of(space))].append(space)
    changed = 0
    for group in by_layers.values():
        rules = stored(_coherent(resolve(found.of(group[0]))))
        stale = [space.pk for space in group if space.rules_id != rules.pk]
        changed += Space.objects.filter(pk__in=stale).update(rules=rules) if stale else 0
    return changed


def policy_layers(space: Space) -> Sequence[BookingPolicy]:
    """The policies that make a space's rules, nearest first."""
    return _Layers(space.building_id).of(space)


def building_layers(building: Building) -> Sequence[BookingPolicy]:
    """The policies of a building and of the district, nearest first."""
    by_place = _Layers(building.pk).by_place
    return [by_place[place] for place in (building.pk, None) if place in by_place]


class _Layers:
    """All policies that matter in a building (or in the district), read in two queries."""

    def __init__(self, building_id: UUID | None):
        policies = BookingPolicy.objects.select_related("space", "building")
        tree = Space.objects.exclude(parent=None)
        if building_id is not None:
            tree = tree.filter(building_id=building_id)
        self.parents: Mapping[UUID, UUID | None] = dict(tree.values_list("pk", "parent_id"))
        rows = list(policies)
        self.by_place = {row.space_id or row.building_id: row for row in rows}

    def of(self, space: Space) -> list[BookingPolicy]:
        places: list[UUID | None] = []
        above: UUID | None = space.pk
        while above is not None:
            places.append(above)
            above = self.parents.get(above)
        places += [space.building_id, None]
        return [self.by_place[place] for place in places if place in self.by_place]


def _coherent(resolved: Resolved) -> Resolved:
    values = resolved.values
    if not 0 < values["min_minutes"] <= values["max_minutes"]:
        raise RuleViolation(
            "policy_durations",
            _("Somewhere below, the shortest booking would be longer than the longest."),
        )
    return resolved


def _queue() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [POLICY_LOCK, current_district_id()])

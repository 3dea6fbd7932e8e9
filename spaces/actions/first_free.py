"""The first free time of each space within some days: one statement over all of them.

Which starts the rules allow is worked out once per rules row and day (spaces.starts), however many
spaces share it; the statement then finds each space's earliest start that no claim is in the way
of. It can only be the beginning of a run, or the first step of the grid after a claim or a hold
ends: those few are looked at, the earliest first, each with one look into an index.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects
from django.utils import timezone

from district.actors import Actor
from district.tenancy.scope import current_district_id
from spaces import permissions
from spaces.actions.search import NEXT_CLAIM, SHOWN, rules_for
from spaces.distance import METRES_PER_DEGREE, walk_minutes
from spaces.models import Building, Space
from spaces.rules import needs_approval
from spaces.starts import Span, runs

ENDS: Final = """
      SELECT run.first_at + ceil(extract(epoch FROM taken.ends_at - run.first_at
          + rules.setup_minutes * interval '1 minute') / (60 * rules.grid_minutes))
        * rules.grid_minutes * interval '1 minute'
      FROM spaces_spaceleaf part
      JOIN {table} taken ON taken.district_id = part.district_id AND taken.space_id = part.leaf_id
      WHERE part.district_id = space.district_id AND part.space_id = space.id
        AND taken.ends_at > run.first_at - rules.setup_minutes * interval '1 minute'
        AND taken.ends_at <= run.last_at - rules.setup_minutes * interval '1 minute'"""
HELD: Final = "taken.expires_at > %(now)s AND taken.person_id IS DISTINCT FROM %(person)s"

STATEMENT: Final = f"""
WITH opened AS MATERIALIZED (
  SELECT rules_id, array_agg(first_at ORDER BY first_at) AS firsts,
    array_agg(last_at ORDER BY first_at) AS lasts
  FROM unnest(%(rules)s::uuid[], %(firsts)s::timestamptz[], %(lasts)s::timestamptz[])
    AS run(rules_id, first_at, last_at)
  GROUP BY rules_id
)
SELECT space.*, slot.starts_at AS slot_at, slot.next_at, way.metres
FROM spaces_space space
JOIN opened ON opened.rules_id = space.rules_id
JOIN spaces_bookingrules rules
  ON rules.district_id = space.district_id AND rules.id = space.rules_id
JOIN spaces_building building
  ON building.district_id = space.district_id AND building.id = space.building_id
CROSS JOIN LATERAL (
  SELECT %(metres_per_degree)s * sqrt(power(building.latitude - %(latitude)s::float8, 2)
    + power((building.longitude - %(longitude)s::float8) * cosd(building.latitude), 2)) AS metres
) way
CROSS JOIN LATERAL (
  SELECT start.at AS starts_at, next.at AS next_at
  FROM (
    SELECT * FROM unnest(opened.firsts, opened.lasts) AS run(first_at, last_at) ORDER BY first_at
  ) run
  CROSS JOIN LATERAL (
    SELECT found.at FROM (
      SELECT run.first_at AS at
      UNION{ENDS.format(table="spaces_occupancy")}
      UNION{ENDS.format(table="spaces_hold")}
        AND {HELD}
    ) found
    ORDER BY found.at
  ) start
  CROSS JOIN LATERAL (
{NEXT_CLAIM.format(moment="start.at")}  ) next
  WHERE (next.at IS NULL OR next.at
      >= start.at + (%(minutes)s + rules.cleanup_minutes) * interval '1 minute')
    AND NOT EXISTS (
      SELECT 1
      FROM spaces_spaceleaf part
      JOIN spaces_hold taken
        ON taken.district_id = part.district_id AND taken.space_id = part.leaf_id
      WHERE part.district_id = space.district_id AND part.space_id = space.id
        AND taken.ends_at > start.at - rules.setup_minutes * interval '1 minute'
        AND taken.starts_at
          < start.at + (%(minutes)s + rules.cleanup_minutes) * interval '1 minute'
        AND {HELD}
    )
  ORDER BY run.first_at, start.at
  LIMIT 1
) slot
WHERE space.district_id = %(district)s
  AND space.bookable AND space.ended_at IS NULL
  AND space.capacity >= %(people)s
  AND (space.capacity > 1 OR space.parent_id IS NULL)
  AND (%(building)s::uuid IS NULL OR space.building_id = %(building)s::uuid)
  AND (%(spaces)s::uuid[] IS NULL OR space.id = ANY(%(spaces)s::uuid[]))
  AND space.features @> %(features)s::varchar[]
ORDER BY slot.starts_at, way.metres NULLS LAST, rules.hourly_price, space.capacity, space.code
LIMIT %(limit)s
"""  # noqa: S608 - pieces of its own


@dataclass(frozen=True)
class Seek:
    """What somebody is looking for on any of some days; `near` orders, `building_id` narrows.

    What `person_id` holds is free to them.
    """

    span: Span
    people: int = 1
    features: Collection[str] = ()
    building_id: UUID | None = None
    near: Building | None = None
    spaces: Collection[UUID] | None = None
    at_once: bool = False
    person_id: UUID | None = None


@dataclass(frozen=True)
class Slot:
    """The first time a space is free; `metres` from where somebody wants to be near.

    `free_until` is when the next claim begins, None if none is known. A booking that `waits` is
    decided about by the operator.
    """

    space: Space
    starts_at: datetime
    ends_at: datetime
    free_until: datetime | None
    metres: float | None
    waits: bool

    @property
    def walk_minutes(self) -> int | None:
        """Minutes on foot, at least one; 0 within the same building."""
        return walk_minutes(self.metres)


def find_first(
    seek: Seek,
    *,
    by: Actor,
    zone: ZoneInfo,
    now: datetime | None = None,
    limit: int = SHOWN,
) -> Sequence[Slot]:
    """Each space's first free time that the actor may book: the earliest first.

    Of those free at the same time the nearest comes first, then the cheapest and the smallest.
    One statement for the few distinct rules, one for the search, one each for building, floor and
    rules of what was found. Holds of others count as taken.
    """
    found = first_slots(seek, by=by, zone=zone, now=now, limit=limit)
    prefetch_related_objects([slot.space for slot in found], "building", "floor", "rules")
    return found


def first_slots(
    seek: Seek,
    *,
    by: Actor,
    zone: ZoneInfo,
    now: datetime | None = None,
    limit: int = SHOWN,
) -> Sequence[Slot]:
    """The same in two statements, for who has the spaces with their buildings already."""
    now = now or timezone.now()
    asked, opened = _opened(seek, by, zone, now)
    if not opened:
        return []
    rows = Space.objects.raw(STATEMENT, _parameters(seek, opened, now, limit))
    return [_slot(space, seek, space.rules_id in asked) for space in rows]


def _opened(
    seek: Seek, by: Actor, zone: ZoneInfo, now: datetime
) -> tuple[set[UUID], list[tuple[UUID, datetime, datetime]]]:
    """Rules under which the operator would be asked; and when a use may begin under each."""
    staff = permissions.is_staff(by)
    asked: set[UUID] = set()
    opened = []
    for rules in rules_for(by):
        if not staff and needs_approval(rules, seek.people):
            asked.add(rules.pk)
            if seek.at_once:
                continue
        found = runs(rules, seek.span, zone=zone, now=now, bound=not staff)
        opened += [(rules.pk, run.first, run.last) for run in found]
    return asked, opened


def _parameters(
    seek: Seek,
    opened: Sequence[tuple[UUID, datetime, datetime]],
    now: datetime,
    limit: int,
) -> Mapping[str, Any]:
    return {
        "district": current_district_id(),
        "rules": [rules_id for rules_id, _first, _last in opened],
        "firsts": [first for _rules, first, _last in opened],
        "lasts": [last for _rules, _first, last in opened],
        "minutes": seek.span.minutes,
        "people": max(seek.people, 1),
        "features": list(seek.features),
        "building": seek.building_id,
        "spaces": None if seek.spaces is None else list(seek.spaces),
        "latitude": seek.near.latitude if seek.near else None,
        "longitude": seek.near.longitude if seek.near else None,
        "metres_per_degree": METRES_PER_DEGREE,
        "person": seek.person_id,
        "now": now,
        "limit": limit,
    }


def _slot(space: Any, seek: Seek, waits: bool) -> Slot:
    starts_at = space.slot_at
    return Slot(
        space,
        starts_at,
        starts_at + timedelta(minutes=seek.span.minutes),
        space.next_at,
        0 if seek.near and seek.near.pk == space.building_id else space.metres,
        waits,
    )

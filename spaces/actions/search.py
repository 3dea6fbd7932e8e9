"""Finding free spaces: one statement over all spaces, whatever their number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Max, OuterRef, prefetch_related_objects
from django.utils import timezone

from district.actors import Actor
from district.rules import RuleViolation
from district.tenancy.scope import current_district_id
from spaces import permissions
from spaces.models import Audience, BookingRules, Hold, Occupancy, Space
from spaces.rules import FARTHEST, is_open, judge, needs_approval
from spaces.similar import closeness

SHOWN: Final = 24
SHOWN_TAKEN: Final = 4
NEAR_STEPS: Final = 16

# For every leaf the first claim that ends after the wish begins: claims of a leaf never overlap,
# so it is also the first to begin. The space is free until the earliest of these.
NEXT_CLAIM: Final = """
  SELECT min(first.starts_at) AS at
  FROM spaces_spaceleaf part
  CROSS JOIN LATERAL (
    SELECT claim.starts_at
    FROM spaces_occupancy claim
    WHERE claim.district_id = part.district_id
      AND claim.space_id = part.leaf_id
      AND claim.ends_at > {moment} - rules.setup_minutes * interval '1 minute'
    ORDER BY claim.ends_at
    LIMIT 1
  ) first
  WHERE part.district_id = space.district_id AND part.space_id = space.id
"""

STATEMENT: Final = f"""
SELECT space.*, next.at AS next_at
FROM spaces_space space
JOIN spaces_bookingrules rules
  ON rules.district_id = space.district_id AND rules.id = space.rules_id
CROSS JOIN LATERAL (
{NEXT_CLAIM.format(moment="%(starts_at)s")}) next
WHERE space.district_id = %(district)s
  AND space.bookable AND space.ended_at IS NULL
  AND space.capacity >= %(people)s
  AND space.rules_id = ANY(%(rules)s)
  AND (%(building)s::uuid IS NULL OR space.building_id = %(building)s::uuid)
  AND (%(spaces)s::uuid[] IS NULL OR space.id = ANY(%(spaces)s::uuid[]))
  AND (space.capacity > 1 OR space.parent_id IS NULL)
  AND space.features @> %(features)s::varchar[]
  AND {{way}} ((next.at IS NULL
       OR next.at >= %(ends_at)s + rules.cleanup_minutes * interval '1 minute')
  AND NOT EXISTS (
    SELECT 1
    FROM spaces_spaceleaf part
    JOIN spaces_hold hold
      ON hold.district_id = part.district_id AND hold.space_id = part.leaf_id
    WHERE part.district_id = space.district_id AND part.space_id = space.id
      AND hold.ends_at > %(starts_at)s - rules.setup_minutes * interval '1 minute'
      AND hold.starts_at < %(ends_at)s + rules.cleanup_minutes * interval '1 minute'
      AND hold.expires_at > now() AND hold.person_id IS DISTINCT FROM %(person)s
  ))
ORDER BY rules.hourly_price, space.capacity, space.code
LIMIT %(limit)s
"""  # noqa: S608 - our own text


@dataclass(frozen=True)
class Need:
    """What somebody is looking for."""

    starts_at: datetime
    ends_at: datetime
    people: int = 1
    features: Collection[str] = ()
    building_id: UUID | None = None
    at_once: bool = False
    spaces: Collection[UUID] | None = None

    def later(self, by: timedelta) -> "Need":
        return replace(self, starts_at=self.starts_at + by, ends_at=self.ends_at + by)


@dataclass(frozen=True)
class Free:
    """A free space; `free_until` is when the next claim begins, None if none is known.

    A booking that `waits` is decided about by the operator.
    """

    space: Space
    free_until: datetime | None
    waits: bool = False


def find_free(
    need: Need, *, by: Actor, zone: ZoneInfo, person_id: UUID | None = None, limit: int = SHOWN
) -> Sequence[Free]:
    """Free spaces the actor may book, cheapest and smallest first, with building and floor.

    One statement for the few distinct rules, one for the search, one each for building and floor.
    Holds of others count as taken, the person's own do not.
    """
    rules = _rules_that_allow(need, by, zone)
    asked = {item.pk for item in rules if waits(item, need, by, zone)}
    allowed = [item.pk for item in rules if not (need.at_once and item.pk in asked)]
    if not allowed:
        return []
    rows = _spaces(need, allowed, "", person_id, limit)
    return [
        Free(space, getattr(space, "next_at"), space.rules_id in asked)  # noqa: B009 - of the SQL
        for space in rows
    ]


def find_taken(
    need: Need, *, by: Actor, zone: ZoneInfo, limit: int = SHOWN_TAKEN
) -> Sequence[Space]:
    """Spaces that would do and that the actor may book, were they not taken or held then."""
    allowed = [item.pk for item in _rules_that_allow(need, by, zone)]
    return _spaces(need, allowed, "NOT", None, limit) if allowed else []


def _spaces(
    need: Need, rules: Sequence[UUID], way: str, person_id: UUID | None, limit: int
) -> list[Space]:
    """Free spaces, or taken ones with the `way` NOT; with building, floor and rules."""
    rows = list(
        Space.objects.raw(
            STATEMENT.format(way=way),
            {
                "district": current_district_id(),
                "starts_at": need.starts_at,
                "ends_at": need.ends_at,
                "people": max(need.people, 1),
                "rules": list(rules),
                "building": need.building_id,
                "features": list(need.features),
                "spaces": None if need.spaces is None else list(need.spaces),
                "person": person_id,
                "limit": limit,
            },
        )
    )
    prefetch_related_objects(rows, "building", "floor", "rules")
    return rows


def waits(rules: BookingRules, need: Need, by: Actor, zone: ZoneInfo) -> bool:
    """Whether a booking of that kind would wait for approval; what staff book never does."""
    if permissions.is_staff(by):
        return False
    within = is_open(rules, need.starts_at, need.ends_at, zone)
    return needs_approval(rules, need.people, within_hours=within)


def last_day(by: Actor) -> date | None:
    """The last day on which the actor may book something; None where there is nothing to book."""
    today = timezone.localdate()
    audience = permissions.audience_of(by)
    if audience == Audience.OPERATOR:
        return today + FARTHEST
    used = Space.objects.bookable().order_by().values("rules_id").distinct()
    rules = BookingRules.objects.filter(pk__in=used, audience__contains=[audience])
    days: int | None = rules.aggregate(days=Max("window_days"))["days"]
    return None if days is None else today + timedelta(days=days)


def areas_with_seats(need: Need, *, by: Actor, zone: ZoneInfo) -> list[Any]:
    """Areas whose seats are booked one by one, with `seats` and how many are `taken` then."""
    claims = Occupancy.objects.filter(
        space_id=OuterRef("children__pk"), ends_at__gt=need.starts_at, starts_at__lt=need.ends_at
    )
    rows: Any = (
        Space.objects.bookable()
        .filter(
            rules__in=_rules_that_allow(need, by, zone),
            children__capacity=1,
            children__bookable=True,
            children__ended_at=None,
        )
        .annotate(
            seats=Count("children", distinct=True),
            taken=Count("children", distinct=True, filter=Exists(claims)),
        )
        .select_related("building", "floor", "rules")
        .order_by("building__code", "code")
    )
    return [row for row in rows if row.seats - row.taken >= need.people]


def _rules_that_allow(need: Need, by: Actor, zone: ZoneInfo) -> list[BookingRules]:
    staff = permissions.audience_of(by) == Audience.OPERATOR
    return [rules for rules in rules_for(by) if staff or _allows(rules, need, zone)]


def rules_for(by: Actor) -> list[BookingRules]:
    """The rules of bookable spaces that invite the actor; for the operator all of them."""
    used = Space.objects.bookable().order_by().values("rules_id").distinct()
    audience = permissions.audience_of(by)
    return [
        rules
        for rules in BookingRules.objects.filter(pk__in=used)
        if audience == Audience.OPERATOR or audience in rules.audience
    ]


def _allows(rules: BookingRules, need: Need, zone: ZoneInfo) -> bool:
    try:
        judge(rules, need.starts_at, need.ends_at, zone=zone)
    except RuleViolation:
        return False
    return True


def nearest_alternatives(
    space: Space, need: Need, *, by: Actor, zone: ZoneInfo, limit: int = 3
) -> Sequence[tuple[Space, datetime]]:
    """Other ways to the same end: this space a little earlier and later, else others then.

    Three statements for the space itself, and one search for the others.
    """
    others = [item.space for item in find_free(need, by=by, zone=zone) if item.space != space]
    others.sort(key=lambda other: closeness(space, other))
    found = [(space, at) for at in _near_times(space, need, by, zone)]
    return [*found, *((other, need.starts_at) for other in others)][: limit + len(found)]


def _near_times(space: Space, need: Need, by: Actor, zone: ZoneInfo) -> list[datetime]:
    """The nearest start before and after the wished one at which the space is free."""
    rules = space.rules
    if rules is None:
        return []
    step = timedelta(minutes=max(rules.grid_minutes, 15))
    buffers = timedelta(minutes=max(rules.setup_minutes, rules.cleanup_minutes))
    taken = _taken_near(space, need, step * NEAR_STEPS + buffers)
    staff = permissions.audience_of(by) == Audience.OPERATOR

    def fits(moved: Need) -> bool:
        if _is_taken(rules, moved, taken):
            return False
        if not staff:
            return _allows(rules, moved, zone)
        opened = is_open(rules, moved.starts_at, moved.ends_at, zone)
        return opened and moved.starts_at >= timezone.now()

    found = []
    for way in (step, -step):
        tries = (need.later(way * number) for number in range(1, NEAR_STEPS + 1))
        found += [moved.starts_at for moved in tries if fits(moved)][:1]
    return sorted(found, key=lambda at: abs(at - need.starts_at))


def _taken_near(space: Space, need: Need, reach: timedelta) -> Sequence[tuple[datetime, datetime]]:
    """What is claimed of the space, or held, within reach of the wished time."""
    claims = Occupancy.objects.filter(
        space__holders__space=space,
        ends_at__gt=need.starts_at - reach,
        starts_at__lt=need.ends_at + reach,
    )
    held = Hold.objects.filter(
        space__holders__space=space, expires_at__gt=timezone.now(), ends_at__gt=timezone.now()
    )
    return [
        *claims.values_list("starts_at", "ends_at"),
        *held.values_list("starts_at", "ends_at"),
    ]


def _is_taken(rules: BookingRules, need: Need, taken: Sequence[tuple[datetime, datetime]]) -> bool:
    start = need.starts_at - timedelta(minutes=rules.setup_minutes)
    end = need.ends_at + timedelta(minutes=rules.cleanup_minutes)
    return any(begins < end and start < ends for begins, ends in taken)

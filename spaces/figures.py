"""What is going on in buildings and spaces now: states, free rooms, shares; each one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import DateTimeField, Exists, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone

from district.tenancy.scope import current_district_id
from spaces.models import (
    Floor,
    Occupancy,
    OccupancyKind,
    Space,
    SpaceLeaf,
)
from spaces.rules import is_open

USE_DAYS: Final = 30


@dataclass(frozen=True)
class BuildingFigures:
    """Shares are 0 to 100, or None where a building has nothing to let or to book."""

    building_id: UUID
    space_count: int
    bookable_count: int
    busy_count: int
    lettable_m2: float
    let_m2: float
    used_hours: float
    open_hours: float

    @property
    def let_share(self) -> int | None:
        return round(100 * self.let_m2 / self.lettable_m2) if self.lettable_m2 else None

    @property
    def use_share(self) -> int | None:
        return min(100, round(100 * self.used_hours / self.open_hours)) if self.open_hours else None

    @property
    def busy_share(self) -> int | None:
        return round(100 * self.busy_count / self.bookable_count) if self.bookable_count else None


# Leaves only, so that a hall and its parts are not counted twice. Opening hours come from the few
# distinct rules: minutes a week, spread over the days looked back.
FIGURES_SQL: Final = """
WITH weekly AS (
  SELECT rules.id, (
    SELECT sum((span ->> 1)::int - (span ->> 0)::int)
    FROM jsonb_each(rules.opening) AS day, jsonb_array_elements(day.value) AS span
  ) / 60.0 AS hours
  FROM spaces_bookingrules AS rules WHERE rules.district_id = %(district)s
), used AS (
  SELECT space_id, sum(extract(epoch FROM
    least(ends_at, %(now)s) - greatest(starts_at, %(since)s))) / 3600.0 AS hours
  FROM spaces_occupancy
  WHERE district_id = %(district)s AND ends_at > %(since)s AND starts_at < %(now)s
    AND kind IN ('booking', 'event')
  GROUP BY space_id
), now_held AS (
  SELECT space_id, min(kind) FILTER (WHERE kind = 'lease') AS lease
  FROM spaces_occupancy
  WHERE district_id = %(district)s AND ends_at > %(now)s AND starts_at <= %(now)s
  GROUP BY space_id
)
SELECT space.building_id, count(*),
  count(*) FILTER (WHERE space.bookable),
  count(*) FILTER (WHERE space.bookable AND now_held.space_id IS NOT NULL),
  coalesce(sum(space.area_m2) FILTER (WHERE space.lettable), 0)::float,
  coalesce(sum(space.area_m2) FILTER (WHERE space.lettable AND now_held.lease IS NOT NULL), 0)::float,
  coalesce(sum(used.hours) FILTER (WHERE space.bookable), 0)::float,
  coalesce(sum(weekly.hours * %(days)s / 7.0) FILTER (WHERE space.bookable), 0)::float
FROM spaces_space AS space
LEFT JOIN weekly ON weekly.id = space.rules_id
LEFT JOIN used ON used.space_id = space.id
LEFT JOIN now_held ON now_held.space_id = space.id
WHERE space.district_id = %(district)s AND space.is_leaf AND space.ended_at IS NULL
GROUP BY space.building_id
"""  # noqa: E501 - read as a table


def building_figures(now: datetime | None = None) -> Mapping[UUID, BuildingFigures]:
    """Figures of every building of the district; hours are leaf-hours of the last 30 days."""
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            FIGURES_SQL,
            {
                "district": current_district_id(),
                "now": now,
                "since": now - timedelta(days=USE_DAYS),
                "days": USE_DAYS,
            },
        )
        return {row[0]: BuildingFigures(*row) for row in cursor.fetchall()}


def with_state_now(spaces: QuerySet[Space, Space], now: datetime) -> QuerySet[Any, Any]:
    """Adds `is_taken` (any leaf is claimed now) and `next_at` (when the next claim begins)."""
    leaf_ids = SpaceLeaf.objects.filter(space=OuterRef(OuterRef("pk"))).values("leaf_id")
    claims = Occupancy.objects.filter(space_id__in=leaf_ids)
    following = (
        claims.filter(starts_at__gt=now)
        .order_by()
        .values("district_id")
        .annotate(first=Min("starts_at"))
        .values("first")
    )
    return spaces.annotate(
        is_taken=Exists(claims.filter(starts_at__lte=now, ends_at__gt=now)),
        next_at=Subquery(following, output_field=DateTimeField()),
    )


@dataclass(frozen=True)
class FreeRoom:
    space: Space
    until: datetime | None


def free_now(spaces: QuerySet[Space, Space], zone: Any, now: datetime) -> list[FreeRoom]:
    """Bookable spaces that are open and unclaimed at this moment, the soonest taken last."""
    rows = with_state_now(
        spaces.filter(bookable=True, rules__isnull=False).select_related("rules"), now
    )
    soon = now + timedelta(minutes=15)
    rooms = [
        FreeRoom(row, row.next_at)
        for row in rows.order_by("code")
        if not row.is_taken and is_open(row.rules, now, soon, zone)
    ]
    return sorted(
        rooms, key=lambda room: (room.until is not None, room.until or now), reverse=False
    )


@dataclass(frozen=True)
class StackCell:
    space: Space
    state: str
    x: float
    width: float


@dataclass(frozen=True)
class StackFloor:
    floor: Floor
    y: float
    cells: Sequence[StackCell]


STACK_WIDTH: Final = 180.0
STACK_LEFT: Final = 22.0
STACK_STEP: Final = 10.3


def stack(floors: Sequence[Floor], leaves: Sequence[Any]) -> list[StackFloor]:
    """The building as bricks: top floor first, each leaf as wide as its share of the floor.

    `leaves` carry `held`, the kind of the claim on them now, or None.
    """
    by_floor: dict[UUID | None, list[Any]] = {}
    for leaf in leaves:
        by_floor.setdefault(leaf.floor_id, []).append(leaf)
    rows = []
    for position, floor in enumerate(sorted(floors, key=lambda item: -item.level)):
        cells, x = [], STACK_LEFT
        here = by_floor.get(floor.pk, [])
        weights = [max(float(leaf.area_m2 or 1), 8.0) ** 0.5 for leaf in here]
        for leaf, weight in zip(here, weights, strict=True):
            width = STACK_WIDTH * weight / sum(weights)
            cells.append(
                StackCell(leaf, state_of(leaf), round(x, 1), round(max(width - 1.5, 1), 1))
            )
            x += width
        rows.append(StackFloor(floor, round(position * STACK_STEP + 0.6, 1), cells))
    return rows


def state_of(leaf: Any) -> str:
    """let, stop, busy, book (free to book), free (vacant to let) or plain."""
    if leaf.held == OccupancyKind.LEASE:
        return "let"
    if leaf.held in {OccupancyKind.MAINTENANCE, OccupancyKind.BLOCKING}:
        return "stop"
    if leaf.held is not None:
        return "busy"
    if leaf.bookable:
        return "book"
    return "free" if leaf.lettable else "plain"


def leaves_now(spaces: QuerySet[Space, Space], now: datetime) -> list[Any]:
    """Leaves with `held`, the kind of the claim on them now."""
    claims = Occupancy.objects.filter(
        space=OuterRef("pk"), starts_at__lte=now, ends_at__gt=now
    ).values("kind")[:1]
    return list(
        spaces.filter(is_leaf=True, ended_at=None).annotate(held=Subquery(claims)).order_by("code")
    )


def tally(leaves: Sequence[Any]) -> list[tuple[str, int]]:
    """How many leaves are in each state, in the order of the legend; none left out but empty."""
    states = [state_of(leaf) for leaf in leaves]
    order = ("let", "busy", "book", "free", "stop", "plain")
    return [(state, states.count(state)) for state in order if state in states]

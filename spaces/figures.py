"""What is going on in buildings and spaces now: states, free rooms, shares; each one query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

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
from spaces.rules import is_open_now

USE_DAYS: Final = 30
FAR: Final = datetime.max.replace(tzinfo=UTC)


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


def say_if_open(rows: Iterable[Any], zone: ZoneInfo, now: datetime) -> None:
    """Puts `is_open` on spaces; those without booking rules never close."""
    for row in rows:
        row.is_open = row.rules is None or is_open_now(row.rules, now, zone)


@dataclass(frozen=True)
class FreeRoom:
    space: Space
    until: datetime | None


def free_now(leaves: Sequence[Any]) -> list[FreeRoom]:
    """Those of `leaves_now` that can be booked at this moment, the soonest taken last."""
    rooms = [FreeRoom(leaf, leaf.next_at) for leaf in leaves if leaf.state == "book"]
    return sorted(rooms, key=lambda room: room.until or FAR, reverse=True)


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

    `leaves` are those of `leaves_now`.
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
            cells.append(StackCell(leaf, leaf.state, round(x, 1), round(max(width - 1.5, 1), 1)))
            x += width
        rows.append(StackFloor(floor, round(position * STACK_STEP + 0.6, 1), cells))
    return rows


def leaves_now(spaces: QuerySet[Space, Space], zone: ZoneInfo, now: datetime) -> list[Any]:
    """Leaves with `state`, what they are at this moment, and `next_at`, when that is taken from it.

    let, stop, busy, book (free to book), shut (bookable, but not open), free (vacant) or plain.
    """
    claims = Occupancy.objects.filter(space=OuterRef("pk"))
    held = claims.filter(starts_at__lte=now, ends_at__gt=now).values("kind")[:1]
    following = claims.filter(starts_at__gt=now).order_by("starts_at").values("starts_at")[:1]
    rows = (
        spaces.filter(is_leaf=True, ended_at=None)
        .annotate(held=Subquery(held), next_at=Subquery(following))
        .select_related("rules")
        .order_by("code")
    )
    leaves: list[Any] = list(rows)
    for leaf in leaves:
        leaf.state = _state_of(leaf, is_open=is_open_now(leaf.rules, now, zone))
    return leaves


def _state_of(leaf: Any, *, is_open: bool) -> str:
    if leaf.held == OccupancyKind.LEASE:
        return "let"
    if leaf.held in {OccupancyKind.MAINTENANCE, OccupancyKind.BLOCKING}:
        return "stop"
    if leaf.held is not None:
        return "busy"
    if leaf.bookable and leaf.rules:
        return "book" if is_open else "shut"
    return "free" if leaf.lettable else "plain"


def bookable_count(leaves: Sequence[Any]) -> int:
    return sum(leaf.bookable and leaf.rules is not None for leaf in leaves)


def tally(leaves: Sequence[Any]) -> list[tuple[str, int]]:
    """How many leaves are in each state, in the order of the legend; none left out but empty."""
    states = [leaf.state for leaf in leaves]
    order = ("let", "busy", "book", "shut", "free", "stop", "plain")
    return [(state, states.count(state)) for state in order if state in states]

"""The map as data: every outline and point of the district, thinned for the screen."""

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from django.db import connection
from django.urls import reverse
from django.utils.translation import get_language

from district.geometry import Point
from district.tenancy.scope import current_district_id
from spaces.models import (
    CULTURAL_PLACES,
    ArtWork,
    Building,
    Ground,
    GroundKind,
    Place,
    Platform,
    Route,
    Space,
    Zone,
)

# About a metre: less than a pixel until the closest zooms.
TOLERANCE: Final = 0.00001
DECIMALS: Final = 6
VERSION_SQL: Final = " UNION ALL ".join(
    f"SELECT count(*), max(updated_at) FROM {model._meta.db_table} WHERE district_id = %(district)s"  # noqa: S608 - our own table names
    for model in (Building, Space, Ground, Zone, Place, ArtWork, Route, Platform)
)


def map_version() -> str:
    """Changes with whatever the map shows, and with the language it shows it in."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION_SQL, {"district": current_district_id()})
        rows = cursor.fetchall()
    text = f"{get_language()} {rows}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def map_data() -> dict[str, Any]:
    return {
        "ground": _ground(),
        "buildings": [
            _building(row)
            for row in Building.objects.current().filter(geometry__isnull=False).order_by("code")
        ],
        "zones": [_zone(row) for row in Zone.objects.filter(ended_at=None)],
        "places": [
            _place(row) for row in Place.objects.filter(ended_at=None, kind__in=CULTURAL_PLACES)
        ],
        "artworks": [
            {**_point(row), "note": row.artist} for row in ArtWork.objects.filter(ended_at=None)
        ],
        "routes": [_route(row) for row in _routes()],
        "platforms": [
            _platform(row)
            for row in Platform.objects.filter(
                ended_at=None, building__longitude__isnull=False
            ).select_related("building")
        ],
    }


def _ground() -> list[dict[str, Any]]:
    """In the order it is drawn."""
    order = {kind: place for place, kind in enumerate(GroundKind.values)}
    rows = sorted(Ground.objects.all(), key=lambda row: (order[row.kind], row.pk))
    return [{"kind": row.kind, "name": row.name, "shape": thin(row.geometry)} for row in rows]


def _building(row: Building) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "name": row.name,
        "code": row.code,
        "part": row.part_of_id is not None,
        "realms": row.realms,
        "at": [row.longitude, row.latitude],
        "url": reverse("building_detail", args=[row.pk]),
        "shape": thin(row.geometry),
    }


def _zone(row: Zone) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "name": row.name,
        "purpose": row.purpose,
        "shape": thin(row.boundary),
    }


def _platform(row: Any) -> dict[str, Any]:
    """Where the building stands in which it is run."""
    return {
        "id": str(row.pk),
        "name": row.name,
        "at": [row.building.longitude, row.building.latitude],
        "url": row.get_absolute_url(),
        "note": row.get_health_display(),
        "health": row.health,
    }


def _point(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "name": row.name,
        "at": [row.longitude, row.latitude],
        "url": row.get_absolute_url(),
    }


def _place(row: Place) -> dict[str, Any]:
    return {
        **_point(row),
        "kind": row.kind,
        "note": str(row.get_kind_display()),
    }


def _routes() -> Any:
    return Route.objects.filter(ended_at=None).prefetch_related("stops__place", "stops__artwork")


def _route(row: Route) -> dict[str, Any]:
    targets = [stop.place or stop.artwork for stop in sorted(row.stops.all(), key=_position)]
    return {
        "id": str(row.pk),
        "name": row.name,
        "url": row.get_absolute_url(),
        "shape": thin(row.line),
        "stops": [_point(target) for target in targets if target is not None],
    }


def _position(stop: Any) -> int:
    return int(stop.position)


def thin(geometry: Any) -> Any:
    """A Polygon, MultiPolygon or LineString with fewer points (Douglas and Peucker, 1973)."""
    if geometry is None:
        return None
    return {"type": geometry["type"], "coordinates": _thin(geometry["coordinates"])}


def _thin(coordinates: Any) -> Any:
    if coordinates and isinstance(coordinates[0][0], int | float):
        kept = _needed(coordinates)
        return [[round(point[0], DECIMALS), round(point[1], DECIMALS)] for point in kept]
    return [_thin(item) for item in coordinates]


def _needed(points: Sequence[Point]) -> list[Point]:
    """The points a line needs to stay within the tolerance; a ring keeps at least four."""
    if len(points) <= 5:
        return list(points)
    keep = {0, len(points) - 1}
    if list(points[0])[:2] == list(points[-1])[:2]:
        keep.add(max(range(len(points)), key=lambda n: _apart(points[0], points[n])))
    marks = sorted(keep)
    spans = list(pairwise(marks))
    while spans:
        first, last = spans.pop()
        far, distance = first, TOLERANCE
        for n in range(first + 1, last):
            away = _off_line(points[n], points[first], points[last])
            if away > distance:
                far, distance = n, away
        if far != first:
            keep.add(far)
            spans += [(first, far), (far, last)]
    return [points[n] for n in sorted(keep)] if len(keep) >= 4 else list(points)


def _apart(a: Point, b: Point) -> float:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def _off_line(point: Point, start: Point, end: Point) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5
    if length == 0:
        return _apart(point, start) ** 0.5
    return abs(dx * (start[1] - point[1]) - dy * (start[0] - point[0])) / length

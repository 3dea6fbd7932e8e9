"""GeoJSON outlines (RFC 7946, WGS 84): well formed, on earth, and not crossing themselves."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

Point = Sequence[float]
MOST_POINTS: Final = 5_000


def validate_area(geometry: Any) -> None:
    """Raises ValidationError unless this is a Polygon or MultiPolygon that bounds an area."""
    if not isinstance(geometry, dict) or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise ValidationError(_("Paste a GeoJSON polygon."), code="geometry_type")
    try:
        rings = list(rings_of(geometry))
    except (TypeError, LookupError, ValueError, AttributeError) as error:
        raise ValidationError(_("This is not a GeoJSON polygon."), code="geometry_form") from error
    if not rings or sum(map(len, rings)) > MOST_POINTS:
        raise ValidationError(
            _("An outline has between 4 and %(most)d points."),
            code="geometry_size",
            params={"most": MOST_POINTS},
        )
    for ring in rings:
        _validate_ring(ring)


def validate_line(geometry: Any) -> None:
    """Raises ValidationError unless this is a LineString on earth."""
    points = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if (
        not isinstance(points, list)
        or geometry.get("type") != "LineString"
        or not 2 <= len(points) <= MOST_POINTS
        or not all(map(on_earth, points))
    ):
        raise ValidationError(_("Paste a GeoJSON line."), code="geometry_line")


def rings_of(geometry: Any) -> Iterator[list[Point]]:
    """Every ring of a Polygon or MultiPolygon, holes too."""
    coordinates = geometry["coordinates"]
    polygons = coordinates if geometry["type"] == "MultiPolygon" else [coordinates]
    for polygon in polygons:
        for ring in polygon:
            yield [(float(point[0]), float(point[1])) for point in ring]


def on_earth(point: Any) -> bool:
    return (
        isinstance(point, list | tuple)
        and len(point) >= 2
        and all(isinstance(value, int | float) for value in point[:2])
        and -180 <= point[0] <= 180
        and -90 <= point[1] <= 90
    )


def centre(geometry: Any) -> tuple[float, float]:
    """The middle of the outline's bounding box: longitude, latitude."""
    west, south, east, north = bounds(geometry)
    return (west + east) / 2, (south + north) / 2


def bounds(geometry: Any) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    points = [point for ring in rings_of(geometry) for point in ring]
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs), min(ys), max(xs), max(ys)


def contains(geometry: Any, point: Point) -> bool:
    """Whether a point lies inside, by the even-odd rule; holes are outside."""
    x, y = point
    inside = False
    for ring in rings_of(geometry):
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def _validate_ring(ring: Sequence[Point]) -> None:
    if len(ring) < 4 or tuple(ring[0]) != tuple(ring[-1]):
        raise ValidationError(
            _("An outline ends where it begins and has at least 4 points."), code="geometry_ring"
        )
    if not all(map(on_earth, ring)):
        raise ValidationError(_("Longitude or latitude is out of range."), code="geometry_range")
    if crosses_itself(ring):
        raise ValidationError(_("The outline crosses itself."), code="geometry_crossing")


def crosses_itself(ring: Sequence[Point]) -> bool:
    """Whether two sides that are not neighbours cross; sorted by longitude, so it is quick."""
    sides = sorted(
        (min(a[0], b[0]), max(a[0], b[0]), position, a, b)
        for position, (a, b) in enumerate(pairwise(ring))
        if tuple(a) != tuple(b)
    )
    last = len(ring) - 2
    for index, (_west, east, first, a, b) in enumerate(sides):
        for west, _east, second, c, d in sides[index + 1 :]:
            if west > east:
                break
            near = abs(first - second) == 1 or {first, second} == {0, last}
            if not near and _cross(a, b, c, d):
                return True
    return False


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return (_turn(a, b, c) * _turn(a, b, d) < 0) and (_turn(c, d, a) * _turn(c, d, b) < 0)


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

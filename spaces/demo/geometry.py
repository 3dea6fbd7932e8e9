"""Outlines of invented buildings: metres on a street grid, then WGS 84."""

from collections.abc import Sequence
from math import cos, pi, radians, sin
from typing import Any, Final

METRES_PER_DEGREE: Final = 111_320.0
Point = tuple[float, float]


class Grid:
    """A street grid around a centre, turned by some degrees; x runs east, y north, in metres."""

    def __init__(self, longitude: float, latitude: float, turn_degrees: float):
        self.longitude = longitude
        self.latitude = latitude
        self.cos, self.sin = cos(radians(turn_degrees)), sin(radians(turn_degrees))

    def place(self, x: float, y: float) -> Point:
        east, north = x * self.cos - y * self.sin, x * self.sin + y * self.cos
        return (
            round(self.longitude + east / (METRES_PER_DEGREE * cos(radians(self.latitude))), 7),
            round(self.latitude + north / METRES_PER_DEGREE, 7),
        )

    def polygon(self, points: Sequence[Point]) -> dict[str, Any]:
        ring = [self.place(*point) for point in points]
        return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}

    def line(self, points: Sequence[Point]) -> dict[str, Any]:
        return {"type": "LineString", "coordinates": [self.place(*point) for point in points]}


def outline(shape: str, x: float, y: float, width: float, depth: float) -> list[Point]:
    """A footprint around (x, y): `bar`, `ell`, `court` (a U), `step` or `round`."""
    w, d = width / 2, depth / 2
    if shape == "round":
        return [(x + w * cos(2 * pi * n / 24), y + d * sin(2 * pi * n / 24)) for n in range(24)]
    corners: dict[str, list[Point]] = {
        "bar": [(-w, -d), (w, -d), (w, d), (-w, d)],
        "ell": [(-w, -d), (w, -d), (w, -d / 4), (-w / 4, -d / 4), (-w / 4, d), (-w, d)],
        "court": [
            *((-w, -d), (w, -d), (w, d), (w / 2, d)),
            *((w / 2, -d / 3), (-w / 2, -d / 3), (-w / 2, d), (-w, d)),
        ],
        "step": [(-w, -d), (w, -d), (w, d / 3), (w / 3, d / 3), (w / 3, d), (-w, d)],
    }
    return [(x + dx, y + dy) for dx, dy in corners[shape]]

"""A zone's targets against what lies in it now."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from district.geometry import Point, contains
from district.models import Organization, OrganizationKind
from district.rules import Text
from spaces.models import Zone

EARTH_RADIUS_KM: Final = 6371.0088


@dataclass(frozen=True)
class Progress:
    """One target: `share` is 0 to 100, `gap` what is missing."""

    label: Text
    now: float
    target: float
    unit: Text

    @property
    def share(self) -> int:
        return min(100, round(100 * self.now / self.target)) if self.target else 100

    @property
    def gap(self) -> float:
        return max(0, round(self.target - self.now, 1))

    @property
    def is_reached(self) -> bool:
        return self.gap == 0


KINDS: Final[Mapping[str, str]] = {
    "universities": OrganizationKind.UNIVERSITY,
    "research_bodies": OrganizationKind.RESEARCH,
    "companies": OrganizationKind.COMPANY,
}
LABELS: Final[Mapping[str, tuple[Text, Text]]] = {
    "universities": (_("Universities"), ""),
    "research_bodies": (_("Research bodies"), ""),
    "companies": (_("Companies"), ""),
    "area_km2": (_("Area"), "km²"),
}


def progress_of(zone: Zone) -> list[Progress]:
    """Every target of a zone with its live count."""
    now: dict[str, float] = dict(_counts(zone)) if zone.targets.keys() & KINDS.keys() else {}
    now["area_km2"] = area_km2(zone.boundary)
    return [
        Progress(label, now[name], float(zone.targets[name]), unit)
        for name, (label, unit) in LABELS.items()
        if name in zone.targets
    ]


def _counts(zone: Zone) -> dict[str, int]:
    rows = (
        Organization.objects.current()
        .filter(kind__in=KINDS.values(), longitude__isnull=False, latitude__isnull=False)
        .values_list("kind", "longitude", "latitude")
    )
    inside = [kind for kind, x, y in rows if x and y and contains(zone.boundary, (x, y))]
    return {name: inside.count(kind) for name, kind in KINDS.items()}


def area_km2(geometry: Any) -> float:
    """Area of a polygon on the sphere, in km² with one decimal; holes are taken off.

    After Chamberlain and Duquette, "Some Algorithms for Polygons on a Sphere" (JPL 07-03).
    """
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return round(
        sum(
            _ring_km2(ring) * (1 if position == 0 else -1)
            for polygon in polygons
            for position, ring in enumerate(polygon)
        ),
        1,
    )


def _ring_km2(ring: Sequence[Point]) -> float:
    total = 0.0
    for a, b in pairwise(ring):
        height = 2 + math.sin(math.radians(a[1])) + math.sin(math.radians(b[1]))
        total += math.radians(b[0] - a[0]) * height
    return abs(total) * EARTH_RADIUS_KM**2 / 2

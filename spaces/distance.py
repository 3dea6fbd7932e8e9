"""How far it is from one building to another, as people walk."""

from math import cos, hypot, radians
from typing import Final

from spaces.models import Building, Space

METRES_PER_DEGREE: Final = 111_320.0
METRES_PER_MINUTE: Final = 60  # 80 on foot, a quarter of it for the way not being straight


def walk_minutes(metres: float | None) -> int | None:
    """Rounded up, so at least one; 0 within the same building."""
    return None if metres is None else -int(-metres // METRES_PER_MINUTE)


def metres_between(space: Space, near: Building | None) -> float | None:
    """As the crow flies, from the space's building, which is at hand; 0 within the same."""
    here = space.building
    if near is None or None in {near.latitude, near.longitude, here.latitude, here.longitude}:
        return None
    if near.pk == here.pk:
        return 0
    north = here.latitude - near.latitude
    east = (here.longitude - near.longitude) * cos(radians(here.latitude))
    return METRES_PER_DEGREE * hypot(north, east)

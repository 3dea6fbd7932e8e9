"""Who sees rows about the use of spaces: one rule for all of them."""

from typing import Any, TypeVar

from district.actors import Actor, organization_id
from district.models import Membership
from district.permissions import Permission, Reach, reach
from district.tenancy.models import DistrictQuerySet

Rows = TypeVar("Rows", bound=DistrictQuerySet[Any])


def within_reach(rows: Rows, actor: Actor, *, space: str = "space") -> Rows:
    """All for district staff, an area's for its staff, one's organisation's for others.

    `space` is the way from a row to the space it is about.
    """
    match reach(actor, Permission.BOOKINGS_VIEW):
        case Reach.DISTRICT:
            return rows
        case Reach.AREA if isinstance(actor, Membership):
            return rows.filter(**{f"{space}__building__community_id": actor.community_id})
        case Reach.OWN:
            return rows.filter(organization_id=organization_id(actor))
        case _:
            return rows.none()

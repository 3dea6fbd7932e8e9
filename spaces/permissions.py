"""Who may do what with buildings, spaces, policies and sights."""

from district.actors import Actor
from district.permissions import Permission, Reach, holds, reach
from spaces.models import Building, Space


def can_view_spaces(actor: Actor) -> bool:
    return reach(actor, Permission.SPACES_VIEW) is not None


def can_create_building(actor: Actor) -> bool:
    return reach(actor, Permission.SPACES_EDIT) is not None


def can_edit_building(actor: Actor, building: Building) -> bool:
    return holds(actor, Permission.SPACES_EDIT, community_id=building.community_id)


def can_edit_space(actor: Actor, space: Space) -> bool:
    return can_edit_building(actor, space.building)


def can_edit_sights(actor: Actor) -> bool:
    """Zones, places, art works, routes and platforms belong to the whole district."""
    return reach(actor, Permission.SPACES_EDIT) is Reach.DISTRICT


def can_edit_district_policy(actor: Actor) -> bool:
    return reach(actor, Permission.POLICIES_EDIT) is Reach.DISTRICT


def can_edit_policy(actor: Actor, building: Building) -> bool:
    """Policies of a building, and of the spaces in it."""
    return holds(actor, Permission.POLICIES_EDIT, community_id=building.community_id)

"""One table says which role may do what, and how far; `can_…` functions of all apps read it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.core.exceptions import PermissionDenied

from district.actors import Actor, System
from district.models import ApiClient, Membership, Role


class Permission(StrEnum):
    SPACES_VIEW = "spaces.view"
    SPACES_EDIT = "spaces.edit"
    POLICIES_EDIT = "policies.edit"
    BOOKINGS_VIEW = "bookings.view"
    BOOKINGS_CREATE = "bookings.create"
    BOOKINGS_DECIDE = "bookings.decide"
    BLOCKINGS_EDIT = "blockings.edit"
    ORGANIZATIONS_VIEW = "organizations.view"
    ORGANIZATIONS_EDIT = "organizations.edit"
    CLAIMS_DECIDE = "claims.decide"
    PEOPLE_VIEW = "people.view"
    PEOPLE_MANAGE = "people.manage"
    NOTICES_EDIT = "notices.edit"
    IMPORTS_RUN = "imports.run"
    CLIENTS_MANAGE = "clients.manage"
    SETTINGS_EDIT = "settings.edit"
    LEDGER_VIEW = "ledger.view"


class Reach(StrEnum):
    """How far a permission goes: everything, an operator's area, or the own organisation."""

    DISTRICT = "district"
    AREA = "area"
    OWN = "own"


P, R = Permission, Reach

ROLES: Final[Mapping[Role, Mapping[Permission, Reach]]] = {
    Role.OPERATOR_ADMIN: dict.fromkeys(Permission, R.DISTRICT),
    Role.OPERATOR: {
        P.SPACES_VIEW: R.DISTRICT,
        P.SPACES_EDIT: R.AREA,
        P.POLICIES_EDIT: R.AREA,
        P.BOOKINGS_VIEW: R.AREA,
        P.BOOKINGS_CREATE: R.AREA,
        P.BOOKINGS_DECIDE: R.AREA,
        P.BLOCKINGS_EDIT: R.AREA,
        P.ORGANIZATIONS_VIEW: R.DISTRICT,
        P.PEOPLE_VIEW: R.DISTRICT,
        P.NOTICES_EDIT: R.DISTRICT,
    },
    Role.COMPANY_ADMIN: {
        P.SPACES_VIEW: R.DISTRICT,
        P.BOOKINGS_VIEW: R.OWN,
        P.BOOKINGS_CREATE: R.OWN,
        P.ORGANIZATIONS_VIEW: R.OWN,
        P.ORGANIZATIONS_EDIT: R.OWN,
        P.PEOPLE_VIEW: R.OWN,
        P.PEOPLE_MANAGE: R.OWN,
        P.CLIENTS_MANAGE: R.OWN,
    },
    Role.COMPANY_MEMBER: {
        P.SPACES_VIEW: R.DISTRICT,
        P.BOOKINGS_VIEW: R.OWN,
        P.BOOKINGS_CREATE: R.OWN,
        P.ORGANIZATIONS_VIEW: R.OWN,
        P.PEOPLE_VIEW: R.OWN,
    },
    Role.PARTNER: {
        P.SPACES_VIEW: R.DISTRICT,
        P.BOOKINGS_VIEW: R.OWN,
        P.BOOKINGS_CREATE: R.OWN,
        P.ORGANIZATIONS_VIEW: R.OWN,
        P.ORGANIZATIONS_EDIT: R.OWN,
        P.PEOPLE_VIEW: R.OWN,
        P.PEOPLE_MANAGE: R.OWN,
        P.CLIENTS_MANAGE: R.OWN,
    },
    Role.AUDITOR: {
        P.SPACES_VIEW: R.DISTRICT,
        P.BOOKINGS_VIEW: R.DISTRICT,
        P.ORGANIZATIONS_VIEW: R.DISTRICT,
        P.PEOPLE_VIEW: R.DISTRICT,
        P.LEDGER_VIEW: R.DISTRICT,
    },
}

# What a token's scope opens, always for the client's own organisation.
SCOPES: Final[Mapping[str, Permission]] = {
    "spaces:read": P.SPACES_VIEW,
    "organizations:read": P.ORGANIZATIONS_VIEW,
    "bookings:read": P.BOOKINGS_VIEW,
    "bookings:write": P.BOOKINGS_CREATE,
}
SHARED_PERMISSIONS: Final = frozenset({P.SPACES_VIEW})


def reach(actor: Actor | None, permission: Permission) -> Reach | None:
    """How far the actor holds the permission; None if not at all."""
    if actor is None:
        return None
    if isinstance(actor, System):
        return Reach.DISTRICT
    if isinstance(actor, ApiClient):
        return _client_reach(actor, permission)
    granted = ROLES[Role(actor.role)].get(permission)
    if granted is Reach.AREA and actor.community_id is None:
        return Reach.DISTRICT
    return granted


def _client_reach(client: ApiClient, permission: Permission) -> Reach | None:
    if not any(SCOPES.get(scope) is permission for scope in client.scopes):
        return None
    return Reach.DISTRICT if permission in SHARED_PERMISSIONS else Reach.OWN


def holds(
    actor: Actor | None,
    permission: Permission,
    *,
    organization_id: UUID | None = None,
    community_id: UUID | None = None,
) -> bool:
    """Whether the actor may, for something of this organisation in this community."""
    match reach(actor, permission):
        case Reach.DISTRICT:
            return True
        case Reach.AREA:
            assert isinstance(actor, Membership)  # noqa: S101 - only memberships have areas
            return community_id is not None and actor.community_id == community_id
        case Reach.OWN:
            assert isinstance(actor, Membership | ApiClient)  # noqa: S101 - reach() said so
            return organization_id is not None and actor.organization_id == organization_id
        case _:
            return False


def can_manage_clients(actor: Actor) -> bool:
    return reach(actor, Permission.CLIENTS_MANAGE) is not None


def require(allowed: bool) -> None:
    """Raises PermissionDenied (403): for what is visible but not allowed."""
    if not allowed:
        raise PermissionDenied

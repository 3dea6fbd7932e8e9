"""One table says which role may do what, and how far; `can_…` functions of all apps read it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet

from district.actors import Actor, System, organization_id, person_id
from district.models import (
    ApiClient,
    Certification,
    File,
    FileAudience,
    Job,
    Membership,
    Notice,
    Organization,
    OrganizationKind,
    Person,
    Role,
)

Row = TypeVar("Row", bound=Model)


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


def can_edit_notices(actor: Actor | None) -> bool:
    return reach(actor, Permission.NOTICES_EDIT) is Reach.DISTRICT


def visible_notices(actor: Membership) -> QuerySet[Notice]:
    """All of them for those who write them; else what is shown now to the organisation."""
    if can_edit_notices(actor):
        return Notice.objects.all()
    return Notice.objects.shown().addressed_to(actor.organization)


def can_manage_clients(actor: Actor) -> bool:
    return reach(actor, Permission.CLIENTS_MANAGE) is not None


def require(allowed: bool) -> None:
    """Raises PermissionDenied (403): for what is visible but not allowed."""
    if not allowed:
        raise PermissionDenied


def can_edit_organization(actor: Actor | None, organization: Organization) -> bool:
    return holds(actor, Permission.ORGANIZATIONS_EDIT, organization_id=organization.pk)


def can_create_organization(actor: Actor | None) -> bool:
    return reach(actor, Permission.ORGANIZATIONS_EDIT) is Reach.DISTRICT


def can_manage_people(actor: Actor | None, organization: Organization) -> bool:
    return holds(actor, Permission.PEOPLE_MANAGE, organization_id=organization.pk)


def can_view_organizations(actor: Actor | None) -> bool:
    return reach(actor, Permission.ORGANIZATIONS_VIEW) is not None


def can_view_roles(actor: Actor | None) -> bool:
    """Who may do what is for those to know who work for the district."""
    return reach(actor, Permission.PEOPLE_VIEW) is Reach.DISTRICT


def can_edit_settings(actor: Actor | None) -> bool:
    return reach(actor, Permission.SETTINGS_EDIT) is Reach.DISTRICT


def can_view_ledger(actor: Actor | None) -> bool:
    return reach(actor, Permission.LEDGER_VIEW) is Reach.DISTRICT


def can_view_people(actor: Actor | None) -> bool:
    return reach(actor, Permission.PEOPLE_VIEW) is not None


def can_decide_claims(actor: Actor | None) -> bool:
    return reach(actor, Permission.CLAIMS_DECIDE) is Reach.DISTRICT


def can_import(actor: Actor | None) -> bool:
    return reach(actor, Permission.IMPORTS_RUN) is Reach.DISTRICT


def visible_jobs(actor: Actor) -> QuerySet[Job]:
    """One's own; who runs imports for the district sees everybody's."""
    rows: QuerySet[Job] = Job.objects.select_related("membership__person", "source", "result")
    if can_import(actor):
        return rows
    person = person_id(actor)
    return rows.filter(membership__person_id=person) if person else rows.none()


def can_cancel_job(actor: Actor, job: Job) -> bool:
    own = job.membership is not None and job.membership.person_id == person_id(actor)
    return job.is_unfinished and (own or can_import(actor))


def can_view_file(actor: Actor | None, person: Person | None, file: File) -> bool:
    """Claimants have no membership yet, so their person counts besides the actor."""
    if person is not None and file.person_id == person.pk:
        return True
    match file.audience:
        case FileAudience.PUBLIC:
            return True
        case FileAudience.DISTRICT:
            return actor is not None
        case FileAudience.ORGANIZATION:
            return holds(actor, Permission.ORGANIZATIONS_VIEW, organization_id=file.organization_id)
        case _:
            return can_decide_claims(actor)


def visible_organizations(actor: Actor) -> QuerySet[Organization]:
    return _within_reach(actor, Permission.ORGANIZATIONS_VIEW, Organization.objects.all(), "id")


def manageable_organizations(actor: Actor) -> QuerySet[Organization]:
    """Those whose people the actor manages."""
    return _within_reach(actor, Permission.PEOPLE_MANAGE, Organization.objects.current(), "id")


def visible_certifications(actor: Actor) -> QuerySet[Certification]:
    rows = Certification.objects.all()
    return _within_reach(actor, Permission.ORGANIZATIONS_VIEW, rows, "organization_id")


def visible_memberships(actor: Actor) -> QuerySet[Membership]:
    rows = Membership.objects.select_related("person", "organization", "community")
    return _within_reach(actor, Permission.PEOPLE_VIEW, rows, "organization_id")


def _within_reach(
    actor: Actor, permission: Permission, rows: QuerySet[Row], organization: str
) -> QuerySet[Row]:
    match reach(actor, permission):
        case Reach.DISTRICT:
            return rows
        case Reach.OWN:
            return rows.filter(**{organization: organization_id(actor)})
        case _:
            return rows.none()


def assignable_roles(actor: Actor, organization: Organization) -> list[Role]:
    """Roles the actor may give in the organisation; nobody gives more than they could hold."""
    if not can_manage_people(actor, organization):
        return []
    if organization.kind == OrganizationKind.OPERATOR:
        return [Role.OPERATOR_ADMIN, Role.OPERATOR, Role.AUDITOR]
    roles = [Role.COMPANY_ADMIN, Role.COMPANY_MEMBER]
    if can_create_organization(actor) or getattr(actor, "role", "") == Role.PARTNER:
        roles.append(Role.PARTNER)
    return roles

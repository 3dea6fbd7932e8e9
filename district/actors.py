"""Who acts: a person in a membership, a program of an organisation, or the system itself."""

from dataclasses import dataclass
from uuid import UUID

from district.models import ApiClient, Membership


@dataclass(frozen=True)
class System:
    """Scheduled and background work; `name` says which."""

    name: str = "system"


Actor = Membership | ApiClient | System


def organization_id(actor: Actor) -> UUID | None:
    return None if isinstance(actor, System) else actor.organization_id


def person_id(actor: Actor) -> UUID | None:
    return actor.person_id if isinstance(actor, Membership) else None


def is_operator(actor: Actor) -> bool:
    return isinstance(actor, System) or (isinstance(actor, Membership) and actor.is_operator)


def is_staff(actor: Actor) -> bool:
    """Whether the actor works for the operator, in whatever role."""
    return isinstance(actor, Membership) and actor.is_operator

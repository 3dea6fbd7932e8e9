"""Who belongs to an organisation, and in which role."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.accounts.models import User, UserDistrict
from district.activity import record
from district.actors import Actor, System
from district.models import Community, Membership, Organization, Person, Role
from district.permissions import assignable_roles
from district.rules import RuleViolation
from district.tenancy.scope import current_district_id, scope

ADMIN_ROLES = frozenset({Role.OPERATOR_ADMIN, Role.COMPANY_ADMIN, Role.PARTNER})


@transaction.atomic
def change_role(
    membership: Membership, *, role: Role, community: Community | None = None, by: Membership
) -> Membership:
    """Give another role, and to operator staff an area or (None) the whole district.

    Raises RuleViolation("last_administrator", "membership_ended", "role_not_assignable").
    """
    membership = _locked(membership)
    require_assignable(role, membership.organization, by=by)
    if role not in ADMIN_ROLES:
        _keep_an_administrator(membership)
    before, membership.role = membership.role, role
    membership.community = community if role == Role.OPERATOR else None
    membership.save(update_fields=["role", "community"])
    record(
        "membership.changed",
        subject=membership,
        by=by,
        organization=membership.organization_id,
        data={
            "role": role,
            "community": str(membership.community_id or ""),
            "changes": {"role": [before, role]},
        },
    )
    return membership


def require_assignable(role: Role | str, organization: Organization, *, by: Membership) -> None:
    """Nobody gives more than they could hold. Raises RuleViolation("role_not_assignable")."""
    if role not in assignable_roles(by, organization):
        raise RuleViolation("role_not_assignable", _("You cannot give this role here."))


@transaction.atomic
def end_membership(membership: Membership, *, by: Actor) -> Membership:
    """Raises RuleViolation("last_administrator", "membership_ended")."""
    membership = _locked(membership)
    _keep_an_administrator(membership)
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    record("membership.ended", subject=membership, by=by, organization=membership.organization_id)
    return membership


def join(
    person: Person,
    organization: Organization,
    *,
    role: Role | str,
    community: Community | None = None,
    by: Actor,
) -> Membership:
    membership = Membership.objects.create(
        person=person, organization=organization, role=role, community=community
    )
    record("membership.created", subject=membership, by=by, organization=organization.pk)
    return membership


def person_of(user_id: int, *, name: str, email: str = "", mobile: str = "") -> Person:
    """The person a log-in is in this district, made known here if need be."""
    person, _made = Person.objects.get_or_create(
        user_id=user_id, defaults={"name": name, "email": email, "mobile": mobile}
    )
    UserDistrict.objects.get_or_create(user_id=user_id, district_id=current_district_id())
    return person


def renew_contacts(user_id: int) -> None:
    """Tell every district of the log-in its address and number of now, each in a scope of its own:
    to be called outside of any."""
    user = User.objects.get(pk=user_id)
    for district_id in UserDistrict.objects.filter(user=user).values_list("district_id", flat=True):
        with scope(district_id):
            for person in Person.objects.filter(user=user):
                person.email, person.mobile = user.email or "", user.mobile or ""
                person.save(update_fields=["email", "mobile"])
                record("person.changed", subject=person, by=System("accounts"))


def _locked(membership: Membership) -> Membership:
    # The organisation is what two administrators leaving at once contend for.
    Organization.objects.locked().get(pk=membership.organization_id)
    membership = Membership.objects.locked().get(pk=membership.pk)
    if membership.ended_at is not None:
        raise RuleViolation("membership_ended", _("This membership has already ended."))
    return membership


def _keep_an_administrator(membership: Membership) -> None:
    if membership.role not in ADMIN_ROLES:
        return
    others = Membership.objects.current().filter(
        organization_id=membership.organization_id, role__in=ADMIN_ROLES
    )
    if not others.exclude(pk=membership.pk).exists():
        raise RuleViolation(
            "last_administrator",
            _("This is the last administrator: make somebody else administrator first."),
        )

"""A person's request to act for a company, and the operator's answer."""

from django.db import transaction
from django.utils import timezone

from district.actions.people import change_role, join
from district.activity import record
from district.actors import System
from district.models import ClaimStatus, Membership, Organization, OrganizationClaim, Role


@transaction.atomic
def submit_claim(claim: OrganizationClaim) -> OrganizationClaim:
    """Whoever claims has no membership to act in yet: the ledger names the claim alone."""
    claim.organization = Organization.objects.current().filter(uscc=claim.uscc).first()
    claim.save()
    record("claim.submitted", subject=claim, by=System("claims"))
    return claim


@transaction.atomic
def approve_claim(claim: OrganizationClaim, *, by: Membership) -> OrganizationClaim:
    """The company is verified (and added where it is new), the person its administrator."""
    claim = _decided(claim, ClaimStatus.APPROVED, by)
    claim.organization = _verified(claim, by)
    claim.save()
    current = Membership.objects.current().filter(
        person_id=claim.person_id, organization=claim.organization
    )
    membership = current.locked().first()
    if membership is None:
        join(claim.person, claim.organization, role=Role.COMPANY_ADMIN, by=by)
    elif membership.role == Role.COMPANY_MEMBER:
        change_role(membership, role=Role.COMPANY_ADMIN, by=by)
    record("claim.approved", subject=claim, by=by, organization=claim.organization.pk)
    return claim


@transaction.atomic
def decline_claim(claim: OrganizationClaim, *, reason: str, by: Membership) -> OrganizationClaim:
    claim = _decided(claim, ClaimStatus.DECLINED, by)
    claim.reason = reason
    claim.save()
    record("claim.declined", subject=claim, by=by, organization=claim.organization_id)
    return claim


@transaction.atomic
def withdraw_claim(claim: OrganizationClaim) -> OrganizationClaim:
    """The claimant thought better of it; no membership acts, as when it was submitted."""
    claim = OrganizationClaim.objects.locked().get(pk=claim.pk)
    claim.move_to(ClaimStatus.WITHDRAWN)
    claim.save(update_fields=["status"])
    record("claim.withdrawn", subject=claim, by=System("claims"))
    return claim


def _decided(claim: OrganizationClaim, status: ClaimStatus, by: Membership) -> OrganizationClaim:
    claim = OrganizationClaim.objects.locked().get(pk=claim.pk)
    claim.move_to(status)
    claim.decided_by, claim.decided_at = by, timezone.now()
    return claim


def _verified(claim: OrganizationClaim, by: Membership) -> Organization:
    """The company of the claim, made known if need be; one that had left is back."""
    organization = Organization.objects.locked().filter(uscc=claim.uscc).first()
    if organization is None:
        organization = Organization(uscc=claim.uscc, name_zh=claim.legal_name[:160])
    organization.legal_name = claim.legal_name
    organization.verified_at, organization.ended_at = timezone.now(), None
    organization.save()
    record("organization.verified", subject=organization, by=by, organization=organization.pk)
    return organization

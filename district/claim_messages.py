"""Who is told of claims, and what they read."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from district.models import Activity, Membership, OrganizationClaim, Role
from district.registry import Message


def _claims(activities: Sequence[Activity]) -> Mapping[UUID, OrganizationClaim]:
    return OrganizationClaim.objects.in_bulk([row.subject_id for row in activities])


def reviewers(activities: Sequence[Activity]) -> Mapping[UUID, Collection[UUID]]:
    admins = set(
        Membership.objects.current()
        .filter(role=Role.OPERATOR_ADMIN)
        .values_list("person_id", flat=True)
    )
    return {row.pk: admins for row in activities}


def claimant(activities: Sequence[Activity]) -> Mapping[UUID, Collection[UUID]]:
    claims = _claims(activities)
    return {row.pk: {claims[row.subject_id].person_id} for row in activities}


def claim_messages(activities: Sequence[Activity]) -> Mapping[UUID, Message]:
    claims = _claims(activities)
    return {
        row.pk: _message(row.verb, claims[row.subject_id])
        for row in activities
        if row.subject_id in claims
    }


def _message(verb: str, claim: OrganizationClaim) -> Message:
    company = {"company": claim.legal_name}
    match verb:
        case "claim.submitted":
            title = _("Somebody asks to act for %(company)s") % company
            return Message(title, claim.uscc, reverse("claim_detail", args=[claim.pk]))
        case "claim.approved":
            return Message(_("You now act for %(company)s") % company, "", reverse("home"))
        case _:
            title = _("Your claim of %(company)s was declined") % company
            return Message(title, claim.reason, reverse("claim_new"))

"""Offers to join an organisation: sent to an address, taken up once."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.actions.people import join, person_of, require_assignable
from district.activity import record
from district.channels.invitation import invitation_mail
from district.models import Invitation, Membership
from district.rules import RuleViolation

VALID_FOR: Final = timedelta(days=14)


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def invite(invitation: Invitation, *, by: Membership) -> Invitation:
    """Save the invitation and mail its link once this is committed.

    Raises RuleViolation("role_not_assignable").
    """
    require_assignable(invitation.role, invitation.organization, by=by)
    key = _renew(invitation)
    invitation.invited_by = by
    invitation.save()
    record("invitation.sent", subject=invitation, by=by, organization=invitation.organization_id)
    _mail_later(invitation, key)
    return invitation


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: Membership) -> Invitation:
    """A new link; the one before stops working."""
    invitation = _locked(invitation)
    key = _renew(invitation)
    invitation.save(update_fields=["key_hash", "expires_at"])
    record("invitation.sent", subject=invitation, by=by, organization=invitation.organization_id)
    _mail_later(invitation, key)
    return invitation


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: Membership) -> Invitation:
    invitation = _locked(invitation)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    record("invitation.revoked", subject=invitation, by=by, organization=invitation.organization_id)
    return invitation


@transaction.atomic
def accept_invitation(invitation: Invitation, *, user_id: int, email: str | None) -> Membership:
    """Only the log-in the invitation was sent to may take it up.

    Raises RuleViolation("invitation_closed", "invitation_of_another").
    """
    invitation = _locked(invitation)
    if not invitation.is_open:
        raise RuleViolation("invitation_closed", _("This invitation is closed."))
    if (email or "").lower() != invitation.email.lower():
        raise RuleViolation(
            "invitation_of_another",
            _("This invitation was sent to another e-mail address."),
        )
    person = person_of(user_id, name=invitation.name, email=invitation.email)
    membership = join(
        person,
        invitation.organization,
        role=invitation.role,
        community=invitation.community,
        by=invitation.invited_by,
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record(
        "invitation.accepted",
        subject=invitation,
        by=membership,
        organization=invitation.organization_id,
    )
    return membership


def _locked(invitation: Invitation) -> Invitation:
    invitation = Invitation.objects.locked().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at:
        raise RuleViolation("invitation_closed", _("This invitation is closed."))
    return invitation


def _renew(invitation: Invitation) -> str:
    key = secrets.token_urlsafe(32)
    invitation.key_hash = hashed(key)
    invitation.expires_at = timezone.now() + VALID_FOR
    return key


def _mail_later(invitation: Invitation, key: str) -> None:
    district = invitation.district
    path = reverse("invitation_accept", args=[key]).removeprefix(f"/{district.slug}")
    address = district.absolute_url(path)
    mail = invitation_mail(invitation, address)
    transaction.on_commit(mail.send, robust=True)

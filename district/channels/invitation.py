"""The mail an invitation comes in: who invites, where to, as what, until when, what to do."""

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation

from district.channels.letters import sent_to, written
from district.models import Invitation


def invitation_mail(invitation: Invitation, address: str) -> EmailMultiAlternatives:
    """In the district's language: nothing is known yet of whom it reaches."""
    district = invitation.district
    with translation.override(district.language), timezone.override(district.zone):
        context = {
            "invitation": invitation,
            "host": invitation.invited_by.person,
            "district": district,
            "address": address,
        }
        letter = written("invitation", context)
    return sent_to(invitation.email, letter)

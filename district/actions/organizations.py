"""Organisations of the district: their file, certifications and contacts."""

from __future__ import annotations

from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.actions.files import store_upload
from district.activity import changes_of, record
from district.actors import Actor, System
from district.models import (
    Certification,
    FileAudience,
    Organization,
    OrganizationContact,
    OrganizationName,
)
from district.rules import RuleViolation

NAMES = ("name_zh", "name_en", "legal_name")
REMINDED_AT_ONCE = 500

SHOWN_CHANGES: Final = ("kind", "industry", "country", "founded_on", "employee_count")


@transaction.atomic
def save_organization(organization: Organization, *, by: Actor) -> Organization:
    """Add or change; where a name changes, what it was before is kept."""
    if organization._state.adding:
        organization.save()
        record("organization.created", subject=organization, by=by, organization=organization.pk)
        return organization
    before = Organization.objects.locked().get(pk=organization.pk)
    former = former_name(before, organization)
    if former is not None:
        former.save()
    changes = changes_of(organization, SHOWN_CHANGES)
    organization.save()
    record(
        "organization.changed",
        subject=organization,
        by=by,
        organization=organization.pk,
        data={"changes": changes} if changes else {},
    )
    return organization


def former_name(before: Organization, after: Organization) -> OrganizationName | None:
    """What to keep of the names before, unsaved; None where none of them changes."""
    if all(getattr(before, name) == getattr(after, name) for name in NAMES):
        return None
    kept = {name: getattr(before, name) for name in NAMES}
    return OrganizationName(organization=after, until=timezone.now(), **kept)


@transaction.atomic
def save_certification(
    certification: Certification, *, upload: UploadedFile[Any] | None = None, by: Actor
) -> Certification:
    """Add or change; a new file takes the place of the one before.

    Raises RuleViolation("certification_ended", "file_too_large", "file_kind").
    """
    verb = "certification.added" if certification._state.adding else "certification.changed"
    if not certification._state.adding:
        _in_force(certification)
    if upload is not None:
        certification.file = store_upload(
            upload,
            audience=FileAudience.ORGANIZATION,
            organization=certification.organization,
        )
    certification.save()
    _record_about(verb, certification, by)
    return certification


@transaction.atomic
def end_certification(certification: Certification, *, by: Actor) -> Certification:
    """It was withdrawn or not renewed. Raises RuleViolation("certification_ended")."""
    certification = _in_force(certification)
    certification.ended_at = timezone.now()
    certification.save(update_fields=["ended_at"])
    _record_about("certification.ended", certification, by)
    return certification


@transaction.atomic
def remind_of_certifications() -> int:
    """Put on record, once for each expiry, what expires within 90 days; people are told of it."""
    rows = (
        Certification.objects.expiring()
        .filter(Q(reminded_for=None) | ~Q(reminded_for=F("expires_on")))
        .locked()
        .order_by("id")[:REMINDED_AT_ONCE]
    )
    count = 0
    for certification in rows:
        certification.reminded_for = certification.expires_on
        certification.save(update_fields=["reminded_for"])
        _record_about("certification.expiring", certification, System("certifications"))
        count += 1
    return count


@transaction.atomic
def save_contact(contact: OrganizationContact, *, by: Actor) -> OrganizationContact:
    verb = "contact.added" if contact._state.adding else "contact.changed"
    contact.save()
    _record_about(verb, contact, by)
    return contact


@transaction.atomic
def remove_contact(contact: OrganizationContact, *, by: Actor) -> None:
    """Contacts are personal data and nothing refers to them: the row goes."""
    _record_about("contact.removed", contact, by)
    contact.delete()


def _in_force(certification: Certification) -> Certification:
    current = Certification.objects.locked().get(pk=certification.pk)
    if current.ended_at is not None:
        raise RuleViolation(
            "certification_ended", _("This certification has ended and cannot be changed.")
        )
    return current


def _record_about(verb: str, subject: Certification | OrganizationContact, by: Actor) -> None:
    record(verb, subject=subject, by=by, organization=subject.organization_id)

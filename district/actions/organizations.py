"""Organisations of the district."""

from typing import Final

from django.db import transaction

from district.activity import changes_of, record
from district.actors import Actor
from district.models import Organization

SHOWN_CHANGES: Final = ("kind", "industry", "country", "founded_on", "employee_count")


@transaction.atomic
def save_organization(organization: Organization, *, by: Actor) -> Organization:
    verb = "organization.created" if organization._state.adding else "organization.changed"
    changes = changes_of(organization, SHOWN_CHANGES)
    organization.save()
    record(
        verb,
        subject=organization,
        by=by,
        organization=organization.pk,
        data={"changes": changes} if changes else {},
    )
    return organization

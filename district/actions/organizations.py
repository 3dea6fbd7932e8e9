"""Organisations of the district."""

from django.db import transaction

from district.activity import record
from district.actors import Actor
from district.models import Organization


@transaction.atomic
def save_organization(organization: Organization, *, by: Actor) -> Organization:
    verb = "organization.created" if organization._state.adding else "organization.changed"
    organization.save()
    record(verb, subject=organization, by=by, organization=organization.pk)
    return organization

"""Who is told that a certification expires, and what they read."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from district.models import Activity, Certification, Membership, Role
from district.registry import Message
from district.templatetags.look import day


def administrators(activities: Sequence[Activity]) -> Mapping[UUID, Collection[UUID]]:
    """Those of the company, and of the operator."""
    rows = list(
        Membership.objects.current()
        .filter(role__in=[Role.OPERATOR_ADMIN, Role.COMPANY_ADMIN])
        .values_list("role", "organization_id", "person_id")
    )
    operators = {person for role, _organization, person in rows if role == Role.OPERATOR_ADMIN}
    return {
        activity.pk: operators
        | {person for _role, owner, person in rows if owner == activity.organization_id}
        for activity in activities
    }


def expiry_messages(activities: Sequence[Activity]) -> Mapping[UUID, Message]:
    found = Certification.objects.select_related("organization").in_bulk(
        [activity.subject_id for activity in activities]
    )
    return {
        activity.pk: _message(certification)
        for activity in activities
        if (certification := found.get(activity.subject_id)) and certification.expires_on
    }


def _message(certification: Certification) -> Message:
    title = _("%(kind)s of %(company)s expires: %(day)s") % {
        "kind": certification.get_kind_display(),
        "company": certification.organization.name,
        "day": day(certification.expires_on) if certification.expires_on else "",
    }
    url = reverse("organization_detail", args=[certification.organization_id])
    return Message(title, certification.number, f"{url}#certifications")

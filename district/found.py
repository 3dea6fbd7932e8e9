"""How organisations and members stand in the search index."""

from django.db.models import Q
from django.utils import translation

from district.models import Activity, Membership, Organization, OrganizationKind
from district.registry import Entry, Index
from district.rules import Text


def in_both(text: Text) -> tuple[str, str]:
    """A translated text in Chinese and in English."""
    with translation.override("zh-hans"):
        chinese = str(text)
    with translation.override("en"):
        return chinese, str(text)


def _organization(row: Organization) -> Entry | None:
    if row.ended_at is not None:
        return None
    return Entry(
        titles=(row.name_zh, row.name_en),
        notes=in_both(OrganizationKind(row.kind).label),
        words=f"{row.legal_name} {row.uscc or ''}",
        organization_id=row.pk,
    )


def _member(row: Membership) -> Entry | None:
    if row.ended_at is not None or row.organization.ended_at is not None:
        return None
    person = row.person
    return Entry(
        titles=(person.name, person.name),
        notes=(row.organization.name_zh, row.organization.name_en),
        words=f"{person.email} {person.mobile} {row.title}",
        organization_id=row.organization_id,
    )


def _members_touched(activity: Activity) -> Q | None:
    match activity.subject_type:
        case "district.organization":
            return Q(organization_id=activity.subject_id)
        case "district.person":
            return Q(person_id=activity.subject_id)
        case _:
            return None


ORGANIZATIONS = Index(Organization, _organization, "organization_detail")
MEMBERS = Index(
    Membership, _member, "membership_edit", ("person", "organization"), _members_touched
)

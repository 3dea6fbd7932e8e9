"""The lists of people and organisations."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from district.actions.people import end_membership
from district.actors import Actor
from district.lists import BulkAction, Cell, Column, Filter, Listing, Rows, Sort, matching
from district.models import (
    Certification,
    CertificationKind,
    Community,
    Industry,
    Membership,
    Organization,
    OrganizationKind,
    Role,
)
from district.permissions import (
    Permission,
    can_manage_people,
    reach,
    require,
    visible_memberships,
    visible_organizations,
)
from district.rules import Text


def _one_of(field: str) -> Callable[[Sequence[str]], Q]:
    return lambda values: Q(**{f"{field}__in": values})


def _certified(values: Sequence[str]) -> Q:
    held = Certification.objects.current().filter(kind__in=values)
    return Q(pk__in=held.values("organization_id"))


def _expiring(values: Sequence[str]) -> Q:
    return Q(pk__in=Certification.objects.expiring().values("organization_id"))


def current_memberships(actor: Actor) -> QuerySet[Membership]:
    return visible_memberships(actor).filter(ended_at=None, organization__ended_at=None)


def _end(row: Membership, actor: Actor) -> None:
    require(can_manage_people(actor, row.organization))
    end_membership(row, by=actor)


def _search_organizations(rows: Rows[Organization], query: str) -> Rows[Organization]:
    return rows.filter(
        Q(name_zh__icontains=query)
        | Q(name_en__icontains=query)
        | Q(legal_name__icontains=query)
        | Q(other_names__icontains=query)
        | Q(uscc=query.upper())
    )


def _search_people(rows: Rows[Membership], query: str) -> Rows[Membership]:
    return matching(
        rows,
        Q(person__name__icontains=query)
        | Q(person__email__icontains=query)
        | Q(person__mobile__icontains=query),
        Q(organization__name_zh__icontains=query)
        | Q(organization__name_en__icontains=query)
        | Q(organization__legal_name__icontains=query),
    )


def _verified(row: Organization) -> Cell:
    if row.ended_at is not None:
        return Cell(_("Ended"), state="off")
    if row.verified_at is None:
        return Cell(_("Not verified"), state="wait")
    return Cell(_("Verified"), state="go")


def _ids(field: str, values: Sequence[str]) -> Q:
    return Q(**{f"{field}__in": [UUID(value) for value in values]})


def _communities() -> list[tuple[str, Text]]:
    return [(str(row.pk), row.name) for row in Community.objects.order_by("code")]


def _of_organization(values: Sequence[str]) -> Q:
    """By id, as links have it, or by a part of a name, as people type it."""
    try:
        return _ids("organization_id", values)
    except ValueError:
        named = Q()
        for value in values:
            named |= Q(organization__name_zh__icontains=value)
            named |= Q(organization__name_en__icontains=value)
        return named


def _area(row: Membership) -> Cell:
    if row.role != Role.OPERATOR:
        return Cell("")
    return Cell(row.community.name if row.community else _("Whole district"))


ORGANIZATIONS: Listing[Organization] = Listing(
    key="organizations",
    rows=visible_organizations,
    columns=[
        Column(
            "name",
            _("Organisation"),
            lambda row: Cell(row.name, row.get_absolute_url(), row.uscc or ""),
        ),
        Column(
            "uscc",
            _("Unified social credit code"),
            lambda row: Cell(row.uscc or ""),
            shown=False,
        ),
        Column("kind", _("Kind"), lambda row: Cell(row.get_kind_display())),
        Column("industry", _("Industry"), lambda row: Cell(row.get_industry_display())),
        Column("verified", _("State"), _verified),
    ],
    sorts=[
        Sort("newest", _("Newest first"), "id", descending=True),
        Sort("kind", _("Kind"), "kind"),
    ],
    filters=[
        Filter("kind", _("Kind"), _one_of("kind"), lambda: OrganizationKind.choices),
        Filter("industry", _("Industry"), _one_of("industry"), lambda: Industry.choices),
        Filter("certification", _("Certification"), _certified, lambda: CertificationKind.choices),
        Filter("expiring", _("Expiring"), _expiring, lambda: [("soon", _("Within 90 days"))]),
        Filter(
            "state",
            _("State"),
            lambda values: Q(ended_at__isnull=False),
            lambda: [("ended", _("Ended"))],
            unset=Q(ended_at=None),
        ),
    ],
    search=_search_organizations,
)

PEOPLE: Listing[Membership] = Listing(
    key="people",
    rows=current_memberships,
    columns=[
        Column(
            "name",
            _("Name"),
            lambda row: Cell(row.person.name, reverse("membership_edit", args=[row.pk]), row.title),
        ),
        Column(
            "organization",
            _("Organisation"),
            lambda row: Cell(row.organization.name, row.organization.get_absolute_url()),
        ),
        Column("role", _("Role"), lambda row: Cell(row.label)),
        Column("area", _("Assigned area"), _area),
        Column("contact", _("Contact"), lambda row: Cell(row.person.email or row.person.mobile)),
        Column("title", _("Position"), lambda row: Cell(row.title), shown=False),
    ],
    sorts=[Sort("name", _("Name"), "person__name"), Sort("newest", _("Newest first"), "id", True)],
    filters=[
        Filter("role", _("Role"), _one_of("role"), lambda: Role.choices),
        Filter("kind", _("Kind"), _one_of("organization__kind"), lambda: OrganizationKind.choices),
        Filter("community", _("Assigned area"), lambda v: _ids("community_id", v), _communities),
        Filter("organization", _("Organisation"), _of_organization, input_type="text"),
    ],
    search=_search_people,
    bulk=[
        BulkAction(
            "end",
            _("End membership"),
            "user-minus",
            lambda actor: reach(actor, Permission.PEOPLE_MANAGE) is not None,
            _end,
        )
    ],
)

"""The lists of people and organisations."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.actions.people import end_membership
from district.actors import Actor
from district.lists import BulkAction, Cell, Column, Filter, Listing, Rows, Sort, matching
from district.models import (
    CertificationKind,
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

EXPIRING_WITHIN = timedelta(days=90)


def _one_of(field: str) -> Callable[[Sequence[str]], Q]:
    return lambda values: Q(**{f"{field}__in": values})


def _certified(values: Sequence[str]) -> Q:
    held = Organization.objects.filter(certifications__kind__in=values)
    return Q(pk__in=held.values("pk"))


def _expiring(values: Sequence[str]) -> Q:
    today = timezone.localdate()
    held = Organization.objects.filter(
        certifications__expires_on__range=(today, today + EXPIRING_WITHIN)
    )
    return Q(pk__in=held.values("pk"))


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
    if row.verified_at is None:
        return Cell(_("Not verified"), state="wait")
    return Cell(_("Verified"), state="go")


ORGANIZATIONS: Listing[Organization] = Listing(
    key="organizations",
    rows=lambda actor: visible_organizations(actor).filter(ended_at=None),
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
        Column("contact", _("Contact"), lambda row: Cell(row.person.email or row.person.mobile)),
        Column("title", _("Position"), lambda row: Cell(row.title), shown=False),
    ],
    sorts=[Sort("name", _("Name"), "person__name"), Sort("newest", _("Newest first"), "id", True)],
    filters=[Filter("role", _("Role"), _one_of("role"), lambda: Role.choices)],
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

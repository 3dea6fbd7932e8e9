"""What people and organisations tell the registries at start-up."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from district import cards, permissions, registry
from district.actions import ledger, profile
from district.actors import is_staff
from district.api.resources import DistrictResource, OrganizationResource
from district.audit import AUDIT
from district.certification_messages import administrators, expiry_messages
from district.claim_messages import claim_messages, claimant, reviewers
from district.demo.fill import fill_ground, settle_ledger
from district.demo.messages import fill_messages
from district.found import MEMBERS
from district.found import ORGANIZATIONS as ORGS
from district.imports import organizations, present, work
from district.job_listing import JOBS
from district.job_messages import job_messages, starter
from district.listings import ORGANIZATIONS, PEOPLE
from district.registry import (
    Card,
    DemoPart,
    JobKind,
    MenuItem,
    PersonalData,
    Route,
    Searchable,
    Verb,
    VerbGroup,
)
from district.searching import reindex_all

PEOPLE_NEWS = VerbGroup("people", _("Organisations and members"))
VERBS = {
    "list.exported": Verb(_("List exported"), icon="download"),
    "file.viewed": Verb(_("File downloaded"), icon="file"),
    "person.changed": Verb(_("Account changed"), icon="user-edit"),
    "person.erased": Verb(_("Personal data erased"), icon="user-x"),
    "personal_data.viewed": Verb(_("Personal data downloaded"), icon="download"),
    "person.viewed": Verb(_("Personal data viewed"), icon="eye"),
    "membership.created": Verb(_("Person joined"), icon="user-plus"),
    "membership.changed": Verb(_("Role changed"), icon="user-cog"),
    "membership.ended": Verb(_("Membership ended"), icon="user-minus"),
    "invitation.sent": Verb(_("Invitation sent"), icon="mail"),
    "invitation.revoked": Verb(_("Invitation revoked"), icon="mail-off"),
    "invitation.accepted": Verb(_("Invitation accepted"), icon="mail-check"),
    "organization.created": Verb(_("Organisation added"), icon="building"),
    "organization.changed": Verb(_("Organisation changed"), icon="building"),
    "organization.verified": Verb(_("Organisation verified"), icon="rosette"),
    "certification.added": Verb(_("Certification added"), icon="certificate"),
    "certification.changed": Verb(_("Certification changed"), icon="certificate"),
    "certification.ended": Verb(_("Certification ended"), icon="certificate-off"),
    "certification.expiring": Verb(
        _("Certification expires soon"),
        icon="certificate",
        audience=administrators,
        messages=expiry_messages,
    ),
    "contact.added": Verb(_("Contact added"), icon="address-book"),
    "contact.changed": Verb(_("Contact changed"), icon="address-book"),
    "contact.removed": Verb(_("Contact removed"), icon="address-book-off"),
    "settings.changed": Verb(_("Settings changed"), icon="settings"),
    "community.created": Verb(_("Community added"), icon="map-2"),
    "community.changed": Verb(_("Community changed"), icon="map-2"),
    "job.started": Verb(_("Task started"), icon="player-play"),
    "job.cancelled": Verb(_("Task stopped"), icon="player-stop"),
    "job.finished": Verb(
        _("Task done"), icon="circle-check", audience=starter, messages=job_messages
    ),
    "job.failed": Verb(
        _("Task failed"), icon="alert-triangle", audience=starter, messages=job_messages
    ),
    "client.created": Verb(_("API client added"), icon="key"),
    "token.issued": Verb(_("API token issued"), icon="key"),
    "token.revoked": Verb(_("API token revoked"), icon="key"),
    "claim.submitted": Verb(
        _("Company claimed"),
        icon="file-check",
        audience=reviewers,
        messages=claim_messages,
        group=PEOPLE_NEWS,
        tone="wait",
    ),
    "claim.approved": Verb(
        _("Claim approved"),
        icon="circle-check",
        audience=claimant,
        messages=claim_messages,
        group=PEOPLE_NEWS,
        tone="go",
    ),
    "claim.withdrawn": Verb(_("Claim withdrawn"), icon="file-x"),
    "claim.declined": Verb(
        _("Claim declined"),
        icon="circle-x",
        audience=claimant,
        messages=claim_messages,
        group=PEOPLE_NEWS,
        tone="stop",
    ),
}
MENU = {
    "today": MenuItem(_("Workbench"), "home", "home", "", 10, is_staff, on_phone=True),
    "home": MenuItem(
        _("Home"), "home", "home", "", 10, lambda actor: not is_staff(actor), on_phone=True
    ),
    "clients": MenuItem(
        _("API clients"),
        "client_list",
        "api",
        _("Data and interfaces"),
        90,
        permissions.can_manage_clients,
    ),
    "organizations": MenuItem(
        _("Organisations"),
        "organization_list",
        "building",
        _("Organisations and members"),
        40,
        permissions.can_view_organizations,
        covers=("certifications/", "contacts/"),
    ),
    "people": MenuItem(
        _("Members"),
        "person_list",
        "users",
        _("Organisations and members"),
        42,
        permissions.can_view_people,
        covers=("memberships/",),
    ),
    "communities": MenuItem(
        _("Communities"),
        "community_list",
        "map-2",
        _("Settings"),
        70,
        permissions.can_edit_settings,
    ),
    "settings": MenuItem(
        _("District settings"),
        "district_settings",
        "settings",
        _("Settings"),
        72,
        permissions.can_edit_settings,
    ),
    "roles": MenuItem(
        _("Roles"), "role_list", "shield-check", _("Settings"), 74, permissions.can_view_roles
    ),
    "audit": MenuItem(
        _("Audit"), "audit_list", "history", _("Settings"), 76, permissions.can_view_ledger
    ),
    "claims": MenuItem(
        _("Company claims"),
        "claim_list",
        "file-check",
        _("Organisations and members"),
        44,
        permissions.can_decide_claims,
        count=cards.waiting_claim_count,
    ),
    "imports": MenuItem(
        _("Imports"), "import_list", "upload", _("Data and interfaces"), 84, permissions.can_import
    ),
    "jobs": MenuItem(
        _("My tasks"), "job_list", "list-check", _("Data and interfaces"), 86, is_staff
    ),
}


PERSONAL_DATA = {
    "person": PersonalData(profile.export_person, profile.erase_person_data),
    "log_in": PersonalData(profile.export_log_in, profile.keep_log_in),
}


JOB_KINDS = {
    work.KIND: JobKind(
        present.label,
        work.ImportWork,
        present.outcome,
        "district/job_import.html",
        present.details,
    ),
    ledger.KIND: JobKind(
        ledger.label,
        ledger.LedgerWork,
        ledger.outcome,
        "district/job_ledger.html",
        ledger.details,
    ),
}
CARDS = {
    "claims": Card("district/cards/claims.html", 12, cards.waiting_claims),
    "certifications": Card(
        "district/cards/certifications.html", 40, cards.expiring_certifications, "aside"
    ),
}
SEARCHES = {
    "organization": Searchable(_("Organisations"), "building", index=ORGS),
    "member": Searchable(_("Members"), "user", index=MEMBERS),
}
ROUTES = {
    "district": Route("district", DistrictResource, "district"),
    "organizations": Route("organizations", OrganizationResource, "organization"),
}
DEMO = {
    "ground": DemoPart(order=10, fill=fill_ground),
    "messages": DemoPart(order=80, fill=fill_messages),
    "ledger": DemoPart(order=90, fill=settle_ledger),
    "search": DemoPart(order=95, fill=lambda build: reindex_all()),
}


def register_people() -> None:
    registry.importers.register("organizations", organizations.IMPORTER)
    for listing in (ORGANIZATIONS, PEOPLE, JOBS, AUDIT):
        registry.listings.register(listing.key, listing)
    declared: list[tuple[registry.Registry[Any], Mapping[str, Any]]] = [
        (registry.personal_data, PERSONAL_DATA),
        (registry.verbs, VERBS),
        (registry.menu, MENU),
        (registry.jobs, JOB_KINDS),
        (registry.cards, CARDS),
        (registry.searches, SEARCHES),
        (registry.routes, ROUTES),
        (registry.demo, DEMO),
    ]
    for shelf, items in declared:
        for key, item in items.items():
            shelf.register(key, item)

"""What people and organisations tell the registries at start-up."""

from django.utils.translation import gettext_lazy as _

from district import cards, permissions, registry
from district.actions import ledger, profile
from district.actors import is_staff
from district.audit import AUDIT
from district.certification_messages import administrators, expiry_messages
from district.claim_messages import claim_messages, claimant, reviewers
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
        _("Imports"), "import_list", "upload", _("Settings"), 84, permissions.can_import
    ),
    "jobs": MenuItem(_("My tasks"), "job_list", "list-check", _("Settings"), 86, is_staff),
}


PERSONAL_DATA = {
    "person": PersonalData(profile.export_person, profile.erase_person_data),
    "log_in": PersonalData(profile.export_log_in, profile.keep_log_in),
}


def register_people() -> None:
    for key, part in PERSONAL_DATA.items():
        registry.personal_data.register(key, part)
    for verb, declared in VERBS.items():
        registry.verbs.register(verb, declared)
    for key, item in MENU.items():
        registry.menu.register(key, item)
    registry.importers.register("organizations", organizations.IMPORTER)
    registry.jobs.register(
        work.KIND,
        JobKind(
            present.label,
            work.ImportWork,
            present.outcome,
            "district/job_import.html",
            present.details,
        ),
    )
    registry.jobs.register(
        ledger.KIND,
        JobKind(
            ledger.label,
            ledger.LedgerWork,
            ledger.outcome,
            "district/job_ledger.html",
            ledger.details,
        ),
    )
    registry.cards.register("claims", Card("district/cards/claims.html", 12, cards.waiting_claims))
    registry.cards.register(
        "certifications",
        Card("district/cards/certifications.html", 40, cards.expiring_certifications, "aside"),
    )
    for listing in (ORGANIZATIONS, PEOPLE, JOBS, AUDIT):
        registry.listings.register(listing.key, listing)
    searches = registry.searches
    searches.register("organization", Searchable(_("Organisations"), "building", index=ORGS))
    searches.register("member", Searchable(_("Members"), "user", index=MEMBERS))
    registry.demo.register("search", DemoPart(95, lambda build: reindex_all()))

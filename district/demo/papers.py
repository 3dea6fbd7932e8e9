"""What waits and what was: claims to review, open invitations, former names of companies."""

from datetime import timedelta
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from district.actions.claims import submit_claim
from district.actions.files import store_upload
from district.activity import record
from district.demo.build import Build
from district.models import (
    FileAudience,
    Invitation,
    Organization,
    OrganizationClaim,
    OrganizationName,
    Person,
    Role,
)
from district.models.uscc import uscc_check_character

# person, company; the second one is in the district already
CLAIMS: Final = (("陆行舟", "苏州汀兰微流控有限公司"), ("顾南星", ""))
RENAMED: Final = 6
INVITED: Final = (
    ("lin@demo.example", "陈晓岸", Role.OPERATOR, "lakeside"),
    ("xu@demo.example", "程以墨", Role.COMPANY_MEMBER, ""),
)
PAPER: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def fill_papers(build: Build) -> None:
    """Only where the district is large and Chinese; the small one starts with empty trays."""
    if build.plan["small"]:
        return
    _former_names(build)
    _claims(build)
    _invitations(build)


def _former_names(build: Build) -> None:
    renamed = build.companies[:: len(build.companies) // RENAMED]
    OrganizationName.objects.bulk_create(
        OrganizationName(
            organization=company,
            name_zh=f"{company.name_zh}实验室",
            name_en=f"{company.name_en} Lab",
            legal_name=company.legal_name.replace("有限公司", "科技有限公司"),
            until=timezone.now() - timedelta(days=build.random.randrange(100, 900)),
        )
        for company in renamed
    )
    for company in renamed:
        company.other_names = f"{company.name_en.split()[0]}\n{company.name_zh[:2]}"
    Organization.objects.bulk_update(renamed, ["other_names"])


def _claims(build: Build) -> None:
    for number, (name, company) in enumerate(CLAIMS):
        known = build.companies[40 + number]
        first = f"91320594MA2DEM0{number}P"
        person = Person.objects.create(name=name, email=f"claim{number}@demo.example")
        papers = [
            store_upload(
                SimpleUploadedFile(title, PAPER), audience=FileAudience.PERSON, person=person
            )
            for title in ("营业执照.pdf", "授权书.pdf")
        ]
        submit_claim(
            OrganizationClaim(
                person=person,
                legal_name=company or known.legal_name,
                uscc=(first + uscc_check_character(first)) if company else known.uscc or "",
                licence=papers[0],
                authorisation=papers[1],
            )
        )


def _invitations(build: Build) -> None:
    for number, (inviter, name, role, area) in enumerate(INVITED):
        by = build.memberships[inviter]
        invitation = Invitation.objects.create(
            organization=by.organization,
            role=role,
            community=build.communities.get(area),
            name=name,
            email=f"invited{number}@demo.example",
            key_hash=f"{number:064d}",
            invited_by=by,
            expires_at=timezone.now() + timedelta(days=11 - number),
        )
        record("invitation.sent", subject=invitation, by=by, organization=by.organization_id)

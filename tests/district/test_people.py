import re

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from district.actions import claims, files, invitations, people
from district.models import (
    Activity,
    FileAudience,
    Invitation,
    Membership,
    Organization,
    OrganizationClaim,
    Role,
)
from district.models.uscc import uscc_check_character
from district.permissions import assignable_roles, can_view_file
from district.rules import RuleViolation
from tests.factories import MembershipFactory, PersonFactory, UserFactory

CODE = "91320594MA1XYW123"
USCC = CODE + uscc_check_character(CODE)
PDF = b"%PDF-1.4 licence"


def upload(content=PDF, name="licence.pdf"):
    return SimpleUploadedFile(name, content)


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def claim(district):
    person = PersonFactory(with_login=True)
    kept = [
        files.store_upload(upload(), audience=FileAudience.PERSON, person=person) for _ in range(2)
    ]
    return claims.submit_claim(
        OrganizationClaim(
            person=person, legal_name="Lake Labs", uscc=USCC, licence=kept[0], authorisation=kept[1]
        )
    )


def test_end_membership_refuses_the_last_administrator(tenant_admin, tenant_member):
    with pytest.raises(RuleViolation) as refusal:
        people.end_membership(tenant_admin, by=tenant_admin)

    assert refusal.value.code == "last_administrator"
    assert Membership.objects.get(pk=tenant_admin.pk).ended_at is None


def test_end_membership_lets_one_of_two_administrators_go(tenant_admin):
    MembershipFactory(organization=tenant_admin.organization, role=Role.COMPANY_ADMIN)

    ended = people.end_membership(tenant_admin, by=tenant_admin)

    assert ended.ended_at is not None
    assert Activity.objects.filter(verb="membership.ended", subject_id=ended.pk).count() == 1


def test_change_role_refuses_to_demote_the_last_administrator(tenant_admin):
    with pytest.raises(RuleViolation) as refusal:
        people.change_role(tenant_admin, role=Role.COMPANY_MEMBER, by=tenant_admin)

    assert refusal.value.code == "last_administrator"


def test_company_administrators_give_no_roles_elsewhere(tenant_admin, operator):
    assert assignable_roles(tenant_admin, tenant_admin.organization) == [
        Role.COMPANY_ADMIN,
        Role.COMPANY_MEMBER,
    ]
    assert assignable_roles(tenant_admin, operator.organization) == []


def test_invitation_is_mailed_and_taken_up_once(
    browser_of, tenant_admin, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        browser_of(tenant_admin).post(
            "/people/invite/", {"name": "Li", "email": "li@example.org", "role": "company_member"}
        )
    key = re.search(r"/invitations/([^/]+)/", mail.outbox[-1].body).group(1)
    invitation = Invitation.objects.get(key_hash=invitations.hashed(key))
    user = UserFactory(email="li@example.org")

    joined = invitations.accept_invitation(invitation, user_id=user.pk, email=user.email)

    assert (joined.organization, joined.role) == (tenant_admin.organization, "company_member")
    with pytest.raises(RuleViolation) as refusal:
        invitations.accept_invitation(invitation, user_id=user.pk, email=user.email)
    assert refusal.value.code == "invitation_closed"


def test_invitation_is_not_for_another_address(tenant_admin):
    invitation = invitations.invite(
        Invitation(
            organization=tenant_admin.organization,
            name="Li",
            email="li@example.org",
            role=Role.COMPANY_MEMBER,
        ),
        by=tenant_admin,
    )

    with pytest.raises(RuleViolation) as refusal:
        invitations.accept_invitation(
            invitation, user_id=UserFactory().pk, email="other@example.org"
        )

    assert refusal.value.code == "invitation_of_another"


def test_approved_claim_verifies_the_company_and_makes_its_administrator(claim, operator):
    approved = claims.approve_claim(claim, by=operator)

    company = Organization.objects.get(uscc=USCC)
    assert approved.organization == company
    assert company.verified_at is not None
    assert Membership.objects.get(person=claim.person).role == Role.COMPANY_ADMIN


def test_declined_claim_keeps_its_reason_and_is_not_decided_again(claim, operator):
    declined = claims.decline_claim(claim, reason="Letter not signed", by=operator)

    assert declined.reason == "Letter not signed"
    with pytest.raises(RuleViolation) as refusal:
        claims.approve_claim(claim, by=operator)
    assert refusal.value.code == "status_not_allowed"


def test_claim_papers_are_seen_by_claimant_and_operator_alone(claim, operator, stranger):
    assert can_view_file(None, claim.person, claim.licence)
    assert can_view_file(operator, None, claim.licence)
    assert not can_view_file(stranger, stranger.person, claim.licence)


def test_file_download_is_an_attachment_in_a_sandbox(claim, browser_of, operator, stranger):
    address = f"/files/{claim.licence_id}"

    response = browser_of(operator).get(address)

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert browser_of(stranger).get(address).status_code == 404


def test_upload_of_a_web_page_called_pdf_is_refused(district):
    with pytest.raises(RuleViolation) as refusal:
        files.store_upload(upload(b"<html>"), audience=FileAudience.PUBLIC)

    assert refusal.value.code == "file_kind"


def test_company_administrator_sees_own_people_and_company_alone(
    browser_of, tenant_admin, stranger
):
    browser = browser_of(tenant_admin)

    page = browser.get("/people/").content.decode()

    assert tenant_admin.person.name in page
    assert stranger.organization.name not in page
    assert browser.get(f"/memberships/{stranger.pk}/").status_code == 404
    assert browser.get(f"/organizations/{stranger.organization_id}/").status_code == 404
    assert browser.get("/claims/").status_code == 403


def test_company_administrator_cannot_verify_or_rename_the_registration(browser_of, tenant_admin):
    company = tenant_admin.organization

    browser_of(tenant_admin).post(
        f"/organizations/{company.pk}/edit/",
        {"name_en": "Lake Labs", "industry": "ai", "legal_name": "Forged", "uscc": USCC},
    )

    company.refresh_from_db()
    assert (company.name_en, company.legal_name, company.uscc) == ("Lake Labs", "", None)


def test_member_cannot_invite_or_change_roles(browser_of, tenant_member, tenant_admin):
    browser = browser_of(tenant_member)

    assert browser.get("/people/invite/").status_code == 403
    refused = browser.post(f"/memberships/{tenant_admin.pk}/", {"role": "company_member"})
    assert refused.status_code == 403
    assert Membership.objects.get(pk=tenant_admin.pk).role == Role.COMPANY_ADMIN


def test_operator_reviews_a_claim_from_today(browser_of, operator, claim):
    browser = browser_of(operator)

    assert "Lake Labs" in browser.get("/").content.decode()
    assert USCC in browser.get(f"/claims/{claim.pk}/").content.decode()
    assert browser.post(f"/claims/{claim.pk}/approve/").status_code == 302
    assert "Lake Labs" in browser.get("/organizations/?q=lake").content.decode()


def test_person_without_membership_claims_a_company(district, browser_of):
    person = PersonFactory(with_login=True)
    browser = browser_of(None)
    browser.force_login(person.user)

    browser.post(
        "/claims/new/",
        {
            "name": person.name,
            "legal_name": "Lake Labs",
            "uscc": USCC,
            "licence_file": upload(),
            "authorisation_file": upload(),
        },
    )

    assert OrganizationClaim.objects.get().person == person
    assert "Lake Labs" in browser.get("/claims/new/").content.decode()


@pytest.mark.parametrize("path", ["login", "signup", "password/reset"])
def test_account_pages_wear_our_look(browser_of, path):
    page = browser_of(None).get(f"/accounts/{path}/").content.decode()

    assert 'class="plain' in page
    assert "style=" not in page

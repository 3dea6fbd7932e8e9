import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from district.actions import claims, files, invitations, people
from district.models import (
    Activity,
    File,
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
from district.templatetags.look import exact
from district.tenancy.errors import violation_from
from tests.factories import (
    CommunityFactory,
    MembershipFactory,
    OrganizationFactory,
    PersonFactory,
    UserFactory,
)

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


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Ada invites you to join", "Company member", "Valid until", "To accept"]),
        ("zh-hans", ["Ada邀请您加入", "企业成员", "有效期至", "接受邀请"]),
    ],
)
def test_invitation_says_who_invites_to_what_as_what_until_when(
    district, tenant_admin, django_capture_on_commit_callbacks, language, words
):
    district.language = language
    tenant_admin.person.name = "Ada"
    tenant_admin.person.save()
    organization = tenant_admin.organization
    organization.name_en, organization.name_zh = "Lake & Sons", ""
    invitation = Invitation(
        organization=organization, name="<Li>", email="li@example.org", role=Role.COMPANY_MEMBER
    )
    invitation.district = district

    with django_capture_on_commit_callbacks(execute=True):
        invitations.invite(invitation, by=tenant_admin)

    sent = mail.outbox[-1]
    html = str(sent.alternatives[0][0])
    address = re.search(r"https?://\S+/invitations/\S+", sent.body).group(0)
    assert "Lake & Sons" in sent.subject
    assert "Lake &amp; Sons" in html
    assert "&lt;Li&gt;" in html
    assert f'href="{address}"' in html
    for word in [*words, "li@example.org"]:
        assert word in sent.body
    with translation.override(language), timezone.override(district.zone):
        assert exact(invitation.expires_at) in sent.body
        assert district.name in sent.body


def test_invitation_page_says_the_same(browser_of, tenant_admin, stranger):
    invitation = Invitation(
        organization=tenant_admin.organization,
        name="Li",
        email="li@example.org",
        role=Role.COMPANY_MEMBER,
        invited_by=tenant_admin,
        expires_at=timezone.now() + timedelta(days=3),
        key_hash=invitations.hashed("key"),
    )
    invitation.save()

    page = browser_of(stranger).get("/invitations/key/").content.decode()

    assert f"{tenant_admin.person.name} invites you to join" in page
    assert "Company member" in page
    assert "Valid until" in page


def test_the_weakest_usual_role_is_offered_first(browser_of, tenant_admin, operator):
    company = browser_of(tenant_admin).get("/people/invite/").content.decode()
    staff = browser_of(operator).get("/people/invite/").content.decode()

    assert '<option value="company_member" selected>' in company
    assert '<option value="operator" selected>' in staff


def test_a_claim_stands_back_for_whoever_belongs_somewhere(browser_of, tenant_member, stranger):
    page = browser_of(tenant_member).get("/claims/new/").content.decode()

    assert "Claim another company" in page.split("<summary>")[-1]
    assert f"You already belong to {tenant_member.organization.name} here." in page


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


def test_a_company_that_had_left_is_back_when_its_claim_is_approved(claim, operator):
    left = OrganizationFactory(uscc=claim.uscc, ended_at=timezone.now())

    approved = claims.approve_claim(claim, by=operator)

    left.refresh_from_db()
    assert (approved.organization, left.ended_at) == (left, None)


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


def test_operator_by_area_is_invited_and_moved_to_another_area(
    browser_of, operator, django_capture_on_commit_callbacks
):
    north, south = CommunityFactory(name_en="North"), CommunityFactory(name_en="South")
    with django_capture_on_commit_callbacks(execute=True):
        browser_of(operator).post(
            "/people/invite/",
            {"name": "Shen", "email": "s@example.org", "role": "operator", "community": north.pk},
        )
    key = re.search(r"/invitations/([^/]+)/", mail.outbox[-1].body).group(1)
    invitation = Invitation.objects.get(key_hash=invitations.hashed(key))
    user = UserFactory(email="s@example.org")

    joined = invitations.accept_invitation(invitation, user_id=user.pk, email=user.email)
    assert (joined.role, joined.community) == (Role.OPERATOR, north)
    browser_of(operator).post(
        f"/memberships/{joined.pk}/", {"role": "operator", "community": south.pk}
    )

    joined.refresh_from_db()
    assert joined.community == south
    listed = browser_of(operator).get(f"/people/?community={south.pk}").content.decode()
    assert "Shen" in listed
    assert operator.person.name not in listed.split('id="list"')[1]


def test_only_operator_staff_have_an_area(browser_of, operator):
    response = browser_of(operator).post(
        "/people/invite/",
        {
            "name": "Shen",
            "email": "s@example.org",
            "role": "auditor",
            "community": CommunityFactory().pk,
        },
    )

    assert response.status_code == 422
    assert "Only operator staff are limited to an area." in response.content.decode()
    assert not Invitation.objects.exists()


def test_company_administrators_are_not_offered_an_area(browser_of, tenant_admin):
    page = browser_of(tenant_admin).get("/people/invite/").content.decode()

    assert 'name="role"' in page
    assert 'name="community"' not in page


def test_nobody_gives_more_than_they_hold(tenant_admin, tenant_member):
    with pytest.raises(RuleViolation) as refusal:
        people.change_role(tenant_member, role=Role.OPERATOR_ADMIN, by=tenant_admin)
    assert refusal.value.code == "role_not_assignable"

    with pytest.raises(RuleViolation) as refusal:
        invitations.invite(
            Invitation(
                organization=tenant_admin.organization,
                name="Li",
                email="li@example.org",
                role=Role.PARTNER,
            ),
            by=tenant_admin,
        )
    assert refusal.value.code == "role_not_assignable"
    assert Membership.objects.get(pk=tenant_member.pk).role == Role.COMPANY_MEMBER


def test_forged_role_in_the_form_is_refused(browser_of, tenant_admin, tenant_member):
    response = browser_of(tenant_admin).post(
        f"/memberships/{tenant_member.pk}/", {"role": "operator_admin"}
    )

    assert response.status_code == 422
    assert Membership.objects.get(pk=tenant_member.pk).role == Role.COMPANY_MEMBER


def test_person_of_several_organizations_is_shown_with_all_of_them(
    browser_of, operator, tenant_member, stranger
):
    MembershipFactory(person=tenant_member.person, organization=stranger.organization)
    seen_by = {
        who: browser_of(membership).get(f"/memberships/{tenant_member.pk}/").content.decode()
        for who, membership in {"operator": operator, "colleague": tenant_member}.items()
    }

    assert stranger.organization.name in seen_by["operator"]
    assert stranger.organization.name not in seen_by["colleague"].split("<main")[1]


def test_joining_twice_is_refused_in_words(tenant_admin, tenant_member):
    email = tenant_member.person.email
    invitation = invitations.invite(
        Invitation(
            organization=tenant_admin.organization,
            name="Again",
            email=email,
            role=Role.COMPANY_MEMBER,
        ),
        by=tenant_admin,
    )

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        invitations.accept_invitation(invitation, user_id=tenant_member.person.user_id, email=email)
    assert violation_from(error.value).code == "membership_once"


def test_withdrawn_claim_is_not_decided_any_more(claim, operator):
    withdrawn = claims.withdraw_claim(claim)

    assert withdrawn.status == "withdrawn"
    assert Activity.objects.filter(verb="claim.withdrawn", subject_id=claim.pk).count() == 1
    with pytest.raises(RuleViolation) as refusal:
        claims.approve_claim(claim, by=operator)
    assert refusal.value.code == "status_not_allowed"


def test_claim_is_withdrawn_by_its_claimant_alone(claim, browser_of, stranger):
    address = f"/claims/{claim.pk}/withdraw/"
    assert browser_of(stranger).post(address).status_code == 404
    browser = browser_of(None)
    browser.force_login(claim.person.user)

    browser.post(address)

    claim.refresh_from_db()
    assert claim.status == "withdrawn"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"uscc": USCC[:-1] + "I"}, "This is not a valid unified social credit code"),
        ({"licence_file": "html"}, "Upload a PDF, JPEG or PNG file."),
        ({"authorisation_file": None}, "This field is required."),
    ],
)
def test_claim_with_something_wrong_keeps_the_rest(district, browser_of, changes, message):
    browser = browser_of(None)
    browser.force_login(PersonFactory(with_login=True).user)
    data = {
        "name": "Wen Qiao",
        "legal_name": "Lake Labs",
        "uscc": USCC.lower(),
        "licence_file": upload(),
        "authorisation_file": upload(),
        **{key: upload(b"<html>") if value == "html" else value for key, value in changes.items()},
    }

    response = browser.post("/claims/new/", {k: v for k, v in data.items() if v is not None})

    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert 'value="Lake Labs"' in page
    assert not OrganizationClaim.objects.exists()
    assert not File.objects.exists()


def test_declined_reason_is_read_by_the_claimant(claim, browser_of, operator):
    browser_of(operator).post(
        f"/claims/{claim.pk}/decline/", {"reason": "The letter is not signed."}
    )
    browser = browser_of(None)
    browser.force_login(claim.person.user)

    assert "The letter is not signed." in browser.get("/claims/new/").content.decode()


def test_claim_of_a_company_that_is_here_names_its_administrators(claim, browser_of, operator):
    known = OrganizationFactory(uscc=USCC, name_en="Lake Laboratories", legal_name="Old Ltd")
    admin = MembershipFactory(organization=known, role=Role.COMPANY_ADMIN)

    page = browser_of(operator).get(f"/claims/{claim.pk}/").content.decode()

    assert "Lake Laboratories" in page
    assert "registered here as Old Ltd" in page
    assert admin.person.name in page

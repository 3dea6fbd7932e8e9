"""A company is claimed, approved, and invites a colleague; its certificates; staff by area."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from district.channels.sender import deliver
from district.models import District, Membership, OrganizationClaim, Role
from district.models.uscc import uscc_check_character
from district.relay import relay
from district.tenancy.scope import scope
from spaces.models import Booking, BookingStatus
from tests.factories import (
    BookingFactory,
    BuildingFactory,
    CertificationFactory,
    CommunityFactory,
    MembershipFactory,
    OrganizationFactory,
    PersonFactory,
    SpaceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

CODE = "91320594MA1XYW123"
USCC = CODE + uscc_check_character(CODE)
PDF = {"name": "licence.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 licence"}
PAGE = {"name": "licence.pdf", "mimeType": "application/pdf", "buffer": b"<html>"}


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def english(membership: Membership) -> Membership:
    membership.person.user.language = "en"
    membership.person.user.save()
    return membership


def operating(quarter: District) -> Membership:
    with scope(quarter.pk):
        return english(
            MembershipFactory(
                role=Role.OPERATOR_ADMIN, organization=OrganizationFactory(operating=True)
            )
        )


def claim_the_company(page: Page) -> None:
    page.goto("claims/new/")
    page.get_by_label("Your name").fill("Wen Qiao")
    page.get_by_label("Registered name").fill("Tidal Loom Ltd")
    code = page.get_by_label("Unified social credit code")
    code.fill(CODE + "I")
    page.get_by_label("Business licence").set_input_files(PDF)
    page.get_by_label("Letter of authorisation").set_input_files(PAGE)
    page.get_by_role("button", name="Ask for review").click()
    expect(page.locator("#id_uscc_error")).to_contain_text("not a valid unified social credit")
    expect(page.get_by_label("Registered name")).to_have_value("Tidal Loom Ltd")

    code.fill(f"{USCC[:9].lower()} {USCC[9:]}")
    page.get_by_label("Business licence").set_input_files(PDF)
    page.get_by_label("Letter of authorisation").set_input_files(PAGE)
    page.get_by_role("button", name="Ask for review").click()
    expect(page.locator("#id_authorisation_file_error")).to_contain_text("Upload a PDF")

    page.get_by_label("Business licence").set_input_files(PDF)
    page.get_by_label("Letter of authorisation").set_input_files(PDF)
    page.get_by_role("button", name="Ask for review").click()
    expect(page.get_by_text("Your request is in review.")).to_be_visible()


def approve_the_claim(desk: Page) -> None:
    desk.goto("")
    desk.get_by_role("link", name="Review").click()
    expect(desk.get_by_text("New in the district")).to_be_visible()
    desk.get_by_role("button", name="Approve").click()
    expect(desk.get_by_text("The claim has been approved.")).to_be_visible()


def invite_a_colleague(page: Page) -> str:
    """The key of the invitation, as its mail has it."""
    page.goto("people/invite/")
    page.get_by_label("Name").fill("Lan Yue")
    page.get_by_label("E-mail").fill("lan@example.org")
    page.get_by_label("Role").select_option("company_member")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("The invitation is on its way.")).to_be_visible()
    return re.search(r"/invitations/([^/]+)/", mail.outbox[-1].body).group(1)


def test_a_company_is_claimed_approved_and_invites_a_colleague(quarter, sign_in):
    operator = operating(quarter)
    with scope(quarter.pk):
        claimant = PersonFactory(with_login=True, name="Wen Qiao")
        newcomer = MembershipFactory.build(person=claimant)
    phone = sign_in(newcomer, phone=True)
    claim_the_company(phone)
    relay(quarter.pk)

    approve_the_claim(sign_in(operator))
    relay(quarter.pk)
    deliver(quarter.pk)
    told = [m.subject for m in mail.outbox if m.to == [claimant.email]]
    assert told == ["[Lakeside District] You now act for Tidal Loom Ltd"]

    key = invite_a_colleague(phone)
    colleague = UserFactory(email="lan@example.org", language="en")
    with scope(quarter.pk):
        invited = MembershipFactory.build(person=PersonFactory.build(user=colleague))
    theirs = sign_in(invited, phone=True)
    theirs.goto(f"invitations/{key}/")
    theirs.get_by_role("button", name="Join").click()

    expect(theirs.get_by_text("Welcome! You have joined.")).to_be_visible()
    with scope(quarter.pk):
        joined = Membership.objects.get(person__user=colleague)
        claim = OrganizationClaim.objects.get()
        assert (joined.organization_id, joined.role) == (claim.organization_id, "company_member")


def test_a_claimant_withdraws_and_reads_why_another_was_declined(quarter, sign_in):
    operator = operating(quarter)
    with scope(quarter.pk):
        claimant = PersonFactory(with_login=True)
        newcomer = MembershipFactory.build(person=claimant)
    page = sign_in(newcomer)
    claim_the_company(page)
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Your request has been withdrawn.")).to_be_visible()
    claim_the_company(page)

    desk = sign_in(operator)
    desk.goto("claims/")
    desk.get_by_role("link", name="Tidal Loom Ltd").click()
    desk.locator("summary", has_text="Decline").click()
    desk.get_by_label("Reason, read by the person").fill("The letter is not signed.")
    desk.locator(".drop").get_by_role("button", name="Decline").click()
    expect(desk.get_by_text("The claim has been declined.")).to_be_visible()

    page.reload()
    expect(page.get_by_text("The letter is not signed.")).to_be_visible()


def add_a_certification(page: Page, *, expires_on: date) -> None:
    page.locator("#certifications").get_by_role("link", name="Add").click()
    page.get_by_label("Kind").select_option("little_giant")
    page.get_by_label("Certificate number").fill("LG-77")
    page.get_by_label("Expires on").fill(expires_on.isoformat())
    page.locator("#id_upload").set_input_files(PDF)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The certification has been added.")).to_be_visible()


def test_a_certification_is_added_and_found_among_those_that_expire(quarter, sign_in):
    operator = operating(quarter)
    with scope(quarter.pk):
        admin = english(
            MembershipFactory(
                role=Role.COMPANY_ADMIN, organization=OrganizationFactory(name_en="Tidal Loom")
            )
        )
        other = CertificationFactory(organization__name_en="Quiet Harbour")
    page = sign_in(admin, phone=True)
    page.goto(f"organizations/{admin.organization_id}/")
    add_a_certification(page, expires_on=timezone.localdate() + timedelta(days=20))
    expect(page.locator("#certifications .state.wait")).to_have_text("Expiring")

    desk = sign_in(operator)
    desk.goto("")
    expect(desk.get_by_role("heading", name="expiring within 90 days")).to_be_visible()
    desk.goto("organizations/")
    expect(desk.get_by_role("link", name="Quiet Harbour")).to_be_visible()
    desk.locator("summary", has_text="Expiring").click()
    desk.get_by_role("link", name="Within 90 days").click()
    expect(desk.get_by_role("link", name="Quiet Harbour")).to_have_count(0)
    expect(desk.get_by_role("link", name="Tidal Loom")).to_be_visible()
    assert other.expires_on is None


def test_staff_of_an_area_see_and_decide_only_their_area(quarter, sign_in):
    operator = operating(quarter)
    with scope(quarter.pk):
        areas = {name: CommunityFactory(name_en=name) for name in ("North", "South")}
        waiting = {
            name: BookingFactory(
                space=SpaceFactory(building=BuildingFactory(community=area)),
                title=f"{name} meeting",
            )
            for name, area in areas.items()
        }
        staff = english(
            MembershipFactory(
                role=Role.OPERATOR, organization=operator.organization, community=areas["North"]
            )
        )
    desk = sign_in(staff)
    desk.goto("bookings/inbox/")

    expect(desk.get_by_role("heading", name="North meeting")).to_be_visible()
    expect(desk.get_by_role("heading", name="South meeting")).to_have_count(0)
    desk.get_by_role("button", name="Approve").first.click()
    expect(desk.get_by_text("Approved. The company has been told.")).to_be_visible()

    answer = desk.goto(f"bookings/{waiting['South'].pk}/")
    assert answer is not None
    assert answer.status == 404
    with scope(quarter.pk):
        states = {name: Booking.objects.get(pk=row.pk).status for name, row in waiting.items()}
    assert states == {"North": BookingStatus.CONFIRMED, "South": BookingStatus.REQUESTED}

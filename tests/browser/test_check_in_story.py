"""At the door, on a phone: scan, log in, check in, stay longer, leave; and what is free, taken."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from district.models import Role
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space
from spaces.models import Booking
from tests.factories import MembershipFactory, SpaceFactory, UserDistrictFactory, open_rules

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)
PASSWORD = "correct horse battery"


def cast(quarter):
    """A room whose booking by a member of staff for a company began a minute ago."""
    with scope(quarter.pk), timezone.override(quarter.zone):
        rules = open_rules(check_in_minutes=15, max_minutes=240)
        room = SpaceFactory(name_en="Heron room", rules=rules)
        member = MembershipFactory(role=Role.COMPANY_MEMBER)
        staff = MembershipFactory(role=Role.OPERATOR_ADMIN)
        starts_at = timezone.now() - MINUTE
        wish = Wish(
            starts_at,
            starts_at + 60 * MINUTE,
            title="Pitch",
            organization_id=member.organization_id,
            person_id=member.person_id,
        )
        book_space(room, wish, by=staff)
    member.person.user.language = "en"
    member.person.user.save()
    return room, member


def test_who_scans_the_code_logs_in_checks_in_extends_and_ends(quarter, sign_in):
    room, member = cast(quarter)
    user = member.person.user
    UserDistrictFactory(user=user, district=quarter)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    page = sign_in(None, phone=True)

    page.goto(f"door/{room.door_code}/")
    expect(page.get_by_text("Booked, nobody has checked in")).to_be_visible()
    expect(page.get_by_text("Pitch")).to_have_count(0)
    page.get_by_role("link", name="Log in to check in").click()
    page.get_by_label("Mobile or e-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_text("In use now")).to_be_visible()
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    page.get_by_role("button", name="Extend until").click()
    expect(page.get_by_text("Extended until")).to_be_visible()
    page.get_by_text("End now").click()
    page.get_by_role("button", name="Yes, end it").click()

    expect(page.get_by_text("Free", exact=True)).to_be_visible()
    with scope(quarter.pk):
        booking = Booking.objects.get()
        assert booking.status == "completed"
        assert booking.minutes < 30


def test_without_scripts_a_free_room_is_used_from_its_door(quarter, sign_in):
    with scope(quarter.pk):
        room = SpaceFactory(rules=open_rules(check_in_minutes=15, grid_minutes=30))
        member = MembershipFactory(role=Role.COMPANY_MEMBER)
    member.person.user.language = "en"
    member.person.user.save()
    page = sign_in(member, phone=True, scripts=False)

    page.goto(f"door/{room.door_code}/")
    page.locator(".ends button").last.click()
    expect(page.get_by_text("It is yours until")).to_be_visible()

    expect(page.get_by_text("In use now")).to_be_visible()
    with scope(quarter.pk):
        assert Booking.objects.get().status == "checked_in"

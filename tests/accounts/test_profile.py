"""My account: changed, switched, handed over and erased by the person alone."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from district.accounts.models import User, UserDistrict
from district.actions.people import renew_contacts
from district.actions.profile import erase_person, hand_over
from district.models import Activity, Membership, Organization, Person, Role, SavedView
from district.relay import first_broken_seal, seal
from district.rules import RuleViolation
from district.tenancy.scope import scope
from spaces.models import Booking
from tests.factories import (
    BookingFactory,
    DistrictFactory,
    MembershipFactory,
    PersonFactory,
    UserDistrictFactory,
)

PROFILE = {"name": "  Wen   Yi ", "page_language": "en", "time_zone": "Europe/London"}


@pytest.fixture
def member(tenant_member: Membership, tenant_admin: Membership) -> Membership:
    """Somebody who may leave: their company has an administrator."""
    tenant_member.person.email = tenant_member.person.user.email
    tenant_member.person.save()
    return tenant_member


def confirm_it_is_me(browser):
    browser.post("/accounts/reauthenticate/", {"password": "correct horse battery"})


@pytest.mark.parametrize("role", Role)
def test_everybody_changes_their_own_account(district, browser_of, role):
    operating = role in {Role.OPERATOR_ADMIN, Role.OPERATOR, Role.AUDITOR}
    kind = "operator" if operating else "company"
    membership = MembershipFactory(role=role, organization__kind=kind)
    browser = browser_of(membership)

    answer = browser.post("/account/", PROFILE)

    person = Person.objects.get(pk=membership.person_id)
    assert answer.status_code == 302
    assert (person.name, person.time_zone) == ("Wen Yi", "Europe/London")
    assert User.objects.get(pk=person.user_id).language == "en"
    assert Activity.objects.filter(verb="person.changed", subject_id=person.pk).count() == 1


def test_a_wrong_account_keeps_what_was_typed(browser_of, member):
    browser = browser_of(member)

    answer = browser.post("/account/", {**PROFILE, "name": "", "time_zone": "Mars/Olympus"})

    assert answer.status_code == 422
    assert "Mars/Olympus" in answer.content.decode()
    assert Person.objects.get(pk=member.person_id).time_zone == ""


def test_my_account_is_there_for_somebody_who_belongs_to_nothing_yet(district, browser_of, client):
    user = PersonFactory(with_login=True).user
    browser = browser_of(None)
    browser.force_login(user)

    page = browser.get("/account/").content.decode()

    assert "You belong to no organisation here." in page
    assert browser_of(None).get("/account/").status_code == 302


def test_my_account_and_the_person_menu_lead_to_my_other_districts(browser_of, member):
    other = DistrictFactory(slug="quay", name_en="Quay Quarter")
    foreign = DistrictFactory(slug="moor", name_en="Moor Quarter")
    UserDistrictFactory(user=member.person.user, district=other)
    browser = browser_of(member)

    page = browser.get("/account/").content.decode()

    assert page.count('href="/quay/"') == 2  # in the list, and in the menu of every page
    assert "Quay Quarter" in page
    assert foreign.name_en not in page


def test_the_person_menu_asks_as_much_for_one_district_as_for_twenty(browser_of, member):
    browser = browser_of(member)
    browser.get("/menu/")
    counts = []
    for more in (1, 20):
        for number in range(more):
            other = DistrictFactory(slug=f"d{more}-{number}")
            UserDistrictFactory(user=member.person.user, district=other)
        with CaptureQueriesContext(connection) as captured:
            browser.get("/menu/")
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_hand_over_gives_what_every_part_keeps(member, stranger):
    booking = BookingFactory(person=member.person, organization=member.organization)
    BookingFactory(person=stranger.person, title="Not theirs")

    data = hand_over(member.person, by=member)

    assert sorted(data) == ["bookings", "log_in", "person"]
    assert data["person"]["memberships"][0]["role"] == "company_member"
    assert data["log_in"]["email"] == member.person.user.email
    assert [row["number"] for row in data["bookings"]["bookings"]] == [booking.number]
    viewed = Activity.objects.get(verb="personal_data.viewed")
    assert (viewed.subject_id, viewed.data) == (member.person_id, {})


def test_my_data_comes_as_a_file(browser_of, member):
    answer = browser_of(member).post("/account/data/")

    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert json.loads(answer.content)["person"]["name"] == member.person.name


def test_erase_person_takes_the_name_and_keeps_the_chain(district, member):
    person, user_id = member.person, member.person.user_id
    UserDistrictFactory(user=person.user, district=district)
    booking = BookingFactory(person=person, title="My own words", note="and more")
    SavedView.objects.create(person=person, listing="spaces", name="Mine")
    hand_over(person, by=member)
    while seal(district.pk):
        pass

    erase_person(person, by=member)

    person = Person.objects.get(pk=person.pk)
    assert (person.name, person.email, person.user_id) == ("已注销成员", "", None)
    assert Membership.objects.get(pk=member.pk).ended_at is not None
    booking = Booking.objects.get(pk=booking.pk)
    assert (booking.title, booking.note, booking.person_id) == ("", "", person.pk)
    assert not SavedView.objects.filter(person=person).exists()
    assert not User.objects.filter(pk=user_id).exists()
    assert Activity.objects.filter(verb="person.erased", subject_id=person.pk).count() == 1
    while seal(district.pk):
        pass
    assert first_broken_seal(district.pk) is None


def test_erase_person_keeps_a_log_in_that_opens_another_district(district, member):
    user = member.person.user
    UserDistrictFactory(user=user, district=district)
    UserDistrictFactory(user=user, district=DistrictFactory(slug="quay"))

    erase_person(member.person, by=member)

    assert list(
        UserDistrict.objects.filter(user=user).values_list("district__slug", flat=True)
    ) == ["quay"]


def test_erase_person_refuses_the_last_administrator(tenant_admin):
    name = tenant_admin.person.name

    with pytest.raises(RuleViolation) as refusal:
        erase_person(tenant_admin.person, by=tenant_admin)

    assert refusal.value.code == "last_administrator"
    assert Person.objects.get(pk=tenant_admin.person_id).name == name
    assert Organization.objects.get(pk=tenant_admin.organization_id).ended_at is None


def test_erasing_asks_who_it_is_and_whether_they_are_sure(browser_of, member):
    browser = browser_of(member)
    asked = browser.post("/account/erase/", {"sure": "on"})
    confirm_it_is_me(browser)
    unsure = browser.post("/account/erase/", {})
    still = Person.objects.get(pk=member.person_id).name

    browser.post("/account/erase/", {"sure": "on"})

    assert (asked.status_code, "/accounts/reauthenticate/" in asked["Location"]) == (302, True)
    assert (unsure.status_code, still) == (422, member.person.name)
    assert Person.objects.get(pk=member.person_id).user_id is None
    assert "_auth_user_id" not in browser.session


def test_erasing_tells_the_last_administrator_why_not(browser_of, tenant_admin):
    browser = browser_of(tenant_admin)
    confirm_it_is_me(browser)

    answer = browser.post("/account/erase/", {"sure": "on"})

    assert answer.status_code == 422
    assert "This is the last administrator" in answer.content.decode()
    assert Person.objects.get(pk=tenant_admin.person_id).user_id is not None


@pytest.mark.django_db
def test_renew_contacts_tells_every_district():
    user = UserDistrictFactory(district=DistrictFactory(slug="lake")).user
    UserDistrictFactory(user=user, district=DistrictFactory(slug="quay"))
    rows = list(UserDistrict.objects.filter(user=user))
    for row in rows:
        with scope(row.district_id):
            PersonFactory(user=user, email="old@example.org")
    User.objects.filter(pk=user.pk).update(email="new@example.org", mobile="+8613900003333")

    renew_contacts(user.pk)

    for row in rows:
        with scope(row.district_id):
            person = Person.objects.get(user=user)
            assert (person.email, person.mobile) == ("new@example.org", "+8613900003333")

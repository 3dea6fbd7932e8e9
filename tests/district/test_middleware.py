"""From the path to the person: who gets in where, in which language, and what an error undoes."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from district.models import Activity, Membership, Role
from district.tenancy.models import uuid7
from district.tenancy.scope import scope
from spaces.models import Booking
from tests.factories import (
    BookingFactory,
    DistrictFactory,
    MembershipFactory,
    OrganizationFactory,
    PersonFactory,
    SpaceFactory,
)

NOTHING = "Nothing is here"


def without_differences(answer: HttpResponse) -> str:
    """The page without its address and the token that is drawn anew for each answer."""
    page = answer.content.decode().replace(answer.request["PATH_INFO"], "")
    return re.sub(r"[A-Za-z0-9]{64}", "", page)


def test_a_stranger_to_the_installation_is_sent_to_log_in(district, browser_of):
    answer = browser_of(None).get("/bookings/")

    assert answer.status_code == 302
    assert answer["Location"] == f"/{district.slug}/accounts/login/?next=/{district.slug}/bookings/"


def test_a_member_of_another_district_is_kept_out(db):
    home, other = DistrictFactory(), DistrictFactory()
    with scope(home.pk):
        member = MembershipFactory()
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(member.person.user)

    answer = client.get(f"/{other.slug}/bookings/")

    assert answer.status_code == 403
    assert "You are not a member here" in answer.content.decode()


def test_an_unknown_district_is_not_found(db, client):
    for path in ("/nowhere/bookings/", "/%00/bookings/"):
        answer = client.get(path, HTTP_ACCEPT_LANGUAGE="en")
        assert (answer.status_code, NOTHING in answer.content.decode()) == (404, True)


def test_another_company_s_booking_looks_as_if_it_were_not_there(
    district, tenant_member, stranger, browser_of
):
    booking = BookingFactory(organization=stranger.organization)
    assert browser_of(stranger).get(f"/bookings/{booking.pk}/").status_code == 200
    browser = browser_of(tenant_member)

    theirs = browser.get(f"/bookings/{booking.pk}/")
    nobodys = browser.get(f"/bookings/{uuid7()}/")

    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert NOTHING in theirs.content.decode()
    assert without_differences(theirs) == without_differences(nobodys)


def test_a_company_sees_only_its_own_bookings(district, tenant_member, stranger, browser_of):
    mine = BookingFactory(organization=tenant_member.organization, title="Ours")
    BookingFactory(organization=stranger.organization, title="Theirs")

    page = browser_of(tenant_member).get("/bookings/").content.decode()

    assert mine.title in page
    assert "Theirs" not in page


def test_only_staff_decide(district, tenant_member, browser_of):
    booking = BookingFactory(organization=tenant_member.organization)

    answer = browser_of(tenant_member).post(f"/bookings/{booking.pk}/confirm/")

    booking.refresh_from_db()
    assert (answer.status_code, booking.status) == (403, "requested")
    assert Activity.objects.count() == 0


def test_an_area_operator_decides_only_there(district, browser_of):
    booking = BookingFactory()
    here = booking.space.building.community
    organization = OrganizationFactory(operating=True)
    elsewhere = MembershipFactory(
        role=Role.OPERATOR,
        organization=organization,
        community=SpaceFactory().building.community,
    )
    local = MembershipFactory(role=Role.OPERATOR, organization=organization, community=here)

    def decided_by(member: Membership) -> tuple[int, str]:
        answer = browser_of(member).post(f"/bookings/{booking.pk}/confirm/")
        return answer.status_code, Booking.objects.get().status

    assert decided_by(elsewhere) == (404, "requested")
    assert decided_by(local) == (302, "confirmed")


def test_a_broken_rule_is_a_clear_conflict_and_undoes_all(district, operator, browser_of):
    booking = BookingFactory(status="cancelled")

    answer = browser_of(operator).post(f"/bookings/{booking.pk}/confirm/")

    assert answer.status_code == 409
    assert "somebody changed it in the meantime" in answer.content.decode()
    assert Booking.objects.get().status == "cancelled"


def test_htmx_gets_the_refusal_as_a_toast(district, operator, browser_of):
    booking = BookingFactory(status="cancelled")

    answer = browser_of(operator).post(f"/bookings/{booking.pk}/confirm/", HTTP_HX_REQUEST="true")

    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#toasts")
    assert "<html" not in answer.content.decode()


def test_a_person_switches_between_their_organisations(district, browser_of, tenant_member):
    second: Membership = MembershipFactory(person=tenant_member.person)
    client = browser_of(tenant_member)

    client.post(f"/memberships/{second.pk}/switch/")

    assert second.organization.name in client.get("/").content.decode()


def test_nobody_switches_to_a_membership_of_somebody_else(district, browser_of, tenant_member):
    foreign = MembershipFactory()
    browser = browser_of(tenant_member)

    answer = browser.post(f"/memberships/{foreign.pk}/switch/")

    assert answer.status_code == 404
    page = browser.get("/").content.decode()
    assert tenant_member.organization.name in page
    assert foreign.organization.name not in page


@pytest.mark.parametrize(("language", "expected"), [("zh-hans", "预约"), ("en", "Bookings")])
def test_pages_speak_the_person_s_language(district, browser_of, tenant_member, language, expected):
    user = tenant_member.person.user
    user.language = language
    user.save()

    page = browser_of(tenant_member).get("/bookings/").content.decode()

    assert f"<h1>{expected}</h1>" in page


def test_the_bell_answers_204_while_nothing_changed(district, browser_of, tenant_member):
    client = browser_of(tenant_member)

    unchanged = client.get("/notifications/bell/?seen=0-0")
    changed = client.get("/notifications/bell/?seen=3-9")

    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert (changed.status_code, 'id="bell"' in changed.content.decode()) == (200, True)


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("day=2026-02-30&at=10:00&minutes=60&people=4", 422, "Enter a valid date."),
        ("day=2027-01-05&at=25:00&minutes=60&people=4", 422, "Enter a valid time."),
        ("day=2027-01-05&at=10:00&minutes=99999999&people=4", 422, "less than or equal to"),
        ("day=2027-01-05&at=10:00&minutes=60&people=0", 422, "greater than or equal to 1"),
        ("day=9999-12-31&at=23:59&minutes=60&people=1", 422, "too far away"),
        ("people=%3Cscript%3Ealert(1)%3C/script%3E", 422, "Enter a whole number."),
    ],
)
def test_a_senseless_search_gets_a_clear_answer(
    district, tenant_member, browser_of, query, status, says
):
    answer = browser_of(tenant_member).get(f"/book/?{query}")

    assert answer.status_code == status
    assert says in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()


def test_a_time_in_the_gap_of_summer_time_is_refused(db):
    district = DistrictFactory(time_zone="Europe/London")
    with scope(district.pk):
        member = MembershipFactory(person=PersonFactory(with_login=True))
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        client.force_login(member.person.user)

        answer = client.get(f"/{district.slug}/book/?day=2027-03-28&at=01:30&minutes=60&people=4")

    assert answer.status_code == 422
    assert "the clocks go forward that day" in answer.content.decode()


@pytest.mark.parametrize("path", ["/people/?q=%00", "/organizations/?state=a%00"])
def test_a_character_that_cannot_be_kept_is_a_bad_request(browser_of, operator, path):
    answer = browser_of(operator).get(path, headers={"Accept-Language": "en"})

    assert answer.status_code == 400
    assert "This request was not understood" in answer.content.decode()

"""Staff book for a company: what the page says, refuses and writes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from district.models import Activity
from spaces.actions.booking import Wish, book_space
from spaces.messages import booker
from spaces.models import Booking, BookingSource, BookingStatus
from tests.factories import MembershipFactory, OrganizationFactory, SpaceFactory, open_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")


def tomorrow(hour: int) -> datetime:
    day = timezone.localdate(timezone=SHANGHAI) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def entered(space, **changes: str) -> dict[str, str]:
    return {
        "space": str(space.pk),
        "day": f"{tomorrow(0):%Y-%m-%d}",
        "at": "10:00",
        "minutes": "60",
        "people": "4",
        "organization": "Tidal Loom",
        "title": "Client visit",
        **changes,
    }


@pytest.fixture
def company(district):
    return OrganizationFactory(name_en="Tidal Loom", name_zh="潮织科技")


@pytest.fixture
def desk(operator, browser_of):
    return browser_of(operator)


def test_booking_new_books_for_the_named_company_and_person(desk, company):
    room, person = SpaceFactory(), MembershipFactory(organization=company)

    answer = desk.post("/bookings/new/", entered(room, person=str(person.pk)))

    booking = Booking.objects.get()
    assert answer.status_code == 302
    assert (booking.organization, booking.person) == (company, person.person)
    assert (booking.status, booking.source) == (BookingStatus.CONFIRMED, BookingSource.STAFF)


@pytest.mark.parametrize("name", ["tidal", "潮织科技", " Tidal Loom "])
def test_booking_new_takes_part_of_a_name_in_either_language(desk, company, name):
    desk.post("/bookings/new/", entered(SpaceFactory(), organization=name))

    assert Booking.objects.get().organization == company


def test_booking_new_asks_back_when_a_name_fits_several(desk, company):
    OrganizationFactory(name_en="Tidal Works")
    OrganizationFactory(name_en="Gone Tidal", ended_at=timezone.now())

    page = desk.post("/bookings/new/", entered(SpaceFactory(), organization="Tidal"))

    assert page.status_code == 422
    assert "Tidal Loom, Tidal Works" in page.content.decode()
    assert "Gone Tidal" not in page.context["form"].errors.as_text()
    assert not Booking.objects.exists()


def test_booking_new_never_takes_a_person_of_another_company(desk, company, stranger):
    page = desk.post("/bookings/new/", entered(SpaceFactory(), person=str(stranger.pk)))

    assert page.status_code == 422
    assert "person" in page.context["form"].errors
    assert not Booking.objects.exists()


def test_booking_new_states_the_rules_it_would_override(desk, company):
    room = SpaceFactory(rules=open_rules(opening={}, max_minutes=30))

    page = desk.post("/bookings/new/", entered(room))
    body = page.content.decode()

    assert page.status_code == 409
    assert "The space is not open at that time." in body
    assert "This space is booked for 15 to 30 minutes." in body
    assert 'value="Client visit"' in body
    assert not Booking.objects.exists()

    desk.post("/bookings/new/", entered(room, override="on"))

    activity = Activity.objects.get(verb="booking.confirmed")
    assert activity.subject_id == Booking.objects.get().pk
    assert activity.data["overridden"] == ["booking_duration", "booking_closed"]


def test_booking_new_names_what_is_in_the_way_and_what_is_free(desk, company, stranger):
    room = SpaceFactory()
    wish = Wish(tomorrow(10), tomorrow(11), title="Board meeting")
    taken = book_space(room, wish, by=stranger)

    page = desk.post("/bookings/new/", entered(room))
    body = page.content.decode()

    assert page.status_code == 409
    assert "This time is already taken." in body
    assert "Board meeting" in body
    assert stranger.organization.name in body
    times = [at for space, at in page.context["alternatives"] if space == room]
    assert times == [tomorrow(11), tomorrow(9)]
    assert list(Booking.objects.all()) == [taken]


def test_booking_new_takes_an_alternative_and_keeps_the_rest(desk, company):
    room = SpaceFactory()
    choice = f"{room.pk}|2030-05-06|15:30"

    page = desk.post("/bookings/new/", {**entered(room), "take": choice})
    form = page.context["form"]

    assert page.status_code == 200
    assert (form["day"].value(), form["at"].value()) == ("2030-05-06", "15:30")
    assert form["title"].value() == "Client visit"
    assert not Booking.objects.exists()


def test_booking_new_asks_the_same_number_of_queries(desk, company, django_assert_max_num_queries):
    SpaceFactory()
    desk.get("/bookings/new/")
    with django_assert_max_num_queries(20) as few:
        desk.get("/bookings/new/")
    SpaceFactory.create_batch(12)
    OrganizationFactory.create_batch(12)
    with django_assert_max_num_queries(20) as many:
        desk.get("/bookings/new/")

    assert len(few) == len(many)


def test_without_a_person_the_administrators_of_the_company_are_told(
    operator, tenant_member, tenant_admin, stranger
):
    wish = Wish(tomorrow(10), tomorrow(11), organization_id=tenant_member.organization_id)
    booking = book_space(SpaceFactory(), wish, by=operator, source=BookingSource.STAFF)
    activity = Activity.objects.get(subject_id=booking.pk)

    assert booking.person is None
    assert booker([activity]) == {activity.pk: {tenant_admin.person_id}}


def test_booking_new_is_closed_to_companies(operator, tenant_member, browser_of):
    assert browser_of(operator).get("/bookings/new/").status_code == 200
    assert browser_of(tenant_member).get("/bookings/new/").status_code == 403

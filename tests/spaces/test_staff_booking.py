"""Staff book for a company: what the page says, refuses and writes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from district.models import Activity, Role
from spaces.actions.booking import Wish, book_space
from spaces.actions.decisions import cancel_booking
from spaces.messages import booker
from spaces.models import Booking, BookingSource, BookingStatus, Occupancy
from tests.factories import (
    BookingFactory,
    BuildingFactory,
    CommunityFactory,
    FloorFactory,
    MembershipFactory,
    OrganizationFactory,
    SpaceFactory,
    open_rules,
)

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


def test_booking_new_finds_a_space_by_the_words_of_it_and_of_its_building(desk, company):
    tower = BuildingFactory(name_en="Heron Tower", name_zh="苍鹭塔")
    floor = FloorFactory(building=tower, level=2)
    room = SpaceFactory(name_en="Meeting room", code="HT-201", building=tower, floor=floor)
    SpaceFactory(name_en="Meeting room", code="RH-201")

    def booked(text: str) -> list[str]:
        Booking.objects.all().delete()
        Occupancy.objects.all().delete()
        desk.post("/bookings/new/", entered(room) | {"space": text})
        return [row.space.code for row in Booking.objects.all()]

    label = "Meeting room, Heron Tower · Floor 2 (HT-201)"
    assert [booked(text) for text in ("HT-201", "meeting heron", "苍鹭 201", label)] == [
        ["HT-201"]
    ] * 4
    assert booked("meeting") == booked("nowhere") == []


def test_booking_new_lets_one_choose_among_rooms_of_the_same_name(desk, company):
    rooms = [
        SpaceFactory(name_en="Meeting room", building=BuildingFactory(name_en=name))
        for name in ("Heron Tower", "Reed House")
    ]
    SpaceFactory(name_en="Hall")

    page = desk.post("/bookings/new/", entered(rooms[0]) | {"space": "Meeting room"})
    body = page.content.decode()

    assert page.status_code == 422
    assert "Several are called like that. Choose one of those below." in body
    assert set(page.context["form"].spaces_found) == set(rooms)
    assert {f'name="take" value="{room.pk}"' in body for room in rooms} == {True}
    taken = desk.post(
        "/bookings/new/",
        {**entered(rooms[0]), "space": "Meeting room", "take": str(rooms[1].pk)},
    )
    form = taken.context["form"]
    assert form["space"].value() == f"Meeting room, Reed House ({rooms[1].code})"
    assert form["title"].value() == "Client visit"
    assert not Booking.objects.exists()


def test_booking_new_finds_spaces_while_one_types(desk, company):
    room = SpaceFactory(name_en="Heron room")
    SpaceFactory(name_en="Heron hall")
    SpaceFactory(name_en="Reed room")
    headers = {"HX-Request": "true", "HX-Target": "spaces-found"}

    body = desk.get("/bookings/new/", {"space": "heron"}, headers=headers).content.decode()

    assert body.strip().startswith('<div id="spaces-found"')
    assert str(room.pk) in body
    assert (body.count("<button"), "Reed" in body) == (2, False)


def test_an_operator_of_an_area_finds_only_its_rooms(browser_of, operator, company):
    area = CommunityFactory()
    member = MembershipFactory(
        role=Role.OPERATOR, organization=operator.organization, community=area
    )
    SpaceFactory(name_en="Heron room", building=BuildingFactory(community=area))
    SpaceFactory(name_en="Heron hall")
    SpaceFactory(name_en="Heron nook", building=BuildingFactory(community=area))

    page = browser_of(member).get("/bookings/new/?space=heron")

    found = [space.name_en for space in page.context["form"].spaces_found]
    assert sorted(found) == ["Heron nook", "Heron room"]


@pytest.mark.parametrize("has_area", [True, False])
def test_the_workbench_leads_staff_to_staff_booking(browser_of, operator, has_area):
    member = MembershipFactory(
        role=Role.OPERATOR,
        organization=operator.organization,
        community=CommunityFactory() if has_area else None,
    )

    body = browser_of(member).get("/").content.decode()

    assert f'href="/{operator.district.slug}/bookings/new/"' in body
    assert f'href="/{operator.district.slug}/book/"' not in body


def test_an_auditor_is_not_offered_what_auditors_may_not(browser_of, operator):
    auditor = MembershipFactory(role=Role.AUDITOR, organization=operator.organization)

    body = browser_of(auditor).get("/").content.decode()

    assert "/bookings/new/" not in body
    assert "/book/" not in body


def test_cancelling_for_a_company_tells_it_why(desk, tenant_member, operator):
    booking = book_space(SpaceFactory(), Wish(tomorrow(10), tomorrow(11)), by=tenant_member)

    page = desk.get(f"/bookings/{booking.pk}/").content.decode()
    desk.post(f"/bookings/{booking.pk}/cancel/", {"reason": "The room is flooded."})

    booking.refresh_from_db()
    assert "Cancel this booking?" in page
    assert (booking.status, booking.reason) == (BookingStatus.CANCELLED, "The room is flooded.")


def test_a_cancelled_booking_can_be_booked_again_as_it_was(tenant_member, browser_of):
    room = SpaceFactory()
    wish = Wish(tomorrow(10), tomorrow(11), 3, "Client visit")
    booking = cancel_booking(book_space(room, wish, by=tenant_member), by=tenant_member)
    company = browser_of(tenant_member)

    again = company.get(f"/bookings/{booking.pk}/").context["again"]
    form = company.get(again.removeprefix(f"/{room.district.slug}")).context["form"]

    assert again.startswith(f"/{room.district.slug}/book/{room.pk}/?")
    assert {name: form[name].value() for name in ("day", "at", "minutes", "people", "title")} == {
        "day": f"{tomorrow(0):%Y-%m-%d}",
        "at": "10:00",
        "minutes": "60",
        "people": "3",
        "title": "Client visit",
    }


def test_what_is_over_is_booked_again_for_the_same_weekday_to_come(district):
    starts_at = tomorrow(10) - timedelta(days=8)
    booking = BookingFactory(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))

    assert booking.again_at - starts_at == timedelta(
        days=7 if starts_at + timedelta(days=7) > timezone.now() else 14
    )

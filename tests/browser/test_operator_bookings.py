"""An operator at the day plan: books for a company, closes a room, decides and takes it back."""

from datetime import date, datetime, time, timedelta

import pytest
from playwright.sync_api import expect

from district.models import Role
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space
from spaces.localtime import instant
from spaces.models import Blocking, Booking, BookingStatus, SpaceLeaf
from tests.browser.test_booking_story import serious
from tests.factories import (
    BuildingFactory,
    MembershipFactory,
    OrganizationFactory,
    SpaceFactory,
    open_rules,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(quarter):
    """Two rooms of one building, a company with a booking tomorrow, and an operator."""
    with scope(quarter.pk):
        building = BuildingFactory(name_en="Heron House")
        rooms = [
            SpaceFactory(building=building, name_en=name, rules=open_rules(approval="always"))
            for name in ("Heron room", "Teal room")
        ]
        member = MembershipFactory(organization=OrganizationFactory(name_en="Tidal Loom"))
        operator = MembershipFactory(
            role=Role.OPERATOR_ADMIN, organization=OrganizationFactory(operating=True)
        )
        start = instant(_noon(), quarter.zone)
        wish = Wish(start, start + timedelta(hours=2), title="Design review")
        booking = book_space(rooms[0], wish, by=member)
    for membership in (member, operator):
        membership.person.user.language = "en"
        membership.person.user.save()
    return rooms, member, operator, booking


def _noon() -> datetime:
    return datetime.combine(date.today() + timedelta(days=2), time(12))  # noqa: DTZ011


def _day() -> str:
    return f"{_noon():%Y-%m-%d}"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_empty_slot_becomes_a_booking_for_a_company(quarter, sign_in, house, scripts):
    rooms, _, operator, _ = house
    page = sign_in(operator, scripts=scripts)
    page.goto(f"bookings/day/?day={_day()}")

    page.get_by_label("Book Teal room at 15:00").click()
    page.get_by_label("Company").fill("Tidal")
    page.get_by_label("What for").fill("Client visit")
    page.get_by_role("button", name="Book", exact=True).click()

    expect(page.get_by_role("heading", name="Client visit")).to_be_visible()
    with scope(quarter.pk):
        made = Booking.objects.get(title="Client visit")
        assert (made.space, made.status) == (rooms[1], BookingStatus.CONFIRMED)
        assert made.organization.name_en == "Tidal Loom"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_room_is_found_by_words_and_chosen_among_its_namesakes(quarter, sign_in, house, scripts):
    *_, operator, _ = house
    with scope(quarter.pk):
        reed = BuildingFactory(name_en="Reed House")
        twin = SpaceFactory(building=reed, name_en="Teal room", rules=open_rules())
    page = sign_in(operator, scripts=scripts)
    page.goto(f"bookings/new/?day={_day()}&at=15:00")

    page.get_by_label("What for").fill("Client visit")
    page.get_by_label("Space").press_sequentially("teal")
    if not scripts:
        page.get_by_role("button", name="Find").click()
    expect(page.locator("#spaces-found button")).to_have_count(2)
    page.get_by_role("button", name="Reed House").click()
    expect(page.get_by_label("Space")).to_have_value(f"Teal room, Reed House ({twin.code})")
    page.get_by_role("button", name="Book", exact=True).click()

    expect(page.get_by_role("heading", name="Client visit")).to_be_visible()
    with scope(quarter.pk):
        assert Booking.objects.get(title="Client visit").space == twin


def test_a_bar_opens_what_it_stands_for_and_can_be_approved_there(quarter, sign_in, house):
    *_, operator, booking = house
    page = sign_in(operator)
    page.goto(f"bookings/day/?day={_day()}")

    page.locator("a.bk", has_text="Design review").click()
    card = page.locator("#card")
    expect(card.get_by_text(booking.number)).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.locator("a.bk", has_text="Design review").click()
    card.get_by_role("button", name="Approve").click()

    expect(page.get_by_text("Approved. The company has been told.")).to_be_visible()
    expect(page.locator("a.bk.ok", has_text="Design review")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_room_is_closed_after_its_booking_has_moved(quarter, sign_in, house, scripts):
    rooms, _, operator, booking = house
    page = sign_in(operator, scripts=scripts)
    page.goto(f"blockings/new/?space={rooms[0].pk}&from_day={_day()}&until_day={_day()}")

    page.get_by_label("Reason in English").fill("New projector")
    page.get_by_role("button", name="See what breaks").click()
    expect(page.get_by_role("link", name="Design review")).to_be_visible()
    page.get_by_label("Move to Teal room").check()
    page.get_by_role("button", name="Take out of use").click()

    expect(page.get_by_text("Out of use: 1 space. Companies have been told.")).to_be_visible()
    with scope(quarter.pk):
        booking.refresh_from_db()
        assert booking.space == rooms[1]
        assert Blocking.objects.get().space == rooms[0]


def test_requests_are_decided_by_keyboard_and_taken_back(quarter, sign_in, house):
    *_, operator, booking = house
    page = sign_in(operator)
    page.goto("bookings/inbox/")

    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_text("Approved. The company has been told.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("Taken back: it waits for a decision.")).to_be_visible()
    with scope(quarter.pk):
        booking.refresh_from_db()
        assert booking.status == BookingStatus.REQUESTED


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_company_books_a_desk_in_three_taps(quarter, sign_in, house, scripts):
    _, member, *_ = house
    with scope(quarter.pk):
        area = SpaceFactory(is_leaf=False, capacity=2, name_en="Open studio")
        for _ in range(2):
            seat = SpaceFactory(building=area.building, parent=area, capacity=1)
            SpaceLeaf.objects.create(space=area, leaf=seat)
    page = sign_in(member, phone=True, scripts=scripts)
    page.goto("")

    page.get_by_role("link", name="Book a desk").click()
    page.get_by_role("link", name="Open studio").click()
    page.get_by_role("button", name="booking").click()

    expect(page.get_by_role("heading", name="Booked")).to_be_visible()
    with scope(quarter.pk):
        assert Booking.objects.get(space=area).seat_count == 1


@pytest.mark.parametrize("path", ["bookings/day/", "bookings/new/", "blockings/new/", "blockings/"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_pages_are_accessible_and_fit(sign_in, house, path, phone):
    *_, operator, _ = house
    page = sign_in(operator, phone=phone)

    page.goto(f"{path}?day={_day()}")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(page) == []

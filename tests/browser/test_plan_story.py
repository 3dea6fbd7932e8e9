"""The plan as used: booked, moved and stretched by drag and by keys, and seen by others at once."""

from datetime import date, datetime, time, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from district.models import Role
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space
from spaces.localtime import instant
from spaces.models import Booking
from tests.browser.test_booking_story import serious
from tests.factories import (
    BuildingFactory,
    MembershipFactory,
    OrganizationFactory,
    SpaceFactory,
    open_rules,
)

pytestmark = pytest.mark.django_db(transaction=True)
FIRST_HOUR, HOURS = 8, 13


def on(hour: int, minute: int = 0) -> datetime:
    day = date.today() + timedelta(days=2)  # noqa: DTZ011
    return datetime.combine(day, time(hour, minute))


@pytest.fixture
def house(quarter):
    """Two rooms, a company with a booking in the first at noon, and an operator."""
    with scope(quarter.pk):
        building = BuildingFactory(name_en="Heron House")
        rules = open_rules(grid_minutes=30, min_minutes=30)
        rooms = [
            SpaceFactory(building=building, name_en=name, code=name, rules=rules)
            for name in ("Heron room", "Teal room")
        ]
        member = MembershipFactory(
            role=Role.COMPANY_ADMIN, organization=OrganizationFactory(name_en="Tidal Loom")
        )
        operator = MembershipFactory(
            role=Role.OPERATOR_ADMIN, organization=OrganizationFactory(operating=True)
        )
        start = instant(on(12), quarter.zone)
        wish = Wish(start, start + timedelta(hours=2), title="Design review")
        booking = book_space(rooms[0], wish, by=member)
    for membership in (member, operator):
        membership.person.user.language = "en"
        membership.person.user.save()
    return rooms, member, operator, booking


def track(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name).locator(".track")


def point(page: Page, name: str, hour: float) -> tuple[float, float]:
    box = track(page, name).bounding_box()
    assert box
    return box["x"] + box["width"] * (hour - FIRST_HOUR) / HOURS, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end)
    page.mouse.up()


def spans(quarter, booking) -> tuple[str, str, str]:
    with scope(quarter.pk):
        row = Booking.objects.select_related("space").get(pk=booking.pk)
        times = [f"{edge.astimezone(quarter.zone):%H:%M}" for edge in (row.starts_at, row.ends_at)]
        return row.space.name_en, times[0], times[1]


def test_a_booking_is_dragged_stretched_and_taken_back_while_others_watch(quarter, sign_in, house):
    _, member, operator, booking = house
    page, other = sign_in(operator), sign_in(member)
    for each in (page, other):
        each.goto(f"bookings/day/?day={on(0):%Y-%m-%d}")
    bar = page.locator("a.bk[data-m]")

    drag(page, point(page, "Heron room", 13), point(page, "Teal room", 15.1))
    expect(page.get_by_text("Moved:")).to_be_visible()
    assert spans(quarter, booking) == ("Teal room", "14:00", "16:00")
    expect(track(page, "Teal room").locator("a.bk[data-m]")).to_be_visible()
    other.evaluate("htmx.trigger('#plan', 'reload')")
    expect(track(other, "Teal room").locator("a.bk[data-m]")).to_contain_text("14:00")

    x, y = point(page, "Teal room", 16)
    drag(page, (x - 3, y), point(page, "Teal room", 17))
    expect(bar).to_contain_text("14:00–17:00")
    page.get_by_role("button", name="Undo").last.click()
    expect(bar).to_contain_text("14:00–16:00")

    drag(page, point(page, "Teal room", 15), point(page, "Heron room", 9))
    expect(bar).to_contain_text("08:00–10:00")
    assert spans(quarter, booking) == ("Heron room", "08:00", "10:00")


def test_the_same_by_keys_with_a_refusal_in_the_words_of_the_rules(quarter, sign_in, house):
    rooms, _, operator, booking = house
    with scope(quarter.pk):
        start = instant(on(13), quarter.zone)
        book_space(rooms[1], Wish(start, start + timedelta(hours=1)), by=operator)
    page = sign_in(operator)
    page.goto(f"bookings/day/?day={on(0):%Y-%m-%d}")
    bar = page.locator("a.bk", has_text="Design review")

    bar.focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#spoken")).to_have_text("12:00–14:00, Teal room. Taken then")
    page.keyboard.press("Escape")
    assert spans(quarter, booking) == ("Heron room", "12:00", "14:00")

    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    expect(bar).to_contain_text("12:30–13:30")
    expect(bar).to_be_focused()
    assert spans(quarter, booking) == ("Heron room", "12:30", "13:30")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('.tl-row').ariaLabel") == "Teal room"


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_a_company_books_what_is_free_by_drag_without_seeing_whose_the_rest_is(
    quarter, sign_in, house, phone
):
    rooms, _, _, _ = house
    with scope(quarter.pk):
        visitor = MembershipFactory(organization=OrganizationFactory(name_en="Fen Optics"))
    visitor.person.user.language = "en"
    visitor.person.user.save()
    page = sign_in(visitor, phone=phone)
    page.goto(f"bookings/day/?day={on(0):%Y-%m-%d}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(page) == []
    assert "Design review" not in page.content()

    drag(page, point(page, "Teal room", 10.1), point(page, "Teal room", 11.4))
    page.get_by_label("What for").fill("Lens tests")
    page.get_by_role("button", name="Confirm booking").click()

    expect(page.get_by_role("heading", name="Booked")).to_be_visible()
    with scope(quarter.pk):
        made = Booking.objects.get(title="Lens tests")
    assert spans(quarter, made) == ("Teal room", "10:00", "11:30")
    assert made.space_id == rooms[1].pk


def test_without_scripts_a_booking_moves_on_its_page(quarter, sign_in, house):
    _, _, operator, booking = house
    page = sign_in(operator, scripts=False)
    page.goto(f"bookings/week/?day={on(0):%Y-%m-%d}")

    page.locator("a.bk.ok").click()
    page.get_by_role("link", name="Move", exact=True).click()
    page.get_by_label("Space").select_option(label="Teal room, Heron House")
    page.get_by_label("Start").fill("16:00")
    page.get_by_role("button", name="Move").click()

    expect(page.get_by_text("Moved:")).to_be_visible()
    assert spans(quarter, booking) == ("Teal room", "16:00", "18:00")

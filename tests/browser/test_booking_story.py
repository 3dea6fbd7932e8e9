"""A company books a room on a phone, the operator decides, the company is told."""

import re
from datetime import datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from district.channels.sender import deliver
from district.models import District, Membership, Role
from district.relay import relay
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space
from spaces.models import Booking, BookingStatus, Hold, Space
from tests.factories import MembershipFactory, OrganizationFactory, SpaceFactory, open_rules

pytestmark = pytest.mark.django_db(transaction=True)


def cast(quarter: District, **rules: object) -> tuple[Membership, Membership]:
    """A company's member and an operator, and a room for six with a projector."""
    with scope(quarter.pk):
        SpaceFactory(
            name_en="Heron room",
            name_zh="苍鹭厅",
            capacity=6,
            features=["projector"],
            rules=open_rules(**rules),
        )
        member = MembershipFactory(organization=OrganizationFactory(name_en="Tidal Loom"))
        operator = MembershipFactory(
            role=Role.OPERATOR_ADMIN, organization=OrganizationFactory(operating=True)
        )
    for membership in (member, operator):
        membership.person.user.language = "en"
        membership.person.user.save()
    return member, operator


def book_in_three_taps(page: Page) -> None:
    page.goto("")
    page.get_by_role("link", name="4 people, projector").click()
    page.get_by_role("link", name="Heron room").click()
    page.get_by_role("button", name="booking").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_company_books_a_room_in_three_taps(quarter, sign_in, scripts):
    member, _ = cast(quarter)
    page = sign_in(member, phone=True, scripts=scripts)

    book_in_three_taps(page)

    expect(page.get_by_role("heading", name="Booked")).to_be_visible()
    expect(page.get_by_role("heading", name="Heron room")).to_be_visible()
    with scope(quarter.pk):
        booking = Booking.objects.get()
        assert (booking.status, booking.attendee_count) == (BookingStatus.CONFIRMED, 4)
        assert booking.organization_id == member.organization_id


def test_an_operator_approves_and_the_company_sees_the_bell(quarter, sign_in):
    member, operator = cast(quarter, approval="always")
    phone = sign_in(member, phone=True)
    book_in_three_taps(phone)
    expect(phone.get_by_role("heading", name="Requested")).to_be_visible()
    expect(phone.locator("#bell .dot")).to_have_count(0)

    desk = sign_in(operator)
    desk.goto("")
    expect(desk.get_by_role("heading", name="Heron room")).to_be_visible()
    desk.get_by_role("button", name="Approve").click()
    expect(desk.get_by_text("Approved. The company has been told.")).to_be_visible()
    relay(quarter.pk)
    deliver(quarter.pk)

    # The same page, not loaded again: the bell asks by itself within 20 seconds.
    expect(phone.locator("#bell .dot")).to_have_text("1", timeout=21_000)
    expect(phone).to_have_title(re.compile(r"^\(1\) "))
    phone.locator("#bell").click()
    phone.locator("#bell-latest").get_by_role(
        "button", name="Your booking of Heron room is confirmed"
    ).click()
    expect(phone.get_by_role("heading", name="Heron room")).to_be_visible()
    expect(phone.locator("#bell .dot")).to_have_count(0)
    assert [m.subject for m in mail.outbox if m.to == [member.person.email]] == [
        "[Lakeside District] Your booking of Heron room is confirmed"
    ]


def test_mail_comes_in_the_language_of_the_person(quarter, sign_in):
    member, operator = cast(quarter, approval="always")
    with scope(quarter.pk):
        member.person.language = "zh-hans"
        member.person.save()
    book_in_three_taps(sign_in(member, phone=True))
    desk = sign_in(operator)
    desk.goto("bookings/inbox/")
    desk.get_by_role("button", name="Approve").click()
    expect(desk.get_by_text("Approved. The company has been told.")).to_be_visible()
    relay(quarter.pk)
    deliver(quarter.pk)

    mine = [m for m in mail.outbox if m.to == [member.person.email]]
    assert [m.subject for m in mine] == ["[湖畔创新区] 苍鹭厅预约已确认"]


def test_declining_needs_a_reason_that_the_company_reads(quarter, sign_in):
    member, operator = cast(quarter, approval="always")
    page = sign_in(member, phone=True)
    book_in_three_taps(page)
    desk = sign_in(operator)
    desk.goto("bookings/inbox/")

    desk.locator("summary", has_text="Decline").click()
    desk.get_by_label("Reason, read by the company").fill("The room is being painted.")
    desk.locator(".drop").get_by_role("button", name="Decline").click()
    expect(desk.get_by_text("Declined. The company reads your reason.")).to_be_visible()
    page.get_by_role("link", name="See the booking").click()

    expect(page.get_by_text("The room is being painted.")).to_be_visible()


def test_a_taken_slot_is_refused_with_what_was_entered_and_other_ways(quarter, sign_in):
    member, _ = cast(quarter)
    page = sign_in(member, phone=True)
    page.goto("book/")
    page.get_by_role("link", name="Heron room").click()
    page.get_by_label("What for").fill("Kick-off")
    day = page.get_by_label("Day").input_value()
    at = page.get_by_label("Start").input_value()
    starts_at = datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=quarter.zone)
    expect(page.locator("#hold.held")).to_be_visible()
    with scope(quarter.pk):
        Hold.objects.all().delete()  # the minutes it was kept for are over
        room = Space.objects.get()
        book_space(room, Wish(starts_at, starts_at + timedelta(hours=1)), by=MembershipFactory())

    page.get_by_role("button", name="booking").click()

    expect(page.get_by_text("This time is already taken.")).to_be_visible()
    expect(page.get_by_label("What for")).to_have_value("Kick-off")
    expect(page.get_by_text("Free instead")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["", "book/", "bookings/", "notifications/", "menu/", "search/?q=Heron"]
)
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_pages_of_a_company_are_accessible_and_fit(quarter, sign_in, path, phone):
    member, _ = cast(quarter)
    page = sign_in(member, phone=phone)

    page.goto(path)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(page) == []


@pytest.mark.parametrize(
    "path", ["", "bookings/day/", "bookings/inbox/", "bookings/", "map/", "spaces/"]
)
def test_pages_of_the_operator_are_accessible(quarter, sign_in, path):
    _, operator = cast(quarter)
    page = sign_in(operator)

    page.goto(path)
    page.wait_for_timeout(300)

    assert serious(page) == []


def serious(page: Page) -> list[str]:
    """What axe finds serious or worse, each with where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:160]}"
        for rule in found
        if rule["impact"] in {"serious", "critical"}
    ]


def test_keyboard_alone_reaches_the_booking(quarter, sign_in):
    member, _ = cast(quarter)
    page = sign_in(member)
    page.goto("")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.get_by_role("link", name="4 people, projector").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Heron room").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="booking").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Booked")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_company_books_weeks_ahead_is_asked_before_cancelling_and_books_again(
    quarter, sign_in, scripts
):
    member, _ = cast(quarter)
    page = sign_in(member, phone=True, scripts=scripts)
    page.goto("book/")

    page.get_by_role("link", name="A week later").click()
    expect(page.get_by_role("link", name="A week earlier")).to_be_visible()
    wanted = (timezone.localdate(timezone=quarter.zone) + timedelta(days=40)).isoformat()
    page.get_by_label("Another day").fill(wanted)
    page.get_by_role("button", name="Go").click()
    expect(page.locator(f"#day-{wanted}")).to_be_checked()
    page.get_by_role("link", name="Heron room").click()
    page.get_by_role("button", name="booking").click()
    expect(page.get_by_role("heading", name="Booked")).to_be_visible()
    page.locator("summary", has_text="Cancel booking").click()
    expect(page.get_by_text("Cancel this booking?")).to_be_visible()
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_text("Cancelled. The space is free again.")).to_be_visible()
    page.get_by_role("link", name="Book again").click()
    page.get_by_role("button", name="booking").click()

    expect(page.get_by_role("heading", name="Booked")).to_be_visible()
    with scope(quarter.pk):
        first, second = Booking.objects.order_by("id")
        assert (first.status, second.status) == (BookingStatus.CANCELLED, BookingStatus.CONFIRMED)
        assert second.starts_at == first.starts_at
        assert first.starts_at.astimezone(quarter.zone).date().isoformat() == wanted


def test_a_fault_in_the_finder_appears_at_its_field_and_goes_once_mended(quarter, sign_in):
    member, _ = cast(quarter)
    page = sign_in(member)
    page.goto("book/")

    page.get_by_label("People").fill("0")
    page.get_by_label("Start").focus()
    expect(page.locator("#people-wrong")).to_have_text(
        "Ensure this value is greater than or equal to 1."
    )
    page.get_by_label("People").fill("5")
    page.get_by_label("People").press("Enter")

    expect(page.locator("#people-wrong")).to_have_text("")
    expect(page.get_by_role("link", name="Heron room")).to_be_visible()

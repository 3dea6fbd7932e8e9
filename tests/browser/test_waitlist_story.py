"""One keeps a slot while another looks at it; an offer of the waitlist is taken on a phone."""

from datetime import timedelta
from time import monotonic, sleep

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from district.models import Role
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space
from spaces.actions.decisions import cancel_booking
from spaces.actions.healing import heal
from spaces.actions.waitlist import join_waitlist
from spaces.models import Booking, Hold
from tests.factories import MembershipFactory, SpaceFactory, open_rules

pytestmark = pytest.mark.django_db(transaction=True)

START = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
WISH = Wish(START, START + timedelta(hours=1), attendee_count=2)


def cast(quarter):
    """A room, and two people of two companies who read English."""
    with scope(quarter.pk):
        room = SpaceFactory(name_en="Heron room", capacity=6, rules=open_rules(window_days=60))
        people = [MembershipFactory(role=Role.COMPANY_MEMBER) for _ in range(2)]
    for member in people:
        member.person.user.language = "en"
        member.person.user.save()
    return room, *people


def address(quarter, room):
    local = START.astimezone(quarter.zone)
    return f"book/{room.pk}/?day={local:%Y-%m-%d}&at={local:%H:%M}&minutes=60&people=2"


def given_back_within(quarter, *, seconds: int) -> bool:
    """Leaving the page gives the slot back; the browser says so when it finds the time."""
    ends = monotonic() + seconds
    while monotonic() < ends:
        with scope(quarter.pk):
            if not Hold.objects.in_force().exists():
                return True
        sleep(0.1)
    return False


def test_a_slot_is_kept_while_its_form_is_open_and_free_when_the_time_is_up(
    quarter, sign_in, settings
):
    settings.HOLD_SECONDS = 6
    room, first, second = cast(quarter)
    mine, theirs = sign_in(first), sign_in(second, phone=True)

    mine.goto(address(quarter, room))
    expect(mine.locator("#hold")).to_contain_text("Kept for you 0:0")
    theirs.goto(address(quarter, room))
    expect(theirs.get_by_text("Somebody is booking this slot right now")).to_be_visible()
    expect(theirs.get_by_role("button", name="Tell me when it frees up")).to_be_visible()
    assert [found["id"] for found in Axe().run(theirs).response["violations"]] == []
    expect(mine.locator("#hold")).to_contain_text("The time is up.", timeout=10_000)
    settings.HOLD_SECONDS = 300  # so that it does not end by itself
    theirs.reload()
    expect(theirs.locator("#hold")).to_contain_text("Kept for you")
    theirs.goto("waitlist/")
    expect(theirs.get_by_text("Nobody waits for a space")).to_be_visible()

    assert given_back_within(quarter, seconds=10)


def test_an_offer_is_taken_on_a_phone(quarter, sign_in):
    room, booker, waiter = cast(quarter)
    with scope(quarter.pk):
        booking = book_space(room, WISH, by=booker)
        join_waitlist(room, WISH, by=waiter)
        cancel_booking(booking, by=booker)
    heal(quarter)
    page = sign_in(waiter, phone=True)

    page.goto("waitlist/")
    expect(page.get_by_text("Heron room is free for you")).to_be_visible()
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    page.get_by_role("button", name="Take it").click()

    expect(page.get_by_role("heading", name="Booked")).to_be_visible()
    with scope(quarter.pk):
        assert Booking.objects.get(status="confirmed").person == waiter.person

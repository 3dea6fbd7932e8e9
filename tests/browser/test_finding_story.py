"""A room is booked by a line of words, in the palette and without scripts."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from district.models import Role
from district.tenancy.scope import scope
from spaces.models import Booking
from tests.factories import MembershipFactory, SpaceFactory, open_rules

pytestmark = pytest.mark.django_db(transaction=True)


def cast(quarter):
    with scope(quarter.pk):
        rules = open_rules(window_days=60)
        SpaceFactory(name_en="Heron room", capacity=6, features=["projector"], rules=rules)
        SpaceFactory(name_en="Otter room", capacity=6, rules=rules)
        return MembershipFactory(role=Role.COMPANY_MEMBER)


def booked(quarter):
    with scope(quarter.pk):
        booking = Booking.objects.latest("id")
        local = booking.starts_at.astimezone(quarter.zone)
        days = (local.date() - timezone.localdate(timezone=quarter.zone)).days
        name = booking.space.name_en
        return name, days, f"{local:%H:%M}", booking.minutes, booking.attendee_count


@pytest.mark.parametrize(
    ("line", "button", "expected"),
    [
        ("明天下午3点 4人 投影 1小时", "Confirm booking", ("Heron room", 1, "15:00", 60, 4)),
        ("tomorrow 10-11:30 room for 6", "Confirm booking", ("Heron room", 1, "10:00", 90, 6)),
    ],
    ids=["chinese", "english"],
)
def test_a_line_in_the_palette_ends_in_a_booking(quarter, sign_in, line, button, expected):
    page = sign_in(cast(quarter))
    page.goto("")

    page.keyboard.press("Control+k")
    page.get_by_role("searchbox", name="Search").fill(line)
    expect(page.locator("#palette-hits a").first).to_contain_text("Book: Tomorrow")
    page.keyboard.press("Enter")
    best = page.locator("a.opt.best")
    expect(best).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")  # the page keeps the slot meanwhile
    page.get_by_role("button", name=button).click()
    expect(page).to_have_url(re.compile("/done/$"))

    assert booked(quarter) == expected


def test_the_finder_books_the_first_free_time_without_scripts(quarter, sign_in):
    page = sign_in(cast(quarter), phone=True, scripts=False)
    day = timezone.localdate(timezone=quarter.zone) + timedelta(days=3)

    page.goto("book/")
    page.get_by_label("Say it in one line").fill(f"{day:%Y-%m-%d} afternoon 4 people projector 2h")
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.get_by_text("First free time of 1 space")).to_be_visible()
    page.get_by_role("button", name="Favourite: Heron room").click()
    expect(page.get_by_role("button", name="Favourite: Heron room")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert "line" in parse_qs(urlsplit(page.url).query)
    page.locator("a.opt").first.click()
    page.get_by_role("button", name="Confirm booking").click()

    assert booked(quarter) == ("Heron room", 3, "12:00", 120, 4)

"""A company books a room regularly, with what stands in the way told date by date."""

from datetime import datetime, time, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from district.models import Role
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space
from spaces.models import DateState, Series
from tests.factories import MembershipFactory, SpaceFactory, open_rules

pytestmark = pytest.mark.django_db(transaction=True)


def cast(quarter, first):
    """Two rooms of a building, one of them taken on the second day, and a company's member."""
    with scope(quarter.pk):
        rules = open_rules(window_days=60)
        heron = SpaceFactory(name_en="Heron room", capacity=6, rules=rules)
        otter = SpaceFactory(name_en="Otter room", capacity=6, rules=rules, building=heron.building)
        second = datetime.combine(first + timedelta(days=1), time(9), tzinfo=quarter.zone)
        rival = MembershipFactory(role=Role.COMPANY_MEMBER)
        book_space(heron, Wish(second, second + timedelta(hours=1)), by=rival)
        member = MembershipFactory(role=Role.COMPANY_MEMBER)
    member.person.user.language = "en"
    member.person.user.save()
    return heron, otter, member


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_company_books_a_room_regularly(quarter, sign_in, scripts):
    first = timezone.localdate(timezone=quarter.zone) + timedelta(days=2)
    heron, otter, member = cast(quarter, first)
    page = sign_in(member, phone=True, scripts=scripts)

    page.goto(f"book/{heron.pk}/?day={first}&at=09:00&minutes=60&people=4")
    page.get_by_role("link", name="Book regularly").click()
    page.get_by_label("Repeats").select_option("Every day")
    page.get_by_label("Last day").fill(str(first + timedelta(days=2)))
    page.get_by_role("button", name="Check the dates").click()
    expect(page.get_by_text("2 of 3 dates are free")).to_be_visible()
    page.get_by_role("combobox").filter(has_text="Otter room").select_option(str(otter.pk))
    if scripts:
        assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    page.get_by_role("button", name="Book these dates").click()

    expect(page.get_by_text("Every day, 09:00–10:00")).to_be_visible()
    expect(page.get_by_text("Otter room")).to_be_visible()
    with scope(quarter.pk):
        dates = Series.objects.get().dates.order_by("on").select_related("booking__space")
        assert [(item.state, item.booking.space) for item in dates] == [
            (DateState.BOOKED, heron),
            (DateState.BOOKED, otter),
            (DateState.BOOKED, heron),
        ]

"""On the map a press on a building's name chooses it; in the palette Enter opens the first hit."""

import re

import pytest
from playwright.sync_api import Page, expect

from district.models import Role
from district.searching import reindex_all
from district.tenancy.scope import scope
from tests.factories import BuildingFactory, MembershipFactory, OrganizationFactory, SpaceFactory

pytestmark = pytest.mark.django_db(transaction=True)
SQUARE = {
    "type": "Polygon",
    "coordinates": [
        [[120.7, 31.2], [120.71, 31.2], [120.71, 31.21], [120.7, 31.21], [120.7, 31.2]]
    ],
}


@pytest.fixture
def page(quarter, sign_in) -> Page:
    """An operator's page; there are a building on the map and a room in it."""
    with scope(quarter.pk):
        operator = MembershipFactory(
            role=Role.OPERATOR_ADMIN, organization=OrganizationFactory(operating=True)
        )
        building = BuildingFactory(
            name_en="Heron House", geometry=SQUARE, longitude=120.705, latitude=31.205
        )
        SpaceFactory(name_en="Kingfisher room", building=building)
        reindex_all()
    operator.person.user.language = "en"
    operator.person.user.save()
    opened: Page = sign_in(operator)
    return opened


def test_a_press_on_a_name_chooses_the_building_beneath_it(page):
    page.goto("map/")
    label = page.locator("#map .lb > span", has_text="Heron House")
    expect(label).to_be_visible()
    place = label.bounding_box()

    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)

    expect(page.get_by_role("heading", name="Heron House")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/map/\?building="))
    page.locator("#map-panel .title").click()
    expect(page.get_by_role("heading", name="Heron House")).to_be_visible()
    page.get_by_role("link", name="Close").click()
    expect(page.get_by_role("heading", name="Heron House")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/map/$"))


@pytest.mark.parametrize(
    ("words", "first", "heading"),
    [("day pl", "Day plan", "Day plan"), ("kingfisher", "Kingfisher room", "Kingfisher room")],
)
def test_enter_in_the_palette_opens_the_first_hit(page, words, first, heading):
    page.goto("./")
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("searchbox").fill(words)
    expect(page.locator("#palette").get_by_role("link", name=first).first).to_be_visible()

    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()

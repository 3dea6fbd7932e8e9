"""Every page by its address: accessible in either theme and language, narrow enough, quiet."""

import pytest
from playwright.sync_api import Page, expect

from district.tenancy.scope import scope
from tests.browser.conftest import PHONE
from tests.browser.test_booking_story import serious
from tests.factories import SpaceFactory
from tests.pages import PIECES, ROLES, addresses, play, seen_by

pytestmark = pytest.mark.django_db(transaction=True)

# One in the operator's layout, one in that of companies: what another may see looks the same.
VISITORS = ("operator_admin", "company_admin")
# Each page in one of them: half of the pages in Chinese, half in the dark.
LOOKS = (("zh-hans", "light"), ("en", "dark"), ("zh-hans", "dark"), ("en", "light"))


def _heard(page: Page) -> list[str]:
    """What the browser's console complains of, from now on."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def _visit(page: Page, address: str, heard: list[str]) -> list[str]:
    """What is wrong with one page: as axe, a narrow phone and the browser's console see it."""
    heard.clear()
    answer = page.goto(f"./{address}")
    if answer is None or answer.status != 200 or "</html>" not in answer.text():
        heard.append("no whole page")
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > PHONE["width"]:
        heard.append(f"{wide} px wide")
    return [f"{address}: {complaint}" for complaint in [*heard, *serious(page)]]


def pages_of(role: str) -> list[str]:
    return [name for name, status in seen_by(role).items() if status == 200 and name not in PIECES]


def test_nobody_sees_a_page_that_is_not_visited():
    visited = {name for role in VISITORS for name in pages_of(role)}

    assert {name for role in ROLES for name in pages_of(role)} == visited


@pytest.mark.parametrize("role", VISITORS)
@pytest.mark.parametrize("place", range(len(LOOKS)))
def test_every_page_is_accessible_narrow_and_quiet(quarter, sign_in, role, place):
    language, theme = LOOKS[place]
    with scope(quarter.pk):
        cast, things = play()
    if member := cast[role]:
        member.person.user.language = language
        member.person.user.save()
    page = sign_in(member, phone=True)
    page.emulate_media(color_scheme=theme)
    heard = _heard(page)
    filled = addresses(things)
    own = pages_of(role)[place :: len(LOOKS)]

    wrong = [complaint for name in own for complaint in _visit(page, filled[name], heard)]

    assert wrong == []


def test_a_list_stays_quiet_and_narrow_while_it_is_worked_with(quarter, sign_in):
    """Searching, filtering, choosing columns and going back swap parts of the page."""
    with scope(quarter.pk):
        cast, _things = play()
        SpaceFactory.create_batch(60)
    page = sign_in(cast["operator_admin"], phone=True)
    heard = _heard(page)
    page.goto("spaces/?columns=code")

    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="Previous")).to_be_visible()
    page.get_by_role("searchbox", name="Search this list").fill("no such space")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_role("table")).to_be_visible()
    for menu in page.locator("#list details.menu").all():
        menu.locator("summary").click()
        expect(menu).to_have_attribute("open", "")
    page.go_back()
    expect(page.get_by_text("Nothing matches")).to_be_visible()

    assert heard == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

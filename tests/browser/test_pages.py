"""Every page by its address: accessible in either theme and language, narrow enough, quiet."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from playwright.sync_api import Page, expect

from district.models import Job, Membership, Notice, OrganizationClaim, Robot, Role
from district.registry import importers
from district.tenancy.scope import scope
from spaces.models import ArtWork, Blocking, Place, Platform, Route, Zone
from tests.browser.conftest import PHONE
from tests.browser.test_booking_story import serious
from tests.factories import (
    ApiClientFactory,
    BookingFactory,
    CertificationFactory,
    ContactFactory,
    FileFactory,
    MembershipFactory,
    OrganizationFactory,
    SpaceFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

Cast = dict[str, Any]

# What only the code of another page asks for, or what ends the visit.
APART = ("accounts/", "api/v1/", "healthz", "lists/", "files/", "calendar/")
HERE = {"longitude": 120.75, "latitude": 31.25}
CHECKED = {"importer": "buildings", "step": "check"}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[120.7, 31.2], [120.8, 31.2], [120.8, 31.3], [120.7, 31.3], [120.7, 31.2]]],
}


@pytest.fixture
def cast(quarter) -> Cast:
    """One person of each role, and one thing of each kind by the name its address has for it."""
    with scope(quarter.pk):
        operator = OrganizationFactory(operating=True)
        company = OrganizationFactory(name_en="Interdisciplinary Microelectronics and Photonics")
        members = {
            role: MembershipFactory(
                role=role,
                organization=company if role.startswith("company") else operator,
            )
            for role in (Role.OPERATOR_ADMIN, Role.COMPANY_ADMIN, Role.COMPANY_MEMBER, Role.AUDITOR)
        }
        things = {**_things(members[Role.OPERATOR_ADMIN]), "organization": company}
    return {"members": members, "things": things}


def _things(operator: Membership) -> Cast:
    now = timezone.now()
    span = {"starts_at": now + timedelta(hours=1), "ends_at": now + timedelta(hours=3)}
    space = SpaceFactory(
        building__geometry=SQUARE, **{f"building__{k}": v for k, v in HERE.items()}
    )
    papers = {"licence": FileFactory(), "authorisation": FileFactory()}
    claim = {"legal_name": "Tidal Loom", "uscc": "91320594MA1N12345X"}
    return {
        "space": space,
        "building": space.building,
        "community": space.building.community,
        "booking": BookingFactory(space=space, organization=operator.organization),
        "blocking": Blocking.objects.create(space=space, reason_en="Repairs", **span),
        "zone": Zone.objects.create(name_en="Core", purpose="core", boundary=SQUARE),
        "place": Place.objects.create(kind="museum", name_en="Silk Museum", **HERE),
        "artwork": ArtWork.objects.create(name_en="Tide", **HERE),
        "route": Route.objects.create(name_en="Walk"),
        "platform": Platform.objects.create(kind="other", name_en="Data hub"),
        "membership": operator,
        "certification": CertificationFactory(organization=operator.organization),
        "contact": ContactFactory(organization=operator.organization),
        "client": ApiClientFactory(organization=operator.organization),
        "claim": OrganizationClaim.objects.create(person=operator.person, **claim, **papers),
        "notice": Notice.objects.create(title_en="Water off on Friday", **span),
        "robot": Robot.objects.create(name="Front desk", kind="wecom", verbs=["booking.requested"]),
        "job": Job.objects.create(kind="import", membership=operator, parameters=CHECKED),
    }


def _routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route, pattern


def _addresses(things: Cast) -> Iterator[str]:
    """Each address that can be filled in."""
    for route, pattern in _routes(get_resolver().url_patterns):
        if route.startswith(APART):
            continue
        address = route
        for argument in pattern.pattern.converters:
            noun = pattern.default_args.get("noun", argument.removesuffix("_id"))
            if argument == "importer_key":
                value = next(key for key, _ in importers.items())
            elif argument.endswith("_id") and noun in things:
                value = things[noun].pk
            else:
                break
            address = address.replace(f"<uuid:{argument}>", str(value))
            address = address.replace(f"<str:{argument}>", str(value))
        if "<" not in address:
            yield address


def _is_page(page: Page, address: str) -> bool:
    """Whether a link may lead here: neither only a form's aim, nor a part of a page, nor data."""
    answer = page.request.get(f"./{address}", max_redirects=0)
    assert answer.status in {200, 302, 403, 404, 405}, (address, answer.status)
    return answer.status == 200 and "</html>" in answer.text()


def _visit(page: Page, address: str, heard: list[str]) -> list[str]:
    """What is wrong with one page: as axe, a narrow phone and the browser's console see it."""
    heard.clear()
    page.goto(f"./{address}")
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > PHONE["width"]:
        heard.append(f"{wide} px wide")
    return [f"{address}: {complaint}" for complaint in [*heard, *serious(page)]]


@pytest.mark.parametrize(
    ("role", "least", "language", "theme"),
    [
        (Role.OPERATOR_ADMIN, 60, "zh-hans", "light"),
        (Role.COMPANY_ADMIN, 20, "en", "dark"),
        (Role.COMPANY_MEMBER, 15, "zh-hans", "dark"),
        (Role.AUDITOR, 20, "en", "light"),
    ],
)
def test_every_page_is_accessible_narrow_and_quiet(
    quarter, sign_in, cast, role, least, language, theme
):
    member = cast["members"][role]
    member.person.user.language = language
    member.person.user.save()
    page = sign_in(member, phone=True)
    page.emulate_media(color_scheme=theme)
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))

    pages = [address for address in _addresses(cast["things"]) if _is_page(page, address)]
    wrong = [complaint for address in pages for complaint in _visit(page, address, heard)]

    assert len(pages) >= least
    assert wrong == []


def test_a_list_stays_quiet_and_narrow_while_it_is_worked_with(quarter, sign_in, cast):
    """Searching, filtering, choosing columns and going back swap parts of the page."""
    with scope(quarter.pk):
        SpaceFactory.create_batch(60)
    page = sign_in(cast["members"][Role.OPERATOR_ADMIN], phone=True)
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
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

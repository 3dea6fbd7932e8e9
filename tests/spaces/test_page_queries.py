"""How many queries the pages take that people open most: the same for one row and for fifty."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from district.actors import System
from district.api.tokens import issue_token
from district.measuring.queries import counted
from district.models import Role
from spaces.models import Space
from tests.factories import (
    ApiClientFactory,
    BookingFactory,
    MembershipFactory,
    OrganizationFactory,
    SpaceFactory,
)

LISTS = ["/spaces/", "/buildings/", "/bookings/"]


@pytest.fixture
def visit(browser_of, operator):
    """Queries of a warm page, without transaction control."""
    browser = browser_of(operator)

    def count(path: str) -> int:
        browser.get(path)
        with counted() as statements:
            response = browser.get(path)
        assert response.status_code == 200
        return len(statements.of_the_page)

    return count


def spaces(number: int) -> list[Space]:
    rows = [SpaceFactory() for _ in range(number)]
    for row in rows:
        BookingFactory(space=row)
    return rows


@pytest.mark.parametrize("path", LISTS)
def test_a_list_takes_ten_queries_whatever_its_rows(visit, path):
    spaces(1)
    of_one = visit(path)
    spaces(49)

    assert visit(path) == of_one <= 10


def test_the_pages_of_a_space_and_of_a_building_take_twenty_queries(visit):
    space = spaces(2)[0]
    BookingFactory(space=space, starts_at=space.created_at + timedelta(days=9))

    assert visit(f"/spaces/{space.pk}/") <= 20
    assert visit(f"/buildings/{space.building_id}/") <= 20


@pytest.mark.parametrize("path", ["/", "/map/", "/bookings/day/"])
def test_a_page_to_start_from_takes_twenty_queries_whatever_it_shows(visit, path):
    spaces(1)
    of_one = visit(path)
    spaces(7)

    assert visit(path) == of_one <= 20


def test_the_home_of_a_company_takes_twenty_queries(browser_of, district):
    member = MembershipFactory(role=Role.COMPANY_MEMBER, organization=OrganizationFactory())
    BookingFactory(organization=member.organization, person=member.person)
    browser = browser_of(member)
    browser.get("/")

    with counted() as statements:
        response = browser.get("/")

    assert response.status_code == 200
    assert len(statements.of_the_page) <= 20


@pytest.mark.parametrize("noun", ["spaces", "bookings"])
def test_an_api_list_takes_four_queries_whatever_its_rows(district, noun):
    client = ApiClientFactory(scopes=["spaces:read", "bookings:read"])
    expires_at = timezone.now() + timedelta(days=1)
    _token, secret = issue_token(client, expires_at=expires_at, by=System())
    program = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {secret}"})
    path = f"/{district.slug}/api/v1/{noun}/?limit=50"
    counts = []
    for number in (1, 49):
        for row in spaces(number):
            BookingFactory(space=row, organization=client.organization)
        program.get(path)
        with counted() as statements:
            found = program.get(path).json()["results"]
        counts.append((len(found), len(statements.of_the_page)))

    assert [shown for shown, _ in counts] == [1, 50]
    assert counts[0][1] == counts[1][1] <= 4

"""The form of booking rules as a browser sends it: with its empty rows."""

from html.parser import HTMLParser

import pytest

from spaces.actions.policies import apply_policies
from spaces.models import BookingPolicy, Space
from tests.factories import SpaceFactory


class Filled(HTMLParser):
    """What a browser would send of the page's form, untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.select = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "select":
            self.select = given.get("name", "")
        chosen = "selected" in given or self.select not in self.values
        if tag == "option" and self.select and chosen:
            self.values[self.select] = given.get("value", "")
        ticked = given.get("type") == "checkbox"
        if tag == "input" and given.get("name") and (not ticked or "checked" in given):
            self.values[given["name"]] = given.get("value") or ("on" if ticked else "")


def sent_by(browser, page: str) -> dict[str, str]:
    form = Filled()
    form.feed(browser.get(page).content.decode())
    return form.values


@pytest.fixture
def room(operator) -> Space:
    space = SpaceFactory()
    apply_policies()
    return Space.objects.get(pk=space.pk)


RATE = {"kind": "", "days": "67", "from": 0, "to": 1440, "price": "160.00"}


@pytest.mark.parametrize("rates", [None, [RATE]])
def test_saving_rules_untouched_changes_nothing(browser_of, operator, room, rates):
    """The spare rows are empty to the product as they are to the eye."""
    page, browser = f"/spaces/{room.pk}/policy/", browser_of(operator)
    BookingPolicy.objects.create(space=room, rates=rates)
    apply_policies()

    answer = browser.post(page, sent_by(browser, page))

    assert answer.status_code == 302
    room.refresh_from_db()
    assert room.rules.rates == (rates or [])
    assert room.policies.get().rates == rates


def test_a_price_alone_can_be_changed(browser_of, operator, room):
    page, browser = f"/spaces/{room.pk}/policy/", browser_of(operator)

    answer = browser.post(page, {**sent_by(browser, page), "hourly_price": "88"})

    assert answer.status_code == 302
    room.refresh_from_db()
    assert str(room.rules.hourly_price) == "88.00"

"""Which entry of the menu a page belongs to."""

import pytest
from django.test import Client
from django.utils import translation

from district.models import Role
from tests.factories import MembershipFactory, OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "entry", "is_elsewhere"),
    [
        ("/", "Home", False),
        ("/book/seats/", "Book a space", False),
        ("/buildings/", "Buildings and spaces", True),
        ("/places/", None, True),
        ("/menu/", None, True),
        ("/notifications/", None, True),
    ],
)
def test_a_page_is_marked_in_its_entry_and_no_other(district, path, entry, is_elsewhere):
    member = MembershipFactory(role=Role.COMPANY_MEMBER, organization=OrganizationFactory())
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(member.person.user)

    context = browser.get(f"/{district.slug}{path}").context

    marked = [item for group in context["menu"] for item in group["items"] if item["current"]]
    with translation.override("en"):
        assert [str(item["label"]) for item in marked] == ([entry] if entry else [])
    assert context["tabs"]["is_elsewhere"] is is_elsewhere


@pytest.mark.parametrize("role", [Role.COMPANY_ADMIN, Role.COMPANY_MEMBER, Role.PARTNER])
def test_each_group_of_the_menu_stands_once(district, role):
    member = MembershipFactory(role=role, organization=OrganizationFactory())
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(member.person.user)

    menu = browser.get(f"/{district.slug}/").context["menu"]
    with translation.override("en"):
        groups = [str(group["label"]) for group in menu]

    assert "Spaces" in groups
    assert len(groups) == len(set(groups))

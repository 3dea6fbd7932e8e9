"""The district's settings, its modules and its communities."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from district.api.tokens import issue_token
from district.models import Activity, Community, District, Role
from district.searching import reindex_all
from tests.factories import (
    ApiClientFactory,
    BuildingFactory,
    CommunityFactory,
    MembershipFactory,
    SpaceFactory,
)

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[120.7, 31.2], [120.8, 31.2], [120.8, 31.3], [120.7, 31.3], [120.7, 31.2]]],
}


def settings_form(**changes):
    return {
        "name_zh": "湖畔创新区",
        "name_en": "Lakeside District",
        "language": "zh-hans",
        "time_zone": "Asia/Shanghai",
        "currency": "CNY",
        "modules": ["spaces"],
        **changes,
    }


def test_settings_are_saved_and_recorded(browser_of, operator, district):
    browser_of(operator).post(
        "/settings/",
        settings_form(name_en="Lake District", currency="eur", contact_phone="+86 512"),
    )

    saved = District.objects.get(pk=district.pk)
    assert (saved.name_en, saved.currency, saved.contact_phone) == (
        "Lake District",
        "EUR",
        "+86 512",
    )
    activity = Activity.objects.get(verb="settings.changed")
    assert activity.data == {
        "fields": ["contact_phone", "currency", "name_en"],
        "currency": "EUR",
    }
    assert activity.membership == operator


def test_saving_the_same_settings_records_nothing(browser_of, operator):
    browser_of(operator).post("/settings/", settings_form())

    assert not Activity.objects.filter(verb="settings.changed").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"currency": "XXQ"}, "“XXQ” is not a currency code such as CNY."),
        ({"time_zone": "Moon/Base"}, "Moon/Base is not one of the available choices."),
        ({"modules": ["chess"]}, "chess is not one of the available choices."),
        ({"name_zh": "", "name_en": ""}, "Give it a name in Chinese or in English."),
        ({"contact_email": "nobody"}, "Enter a valid email address."),
    ],
)
def test_wrong_settings_are_refused_in_words(browser_of, operator, district, changes, message):
    response = browser_of(operator).post("/settings/", settings_form(**changes))

    assert response.status_code == 422
    assert message in response.content.decode()
    assert District.objects.get(pk=district.pk).currency == "CNY"


def test_a_module_switched_off_vanishes_and_comes_back(browser_of, operator, district):
    SpaceFactory(name_en="Heron room")
    reindex_all()
    browser = browser_of(operator)
    assert browser.get("/spaces/").status_code == 200
    assert "Heron" in browser.get("/search/?q=heron").content.decode()

    browser.post("/settings/", settings_form(modules=[]))

    menu = browser.get("/menu/").content.decode()
    assert [address in menu for address in ("/spaces/", "/map/", "/settings/")] == [
        False,
        False,
        True,
    ]
    assert browser.get("/spaces/").status_code == 404
    assert browser.get("/bookings/inbox/").status_code == 404
    assert browser.get("/").status_code == 200
    assert "Heron room" not in browser.get("/search/?q=heron").content.decode()

    browser.post("/settings/", settings_form())
    assert browser.get("/spaces/").status_code == 200


def test_a_module_switched_off_is_off_in_the_api(browser_of, operator, district):
    client = ApiClientFactory(scopes=["spaces:read"])
    soon = timezone.now() + timedelta(days=1)
    _, secret = issue_token(client, expires_at=soon, by=operator)
    api = browser_of(None)
    headers = {"Authorization": f"Bearer {secret}"}
    assert api.get("/api/v1/spaces/", headers=headers).status_code == 200

    District.objects.filter(pk=district.pk).update(modules=[])

    assert api.get("/api/v1/spaces/", headers=headers).status_code == 404
    assert api.get("/api/v1/district/", headers=headers).status_code == 200


def test_community_is_added_with_its_outline(browser_of, operator):
    browser_of(operator).post(
        "/settings/communities/new/",
        {"code": "north", "name_zh": "北岸创新社区", "boundary": json.dumps(SQUARE)},
    )

    community = Community.objects.get()
    assert (community.code, community.name_zh, community.boundary) == (
        "north",
        "北岸创新社区",
        SQUARE,
    )
    assert Activity.objects.get(verb="community.created").subject_id == community.pk


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code": "north"}, "A community with this code exists already."),
        ({"name_en": ""}, "Give it a name in Chinese or in English."),
        ({"boundary": '{"type": "Point"}'}, "Paste a GeoJSON polygon."),
    ],
)
def test_community_with_something_wrong_keeps_what_was_entered(
    browser_of, operator, changes, message
):
    CommunityFactory(code="north")
    data = {"code": "south", "name_en": "South bank", "summary_en": "By the water", **changes}

    response = browser_of(operator).post("/settings/communities/new/", data)

    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert "By the water" in page
    assert Community.objects.count() == 1


def test_communities_count_their_buildings_and_staff(browser_of, operator):
    community = CommunityFactory(name_en="North bank")
    BuildingFactory.create_batch(3, community=community)
    MembershipFactory(organization=operator.organization, role=Role.OPERATOR, community=community)

    page = browser_of(operator).get("/settings/communities/").content.decode()

    assert '<td data-label="Buildings" class="numeric">3</td>' in page
    assert '<td data-label="Area staff" class="numeric">1</td>' in page

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from district.models import Community, District, Membership, Role
from district.tenancy.models import uuid7
from spaces.actions import structure
from spaces.actions.occupancy import Span, claim
from spaces.actions.structure import Part
from spaces.models import (
    ArtWork,
    BookingPolicy,
    Building,
    Floor,
    OccupancyKind,
    Place,
    Platform,
    Route,
    Space,
    Zone,
)
from tests.factories import (
    BuildingFactory,
    CommunityFactory,
    FloorFactory,
    MembershipFactory,
    OrganizationFactory,
    SpaceFactory,
)

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[120.7, 31.2], [120.8, 31.2], [120.8, 31.3], [120.7, 31.3], [120.7, 31.2]]],
}
BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[120.7, 31.2], [120.8, 31.3], [120.8, 31.2], [120.7, 31.3], [120.7, 31.2]]],
}


class Visitor:
    """A browser of somebody logged in, inside the district's path."""

    def __init__(self, district: District, membership: Membership):
        self.client = Client(headers={"accept-language": "en"})
        self.client.force_login(membership.person.user)
        self.prefix = f"/{district.slug}"

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.client.get(f"{self.prefix}{path}", **kwargs)

    def post(self, path: str, data: Any, **kwargs: Any) -> Any:
        return self.client.post(f"{self.prefix}{path}", data, **kwargs)


@pytest.fixture
def staff(district: District, operator: Membership) -> Visitor:
    return Visitor(district, operator)


@pytest.fixture
def tenant(district: District, tenant_member: Membership) -> Visitor:
    return Visitor(district, tenant_member)


@pytest.fixture
def area_staff(district: District, community: Community) -> Visitor:
    membership = MembershipFactory(
        role=Role.OPERATOR,
        community=community,
        organization=OrganizationFactory(operating=True),
    )
    return Visitor(district, membership)


@pytest.fixture
def community(district: District) -> Community:
    return CommunityFactory(name_en="Lakeside")


@pytest.fixture
def building(community: Community) -> Building:
    return BuildingFactory(community=community, geometry=SQUARE, longitude=120.75, latitude=31.25)


@pytest.fixture
def room(building: Building) -> Space:
    floor = FloorFactory(building=building, level=3)
    return SpaceFactory(building=building, floor=floor, name_en="Moon Bay", code="M-301")


def place(**changes: Any) -> Place:
    values = {"kind": "museum", "name_en": "Silk Museum", "longitude": 120.7, "latitude": 31.2}
    return Place.objects.create(**{**values, **changes})


def text(response: Any) -> str:
    return str(response.content.decode())


def test_space_list_narrows_by_name_and_function(staff, room):
    SpaceFactory(name_en="Server room", function="digital")

    page = text(staff.get("/spaces/?q=moon&function=meeting"))

    assert "Moon Bay" in page
    assert "Server room" not in page


def test_space_list_asks_as_often_for_many_rows_as_for_one(
    staff, room, django_assert_num_queries, django_assert_max_num_queries
):
    staff.get("/spaces/")
    with django_assert_max_num_queries(30) as first:
        staff.get("/spaces/")
    SpaceFactory.create_batch(20, building=room.building, floor=room.floor)

    with django_assert_num_queries(len(first)):
        staff.get("/spaces/")


def test_space_list_fragment_is_the_same_element_of_the_page(staff, room):
    page = text(staff.get("/spaces/"))
    headers = {"hx-request": "true", "hx-target": "list"}

    fragment = text(staff.get("/spaces/", headers=headers))

    assert fragment.strip().startswith('<div id="list"')
    assert unmasked(fragment).strip() in unmasked(page)


def unmasked(html):
    """Without the tokens against forgery, which differ in every answer."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", html)


def test_space_detail_shows_what_it_is_and_where_its_rules_come_from(staff, room):
    BookingPolicy.objects.create(building=room.building, window_days=12)

    page = text(staff.get(f"/spaces/{room.pk}/"))

    assert "Moon Bay" in page
    assert "up to 12 days ahead" in page
    assert f"From {room.building.name}" in page


def test_space_detail_tells_companies_only_that_it_is_taken(tenant, room):
    now = timezone.now()
    claim(
        room,
        Span(now - timedelta(hours=1), now + timedelta(hours=1)),
        kind=OccupancyKind.BOOKING,
        source_id=uuid7(),
    )

    page = text(tenant.get(f"/spaces/{room.pk}/"))

    assert "In use now" in page
    assert "/edit/" not in page


def test_space_detail_week_is_the_same_element_of_the_page(staff, room):
    page = text(staff.get(f"/spaces/{room.pk}/?week=2026-03-02"))
    headers = {"hx-request": "true", "hx-target": "space-week"}

    fragment = text(staff.get(f"/spaces/{room.pk}/?week=2026-03-02", headers=headers))

    assert fragment.strip() in page


def test_space_detail_hides_what_has_ended_from_companies(tenant, staff, operator, room):
    structure.end_space(room, by=operator)

    assert "Closed" in text(staff.get(f"/spaces/{room.pk}/"))
    assert tenant.get(f"/spaces/{room.pk}/").status_code == 404


CHANGES = ["/buildings/new/", "/zones/new/", "/spaces/policy/", "/imports/"]
ALLOWED = {
    Role.OPERATOR_ADMIN: CHANGES,
    Role.OPERATOR: ["/buildings/new/", "/zones/new/", "/spaces/policy/"],
    Role.COMPANY_ADMIN: [],
    Role.COMPANY_MEMBER: [],
    Role.PARTNER: [],
    Role.AUDITOR: [],
}


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_the_structure_and_changes_only_what_it_may(district, room, role):
    is_operating = role in {Role.OPERATOR_ADMIN, Role.OPERATOR, Role.AUDITOR}
    membership = MembershipFactory(
        role=role, organization=OrganizationFactory(operating=is_operating)
    )
    visitor = Visitor(district, membership)

    seen = [visitor.get(path).status_code for path in ("/map/", "/spaces/", "/places/")]
    changing = [path for path in CHANGES if visitor.get(path).status_code == 200]

    assert seen == [200, 200, 200]
    assert changing == ALLOWED[role]


def test_space_edit_is_limited_to_the_area_of_the_staff(area_staff, room):
    elsewhere = SpaceFactory(name_en="Far room")

    def renamed(space: Space) -> tuple[int, str]:
        data = {
            "code": space.code,
            "name_en": "Renamed",
            "floor": str(space.floor_id or ""),
            "function": "meeting",
            "capacity": 8,
        }
        answer = area_staff.post(f"/spaces/{space.pk}/edit/", data)
        return answer.status_code, Space.objects.get(pk=space.pk).name_en

    assert renamed(room) == (302, "Renamed")
    assert renamed(elsewhere) == (403, "Far room")


def test_space_edit_saves_features_and_technical_figures(staff, room):
    data = {
        "code": "M-301",
        "name_en": "Moon Hall",
        "floor": str(room.floor_id),
        "function": "meeting",
        "capacity": 40,
        "bookable": "on",
        "features": ["projector"],
        "floor_load_kn_m2": "5.0",
    }

    answer = staff.post(f"/spaces/{room.pk}/edit/", data)

    assert answer.status_code == 302
    room.refresh_from_db()
    assert (room.name_en, room.features) == ("Moon Hall", ["projector"])
    assert room.measures == {"floor_load_kn_m2": "5.0"}


def test_space_detail_tells_the_operator_what_happened(staff, tenant, operator, room):
    structure.change_space(room, by=operator)

    assert "What happened" in text(staff.get(f"/spaces/{room.pk}/"))
    assert operator.person.name in text(staff.get(f"/spaces/{room.pk}/"))
    assert "What happened" not in text(tenant.get(f"/spaces/{room.pk}/"))


def test_space_edit_keeps_the_input_of_a_form_with_mistakes(staff, room):
    data = {"code": "M-301", "name_en": "", "name_zh": "", "function": "meeting", "capacity": "-4"}

    answer = staff.post(f"/spaces/{room.pk}/edit/", data)

    assert answer.status_code == 422
    assert 'value="-4"' in text(answer)


def test_space_new_refuses_a_code_twice(staff, room):
    data = {"code": "M-301", "name_en": "Twin", "function": "meeting", "capacity": 4}

    answer = staff.post(f"/buildings/{room.building_id}/spaces/new/", data)

    assert answer.status_code == 422
    assert "A space with this code exists already." in text(answer)


def test_space_split_and_merge_through_the_pages(staff, room):
    formset = {"parts-TOTAL_FORMS": 2, "parts-INITIAL_FORMS": 0}
    parts = {
        "parts-0-code": "A",
        "parts-0-name_en": "A",
        "parts-1-code": "B",
        "parts-1-name_en": "B",
    }

    split = staff.post(f"/spaces/{room.pk}/split/", {**formset, **parts})
    half, other = Space.objects.filter(parent=room).order_by("code")
    merged = staff.post(f"/spaces/{half.pk}/merge/", {"with": [str(other.pk)]})

    assert (split.status_code, merged.status_code) == (302, 302)
    assert list(Space.objects.current()) == [room]


def test_space_split_says_why_not(staff, operator, room):
    structure.split_space(room, [Part("A", name_en="A"), Part("B", name_en="B")], by=operator)
    formset = {"parts-TOTAL_FORMS": 2, "parts-INITIAL_FORMS": 0}
    parts = {
        "parts-0-code": "C",
        "parts-0-name_en": "C",
        "parts-1-code": "D",
        "parts-1-name_en": "D",
    }

    answer = staff.post(f"/spaces/{room.pk}/split/", {**formset, **parts})

    assert answer.status_code == 422
    assert "This space is divided already." in text(answer)


def test_space_end_refuses_in_words(staff, room):
    start = timezone.now() + timedelta(days=1)
    claim(
        room,
        Span(start, start + timedelta(hours=1)),
        kind=OccupancyKind.BOOKING,
        source_id=uuid7(),
    )

    answer = staff.post(f"/spaces/{room.pk}/end/", {})

    assert answer.status_code == 409
    assert "still in use or booked" in text(answer)


def test_building_detail_shows_floors_spaces_and_what_is_free(tenant, room):
    page = text(tenant.get(f"/buildings/{room.building_id}/"))

    assert "Floor 3" in page
    assert page.count("Moon Bay") >= 3
    assert "Add a space" not in page


def test_building_new_takes_an_outline_and_finds_its_middle(staff, community):
    data = {
        "code": "NEW",
        "name_zh": "新楼",
        "community": str(community.pk),
        "function": "research",
        "geometry": json.dumps({"type": "Feature", "geometry": SQUARE, "properties": {}}),
    }

    answer = staff.post("/buildings/new/", data)

    assert answer.status_code == 302
    building = Building.objects.get(code="NEW")
    assert building.geometry == SQUARE
    assert building.longitude == pytest.approx(120.75)


@pytest.mark.parametrize(
    ("outline", "words"),
    [
        (json.dumps(BOW_TIE), "The outline crosses itself."),
        ("{", "This is not valid JSON."),
        ('{"type": "Point", "coordinates": [1, 2]}', "Paste a GeoJSON polygon."),
        ('{"type": "Polygon", "coordinates": [[[1]]]}', "This is not a GeoJSON polygon."),
    ],
)
def test_building_new_refuses_outlines_that_are_none(staff, community, outline, words):
    data = {"code": "X", "name_en": "X", "community": str(community.pk), "function": "research"}

    answer = staff.post("/buildings/new/", {**data, "geometry": outline})

    assert answer.status_code == 422
    assert words in text(answer)


def test_building_new_outside_ones_area_is_refused(area_staff):
    elsewhere = CommunityFactory()
    data = {"code": "X", "name_en": "X", "community": str(elsewhere.pk), "function": "research"}

    answer = area_staff.post("/buildings/new/", data)

    assert answer.status_code == 403
    assert not Building.objects.filter(code="X").exists()


def test_floor_new_refuses_a_level_twice(staff, room):
    answer = staff.post(f"/buildings/{room.building_id}/floors/", {"level": 3})

    assert answer.status_code == 422
    assert "The building already has this floor." in text(answer)
    assert Floor.objects.filter(building=room.building).count() == 1


def test_district_map_has_a_panel_for_the_chosen_building(tenant, room):
    page = text(tenant.get(f"/map/?building={room.building_id}"))

    assert room.building.name in page
    assert "Moon Bay" in page
    headers = {"hx-request": "true", "hx-target": "map-panel"}
    fragment = text(tenant.get(f"/map/?building={room.building_id}", headers=headers))
    assert fragment.strip().startswith('<aside class="panel" id="map-panel"')


def test_map_data_leaves_out_what_is_not_cultural(tenant, room):
    place(kind="shop")

    assert tenant.get("/map/data.json").json()["places"] == []


def test_map_data_answers_304_until_something_changes(tenant, room):
    place()
    first = tenant.get("/map/data.json")
    again = tenant.get("/map/data.json", headers={"if-none-match": first["ETag"]})
    BuildingFactory(geometry=SQUARE)
    later = tenant.get("/map/data.json", headers={"if-none-match": first["ETag"]})

    assert [item["name"] for item in first.json()["buildings"]] == [room.building.name]
    assert [item["name"] for item in first.json()["places"]] == ["Silk Museum"]
    assert (again.status_code, later.status_code) == (304, 200)


NO_ROWS = {
    f"{rows}-{name}_FORMS": 0
    for rows in ("closures", "rates", "fees")
    for name in ("TOTAL", "INITIAL")
}
RATE = {
    "rates-TOTAL_FORMS": 1,
    "rates-0-kind": "university",
    "rates-0-days": "12345",
    "rates-0-begins": "18:00",
    "rates-0-ends": "00:00",
    "rates-0-price": "75.5",
}


def test_policy_edit_sets_rates_and_fees_and_says_them_in_words(staff, room):
    fee = {"fees-TOTAL_FORMS": 1, "fees-0-hours": "24", "fees-0-percent": "50"}
    page = f"/spaces/{room.pk}/policy/"

    answer = staff.post(page, {**NO_ROWS, **RATE, **fee, "own_rates": "on", "own_fees": "on"})

    assert answer.status_code == 302
    room.refresh_from_db()
    assert room.rules.rates == [
        {"kind": "university", "days": "12345", "from": 1080, "to": 1440, "price": "75.50"}
    ]
    assert room.rules.cancellation_fees == [{"minutes": 1440, "percent": 50}]
    assert 'value="18:00"' in text(staff.get(page))
    shown = text(staff.get(f"/spaces/{room.pk}/"))
    assert "University, Monday to Friday, 18:00–24:00 75.50" in shown
    assert "50 % from 1 day before" in shown


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rates-0-ends": "17:00"}, "It must end after it starts."),
        ({"rates-0-begins": "18:01"}, "Rates begin and end on steps of 5 minutes."),
        ({"rates-0-price": "-1"}, "greater than or equal to 0"),
        ({"rates-0-kind": "pirates"}, "Select a valid choice"),
    ],
)
def test_policy_edit_refuses_rates_that_make_no_sense(staff, room, wrong, words):
    answer = staff.post(
        f"/spaces/{room.pk}/policy/", {**NO_ROWS, **RATE, **wrong, "own_rates": "on"}
    )

    assert answer.status_code == 422
    assert words in text(answer)
    room.refresh_from_db()
    assert room.rules.rates == []


def test_policy_edit_reaches_the_spaces_and_shows_what_is_inherited(staff, room):
    closure = {
        **NO_ROWS,
        "closures-TOTAL_FORMS": 1,
        "closures-0-begins": "2026-12-24",
        "closures-0-ends": "2026-12-26",
        "closures-0-reason": "Stocktaking",
    }
    hours = {"own_opening": "on", "day_1": "08:00–12:00, 13:00-18:30"}

    answer = staff.post(
        f"/buildings/{room.building_id}/policy/",
        {**closure, **hours, "notice_minutes": 120},
    )

    assert answer.status_code == 302
    room.refresh_from_db()
    assert room.rules.opening == {"1": [[480, 720], [780, 1110]]}
    assert room.rules.closures[0]["reason"] == "Stocktaking"
    assert "at least 2 hours ahead" in text(staff.get(f"/spaces/{room.pk}/policy/"))


@pytest.mark.parametrize(
    "hours", ["8 to 12", "12:00-08:00", "08:00-12:00, 11:00-13:00", "25:00-26:00"]
)
def test_policy_edit_refuses_hours_that_make_no_sense(staff, room, hours):
    data = {**NO_ROWS, "own_opening": "on", "day_1": hours}

    answer = staff.post(f"/spaces/{room.pk}/policy/", data)

    assert answer.status_code == 422
    assert f'value="{hours}"' in text(answer)


SIGHTS = {
    "zones": (Zone, {"name_en": "Core", "purpose": "core", "boundary": json.dumps(SQUARE)}),
    "places": (
        Place,
        {"name_en": "Museum", "kind": "museum", "longitude": "120.7", "latitude": "31.2"},
    ),
    "artworks": (ArtWork, {"name_en": "Drop", "longitude": "120.7", "latitude": "31.2"}),
    "platforms": (Platform, {"name_en": "Data", "kind": "industry_data"}),
}


@pytest.mark.parametrize("plural", SIGHTS)
def test_sight_is_added_shown_changed_and_ended(staff, tenant, plural):
    model, data = SIGHTS[plural]

    added = staff.post(f"/{plural}/new/", data)
    sight = model.objects.get()
    changed = staff.post(f"/{plural}/{sight.pk}/edit/", {**data, "name_en": "Renamed"})

    assert (added.status_code, changed.status_code) == (302, 302)
    assert "Renamed" in text(tenant.get(f"/{plural}/"))
    assert "Renamed" in text(tenant.get(f"/{plural}/{sight.pk}/"))
    staff.post(f"/{plural}/{sight.pk}/end/", {})
    assert "Renamed" not in text(tenant.get(f"/{plural}/"))
    assert tenant.get(f"/{plural}/{sight.pk}/").status_code == 404


@pytest.mark.parametrize("plural", SIGHTS)
def test_sight_is_not_for_companies_to_change(tenant, staff, plural):
    model, data = SIGHTS[plural]

    answer = tenant.post(f"/{plural}/new/", data)

    assert (answer.status_code, model.objects.count()) == (403, 0)
    staff.post(f"/{plural}/new/", data)
    assert model.objects.count() == 1


def test_route_keeps_its_stops_in_order(staff):
    first, second = place(), place(name_en="Book Bar", longitude=120.8)
    stops = {"stop_1": f"place:{second.pk}", "stop_2": f"place:{first.pk}"}

    staff.post("/routes/new/", {"name_en": "Walk", **stops})

    route = Route.objects.get()
    assert [stop.place for stop in route.stops.order_by("position")] == [second, first]
    assert route.line["coordinates"] == [[120.8, 31.2], [120.7, 31.2]]


def test_place_that_is_a_stop_is_not_ended(staff):
    first, second = place(), place(name_en="Book Bar")
    stops = {"stop_1": f"place:{first.pk}", "stop_2": f"place:{second.pk}"}
    staff.post("/routes/new/", {"name_en": "Walk", **stops})

    answer = staff.post(f"/places/{first.pk}/end/", {})

    assert answer.status_code == 409
    assert "The route “Walk” stops here." in text(answer)


def test_zone_counts_what_lies_in_it(staff):
    OrganizationFactory(kind="university", longitude=120.75, latitude=31.25)
    OrganizationFactory(kind="university", longitude=121.75, latitude=31.25)
    zone = Zone.objects.create(
        name_en="Core", purpose="core", boundary=SQUARE, targets={"universities": 2}
    )

    page = text(staff.get(f"/zones/{zone.pk}/"))

    assert "<b>1</b> / 2" in page
    assert "1 to go" in page

"""The ground of the map: brought in, drawn in order, part of what the map's version covers."""

from typing import Any

from spaces.map_data import map_data, map_version
from spaces.models import Ground
from tests.factories import SpaceFactory
from tests.imports import bring_in, counts, features, reasons
from tests.spaces.test_views import BOW_TIE, SQUARE

LINE = {"type": "LineString", "coordinates": [[120.7, 31.2], [120.8, 31.3]]}


def bring(*items: dict[str, Any], by: Any) -> Any:
    return bring_in("ground", "g.geojson", features(*items, outline=SQUARE), by=by)


def test_ground_comes_in_once_and_is_drawn_areas_first(operator):
    pieces = [
        {"id": "r1", "kind": "major", "name_en": "Quay Road", "geometry": LINE},
        {"id": "w1", "kind": "water", "name_en": "Lake"},
    ]

    first = bring(*(dict(item) for item in pieces), by=operator)
    again = bring(*(dict(item) for item in pieces), by=operator)

    assert (counts(first), counts(again)) == ((2, 0, 0, 0), (0, 0, 2, 0))
    assert [piece["kind"] for piece in map_data()["ground"]] == ["water", "major"]
    assert map_data()["ground"][1]["shape"] == LINE


def test_ground_says_what_is_wrong_with_a_piece(operator):
    operator.person.language = "en"
    operator.person.save()

    job = bring(
        {"id": "1", "kind": "lava"},
        {"id": "2", "kind": "park", "geometry": BOW_TIE},
        {"id": "3", "kind": "major"},
        {"kind": "park"},
        by=operator,
    )

    assert [reason for _number, reason in reasons(job)] == [
        "“lava” is not one of: Water, Green, Pond, Trees, Neighbouring building, Canal, Path,"
        " Street, Main road.",
        "The outline crosses itself.",
        "Paste a GeoJSON line.",
        "“external_id” is missing.",
    ]
    assert Ground.objects.count() == 0


def test_map_version_changes_with_spaces_and_ground(operator):
    empty = map_version()

    space = SpaceFactory()
    with_space = map_version()
    space.save()
    changed = map_version()
    bring({"id": "w1", "kind": "water"}, by=operator)

    assert len({empty, with_space, changed, map_version()}) == 4

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from district.models import Activity, Membership
from district.rules import RuleViolation
from district.tenancy.models import uuid7
from spaces.actions import structure
from spaces.actions.occupancy import Span, claim
from spaces.actions.structure import Part
from spaces.models import Occupancy, OccupancyKind, Space, SpaceLeaf, SpaceVersion
from tests.factories import BookingFactory, BuildingFactory, FloorFactory, SpaceFactory

HALVES = [Part("A", name_en="Hall A", capacity=40), Part("B", name_en="Hall B", capacity=60)]


def span(hours: int = 24, length: int = 2) -> Span:
    start = timezone.now() + timedelta(hours=hours)
    return Span(start, start + timedelta(hours=length))


def closure(space: Space) -> set[str]:
    return set(SpaceLeaf.objects.filter(space=space).values_list("leaf__code", flat=True))


def verbs() -> list[str]:
    return list(Activity.objects.order_by("id").values_list("verb", flat=True))


@pytest.fixture
def hall(operator: Membership) -> Space:
    floor = FloorFactory()
    space = SpaceFactory.build(
        building=floor.building, floor=floor, code="H", area_m2=Decimal(200), rules=None
    )
    return structure.create_space(space, by=operator)


def test_create_space_lies_in_itself_and_gets_the_rules_in_force(hall):
    assert closure(hall) == {"H"}
    assert Space.objects.get(pk=hall.pk).rules.window_days == 30
    assert verbs() == ["space.created"]


def test_create_space_refuses_a_closed_building(operator):
    building = structure.end_building(BuildingFactory(), by=operator)

    with pytest.raises(RuleViolation) as refusal:
        structure.create_space(SpaceFactory.build(building=building, rules=None), by=operator)

    assert refusal.value.code == "building_ended"


def test_end_building_refuses_while_spaces_remain(hall, operator):
    with pytest.raises(RuleViolation) as refusal:
        structure.end_building(hall.building, by=operator)

    assert refusal.value.code == "building_in_use"


def test_split_space_moves_every_claim_to_every_part(hall, operator):
    past, future = span(-48), span(24)
    sources = [uuid7(), uuid7()]
    for source, time in zip(sources, [past, future], strict=True):
        claim(hall, time, kind=OccupancyKind.BOOKING, source_id=source)

    parts = structure.split_space(hall, HALVES, by=operator)

    held = set(Occupancy.objects.values_list("space__code", "source_id"))
    assert held == {(code, source) for code in "AB" for source in sources}
    assert closure(hall) == {"A", "B"}
    assert [closure(part) for part in parts] == [{"A"}, {"B"}]
    assert Space.objects.get(pk=hall.pk).is_leaf is False
    assert Space.objects.values("rules").distinct().count() == 1
    assert verbs()[-1] == "space.split"


def test_split_space_reaches_every_ancestor(hall, operator):
    half, _other = structure.split_space(hall, HALVES, by=operator)

    structure.split_space(half, [Part("A1", name_en="A1"), Part("A2", name_en="A2")], by=operator)

    assert closure(hall) == {"A1", "A2", "B"}


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (HALVES[:1], "space_split_parts"),
        ([Part("A", name_en="A", area_m2=Decimal(150))] * 2, "space_split_area"),
    ],
)
def test_split_space_refuses(hall, operator, parts, code):
    with pytest.raises(RuleViolation) as refusal:
        structure.split_space(hall, parts, by=operator)

    assert refusal.value.code == code


def test_split_space_refuses_what_is_divided(hall, operator):
    structure.split_space(hall, HALVES, by=operator)

    with pytest.raises(RuleViolation) as refusal:
        structure.split_space(Space.objects.get(pk=hall.pk), HALVES, by=operator)

    assert refusal.value.code == "space_not_leaf"


def test_create_space_under_a_composite_takes_over_what_holds_the_whole(hall, operator):
    half, _other = structure.split_space(hall, HALVES, by=operator)
    whole, part = uuid7(), uuid7()
    claim(hall, span(24), kind=OccupancyKind.BOOKING, source_id=whole)
    claim(half, span(48), kind=OccupancyKind.BOOKING, source_id=part)

    third = SpaceFactory.build(parent=hall, building=None, code="C", rules=None)
    structure.create_space(third, by=operator)

    assert list(third.occupancies.values_list("source_id", flat=True)) == [whole]
    assert closure(hall) == {"A", "B", "C"}


def test_merge_spaces_gives_the_whole_back_with_its_claims(hall, operator):
    parts = structure.split_space(hall, HALVES, by=operator)
    source = uuid7()
    claim(hall, span(24), kind=OccupancyKind.BOOKING, source_id=source)

    merged = structure.merge_spaces(parts, into=None, by=operator)

    assert merged == hall
    assert Space.objects.get(pk=hall.pk).is_leaf is True
    assert closure(hall) == {"H"}
    assert list(Occupancy.objects.values_list("space__code", "source_id")) == [("H", source)]
    assert Space.objects.current().get(building=hall.building) == hall


def test_merge_spaces_keeps_the_past_where_it_was(hall, operator):
    parts = structure.split_space(hall, HALVES, by=operator)
    claim(parts[0], span(-48), kind=OccupancyKind.BOOKING, source_id=uuid7())

    structure.merge_spaces(parts, into=None, by=operator)

    assert Occupancy.objects.get().space == parts[0]


def test_merge_spaces_names_what_is_in_the_way(hall, operator):
    parts = structure.split_space(hall, HALVES, by=operator)
    source = uuid7()
    claim(parts[0], span(24), kind=OccupancyKind.BOOKING, source_id=source)

    with pytest.raises(RuleViolation) as refusal:
        structure.merge_spaces(parts, into=None, by=operator)

    assert refusal.value.code == "space_in_use"
    assert [row["source_id"] for row in refusal.value.details["in_the_way"]] == [source]


def test_merge_spaces_makes_a_new_one_of_neighbours(operator):
    floor = FloorFactory()
    rooms = [
        structure.create_space(
            SpaceFactory.build(
                building=floor.building, floor=floor, code=code, area_m2=Decimal(30), rules=None
            ),
            by=operator,
        )
        for code in ("301", "302", "303")
    ]

    merged = structure.merge_spaces(rooms[:2], into=Part("301-2", name_en="Suite"), by=operator)

    assert (merged.area_m2, merged.capacity) == (Decimal(60), 16)
    assert set(Space.objects.current().values_list("code", flat=True)) == {"301-2", "303"}
    assert closure(merged) == {"301-2"}


def test_merge_spaces_refuses_what_lies_apart(operator):
    rooms = [SpaceFactory(), SpaceFactory()]
    rooms[1].floor = FloorFactory()

    with pytest.raises(RuleViolation) as refusal:
        structure.merge_spaces(rooms, into=None, by=operator)

    assert refusal.value.code == "space_merge_apart"


def test_end_space_refuses_a_space_with_claims_and_names_them(hall, operator):
    source = uuid7()
    claim(hall, span(24), kind=OccupancyKind.BOOKING, source_id=source)

    with pytest.raises(RuleViolation) as refusal:
        structure.end_space(hall, by=operator)

    assert refusal.value.details["in_the_way"][0]["source_id"] == source


def test_end_space_refuses_a_space_somebody_has_asked_for(hall, operator):
    BookingFactory(space=Space.objects.get(pk=hall.pk))

    with pytest.raises(RuleViolation) as refusal:
        structure.end_space(hall, by=operator)

    assert refusal.value.code == "space_in_use"


def test_end_space_of_the_last_part_makes_the_whole_a_leaf_again(hall, operator):
    for part in structure.split_space(hall, HALVES, by=operator):
        structure.end_space(part, by=operator)

    assert closure(hall) == {"H"}
    assert Space.objects.current().get().is_leaf is True


def test_end_space_takes_its_parts_along(hall, operator):
    structure.split_space(hall, HALVES, by=operator)

    ended = structure.end_space(Space.objects.get(pk=hall.pk), by=operator)

    assert ended.ended_at is not None
    assert Space.objects.current().count() == 0


def test_change_space_keeps_what_it_was(hall, operator):
    space = Space.objects.get(pk=hall.pk)
    space.name_en, space.area_m2 = "Moon Hall", Decimal("212.50")

    structure.change_space(space, by=operator)

    before = SpaceVersion.objects.get()
    assert (before.name_en, before.area_m2) == (hall.name_en, Decimal(200))


def test_change_space_writes_no_version_when_only_features_change(hall, operator):
    space = Space.objects.get(pk=hall.pk)
    space.features = ["projector"]

    structure.change_space(space, by=operator)

    assert SpaceVersion.objects.count() == 0

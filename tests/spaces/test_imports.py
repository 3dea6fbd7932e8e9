import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import Workbook
from spaces.imports.apply import apply, plan
from spaces.imports.read import looks_garbled, read_rows

from district.models import Activity
from district.rules import RuleViolation
from spaces.models import Building, Place, Space, SpaceLeaf, SpaceVersion
from tests.factories import BuildingFactory, SpaceFactory
from tests.spaces.test_views import BOW_TIE, SQUARE, Visitor, text

DATA = Path(__file__).parents[3] / "shared/data"
HEAD = "code,name_zh,name_en,building,floor,function,capacity,bookable"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def features(*items: dict[str, Any]) -> bytes:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": item.pop("geometry", SQUARE), "properties": item}
                for item in items
            ],
        }
    ).encode()


def table(*lines: str) -> bytes:
    return "\n".join([HEAD, *lines]).encode()


def reasons(report: Any) -> list[tuple[int, str]]:
    return [(wrong.number, str(wrong.reasons[0])) for wrong in report.wrong]


def test_apply_brings_buildings_and_their_parts(operator):
    rows = read_rows("b.geojson", features({"external_id": "B1", "name_en": "Hall", "GBA": 345}))
    parts = read_rows("p.geojson", features({"id": "P1", "NAME": "Wing", "PARENT_ID": "B1"}))

    apply("buildings", rows, by=operator)
    apply("buildings", parts, by=operator)

    wing = Building.objects.get(external_id="P1")
    assert wing.part_of.name_en == "Hall"
    assert wing.longitude == pytest.approx(120.75)
    assert Activity.objects.filter(verb="spaces.imported").count() == 2


def test_apply_twice_changes_nothing(operator):
    rows = read_rows("s.csv", table("A-101,会议室,Room,A,1,meeting,8,yes"))
    apply("spaces", rows, by=operator)

    again = apply("spaces", rows, by=operator)

    assert (len(again.created), len(again.changed), again.unchanged_count) == (0, 0, 1)


def test_apply_makes_spaces_bookable_leaves_with_rules(operator):
    rows = read_rows("s.csv", table("A-101,会议室,Room,A,3,meeting,8,yes"))

    report = apply("spaces", rows, by=operator)

    space = Space.objects.get()
    assert (space.building.code, space.floor.level, space.bookable) == ("A", 3, True)
    assert space.rules is not None
    assert SpaceLeaf.objects.get(space=space).leaf == space
    assert len(report.made_buildings) == 1


def test_apply_keeps_what_a_space_was_called(operator):
    apply("spaces", read_rows("s.csv", table("A-1,,Old,A,1,meeting,8,yes")), by=operator)

    apply("spaces", read_rows("s.csv", table("A-1,,New,A,1,meeting,8,yes")), by=operator)

    assert SpaceVersion.objects.get().name_en == "Old"
    assert Space.objects.get().name_en == "New"


def test_a_bad_row_never_keeps_a_good_one_out(operator):
    rows = read_rows(
        "b.geojson",
        features(
            {"external_id": "1", "name_en": "Good"},
            {"external_id": "2", "name_en": "Crossing", "geometry": BOW_TIE},
            {"external_id": "1", "name_en": "Twice"},
            {"name_en": "Nameless id"},
            {"external_id": "5"},
            {"external_id": "6", "name_en": "CafÃ©"},
            {"external_id": "7", "name_en": "Wing", "part_of": "nowhere"},
        ),
    )

    report = apply("buildings", rows, by=operator)

    assert reasons(report) == [
        (2, "The outline crosses itself."),
        (3, "This id stands in the file twice."),
        (4, "“external_id” is missing."),
        (5, "Give it a name in Chinese or in English."),
        (6, "The name was decoded wrongly: CafÃ©"),
        (7, "The building “nowhere” it is a part of is not here. Import that one first."),
    ]
    assert Building.objects.get().name_en == "Good"


def test_plan_writes_nothing(operator):
    report = plan("buildings", read_rows("b.geojson", features({"id": "1", "name_en": "Hall"})))

    assert len(report.created) == 1
    assert Building.objects.count() == 0


def test_a_code_somebody_else_has_gives_way_to_the_id(operator):
    BuildingFactory(code="HALL")

    rows = read_rows("b.geojson", features({"id": "X9", "code": "HALL", "name_en": "Hall"}))
    apply("buildings", rows, by=operator)

    assert Building.objects.get(external_id="X9").code == "X9"


def test_a_space_made_by_hand_is_not_taken_over(operator):
    SpaceFactory(code="A-1")

    report = apply("spaces", read_rows("s.csv", table("A-1,,R,A,1,meeting,8,yes")), by=operator)

    assert reasons(report) == [(2, "Something else has this code already.")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A-1,,Room,A,cellar,meeting,8,yes", "“cellar” is not a floor."),
        ("A-1,,Room,A,1,meeting,many,yes", "“many” is not a number."),
        (",,Room,A,1,meeting,8,yes", "“code” is missing."),
    ],
)
def test_plan_says_what_is_wrong_with_a_row(operator, line, reason):
    assert reasons(plan("spaces", read_rows("s.csv", table(line)))) == [(2, reason)]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.pdf", b"%PDF", "Bring a GeoJSON, JSON, CSV or XLSX file."),
        ("a.csv", b"", "The file has no rows."),
        ("a.csv", b"code\n\xff\xfe\xff", "neither UTF-8 nor GB 18030"),
        ("a.json", b"[1, 2", "This is not valid JSON."),
        ("a.json", b"[1, 2]", "neither GeoJSON features nor a list of rooms"),
        ("a.xlsx", b"not a zip", "This is not an XLSX file."),
        ("a.csv", b"code\n" + b"x\n" * 5001, "The file has more than 5000 rows."),
    ],
)
def test_read_rows_refuses_in_words(name, content, message):
    with pytest.raises(RuleViolation, match=r"import_file|.") as refusal:
        read_rows(name, content)

    assert message in str(refusal.value)


def test_read_rows_knows_chinese_encodings_and_workbooks():
    book, content = Workbook(), io.BytesIO()
    book.active.append(["code", "name_zh"])
    book.active.append(["A-1", "会议室"])
    book.save(content)

    assert read_rows("a.csv", "code,name_zh\nA-1,会议室".encode("gb18030"))[0].values == {
        "code": "A-1",
        "name_zh": "会议室",
    }
    assert read_rows("a.xlsx", content.getvalue())[0].values["name_zh"] == "会议室"


@pytest.mark.parametrize(
    ("words", "is_garbled"), [("CafÃ©", True), ("Café", False), ("会议", False)]
)
def test_looks_garbled(words, is_garbled):
    assert looks_garbled(words) is is_garbled


def test_space_import_checks_first_and_then_brings_in(district, operator):
    staff = Visitor(district, operator)
    content = table("A-1,,<b>=1+1</b>,A,1,meeting,8,yes")

    def send(step: str) -> Any:
        upload = SimpleUploadedFile("spaces.csv", content)
        return staff.post("/spaces/import/", {"kind": "spaces", "step": step, "file": upload})

    checked = text(send("check"))
    assert "What would happen" in checked
    assert Space.objects.count() == 0
    assert "What has happened" in text(send("apply"))
    assert "&lt;b&gt;=1+1&lt;/b&gt;" in text(staff.get("/spaces/"))


def test_space_import_is_not_for_companies(district, operator, tenant_member):
    assert Visitor(district, operator).get("/spaces/import/").status_code == 200

    assert Visitor(district, tenant_member).get("/spaces/import/").status_code == 403


REAL = [
    ("buildings", "geometry/ubcv_buildings.geojson", 443),
    ("places", "geometry/ubcv_poi.geojson", 487),
    ("spaces", "rooms/nus_venues.json", 717),
]


@pytest.mark.skipif(not DATA.is_dir(), reason="the collection of real files is not on this machine")
@pytest.mark.parametrize(("kind", "name", "count"), REAL)
def test_real_files_come_in_twice_without_a_change(operator, kind, name, count):
    rows = read_rows(name, (DATA / name).read_bytes())

    first = apply(kind, rows, by=operator)
    again = apply(kind, rows, by=operator)

    assert len(first.created) + len(first.wrong) == count
    assert len(first.wrong) <= count // 50
    assert (len(again.created), len(again.changed)) == (0, 0)
    model = {"buildings": Building, "places": Place, "spaces": Space}[kind]
    assert model.objects.count() == len(first.created)


@pytest.mark.skipif(not DATA.is_dir(), reason="the collection of real files is not on this machine")
def test_real_parts_find_their_buildings(operator):
    for name in ("geometry/ubcv_buildings.geojson", "geometry/ubcv_subbuildings.geojson"):
        report = apply("buildings", read_rows(name, (DATA / name).read_bytes()), by=operator)

    assert len(report.created) + len(report.wrong) == 140
    assert Building.objects.exclude(part_of=None).count() == len(report.created)

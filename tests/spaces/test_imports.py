import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import Workbook

from district.imports.columns import template_of
from district.imports.garbled import repaired
from district.imports.rows import read_rows
from district.jobs import run_jobs
from district.models import Activity, Job, JobStatus, Organization
from district.registry import importers
from district.rules import RuleViolation
from spaces.models import Building, Floor, Place, Space, SpaceFunction, SpaceLeaf, SpaceVersion
from tests import imports
from tests.factories import BuildingFactory, SpaceFactory
from tests.imports import bring_in, counts, reasons
from tests.spaces.test_views import BOW_TIE, SQUARE, Visitor, text

DATA = Path(os.environ.get("DISTRICT_REAL_DATA") or Path(__file__).parents[3] / "shared/data")
real = pytest.mark.skipif(
    not DATA.is_dir(), reason="the collection of real files is not on this machine"
)
NEW = {"create_buildings": "True"}
HEAD = "code,name_zh,name_en,building,floor,function,capacity,bookable"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def features(*items: dict[str, Any]) -> bytes:
    return imports.features(*items, outline=SQUARE)


def table(*lines: str) -> bytes:
    return "\n".join([HEAD, *lines]).encode()


@pytest.fixture
def hall(district: Any) -> Building:
    return BuildingFactory(code="A", name_zh="晨光楼", name_en="Aurora Hall")


def test_an_import_brings_buildings_and_their_parts(operator):
    first = features({"external_id": "B1", "name_en": "Hall", "GBA": 345})
    parts = features({"id": "P1", "NAME": "Wing", "PARENT_ID": "B1"})

    bring_in("buildings", "b.geojson", first, by=operator)
    bring_in("buildings", "p.geojson", parts, by=operator)

    wing = Building.objects.get(external_id="P1")
    assert wing.part_of.name_en == "Hall"
    assert wing.longitude == pytest.approx(120.75)
    created = Activity.objects.filter(verb="building.created").order_by("id")
    assert [row.subject_id for row in created] == [wing.part_of_id, wing.pk]


def test_a_building_may_name_one_further_up_in_the_same_file(operator):
    both = features({"id": "B1", "NAME": "Hall"}, {"id": "P1", "NAME": "W", "PARENT_ID": "B1"})

    job = bring_in("buildings", "b.geojson", both, by=operator)

    assert counts(job) == (2, 0, 0, 0)
    assert Building.objects.get(external_id="P1").part_of.external_id == "B1"


def test_the_same_file_twice_changes_nothing(operator, hall):
    content = table("A-101,会议室,Room,A,1,meeting,8,yes")
    bring_in("spaces", "s.csv", content, by=operator)

    again = bring_in("spaces", "s.csv", content, by=operator)

    assert counts(again) == (0, 0, 1, 0)
    assert Activity.objects.filter(verb="space.created").count() == 1
    assert Activity.objects.filter(verb="space.changed").count() == 0


def test_imported_spaces_are_bookable_leaves_with_rules(operator, hall):
    bring_in("spaces", "s.csv", table("A-101,会议室,Room,A,3,meeting,8,yes"), by=operator)

    space = Space.objects.get()
    assert (space.building, space.floor.level, space.bookable) == (hall, 3, True)
    assert space.rules is not None
    assert SpaceLeaf.objects.get(space=space).leaf == space


def test_an_import_keeps_what_a_space_was_called(operator, hall):
    bring_in("spaces", "s.csv", table("A-1,,Old,A,1,meeting,8,yes"), by=operator)

    bring_in("spaces", "s.csv", table("A-1,,New,A,1,meeting,8,yes"), by=operator)

    assert SpaceVersion.objects.get().name_en == "Old"
    assert Space.objects.get().name_en == "New"


def test_a_bad_row_never_keeps_a_good_one_out(operator):
    content = features(
        {"external_id": "1", "name_en": "Good"},
        {"external_id": "2", "name_en": "Crossing", "geometry": BOW_TIE},
        {"external_id": "1", "name_en": "Twice"},
        {"name_en": "Nameless id"},
        {"external_id": "5"},
        {"external_id": "6", "name_en": "CafÃ©"},
        {"external_id": "7", "name_en": "Wing", "part_of": "nowhere"},
        {"external_id": "8", "name_en": "Null\x00"},
        {"external_id": "9", "name_en": "x" * 500},
    )

    job = bring_in("buildings", "b.geojson", content, by=operator)

    assert reasons(job) == [
        (2, "The outline crosses itself."),
        (3, "This id stands in the file twice."),
        (4, "“external_id” is missing."),
        (5, "Give it a name in Chinese or in English."),
        (6, "“CafÃ©” was decoded wrongly. Perhaps it is “Café”."),
        (7, "The building “nowhere” it is a part of is not here. Import that one first."),
        (8, "It contains characters that cannot be stored."),
        (9, "“name_en”: Ensure this value has at most 160 characters (it has 500)."),
    ]
    assert counts(job) == (1, 0, 0, 8)
    assert Building.objects.get().name_en == "Good"


def test_reasons_are_in_the_language_of_whoever_started(operator):
    operator.person.language = "zh-hans"
    operator.person.save()
    crossing = features({"external_id": "2", "name_en": "C", "geometry": BOW_TIE})

    job = bring_in("buildings", "b.geojson", crossing, by=operator)

    assert reasons(job) == [(1, "轮廓线自相交。")]


def test_wrong_rows_can_be_taken_away_with_their_reasons(district, operator, hall):
    content = table("A-1,,=1+1,A,cellar,meeting,8,yes", "A-2,,Good,A,1,meeting,8,yes")

    job = bring_in("spaces", "s.csv", content, by=operator)

    answer = Visitor(district, operator).get(f"/files/{job.result_id}")
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert lines[0] == ["Row", "Reason", *HEAD.split(",")]
    assert lines[1:] == [
        ["2", "“cellar” is not a floor.", "A-1", "", "'=1+1", "A", "cellar", "meeting", "8", "yes"]
    ]


def test_a_check_writes_nothing(operator):
    content = features({"id": "1", "name_en": "Hall"})

    job = bring_in("buildings", "b.geojson", content, by=operator, step="check")

    assert counts(job) == (1, 0, 0, 0)
    assert Building.objects.count() == 0


def test_a_code_somebody_else_has_gives_way_to_the_id(operator):
    BuildingFactory(code="HALL")

    content = features({"id": "X9", "code": "HALL", "name_en": "Hall"})
    bring_in("buildings", "b.geojson", content, by=operator)

    assert Building.objects.get(external_id="X9").code == "X9"


def test_a_space_made_by_hand_is_not_taken_over(operator, hall):
    SpaceFactory(code="A-1")

    job = bring_in("spaces", "s.csv", table("A-1,,R,A,1,meeting,8,yes"), by=operator)

    assert reasons(job) == [(2, "Something else has this code already.")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A-1,,Room,A,cellar,meeting,8,yes", "“cellar” is not a floor."),
        ("A-1,,Room,A,1,meeting,many,yes", "“many” is not a number."),
        (",,Room,A,1,meeting,8,yes", "“code” is missing."),
    ],
)
def test_a_wrong_row_says_what_is_wrong(operator, hall, line, reason):
    job = bring_in("spaces", "s.csv", table(line), by=operator, step="check")

    assert reasons(job) == [(2, reason)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            b"name_en,floor\nRoom,1",
            "The column code is missing. The file has: floor, name_en.",
        ),
        (b"floor\n1", "The columns code, name_zh are missing. The file has: floor."),
        ("code\nÃ©".encode("utf-16-be"), "The text is neither UTF-8 nor GB 18030."),
    ],
)
def test_a_file_that_makes_no_sense_fails_as_a_whole(operator, content, reason):
    job = bring_in("spaces", "s.csv", content, by=operator)

    assert job.status == JobStatus.FAILED
    assert job.report["reason"].startswith(reason)
    assert Space.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.pdf", b"%PDF", "Bring a GeoJSON, JSON, CSV or XLSX file."),
        ("a.csv", b"", "The file has no rows."),
        ("a.csv", b"code\n\xff\xfe\xff", "neither UTF-8 nor GB 18030"),
        ("a.json", b"[1, 2", "This is not valid JSON."),
        ("a.json", b'[{"a": NaN}]', "This is not valid JSON."),
        ("a.json", b"[" * 100_000, "This is not valid JSON."),
        ("a.json", b"[1, 2]", "neither GeoJSON features nor a list of things"),
        ("a.jsonl", b'{"a": 1}\n[2]', "Line 2 is not a JSON object."),
        ("a.xlsx", b"not a zip", "This is not an XLSX file."),
        ("a.csv", b"code\n" + b"x\n" * 50_001, "The file has more than 50000 rows."),
        ("a.csv", b'code\n"x', "The table is broken: unexpected end of data"),
    ],
)
def test_read_rows_refuses_in_words(name, content, message):
    with pytest.raises(RuleViolation) as refusal:
        read_rows(name, content)

    assert refusal.value.code == "import_file"
    assert message in str(refusal.value)


def test_read_rows_knows_chinese_encodings_and_workbooks():
    book, content = Workbook(), io.BytesIO()
    book.active.append(["code", "name_zh"])
    book.active.append(["A-1", "会议室"])
    book.save(content)
    expected = {"code": "A-1", "name_zh": "会议室"}

    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        written = "code,name_zh\nA-1,会议室".encode(encoding)
        assert read_rows("a.csv", written)[0].values == expected
    assert read_rows("a.csv", b"code;name_zh\nA-1;x")[0].values == {"code": "A-1", "name_zh": "x"}
    assert read_rows("a.xlsx", content.getvalue())[0].values == expected


@pytest.mark.parametrize(
    ("words", "before"),
    [
        ("CafÃ©", "Café"),
        ("Café", None),
        ("会议", None),
        ("浼氳瀹", None),
        ("浣犲ソ", "你好"),
        ("联通", None),
        ("隆路", None),
        ("Plain", None),
    ],
)
def test_repaired_knows_wrongly_decoded_text(words, before):
    assert repaired(words) == before


def upload(content: bytes, name: str = "spaces.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_file_is_checked_first_and_then_brought_in(district, operator, hall):

    staff = Visitor(district, operator)
    content = table("A-101,,<b>=1+1</b>,A,1,meeting,8,yes")

    sent = staff.post("/imports/spaces/", {"step": "check", "file": upload(content)})
    run_jobs(district.pk)
    checked = text(staff.client.get(sent.url))
    assert "What would happen" in checked
    assert Space.objects.count() == 0

    job = Job.objects.get()
    sent = staff.post(f"/jobs/{job.pk}/apply/", {})
    run_jobs(district.pk)
    assert "What has happened" in text(staff.client.get(sent.url))
    assert "&lt;b&gt;=1+1&lt;/b&gt;" in text(staff.get("/spaces/"))


def test_only_a_finished_check_can_be_applied(district, operator):
    job = bring_in("spaces", "s.csv", table("A-1,,R,A,1,meeting,8,yes"), by=operator)

    answer = Visitor(district, operator).post(f"/jobs/{job.pk}/apply/", {})

    assert answer.status_code == 409
    assert "Check the file first." in text(answer)


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "a.csv", "The file is empty."),
        (b"x", "a.pdf", "Bring a file of one of these kinds: csv, xlsx, json"),
        (b"x" * (50 * 1024 * 1024 + 1), "a.csv", "The file is larger than 50 MB."),
    ],
    ids=["empty", "kind", "size"],
)
def test_an_upload_is_refused_before_it_is_kept(district, operator, content, name, message):
    staff = Visitor(district, operator)

    answer = staff.post("/imports/spaces/", {"step": "check", "file": upload(content, name)})

    assert answer.status_code == 422
    assert message in text(answer)
    assert Job.objects.count() == 0


def test_a_timetable_asks_for_a_monday(district, operator):
    staff = Visitor(district, operator)
    sent = {"step": "check", "file": upload(b"{}", "t.json"), "term_starts_on": "2026-08-11"}

    assert "This is not a Monday." in text(staff.post("/imports/timetable/", sent))


def test_imports_are_not_for_companies(district, operator, tenant_member):
    assert Visitor(district, operator).get("/imports/").status_code == 200
    assert Visitor(district, operator).get("/imports/spaces/").status_code == 200
    assert Visitor(district, operator).get("/imports/nothing/").status_code == 404

    for path in ("/imports/", "/imports/spaces/"):
        assert Visitor(district, tenant_member).get(path).status_code == 403


def test_all_that_is_wrong_with_a_row_is_said(operator, hall):
    job = bring_in("spaces", "s.csv", table("A-1,,,B,cellar,party,many,perhaps"), by=operator)

    kinds = ", ".join(map(str, SpaceFunction.labels))
    assert reasons(job)[0][1].splitlines() == [
        "Give it a name in Chinese or in English.",
        f"“party” is not one of: {kinds}.",
        "“many” is not a number.",
        "“perhaps” is neither yes nor no.",
        "“cellar” is not a floor.",
        "There is no building “B” here. Add it first, or have it created.",
    ]
    assert Space.objects.count() == 0


def test_a_row_that_repeats_an_id_says_what_else_is_wrong(operator, hall):
    content = table("A-1,,R,A,1,meeting,8,yes", "A-1,,R,A,1,party,8,yes")

    job = bring_in("spaces", "s.csv", content, by=operator)

    assert [text.split(":")[0] for text in reasons(job)[0][1].splitlines()] == [
        "This id stands in the file twice.",
        "“party” is not one of",
    ]


def test_an_unknown_building_is_named_with_the_nearest_one(operator, hall):
    content = table("A-1,,R,Auror Hall,1,meeting,8,yes")

    job = bring_in("spaces", "s.csv", content, by=operator)

    assert reasons(job) == [
        (2, "There is no building “Auror Hall” here. Perhaps it is A (Aurora Hall).")
    ]
    assert Building.objects.count() == 1


@pytest.mark.parametrize("name", ["A", "a", "晨光楼", "aurora hall"])
def test_a_building_goes_by_its_code_or_its_name(operator, hall, name):
    bring_in("spaces", "s.csv", table(f"A-1,,R,{name},1,meeting,8,yes"), by=operator)

    assert Space.objects.get().building == hall


def test_buildings_are_created_where_that_is_wanted_and_the_check_names_them(operator, hall):
    content = table("A-1,,R,A,1,meeting,8,yes", *(f"X-{n},,R,X,1,meeting,8,yes" for n in (1, 2)))
    wrong = "Y-1,,R,Y,1,party,8,yes"

    check = bring_in(
        "spaces", "s.csv", content + f"\n{wrong}".encode(), by=operator, step="check", **NEW
    )
    assert Building.objects.count() == 1
    bring_in("spaces", "s.csv", content, by=operator, **NEW)
    again = bring_in("spaces", "s.csv", content, by=operator, **NEW)

    assert check.report["named"] == {"new_buildings": ["X"]}
    assert set(Building.objects.values_list("code", flat=True)) == {"A", "X"}
    assert counts(again) == (0, 0, 3, 0)
    assert again.report["named"] == {"new_buildings": []}


def test_a_check_shows_the_buildings_it_would_create(district, operator):
    sent = {"step": "check", "file": upload(table("X-1,,R,X7,1,meeting,8,yes"))}
    staff = Visitor(district, operator)

    answer = staff.post("/imports/spaces/", {**sent, "create_buildings": "on"})
    run_jobs(district.pk)

    assert "X7" in text(staff.client.get(answer.url))
    assert Job.objects.get().parameters["create_buildings"] == "True"


def test_words_of_either_language_are_understood(operator, hall):
    content = table("A-1,,R,A,1,会议,8,是", "A-2,,R,A,1F,Research,8,No")

    bring_in("spaces", "s.csv", content, by=operator)

    found = Space.objects.order_by("code").values_list("function", "bookable", "floor__level")
    assert list(found) == [("meeting", True, 1), ("research", False, 1)]


def test_a_function_of_elsewhere_is_translated_or_refused(operator):
    content = features(
        {"id": "1", "NAME": "Dorm", "BLDG_USAGE": "StudentHousing"},
        {"id": "2", "NAME": "Barn", "BLDG_USAGE": "Cattle"},
        {"id": "3", "NAME": "Plain"},
    )

    job = bring_in("buildings", "b.geojson", content, by=operator)

    assert [text.split(":")[0] for _number, text in reasons(job)] == ["“Cattle” is not one of"]
    found = Building.objects.order_by("external_id").values_list("function", flat=True)
    assert list(found) == ["residence", "technology"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("format_", ["csv", "xlsx"])
@pytest.mark.parametrize(("kind", "model"), [("spaces", Space), ("organizations", Organization)])
def test_a_template_comes_in_as_it_is(district, operator, language, format_, kind, model):
    BuildingFactory(code="A1")
    staff = Visitor(district, operator)
    page = text(staff.get(f"/imports/{kind}/"))
    assert f"/imports/{kind}/template.{format_}" in page
    before = model.objects.count()

    with translation.override(language):
        content = template_of(format_, importers[kind].columns)
    answer = staff.get(f"/imports/{kind}/template.{format_}")
    job = bring_in(kind, f"t.{format_}", content, by=operator)

    assert answer["Content-Disposition"] == f'attachment; filename="{kind}.{format_}"'
    assert (reasons(job), counts(job)) == ([], (1, 0, 0, 0))
    assert model.objects.count() == before + 1


def test_wrong_rows_keep_the_heads_they_came_with(district, operator, hall):
    content = "编号,中文名称,楼宇,功能\nA-1,会议室,A,舞会".encode()
    operator.person.language = "zh-hans"
    operator.person.save()

    job = bring_in("spaces", "s.csv", content, by=operator)

    answer = Visitor(district, operator).get(f"/files/{job.result_id}")
    head, line = csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")))
    assert head[2:] == ["编号", "中文名称", "楼宇", "功能"]
    assert line[1].startswith("“舞会”不在可选值之内：")


def test_there_is_no_template_for_what_is_no_table(district, operator, tenant_member):
    assert Visitor(district, operator).get("/imports/buildings/template.csv").status_code == 404
    assert Visitor(district, operator).get("/imports/spaces/template.pdf").status_code == 404
    assert Visitor(district, tenant_member).get("/imports/spaces/template.csv").status_code == 403


REAL = [
    ("buildings", "geometry/ubcv_buildings.geojson", 443, Building),
    ("places", "geometry/ubcv_poi.geojson", 487, Place),
    ("spaces", "rooms/nus_venues.json", 717, Space),
]


@real
@pytest.mark.parametrize(("kind", "name", "count", "model"), REAL)
def test_real_files_come_in_twice_without_a_change(operator, kind, name, count, model):
    content = (DATA / name).read_bytes()

    first = bring_in(kind, name, content, by=operator, **NEW)
    rows = {row.pk: row.revision for row in model.objects.all()}
    again = bring_in(kind, name, content, by=operator, **NEW)

    created, changed, unchanged, wrong = counts(first)
    assert (created + wrong, changed, unchanged) == (count, 0, 0)
    assert wrong <= count // 50
    assert counts(again) == (0, 0, created, wrong)
    assert {row.pk: row.revision for row in model.objects.all()} == rows


@real
def test_real_parts_find_their_buildings_and_come_in_twice_without_a_change(operator):
    buildings, parts = (
        (DATA / "geometry" / name).read_bytes()
        for name in ("ubcv_buildings.geojson", "ubcv_subbuildings.geojson")
    )
    bring_in("buildings", "buildings.geojson", buildings, by=operator)

    first = bring_in("buildings", "parts.geojson", parts, by=operator)
    rows = {row.pk: row.revision for row in Building.objects.all()}
    again = bring_in("buildings", "parts.geojson", parts, by=operator)

    assert (counts(first), counts(again)) == ((140, 0, 0, 0), (0, 0, 140, 0))
    assert Building.objects.exclude(part_of=None).count() == 140
    assert {row.pk: row.revision for row in Building.objects.all()} == rows


@real
def test_the_two_real_places_left_out_have_addresses_nobody_can_open(operator):
    content = (DATA / "geometry/ubcv_poi.geojson").read_bytes()

    job = bring_in("places", "places.geojson", content, by=operator)

    assert counts(job) == (485, 0, 0, 2)
    assert [number for number, _reason in reasons(job)] == [216, 396]
    for _number, reason in reasons(job):
        assert reason.endswith("is not one web address. Give a single one, or none.")


@real
def test_real_rooms_can_be_booked_on_their_floors(operator):
    content = (DATA / "rooms/nus_venues.json").read_bytes()

    bring_in("spaces", "rooms.json", content, by=operator, **NEW)

    assert Space.objects.filter(bookable=True, rules=None).count() == 0
    assert Space.objects.get(code="BIZ2-0301").floor.level == 3
    assert Floor.objects.filter(building__code="BIZ2").count() >= 3

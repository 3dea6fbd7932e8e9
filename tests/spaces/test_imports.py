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

from district.imports.garbled import repaired
from district.imports.rows import read_rows
from district.jobs import run_jobs
from district.models import Activity, Job, JobStatus
from district.rules import RuleViolation
from spaces.models import Building, Floor, Place, Space, SpaceLeaf, SpaceVersion
from tests import imports
from tests.factories import BuildingFactory, SpaceFactory
from tests.imports import bring_in, counts, reasons
from tests.spaces.test_views import BOW_TIE, SQUARE, Visitor, text

DATA = Path(os.environ.get("DISTRICT_REAL_DATA") or Path(__file__).parents[3] / "shared/data")
real = pytest.mark.skipif(
    not DATA.is_dir(), reason="the collection of real files is not on this machine"
)
HEAD = "code,name_zh,name_en,building,floor,function,capacity,bookable"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def features(*items: dict[str, Any]) -> bytes:
    return imports.features(*items, outline=SQUARE)


def table(*lines: str) -> bytes:
    return "\n".join([HEAD, *lines]).encode()


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


def test_the_same_file_twice_changes_nothing(operator):
    content = table("A-101,会议室,Room,A,1,meeting,8,yes")
    bring_in("spaces", "s.csv", content, by=operator)

    again = bring_in("spaces", "s.csv", content, by=operator)

    assert counts(again) == (0, 0, 1, 0)
    assert Activity.objects.filter(verb="space.created").count() == 1
    assert Activity.objects.filter(verb="space.changed").count() == 0


def test_imported_spaces_are_bookable_leaves_with_rules(operator):
    job = bring_in("spaces", "s.csv", table("A-101,会议室,Room,A,3,meeting,8,yes"), by=operator)

    space = Space.objects.get()
    assert (space.building.code, space.floor.level, space.bookable) == ("A", 3, True)
    assert space.rules is not None
    assert SpaceLeaf.objects.get(space=space).leaf == space
    assert job.report["notes"] == {"new_buildings": 1}


def test_an_import_keeps_what_a_space_was_called(operator):
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
        (9, "Ensure this value has at most 160 characters (it has 500)."),
    ]
    assert counts(job) == (1, 0, 0, 8)
    assert Building.objects.get().name_en == "Good"


def test_reasons_are_in_the_language_of_whoever_started(operator):
    operator.person.language = "zh-hans"
    operator.person.save()
    crossing = features({"external_id": "2", "name_en": "C", "geometry": BOW_TIE})

    job = bring_in("buildings", "b.geojson", crossing, by=operator)

    assert reasons(job) == [(1, "轮廓自相交。")]


def test_wrong_rows_can_be_taken_away_with_their_reasons(district, operator):
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


def test_a_space_made_by_hand_is_not_taken_over(operator):
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
def test_a_wrong_row_says_what_is_wrong(operator, line, reason):
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


def test_a_file_is_checked_first_and_then_brought_in(district, operator):

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


REAL = [
    ("buildings", "geometry/ubcv_buildings.geojson", 443, Building),
    ("places", "geometry/ubcv_poi.geojson", 487, Place),
    ("spaces", "rooms/nus_venues.json", 717, Space),
]


@real
@pytest.mark.parametrize(("kind", "name", "count", "model"), REAL)
def test_real_files_come_in_twice_without_a_change(operator, kind, name, count, model):
    content = (DATA / name).read_bytes()

    first = bring_in(kind, name, content, by=operator)
    rows = {row.pk: row.revision for row in model.objects.all()}
    again = bring_in(kind, name, content, by=operator)

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

    bring_in("spaces", "rooms.json", content, by=operator)

    assert Space.objects.filter(bookable=True, rules=None).count() == 0
    assert Space.objects.get(code="BIZ2-0301").floor.level == 3
    assert Floor.objects.filter(building__code="BIZ2").count() >= 3

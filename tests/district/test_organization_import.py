"""Organisations from files: what comes in, what is refused, and that twice changes nothing."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from district.models import Activity, Organization, OrganizationName
from tests.district.test_people import USCC
from tests.factories import OrganizationFactory
from tests.imports import bring_in, counts, reasons

DATA = Path(os.environ.get("DISTRICT_REAL_DATA") or Path(__file__).parents[3] / "shared/data")
ROR = DATA / "organisations/ror_v2.9_sample.jsonl"
real = pytest.mark.skipif(
    not ROR.is_file(), reason="the collection of real files is not on this machine"
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def record(number, **changes):
    return {
        "id": f"https://ror.org/0{number}",
        "names": [
            {"lang": "en", "types": ["label", "ror_display"], "value": "Institute of Tides"},
            {"lang": "zh", "types": ["label"], "value": "潮汐研究所"},
            {"lang": None, "types": ["acronym"], "value": "IOT"},
        ],
        "types": ["facility", "funder"],
        "status": "active",
        "established": 1982,
        "links": [{"type": "website", "value": "https://tides.example"}],
        "locations": [{"geonames_details": {"country_code": "NL", "lat": 52.1, "lng": 4.4}}],
        **changes,
    }


def lines(*records):
    return "\n".join(json.dumps(item, ensure_ascii=False) for item in records).encode()


def table(*rows):
    return "\n".join(["external_id,name_en,name_zh,uscc,kind,founded_on", *rows]).encode()


def test_record_of_the_registry_comes_in_with_all_its_names(operator):
    bring_in("organizations", "ror.jsonl", lines(record(1)), by=operator)

    body = Organization.objects.get(external_id="https://ror.org/01")
    assert (body.name_en, body.name_zh, body.other_name_list) == (
        "Institute of Tides",
        "潮汐研究所",
        ["IOT"],
    )
    assert (body.kind, body.country, body.founded_on.year) == ("research", "NL", 1982)
    assert (body.website, body.latitude) == ("https://tides.example", 52.1)
    assert body.ended_at is None
    assert Activity.objects.get(verb="organization.created").subject_id == body.pk


def test_the_same_file_twice_changes_nothing(operator):
    content = lines(record(1), record(2, status="withdrawn"))
    bring_in("organizations", "ror.jsonl", content, by=operator)

    again = bring_in("organizations", "ror.jsonl", content, by=operator)

    assert counts(again) == (0, 0, 2, 0)
    assert Activity.objects.filter(verb="organization.created").count() == 2


def test_a_renamed_body_keeps_what_it_was_called(operator):
    bring_in("organizations", "o.csv", table("A,Old name,,,,"), by=operator)

    job = bring_in("organizations", "o.csv", table("A,New name,,,,"), by=operator)

    assert counts(job) == (0, 1, 0, 0)
    assert OrganizationName.objects.get().name_en == "Old name"
    assert Organization.objects.get(external_id="A").name_en == "New name"


def test_inactive_bodies_are_kept_as_ended(operator):
    job = bring_in("organizations", "ror.jsonl", lines(record(1, status="inactive")), by=operator)

    assert job.report["notes"] == {"ended": 1}
    assert Organization.objects.get(external_id="https://ror.org/01").ended_at is not None


def test_a_bad_row_never_keeps_a_good_one_out(operator):
    OrganizationFactory(uscc=USCC, external_id="other")
    content = table(
        "A,Good,,,,2019-05-04",
        "B,,,,,",
        "C,Wrong code,,91320594MA1XYW1234,,",
        "D,Wrong kind,,,circus,",
        "E,Taken code,," + USCC + ",,",
        "F,Wrong day,,,,soon",
        "A,Twice,,,,",
        "G,CafÃ©,,,,",
        "H,The operator,,,operator,",
        ",Nobody,,,,",
    )

    job = bring_in("organizations", "o.csv", content, by=operator)

    assert [(number, text.split(":")[0]) for number, text in reasons(job)] == [
        (3, "Give it a name in Chinese or in English."),
        (4, "“uscc”"),
        (5, "“circus” is not one of"),
        (6, "An organisation with this code exists already."),
        (7, "“soon” is not a date."),
        (8, "This id stands in the file twice."),
        (9, "“CafÃ©” was decoded wrongly. Perhaps it is “Café”."),
        (10, "“operator” is not one of"),
        (11, "“external_id” is missing."),
    ]
    assert Organization.objects.get(external_id="A").founded_on.isoformat() == "2019-05-04"


def test_a_company_that_is_here_is_recognised_by_its_code(operator):
    known = OrganizationFactory(uscc=USCC, name_en="Lake Labs", website="https://lake.example")

    job = bring_in(
        "organizations", "o.csv", table(f"K1,Lake Laboratories,,{USCC.lower()},,"), by=operator
    )

    assert counts(job) == (0, 1, 0, 0)
    known.refresh_from_db()
    assert (known.external_id, known.name_en, known.website) == (
        "K1",
        "Lake Laboratories",
        "https://lake.example",
    )


@real
def test_the_registry_comes_in_and_the_second_run_changes_nothing(operator):
    content = ROR.read_bytes()

    first = bring_in("organizations", ROR.name, content, by=operator)
    again = bring_in("organizations", ROR.name, content, by=operator)

    assert sum(counts(first)) == 2361
    assert counts(first)[3] == len(reasons(first))
    assert counts(again) == (0, 0, counts(first)[0], counts(first)[3])
    assert first.report["notes"] == {"ended": 65}

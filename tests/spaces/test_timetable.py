"""Weekly classes as bookings; classes held together are one."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from district.models import Activity, JobStatus
from district.rules import RuleViolation
from spaces.actions.booking import Wish, book_space
from spaces.actions.decisions import cancel_booking
from spaces.actions.imported import Shared, keep_shared
from spaces.models import Booking, BookingParty, Occupancy, Space
from tests.factories import SpaceFactory, open_rules
from tests.imports import bring_in, counts, reasons
from tests.spaces.test_imports import DATA, NEW, real

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = "2027-01-11"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def lesson(code: str, starts: str, ends: str, *weeks: int, day: str = "Monday") -> dict[str, Any]:
    return {
        "moduleCode": code,
        "lessonType": "Lecture",
        "classNo": "1",
        "day": day,
        "startTime": starts,
        "endTime": ends,
        "weeks": list(weeks),
    }


def timetable(*lessons: Any, room: str = "LT1") -> bytes:
    return json.dumps({room: [{"day": "Monday", "classes": list(lessons)}]}).encode()


def bring(content: bytes, by: Any, **options: str) -> Any:
    options = {"term_starts_on": MONDAY, "pause_after": "", **options}
    return bring_in("timetable", "t.json", content, by=by, **options)


def at(day: int, hour: int) -> datetime:
    return datetime(2027, 1, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def room(district: Any) -> Space:
    return SpaceFactory(code="lt1", rules=open_rules(cleanup_minutes=30))


def test_a_class_is_booked_in_each_of_its_weeks(operator, room):
    job = bring(timetable(lesson("MA1", "0900", "1100", 1, 3)), operator)

    assert counts(job) == (2, 0, 0, 0)
    found = Booking.objects.order_by("starts_at").values_list("starts_at", "ends_at", "title")
    assert list(found) == [
        (at(11, 9), at(11, 11), "MA1 Lecture 1"),
        (at(25, 9), at(25, 11), "MA1 Lecture 1"),
    ]
    claimed = Occupancy.objects.order_by("starts_at").values_list("space", "starts_at", "ends_at")
    assert list(claimed) == [
        (room.pk, at(11, 9), at(11, 11)),
        (room.pk, at(25, 9), at(25, 11)),
    ]
    assert Activity.objects.filter(verb="booking.confirmed").count() == 2


def test_classes_that_overlap_share_one_booking_and_one_claim(operator, room):
    content = timetable(
        lesson("MA1", "0900", "1100", 1, 2),
        lesson("MA2", "0900", "1100", 1),
        lesson("MA3", "1030", "1200", 1),
    )

    job = bring(content, operator)

    shared, alone = Booking.objects.order_by("starts_at")
    assert (shared.starts_at, shared.ends_at) == (at(11, 9), at(11, 12))
    assert list(shared.parties.order_by("label").values_list("label", "ends_at")) == [
        ("MA1 Lecture 1", at(11, 11)),
        ("MA2 Lecture 1", at(11, 11)),
        ("MA3 Lecture 1", at(11, 12)),
    ]
    assert alone.parties.count() == 1
    assert Occupancy.objects.count() == 2
    assert job.report["notes"] == {"shared_uses": 1}


def test_classes_back_to_back_are_two_bookings(operator, room):
    job = bring(
        timetable(lesson("MA1", "0900", "1100", 1), lesson("MA2", "1100", "1300", 1)), operator
    )

    assert counts(job) == (2, 0, 0, 0)
    assert job.report["notes"] == {}


def test_teaching_pauses_for_a_week(operator, room):
    bring(timetable(lesson("MA1", "0900", "1100", 1, 2)), operator, pause_after="1")

    days = Booking.objects.order_by("starts_at").values_list("starts_at", flat=True)
    assert list(days) == [at(11, 9), at(25, 9)]


def test_the_same_timetable_twice_changes_nothing(operator, room):
    content = timetable(lesson("MA1", "0900", "1100", 1), lesson("MA2", "0900", "1100", 1))
    bring(content, operator)

    again = bring(content, operator)

    assert counts(again) == (0, 0, 1, 0)
    assert BookingParty.objects.count() == 2


def test_a_longer_class_is_moved_with_its_claim(operator, room):
    bring(timetable(lesson("MA1", "0900", "1100", 1)), operator)

    job = bring(timetable(lesson("MA1", "0900", "1200", 1)), operator)

    assert counts(job) == (0, 1, 0, 0)
    assert Booking.objects.get().ends_at == at(11, 12)
    assert Occupancy.objects.get().ends_at == at(11, 12)
    assert BookingParty.objects.get().ends_at == at(11, 12)


def test_a_date_cancelled_here_never_comes_back(operator, room):
    content = timetable(lesson("MA1", "0900", "1100", 1))
    bring(content, operator)
    cancel_booking(Booking.objects.get(), by=operator)

    again = bring(content, operator)

    assert counts(again) == (0, 0, 1, 0)
    assert Occupancy.objects.count() == 0


def test_a_date_cancelled_while_it_was_being_brought_in_is_not_moved(operator, room):
    bring(timetable(lesson("MA1", "0900", "1100", 1)), operator)
    booking = Booking.objects.get()
    again = Shared(booking.external_id, room, at(11, 9), at(11, 12), [], booking=booking)
    cancel_booking(booking, by=operator)

    with pytest.raises(RuleViolation) as refusal:
        keep_shared([again], by=operator)

    assert refusal.value.code == "status_not_allowed"
    assert Occupancy.objects.count() == 0


def test_a_date_taken_by_others_stays_out_with_its_reason(operator, room):
    book_space(room, Wish(at(11, 10), at(11, 12)), by=operator)

    for step in ("check", "apply"):
        job = bring(timetable(lesson("MA1", "0900", "1100", 1, 2)), operator, step=step)
        assert counts(job) == (1, 0, 0, 1)
        assert reasons(job) == [(1, "lt1 is taken on 2027-01-11 at 09:00 by something else.")]

    assert Booking.objects.filter(title="MA1 Lecture 1").get().starts_at == at(18, 9)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"day": "Someday"}, "“someday” is not a weekday."),
        ({"startTime": "2500"}, "“2500” is not a time."),
        ({"startTime": "²²²²"}, "“²²²²” is not a time."),
        ({"endTime": "0800"}, "It must end after it starts."),
        ({"weeks": "all"}, "“weeks” must be a list of the term's week numbers."),
        ({"moduleCode": "", "lessonType": "", "classNo": ""}, "“moduleCode” is missing."),
    ],
)
def test_a_wrong_class_says_what_is_wrong(operator, room, change, reason):
    good, bad = lesson("MA1", "0900", "1100", 1), lesson("MA2", "0900", "1100", 1) | change

    job = bring(timetable(good, bad), operator)

    assert reasons(job) == [(2, reason)]
    assert Booking.objects.count() == 1


def test_a_class_in_an_unknown_room_says_so(operator, room):
    job = bring(timetable(lesson("MA1", "0900", "1100", 1), room="LT9"), operator)

    assert reasons(job) == [(1, "There is no space “LT9” here. Import the rooms first.")]


def test_another_json_is_no_timetable(operator, room):
    job = bring(b'{"LT1": {"roomName": "Hall"}}', operator)

    assert job.status == JobStatus.FAILED
    assert job.report["reason"].startswith("This JSON is not a timetable")


@real
def test_the_real_timetable_comes_in_twice_without_a_change(operator):
    rooms, classes = (
        (DATA / name).read_bytes()
        for name in ("rooms/nus_venues.json", "rooms/nus_venue_timetable.json")
    )
    bring_in("spaces", "rooms.json", rooms, by=operator, **NEW)

    first = bring(classes, operator)
    again = bring(classes, operator)

    created, changed, unchanged, wrong = counts(first)
    assert (changed, unchanged, wrong) == (0, 0, 5)
    missing = "There is no space “CQT/SR0622” here. Import the rooms first."
    assert {reason for _number, reason in reasons(first)} == {missing}
    assert created == Booking.objects.count() == Occupancy.objects.count()
    assert counts(again) == (0, 0, created, 5)
    classes_met = {
        (party.booking.space_id, party.label)
        for party in BookingParty.objects.select_related("booking")
    }
    assert len(classes_met) >= 60
    assert first.report["notes"]["shared_uses"] > 0


@real
def test_every_real_pair_that_overlaps_shares_a_booking(operator):
    """Told apart from the importer: pairs are found anew in the file."""
    rooms = (DATA / "rooms/nus_venues.json").read_bytes()
    content = (DATA / "rooms/nus_venue_timetable.json").read_bytes()
    bring_in("spaces", "rooms.json", rooms, by=operator, **NEW)
    bring(content, operator)

    pairs = list(overlapping_pairs(json.loads(content)))
    assert len(pairs) == 24
    for room, one, other in pairs:
        space = Space.objects.get(code__iexact=room)
        for week in set(one["weeks"]) & set(other["weeks"]):
            for entry in (one, other):
                assert_meets(space, entry, week)


def overlapping_pairs(data: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for room, days in data.items():
        for day in days:
            classes = day["classes"]
            for place, one in enumerate(classes):
                for other in classes[place + 1 :]:
                    meets = one["startTime"] < other["endTime"]
                    meets &= other["startTime"] < one["endTime"]
                    if meets and set(one["weeks"]) & set(other["weeks"]):
                        yield room, one, other


def assert_meets(space: Space, entry: Any, week: int) -> None:
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    day = datetime.fromisoformat(MONDAY) + timedelta(weeks=week - 1, days=days.index(entry["day"]))
    starts_at = day.replace(
        hour=int(entry["startTime"][:2]), minute=int(entry["startTime"][2:]), tzinfo=SHANGHAI
    )
    label = f"{entry['moduleCode']} {entry['lessonType']} {entry['classNo']}"
    party = BookingParty.objects.get(booking__space=space, label=label, starts_at=starts_at)
    claims = Occupancy.objects.filter(space=space, source_id=party.booking_id)
    assert claims.count() == 1

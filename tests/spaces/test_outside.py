"""Calendars kept elsewhere: what they say is blocked, follows them, and collides with nothing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from district import egress
from district.models import Activity, Role
from district.rules import RuleViolation
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space
from spaces.actions.decisions import cancel_booking
from spaces.actions.healing import heal
from spaces.actions.outside import add_calendar, end_calendar, read_due_calendars, take_over
from spaces.actions.waitlist import join_waitlist
from spaces.models import Blocking, Occupancy, OutsideCalendar, SpaceLeaf, WaitStatus
from spaces.outside import events_of, fetch
from tests.factories import (
    DistrictFactory,
    MembershipFactory,
    OrganizationFactory,
    SpaceFactory,
)

LONDON = ZoneInfo("Europe/London")
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2027, 3, 1, tzinfo=UTC)


def ics(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//elsewhere//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


WEEKLY = """
UID:weekly
DTSTART;TZID=Europe/London:20270305T090000
DTEND;TZID=Europe/London:20270305T100000
RRULE:FREQ=WEEKLY;COUNT=6
EXDATE;TZID=Europe/London:20270312T090000
SUMMARY:Board
"""


def spans(content: bytes, zone: ZoneInfo = LONDON) -> list[str]:
    return [
        f"{event.span.starts_at.astimezone(zone):%m-%d %H:%M}"
        for event in events_of(content, zone, NOW)
    ]


def test_what_recurs_keeps_its_hour_when_clocks_change():
    assert spans(ics(WEEKLY)) == [
        "03-05 09:00", "03-19 09:00", "03-26 09:00", "04-02 09:00", "04-09 09:00"
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"])
def test_what_takes_no_time_is_left_out(line):
    event = "UID:a\nDTSTART:20270305T090000Z\nDTEND:20270305T100000Z\n"

    assert spans(ics(event)) == ["03-05 09:00"]
    assert spans(ics(event + line)) == []


def test_whole_days_and_times_without_a_zone_are_the_districts():
    day = "UID:a\nDTSTART;VALUE=DATE:20270401\nDTEND;VALUE=DATE:20270402"
    bare = "UID:b\nDTSTART:20270401T090000\nDTEND:20270401T100000"

    events = events_of(ics(day, bare), SHANGHAI, NOW)

    assert [event.span.starts_at for event in events] == [
        datetime(2027, 4, 1, tzinfo=SHANGHAI),
        datetime(2027, 4, 1, 9, tzinfo=SHANGHAI),
    ]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"<html>Not found</html>", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"],
)
def test_what_is_no_calendar_is_said_to_be_none(content):
    with pytest.raises(RuleViolation) as refusal:
        events_of(content, LONDON, NOW)

    assert refusal.value.code == "calendar_unreadable"


def test_an_event_of_every_second_is_refused_and_not_written_out():
    event = "UID:a\nDTSTART:20270305T090000Z\nDTEND:20270305T090001Z\nRRULE:FREQ=SECONDLY"

    with pytest.raises(RuleViolation) as refusal:
        events_of(ics(event), LONDON, NOW)

    assert refusal.value.code == "calendar_too_large"


def at(hour: int, days: int = 2) -> datetime:
    return timezone.now().astimezone(UTC).replace(
        hour=hour, minute=0, second=0, microsecond=0
    ) + timedelta(days=days)


def event_at(hour: int, uid: str = "one", hours: int = 1) -> str:
    begins, ends = at(hour), at(hour) + timedelta(hours=hours)
    return f"UID:{uid}\nDTSTART:{begins:%Y%m%dT%H%M%SZ}\nDTEND:{ends:%Y%m%dT%H%M%SZ}"


@pytest.fixture
def calendar(district, operator):
    row = OutsideCalendar(space=SpaceFactory(), name_en="Town hall")
    return add_calendar(row, "https://calendar.example/room.ics?key=hidden", by=operator)


def read(calendar, operator, *events: str) -> OutsideCalendar:
    return take_over(calendar, events_of(ics(*events), LONDON), by=operator)


def blocked() -> list[datetime]:
    rows = Occupancy.objects.filter(kind="blocking").order_by("starts_at")
    return list(rows.values_list("starts_at", flat=True))


def test_events_block_move_and_go(calendar, operator):
    read(calendar, operator, event_at(9), event_at(11, "two"))
    first = blocked()
    read(calendar, operator, event_at(14), event_at(11, "two"))
    moved = blocked()
    read(calendar, operator, event_at(11, "two"))

    assert (first, moved, blocked()) == ([at(9), at(11)], [at(11), at(14)], [at(11)])
    [row] = Blocking.objects.filter(ended_at=None)
    assert (row.reason, row.calendar) == ("Town hall", calendar)


def test_reading_the_same_again_changes_nothing(calendar, operator):
    read(calendar, operator, event_at(9))
    rows = list(Occupancy.objects.values_list("pk", flat=True))

    read(calendar, operator, event_at(9))

    assert list(Occupancy.objects.values_list("pk", flat=True)) == rows
    assert Activity.objects.filter(verb="calendar.read").count() == 1


def test_a_collision_leaves_the_booking_and_is_tried_again(calendar, operator, tenant_member):
    booking = book_space(calendar.space, Wish(at(9), at(10)), by=tenant_member)
    found = read(calendar, operator, event_at(9), event_at(11, "two"))
    collisions = [datetime.fromisoformat(begins) for begins, _ends in found.collisions]

    cancel_booking(booking, by=operator)
    again = read(calendar, operator, event_at(9), event_at(11, "two"))

    assert (collisions, again.collisions) == ([at(9)], [])
    assert blocked() == [at(9), at(11)]


def test_a_blocked_time_cannot_be_booked(calendar, operator, tenant_member):
    read(calendar, operator, event_at(9))

    with pytest.raises(RuleViolation) as refusal:
        book_space(calendar.space, Wish(at(9), at(10)), by=tenant_member)

    assert refusal.value.code == "occupancy_no_overlap"


def test_an_ended_calendar_blocks_nothing(calendar, operator):
    read(calendar, operator, event_at(9))

    end_calendar(calendar, by=operator)

    assert blocked() == []


def test_many_events_take_as_many_statements_as_few(
    calendar, operator, django_assert_max_num_queries
):
    few = [event_at(hour, f"f{hour}") for hour in range(2)]
    with django_assert_max_num_queries(40) as one:
        read(calendar, operator, *few)
    many = [event_at(hour, f"m{hour}") for hour in range(22)]
    with django_assert_max_num_queries(40) as all_:
        read(calendar, operator, *many)

    assert len(all_) - len(one) <= 3


def served(monkeypatch, *answers: httpx.Response) -> list[httpx.Request]:
    """Another system at the network's edge, which gives these answers one after the other."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answers[min(len(asked), len(answers)) - 1]

    monkeypatch.setattr(egress, "transport", httpx.MockTransport(answer))
    return asked


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(404), "calendar_unreachable"),
        (
            httpx.Response(302, headers={"Location": "https://other.example/"}),
            "calendar_unreachable",
        ),
        (httpx.Response(200, content=b"x" * 5_000_001), "calendar_too_large"),
    ],
)
def test_what_an_address_may_answer(monkeypatch, answer, code):
    served(monkeypatch, answer)

    with pytest.raises(RuleViolation) as refusal:
        fetch("https://calendar.example/room.ics")

    assert refusal.value.code == code


def test_an_address_in_the_clear_is_not_asked(monkeypatch):
    asked = served(monkeypatch, httpx.Response(200))

    with pytest.raises(RuleViolation) as refusal:
        fetch("http://calendar.example/room.ics")

    assert (refusal.value.code, asked) == ("calendar_address", [])


@pytest.mark.django_db(transaction=True)
def test_it_is_read_when_its_turn_comes_and_says_what_went_wrong(monkeypatch):
    place = DistrictFactory()
    with scope(place.pk):
        staff = MembershipFactory(
            organization=OrganizationFactory(operating=True), role=Role.OPERATOR_ADMIN
        )
        row = OutsideCalendar(space=SpaceFactory(), name_en="Town hall")
        row = add_calendar(row, "https://calendar.example/room.ics", by=staff)
    asked = served(
        monkeypatch,
        httpx.Response(200, content=ics(event_at(9)), headers={"ETag": '"a"'}),
        httpx.Response(304),
        httpx.Response(500),
    )

    problems = []
    for _ in range(3):
        read_due_calendars(place)
        read_due_calendars(place)  # not its turn yet: nobody is asked
        with scope(place.pk):
            row.refresh_from_db()
            problems.append((row.problem, len(blocked())))
            OutsideCalendar.objects.update(asked_at=None)

    assert problems == [("", 1), ("", 1), ("calendar_unreachable", 1)]
    assert [request.headers.get("If-None-Match") for request in asked] == [None, '"a"', '"a"']


def test_staff_add_bring_a_file_and_end(browser_of, operator, district):
    browser, space = browser_of(operator), SpaceFactory()
    browser.post("/calendars/new/", {"space": str(space.pk), "name_en": "Town hall"})
    row = OutsideCalendar.objects.get()
    page = f"/calendars/{row.pk}/"

    good = browser.post(page, {"file": SimpleUploadedFile("room.ics", ics(event_at(9)))})
    bad = browser.post(page, {"file": SimpleUploadedFile("room.ics", b"nonsense")})

    assert (good.status_code, bad.status_code) == (302, 422)
    assert "no calendar that can be read" in bad.content.decode()
    assert blocked() == [at(9)]
    assert "Town hall" in browser.get("/calendars/").content.decode()
    browser.post(f"{page}end/")
    assert (blocked(), browser.get(page).status_code) == ([], 404)


def test_the_address_is_kept_sealed(calendar):
    assert "hidden" not in calendar.sealed_address
    assert calendar.address_hint == "calendar.example"


def test_what_a_calendar_opens_again_goes_to_those_who_wait(calendar, operator, tenant_member):
    """Also for a hall of which its space is only a part: their leaves are locked together."""
    hall = SpaceFactory(is_leaf=False, building=calendar.space.building)
    other = SpaceFactory(parent=hall, building=hall.building)
    parts = [calendar.space, other]
    SpaceLeaf.objects.bulk_create(SpaceLeaf(space=hall, leaf=part) for part in parts)
    read(calendar, operator, event_at(9))
    entry = join_waitlist(hall, Wish(at(9), at(10)), by=tenant_member)

    read(calendar, operator)
    heal(calendar.district)

    entry.refresh_from_db()
    assert entry.status == WaitStatus.OFFERED

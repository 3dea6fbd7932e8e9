"""First free times: against a plain model, over composite spaces, holds, buffers and distances."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from district.measuring.queries import counted
from spaces.actions.first_free import Seek, find_first
from spaces.localtime import instant
from spaces.models import Approval, BookingRules, Hold, Occupancy, Space, SpaceLeaf
from spaces.rules import broken_rules
from spaces.starts import Span
from tests.factories import BuildingFactory, PersonFactory, SpaceFactory, open_rules

ZONES = ("Asia/Shanghai", "Europe/London", "America/St_Johns", "Australia/Lord_Howe")
CHANGES = ((3, 12), (3, 26), (4, 2), (10, 1), (10, 29), (11, 5))  # days before clocks may change
SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
OFFICE = {day: [[540, 720], [780, 1080]] for day in "12345"}
MONDAY = datetime(2027, 3, 1, 7, 50, tzinfo=SHANGHAI)


def claim(space: Space, starts_at: datetime, ends_at: datetime) -> None:
    Occupancy.objects.create(
        space=space,
        during=(starts_at, ends_at),
        starts_at=starts_at,
        ends_at=ends_at,
        kind="booking",
        source_id=space.pk,
    )


def week(minutes: int = 60, **part: int) -> Span:
    first = MONDAY.date()
    return Span(first, first + timedelta(days=6), minutes, **part)


def first(seek: Seek, by) -> list[tuple[str, str]]:
    """Name and local time of what is found."""
    found = find_first(seek, by=by, zone=SHANGHAI, now=MONDAY)
    return [(slot.space.name, f"{slot.starts_at.astimezone(SHANGHAI):%a %H:%M}") for slot in found]


def office(name: str, **more) -> Space:
    rules = more.pop("rules", {})
    return SpaceFactory(name_en=name, rules=open_rules(opening=OFFICE, **rules), **more)


def test_each_space_is_found_at_the_first_gap_that_is_long_enough(tenant_member):
    room = office("Heron", rules={"grid_minutes": 30})
    claim(room, MONDAY + HOUR, MONDAY + 3 * HOUR)  # 08:50–10:50
    claim(room, MONDAY + 4 * HOUR, MONDAY + 6 * HOUR)  # 11:50–13:50

    assert first(Seek(week(30)), tenant_member) == [("Heron", "Mon 11:00")]
    assert first(Seek(week(60)), tenant_member) == [("Heron", "Mon 14:00")]
    assert first(Seek(week(240)), tenant_member) == [("Heron", "Mon 14:00")]
    assert first(Seek(week(270)), tenant_member) == [("Heron", "Tue 13:00")]


def test_buffers_lie_between_a_claim_and_what_comes_after_it(tenant_member):
    room = office("Heron", rules={"setup_minutes": 10, "cleanup_minutes": 20})
    claim(room, MONDAY + HOUR, MONDAY + 2 * HOUR)  # 08:50–09:50
    claim(room, MONDAY + 195 * timedelta(minutes=1), MONDAY + 5 * HOUR)  # 11:05–12:50

    assert first(Seek(week(45)), tenant_member) == [("Heron", "Mon 10:00")]
    assert first(Seek(week(60)), tenant_member) == [("Heron", "Mon 13:00")]


def test_notice_window_and_part_of_the_day_bound_the_search(tenant_member, operator):
    office("Heron", rules={"notice_minutes": 24 * 60, "window_days": 2})

    assert first(Seek(week()), tenant_member) == [("Heron", "Tue 09:00")]
    assert first(Seek(week(from_minute=13 * 60)), tenant_member) == [("Heron", "Tue 13:00")]
    assert first(Seek(week()), operator) == [("Heron", "Mon 09:00")]
    late = Span(MONDAY.date() + timedelta(days=3), MONDAY.date() + timedelta(days=6), 60)
    assert first(Seek(late), tenant_member) == []
    assert first(Seek(late), operator) == [("Heron", "Thu 09:00")]


def test_a_whole_is_free_when_all_its_parts_are(tenant_member):
    hall = SpaceFactory(name_en="Hall", is_leaf=False, rules=open_rules(opening=OFFICE))
    for number in range(2):
        part = office(f"Half {number}", parent=hall, building=hall.building, capacity=4)
        SpaceLeaf.objects.create(space=hall, leaf=part)
        begins = MONDAY + timedelta(minutes=70 + 60 * number)
        claim(part, begins, begins + HOUR)  # 09:00–10:00, 10:00–11:00

    assert first(Seek(week(), people=5), tenant_member) == [("Hall", "Mon 11:00")]
    assert sorted(first(Seek(week()), tenant_member)) == [
        ("Half 0", "Mon 10:00"),
        ("Half 1", "Mon 09:00"),
        ("Hall", "Mon 11:00"),
    ]


def test_a_seat_is_not_a_room_and_its_area_is_taken_while_one_is(tenant_member):
    area = SpaceFactory(name_en="Area", is_leaf=False, rules=open_rules(opening=OFFICE))
    for number in range(3):
        seat = office(f"Seat {number}", parent=area, building=area.building, capacity=1)
        SpaceLeaf.objects.create(space=area, leaf=seat)
    claim(seat, MONDAY + HOUR, MONDAY + 2 * HOUR)

    assert first(Seek(week()), tenant_member) == [("Area", "Mon 10:00")]


def test_what_others_hold_is_taken_until_it_expires(tenant_member):
    room = office("Heron")
    at = MONDAY + timedelta(minutes=70)
    hold = {"space": room, "starts_at": at, "ends_at": at + HOUR}
    holder = PersonFactory()
    Hold.objects.create(person=holder, expires_at=MONDAY + HOUR, **hold)

    assert first(Seek(week()), tenant_member) == [("Heron", "Mon 10:00")]
    assert first(Seek(week(), person_id=holder.pk), tenant_member) == [("Heron", "Mon 09:00")]
    Hold.objects.update(expires_at=MONDAY)
    assert first(Seek(week()), tenant_member) == [("Heron", "Mon 09:00")]


def test_of_the_same_time_the_nearest_comes_first(tenant_member):
    here = BuildingFactory(longitude=120.75, latitude=31.25)
    north = BuildingFactory(longitude=120.75, latitude=31.2518)  # 200 m
    office("Unplaced", capacity=5)
    office("North", building=north, capacity=6)
    office("Here", building=here, capacity=9)
    busy = office("Busy", building=here)
    claim(busy, MONDAY, MONDAY + 4 * HOUR)
    seek = Seek(week(), near=here)

    found = find_first(seek, by=tenant_member, zone=SHANGHAI, now=MONDAY)

    assert [(slot.space.name, slot.walk_minutes) for slot in found] == [
        ("Here", 0),
        ("North", 4),
        ("Unplaced", None),
        ("Busy", 0),
    ]


def test_what_wants_approval_is_said_and_can_be_left_out(tenant_member):
    office("Asked", rules={"approval": Approval.ALWAYS})
    office("Open", features=["projector"])

    found = find_first(Seek(week()), by=tenant_member, zone=SHANGHAI, now=MONDAY)

    assert sorted((slot.space.name, slot.waits) for slot in found) == [
        ("Asked", True),
        ("Open", False),
    ]
    assert first(Seek(week(), at_once=True), tenant_member) == [("Open", "Mon 09:00")]
    assert first(Seek(week(), features=["projector"]), tenant_member) == [("Open", "Mon 09:00")]


def test_the_number_of_statements_does_not_depend_on_what_is_found(tenant_member):
    counts = []
    for more in (1, 19):
        for number in range(more):
            claim(office(f"Room {number}"), MONDAY, MONDAY + 5 * HOUR)
        with counted() as queries:
            found = find_first(Seek(week()), by=tenant_member, zone=SHANGHAI, now=MONDAY)
        counts.append((len(found), len(queries.of_the_page)))

    assert counts == [(1, 4), (20, 4)]


def modelled(space: Space, seek: Seek, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Each step of the grid tried in turn, in plain Python."""
    rules = space.rules
    assert rules is not None
    taken = list(
        Occupancy.objects.filter(space__holders__space=space).values_list("starts_at", "ends_at")
    )
    at = datetime.combine(seek.span.first_day, datetime.min.time(), zone).astimezone(UTC)
    beyond = datetime.combine(
        seek.span.last_day + timedelta(days=1), datetime.min.time(), zone
    ).astimezone(UTC)
    while at < beyond:
        local = at.astimezone(zone)
        minute = local.hour * 60 + local.minute
        starts = at - timedelta(minutes=rules.setup_minutes)
        ends = at + timedelta(minutes=seek.span.minutes + rules.cleanup_minutes)
        if (
            seek.span.from_minute <= minute < seek.span.to_minute
            and not local.fold  # the second pass of an hour cannot be asked for
            and not broken_rules(
                rules, at, at + timedelta(minutes=seek.span.minutes), zone=zone, now=now
            )
            and not any(begins < ends and starts < over for begins, over in taken)
        ):
            return at
        at += timedelta(minutes=5)
    return None


def random_rules(chance: Random) -> BookingRules:
    grid = chance.choice([15, 30, 60])
    return open_rules(
        opening={
            day: chance.choice([[[0, 1440]], [[480, 720], [780, 1200]], [[540, 1440]], []])
            for day in "1234567"
        },
        grid_minutes=grid,
        min_minutes=grid,
        setup_minutes=chance.choice([0, 0, 10, 45]),
        cleanup_minutes=chance.choice([0, 15]),
        notice_minutes=chance.choice([0, 90]),
        window_days=chance.choice([1, 30]),
    )


def random_space(chance: Random, begins: datetime) -> Space:
    """A room, or a whole of two parts, with claims one after another."""
    space = SpaceFactory(rules=random_rules(chance))
    leaves = [space]
    if chance.random() < 0.4:
        SpaceLeaf.objects.all().filter(space=space).delete()
        Space.objects.filter(pk=space.pk).update(is_leaf=False)
        leaves = [SpaceFactory(parent=space, capacity=1) for _ in range(2)]
        SpaceLeaf.objects.bulk_create(SpaceLeaf(space=space, leaf=leaf) for leaf in leaves)
    for leaf in leaves:
        at = begins
        for _ in range(chance.randint(0, 14)):
            at += timedelta(minutes=chance.choice([0, 5, 30, 60, 240]))
            ends = at + timedelta(minutes=chance.choice([30, 60, 300]))
            claim(leaf, at, ends)
            at = ends
    return space


@pytest.mark.parametrize("name", ZONES)
def test_the_statement_agrees_with_a_plain_model(tenant_member, name):
    zone, chance = ZoneInfo(name), Random(f"{name} first")
    year = timezone.now().year + 1
    found_some = 0
    for round_ in range(3):
        day = date(year, *chance.choice(CHANGES))
        now = instant(datetime.combine(day, time()), zone).astimezone(UTC)
        now += timedelta(hours=chance.randint(0, 30))
        spaces = [random_space(chance, now - timedelta(hours=2)) for _ in range(5)]
        span = Span(day, day + timedelta(days=2), chance.choice([60, 120, 480]),
                    chance.choice([0, 540]), chance.choice([1440, 1080]))  # fmt: skip
        seek = Seek(span, spaces={space.pk for space in spaces})

        found = find_first(seek, by=tenant_member, zone=zone, now=now, limit=99)

        told = {slot.space.pk: slot.starts_at for slot in found}
        wanted = {space.pk: modelled(space, seek, zone, now) for space in spaces}
        assert told == {key: at for key, at in wanted.items() if at is not None}, round_
        assert [slot.starts_at for slot in found] == sorted(told.values())
        found_some += len(found)
    assert found_some > 5

"""The use of spaces: figures against those worked out by hand, of the spaces in reach alone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from district.measuring.queries import counted
from district.models import Role
from district.tenancy.scope import scope
from spaces.actions.check_in import end_booking
from spaces.actions.decisions import cancel_booking
from spaces.models import BookingStatus, SpaceLeaf, UnmetSearch
from spaces.models.waitlist import WaitStatus
from spaces.statements import Month
from spaces.use import Period, recent_use, uses_of
from spaces.use_bookings import conduct_of, least_reliable
from spaces.use_demand import demand_for
from spaces.use_hints import hints
from spaces.use_report import heat_map, report_for
from tests.factories import (
    BookingFactory,
    CommunityFactory,
    DistrictFactory,
    MembershipFactory,
    OrganizationFactory,
    SpaceFactory,
    WaitlistEntryFactory,
    open_rules,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 10, tzinfo=ZONE)  # a Wednesday
OFFICE = {day: [[9 * 60, 17 * 60]] for day in "12345"}
KEPT = BookingStatus.COMPLETED


@pytest.fixture(autouse=True)
def clock():
    with (
        timezone.override(ZONE),
        translation.override("en"),
        time_machine.travel(NOW, tick=False) as traveller,
    ):
        yield traveller


@pytest.fixture
def room(district):
    """Open eight hours on weekdays, closed on the twentieth."""
    closed = {"from": "2026-11-20", "to": "2026-11-20", "reason": "Cleaning"}
    return SpaceFactory(rules=open_rules(opening=OFFICE, closures=[closed]))


def booked(space, day, hours, *, status=KEPT, **more):
    starts_at = datetime.combine(day, datetime.min.time(), timezone.get_current_timezone())
    begins, ends = hours
    return BookingFactory(
        space=space,
        starts_at=starts_at + timedelta(hours=begins),
        ends_at=starts_at + timedelta(hours=ends),
        status=status,
        **more,
    )


MON, TUE, SAT = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 21)
WEEK = Period(MON, date(2026, 11, 22))  # 4 days of 8 hours are open


def hours(use):
    return (use.open / 60, use.used / 60, use.missed / 60)


def test_use_is_what_bookings_took_of_the_opening_hours(room):
    booked(room, MON, (9, 12))
    booked(room, TUE, (16, 19))  # two hours after closing
    booked(room, SAT, (9, 17))  # closed
    booked(room, TUE, (10, 12), status=BookingStatus.NO_SHOW)
    booked(room, TUE, (12, 13), status=BookingStatus.CHECKED_IN)
    booked(room, TUE, (13, 14), status=BookingStatus.CANCELLED)
    booked(room, TUE, (14, 15), status=BookingStatus.REQUESTED)
    booked(room, date(2026, 11, 23), (9, 17))

    uses = uses_of([room], WEEK)

    assert hours(uses.total) == (32, 5, 2)
    assert uses.total.percent == 16
    assert (uses.total.peak_open / 60, uses.total.peak_used / 60) == (24, 3)
    assert uses.hours[1, 9].share == 1
    assert uses.hours[2, 16].share == 1
    assert uses.hours[2, 10].missed_share == 1
    assert (5, 9) not in uses.hours
    assert list(uses.weeks) == [MON]


def test_the_heat_map_runs_from_the_first_to_the_last_hour_of_use(room):
    empty = dict(heat_map(uses_of([room], WEEK)))
    booked(room, MON, (10.5, 11))
    booked(room, TUE, (12, 13))

    shades = dict(heat_map(uses_of([room], WEEK)))

    assert list(empty) == list(range(9, 17))
    assert list(shades) == [10, 11, 12]
    assert [shade.percent for shade in shades[10]] == [50, 0, 0, 0, None, None, None]
    assert [shade.step for shade in shades[10]] == [4, 0, 0, 0, 0, 0, 0]
    assert shades[12][1].step == 8


def test_a_booking_over_midnight_counts_on_both_days(district):
    room = SpaceFactory()
    booked(room, MON, (22, 27))

    uses = uses_of([room], Period(TUE, TUE))

    assert hours(uses.total) == (24, 3, 0)
    assert uses.hours[2, 2].share == 1
    assert (2, 22) in uses.hours
    assert (1, 22) not in uses.hours


@pytest.mark.parametrize(
    ("zone", "day", "opened", "hour", "length"),
    [
        ("Europe/London", date(2026, 10, 25), 25, 1, 2),
        ("Europe/London", date(2026, 3, 29), 23, 0, 1),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5, 1, 1.5),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5, 2, 0.5),
        ("America/St_Johns", date(2026, 11, 1), 25, 1, 2),
    ],
)
def test_a_day_on_which_clocks_change_has_its_real_length(
    district, zone, day, opened, hour, length
):
    with timezone.override(ZoneInfo(zone)):
        room = SpaceFactory()
        period = Period(day, day)
        booking = BookingFactory(
            space=room, starts_at=period.begins, ends_at=period.ends, status=KEPT
        )
        uses = uses_of([room], period)

    assert (booking.ends_at.timestamp() - booking.starts_at.timestamp()) / 3600 == opened
    assert hours(uses.total) == (opened, opened, 0)
    assert uses.hours[7, hour].open == uses.hours[7, hour].used == length * 60
    assert sum(use.open for use in uses.hours.values()) == opened * 60


def test_what_opens_at_a_time_that_comes_twice_opens_the_first_time(district):
    day = date(2026, 4, 5)
    with timezone.override(ZoneInfo("Australia/Lord_Howe")):
        room = SpaceFactory(rules=open_rules(opening={"7": [[90, 150]]}))
        uses = uses_of([room], Period(day, day))

    assert {hour: use.open for (_day, hour), use in uses.hours.items()} == {1: 60, 2: 30}


def test_an_hour_that_the_clock_leaves_out_was_not_open(district):
    with timezone.override(ZoneInfo("Europe/London")):
        uses = uses_of([SpaceFactory()], Period(date(2026, 3, 29), date(2026, 3, 29)))

    assert (7, 1) not in uses.hours
    assert (7, 2) in uses.hours


@pytest.fixture
def hall(district):
    """A hall of two halves, each to be booked too."""
    rules = open_rules(opening=OFFICE)
    whole = SpaceFactory(rules=rules, is_leaf=False, capacity=40)
    halves = [SpaceFactory(rules=rules, parent=whole, building=whole.building) for _ in range(2)]
    for half in halves:
        SpaceLeaf.objects.create(space=whole, leaf=half)
    return whole, *halves


def test_a_hall_and_its_parts_count_once(hall):
    whole, left, right = hall
    booked(whole, MON, (9, 13))
    booked(left, TUE, (9, 17))

    uses = uses_of(hall, WEEK)

    assert hours(uses.total) == (80, 16, 0)
    assert hours(uses.of([whole.pk])) == (80, 16, 0)
    assert hours(uses.of([left.pk])) == (40, 12, 0)
    assert hours(uses.of([right.pk])) == (40, 4, 0)
    assert hours(uses_of([right], WEEK).total) == (40, 4, 0)


def test_seats_of_an_area_count_by_seats(operator):
    rules = open_rules(opening=OFFICE)
    area = SpaceFactory(rules=rules, is_leaf=False, capacity=4)
    seats = [
        SpaceFactory(rules=rules, parent=area, capacity=1, building=area.building) for _ in "1234"
    ]
    for seat in seats:
        SpaceLeaf.objects.create(space=area, leaf=seat)
    booked(area, MON, (9, 17), seat_count=3)
    booked(seats[0], TUE, (9, 13))

    report = report_for(operator, [area, *seats], WEEK)

    assert hours(report.uses.total) == (160, 28, 0)
    assert [row.space for row in report.rows] == [area]
    assert report.conducts.spaces[area.pk].average_people is None
    assert hints(report.rows, WEEK) == []


def test_days_to_come_are_not_open_yet(room, clock):
    booked(room, date(2026, 11, 25), (9, 12), status=BookingStatus.CONFIRMED)

    uses = uses_of([room], Period(date(2026, 11, 24), date(2026, 11, 30)))

    assert hours(uses.total) == (9, 1, 0)


def test_a_period_is_bounded(clock):
    with timezone.override(ZONE):
        assert Period.of_days(30) == Period(date(2026, 10, 26), date(2026, 11, 24))
        assert Period.of_month(Month(date(2026, 2, 1))).last == date(2026, 2, 28)
    with pytest.raises(ValueError, match="at most 366 days"):
        Period(date(2025, 1, 1), date(2026, 1, 2))


def test_conduct_counts_who_came_who_did_not_and_who_gave_up_late(room, tenant_member, operator):
    company = tenant_member.organization
    rules = open_rules(setup_minutes=15, cleanup_minutes=30)
    today = NOW.date()
    for place in range(3):
        booked(room, MON, (9 + place, 10 + place), rules=rules, organization=company)
    booked(room, TUE, (9, 10), status=BookingStatus.NO_SHOW, organization=company)
    late = booked(room, today, (20, 21), status="confirmed", organization=company)
    early = booked(room, today, (48, 49), status="confirmed", organization=company)
    running = booked(room, today, (9, 12), status="checked_in", organization=company)
    for booking in (late, early):
        cancel_booking(booking, by=operator)
    end_booking(running, by=operator)  # at ten, two hours early

    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        conducts = conduct_of([room], Period(MON, date(2026, 11, 27)))

    total = conducts.total
    assert (total.held, total.missed, total.late) == (4, 1, 1)
    assert (total.minutes, total.released, total.around) == (240, 120, 135)
    assert total.missed_share == 1 / 5
    assert total.late_share == 1 / 6
    assert total.released_share == 1 / 3
    assert (total.average_people, total.average_minutes) == (4, 60)
    assert conducts.spaces == {room.pk: total}
    assert least_reliable(conducts) == [(company, total)]


def unmet(people=24, **changes):
    facts = {
        "asked_on": TUE,
        "first_day": date(2026, 11, 19),
        "last_day": date(2026, 11, 19),
        "from_minute": 14 * 60,
        "to_minute": 18 * 60,
        "minutes": 60,
        "people": people,
        "features": ["streaming"],
        "organization": OrganizationFactory(),
        **changes,
    }
    return UnmetSearch.objects.create(**facts)


def test_demand_is_told_in_sentences(operator, room):
    for people in (20, 24, 49):
        unmet(people)
    unmet(3, features=[], first_day=SAT, last_day=SAT, from_minute=9 * 60)
    unmet(asked_on=date(2026, 11, 23))
    entry = {"space": room, "starts_at": datetime(2026, 11, 17, 9, tzinfo=ZONE)}
    WaitlistEntryFactory(**entry, status=WaitStatus.EXPIRED)
    WaitlistEntryFactory(**entry, status=WaitStatus.LEFT)

    demand = demand_for(operator, [room], WEEK)

    assert [wish.sentence for wish in demand.wishes] == [
        "3 searches for 20 to 49 people with Live streaming on weekdays in the afternoon"
        " found nothing",
        "1 search for 1 to 4 people at weekends in the morning found nothing",
    ]
    assert [(row.space, row.count) for row in demand.waited] == [(room, 1)]
    assert demand.busiest == [("Thu 14:00", 3), ("Sat 9:00", 1)]
    assert demand.total == 5


@pytest.mark.parametrize(
    ("people", "expected"), [(4, ["large"]), (5, [])], ids=["a third", "more than a third"]
)
def test_a_room_for_many_used_by_few_is_too_large(operator, people, expected):
    room = SpaceFactory(rules=open_rules(opening={"1": [[540, 1020]]}), capacity=12)
    for place in range(5):
        booked(room, MON, (9 + place, 10 + place), attendee_count=people)

    found = hints(report_for(operator, [room], WEEK).rows, WEEK)

    assert [hint.key for hint in found] == expected
    if expected:
        assert found[0].why == "For 12 people, used by 4 on average in 5 bookings"
        assert f"q={room.code}&since=2026-11-16&until=2026-11-22" in found[0].url


@pytest.mark.parametrize(("hours_used", "expected"), [(3, ["idle"]), (4, [])])
def test_a_room_used_for_less_than_a_tenth_is_hardly_used(operator, hours_used, expected):
    room = SpaceFactory(rules=open_rules(opening=OFFICE))
    booked(room, MON, (9, 9 + hours_used))

    found = hints(report_for(operator, [room], WEEK).rows, WEEK)

    assert [hint.key for hint in found] == expected
    if expected:
        assert found[0].why == "7.5 % of its opening hours: 3 of 40"


@pytest.mark.parametrize(
    ("searches", "last", "expected"), [(3, 16, ["full"]), (2, 16, []), (3, 10, [])]
)
def test_a_room_full_at_peak_with_wishes_of_its_size_not_met(operator, searches, last, expected):
    room = SpaceFactory(rules=open_rules(opening={"1": [[600, 960]]}), capacity=30)
    booked(room, MON, (10, last) if last > 10 else (10, 12), attendee_count=20)
    for _ in range(searches):
        unmet(24)
    unmet(8)  # for a smaller room

    found = hints(report_for(operator, [room], WEEK).rows, WEEK)

    assert [hint.key for hint in found] == expected


def test_many_no_shows_and_much_given_back_early_are_said(operator, room):
    for place in range(4):
        booked(room, MON, (9 + place, 10 + place))
    booked(room, TUE, (9, 17), status=BookingStatus.NO_SHOW)

    found = hints(report_for(operator, [room], WEEK).rows, WEEK)

    assert [(hint.key, hint.why) for hint in found] == [
        ("missed", "20 % no-shows: 1 of 5 bookings")
    ]


def test_the_pages_of_a_space_and_a_building_say_the_same_as_this_one(browser_of, operator, room):
    booked(room, MON, (9, 17))
    booked(room, TUE, (9, 17))
    browser = browser_of(operator)

    page = browser.get(f"/use/?days=30&space={room.pk}").content.decode()

    assert recent_use([room]) == 10  # of 21 days of 8 hours
    assert "<b>10 %</b>" in page
    for path in (f"/spaces/{room.pk}/", f"/buildings/{room.building_id}/"):
        assert "<b>10 <small>%</small></b>" in browser.get(path).content.decode()


def test_area_staff_see_their_area(browser_of, operator, room):
    near = CommunityFactory()
    own = SpaceFactory(building__community=near, name_en="Near room")
    staff = MembershipFactory(
        organization=operator.organization, role=Role.OPERATOR, community=near
    )

    page = browser_of(staff).get("/use/").content.decode()

    assert "Near room" in page
    assert room.name_en not in page
    assert own.building.name in page


def test_another_district_is_not_counted(db):
    found = []
    for _ in range(2):
        with scope(DistrictFactory().pk):
            found.append(SpaceFactory())
            booked(found[-1], MON, (9, 12))
            unmet()
            uses, conducts = uses_of(found, WEEK), conduct_of(found, WEEK)
            assert hours(uses.of([found[-1].pk])) == (168, 3, 0)
            assert uses.total == uses.of([found[-1].pk])
            assert (conducts.total.held, list(conducts.spaces)) == (1, [found[-1].pk])
            assert UnmetSearch.objects.count() == 1


def test_the_page_takes_the_same_queries_for_one_and_for_fifty(browser_of, operator):
    browser = browser_of(operator)

    def queries():
        browser.get("/use/")
        with counted() as statements:
            assert browser.get("/use/").status_code == 200
        return len(statements.of_the_page)

    def fill(number):
        for _ in range(number):
            booked(SpaceFactory(), TUE, (9, 12), status=BookingStatus.NO_SHOW)
        unmet()

    fill(1)
    of_one = queries()
    fill(49)

    assert queries() == of_one <= 16


def test_the_table_as_a_file(browser_of, operator, room):
    booked(room, MON, (9, 17), attendee_count=6)

    answer = browser_of(operator).get(f"/use/?month=2026-11&space={room.pk}&export=csv")

    lines = answer.content.decode("utf-8-sig").splitlines()
    figures = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    assert (figures["Used (h)"], figures["Bookings"], figures["People on average"]) == (
        "8.0",
        "1",
        "6.0",
    )
    assert browser_of(operator).get("/use/?export=pdf").status_code == 404


@pytest.mark.parametrize(
    "query", ["days=9999", "month=2026-13", "building=x", "space=1", "function=none", "days=-1"]
)
def test_what_makes_no_sense_is_ignored(browser_of, operator, room, query):
    assert browser_of(operator).get(f"/use/?{query}").status_code == 200

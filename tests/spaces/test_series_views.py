"""Booking regularly on pages: planned, booked, looked at, changed and decided."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from spaces.actions.booking import Wish, book_space
from spaces.actions.series import SeriesWish, book_series
from spaces.models import BookingStatus, DateState, Series
from spaces.recurrence import Pattern, canonical
from spaces.recurrence_words import in_words
from tests.factories import SpaceFactory, open_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = timezone.localdate(timezone=SHANGHAI) + timedelta(days=3)


def asked(**changes: str) -> dict[str, str]:
    return {
        "day": FIRST.isoformat(),
        "at": "09:00",
        "minutes": "60",
        "people": "4",
        "title": "Stand-up",
        "note": "",
        "every": "day",
        "until": (FIRST + timedelta(days=2)).isoformat(),
        **changes,
    }


@pytest.fixture
def room(district):
    return SpaceFactory(rules=open_rules(window_days=400), capacity=8)


@pytest.fixture
def taken(room, stranger):
    """Somebody else has the second day."""
    starts_at = timezone.datetime.combine(FIRST + timedelta(days=1), time(9), tzinfo=SHANGHAI)
    return book_space(room, Wish(starts_at, starts_at + timedelta(hours=1)), by=stranger)


def daily(room, member) -> Series:
    pattern = Pattern("FREQ=DAILY;COUNT=3", FIRST, time(9), time(10))
    return book_series(SeriesWish(room, pattern), by=member)


def test_the_plan_says_date_by_date_what_stands_in_the_way(browser_of, tenant_member, room, taken):
    other = SpaceFactory(building=room.building, rules=room.rules, capacity=8, name_en="Gallery")

    page = browser_of(tenant_member).get(f"/book/{room.pk}/series/", asked()).content.decode()

    assert "2 of 3 dates are free" in page
    assert "Every day, 09:00–10:00, until" in page
    assert f'<option value="{other.pk}">Book Gallery' in page
    assert Series.objects.count() == 0


def test_dates_are_booked_elsewhere_or_left_out_as_answered(browser_of, tenant_member, room, taken):
    other = SpaceFactory(building=room.building, rules=room.rules, capacity=8)
    second, third = FIRST + timedelta(days=1), FIRST + timedelta(days=2)

    answer = browser_of(tenant_member).post(
        f"/book/{room.pk}/series/create/",
        asked(**{f"on-{second}": str(other.pk), f"on-{third}": "out"}),
    )

    series = Series.objects.get()
    assert answer.headers["Location"].endswith(f"/series/{series.pk}/")
    dates = series.dates.order_by("on").select_related("booking__space")
    assert [(item.state, item.booking and item.booking.space) for item in dates] == [
        (DateState.BOOKED, room),
        (DateState.BOOKED, other),
        (DateState.REMOVED, None),
    ]


def test_answers_that_make_no_sense_are_as_if_not_said(browser_of, tenant_member, room):
    answers = {"on-someday": "out", f"on-{FIRST}": "a room", f"on-{FIRST:%Y}": "out"}

    browser_of(tenant_member).post(f"/book/{room.pk}/series/create/", asked(**answers))

    assert set(Series.objects.get().dates.values_list("state", flat=True)) == {DateState.BOOKED}


def test_a_time_from_after_the_last_date_is_refused_at_the_form(browser_of, tenant_member, room):
    series = daily(room, tenant_member)

    answer = browser_of(tenant_member).post(
        f"/series/{series.pk}/move/", {"from_on": "2090-01-01", "begins": "14:00", "ends": "15:00"}
    )

    assert answer.status_code == 409
    assert "No date fits this repetition." in answer.content.decode()
    assert Series.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"until": "2020-01-01"}, "The last day is before the first."),
        ({"minutes": "1500"}, "What repeats lasts a day at most."),
        ({"until": "2100-01-01"}, "A series has 2000 dates at most."),
        ({"until": "soon"}, "Enter a valid date."),
        ({"people": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"title": "x" * 161}, "Ensure this value has at most 160 characters"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_booked(
    browser_of, tenant_member, room, changes, said
):
    browser = browser_of(tenant_member)

    plan = browser.get(f"/book/{room.pk}/series/", asked(**changes)).content.decode()
    answer = browser.post(f"/book/{room.pk}/series/create/", asked(**changes))

    assert said in plan
    assert said in answer.content.decode()
    assert Series.objects.count() == 0


def test_times_are_moved_from_a_date_on(browser_of, tenant_member, room):
    series = daily(room, tenant_member)

    browser_of(tenant_member).post(
        f"/series/{series.pk}/move/",
        {"from_on": (FIRST + timedelta(days=1)).isoformat(), "begins": "14:00", "ends": "15:00"},
    )

    tail = Series.objects.exclude(pk=series.pk).get()
    assert (tail.follows, tail.begins, tail.dates.count()) == (series, time(14), 2)


def test_dates_are_cancelled_from_one_on(browser_of, tenant_member, room):
    series = daily(room, tenant_member)

    browser_of(tenant_member).post(
        f"/series/{series.pk}/cancel/", {"from_on": (FIRST + timedelta(days=1)).isoformat()}
    )

    statuses = series.dates.order_by("on").values_list("booking__status", flat=True)
    assert list(statuses) == ["confirmed", "cancelled", "cancelled"]


@pytest.mark.parametrize("from_on", ["", "someday"])
def test_nothing_is_cancelled_without_a_date(browser_of, tenant_member, room, from_on):
    series = daily(room, tenant_member)

    answer = browser_of(tenant_member).post(f"/series/{series.pk}/cancel/", {"from_on": from_on})

    assert answer.status_code == 422
    assert series.dates.open().count() == 3


def test_a_reason_that_is_too_long_is_refused(browser_of, tenant_member, operator, district):
    room = SpaceFactory(rules=open_rules(window_days=400, approval="always"))
    series = daily(room, tenant_member)

    answer = browser_of(operator).post(f"/series/{series.pk}/decline/", {"reason": "x" * 401})

    assert "at most 400 characters" in answer.content.decode()
    assert set(series.dates.values_list("booking__status", flat=True)) == {BookingStatus.REQUESTED}


def test_an_operator_finds_a_series_once_and_decides_it_as_a_whole(
    browser_of, tenant_member, operator, district
):
    room = SpaceFactory(rules=open_rules(window_days=400, approval="always"))
    series = daily(room, tenant_member)
    desk = browser_of(operator)

    inbox = desk.get("/bookings/inbox/").content.decode()
    desk.post(f"/series/{series.pk}/confirm/")

    assert inbox.count(f"/series/{series.pk}/") == 1
    assert "1 request" in inbox
    assert set(series.dates.values_list("booking__status", flat=True)) == {BookingStatus.CONFIRMED}


@pytest.mark.parametrize("step", ["move", "cancel", "confirm", "decline"])
def test_others_can_neither_see_nor_change_a_series(
    browser_of, tenant_member, stranger, room, step
):
    series = daily(room, tenant_member)
    browser = browser_of(stranger)
    assert browser_of(tenant_member).get(f"/series/{series.pk}/").status_code == 200

    found = browser.get(f"/series/{series.pk}/"), browser.post(f"/series/{series.pk}/{step}/")

    assert [answer.status_code for answer in found] == [404, 404]
    assert series.dates.open().count() == 3


@pytest.mark.parametrize("step", ["confirm", "decline"])
def test_a_company_cannot_decide_its_own_series(browser_of, tenant_member, district, step):
    room = SpaceFactory(rules=open_rules(window_days=400, approval="always"))
    series = daily(room, tenant_member)

    answer = browser_of(tenant_member).post(f"/series/{series.pk}/{step}/", {"reason": "Mine"})

    assert answer.status_code == 403
    assert set(series.dates.values_list("booking__status", flat=True)) == {BookingStatus.REQUESTED}


WORDS = {
    "FREQ=DAILY;COUNT=3": ("Every day, 09:00–10:00, 3 times", "每天 09:00–10:00，共 3 次"),
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=3": (
        "Every workday, 09:00–10:00, 3 times",
        "每个工作日 09:00–10:00，共 3 次",
    ),
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=3": (
        "Every 2 weeks on Monday, Wednesday, 09:00–10:00, 3 times",
        "每 2 周的周一、周三 09:00–10:00，共 3 次",
    ),
    "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270131": (
        "Every month on the last Friday, 09:00–10:00, until 31 Jan 2027",
        "每月最后一个周五 09:00–10:00，至 2027 年 1 月 31 日",
    ),
    "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=1": (
        "Every month on day 15, 09:00–10:00, 1 time",
        "每月15 日 09:00–10:00，共 1 次",
    ),
    "FREQ=YEARLY;INTERVAL=2;COUNT=2": (
        "Every 2 years, 09:00–10:00, 2 times",
        "每 2 年 09:00–10:00，共 2 次",
    ),
}


@pytest.mark.parametrize("rule", WORDS)
def test_a_pattern_is_said_in_both_languages(rule):
    pattern = Pattern(canonical(rule), date(2027, 1, 6), time(9), time(10))
    said = []

    for language in ("en", "zh-hans"):
        with translation.override(language):
            said.append(in_words(pattern))

    assert tuple(said) == WORDS[rule]

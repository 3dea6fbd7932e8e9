"""On which days a series falls, and at what instants."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from district.rules import RuleViolation
from spaces.recurrence import Pattern, canonical

LONDON = ZoneInfo("Europe/London")


def pattern(rule, starts_on=date(2027, 1, 6), begins=time(9), ends=time(10)):
    return Pattern(canonical(rule), starts_on, begins, ends)


def test_days_follow_the_rule_from_the_first_that_fits():
    fortnightly = pattern("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20270203")

    assert fortnightly.days() == [
        date(2027, 1, 6),
        date(2027, 1, 18),
        date(2027, 1, 20),
        date(2027, 2, 1),
        date(2027, 2, 3),
    ]


def test_the_clock_on_the_wall_counts_across_daylight_saving():
    weekly = pattern("FREQ=WEEKLY;COUNT=2", date(2027, 3, 25))

    instants = [weekly.times(day, LONDON)[0] for day in weekly.days()]

    assert instants == [datetime(2027, 3, 25, 9, tzinfo=UTC), datetime(2027, 4, 1, 8, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        pytest.param(time(1, 30), time(3), ((1, 30), (2, 0)), id="starts in the gap"),
        pytest.param(time(0, 30), time(1, 30), ((0, 30), (1, 30)), id="ends in the gap"),
        pytest.param(time(1, 30), time(2), ((1, 30), (2, 0)), id="would end before it starts"),
    ],
)
def test_a_time_that_does_not_exist_comes_after_the_gap(begins, ends, expected):
    sunday = pattern("FREQ=DAILY;COUNT=1", date(2027, 3, 28), begins, ends)

    found = sunday.times(date(2027, 3, 28), LONDON)

    assert [(at.hour, at.minute) for at in found] == list(expected)


def test_a_repeated_hour_means_its_first_pass():
    sunday = pattern("FREQ=DAILY;COUNT=1", date(2027, 10, 31), time(1, 30), time(3))

    assert sunday.times(date(2027, 10, 31), LONDON) == (
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 3, tzinfo=UTC),
    )


def test_an_end_before_the_beginning_is_on_the_next_day():
    night = pattern("FREQ=DAILY;COUNT=1", begins=time(22), ends=time(2))

    starts_at, ends_at = night.times(date(2027, 1, 6), LONDON)

    assert (ends_at - starts_at).total_seconds() == 4 * 3600


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "series_rule"),
        ("every monday", "series_rule"),
        ("FREQ=HOURLY;COUNT=3", "series_rule"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=3", "series_rule"),
        ("FREQ=WEEKLY;INTERVAL=0;COUNT=3", "series_rule"),
        ("FREQ=WEEKLY;COUNT=-3", "series_rule"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20270101", "series_rule"),
        ("FREQ=WEEKLY;UNTIL=20271301", "series_rule"),
        ("FREQ=WEEKLY;BYDAY=MO", "series_endless"),
    ],
)
def test_rules_that_make_no_sense_are_refused(rule, code):
    with pytest.raises(RuleViolation) as refusal:
        canonical(rule)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=DAILY;UNTIL=20260101", "series_empty"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "series_empty"),
        ("FREQ=DAILY;UNTIL=20990101", "series_too_long"),
    ],
)
def test_patterns_without_dates_or_with_too_many_are_refused(rule, code):
    with pytest.raises(RuleViolation) as refusal:
        pattern(rule).days()

    assert refusal.value.code == code


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=3;COUNT=20",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=9",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,TH;UNTIL=20271231",
        "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=7",
        "FREQ=MONTHLY;BYDAY=-1FR;COUNT=12",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,TU;BYSETPOS=-1;COUNT=6",
        "FREQ=YEARLY;COUNT=3",
    ],
)
def test_a_pattern_cut_at_any_date_is_its_two_parts(rule):
    whole = pattern(rule)

    for day in whole.days()[1:]:
        before, after = whole.until(date.fromordinal(day.toordinal() - 1)), whole.since(day)
        assert before.days() + after.days() == whole.days()

"""Possible starts against each minute of the grid judged by itself, where the clocks change too."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from district.rules import RuleViolation
from spaces.localtime import instant
from spaces.models import Approval, BookingRules
from spaces.rules import broken_rules
from spaces.starts import Span, runs

ZONES = ("Asia/Shanghai", "Europe/London", "America/St_Johns", "Australia/Lord_Howe")
# Around the days of 2026 on which one of them changes its clocks.
DAYS = [
    date(2026, 3, 7),
    date(2026, 3, 28),
    date(2026, 4, 4),
    date(2026, 10, 3),
    date(2026, 10, 24),
]


def random_rules(chance: Random) -> BookingRules:
    grid = chance.choice([5, 15, 30, 60])

    def hours() -> list[list[int]]:
        if chance.random() < 0.3:
            return [[0, 1440]]
        edges = sorted(chance.sample(range(0, 1441, 15), 4))
        return [edges[:2], edges[2:]][: chance.randint(0, 2)]

    return BookingRules(
        district_id=1,
        opening={day: hours() for day in "1234567"},
        closures=[{"from": "2026-03-29", "to": "2026-03-29"}] if chance.random() < 0.2 else [],
        window_days=chance.randint(1, 5),
        notice_minutes=chance.choice([0, 20, 600]),
        min_minutes=grid,
        max_minutes=chance.choice([240, 1440, 3000]),
        grid_minutes=grid,
        approval=Approval.NEVER,
    )


def judged(rules: BookingRules, span: Span, zone: ZoneInfo, now: datetime) -> list[datetime]:
    found = []
    for day in span.days:
        for minute in range(span.from_minute, span.to_minute):
            wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
            try:
                at = instant(wall, zone).astimezone(UTC)
            except RuleViolation:
                continue
            if minute % 5 == 0:
                ends_at = at + timedelta(minutes=span.minutes)
                if not broken_rules(rules, at, ends_at, zone=zone, now=now):
                    found.append(at)
    return sorted(found)


@pytest.mark.parametrize("name", ZONES)
def test_runs_are_exactly_the_starts_that_the_rules_allow(name):
    zone = ZoneInfo(name)
    chance = Random(name)
    total = 0
    for _ in range(60):
        rules = random_rules(chance)
        first = chance.choice(DAYS)
        minutes = chance.choice([1, 1, 2, 3, 8, 26]) * chance.choice([rules.grid_minutes, 60])
        begins = chance.choice([0, 480, 725])
        span = Span(first, first + timedelta(days=2), minutes, begins, chance.choice([1440, 1080]))
        now = datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(
            minutes=chance.randint(-2000, 1500)
        )

        found = [
            run.first + number * timedelta(minutes=rules.grid_minutes)
            for run in runs(rules, span, zone=zone, now=now)
            for number in range((run.last - run.first) // timedelta(minutes=rules.grid_minutes) + 1)
        ]

        assert found == judged(rules, span, zone, now)
        total += len(found)
    assert total > 1000


def test_staff_are_offered_what_is_open_whatever_the_notice_and_the_length():
    rules = random_rules(Random(1))
    rules.opening = {day: [[480, 1200]] for day in "1234567"}
    rules.closures, rules.grid_minutes, rules.notice_minutes = [], 30, 600
    day, zone = date(2026, 6, 1), ZoneInfo("Asia/Shanghai")
    now = datetime(2026, 6, 1, 9, 10, tzinfo=zone)

    found = runs(rules, Span(day, day, 15), zone=zone, now=now, bound=False)

    assert [
        (run.first.astimezone(zone).strftime("%H:%M"), run.last.astimezone(zone).strftime("%H:%M"))
        for run in found
    ] == [("09:30", "19:30")]

"""The strip above the workbench: each figure exactly, and only of the spaces in reach."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from district.models import Role
from spaces.actions import occupancy
from spaces.actions.occupancy import Span
from spaces.cards import today_agenda
from spaces.models import BookingStatus, OccupancyKind
from spaces.vitals import vitals
from tests.factories import (
    BookingFactory,
    CommunityFactory,
    MembershipFactory,
    SpaceFactory,
    open_rules,
)

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai


@pytest.fixture(autouse=True)
def _in_shanghai():
    with (
        time_machine.travel(NOW, tick=False),
        timezone.override("Asia/Shanghai"),
        translation.override("en"),
    ):
        yield


@pytest.fixture
def space(district):
    """Open eight hours a day."""
    opening = {str(day): [[9 * 60, 17 * 60]] for day in range(1, 8)}
    return SpaceFactory(rules=open_rules(opening=opening))


def shown(actor):
    found = vitals(SimpleNamespace(actor=actor))
    return {vital.label: vital for vital in found["vitals"]}


def held(space, days=0, hours=1, status=BookingStatus.CONFIRMED):
    starts_at = NOW + timedelta(days=days)
    ends_at = starts_at + timedelta(hours=hours)
    return BookingFactory(space=space, starts_at=starts_at, ends_at=ends_at, status=status)


def test_vitals_count_and_measure_each_of_fourteen_days(operator, space):
    held(space, hours=2)
    held(space, days=-1, hours=4)
    held(space, days=-13, hours=8)
    held(space, days=-14, hours=8)
    held(space, days=-1, hours=1, status=BookingStatus.CANCELLED)

    figures = shown(operator)

    bookings, use = figures["Bookings today"], figures["Use of opening hours"]
    assert (bookings.value, bookings.note) == (1, "2 in the last 7 days")
    assert list(bookings.trend) == [1, *[0] * 11, 1, 1]
    assert (use.value, list(use.trend)) == (25, [100, *[0] * 11, 50, 25])
    assert use.note == "12% over two weeks"


def test_vitals_say_what_waits_and_since_when(operator, space):
    assert shown(operator)["Waiting for approval"].note == "Nothing waits for you"
    held(space, days=1, status=BookingStatus.REQUESTED)

    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        waiting = shown(operator)["Waiting for approval"]

    assert (waiting.value, waiting.note) == (1, "The oldest came 3 hours ago")


def test_vitals_count_as_free_what_is_open_and_unclaimed(operator, space):
    SpaceFactory(rules=space.rules)
    SpaceFactory(rules=open_rules(opening={"2": [[13 * 60, 14 * 60]]}))
    later = Span(NOW + timedelta(hours=1), NOW + timedelta(hours=2))
    occupancy.claim(space, later, kind=OccupancyKind.BOOKING, source_id=space.pk)
    before = shown(operator)["Free right now"]
    running = Span(NOW - timedelta(minutes=30), NOW + timedelta(minutes=30))
    occupancy.claim(space, running, kind=OccupancyKind.BOOKING, source_id=space.pk)

    after = shown(operator)["Free right now"]

    assert (before.value, after.value, after.note) == (2, 1, "of 3 that can be booked")


def test_vitals_of_area_staff_stop_at_their_area(operator, space):
    near = CommunityFactory()
    own = SpaceFactory(building__community=near, rules=space.rules)
    held(own)
    held(space)
    staff = MembershipFactory(
        organization=operator.organization, role=Role.OPERATOR, community=near
    )

    figures = shown(staff)

    assert figures["Bookings today"].value == 1
    assert shown(operator)["Bookings today"].value == 2
    assert figures["Free right now"].note == "of 1 that can be booked"


@pytest.mark.parametrize("rows", [1, 20])
def test_vitals_ask_as_often_for_many_as_for_one(operator, space, rows):
    for _row in range(rows):
        held(SpaceFactory(rules=space.rules))

    with CaptureQueriesContext(connection) as queries:
        shown(operator)

    assert len(queries) == 4


def test_companies_see_no_vitals(tenant_member):
    assert vitals(SimpleNamespace(actor=tenant_member)) is None


def test_the_day_parts_what_runs_from_what_is_to_come(operator, tenant_member, space):
    running, later = held(space), held(space, hours=2)
    later.starts_at += timedelta(hours=3)
    later.ends_at += timedelta(hours=3)
    later.save()

    told = today_agenda(SimpleNamespace(actor=operator))
    own = today_agenda(SimpleNamespace(actor=tenant_member))

    assert (told["entries"], told["is_own"]) == ([running, None, later], False)
    assert (own["entries"], own["is_own"]) == ([], True)

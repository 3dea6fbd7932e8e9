"""Quotas under rush: counted exactly, and queued for before any leaf, so that nobody deadlocks."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError
from django.utils import timezone

from district.measuring.threads import at_once
from district.models import District, Membership, Role
from district.tenancy.scope import scope
from spaces.actions import blocking, booking, occupancy
from spaces.actions.blocking import Answer, Closing, block_spaces
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.occupancy import Span
from spaces.models import Booking, QuotaUse, Space
from tests.factories import (
    DistrictFactory,
    MembershipFactory,
    OrganizationFactory,
    SpaceFactory,
    open_rules,
)

pytestmark = pytest.mark.django_db(transaction=True)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def in_months(months: int, hour: int) -> datetime:
    """An hour of the tenth, so many months from now."""
    day = timezone.localdate(timezone=SHANGHAI).replace(day=1)
    for _ in range(months):
        day = (day + timedelta(days=32)).replace(day=1)
    return datetime(day.year, day.month, 10, hour, tzinfo=SHANGHAI)


@pytest.fixture
def quarter() -> District:
    return DistrictFactory()


@pytest.fixture
def member(quarter) -> Membership:
    with scope(quarter.pk):
        return MembershipFactory(role=Role.COMPANY_MEMBER)


@pytest.fixture
def staff(quarter) -> Membership:
    with scope(quarter.pk):
        return MembershipFactory(
            organization=OrganizationFactory(operating=True), role=Role.OPERATOR_ADMIN
        )


@pytest.fixture
def counted(quarter) -> Space:
    """A room whose use is counted against a quota."""
    with scope(quarter.pk):
        return SpaceFactory(rules=open_rules(quota_minutes_per_month=6000))


@pytest.fixture
def free(quarter) -> Space:
    with scope(quarter.pk):
        return SpaceFactory()


def deadlocks(quarter: District, *works: Callable[[], object]) -> int:
    """Do everything at once, each in a transaction; how many the database gave up."""
    given_up: list[str] = []

    def run(work: Callable[[], object]) -> None:
        try:
            with timezone.override(SHANGHAI), scope(quarter.pk):
                work()
        except OperationalError as error:
            given_up.append(str(error))

    at_once(len(works), run, works)
    assert all("deadlock detected" in message for message in given_up)
    return len(given_up)


def minutes_used(quarter: District) -> list[int]:
    with scope(quarter.pk):
        return list(QuotaUse.objects.order_by("month").values_list("minutes", flat=True))


@pytest.fixture
def moving(quarter, free, member) -> Booking:
    """A booking that counts in no quota yet."""
    with scope(quarter.pk):
        return book_space(free, Wish(in_months(1, 10), in_months(1, 11)), by=member)


@pytest.fixture
def close_and_book(quarter, moving, counted, member, staff) -> list[Callable[[], object]]:
    """The booking has to go into the counted room, which its company books at that moment."""
    closing = Closing(Span(in_months(1, 9), in_months(1, 12)), reason_en="New floor")
    answers = {moving.pk: Answer(counted, "New floor")}
    return [
        lambda: block_spaces([moving.space], closing, answers, by=staff),
        lambda: book_space(counted, Wish(in_months(1, 14), in_months(1, 16)), by=member),
    ]


def test_a_closing_queues_for_the_quota_of_where_a_booking_goes(
    quarter, counted, close_and_book, meet
):
    meet(occupancy, "lock_leaves")
    meet(booking, "use_quota")

    assert deadlocks(quarter, *close_and_book) == 0

    assert minutes_used(quarter) == [180]
    with scope(quarter.pk):
        assert Booking.objects.filter(space=counted).count() == 2


def test_without_that_queue_they_deadlock(quarter, close_and_book, meet, monkeypatch):
    meet(occupancy, "lock_leaves")
    meet(booking, "use_quota")
    monkeypatch.setattr(blocking, "lock_quotas", lambda shares: list(shares))

    assert deadlocks(quarter, *close_and_book) == 1


@pytest.fixture
def swap(quarter, counted, member) -> list[Callable[[], object]]:
    """Two bookings of one company move at the same moment, each into the other's month."""

    def booked(month: int, minutes: int) -> Booking:
        starts_at = in_months(month, 10)
        wish = Wish(starts_at, starts_at + timedelta(minutes=minutes))
        return book_space(counted, wish, by=member)

    def moved(row: Booking, month: int) -> object:
        starts_at = in_months(month, 15)
        ends_at = starts_at + timedelta(minutes=row.minutes)
        return reschedule_booking(row, counted, starts_at, ends_at, by=member)

    with scope(quarter.pk), timezone.override(SHANGHAI):
        early, late = booked(1, 60), booked(2, 120)
    return [lambda: moved(early, 2), lambda: moved(late, 1)]


def test_two_moves_that_cross_months_are_counted_exactly(quarter, swap, meet):
    meet(booking, "count_use")

    assert deadlocks(quarter, *swap) == 0

    assert minutes_used(quarter) == [120, 60]


def test_without_locking_both_months_first_they_deadlock(quarter, swap, meet, monkeypatch):
    meet(booking, "count_use")
    monkeypatch.setattr(booking, "lock_quotas", lambda shares: list(shares))

    assert deadlocks(quarter, *swap) == 1

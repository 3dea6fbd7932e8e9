"""The last second: somebody checks in while the sweep releases; one of them wins, never both."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from district.measuring.threads import at_once
from district.models import Activity, District, Membership, Role
from district.rules import RuleViolation
from district.tenancy.scope import scope
from spaces.actions import check_in, sweeping
from spaces.actions.check_in import check_in_booking, extend_booking
from spaces.actions.sweeping import release_unused, sweep_bookings
from spaces.models import Booking, BookingStatus, Occupancy, OccupancyKind, Strike
from tests.factories import (
    BookingFactory,
    DistrictFactory,
    MembershipFactory,
    SpaceFactory,
    open_rules,
)

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = {"booking.checked_in", "booking.no_show"}


@pytest.fixture
def quarter() -> District:
    return DistrictFactory()


@pytest.fixture
def member(quarter) -> Membership:
    with scope(quarter.pk):
        return MembershipFactory(role=Role.COMPANY_MEMBER)


def late(member: Membership, count: int = 1) -> list[Booking]:
    """Bookings whose grace has just passed, with their claims."""
    starts_at = timezone.now() - timedelta(minutes=16)
    rules = open_rules(check_in_minutes=15, strike_limit=3)
    rows = [
        BookingFactory(
            space=SpaceFactory(rules=rules),
            organization=member.organization,
            person=member.person,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            status=BookingStatus.CONFIRMED,
        )
        for _ in range(count)
    ]
    for row in rows:
        check_in.occupancy.claim(
            row.space,
            check_in.occupancy.span_of(row),
            kind=OccupancyKind.BOOKING,
            source_id=row.pk,
        )
    return rows


def race(quarter: District, booking: Booking, by: Membership) -> set[str]:
    """The sweep and a check-in at the same moment; what the ledger says happened."""

    def enter() -> None:
        with scope(quarter.pk), suppress(RuleViolation):
            check_in_booking(booking, by=by)

    def sweep() -> None:
        with scope(quarter.pk):
            release_unused(timezone.now())

    at_once(2, lambda work: work(), [enter, sweep])
    with scope(quarter.pk):
        return set(Activity.objects.values_list("verb", flat=True)) & BOTH


def test_a_check_in_at_the_last_second_and_the_sweep_do_not_both_win(quarter, member, meet):
    with scope(quarter.pk):
        [booking] = late(member)
    meet(check_in, "lock_booking")
    meet(sweeping, "_due")

    won = race(quarter, booking, member)

    assert len(won) == 1
    with scope(quarter.pk):
        row = Booking.objects.get()
        assert (row.status, Strike.objects.count()) in [("checked_in", 0), ("no_show", 1)]
        held = Occupancy.objects.get().ends_at == row.ends_at
        assert held == (row.status == BookingStatus.CHECKED_IN)


def test_without_the_lock_both_would(quarter, member, meet, monkeypatch):
    with scope(quarter.pk):
        [booking] = late(member)

    def only_read(row: Booking) -> Booking:
        return Booking.objects.select_related("space__building", "rules").get(pk=row.pk)

    monkeypatch.setattr(check_in, "lock_booking", only_read)
    meet(check_in, "lock_booking")
    meet(sweeping, "_due")

    assert race(quarter, booking, member) == BOTH


def test_a_booking_that_somebody_holds_is_left_for_the_next_sweep(quarter, member):
    with scope(quarter.pk):
        held, free = late(member, 2)
    done: list[int] = []

    def sweep(_item: object) -> None:
        done.append(sweep_bookings(quarter))

    with scope(quarter.pk):
        check_in.lock_booking(held)
        at_once(1, sweep, [None])
    at_once(1, sweep, [None])

    assert done == [1, 1]
    with scope(quarter.pk):
        assert set(Booking.objects.values_list("status", flat=True)) == {"no_show"}
        assert {row.booking_id for row in Strike.objects.all()} == {held.pk, free.pk}


def test_two_sweeps_at_once_release_each_once(quarter, member):
    with scope(quarter.pk):
        late(member, 6)

    at_once(2, lambda _item: sweep_bookings(quarter), [1, 2])

    with scope(quarter.pk):
        assert Activity.objects.filter(verb="booking.no_show").count() == 6
        assert Strike.objects.count() == 6


def test_two_who_want_the_same_half_hour_do_not_both_get_it(quarter, member):
    """One extends into it while another books it: the ledger judges."""
    with scope(quarter.pk):
        [booking] = late(member)
        check_in_booking(booking, by=member)
    later = booking.ends_at + timedelta(minutes=30)
    won: list[str] = []

    def extend() -> None:
        with scope(quarter.pk):
            extend_booking(booking, later, by=member)
        won.append("extended")

    def book() -> None:
        with scope(quarter.pk):
            span = check_in.occupancy.Span(booking.ends_at, later)
            check_in.occupancy.claim(
                booking.space, span, kind=OccupancyKind.EVENT, source_id=member.pk
            )
        won.append("booked")

    def attempt(work: Callable[[], None]) -> None:
        with suppress(RuleViolation):
            work()

    at_once(2, attempt, [extend, book])

    assert len(won) == 1

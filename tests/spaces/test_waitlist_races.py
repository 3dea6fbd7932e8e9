"""Two want what became free, in the same moment: each race, and the same without its control."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from district.models import District
from district.rules import RuleViolation
from district.tenancy.scope import scope
from spaces.actions import healing, holds, occupancy, offers, waitlist
from spaces.actions.booking import Wish, book_space
from spaces.actions.decisions import cancel_booking
from spaces.actions.healing import heal
from spaces.actions.holds import hold_slot
from spaces.actions.waitlist import join_waitlist, leave_waitlist, take_offer
from spaces.models import Booking, Hold, Space, WaitlistEntry, WaitStatus
from tests.factories import DistrictFactory, MembershipFactory, SpaceFactory

pytestmark = pytest.mark.django_db(transaction=True)

START = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
WISH = Wish(START, START + timedelta(hours=1))


def together(district: District, *works: Callable[[], Any]) -> list[str]:
    """Each in a thread and a transaction of its own, at the same moment; how each fared."""

    def one(work: Callable[[], Any]) -> str:
        try:
            with scope(district.pk):
                work()
            return "done"
        except RuleViolation as violation:
            return violation.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def meeting(parties: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes a step wait, before it is taken, until all parties have come to it; not for ever."""
    barrier = threading.Barrier(parties, timeout=3)

    def late(step: Callable[..., Any]) -> Callable[..., Any]:
        def wait(*args: Any, **more: Any) -> Any:
            with suppress(threading.BrokenBarrierError):
                barrier.wait()
            return step(*args, **more)

        return wait

    return late


@pytest.fixture
def quarter() -> District:
    return DistrictFactory()


def taken_room() -> tuple[Space, Booking, Any]:
    room, booker = SpaceFactory(), MembershipFactory()
    return room, book_space(room, WISH, by=booker), booker


def cancel_while_somebody_joins(quarter: District) -> str:
    """What becomes of an entry made in the moment in which the slot is given back."""
    with scope(quarter.pk):
        room, booking, booker = taken_room()
        waiter = MembershipFactory()
    together(
        quarter,
        lambda: cancel_booking(booking, by=booker),
        lambda: join_waitlist(room, WISH, by=waiter),
    )
    with scope(quarter.pk):
        entry = WaitlistEntry.objects.filter(person=waiter.person).first()
        return (
            "booked at once"
            if entry is None
            else ("kept" if Hold.objects.kept().exists() else "forgotten")
        )


def test_whoever_joins_while_the_slot_is_given_back_is_not_forgotten(quarter):
    ends = {cancel_while_somebody_joins(quarter) for _ in range(6)}

    assert ends <= {"kept", "booked at once"}


def test_without_the_lock_of_the_leaves_they_are(quarter, monkeypatch):
    late = meeting(2)
    monkeypatch.setattr(occupancy, "lock_leaves_of", occupancy.leaves_of)
    monkeypatch.setattr(WaitlistEntry.objects, "create", late(WaitlistEntry.objects.create))

    class Gone:
        """Those who wait are looked up; then, before anything goes, the other one joins."""

        def __init__(self, source_ids):
            self.freeing = real(source_ids)

        def __enter__(self):
            self.freeing.__enter__()
            late(lambda: None)()

        def __exit__(self, *error):
            return self.freeing.__exit__(*error)

    real = occupancy.freeing
    monkeypatch.setattr(occupancy, "freeing", Gone)

    assert cancel_while_somebody_joins(quarter) == "forgotten"


def two_heal(quarter: District) -> list[str]:
    """Two workers woken for the same freed slot; the states of the two who wait for it."""
    with scope(quarter.pk):
        room, booking, booker = taken_room()
        entries = [join_waitlist(room, WISH, by=MembershipFactory()) for _ in range(2)]
        cancel_booking(booking, by=booker)

    def work(_number: int) -> None:
        try:
            heal(quarter)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    with scope(quarter.pk):
        return [WaitlistEntry.objects.get(pk=entry.pk).status for entry in entries]


def test_of_two_workers_one_offers_the_slot(quarter):
    for _ in range(3):
        assert two_heal(quarter) == [WaitStatus.OFFERED, WaitStatus.WAITING]


def test_without_the_locks_of_a_round_both_would(quarter, monkeypatch):
    late = meeting(2)
    monkeypatch.setattr(healing, "_alone", lambda district_id: True)
    monkeypatch.setattr(healing, "lock_leaves", lambda leaf_ids: None)
    monkeypatch.setattr(healing, "lock_entry", unlocked_entry)
    monkeypatch.setattr(healing, "terms_of", late(healing.terms_of))
    with scope(quarter.pk):
        room, booking, booker = taken_room()
        entry = join_waitlist(room, WISH, by=MembershipFactory())
        cancel_booking(booking, by=booker)

    def work(_number: int) -> None:
        try:
            heal(quarter)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))

    with scope(quarter.pk):
        assert Hold.objects.filter(entry=entry).count() == 2


def unlocked_entry(pk) -> WaitlistEntry:
    return WaitlistEntry.objects.select_related(
        "space__building", "space__rules", "rules", "client"
    ).get(pk=pk)


def offered(quarter: District) -> tuple[Any, WaitlistEntry]:
    with scope(quarter.pk):
        room, booking, booker = taken_room()
        waiter = MembershipFactory()
        entry = join_waitlist(room, WISH, by=waiter)
        cancel_booking(booking, by=booker)
    heal(quarter)
    with scope(quarter.pk):
        return waiter, WaitlistEntry.objects.get(pk=entry.pk)


def left_while_taken(quarter: District) -> tuple[set[str], str, int]:
    waiter, entry = offered(quarter)
    fared = together(
        quarter,
        lambda: take_offer(entry, by=waiter),
        lambda: leave_waitlist(entry, by=waiter),
    )
    with scope(quarter.pk):
        status = WaitlistEntry.objects.get(pk=entry.pk).status
        return set(fared), status, Booking.objects.filter(person=waiter.person).count()


def test_an_offer_is_either_taken_or_left(quarter):
    ends = [left_while_taken(quarter) for _ in range(4)]

    for fared, status, bookings in ends:
        assert (status, bookings) in [(WaitStatus.TAKEN, 1), (WaitStatus.LEFT, 0)]
        assert fared in ({"done", "status_not_allowed"}, {"done", "offer_over"})


def test_without_the_lock_of_the_entry_it_may_be_both(quarter, monkeypatch):
    late, move_to = meeting(2), WaitlistEntry.move_to

    def after_the_other(entry, status):
        """Whoever leaves has seen the offer open, and goes on once it has been taken."""
        until = time.monotonic() + 3
        taken = WaitlistEntry.objects.filter(pk=entry.pk, status=WaitStatus.TAKEN)
        while status == WaitStatus.LEFT and not taken.exists() and time.monotonic() < until:
            time.sleep(0.02)
        move_to(entry, status)

    monkeypatch.setattr(waitlist, "lock_entry", lambda pk: late(lambda: unlocked_entry(pk))())
    monkeypatch.setattr(WaitlistEntry, "move_to", after_the_other)

    assert left_while_taken(quarter) == ({"done"}, WaitStatus.LEFT, 1)


def expired_while_taken(quarter: District) -> tuple[str, int]:
    """The offer runs out between the look at the clock and the booking."""
    waiter, entry = offered(quarter)

    def run_out() -> None:
        WaitlistEntry.objects.filter(pk=entry.pk).update(offered_until=timezone.now())
        offers.expire_overdue(entry.pk)

    together(quarter, lambda: take_offer(entry, by=waiter), run_out)
    with scope(quarter.pk):
        status = WaitlistEntry.objects.get(pk=entry.pk).status
        return status, Booking.objects.filter(person=waiter.person).count()


def test_an_offer_that_runs_out_is_either_taken_or_over(quarter):
    ends = {expired_while_taken(quarter) for _ in range(4)}

    assert ends <= {(WaitStatus.TAKEN, 1), (WaitStatus.EXPIRED, 0)}


def hold_and_book(quarter: District) -> tuple[list[str], int, int]:
    with scope(quarter.pk):
        room = SpaceFactory()
        holder, booker = MembershipFactory(), MembershipFactory()
    fared = together(
        quarter,
        lambda: hold_slot(room, WISH, by=holder),
        lambda: book_space(room, WISH, by=booker),
    )
    with scope(quarter.pk):
        holding = Hold.objects.filter(space=room).count()
        return fared, holding, Booking.objects.filter(space=room).count()


def test_a_slot_is_either_held_or_booked(quarter):
    for _ in range(6):
        fared, held, booked = hold_and_book(quarter)

        assert (held, booked) in [(1, 0), (0, 1)]
        assert sorted(fared) in [["done", "occupancy_held"], ["done", "occupancy_no_overlap"]]


def test_without_the_lock_it_is_both(quarter, monkeypatch):
    late = meeting(2)
    monkeypatch.setattr(holds, "lock_leaves", lambda leaf_ids: None)
    monkeypatch.setattr(occupancy, "lock_leaves_of", occupancy.leaves_of)
    monkeypatch.setattr(occupancy, "_insert", late(occupancy._insert))
    monkeypatch.setattr(Hold.objects, "bulk_create", late(Hold.objects.bulk_create))

    _fared, held, booked = hold_and_book(quarter)

    assert (held, booked) == (1, 1)


def two_take(quarter: District) -> tuple[list[str], int]:
    """Two strangers reach for a slot the moment it becomes free, while somebody waits."""
    with scope(quarter.pk):
        room, booking, booker = taken_room()
        join_waitlist(room, WISH, by=MembershipFactory())
        rivals = [MembershipFactory() for _ in range(2)]
        cancel_booking(booking, by=booker)
    fared = together(quarter, *(lambda who=who: book_space(room, WISH, by=who) for who in rivals))
    with scope(quarter.pk):
        return fared, Booking.objects.filter(space=room, status="confirmed").count()


def test_nobody_snatches_what_somebody_waited_for(quarter):
    assert two_take(quarter) == (["occupancy_held", "occupancy_held"], 0)


def test_without_keeping_it_somebody_does(quarter, monkeypatch):
    monkeypatch.setattr(occupancy, "freeing", lambda source_ids: nullcontext())

    fared, booked = two_take(quarter)

    assert (sorted(fared), booked) == (["done", "occupancy_no_overlap"], 1)

"""A slot kept for whoever fills in its form: by whom, how long, and what others get to hear."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from district.measuring.queries import counted
from district.rules import RuleViolation
from spaces.actions.booking import Wish, book_space
from spaces.actions.holds import forget_old_holds, hold_slot, prolong_hold, release_hold
from spaces.actions.series import SeriesWish, book_series
from spaces.models import Booking, Hold, SpaceLeaf
from spaces.recurrence import Pattern
from tests.factories import MembershipFactory, SpaceFactory, open_rules

START = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
HOUR = timedelta(hours=1)
WISH = Wish(START, START + HOUR)


def later(hours: int) -> Wish:
    return Wish(START + hours * HOUR, START + (hours + 1) * HOUR)


def test_a_held_slot_is_refused_to_others_with_the_time_it_takes(tenant_member, stranger):
    room = SpaceFactory()

    hold_slot(room, WISH, by=tenant_member)
    with pytest.raises(RuleViolation) as refusal, translation.override("en"):
        book_space(room, WISH, by=stranger)

    assert refusal.value.code == "occupancy_held"
    assert str(refusal.value) == (
        "Somebody is booking this slot right now, free again in 5 minutes at the latest."
    )


def test_a_hold_is_used_up_by_its_owner(tenant_member):
    room = SpaceFactory()
    hold_slot(room, WISH, by=tenant_member)

    book_space(room, WISH, by=tenant_member)

    assert (Booking.objects.count(), Hold.objects.count()) == (1, 0)


def test_a_hold_covers_set_up_and_every_leaf(tenant_member):
    rules = open_rules(setup_minutes=15, cleanup_minutes=30)
    hall = SpaceFactory(is_leaf=False, rules=rules)
    halves = [SpaceFactory(parent=hall, building=hall.building, rules=rules) for _ in range(2)]
    SpaceLeaf.objects.bulk_create(SpaceLeaf(space=hall, leaf=half) for half in halves)

    hold_slot(hall, WISH, by=tenant_member)

    assert set(Hold.objects.values_list("space_id", "starts_at", "ends_at")) == {
        (half.pk, START - timedelta(minutes=15), START + HOUR + timedelta(minutes=30))
        for half in halves
    }


def test_a_person_holds_one_slot_at_a_time(tenant_member):
    rooms = [SpaceFactory(), SpaceFactory()]

    for room in rooms:
        hold_slot(room, WISH, by=tenant_member)

    assert list(Hold.objects.values_list("space_id", flat=True)) == [rooms[1].pk]


def test_loading_the_page_again_gains_no_time(tenant_member):
    room = SpaceFactory()
    first = hold_slot(room, WISH, by=tenant_member)

    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        again = hold_slot(room, WISH, by=tenant_member)

    assert again.expires_at == first.expires_at


def test_a_hold_ends_by_the_clock(tenant_member, stranger):
    room = SpaceFactory()
    hold_slot(room, WISH, by=tenant_member)

    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        book_space(room, WISH, by=stranger)

    assert Booking.objects.get().organization == stranger.organization
    assert Hold.objects.count() == 0


def test_a_slot_that_is_taken_or_held_cannot_be_held(tenant_member, stranger):
    room = SpaceFactory()
    book_space(room, WISH, by=stranger)
    hold_slot(room, later(2), by=stranger)

    codes = []
    for wish in (WISH, later(2)):
        with pytest.raises(RuleViolation) as refusal:
            hold_slot(room, wish, by=tenant_member)
        codes.append(refusal.value.code)

    assert codes == ["occupancy_no_overlap", "occupancy_held"]


def test_what_the_rules_refuse_is_not_held(tenant_member):
    with pytest.raises(RuleViolation) as refusal:
        hold_slot(SpaceFactory(), Wish(START, START + timedelta(minutes=20)), by=tenant_member)

    assert refusal.value.code == "booking_grid"
    assert Hold.objects.count() == 0


def test_a_hold_is_kept_longer_once(tenant_member):
    hold = hold_slot(SpaceFactory(), WISH, by=tenant_member)

    longer = prolong_hold(by=tenant_member)
    with pytest.raises(RuleViolation) as refusal:
        prolong_hold(by=tenant_member)

    assert longer.expires_at == hold.expires_at + timedelta(minutes=5)
    assert refusal.value.code == "hold_prolonged"


def test_a_hold_that_is_over_cannot_be_kept_longer(tenant_member):
    hold_slot(SpaceFactory(), WISH, by=tenant_member)

    with (
        time_machine.travel(timezone.now() + timedelta(minutes=6)),
        pytest.raises(RuleViolation) as refusal,
    ):
        prolong_hold(by=tenant_member)

    assert refusal.value.code == "hold_over"


def test_leaving_the_page_frees_the_slot(tenant_member, stranger):
    room = SpaceFactory()
    before = hold_slot(room, WISH, by=tenant_member)
    hold = hold_slot(room, later(1), by=tenant_member)

    freed = [release_hold(pk, by=tenant_member) for pk in (before.pk, hold.pk)]

    assert freed == [0, 1]
    assert book_space(room, later(1), by=stranger).status == "confirmed"


def test_holds_that_ended_long_ago_are_forgotten(tenant_member):
    hold_slot(SpaceFactory(), WISH, by=tenant_member)

    assert forget_old_holds() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert forget_old_holds() == 1


def test_a_series_does_not_take_a_date_that_is_held(tenant_member, stranger):
    room = SpaceFactory()
    hold_slot(room, WISH, by=stranger)
    day, zone = timezone.localtime(START, room.district.zone), room.district.zone
    pattern = Pattern(
        "FREQ=DAILY;COUNT=2", day.date(), day.time(), (START + HOUR).astimezone(zone).time()
    )

    series = book_series(SeriesWish(room, pattern), by=tenant_member)

    assert list(series.dates.order_by("on").values_list("state", flat=True)) == [
        "skipped",
        "booked",
    ]


def test_booking_takes_as_many_statements_while_others_hold_rooms(tenant_member):
    spent = []
    for hour in (0, 1):
        room = SpaceFactory()
        if hour:
            hold_slot(SpaceFactory(), WISH, by=MembershipFactory())
        with counted() as statements:
            book_space(room, WISH, by=tenant_member)
        spent.append(len(statements.of_the_page))

    assert spent == [6, 6]

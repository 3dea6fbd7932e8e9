"""Booking, decided and changed: what happens, what is refused, what the ledgers say."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from district.models import Activity
from district.rules import RuleViolation
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.decisions import cancel_booking, confirm_booking, decline_booking
from spaces.actions.search import Need, find_free
from spaces.models import BookingStatus, Occupancy, QuotaUse, SpaceLeaf
from tests.factories import SpaceFactory, open_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")


def tomorrow(hour: int, minute: int = 0) -> datetime:
    day = timezone.localdate(timezone=SHANGHAI) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def wish(start: int = 10, end: int = 11, **more: object) -> Wish:
    return Wish(tomorrow(start), tomorrow(end), **more)  # type: ignore[arg-type]


def verbs(subject: object) -> list[str]:
    rows = Activity.objects.filter(subject_id=subject.pk).order_by("id")  # type: ignore[attr-defined]
    return list(rows.values_list("verb", flat=True))


def test_book_space_confirms_and_claims_with_buffers(tenant_member):
    space = SpaceFactory(rules=open_rules(setup_minutes=15, cleanup_minutes=30))

    booking = book_space(space, wish(attendee_count=4), by=tenant_member)

    assert booking.status == BookingStatus.CONFIRMED
    assert booking.organization_id == tenant_member.organization_id
    claim = Occupancy.objects.get(source_id=booking.pk)
    assert (claim.starts_at, claim.ends_at) == (tomorrow(9, 45), tomorrow(11, 30))
    assert verbs(booking) == ["booking.confirmed"]


def test_book_space_freezes_price_and_rules(tenant_member):
    space = SpaceFactory(rules=open_rules(hourly_price=Decimal("80.00")))

    booking = book_space(space, Wish(tomorrow(10), tomorrow(11, 30)), by=tenant_member)
    space.rules = open_rules(hourly_price=Decimal("500.00"))
    space.save()
    booking.refresh_from_db()

    assert str(booking.price_amount) == "120.00"
    assert str(booking.rules.hourly_price) == "80.00"


def test_book_space_accepts_back_to_back(tenant_member, stranger):
    space = SpaceFactory()

    book_space(space, wish(10, 11), by=tenant_member)
    book_space(space, wish(11, 12), by=stranger)
    book_space(space, wish(9, 10), by=stranger)

    assert Occupancy.objects.filter(space=space).count() == 3


def test_book_space_refuses_what_is_taken_and_says_by_what(tenant_member, stranger):
    space = SpaceFactory()
    first = book_space(space, wish(10, 12), by=stranger)

    with pytest.raises(RuleViolation) as refusal:
        book_space(space, wish(11, 13), by=tenant_member)

    assert refusal.value.code == "occupancy_no_overlap"
    assert [row["source_id"] for row in refusal.value.details["in_the_way"]] == [first.pk]
    assert Occupancy.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "start", "end", "code"),
    [
        ({"notice_minutes": 3 * 24 * 60}, 10, 11, "booking_notice"),
        ({"window_days": 0}, 10, 11, "booking_window"),
        ({"opening": {}}, 10, 11, "booking_closed"),
        ({"max_minutes": 60}, 10, 12, "booking_duration"),
        ({"min_minutes": 120}, 10, 11, "booking_duration"),
        ({"audience": ["partners"]}, 10, 11, "booking_not_invited"),
        ({}, 11, 10, "booking_times_in_order"),
    ],
)
def test_book_space_refuses_what_the_rules_forbid(tenant_member, changes, start, end, code):
    space = SpaceFactory(rules=open_rules(**changes))

    with pytest.raises(RuleViolation) as refusal:
        book_space(space, wish(start, end), by=tenant_member)

    assert refusal.value.code == code
    assert not Occupancy.objects.exists()


def test_book_space_refuses_too_many_people(tenant_member):
    space = SpaceFactory(capacity=4)

    with pytest.raises(RuleViolation) as refusal:
        book_space(space, wish(attendee_count=5), by=tenant_member)

    assert refusal.value.code == "booking_capacity"


def test_book_space_refuses_the_past(tenant_member):
    space = SpaceFactory()
    yesterday = tomorrow(10) - timedelta(days=2)

    with pytest.raises(RuleViolation) as refusal:
        book_space(space, Wish(yesterday, yesterday + timedelta(hours=1)), by=tenant_member)

    assert refusal.value.code == "booking_in_past"


def test_book_space_counts_the_quota_of_the_month(tenant_member):
    space = SpaceFactory(rules=open_rules(quota_minutes_per_month=90))
    first = book_space(space, wish(10, 11), by=tenant_member)

    with pytest.raises(RuleViolation) as refusal:
        book_space(space, wish(12, 13), by=tenant_member)
    cancel_booking(first, by=tenant_member)
    book_space(space, wish(12, 13), by=tenant_member)

    assert refusal.value.code == "booking_quota"
    assert QuotaUse.objects.get().minutes == 60


def test_what_staff_move_still_counts_against_the_quota(tenant_member, operator):
    space = SpaceFactory(rules=open_rules(quota_minutes_per_month=90))
    booking = book_space(space, wish(10, 11), by=tenant_member)

    reschedule_booking(booking, space, tomorrow(14), tomorrow(16), by=operator)

    assert QuotaUse.objects.get().minutes == 120
    with pytest.raises(RuleViolation) as refusal:
        book_space(space, wish(10, 11), by=tenant_member)
    assert refusal.value.code == "booking_quota"


def test_a_whole_hall_excludes_its_parts_and_the_other_way_round(tenant_member, stranger):
    hall = SpaceFactory(is_leaf=False, capacity=120)
    halves = [SpaceFactory(parent=hall, building=hall.building) for _ in range(2)]
    SpaceLeaf.objects.bulk_create(SpaceLeaf(space=hall, leaf=half) for half in halves)

    book_space(hall, wish(10, 11), by=tenant_member)
    with pytest.raises(RuleViolation):
        book_space(halves[0], wish(10, 11), by=stranger)
    book_space(halves[1], wish(12, 13), by=stranger)
    with pytest.raises(RuleViolation):
        book_space(hall, wish(12, 13), by=tenant_member)

    assert Occupancy.objects.count() == 3


def test_a_request_waits_and_holds_its_slot_until_declined(tenant_member, stranger, operator):
    space = SpaceFactory(rules=open_rules(approval="always"))
    booking = book_space(space, wish(), by=tenant_member)
    with pytest.raises(RuleViolation):
        book_space(space, wish(), by=stranger)

    decline_booking(booking, "The hall is being painted.", by=operator)
    booking.refresh_from_db()

    assert booking.status == BookingStatus.DECLINED
    assert booking.decided_by == operator
    assert not Occupancy.objects.exists()
    assert verbs(booking) == ["booking.requested", "booking.declined"]


def test_confirm_booking_refuses_a_slot_taken_meanwhile(tenant_member, stranger, operator):
    """Two requests that do not hold their slot: only the first to be confirmed gets it."""
    rules = open_rules(approval="always", holds_when_requested=False)
    space = SpaceFactory(rules=rules)
    mine = book_space(space, wish(), by=tenant_member)
    theirs = book_space(space, wish(), by=stranger)
    confirm_booking(theirs, by=operator)

    with pytest.raises(RuleViolation) as refusal:
        confirm_booking(mine, by=operator)

    mine.refresh_from_db()
    assert refusal.value.code == "occupancy_no_overlap"
    assert mine.status == BookingStatus.REQUESTED


def test_decline_booking_wants_a_reason(tenant_member, operator):
    booking = book_space(
        SpaceFactory(rules=open_rules(approval="always")), wish(), by=tenant_member
    )

    with pytest.raises(RuleViolation) as refusal:
        decline_booking(booking, "  ", by=operator)

    assert refusal.value.code == "reason_missing"


def test_cancel_booking_frees_the_space(tenant_member, stranger):
    space = SpaceFactory()
    booking = book_space(space, wish(), by=tenant_member)

    cancel_booking(booking, by=tenant_member)
    book_space(space, wish(), by=stranger)

    booking.refresh_from_db()
    assert booking.status == BookingStatus.CANCELLED
    assert verbs(booking) == ["booking.confirmed", "booking.cancelled"]


def test_cancel_booking_keeps_to_the_notice(tenant_member, operator):
    rules = open_rules(cancellation="notice", cancellation_notice_minutes=3 * 24 * 60)
    booking = book_space(SpaceFactory(rules=rules), wish(), by=tenant_member)

    with pytest.raises(RuleViolation) as refusal:
        cancel_booking(booking, by=tenant_member)
    cancel_booking(booking, by=operator)

    assert refusal.value.code == "booking_cancellation"


def test_reschedule_booking_moves_the_claim(tenant_member):
    space, other = SpaceFactory(), SpaceFactory()
    booking = book_space(space, wish(10, 11), by=tenant_member)

    reschedule_booking(booking, other, tomorrow(14), tomorrow(16), by=tenant_member)

    claim = Occupancy.objects.get()
    assert (claim.space_id, claim.starts_at, claim.ends_at) == (
        other.pk,
        tomorrow(14),
        tomorrow(16),
    )
    assert verbs(booking) == ["booking.confirmed", "booking.rescheduled"]


def test_reschedule_booking_keeps_the_old_slot_when_the_new_one_is_taken(tenant_member, stranger):
    space = SpaceFactory()
    booking = book_space(space, wish(10, 11), by=tenant_member)
    book_space(space, wish(14, 15), by=stranger)

    with pytest.raises(RuleViolation):
        reschedule_booking(booking, space, tomorrow(14), tomorrow(15), by=tenant_member)

    booking.refresh_from_db()
    assert booking.starts_at == tomorrow(10)
    assert Occupancy.objects.get(source_id=booking.pk).starts_at == tomorrow(10)


def test_find_free_leaves_out_what_is_taken_too_small_or_lacks_features(tenant_member, stranger):
    free = SpaceFactory(capacity=6, features=["projector"])
    taken = SpaceFactory(capacity=6, features=["projector"])
    SpaceFactory(capacity=2, features=["projector"])
    SpaceFactory(capacity=6)
    book_space(taken, wish(10, 11), by=stranger)
    book_space(free, wish(15, 16), by=stranger)

    found = find_free(
        Need(tomorrow(10), tomorrow(11), people=4, features=["projector"]),
        by=tenant_member,
        zone=SHANGHAI,
    )

    assert [(item.space, item.free_until) for item in found] == [(free, tomorrow(15))]


def test_find_free_wants_all_parts_of_a_whole_and_respects_buffers(tenant_member, stranger):
    hall = SpaceFactory(is_leaf=False, capacity=100)
    half = SpaceFactory(parent=hall, building=hall.building, capacity=50)
    SpaceLeaf.objects.create(space=hall, leaf=half)
    tight = SpaceFactory(capacity=100, rules=open_rules(setup_minutes=60))
    book_space(half, wish(10, 11), by=stranger)
    book_space(tight, wish(8, 9), by=stranger)

    found = find_free(
        Need(tomorrow(9, 30), tomorrow(10, 30), people=80), by=tenant_member, zone=SHANGHAI
    )

    assert found == []


@pytest.mark.parametrize("rows", [1, 20])
def test_find_free_asks_the_same_number_of_queries(tenant_member, django_assert_num_queries, rows):
    for _ in range(rows):
        SpaceFactory()

    with django_assert_num_queries(4):
        found = find_free(Need(tomorrow(10), tomorrow(11)), by=tenant_member, zone=SHANGHAI)

    assert len(found) == rows

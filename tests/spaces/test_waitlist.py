"""Waiting for a slot: joining, offers in their order, taking, leaving, running out."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from district.measuring.queries import counted
from district.models import Activity, Role
from district.rules import RuleViolation
from district.tenancy.errors import violation_from
from spaces import permissions
from spaces.actions import waitlist
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.decisions import cancel_booking
from spaces.actions.healing import heal
from spaces.actions.holds import hold_slot
from spaces.actions.waitlist import join_waitlist, leave_waitlist, take_offer
from spaces.models import Booking, Hold, Space, SpaceLeaf, WaitlistEntry, WaitStatus
from tests.factories import (
    ApiClientFactory,
    MembershipFactory,
    SpaceFactory,
    WaitlistEntryFactory,
    open_rules,
)

START = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
HOUR = timedelta(hours=1)
WISH = Wish(START, START + HOUR, title="Board meeting")


def span(begins: int, ends: int, **more) -> Wish:
    return Wish(START + begins * HOUR, START + ends * HOUR, **more)


def verbs(subject) -> list[str]:
    rows = Activity.objects.filter(subject_id=subject.pk).order_by("id")
    return list(rows.values_list("verb", flat=True))


def code(action, *args, **kwargs) -> str:
    with pytest.raises(RuleViolation) as refusal:
        action(*args, **kwargs)
    return refusal.value.code


def taken_room(by, wish: Wish = WISH, **changes) -> tuple[Space, Booking]:
    room = SpaceFactory(rules=open_rules(**changes))
    return room, book_space(room, wish, by=by)


def hall_with_halves() -> list[Space]:
    hall = SpaceFactory(is_leaf=False)
    halves = [SpaceFactory(parent=hall, building=hall.building) for _ in range(2)]
    SpaceLeaf.objects.bulk_create(SpaceLeaf(space=hall, leaf=half) for half in halves)
    return [hall, *halves]


def status_of(*entries: WaitlistEntry) -> list[str]:
    found = WaitlistEntry.objects.in_bulk([entry.pk for entry in entries])
    return [found[entry.pk].status for entry in entries]


def test_join_waitlist_enters_whoever_finds_the_slot_taken(tenant_member, stranger):
    room, _booking = taken_room(stranger)

    entry = join_waitlist(room, WISH, by=tenant_member)

    assert (entry.status, entry.organization, entry.person, entry.title) == (
        WaitStatus.WAITING,
        tenant_member.organization,
        tenant_member.person,
        "Board meeting",
    )
    assert verbs(entry) == ["waitlist.joined"]


def test_a_free_slot_is_booked_and_not_waited_for(tenant_member):
    assert code(join_waitlist, SpaceFactory(), WISH, by=tenant_member) == "waitlist_free"


def test_one_waits_for_a_slot_that_somebody_is_booking(tenant_member, stranger):
    room = SpaceFactory()
    hold_slot(room, WISH, by=stranger)

    entry = join_waitlist(room, WISH, by=tenant_member)

    assert entry.status == WaitStatus.WAITING


def test_one_waits_once_for_a_slot(tenant_member, stranger):
    room, _booking = taken_room(stranger)
    join_waitlist(room, WISH, by=tenant_member)

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        join_waitlist(room, WISH, by=tenant_member)

    with translation.override("en"):
        broken = violation_from(error.value)
        assert broken is not None
        assert (broken.code, str(broken)) == (
            "waitlistentry_once",
            "You are on the waitlist for this time already.",
        )


def test_an_organisation_waits_for_a_few_slots_at_a_time(tenant_member, stranger, monkeypatch):
    monkeypatch.setattr(waitlist, "MOST_WAITING", 2)
    room, _booking = taken_room(stranger, span(0, 4))
    for hour in range(2):
        join_waitlist(room, span(hour, hour + 1), by=tenant_member)

    assert code(join_waitlist, room, span(2, 3), by=tenant_member) == "waitlist_full"


def test_what_the_rules_refuse_is_not_waited_for(tenant_member, stranger):
    room, _booking = taken_room(stranger)

    assert code(join_waitlist, room, span(0, 30), by=tenant_member) == "booking_duration"


def test_staff_have_no_turn(operator, stranger):
    room, _booking = taken_room(stranger)

    assert code(join_waitlist, room, WISH, by=operator) == "waitlist_not_yours"


def test_a_freed_slot_is_offered_to_the_first_and_kept_for_them(tenant_member, stranger, district):
    room, booking = taken_room(stranger)
    first = join_waitlist(room, WISH, by=tenant_member)
    second = join_waitlist(room, WISH, by=MembershipFactory())

    cancel_booking(booking, by=stranger)
    before = code(book_space, room, WISH, by=stranger)
    served = heal(district)

    assert before == "occupancy_held"
    assert served == 1
    assert status_of(first, second) == [WaitStatus.OFFERED, WaitStatus.WAITING]
    assert code(book_space, room, WISH, by=stranger) == "occupancy_held"
    assert verbs(first) == ["waitlist.joined", "waitlist.offered"]
    assert list(Hold.objects.values_list("person_id", "entry_id")) == [
        (tenant_member.person_id, first.pk)
    ]


def test_an_offer_stands_half_an_hour_but_not_beyond_the_notice(tenant_member, stranger, district):
    soon = (timezone.now() + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    wish = Wish(soon, soon + HOUR)
    spans = []
    for changes in ({}, {"notice_minutes": 55}, {"offer_minutes": 10}):
        room, booking = taken_room(stranger, wish, **changes)
        entry = join_waitlist(room, wish, by=tenant_member)
        cancel_booking(booking, by=stranger)
        now = timezone.now()
        heal(district)
        entry.refresh_from_db()
        spans.append((entry.offered_until, now, changes))

    for until, now, changes in spans:
        usual = now + timedelta(minutes=changes.get("offer_minutes", 30))
        last = soon - timedelta(minutes=changes.get("notice_minutes", 0))
        assert abs(until - min(usual, last)) < timedelta(seconds=5)


def test_take_offer_books_under_the_rules_of_the_offer(tenant_member, stranger, district):
    room, booking = taken_room(stranger, hourly_price=Decimal(80))
    entry = join_waitlist(room, WISH, by=tenant_member)
    cancel_booking(booking, by=stranger)
    heal(district)
    room.rules = open_rules(hourly_price=Decimal(500))
    room.save()
    entry.refresh_from_db()

    made = take_offer(entry, by=tenant_member)

    entry.refresh_from_db()
    assert (entry.status, entry.booking) == (WaitStatus.TAKEN, made)
    assert (made.title, made.price_amount, made.status) == ("Board meeting", 80, "confirmed")
    assert Hold.objects.count() == 0
    assert verbs(entry)[-1] == "waitlist.taken"


def test_an_offer_that_ran_out_goes_to_the_next(tenant_member, stranger, district):
    room, booking = taken_room(stranger)
    first = join_waitlist(room, WISH, by=tenant_member)
    second = join_waitlist(room, WISH, by=MembershipFactory())
    cancel_booking(booking, by=stranger)
    heal(district)

    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        late = code(take_offer, first, by=tenant_member)
        stolen = code(book_space, room, WISH, by=stranger)
        heal(district)

    assert (late, stolen) == ("offer_over", "occupancy_held")
    assert status_of(first, second) == [WaitStatus.EXPIRED, WaitStatus.OFFERED]


def test_leaving_passes_the_offer_on(tenant_member, stranger, district):
    room, booking = taken_room(stranger)
    first = join_waitlist(room, WISH, by=tenant_member)
    second = join_waitlist(room, WISH, by=MembershipFactory())
    cancel_booking(booking, by=stranger)
    heal(district)

    leave_waitlist(first, by=tenant_member)
    between = code(book_space, room, WISH, by=stranger)
    heal(district)

    assert between == "occupancy_held"
    assert status_of(first, second) == [WaitStatus.LEFT, WaitStatus.OFFERED]
    assert code(leave_waitlist, first, by=tenant_member) == "status_not_allowed"


def test_what_nobody_wants_is_free_after_all_had_their_turn(tenant_member, stranger, district):
    room, booking = taken_room(stranger, span(0, 3))
    entry = join_waitlist(room, span(0, 1), by=tenant_member)

    cancel_booking(booking, by=stranger)
    heal(district)

    assert status_of(entry) == [WaitStatus.OFFERED]
    assert book_space(room, span(1, 3), by=stranger).status == "confirmed"


def test_nothing_is_kept_where_nobody_waits(tenant_member, stranger):
    room, _booking = taken_room(stranger)
    join_waitlist(room, WISH, by=tenant_member)
    other, unwanted = taken_room(stranger)

    with counted() as statements:
        cancel_booking(unwanted, by=stranger)

    assert Hold.objects.count() == 0
    assert book_space(other, WISH, by=stranger).status == "confirmed"
    assert len(statements.of_the_page) == 9


def test_a_dead_worker_blocks_nobody_for_long(tenant_member, stranger):
    room, booking = taken_room(stranger)
    join_waitlist(room, WISH, by=tenant_member)
    cancel_booking(booking, by=stranger)

    with time_machine.travel(timezone.now() + timedelta(minutes=2, seconds=1)):
        made = book_space(room, WISH, by=stranger)

    assert made.status == "confirmed"


@pytest.mark.parametrize("way", ["moved", "shortened"])
def test_what_a_move_gives_up_is_offered(tenant_member, stranger, district, way):
    room, booking = taken_room(stranger, span(0, 2))
    entry = join_waitlist(room, span(1, 2), by=tenant_member)
    target = {"moved": (span(3, 5)), "shortened": span(0, 1)}[way]

    moved = reschedule_booking(booking, room, target.starts_at, target.ends_at, by=stranger)
    heal(district)

    assert status_of(entry) == [WaitStatus.OFFERED]
    assert (
        reschedule_booking(moved, room, target.starts_at, target.ends_at, by=stranger).starts_at
        == target.starts_at
    )


def test_what_was_free_before_is_kept_too_for_whoever_wants_more(tenant_member, stranger, district):
    room, booking = taken_room(stranger, span(0, 1))
    entry = join_waitlist(room, span(0, 2), by=tenant_member)

    cancel_booking(booking, by=stranger)
    beside = code(book_space, room, span(1, 2), by=stranger)
    heal(district)

    assert beside == "occupancy_held"
    assert status_of(entry) == [WaitStatus.OFFERED]


def test_nothing_is_kept_while_something_is_still_in_the_way(tenant_member, stranger):
    hall, left, right = hall_with_halves()
    bookings = [book_space(half, WISH, by=stranger) for half in (left, right)]
    join_waitlist(hall, WISH, by=tenant_member)

    cancel_booking(bookings[0], by=stranger)

    assert book_space(left, WISH, by=stranger).status == "confirmed"


def test_whoever_wants_the_whole_hall_waits_until_both_halves_are_free(
    tenant_member, stranger, district
):
    hall, left, right = hall_with_halves()
    bookings = [book_space(half, WISH, by=stranger) for half in (left, right)]
    whole = join_waitlist(hall, WISH, by=tenant_member)
    half = join_waitlist(left, WISH, by=MembershipFactory())

    cancel_booking(bookings[1], by=stranger)
    heal(district)
    first = status_of(whole, half)
    cancel_booking(bookings[0], by=stranger)
    heal(district)

    assert first == [WaitStatus.WAITING, WaitStatus.WAITING]
    assert status_of(whole, half) == [WaitStatus.OFFERED, WaitStatus.WAITING]
    assert Hold.objects.filter(entry=whole).count() == 2


def test_seats_of_an_area_are_offered_when_enough_are_free(tenant_member, stranger, district):
    rules = open_rules()
    area = SpaceFactory(is_leaf=False, capacity=3, rules=rules)
    seats = [
        SpaceFactory(parent=area, building=area.building, capacity=1, rules=rules) for _ in range(3)
    ]
    SpaceLeaf.objects.bulk_create(SpaceLeaf(space=area, leaf=seat) for seat in seats)
    one, two = (
        book_space(area, span(0, 1, seat_count=n, attendee_count=n), by=stranger) for n in (1, 2)
    )
    entry = join_waitlist(area, span(0, 1, seat_count=2, attendee_count=2), by=tenant_member)

    cancel_booking(one, by=stranger)
    heal(district)
    first = status_of(entry)
    cancel_booking(two, by=stranger)
    heal(district)
    entry.refresh_from_db()
    made = take_offer(entry, by=tenant_member)

    assert first == [WaitStatus.WAITING]
    assert Hold.objects.filter(entry=entry).count() == 0
    assert (made.seat_count, made.claims_leaves) == (2, True)


def test_waiting_ends_when_it_is_too_late_or_the_space_has_gone(tenant_member, stranger, district):
    room, _booking = taken_room(stranger, notice_minutes=60)
    entry = join_waitlist(room, WISH, by=tenant_member)
    gone, _other = taken_room(stranger)
    of_gone = join_waitlist(gone, WISH, by=tenant_member)
    Space.objects.filter(pk=gone.pk).update(ended_at=timezone.now())

    heal(district)
    first = status_of(entry, of_gone)
    with time_machine.travel(START - timedelta(minutes=60)):
        heal(district)

    assert first == [WaitStatus.WAITING, WaitStatus.EXPIRED]
    assert status_of(entry) == [WaitStatus.EXPIRED]


def test_nobody_is_offered_what_they_may_no_longer_book(tenant_member, stranger, district):
    room, booking = taken_room(stranger)
    first = join_waitlist(room, WISH, by=tenant_member)
    second = join_waitlist(room, WISH, by=MembershipFactory())
    tenant_member.ended_at = timezone.now()
    tenant_member.save()

    cancel_booking(booking, by=stranger)
    heal(district)

    assert status_of(first, second) == [WaitStatus.EXPIRED, WaitStatus.OFFERED]


def test_a_program_waits_and_takes(stranger, district):
    program = ApiClientFactory(scopes=["bookings:read", "bookings:write"])
    room, booking = taken_room(stranger)
    entry = join_waitlist(room, WISH, by=program)
    cancel_booking(booking, by=stranger)
    heal(district)
    entry.refresh_from_db()

    made = take_offer(entry, by=program)

    assert (made.source, made.organization) == ("api", program.organization)


def test_an_offer_does_not_let_its_owner_book_around_it(tenant_member, stranger, district):
    room, booking = taken_room(stranger, span(0, 2))
    join_waitlist(room, span(0, 2), by=tenant_member)
    cancel_booking(booking, by=stranger)
    heal(district)

    assert code(book_space, room, span(0, 1), by=tenant_member) == "occupancy_held"


def test_many_are_served_in_the_order_in_which_they_joined(tenant_member, stranger, district):
    room, booking = taken_room(stranger, span(0, 4))
    entries = [
        join_waitlist(room, span(*hours), by=MembershipFactory())
        for hours in ((0, 2), (1, 3), (2, 3), (3, 4), (2, 4))
    ]

    cancel_booking(booking, by=stranger)
    heal(district)

    offered, waiting = WaitStatus.OFFERED, WaitStatus.WAITING
    assert status_of(*entries) == [offered, waiting, offered, offered, waiting]


@pytest.mark.parametrize(
    ("role", "own_person", "own_company", "may"),
    [
        (Role.COMPANY_MEMBER, True, True, (True, True)),
        (Role.COMPANY_MEMBER, False, True, (False, False)),
        (Role.COMPANY_ADMIN, False, True, (False, True)),
        (Role.COMPANY_ADMIN, False, False, (False, False)),
        (Role.PARTNER, False, True, (False, True)),
        (Role.OPERATOR_ADMIN, False, False, (False, True)),
        (Role.AUDITOR, False, False, (False, False)),
    ],
)
def test_who_may_take_and_leave(district, role, own_person, own_company, may):
    entry = WaitlistEntryFactory(waiting_person=True)
    more = {"organization": entry.organization} if own_company else {}
    more |= {"person": entry.person} if own_person else {}
    actor = MembershipFactory(role=role, **more)

    assert (
        permissions.can_take_offer(actor, entry),
        permissions.can_leave_waitlist(actor, entry),
    ) == may

"""A booking while it is in use: checked in, ended, extended, released when nobody comes."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from district.actors import System
from district.models import Activity, Membership, Role
from district.rules import RuleViolation
from spaces import permissions
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.check_in import (
    check_in_booking,
    end_booking,
    extend_booking,
    mark_no_show,
    next_end,
    note_presence,
    use_now,
)
from spaces.actions.decisions import cancel_booking
from spaces.actions.occupancy import Span
from spaces.actions.sweeping import complete_over, release_unused, remind_to_check_in
from spaces.models import Booking, BookingStatus, Occupancy, QuotaUse, Space, Strike
from tests.factories import BookingFactory, CommunityFactory, MembershipFactory, SpaceFactory
from tests.factories import open_rules as rules_of

ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 10, 9, tzinfo=ZONE)
TEN, ELEVEN = MORNING + timedelta(hours=1), MORNING + timedelta(hours=2)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock():
    """Nine in the morning; `clock.move_to` goes on."""
    with (
        timezone.override(ZONE),
        translation.override("en"),
        time_machine.travel(MORNING, tick=False) as traveller,
    ):
        yield traveller


@pytest.fixture
def room(district) -> Space:
    rules = rules_of(check_in_minutes=15, cleanup_minutes=5, strike_limit=3)
    return SpaceFactory(rules=rules)


@pytest.fixture
def booking(room, tenant_member) -> Booking:
    """From ten to eleven."""
    return book_space(room, Wish(TEN, ELEVEN), by=tenant_member)


def refused(act, *args, **kwargs) -> str:
    with pytest.raises(RuleViolation) as refusal:
        act(*args, **kwargs)
    return refusal.value.code


def claims() -> list[Span]:
    rows = Occupancy.objects.order_by("starts_at").values_list("starts_at", "ends_at")
    return [Span(*row) for row in rows]


def verbs(booking: Booking) -> list[str]:
    rows = Activity.objects.filter(subject_id=booking.pk).order_by("id")
    return list(rows.values_list("verb", flat=True))


def test_check_in_opens_a_quarter_of_an_hour_before(booking, tenant_member, clock):
    clock.move_to(TEN - 16 * MINUTE)
    assert refused(check_in_booking, booking, by=tenant_member) == "check_in_too_early"

    clock.move_to(TEN - 15 * MINUTE)
    checked = check_in_booking(booking, by=tenant_member)

    assert (checked.status, checked.checked_in_at) == ("checked_in", TEN - 15 * MINUTE)
    assert verbs(booking) == ["booking.confirmed", "booking.checked_in"]


def test_check_in_is_possible_until_it_is_released_or_over(booking, tenant_member, clock):
    clock.move_to(TEN + 40 * MINUTE)
    assert booking.can_be_checked_in(TEN + 40 * MINUTE)
    clock.move_to(ELEVEN)
    assert refused(check_in_booking, booking, by=tenant_member) == "booking_over"

    clock.move_to(TEN + 20 * MINUTE)
    assert release_unused(TEN + 20 * MINUTE) == 1

    assert refused(check_in_booking, booking, by=tenant_member) == "booking_released"


def test_a_request_and_one_in_use_cannot_be_checked_in(booking, room, tenant_member, clock):
    asked = BookingFactory(space=room, starts_at=TEN, ends_at=ELEVEN)
    clock.move_to(TEN)
    check_in_booking(booking, by=tenant_member)

    assert refused(check_in_booking, booking, by=tenant_member) == "status_not_allowed"
    assert refused(check_in_booking, asked, by=tenant_member) == "status_not_allowed"


def test_ending_gives_back_the_rest_and_its_minutes(tenant_member, clock):
    room = SpaceFactory(
        rules=rules_of(check_in_minutes=15, cleanup_minutes=5, quota_minutes_per_month=600)
    )
    booking = book_space(room, Wish(TEN, ELEVEN), by=tenant_member)
    clock.move_to(TEN)
    check_in_booking(booking, by=tenant_member)
    left = TEN + timedelta(minutes=20, seconds=30)
    clock.move_to(left)

    ended = end_booking(booking, by=tenant_member)

    assert (ended.status, ended.ends_at) == (BookingStatus.COMPLETED, left)
    assert claims() == [Span(TEN, left + 5 * MINUTE)]
    assert QuotaUse.objects.get().minutes == 20
    change = Activity.objects.get(verb="booking.ended").data["changes"]
    assert [datetime.fromisoformat(at) for at in change["ends_at"]] == [ELEVEN, left]


def test_what_has_not_begun_or_is_over_is_not_ended(booking, tenant_member, clock):
    assert refused(end_booking, booking, by=tenant_member) == "booking_not_begun"
    clock.move_to(ELEVEN)
    assert refused(end_booking, booking, by=tenant_member) == "booking_over"


def test_who_checked_in_early_may_still_cancel_before_it_begins(booking, tenant_member, clock):
    clock.move_to(TEN - 5 * MINUTE)
    check_in_booking(booking, by=tenant_member)

    cancel_booking(booking, by=tenant_member)

    assert (claims(), Booking.objects.get().status) == ([], "cancelled")


def test_what_is_in_use_is_not_cancelled_by_staff_either(booking, operator, clock):
    clock.move_to(TEN)
    check_in_booking(booking, by=operator)
    clock.move_to(TEN + MINUTE)

    assert refused(cancel_booking, booking, by=operator) == "booking_begun"


def test_extending_claims_more_on_the_same_leaves(booking, tenant_member, clock):
    clock.move_to(TEN)
    check_in_booking(booking, by=tenant_member)
    assert next_end(booking, by=tenant_member) == ELEVEN + 30 * MINUTE

    extended = extend_booking(booking, ELEVEN + 30 * MINUTE, by=tenant_member)

    assert extended.ends_at == ELEVEN + 30 * MINUTE
    assert claims() == [Span(TEN, ELEVEN + 35 * MINUTE)]
    assert verbs(booking)[-1] == "booking.extended"


def test_an_extension_says_what_is_in_the_way_and_until_when_it_could(
    booking, room, tenant_member, stranger, clock
):
    other = book_space(room, Wish(ELEVEN + 30 * MINUTE, ELEVEN + 60 * MINUTE), by=stranger)
    clock.move_to(TEN)
    check_in_booking(booking, by=tenant_member)

    with pytest.raises(RuleViolation) as refusal:
        extend_booking(booking, ELEVEN + 60 * MINUTE, by=tenant_member)

    assert refusal.value.code == "occupancy_no_overlap"
    assert refusal.value.details["until"] == ELEVEN + 25 * MINUTE
    assert [row["source_id"] for row in refusal.value.details["in_the_way"]] == [other.pk]
    assert str(refusal.value) == "The space is taken from 11:30. You can have it until 11:25."
    assert next_end(booking, by=tenant_member) is None
    assert claims()[0] == Span(TEN, ELEVEN + 5 * MINUTE)


def test_an_extension_keeps_to_the_rules_it_was_made_with(tenant_member, operator, clock):
    rules = rules_of(max_minutes=60, quota_minutes_per_month=90, hourly_price=Decimal("40.00"))
    booking = book_space(SpaceFactory(rules=rules), Wish(TEN, ELEVEN), by=tenant_member)
    clock.move_to(TEN)
    later = ELEVEN + 30 * MINUTE

    assert refused(extend_booking, booking, ELEVEN, by=tenant_member) == "booking_times_in_order"
    assert refused(extend_booking, booking, later, by=tenant_member) == "booking_duration"
    extended = extend_booking(booking, later, by=operator)

    assert (extended.ends_at, extended.price_amount) == (later, 60)
    assert QuotaUse.objects.get().minutes == 90


def test_an_extension_beyond_the_quota_or_the_hours_is_refused(tenant_member, clock):
    hours = {day: [[9 * 60, 11 * 60]] for day in "1234567"}
    shut = book_space(
        SpaceFactory(rules=rules_of(opening=hours)), Wish(TEN, ELEVEN), by=tenant_member
    )
    full = book_space(
        SpaceFactory(rules=rules_of(quota_minutes_per_month=60)),
        Wish(TEN, ELEVEN),
        by=tenant_member,
    )
    clock.move_to(TEN)
    later = ELEVEN + 15 * MINUTE

    assert refused(extend_booking, shut, later, by=tenant_member) == "booking_closed"
    assert refused(extend_booking, full, later, by=tenant_member) == "booking_quota"


def test_only_what_is_in_use_is_extended(booking, tenant_member, clock):
    clock.move_to(TEN)
    later = ELEVEN + 30 * MINUTE
    assert refused(extend_booking, booking, later, by=tenant_member) == "booking_not_running"


def test_nobody_came_and_the_rest_is_free(booking, room, tenant_member, stranger, clock):
    clock.move_to(TEN + 14 * MINUTE)
    assert release_unused(TEN + 14 * MINUTE) == 0
    clock.move_to(TEN + 15 * MINUTE)
    assert release_unused(TEN + 15 * MINUTE) == 1

    booking.refresh_from_db()
    assert (booking.status, booking.ends_at) == ("no_show", ELEVEN)
    assert claims() == [Span(TEN, TEN + 15 * MINUTE)]
    strike = Strike.objects.get()
    assert (strike.person_id, strike.until) == (
        tenant_member.person_id,
        TEN + 15 * MINUTE + timedelta(days=90),
    )
    assert verbs(booking)[-1] == "booking.no_show"
    assert release_unused(TEN + 15 * MINUTE) == 0
    book_space(room, Wish(TEN + 30 * MINUTE, ELEVEN), by=stranger)


def test_after_a_day_without_the_sweep_what_is_over_is_marked_and_not_released(booking, clock):
    later = TEN + timedelta(days=1)
    clock.move_to(later)

    assert release_unused(later) == 1

    assert Booking.objects.get().status == BookingStatus.NO_SHOW
    assert claims() == [Span(TEN, ELEVEN + 5 * MINUTE)]


def test_a_booking_shorter_than_the_grace_counts_when_it_is_over(room, tenant_member, clock):
    book_space(
        SpaceFactory(rules=rules_of(check_in_minutes=60)),
        Wish(TEN, TEN + 30 * MINUTE),
        by=tenant_member,
    )

    assert release_unused(TEN + 29 * MINUTE) == 0
    assert release_unused(TEN + 30 * MINUTE) == 1


def test_what_is_over_is_completed(booking, room, tenant_member, clock):
    plain = book_space(SpaceFactory(), Wish(TEN, ELEVEN), by=tenant_member)
    asked = BookingFactory(space=room, starts_at=TEN, ends_at=ELEVEN)
    clock.move_to(TEN)
    check_in_booking(booking, by=tenant_member)
    assert complete_over(ELEVEN - MINUTE) == 0

    assert complete_over(ELEVEN) == 2

    found = dict(Booking.objects.values_list("pk", "status"))
    assert found == {booking.pk: "completed", plain.pk: "completed", asked.pk: "requested"}
    assert complete_over(ELEVEN) == 0


def test_staff_mark_a_no_show_and_not_before_it_begins(booking, operator, clock):
    assert refused(mark_no_show, booking, by=operator) == "booking_not_begun"
    clock.move_to(TEN + MINUTE)

    mark_no_show(booking, by=operator)

    assert Booking.objects.get().status == BookingStatus.NO_SHOW
    assert claims() == [Span(TEN, TEN + MINUTE)]


def test_a_reminder_comes_once_and_again_after_a_move(booking, room, tenant_member, clock):
    assert remind_to_check_in(TEN - 11 * MINUTE) == 0
    assert remind_to_check_in(TEN - 10 * MINUTE) == 1
    assert remind_to_check_in(TEN - 9 * MINUTE) == 0

    reschedule_booking(booking, room, ELEVEN, ELEVEN + 60 * MINUTE, by=tenant_member)

    assert remind_to_check_in(ELEVEN - 5 * MINUTE) == 1
    assert verbs(booking).count("booking.check_in_due") == 2


def test_who_walks_up_has_it_from_this_moment(room, tenant_member, clock):
    now = TEN + timedelta(minutes=7, seconds=20)
    clock.move_to(now)

    used = use_now(room, TEN + 30 * MINUTE, by=tenant_member)

    assert (used.status, used.starts_at, used.checked_in_at) == ("checked_in", now, now)
    assert claims() == [Span(now, TEN + 35 * MINUTE)]


def test_walking_up_keeps_to_the_rules(room, tenant_member, stranger, booking, clock):
    asks = SpaceFactory(rules=rules_of(approval="always"))
    ahead = SpaceFactory(rules=rules_of(notice_minutes=60))
    clock.move_to(TEN + 7 * MINUTE)
    half = TEN + 30 * MINUTE

    assert refused(use_now, room, half, by=stranger) == "occupancy_no_overlap"
    assert refused(use_now, asks, half, by=stranger) == "booking_needs_approval"
    assert refused(use_now, ahead, half, by=stranger) == "booking_notice"
    assert refused(use_now, ahead, TEN + 31 * MINUTE, by=stranger) == "booking_grid"
    assert Booking.objects.count() == 1


def test_a_sensor_checks_in_what_runs(booking, room, clock):
    assert note_presence(room, by=System()) is None
    clock.move_to(TEN + MINUTE)

    seen = note_presence(room, by=System())
    again = note_presence(room, by=System())

    assert (seen.pk, again.pk) == (booking.pk, booking.pk)
    assert verbs(booking).count("booking.checked_in") == 1


def test_colleagues_and_staff_of_the_area_attend_and_nobody_else(booking, room, tenant_admin):
    here = room.building.community
    colleague = MembershipFactory(organization=tenant_admin.organization, role=Role.COMPANY_MEMBER)
    operating = MembershipFactory(role=Role.OPERATOR_ADMIN).organization

    def member(role: Role, **more: object) -> Membership:
        return MembershipFactory(role=role, organization=operating, **more)

    allowed = [
        tenant_admin,
        colleague,
        member(Role.OPERATOR_ADMIN),
        member(Role.OPERATOR, community=here),
    ]
    others = [
        member(Role.OPERATOR, community=CommunityFactory()),
        member(Role.AUDITOR),
        MembershipFactory(role=Role.COMPANY_ADMIN),
        MembershipFactory(role=Role.PARTNER),
    ]

    assert [permissions.can_attend(one, booking) for one in allowed] == [True] * 4
    assert [permissions.can_attend(one, booking) for one in others] == [False] * 4

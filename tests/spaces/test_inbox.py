"""Requests that wait: what speaks for and against them, deciding, taking it back."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from district.models import Activity, Role
from district.rules import RuleViolation
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.decisions import confirm_booking, decline_booking, reopen_booking
from spaces.inbox import asking, just_decided
from spaces.models import Booking, BookingStatus, Occupancy, QuotaUse
from tests.factories import MembershipFactory, OrganizationFactory, SpaceFactory, open_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _english_in_shanghai():
    with translation.override("en"), timezone.override(SHANGHAI):
        yield


def tomorrow(hour: int) -> datetime:
    day = timezone.localdate(timezone=SHANGHAI) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def wish(start: int = 10, end: int = 11, **more: object) -> Wish:
    return Wish(tomorrow(start), tomorrow(end), **more)  # type: ignore[arg-type]


def room(**rules: object):
    return SpaceFactory(rules=open_rules(approval="always", **rules))


def facts(*bookings) -> list[list[tuple[str, str]]]:
    rows = Booking.objects.filter(pk__in=[row.pk for row in bookings]).select_related(
        "space", "organization", "rules"
    )
    found = asking(list(rows.order_by("starts_at", "id")), SHANGHAI)
    return [[(fact.tone, fact.text) for fact in row.facts] for row in found]


def test_asking_says_that_the_slot_is_kept_and_how_full_it_gets(tenant_member):
    booking = book_space(room(), wish(attendee_count=4), by=tenant_member)

    assert facts(booking) == [[("go", "The slot is kept"), ("go", "4 of 8 places")]]


def test_asking_names_what_has_taken_the_slot(tenant_member, stranger, operator):
    space = room(holds_when_requested=False)
    waiting = book_space(space, wish(), by=tenant_member)
    taken = book_space(space, wish(title="Board meeting"), by=stranger)
    confirm_booking(taken, by=operator)

    [[(tone, text), *_]] = facts(waiting)

    assert tone == "stop"
    assert text.startswith("Taken by Board meeting, Tomorrow 10:00")


def test_asking_names_others_who_want_the_same(tenant_member, stranger):
    space = room(holds_when_requested=False)
    first = book_space(space, wish(10, 12), by=tenant_member)
    second = book_space(space, wish(11, 13), by=stranger)

    found = facts(first, second)

    other = f"{stranger.organization.name} asks for it too: only one can have it"
    assert ("wait", other) in found[0]
    assert len(found[1]) == 3


def test_asking_warns_of_a_used_up_quota(tenant_member):
    space = room(quota_minutes_per_month=120)
    booking = book_space(space, wish(10, 12), by=tenant_member)

    assert ("wait", "2 of 2 hours of its quota used") in facts(booking)[0]


def test_asking_asks_the_same_number_of_queries(tenant_member, django_assert_max_num_queries):
    bookings = [book_space(room(), wish(), by=tenant_member) for _ in range(8)]
    rows = list(Booking.objects.select_related("space", "organization", "rules"))

    with django_assert_max_num_queries(7) as few:
        asking(rows[:1], SHANGHAI)
    with django_assert_max_num_queries(7) as many:
        asking(rows, SHANGHAI)

    assert len(few) == len(many)
    assert len(rows) == len(bookings)


def test_reopen_booking_makes_it_a_request_again(tenant_member, operator):
    booking = book_space(room(), wish(), by=tenant_member)
    confirm_booking(booking, by=operator)
    assert [row.pk for row in just_decided(operator)] == [booking.pk]

    reopen_booking(booking, by=operator)

    booking.refresh_from_db()
    assert (booking.status, booking.decided_by) == (BookingStatus.REQUESTED, None)
    assert Occupancy.objects.filter(source_id=booking.pk).exists()
    assert Activity.objects.filter(subject_id=booking.pk, verb="booking.reopened").exists()
    assert just_decided(operator) == []


def test_reopen_booking_of_a_refusal_takes_slot_and_quota_back(tenant_member, operator):
    booking = book_space(room(quota_minutes_per_month=600), wish(), by=tenant_member)
    decline_booking(booking, "No.", by=operator)
    assert QuotaUse.objects.get().minutes == 0

    reopen_booking(booking, by=operator)

    booking.refresh_from_db()
    assert (booking.status, booking.reason) == (BookingStatus.REQUESTED, "")
    assert QuotaUse.objects.get().minutes == 60
    assert Occupancy.objects.get().source_id == booking.pk


def test_reopen_booking_of_a_refusal_refuses_when_the_slot_is_gone(
    tenant_member, stranger, operator
):
    space = room()
    booking = book_space(space, wish(), by=tenant_member)
    decline_booking(booking, "No.", by=operator)
    book_space(space, wish(), by=stranger)

    with pytest.raises(RuleViolation) as refusal:
        reopen_booking(booking, by=operator)

    assert refusal.value.code == "occupancy_no_overlap"
    booking.refresh_from_db()
    assert booking.status == BookingStatus.DECLINED


def test_reopen_booking_refuses_what_is_late_anothers_or_was_moved(tenant_member, operator):
    space = room()
    late = book_space(space, wish(10, 11), by=tenant_member)
    confirm_booking(late, by=operator)
    Booking.objects.filter(pk=late.pk).update(decided_at=timezone.now() - timedelta(minutes=5))
    other = book_space(space, wish(12, 13), by=tenant_member)
    confirm_booking(other, by=operator)
    colleague = MembershipFactory(
        role=Role.OPERATOR_ADMIN, organization=OrganizationFactory(operating=True)
    )
    moved = book_space(space, wish(14, 15), by=tenant_member)
    confirm_booking(moved, by=operator)
    reschedule_booking(moved, space, tomorrow(16), tomorrow(17), by=operator)

    def code(booking, by) -> str:
        with pytest.raises(RuleViolation) as refusal:
            reopen_booking(booking, by=by)
        return refusal.value.code

    assert code(late, operator) == "undo_too_late"
    assert code(other, colleague) == "undo_not_yours"
    assert code(moved, operator) == "undo_too_late"


def test_of_two_overlapping_requests_the_second_is_refused_clearly(
    tenant_member, stranger, operator, browser_of
):
    space = room(holds_when_requested=False)
    first = book_space(space, wish(10, 12), by=tenant_member)
    second = book_space(space, wish(11, 13), by=stranger)
    staff = browser_of(operator)

    staff.post(f"/bookings/{first.pk}/confirm/")
    answer = staff.post(f"/bookings/{second.pk}/confirm/")

    assert answer.status_code == 409
    assert "This time is already taken." in answer.content.decode()
    second.refresh_from_db()
    assert second.status == BookingStatus.REQUESTED


def test_booking_inbox_approves_many_and_says_what_could_not_be(
    tenant_member, stranger, operator, browser_of
):
    space = room(holds_when_requested=False)
    first = book_space(space, wish(10, 12), by=tenant_member)
    second = book_space(space, wish(11, 13), by=stranger)
    staff = browser_of(operator)

    page = staff.post(
        "/lists/bookings/bulk/approve/",
        {"id": [first.pk, second.pk], "next": f"/{operator.district.slug}/bookings/inbox/"},
        follow=True,
    )

    states = set(Booking.objects.values_list("status", flat=True))
    assert states == {BookingStatus.CONFIRMED, BookingStatus.REQUESTED}
    assert "This time is already taken." in page.content.decode()


def test_undo_is_closed_to_companies(tenant_member, tenant_admin, operator, browser_of):
    booking = book_space(room(), wish(), by=tenant_member)
    confirm_booking(booking, by=operator)

    answer = browser_of(tenant_admin).post(f"/bookings/{booking.pk}/reopen/")

    assert answer.status_code == 403
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CONFIRMED

"""A freed slot heals skipped dates of series first, the oldest series before the younger."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from district.models import Activity
from spaces.actions.blocking import Closing, block_spaces, end_blocking
from spaces.actions.booking import Wish, book_space
from spaces.actions.decisions import cancel_booking, decline_booking
from spaces.actions.healing import heal
from spaces.actions.occupancy import Span, release
from spaces.actions.series import SeriesWish, book_series
from spaces.actions.series_changes import change_series
from spaces.actions.series_decisions import cancel_series
from spaces.actions.waitlist import join_waitlist
from spaces.models import Booking, DateState, Occupancy, QuotaUse, Series, WaitStatus
from spaces.recurrence import Pattern
from tests.factories import CreditFactory, MembershipFactory, SpaceFactory, open_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = timezone.localdate(timezone=SHANGHAI) + timedelta(days=3)


def on(number: int) -> date:
    return FIRST + timedelta(days=number)


def at(number: int, hour: int) -> datetime:
    return datetime.combine(on(number), time(hour), tzinfo=SHANGHAI)


def daily(space, count: int = 3, begins: int = 9, ends: int = 10, **more) -> SeriesWish:
    return SeriesWish(
        space, Pattern(f"FREQ=DAILY;COUNT={count}", FIRST, time(begins), time(ends)), **more
    )


def space(**changes):
    return SpaceFactory(rules=open_rules(window_days=400, **changes))


def states(series: Series) -> list[str]:
    return list(series.dates.order_by("on").values_list("state", flat=True))


def verbs(subject) -> list[str]:
    rows = Activity.objects.filter(subject_id=subject.pk).order_by("id")
    return list(rows.values_list("verb", flat=True))


HEALED = [DateState.BOOKED] * 3
HURT = [DateState.BOOKED, DateState.SKIPPED, DateState.BOOKED]


def test_a_cancelled_booking_heals_the_date_it_stood_in_the_way_of(
    tenant_member, stranger, district
):
    room = space(quota_minutes_per_month=6000)
    booking = book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)
    series = book_series(daily(room, title="Stand-up"), by=tenant_member)
    before = states(series)

    cancel_booking(booking, by=stranger)
    served = heal(district)

    healed = series.dates.get(on=on(1))
    assert (before, states(series), served) == (HURT, HEALED, 1)
    assert healed.reason == ""
    assert (healed.booking.starts_at, healed.booking.title, healed.booking.status) == (
        at(1, 9),
        "Stand-up",
        "confirmed",
    )
    assert (healed.booking.person, healed.booking.organization) == (
        tenant_member.person,
        tenant_member.organization,
    )
    assert verbs(healed.booking) == ["booking.healed"]
    own = QuotaUse.objects.filter(organization=tenant_member.organization)
    assert sum(own.values_list("minutes", flat=True)) == 180


@pytest.mark.parametrize("way", ["declined", "released", "opened", "series cancelled", "moved"])
def test_every_way_to_give_time_back_heals(tenant_member, stranger, operator, district, way):
    room = space(approval="always" if way == "declined" else "never")
    if way == "opened":
        closing = Closing(Span(at(1, 8), at(1, 12)), reason_en="Carpet")
        [gone] = block_spaces([room], closing, {}, by=operator)
    elif way in {"series cancelled", "moved"}:
        gone = book_series(daily(room, 1), by=stranger)
    else:
        gone = book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)
    series = book_series(daily(room), by=tenant_member)
    missing = series.dates.get(state=DateState.SKIPPED)

    match way:
        case "declined":
            decline_booking(gone, "Closed that day", by=operator)
        case "released":
            release(gone.pk, from_at=at(1, 9) - timedelta(minutes=1))
        case "opened":
            end_blocking(gone, by=operator)
        case "series cancelled":
            cancel_series(gone, from_on=FIRST, by=stranger)
        case "moved":
            later = replace(gone.pattern, begins=time(14), ends=time(15))
            change_series(gone, SeriesWish(room, later), from_on=FIRST, by=stranger)
    heal(district)

    missing.refresh_from_db()
    assert (missing.state, states(series)) == (DateState.BOOKED, HEALED)


def test_the_oldest_series_heals_before_a_younger_one_and_the_waitlist(
    tenant_member, stranger, district
):
    room = space()
    booking = book_space(room, Wish(at(1, 8), at(1, 11)), by=stranger)
    entry = join_waitlist(room, Wish(at(1, 9), at(1, 10)), by=stranger)
    apart = join_waitlist(room, Wish(at(1, 10), at(1, 11)), by=stranger)
    older = book_series(daily(room), by=tenant_member)
    every_fourth = Pattern("FREQ=DAILY;INTERVAL=4;COUNT=2", on(1), time(8), time(10))
    younger = book_series(SeriesWish(room, every_fourth), by=MembershipFactory())

    cancel_booking(booking, by=stranger)
    heal(district)

    entry.refresh_from_db()
    apart.refresh_from_db()
    assert (states(older)[1], states(younger)[0]) == (DateState.BOOKED, DateState.SKIPPED)
    assert (entry.status, apart.status) == (WaitStatus.WAITING, WaitStatus.OFFERED)


def test_a_date_that_was_removed_never_comes_back(tenant_member, stranger, district):
    room = space()
    booking = book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)
    removed = book_series(daily(room, without=[on(1)]), by=tenant_member)

    cancel_booking(booking, by=stranger)
    heal(district)

    assert states(removed) == [DateState.BOOKED, DateState.REMOVED, DateState.BOOKED]


def test_a_series_that_was_given_up_is_not_healed(tenant_member, stranger, district):
    room = space()
    booking = book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)
    series = book_series(daily(room), by=tenant_member)
    cancel_series(series, from_on=FIRST, by=tenant_member)

    cancel_booking(booking, by=stranger)
    served = heal(district)

    assert served == 0
    assert series.dates.get(on=on(1)).state == DateState.REMOVED


def test_a_date_that_only_the_quota_forbade_stays_out(tenant_member, stranger, district):
    room = space()
    booking = book_space(room, Wish(at(0, 9), at(0, 10)), by=stranger)
    series = book_series(daily(room, 1 + 1), by=tenant_member)
    room.rules = open_rules(window_days=400, quota_minutes_per_month=30)
    room.save()

    cancel_booking(booking, by=stranger)
    heal(district)

    date_ = series.dates.get(on=on(0))
    assert (date_.state, date_.reason) == (DateState.SKIPPED, "booking_quota")
    assert Occupancy.objects.count() == 1


def test_a_date_that_is_no_longer_allowed_says_why(tenant_member, stranger, district):
    room = space()
    booking = book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)
    series = book_series(daily(room), by=tenant_member)
    room.rules = open_rules(window_days=1)
    room.save()

    cancel_booking(booking, by=stranger)
    heal(district)

    assert series.dates.get(on=on(1)).reason == "booking_window"


def test_a_date_whose_booker_has_left_is_not_healed(tenant_member, stranger, district):
    room = space()
    booking = book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)
    series = book_series(daily(room), by=tenant_member)
    tenant_member.ended_at = timezone.now()
    tenant_member.save()

    cancel_booking(booking, by=stranger)
    heal(district)

    assert series.dates.get(on=on(1)).reason == "booking_not_invited"


def test_a_healed_date_waits_for_approval_where_the_rules_want_it(
    tenant_member, stranger, district
):
    room = space(approval="always")
    booking = book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)
    series = book_series(daily(room), by=tenant_member)

    cancel_booking(booking, by=stranger)
    heal(district)

    healed = series.dates.get(on=on(1)).booking
    assert healed.status == "requested"
    assert verbs(healed) == ["booking.requested", "booking.healed"]


def test_what_staff_booked_heals_for_its_company(operator, tenant_member, stranger, district):
    room = space()
    booking = book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)
    series = book_series(
        daily(room, organization_id=tenant_member.organization_id), by=operator, source="staff"
    )

    cancel_booking(booking, by=stranger)
    heal(district)

    healed = series.dates.get(on=on(1)).booking
    assert (healed.organization, healed.source) == (tenant_member.organization, "staff")


def test_healing_again_changes_nothing(tenant_member, stranger, district):
    room = space()
    booking = book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)
    book_series(daily(room), by=tenant_member)
    cancel_booking(booking, by=stranger)

    served = [heal(district) for _ in range(3)]

    assert served == [1, 0, 0]
    assert Booking.objects.filter(status="confirmed").count() == 3


def test_a_healed_date_is_paid_by_credits_like_the_others(tenant_member, stranger, district):
    room = space(hourly_price=Decimal("60.00"))
    credit = CreditFactory(organization=tenant_member.organization, granted=Decimal(600))
    booking = book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)
    series = book_series(daily(room), by=tenant_member)

    cancel_booking(booking, by=stranger)
    heal(district)

    credit.refresh_from_db()
    assert states(series) == HEALED
    assert {str(item.booking.credit_amount) for item in series.dates.all()} == {"60.00"}
    assert credit.used == sum(use.value for use in credit.uses.all()) == 180

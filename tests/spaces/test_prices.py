"""What a use costs: rates by time and kind, exact to the cent, also when clocks change."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from district.models import OrganizationKind
from district.rules import RuleViolation
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.decisions import cancel_booking
from spaces.models import BookingStatus
from spaces.prices import fee_due, price_lines, total
from tests.factories import MembershipFactory, OrganizationFactory, SpaceFactory, open_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONDON = ZoneInfo("Europe/London")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
EVENING = {"kind": "", "days": "12345", "from": 18 * 60, "to": 24 * 60, "price": "180.00"}
WEEKEND = {"kind": "", "days": "67", "from": 0, "to": 24 * 60, "price": "160.00"}
UNIVERSITY = {"kind": "university", "days": "1234567", "from": 0, "to": 24 * 60, "price": "80.00"}


def rules(*rates, hourly="120.00", **more):
    return open_rules(hourly_price=Decimal(hourly), rates=list(rates), **more)


def amounts(found):
    return [(line.rate, str(line.amount)) for line in found]


def at(day: int, hour: int, minute: int = 0, zone: ZoneInfo = SHANGHAI) -> datetime:
    """In March 2027, which begins on a Monday."""
    return datetime(2027, 3, day, hour, minute, tzinfo=zone)


def test_a_use_is_cut_where_another_rate_begins(district):
    found = price_lines(rules(EVENING, WEEKEND), at(5, 17), at(6, 1), zone=SHANGHAI)

    assert amounts(found) == [(None, "120.00"), (0, "1080.00"), (1, "160.00")]
    assert [line.starts_at for line in found] == [at(5, 17), at(5, 18), at(6, 0)]
    assert total(found) == Decimal("1360.00")


def test_the_first_rate_that_fits_holds(district):
    both = rules(UNIVERSITY, EVENING)

    theirs = price_lines(both, at(5, 18), at(5, 19), zone=SHANGHAI, kind="university")
    others = price_lines(both, at(5, 18), at(5, 19), zone=SHANGHAI, kind="company")

    assert (amounts(theirs), amounts(others)) == ([(0, "80.00")], [(1, "180.00")])


@pytest.mark.parametrize(
    ("hourly", "minutes", "amount"),
    [("0.01", 30, "0.01"), ("0.05", 6, "0.01"), ("100.00", 20, "33.33"), ("99.99", 90, "149.99")],
)
def test_a_line_is_rounded_half_up(district, hourly, minutes, amount):
    found = price_lines(
        rules(hourly=hourly), at(5, 9), at(5, 9) + timedelta(minutes=minutes), zone=SHANGHAI
    )

    assert str(total(found)) == amount


def test_seats_cost_as_many_times_what_one_costs(district):
    [line] = price_lines(rules(hourly="10.01"), at(5, 9), at(5, 9, 30), zone=SHANGHAI)

    assert (str(line.amount), str(line.times(3).amount)) == ("5.01", "15.03")


def test_what_is_free_has_no_lines(district):
    free = {**EVENING, "price": "0.00"}

    assert price_lines(rules(free, hourly="0.00"), at(5, 9), at(5, 20), zone=SHANGHAI) == []


def test_a_night_when_clocks_go_forward_costs_what_was_used(district):
    night = {"kind": "", "days": "7", "from": 0, "to": 180, "price": "60.00"}

    found = price_lines(rules(night), at(28, 0, zone=LONDON), at(28, 4, zone=LONDON), zone=LONDON)

    assert amounts(found) == [(0, "120.00"), (None, "120.00")]


def test_a_night_when_clocks_go_back_half_an_hour_costs_both(district):
    """On Lord Howe 2:00 becomes 1:30: the stretch from 1:30 to 2:00 is used twice."""
    late = {"kind": "", "days": "7", "from": 90, "to": 120, "price": "60.00"}
    starts_at, ends_at = (
        datetime(2027, 4, 4, hour, tzinfo=LORD_HOWE).astimezone(ZoneInfo("UTC")) for hour in (1, 3)
    )

    found = price_lines(rules(late), starts_at, ends_at, zone=LORD_HOWE)

    assert [(line.rate, line.ends_at - line.starts_at) for line in found] == [
        (None, timedelta(minutes=30)),
        (0, timedelta(minutes=60)),
        (None, timedelta(minutes=60)),
    ]


def tomorrow(hour: int) -> datetime:
    day = timezone.localdate(timezone=SHANGHAI) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def test_a_booking_keeps_the_price_of_its_kind_of_organisation(district):
    university = MembershipFactory(
        organization=OrganizationFactory(kind=OrganizationKind.UNIVERSITY)
    )
    space = SpaceFactory(rules=rules(UNIVERSITY))

    booking = book_space(space, Wish(tomorrow(9), tomorrow(11)), by=university)
    space.rules = rules(hourly="999.00")
    space.save()
    booking.refresh_from_db()

    assert str(booking.price_amount) == "160.00"
    assert [(line["rate"], line["amount"]) for line in booking.price_lines] == [(0, "160.00")]


def test_moving_is_priced_anew(district, tenant_member):
    space = SpaceFactory(rules=rules())
    booking = book_space(space, Wish(tomorrow(9), tomorrow(11)), by=tenant_member)

    moved = reschedule_booking(booking, space, tomorrow(9), tomorrow(12), by=tenant_member)

    assert str(moved.price_amount) == "360.00"


FEES = [{"minutes": 72 * 60, "percent": 33}, {"minutes": 60, "percent": 100}]


def test_cancelling_late_costs_the_share_that_was_agreed(district, tenant_member):
    space = SpaceFactory(rules=rules(hourly="100.01", cancellation_fees=FEES))
    booking = book_space(space, Wish(tomorrow(9), tomorrow(10)), by=tenant_member)

    cancelled = cancel_booking(booking, by=tenant_member)

    assert (cancelled.status, str(cancelled.fee_amount)) == (BookingStatus.CANCELLED, "33.00")
    assert cancelled.charge == cancelled.due_amount == Decimal("33.00")


def test_staff_cancel_without_a_fee(district, tenant_member, operator):
    space = SpaceFactory(rules=rules(cancellation_fees=FEES))
    booking = book_space(space, Wish(tomorrow(9), tomorrow(10)), by=tenant_member)

    assert cancel_booking(booking, by=operator).fee_amount == 0


def test_a_request_is_withdrawn_for_nothing(district, tenant_member):
    space = SpaceFactory(rules=rules(cancellation_fees=FEES, approval="always"))
    booking = book_space(space, Wish(tomorrow(9), tomorrow(10)), by=tenant_member)

    assert cancel_booking(booking, by=tenant_member).fee_amount == 0


def test_the_latest_step_reached_is_owed(district, tenant_member):
    space = SpaceFactory(rules=rules(hourly="100.00", cancellation_fees=FEES))
    booking = book_space(space, Wish(tomorrow(9), tomorrow(10)), by=tenant_member)
    starts_at = booking.starts_at

    owed = [
        (step.percent if (step := fee_due(booking, starts_at - timedelta(hours=hours))) else 0)
        for hours in (73, 72, 2, 1, 0)
    ]

    assert owed == [0, 33, 33, 100, 100]


def test_a_rule_that_forbids_cancelling_is_no_matter_of_fees(district, tenant_member):
    space = SpaceFactory(rules=rules(cancellation_fees=FEES, cancellation="never"))
    booking = book_space(space, Wish(tomorrow(9), tomorrow(10)), by=tenant_member)

    with pytest.raises(RuleViolation) as refusal:
        cancel_booking(booking, by=tenant_member)

    booking.refresh_from_db()
    assert (refusal.value.code, booking.fee_amount) == ("booking_cancellation", 0)

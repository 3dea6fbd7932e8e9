"""Credits and passes: what they pay, what comes back, and that no rest is used twice."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from district.measuring.threads import at_once
from district.models import Activity, Role
from district.rules import RuleViolation
from district.tenancy.scope import scope
from spaces.actions.blocking import Answer, Closing, block_spaces
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.credits import end_credit
from spaces.actions.decisions import cancel_booking, decline_booking, reopen_booking
from spaces.actions.held import Span
from spaces.actions.series import SeriesWish, book_series
from spaces.actions.series_decisions import cancel_series
from spaces.models import Credit, CreditUnit, Space, SpaceFunction
from spaces.models.credit import CreditQuerySet
from spaces.recurrence import Pattern
from tests.factories import (
    CreditFactory,
    DistrictFactory,
    MembershipFactory,
    SpaceFactory,
    open_rules,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def ahead(hour: int, days: int = 1) -> datetime:
    day = timezone.localdate(timezone=SHANGHAI) + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def wish(start: int = 9, end: int = 11, **more: object) -> Wish:
    return Wish(ahead(start), ahead(end), **more)  # type: ignore[arg-type]


@pytest.fixture
def room(district) -> Space:
    return SpaceFactory(rules=open_rules(hourly_price=Decimal("100.00")))


def given(member, granted: int | str, unit: str = CreditUnit.MINUTES, **more: object) -> Credit:
    return CreditFactory(
        organization=member.organization, unit=unit, granted=Decimal(granted), **more
    )


def used(*rows: Credit) -> list[str]:
    """What is used of each, which is also what its uses add up to."""
    for row in rows:
        row.refresh_from_db()
        assert row.used == sum((use.value for use in row.uses.all()), Decimal())
    return [f"{row.used:f}" for row in rows]


def test_hours_pay_what_they_cover_and_money_the_rest(room, tenant_member):
    hours, money = given(tenant_member, 90), given(tenant_member, "30", CreditUnit.MONEY)

    booking = book_space(room, wish(), by=tenant_member)

    assert used(hours, money) == ["90.00", "30.00"]
    assert [str(amount) for amount in booking.credit_uses.values_list("amount", flat=True)] == [
        "150.00",
        "30.00",
    ]
    assert (str(booking.credit_amount), str(booking.due_amount)) == ("180.00", "20.00")


def test_a_pass_pays_a_visit_whatever_it_costs(room, tenant_member):
    ten = given(tenant_member, 10, CreditUnit.VISITS)

    booking = book_space(room, wish(9, 17), by=tenant_member)

    assert used(ten) == ["1.00"]
    assert booking.due_amount == 0


def test_what_is_over_first_is_used_first(room, tenant_member):
    today = timezone.localdate()
    later = given(tenant_member, 600, valid_until=today + timedelta(days=90))
    soon = given(tenant_member, 60, valid_until=today + timedelta(days=9))

    book_space(room, wish(), by=tenant_member)

    assert used(soon, later) == ["60.00", "60.00"]


def test_what_does_not_fit_is_left_alone(room, tenant_member, stranger):
    today = timezone.localdate()
    rows = [
        given(tenant_member, 600, valid_until=today),
        given(tenant_member, 600, valid_from=today + timedelta(days=9)),
        given(tenant_member, 600, function=SpaceFunction.EQUIPMENT),
        given(tenant_member, 600, ended_at=timezone.now()),
        given(stranger, 600),
    ]

    booking = book_space(room, wish(), by=tenant_member)

    assert used(*rows) == ["0.00"] * 5
    assert booking.due_amount == Decimal("200.00")


def test_what_is_free_asks_nobody_for_credits(district, tenant_member):
    credit = given(tenant_member, 600)
    free = SpaceFactory()

    with CaptureQueriesContext(connection) as asked:
        book_space(free, wish(), by=tenant_member)

    assert used(credit) == ["0.00"]
    assert not [query for query in asked.captured_queries if '"spaces_credit' in query["sql"]]


def test_giving_a_booking_back_gives_back_what_it_used(room, tenant_member, operator):
    credit = given(tenant_member, 300)
    booking = book_space(room, wish(), by=tenant_member)

    cancelled = cancel_booking(booking, by=tenant_member)

    assert used(credit) == ["0.00"]
    assert cancelled.credit_amount == cancelled.due_amount == 0
    assert [str(value) for value in booking.credit_uses.values_list("value", flat=True)] == [
        "120.00",
        "-120.00",
    ]


def test_a_refusal_gives_back_and_undoing_it_takes_again(district, tenant_member, operator):
    space = SpaceFactory(rules=open_rules(hourly_price=Decimal(50), approval="always"))
    credit = given(tenant_member, 300)
    booking = book_space(space, wish(), by=tenant_member)

    declined = decline_booking(booking, "No.", by=operator)
    back = used(credit)
    reopened = reopen_booking(declined, by=operator)

    assert (back, used(credit)) == (["0.00"], ["120.00"])
    assert str(reopened.credit_amount) == "100.00"


def test_moving_uses_what_the_new_time_needs(room, tenant_member):
    credit = given(tenant_member, 300)
    booking = book_space(room, wish(9, 11), by=tenant_member)

    moved = reschedule_booking(booking, room, ahead(9), ahead(13), by=tenant_member)

    assert used(credit) == ["240.00"]
    assert str(moved.credit_amount) == "400.00"


FEES = [{"minutes": 72 * 60, "percent": 50}]


@pytest.mark.parametrize(
    ("unit", "granted", "kept", "owed"),
    [
        (CreditUnit.MINUTES, "300", "60.00", "0.00"),
        (CreditUnit.MONEY, "120", "60.00", "40.00"),
        (CreditUnit.VISITS, "3", "1.00", "0.00"),
    ],
)
def test_a_fee_keeps_its_share_of_what_was_used(district, tenant_member, unit, granted, kept, owed):
    rules = open_rules(hourly_price=Decimal("100.00"), cancellation_fees=FEES)
    credit = given(tenant_member, granted, unit)
    booking = book_space(SpaceFactory(rules=rules), wish(), by=tenant_member)

    cancelled = cancel_booking(booking, by=tenant_member)

    assert str(cancelled.fee_amount) == "100.00"
    assert (used(credit), str(cancelled.due_amount)) == ([kept], owed)


def test_shares_of_a_fee_never_come_to_more_than_it(district, tenant_member):
    """Three cents in three credits: half of each rounds up, half of all is less."""
    rules = open_rules(hourly_price=Decimal("0.03"), cancellation_fees=FEES)
    rows = [given(tenant_member, "0.01", CreditUnit.MONEY) for _ in range(3)]
    booking = book_space(SpaceFactory(rules=rules), wish(9, 10), by=tenant_member)

    cancelled = cancel_booking(booking, by=tenant_member)

    assert str(cancelled.fee_amount) == "0.02"
    assert sorted(used(*rows)) == ["0.00", "0.01", "0.01"]
    assert str(cancelled.due_amount) == "0.00"


def test_a_series_uses_credits_date_by_date_in_constant_queries(
    room, tenant_member, django_assert_max_num_queries
):
    credit = given(tenant_member, 300)
    first = timezone.localdate(timezone=SHANGHAI) + timedelta(days=1)
    pattern = Pattern("FREQ=DAILY;COUNT=4", first, ahead(9).time(), ahead(11).time())

    with django_assert_max_num_queries(30):
        series = book_series(SeriesWish(room, pattern), by=tenant_member)
    paid = [str(item.booking.credit_amount) for item in series.dates.order_by("on")]
    after = used(credit)
    cancel_series(series, from_on=first + timedelta(days=1), by=tenant_member)

    assert (paid, after) == (["200.00", "200.00", "100.00", "0.00"], ["300.00"])
    assert used(credit) == ["120.00"]


def test_closing_a_space_queues_for_credits_before_leaves(room, tenant_member, operator):
    """Whoever books locks credits first: the other way round the two would wait for each other."""
    credit = given(tenant_member, 600)
    booking = book_space(room, wish(), by=tenant_member)
    closing = Closing(Span(ahead(8), ahead(12)), reason_en="Repairs")
    answers = {booking.pk: Answer(None, "Repairs")}

    with CaptureQueriesContext(connection) as asked:
        block_spaces([room], closing, answers, by=operator)

    locks = [query["sql"] for query in asked if "FOR NO KEY UPDATE" in query["sql"]]
    order = [
        table
        for sql in locks
        for table in ("spaces_credit", "spaces_space")
        if f'FROM "{table}"' in sql or f"JOIN {table} leaf" in sql
    ]
    assert order[0] == "spaces_credit"
    assert "spaces_space" in order
    assert used(credit) == ["0.00"]


def test_end_credit_leaves_the_rest_unused(room, tenant_member, operator):
    credit = given(tenant_member, 300)

    ended = end_credit(credit, by=operator)
    booking = book_space(room, wish(), by=tenant_member)
    with pytest.raises(RuleViolation) as refusal:
        end_credit(credit, by=operator)

    assert booking.credit_amount == 0
    assert refusal.value.code == "credit_over"
    activity = Activity.objects.get(subject_id=ended.pk)
    assert (activity.verb, activity.data) == ("credit.ended", {"left": "300.00"})


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"granted": 0}, "credit_granted"),
        ({"used": 61, "granted": 60}, "credit_used"),
        ({"used": -1}, "credit_used"),
        ({"granted": "1.50"}, "credit_whole"),
        ({"valid_until": timezone.localdate() - timedelta(days=60)}, "credit_days_in_order"),
        ({"name_zh": "", "name_en": ""}, "credit_name_given"),
    ],
)
def test_a_credit_that_makes_no_sense_is_refused(district, wrong, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CreditFactory(**wrong)


RUSH = 12


def rush() -> Credit:
    """Twelve bookings at once of an hour each, by a company with three hours of credit."""
    quarter = DistrictFactory()
    with scope(quarter.pk):
        member = MembershipFactory(role=Role.COMPANY_MEMBER)
        rules = open_rules(hourly_price=Decimal("100.00"))
        rooms = [SpaceFactory(rules=rules) for _ in range(RUSH)]
        credit = given(member, 180)

    def book(number: int) -> None:
        with scope(quarter.pk):
            book_space(rooms[number], wish(9, 10), by=member)

    at_once(RUSH, book, range(RUSH))
    return credit


def counted(credit: Credit) -> tuple[Decimal, Decimal]:
    """What the credit says is used, and what its uses add up to."""
    with scope(credit.district_id):
        credit.refresh_from_db()
        return credit.used, sum((use.value for use in credit.uses.all()), Decimal())


@pytest.mark.django_db(transaction=True)
def test_no_rest_is_used_twice():
    assert counted(rush()) == (Decimal(180), Decimal(180))


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_rest_is_used_twice(monkeypatch):
    monkeypatch.setattr(CreditQuerySet, "locked", lambda rows: rows)

    kept, really = counted(rush())

    assert kept != really


def test_the_confirm_page_says_what_credits_pay_and_what_is_left(browser_of, room, tenant_member):
    given(tenant_member, 60)
    hours = f"day={ahead(9):%Y-%m-%d}&at=09:00&minutes=120&people=2"

    page = browser_of(tenant_member).get(f"/book/{room.pk}/?{hours}")

    draft = page.context["draft"]
    assert (str(draft.credit_amount), str(draft.due_amount)) == ("100.00", "100.00")
    assert "To pay" in page.content.decode()


def test_the_confirm_page_does_not_promise_what_is_too_late(browser_of, district, tenant_member):
    late = open_rules(cancellation="notice", cancellation_notice_minutes=72 * 60)
    space = SpaceFactory(rules=late)
    hours = f"day={ahead(9):%Y-%m-%d}&at=09:00&minutes=60&people=2"

    page = browser_of(tenant_member).get(f"/book/{space.pk}/?{hours}").content.decode()

    assert "Only the operator can cancel it." in page
    assert "You can cancel until" not in page

"""Series: booked, changed, decided and given back, with what is refused and what it costs."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from district.measuring.queries import counted
from district.measuring.threads import at_once
from district.models import Activity, Role
from district.rules import RuleViolation
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.decisions import cancel_booking
from spaces.actions.series import OnConflict, SeriesWish, book_series, plan_series
from spaces.actions.series_changes import change_series
from spaces.actions.series_decisions import cancel_series, confirm_series, decline_series
from spaces.models import (
    Booking,
    BookingStatus,
    CancellationRule,
    DateState,
    Hold,
    Occupancy,
    QuotaUse,
    Series,
    SeriesDate,
)
from spaces.recurrence import Pattern
from tests.factories import (
    DistrictFactory,
    MembershipFactory,
    SeriesFactory,
    SpaceFactory,
    open_rules,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = timezone.localdate(timezone=SHANGHAI) + timedelta(days=3)


def on(number: int) -> date:
    return FIRST + timedelta(days=number)


def at(number: int, hour: int) -> datetime:
    return datetime.combine(on(number), time(hour), tzinfo=SHANGHAI)


def daily(space, count: int = 5, begins: int = 9, ends: int = 10, **more) -> SeriesWish:
    return SeriesWish(
        space, Pattern(f"FREQ=DAILY;COUNT={count}", FIRST, time(begins), time(ends)), **more
    )


def space(**changes):
    return SpaceFactory(rules=open_rules(window_days=400, **changes))


def states(series: Series) -> list[str]:
    return list(series.dates.order_by("on").values_list("state", flat=True))


def hours(series: Series) -> list[int]:
    starts = series.dates.open().order_by("on").values_list("booking__starts_at", flat=True)
    return [moment.astimezone(SHANGHAI).hour for moment in starts]


def verbs(subject) -> list[str]:
    rows = Activity.objects.filter(subject_id=subject.pk).order_by("id")
    return list(rows.values_list("verb", flat=True))


def test_book_series_books_every_date_and_claims_it(tenant_member):
    room = space(setup_minutes=15, hourly_price=Decimal("80.00"))

    series = book_series(daily(room, 3, title="Stand-up"), by=tenant_member)

    bookings = Booking.objects.order_by("starts_at")
    assert [booking.starts_at for booking in bookings] == [at(0, 9), at(1, 9), at(2, 9)]
    assert {(row.title, row.price_amount, row.status) for row in bookings} == {
        ("Stand-up", Decimal("80.00"), BookingStatus.CONFIRMED)
    }
    assert {row.organization_id for row in bookings} == {tenant_member.organization_id}
    claims = Occupancy.objects.order_by("starts_at").values_list("starts_at", flat=True)
    assert list(claims) == [at(n, 9) - timedelta(minutes=15) for n in range(3)]
    assert states(series) == [DateState.BOOKED] * 3
    assert verbs(series) == ["series.booked"]
    assert [verbs(booking) for booking in bookings] == [["booking.planned"]] * 3


def test_book_series_skips_what_is_taken_and_says_why(tenant_member, stranger):
    room = space()
    book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)

    series = book_series(daily(room, 3), by=tenant_member)

    assert states(series) == [DateState.BOOKED, DateState.SKIPPED, DateState.BOOKED]
    assert series.dates.get(on=on(1)).reason == "occupancy_no_overlap"


def test_book_series_stops_where_asked_to_and_writes_nothing(tenant_member, stranger):
    room = space()
    book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)

    with pytest.raises(RuleViolation) as refusal:
        book_series(daily(room, 3), by=tenant_member, on_conflict=OnConflict.STOP)

    assert refusal.value.code == "series_conflicts"
    assert refusal.value.details["dates"] == [
        {"on": on(1).isoformat(), "code": "occupancy_no_overlap"}
    ]
    assert (Booking.objects.count(), Series.objects.count()) == (1, 0)


def test_book_series_takes_another_space_on_the_days_it_is_told_to(tenant_member, stranger):
    room, other = space(), space()
    book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)

    series = book_series(daily(room, 3, elsewhere={on(1): other}), by=tenant_member)

    assert states(series) == [DateState.BOOKED] * 3
    assert series.dates.get(on=on(1)).booking.space == other


def test_a_day_left_out_stays_out_when_the_series_changes(tenant_member):
    room = space()
    series = book_series(daily(room, 3, without=[on(1)]), by=tenant_member)
    later = replace(series.pattern, begins=time(14), ends=time(15))

    change_series(series, SeriesWish(room, later), from_on=FIRST, by=tenant_member)

    assert states(series) == [DateState.BOOKED, DateState.REMOVED, DateState.BOOKED]
    assert hours(series) == [14, 14]


def test_book_series_counts_the_quota_of_each_month(tenant_member):
    room = space(quota_minutes_per_month=120)

    series = book_series(daily(room, 35), by=tenant_member)

    used = dict(QuotaUse.objects.values_list("month", "minutes"))
    booked = [item.on.replace(day=1) for item in series.dates.open()]
    assert used == {month: booked.count(month) * 60 for month in set(booked)}
    assert max(used.values()) == 120
    assert set(series.dates.exclude(state="booked").values_list("reason", flat=True)) == {
        "booking_quota"
    }


def test_book_series_refuses_what_the_rules_refuse_on_every_date(tenant_member):
    room = space(min_minutes=120)

    with pytest.raises(RuleViolation) as refusal:
        book_series(daily(room, 3), by=tenant_member)

    assert refusal.value.code == "series_nothing"
    assert Series.objects.count() == 0


def test_plan_series_tells_the_same_without_writing(tenant_member, stranger):
    room = space()
    book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)

    plans = plan_series(daily(room, 3), by=tenant_member)

    assert [plan.refusal.code if plan.refusal else "" for plan in plans] == [
        "",
        "occupancy_no_overlap",
        "",
    ]
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("step", [book_series, plan_series])
def test_many_dates_take_as_many_statements_as_few(tenant_member, step):
    spent = []
    for count in (2, 200):
        room = space()
        with counted() as statements:
            step(daily(room, count), by=tenant_member)
        spent.append(len(statements.of_the_page))

    assert spent[0] == spent[1]


def test_changing_many_dates_takes_as_many_statements_as_few(tenant_member):
    spent = []
    for count in (2, 200):
        room = space()
        series = book_series(daily(room, count), by=tenant_member)
        later = replace(series.pattern, begins=time(14), ends=time(15))
        with counted() as statements:
            change_series(series, SeriesWish(room, later), from_on=FIRST, by=tenant_member)
        spent.append(len(statements.of_the_page))

    assert spent[0] == spent[1]


def test_change_series_moves_this_and_following_and_cuts_it_in_two(tenant_member):
    room = space()
    series = book_series(daily(room, 4), by=tenant_member)
    later = replace(series.pattern.since(on(2)), begins=time(14), ends=time(15))

    tail = change_series(series, SeriesWish(room, later), from_on=on(2), by=tenant_member)

    series.refresh_from_db()
    assert tail.follows == series
    assert (hours(series), hours(tail)) == ([9, 9], [14, 14])
    assert series.pattern.days() == [on(0), on(1)]
    assert tail.pattern.days() == [on(2), on(3)]
    claims = Occupancy.objects.order_by("starts_at").values_list("starts_at", flat=True)
    assert list(claims) == [at(0, 9), at(1, 9), at(2, 14), at(3, 14)]
    assert verbs(tail) == ["series.changed"]


def test_change_series_keeps_dates_that_were_moved_or_cancelled_on_their_own(tenant_member):
    room = space()
    series = book_series(daily(room, 4), by=tenant_member)
    moved, cancelled = series.dates.get(on=on(1)).booking, series.dates.get(on=on(2)).booking
    reschedule_booking(moved, room, at(1, 18), at(1, 19), by=tenant_member)
    cancel_booking(cancelled, by=tenant_member)
    later = replace(series.pattern, begins=time(14), ends=time(15))

    change_series(series, SeriesWish(room, later), from_on=FIRST, by=tenant_member)

    assert hours(series) == [14, 18, 14]
    assert Booking.objects.get(pk=cancelled.pk).status == BookingStatus.CANCELLED
    assert Booking.objects.count() == 4


def test_a_date_that_cannot_move_keeps_its_time(tenant_member, stranger):
    room = space()
    series = book_series(daily(room, 3), by=tenant_member)
    book_space(room, Wish(at(1, 14), at(1, 15)), by=stranger)
    later = replace(series.pattern, begins=time(14), ends=time(15))

    change_series(series, SeriesWish(room, later), from_on=FIRST, by=tenant_member)

    assert hours(series) == [14, 9, 14]
    assert Occupancy.objects.count() == 4


def test_another_rule_adds_and_drops_dates(tenant_member):
    room = space(quota_minutes_per_month=6000)
    series = book_series(daily(room, 4), by=tenant_member)
    before = sum(QuotaUse.objects.values_list("minutes", flat=True))
    every_other = replace(series.pattern, rule="FREQ=DAILY;INTERVAL=2;COUNT=3")

    change_series(series, SeriesWish(room, every_other), from_on=FIRST, by=tenant_member)

    open_days = series.dates.open().order_by("on").values_list("on", flat=True)
    assert list(open_days) == [on(0), on(2), on(4)]
    assert Booking.objects.filter(status=BookingStatus.CANCELLED).count() == 2
    assert before == 240
    assert sum(QuotaUse.objects.values_list("minutes", flat=True)) == 180


def test_cancel_series_gives_back_the_rest_and_never_heals_it(tenant_member, stranger):
    room = space(quota_minutes_per_month=6000)
    book_space(room, Wish(at(3, 9), at(3, 10)), by=stranger)
    series = book_series(daily(room, 4), by=tenant_member)
    assert states(series)[3] == DateState.SKIPPED

    cancel_series(series, from_on=on(1), by=tenant_member, reason="Moved out")

    assert [item.booking.status if item.booking else item.state for item in dates(series)] == [
        BookingStatus.CONFIRMED,
        BookingStatus.CANCELLED,
        BookingStatus.CANCELLED,
        DateState.REMOVED,
    ]
    own = QuotaUse.objects.filter(organization_id=tenant_member.organization_id)
    assert sum(own.values_list("minutes", flat=True)) == 60
    assert Occupancy.objects.count() == 2
    assert verbs(series) == ["series.booked", "series.cancelled"]


def dates(series: Series):
    return series.dates.order_by("on").select_related("booking")


def test_cancel_series_is_refused_where_rules_forbid_it(tenant_member, operator):
    series = book_series(daily(space(cancellation=CancellationRule.NEVER)), by=tenant_member)

    with pytest.raises(RuleViolation) as refusal:
        cancel_series(series, from_on=FIRST, by=tenant_member)
    cancel_series(series, from_on=FIRST, by=operator)

    assert refusal.value.code == "booking_cancellation"
    assert series.dates.open().count() == 0


def test_confirm_series_confirms_what_is_still_free(tenant_member, operator, stranger):
    room = space(approval="always", holds_when_requested=False)
    series = book_series(daily(room, 3), by=tenant_member)
    assert hours(series) == [9, 9, 9]
    assert Occupancy.objects.count() == 0
    book_space(room, Wish(at(1, 9), at(1, 10)), by=operator)

    confirm_series(series, by=operator)

    assert [item.booking.status for item in dates(series)] == [
        BookingStatus.CONFIRMED,
        BookingStatus.REQUESTED,
        BookingStatus.CONFIRMED,
    ]
    assert Occupancy.objects.count() == 3
    assert verbs(series) == ["series.requested", "series.confirmed"]


def test_decline_series_tells_why_and_gives_everything_back(tenant_member, operator):
    room = space(approval="always", quota_minutes_per_month=6000)
    series = book_series(daily(room, 3), by=tenant_member)
    assert Occupancy.objects.count() == 3

    decline_series(series, "Exams", by=operator)

    assert {(item.booking.status, item.booking.reason) for item in dates(series)} == {
        (BookingStatus.DECLINED, "Exams")
    }
    assert Occupancy.objects.count() == 0
    assert sum(QuotaUse.objects.values_list("minutes", flat=True)) == 0
    assert verbs(series) == ["series.requested", "series.declined"]


@pytest.mark.parametrize("decide", [confirm_series, lambda s, by: decline_series(s, "No", by=by)])
def test_a_series_without_requests_is_not_decided(tenant_member, operator, decide):
    series = book_series(daily(space()), by=tenant_member)

    with pytest.raises(RuleViolation) as refusal:
        decide(series, by=operator)

    assert refusal.value.code == "series_decided"


def test_staff_give_the_quota_of_a_company_back(tenant_member, operator):
    room = space(quota_minutes_per_month=6000)
    series = book_series(daily(room, 4), by=tenant_member)
    assert sum(QuotaUse.objects.values_list("minutes", flat=True)) == 240

    longer = replace(series.pattern, ends=time(11))
    change_series(series, SeriesWish(room, longer), from_on=FIRST, by=operator)
    after_change = sum(QuotaUse.objects.values_list("minutes", flat=True))
    cancel_series(series, from_on=FIRST, by=operator)

    assert after_change == 480
    assert sum(QuotaUse.objects.values_list("minutes", flat=True)) == 0


def test_dates_that_staff_add_are_the_companys(tenant_member, operator, stranger):
    room = space()
    taken = book_space(room, Wish(at(1, 9), at(1, 10)), by=stranger)
    series = book_series(daily(room, 3), by=tenant_member)
    assert states(series)[1] == DateState.SKIPPED
    cancel_booking(taken, by=stranger)
    Hold.objects.all().delete()  # staff are faster than what heals it by itself

    change_series(series, SeriesWish(room, series.pattern), from_on=FIRST, by=operator)

    owners = series.dates.values_list("booking__organization_id", "booking__person_id").distinct()
    assert states(series) == [DateState.BOOKED] * 3
    assert list(owners) == [(tenant_member.organization_id, tenant_member.person_id)]


def test_whoever_changes_a_series_must_have_seen_it_as_it_is(tenant_member, tenant_admin):
    room = space()
    series = book_series(daily(room, 4), by=tenant_member)
    stale = Series.objects.get(pk=series.pk)
    later = replace(series.pattern.since(on(2)), begins=time(14), ends=time(15))
    change_series(series, SeriesWish(room, later), from_on=on(2), by=tenant_admin)

    with pytest.raises(RuleViolation) as refusal:
        change_series(stale, SeriesWish(room, later), from_on=on(2), by=tenant_member)

    assert refusal.value.code == "series_changed"
    assert Booking.objects.count() == 4


def test_a_hold_that_reaches_over_a_claim_counts_whole(tenant_member, stranger):
    room = space()
    book_space(room, Wish(at(0, 9), at(0, 10)), by=stranger)
    Hold.objects.create(
        space=room,
        person=stranger.person,
        starts_at=at(0, 8),
        ends_at=at(0, 12),
        expires_at=timezone.now() + timedelta(hours=1),
    )

    series = book_series(daily(room, 2, begins=11, ends=12), by=tenant_member)

    assert states(series) == [DateState.SKIPPED, DateState.BOOKED]


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        (lambda s: Series.objects.filter(pk=s.pk).update(attendee_count=0), "series_people"),
        (lambda s: SeriesFactory(number=s.number), "series_number"),
        (
            lambda s: SeriesDate.objects.create(series=s, on=FIRST, state=DateState.REMOVED),
            "seriesdate_once",
        ),
        (
            lambda s: SeriesDate.objects.create(
                series=s, on=on(9), state="booked", booking=s.dates.all()[0].booking
            ),
            "seriesdate_booking",
        ),
        (
            lambda s: SeriesDate.objects.create(series=s, on=on(9), state="booked"),
            "seriesdate_booked",
        ),
    ],
)
def test_what_is_always_true_of_a_series_is_held_by_the_database(tenant_member, broken, constraint):
    series = book_series(daily(space(), 2), by=tenant_member)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        broken(series)


@pytest.mark.django_db(transaction=True)
def test_two_who_change_a_series_at_once_do_not_book_it_twice():
    home = DistrictFactory()
    with scope(home.pk):
        member = MembershipFactory(role=Role.COMPANY_MEMBER)
        room = space()
        series = book_series(daily(room, 6), by=member)

    everybody_has_read = Barrier(4)
    refused = []

    def change(begins: int) -> None:
        later = replace(series.pattern.since(on(3)), begins=time(begins), ends=time(begins + 1))
        with scope(home.pk):
            own = Series.objects.get(pk=series.pk)
            everybody_has_read.wait()
            try:
                change_series(own, SeriesWish(room, later), from_on=on(3), by=member)
            except RuleViolation as refusal:
                refused.append(refusal.code)

    at_once(4, change, [12, 14, 16, 18])

    with scope(home.pk):
        assert refused == ["series_changed"] * 3
        assert Booking.objects.count() == 6
        assert Occupancy.objects.count() == 6

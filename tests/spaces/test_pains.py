"""What users of other booking systems complain of: each refused here, by a test of its own."""

import ast
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from district.measuring.threads import at_once
from district.models import Role
from district.rules import RuleViolation
from district.tenancy.scope import scope
from spaces.actions.blocking import Closing, block_spaces, change_blocking
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.decisions import confirm_booking
from spaces.actions.held import Span
from spaces.actions.search import Need, find_free
from spaces.actions.series import SeriesWish, book_series
from spaces.actions.series_changes import change_series
from spaces.actions.series_decisions import cancel_series
from spaces.models import Booking, BookingStatus, DateState, Occupancy, Series
from spaces.recurrence import Pattern
from tests.factories import DistrictFactory, MembershipFactory, SpaceFactory, open_rules

ROOT = Path(__file__).parents[2]
SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = timezone.localdate(timezone=SHANGHAI) + timedelta(days=3)
WRITES = {"create", "bulk_create", "update", "bulk_update", "delete", "get_or_create"}


def at(hour: int, days: int = 0) -> datetime:
    return datetime.combine(FIRST + timedelta(days=days), time(hour), tzinfo=SHANGHAI)


def daily(space, count: int = 4) -> SeriesWish:
    return SeriesWish(space, Pattern(f"FREQ=DAILY;COUNT={count}", FIRST, time(9), time(10)))


def states(series: Series) -> list[str]:
    return list(series.dates.order_by("on").values_list("state", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_check_and_its_write_are_never_parted():
    """Many who saw the same slot free at the same moment: one has it, none got an error page."""
    place = DistrictFactory()
    with scope(place.pk):
        room = SpaceFactory()
        members = [MembershipFactory(role=Role.COMPANY_MEMBER) for _ in range(12)]
    refused: list[str] = []

    def book(member) -> None:
        try:
            with scope(place.pk):
                book_space(room, Wish(at(9), at(10)), by=member)
        except RuleViolation as violation:
            refused.append(violation.code)

    at_once(12, book, members)

    assert refused == ["occupancy_no_overlap"] * 11
    with scope(place.pk):
        assert Booking.objects.count() == Occupancy.objects.count() == 1


def test_two_requests_for_one_time_are_not_both_approved(tenant_member, stranger, operator):
    hall = SpaceFactory(rules=open_rules(approval="always", holds_when_requested=False))
    first = book_space(hall, Wish(at(9), at(11)), by=tenant_member)
    second = book_space(hall, Wish(at(10), at(12)), by=stranger)
    confirm_booking(first, by=operator)

    with pytest.raises(RuleViolation) as refusal:
        confirm_booking(second, by=operator)

    second.refresh_from_db()
    assert refusal.value.code == "occupancy_no_overlap"
    assert (second.status, Occupancy.objects.count()) == (BookingStatus.REQUESTED, 1)


def writers_of(model: str) -> set[str]:
    """Files of the product, measures apart, in which rows of a model are written."""
    found = set()
    for path in (ROOT / "spaces").rglob("*.py"):
        if not {"migrations", "measures"} & set(path.parts):
            tree = ast.parse(path.read_text())
            if any(name == model for name in written_in(tree)):
                found.add(str(path.relative_to(ROOT)))
    return found


def written_in(tree: ast.AST) -> Iterator[str]:
    """The models on whose managers something that writes is called."""
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in WRITES:
            yield from {item.id for item in ast.walk(called) if isinstance(item, ast.Name)}


def test_no_way_of_writing_goes_round_the_ledger():
    """Whatever makes, moves or ends a claim is one of a few files that lock the leaves first."""
    assert writers_of("Occupancy") == {
        "spaces/actions/closure.py",
        "spaces/actions/imported.py",
        "spaces/actions/occupancy.py",
        "spaces/actions/outside.py",
        "spaces/actions/series_decisions.py",
        "spaces/actions/structure.py",
    }


def test_conflicts_are_read_from_the_claims_and_not_from_a_copy(tenant_member, stranger):
    """What was booked a moment ago is in the way at once: there is no view to be refreshed."""
    room = SpaceFactory()
    book_space(room, Wish(at(9), at(10)), by=tenant_member)

    with pytest.raises(RuleViolation) as refusal:
        book_space(room, Wish(at(9), at(10)), by=stranger)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_matviews")
        [views] = cursor.fetchone()

    assert (refusal.value.code, views) == ("occupancy_no_overlap", 0)


@pytest.mark.parametrize("name", ["Europe/London", "America/St_Johns", "Australia/Lord_Howe"])
def test_a_series_keeps_its_hour_on_the_wall_when_clocks_change(db, name):
    zone = ZoneInfo(name)
    with scope(DistrictFactory(time_zone=name).pk):
        room = SpaceFactory(rules=open_rules(window_days=400))
        member = MembershipFactory(role=Role.COMPANY_MEMBER)
        pattern = Pattern("FREQ=WEEKLY;COUNT=52", FIRST, time(9), time(10))

        series = book_series(SeriesWish(room, pattern), by=member)
        starts = [item.booking.starts_at.astimezone(zone) for item in series.dates.all()]

    assert len({start.utcoffset() for start in starts}) == 2
    assert {(start.hour, start.minute) for start in starts} == {(9, 0)}


def test_choosing_no_date_touches_no_date(browser_of, tenant_member, operator):
    """An empty choice is nothing, not everything."""
    series = book_series(daily(SpaceFactory()), by=tenant_member)

    with pytest.raises(RuleViolation) as refusal:
        cancel_series(series, from_on=date.max, by=tenant_member)
    browser_of(operator).post("/lists/bookings/bulk/cancel/", {})

    assert refusal.value.code == "series_over"
    assert states(series) == [DateState.BOOKED] * 4
    assert set(Booking.objects.values_list("status", flat=True)) == {BookingStatus.CONFIRMED}


def test_a_search_takes_as_many_statements_for_fifty_rooms_as_for_one(tenant_member):
    rules = open_rules()

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            find_free(Need(at(9), at(10), 1), by=tenant_member, zone=SHANGHAI)
        return len(asked)

    SpaceFactory(rules=rules)
    one = statements()
    for _ in range(49):
        SpaceFactory(rules=rules)

    assert statements() == one <= 4


def test_a_date_that_was_taken_out_never_comes_back(tenant_member):
    wish = daily(SpaceFactory())
    series = book_series(
        SeriesWish(wish.space, wish.pattern, without=[FIRST + timedelta(days=1)]), by=tenant_member
    )
    later = Pattern(wish.pattern.rule, FIRST, time(15), time(16))

    changed = change_series(series, SeriesWish(wish.space, later), from_on=FIRST, by=tenant_member)

    assert states(changed)[1] == DateState.REMOVED
    assert not Booking.objects.filter(starts_at__date=FIRST + timedelta(days=1)).exists()


def test_what_moves_takes_its_room_along(tenant_member, stranger, operator):
    """The old time is free at once and the new one is taken, for bookings and closings."""
    room = SpaceFactory()
    booking = book_space(room, Wish(at(9), at(10)), by=tenant_member)
    [blocking] = block_spaces(
        [room], Closing(Span(at(12), at(13)), reason_en="Repairs"), {}, by=operator
    )

    reschedule_booking(booking, room, at(10), at(11), by=tenant_member)
    change_blocking(blocking, Closing(Span(at(13), at(14)), reason_en="Repairs"), {}, by=operator)

    for hour in (9, 12):
        book_space(room, Wish(at(hour), at(hour + 1)), by=stranger)
    for hour in (10, 13):
        with pytest.raises(RuleViolation):
            book_space(room, Wish(at(hour), at(hour + 1)), by=stranger)
    assert sorted(row.starts_at for row in Occupancy.objects.all()) == [
        at(9), at(10), at(12), at(13)
    ]  # fmt: skip

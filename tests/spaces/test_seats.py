"""Desks of an open area: any free one, never more than there are."""

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone, translation

from district.rules import RuleViolation
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.decisions import cancel_booking
from spaces.actions.search import Need, areas_with_seats, find_free
from spaces.models import Booking, Occupancy, Space, SpaceLeaf
from tests.factories import DistrictFactory, MembershipFactory, SpaceFactory, open_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _english_in_shanghai():
    with translation.override("en"), timezone.override(SHANGHAI):
        yield


def tomorrow(hour: int) -> datetime:
    day = timezone.localdate(timezone=SHANGHAI) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def wish(seats: int, start: int = 9, end: int = 17) -> Wish:
    return Wish(tomorrow(start), tomorrow(end), attendee_count=seats, seat_count=seats)


def open_area(seats: int) -> Space:
    area = SpaceFactory(is_leaf=False, capacity=seats, name_en="Open studio")
    for _ in range(seats):
        seat = SpaceFactory(
            building=area.building, parent=area, capacity=1, rules=open_rules(hourly_price=2)
        )
        SpaceLeaf.objects.create(space=area, leaf=seat)
    return area


@pytest.fixture
def area(district):
    return open_area(5)


def test_book_space_takes_any_free_seats(area, tenant_member, stranger):
    first = book_space(area, wish(2), by=tenant_member)
    second = book_space(area, wish(3), by=stranger)

    seats = Occupancy.objects.values_list("source_id", "space_id")
    assert [source for source, _ in seats].count(first.pk) == 2
    assert [source for source, _ in seats].count(second.pk) == 3
    assert len({seat for _, seat in seats}) == 5
    assert first.price_amount == 2 * 2 * 8


def test_book_space_says_how_many_seats_are_left(area, tenant_member, stranger):
    book_space(area, wish(4), by=stranger)

    with pytest.raises(RuleViolation) as refusal:
        book_space(area, wish(2), by=tenant_member)

    assert refusal.value.code == "occupancy_seats"
    assert str(refusal.value) == "Only 1 seat is free at that time."
    assert Booking.objects.count() == 1


def test_the_whole_area_excludes_seats_and_the_other_way_round(area, tenant_member, stranger):
    book_space(area, wish(1), by=stranger)

    with pytest.raises(RuleViolation) as refusal:
        book_space(area, Wish(tomorrow(9), tomorrow(10)), by=tenant_member)

    assert refusal.value.code == "occupancy_no_overlap"


def test_a_room_has_no_seats(tenant_member):
    with pytest.raises(RuleViolation) as refusal:
        book_space(SpaceFactory(), wish(1), by=tenant_member)

    assert refusal.value.code == "booking_no_seats"


def test_reschedule_booking_finds_other_seats_and_cancelling_frees_them(
    area, tenant_member, stranger
):
    mine = book_space(area, wish(3, 9, 12), by=tenant_member)
    book_space(area, wish(2, 13, 17), by=stranger)

    reschedule_booking(mine, area, tomorrow(13), tomorrow(16), by=tenant_member)

    assert Occupancy.objects.filter(source_id=mine.pk, starts_at=tomorrow(13)).count() == 3
    cancel_booking(mine, by=tenant_member)
    assert not Occupancy.objects.filter(source_id=mine.pk).exists()


def test_areas_with_seats_counts_what_is_taken(area, tenant_member, stranger):
    book_space(area, wish(3), by=stranger)
    zone = SHANGHAI

    [found] = areas_with_seats(Need(tomorrow(10), tomorrow(11), 2), by=tenant_member, zone=zone)

    assert (found, found.seats, found.taken) == (area, 5, 3)
    need = Need(tomorrow(10), tomorrow(11), 3)
    assert areas_with_seats(need, by=tenant_member, zone=zone) == []


def test_single_seats_are_not_offered_as_rooms(area, tenant_member):
    room = SpaceFactory(capacity=4)

    found = find_free(Need(tomorrow(10), tomorrow(11), 1), by=tenant_member, zone=SHANGHAI)

    assert {item.space for item in found} == {area, room}


def test_a_desk_is_booked_through_the_pages(area, tenant_member, browser_of):
    company = browser_of(tenant_member)
    asked = {
        "day": f"{tomorrow(0):%Y-%m-%d}",
        "at": "09:00",
        "minutes": "240",
        "people": "2",
    }

    found = company.get("/book/seats/", asked)
    company.post(f"/book/{area.pk}/create/", {**asked, "seats": "on"})

    assert "0 of 5 seats taken" in found.content.decode()
    booking = Booking.objects.get()
    assert (booking.seat_count, booking.attendee_count) == (2, 2)
    assert Occupancy.objects.filter(source_id=booking.pk).count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_get_more_seats_than_there_are():
    district = DistrictFactory()
    with scope(district.pk):
        area = open_area(6)
        members = [MembershipFactory() for _ in range(8)]
    refused: list[str] = []

    def book(member):
        try:
            with scope(district.pk):
                book_space(area, wish(2), by=member)
        except RuleViolation as violation:
            refused.append(violation.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=book, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with scope(district.pk):
        assert Occupancy.objects.count() == 6
        assert Booking.objects.count() == 3
    assert refused == ["occupancy_seats"] * 5

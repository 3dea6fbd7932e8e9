"""The page behind the QR code at a door, the signs, and devices that report presence."""

from datetime import datetime, timedelta
from random import randrange
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from district.actors import System
from district.api.tokens import issue_token
from district.measuring.queries import counted
from district.models import Activity, Role
from spaces.actions.booking import Wish, book_space
from spaces.actions.check_in import check_in_booking
from spaces.actions.sweeping import BATCH, release_unused, sweep_bookings
from spaces.door import seen_from_door
from spaces.models import (
    Booking,
    BookingStatus,
    Occupancy,
    OccupancyKind,
    Space,
    SpaceLeaf,
)
from spaces.views.door import GUESSES
from tests.factories import (
    ApiClientFactory,
    BookingFactory,
    MembershipFactory,
    OrganizationFactory,
    SpaceFactory,
    open_rules,
)

ZONE = ZoneInfo("Asia/Shanghai")
TEN = datetime(2026, 3, 10, 10, tzinfo=ZONE)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock():
    with timezone.override(ZONE), time_machine.travel(TEN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def room(district) -> Space:
    return SpaceFactory(name_en="Heron room", rules=open_rules(check_in_minutes=15))


def booked(room, member, begins=TEN, minutes=60) -> Booking:
    return book_space(
        room, Wish(begins, begins + minutes * MINUTE, title="Merger talks"), by=member
    )


def page(browser, room) -> str:
    answer = browser.get(f"/door/{room.door_code}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_public_reads_what_is_going_on_and_nobodys_name(
    room, tenant_member, stranger, browser_of
):
    booked(room, tenant_member)
    booked(room, stranger, TEN + 120 * MINUTE)

    seen = page(browser_of(None), room)

    assert "Booked, nobody has checked in" in seen
    assert "Given free at 10:15 if nobody checks in" in seen
    assert "12:00" in seen
    assert "Log in to check in" in seen
    hidden = ["Merger talks", tenant_member.organization.name, tenant_member.person.name]
    assert [text for text in hidden if text in seen] == []


def test_who_booked_it_and_colleagues_can_check_in_others_cannot(
    room, tenant_member, tenant_admin, stranger, operator, browser_of
):
    booking = booked(room, tenant_member)
    aim = f"/bookings/{booking.pk}/check-in/"

    offered = [
        aim in page(browser_of(who), room)
        for who in (tenant_member, tenant_admin, operator, stranger)
    ]

    assert offered == [True, True, True, False]
    assert tenant_member.person.name in page(browser_of(operator), room)
    assert "Merger talks" not in page(browser_of(stranger), room)


def test_checking_in_at_the_door_comes_back_to_it(room, tenant_member, browser_of, district, clock):
    booking = booked(room, tenant_member)
    door = f"/{district.slug}/door/{room.door_code}/"

    answer = browser_of(tenant_member).post(f"/bookings/{booking.pk}/check-in/", {"next": door})

    assert (answer.status_code, answer["Location"]) == (302, door)
    clock.move_to(TEN + MINUTE)
    seen = page(browser_of(tenant_member), room)
    assert "In use now" in seen
    assert "Checked in at 10:00" in seen
    assert "End now" in seen
    assert "Extend until 11:30" in seen


def test_a_free_space_is_used_with_one_tap(room, tenant_member, browser_of, clock):
    clock.move_to(TEN + 7 * MINUTE)
    seen = seen_from_door(room, tenant_member, ZONE, timezone.now())
    assert [end.strftime("%H:%M") for end in seen.ends] == ["10:30", "11:00", "11:30", "12:00"]

    answer = browser_of(tenant_member).post(
        f"/door/{room.door_code}/use/", {"until": seen.ends[1].isoformat()}
    )

    assert answer.status_code == 302
    booking = Booking.objects.get()
    assert (booking.status, booking.starts_at, booking.ends_at) == (
        BookingStatus.CHECKED_IN,
        TEN + 7 * MINUTE,
        TEN + 60 * MINUTE,
    )


def test_it_is_offered_only_until_the_next_booking_and_to_those_who_may(
    room, tenant_member, stranger, browser_of
):
    booked(room, stranger, TEN + 60 * MINUTE)
    asks = SpaceFactory(rules=open_rules(approval="always"))

    def ends(space, actor):
        seen = seen_from_door(space, actor, ZONE, timezone.now())
        return [end.strftime("%H:%M") for end in seen.ends]

    assert ends(room, tenant_member) == ["10:30", "11:00"]
    assert ends(asks, tenant_member) == []
    assert ends(room, None) == []
    assert ends(room, MembershipFactory(role=Role.AUDITOR)) == []


def test_a_hall_is_seen_from_the_doors_of_its_parts(tenant_member, browser_of):
    rules = open_rules(check_in_minutes=15)
    hall = SpaceFactory(is_leaf=False, rules=rules)
    half = SpaceFactory(parent=hall, building=hall.building, rules=rules)
    SpaceLeaf.objects.create(space=hall, leaf=half)
    booking = booked(hall, tenant_member)

    assert f"/bookings/{booking.pk}/check-in/" in page(browser_of(tenant_member), half)


def test_a_closed_room_says_so(room, browser_of):
    Occupancy.objects.create(
        space=room,
        kind=OccupancyKind.BLOCKING,
        source_id=room.pk,
        starts_at=TEN,
        ends_at=TEN + 60 * MINUTE,
        during=(TEN, TEN + 60 * MINUTE),
    )

    assert "Out of use" in page(browser_of(None), room)


def test_a_wrong_code_is_not_found_and_guessing_ends_soon(room, browser_of, tenant_member):
    ended = SpaceFactory(ended_at=TEN)
    assert page(browser_of(None), room)

    nobody = browser_of(None)
    nobody.defaults["REMOTE_ADDR"] = f"2001:db8:{randrange(9999)}:{randrange(9999)}::1"
    wrong = [nobody.get(f"/door/{code}/").status_code for code in ("X" * 12, ended.door_code)]
    more = {nobody.get(f"/door/{n:012d}/").status_code for n in range(GUESSES.most - 2)}

    assert (wrong, more) == ([404, 404], {404})
    assert nobody.get("/door/000000000000/").status_code == 429
    assert nobody.get(f"/door/{room.door_code}/").status_code == 429
    assert page(browser_of(tenant_member), room)


def test_a_renewed_code_opens_and_the_old_one_does_not(room, operator, browser_of):
    old, browser = room.door_code, browser_of(operator)
    assert f"/door/{old}/" in browser.get(f"/spaces/{room.pk}/sign/").content.decode()

    browser.post(f"/spaces/{room.pk}/sign/renew/")

    room.refresh_from_db()
    assert room.door_code != old
    assert browser.get(f"/door/{old}/").status_code == 404
    assert "Heron room" in page(browser, room)
    assert Activity.objects.get(verb="space.sign_renewed").subject_id == room.pk


def test_all_signs_of_a_building_are_one_print(room, operator, browser_of):
    SpaceFactory(name_en="Otter room", building=room.building)
    SpaceFactory(name_en="Store", building=room.building, bookable=False)

    seen = browser_of(operator).get(f"/buildings/{room.building_id}/signs/").content.decode()

    assert [name in seen for name in ("Heron room", "Otter room", "Store")] == [True, True, False]
    assert seen.count("<svg") - seen.count('class="icon"') == 2


def test_a_door_takes_the_same_queries_whatever_is_booked(
    room, tenant_member, stranger, django_assert_max_num_queries
):
    booked(room, tenant_member)
    for hour in range(2, 12):
        booked(room, stranger, TEN + hour * 60 * MINUTE)

    with django_assert_max_num_queries(8):
        seen_from_door(room, stranger, ZONE, timezone.now())


def test_the_sweep_takes_the_same_queries_for_one_and_for_fifty(
    room,
):
    def late(count: int) -> None:
        for _ in range(count):
            member = MembershipFactory(role=Role.COMPANY_MEMBER)
            booked(SpaceFactory(rules=room.rules), member)

    def sweep() -> int:
        with counted() as statements:
            release_unused(TEN + 20 * MINUTE)
        return len(statements.of_the_page)

    late(1)
    of_one = sweep()
    late(50)

    assert sweep() == of_one <= 12
    assert Booking.objects.filter(status=BookingStatus.NO_SHOW).count() == 51


def test_the_sweep_goes_on_after_a_batch(district, room, monkeypatch, clock):
    monkeypatch.setattr("spaces.actions.sweeping.BATCH", 2)
    for _ in range(5):
        BookingFactory(
            space=room, rules=room.rules, status="confirmed", starts_at=TEN - 120 * MINUTE
        )

    assert sweep_bookings(district) == 5
    assert sweep_bookings(district) == 0
    assert BATCH == 500


class Device:
    """A program of the operator, or of somebody else, with a token."""

    def __init__(self, browser, organization, scopes=("spaces:read", "bookings:write")):
        program = ApiClientFactory(organization=organization, scopes=list(scopes))
        until = timezone.now() + timedelta(days=30)
        self.secret = issue_token(program, expires_at=until, by=System())[1]
        self.browser = browser

    def post(self, path):
        headers = {"Authorization": f"Bearer {self.secret}"}
        return self.browser.post(f"/api/v1/{path}", headers=headers)


@pytest.fixture
def reader(district, browser_of) -> Device:
    return Device(browser_of(None), OrganizationFactory(operating=True))


def test_a_door_reader_checks_in_what_runs(room, tenant_member, reader):
    booking = booked(room, tenant_member)

    first, again = (reader.post(f"spaces/{room.pk}/presence/") for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert first.json()["booking"] == str(booking.pk)
    assert Booking.objects.get().status == BookingStatus.CHECKED_IN


def test_a_reader_in_an_empty_room_changes_nothing(room, reader):
    answer = reader.post(f"spaces/{room.pk}/presence/")

    assert (answer.status_code, answer.json()) == (200, {"booking": None, "checked_in_at": None})


def test_only_programs_of_the_operator_report_presence(room, tenant_member, browser_of):
    booked(room, tenant_member)
    company = Device(browser_of(None), tenant_member.organization)
    reading = Device(browser_of(None), OrganizationFactory(operating=True), ["spaces:read"])

    refused = [d.post(f"spaces/{room.pk}/presence/").status_code for d in (company, reading)]

    assert refused == [403, 403]
    assert Booking.objects.get().status == BookingStatus.CONFIRMED


def test_a_program_checks_in_its_own_bookings_and_no_others(
    room, tenant_member, stranger, browser_of
):
    booking = booked(room, tenant_member)
    own = Device(browser_of(None), tenant_member.organization)
    foreign = Device(browser_of(None), stranger.organization)

    assert foreign.post(f"bookings/{booking.pk}/check_in/").status_code == 404
    answers = [own.post(f"bookings/{booking.pk}/check_in/") for _ in range(2)]

    assert [(a.status_code, a.json()["status"]) for a in answers] == [(200, "checked_in")] * 2


def test_a_refused_check_in_says_why_in_the_programs_words(room, tenant_member, browser_of):
    booking = booked(room, tenant_member, TEN + 60 * MINUTE)
    own = Device(browser_of(None), tenant_member.organization)

    answer = own.post(f"bookings/{booking.pk}/check_in/")

    assert (answer.status_code, answer.json()["code"]) == (409, "check_in_too_early")


def test_pages_offer_what_can_be_done_at_the_moment(room, tenant_member, operator, browser_of):
    booking = booked(room, tenant_member)
    own, staff = browser_of(tenant_member), browser_of(operator)
    path = f"/bookings/{booking.pk}/"

    assert "until 10:15" in own.get("/").content.decode()
    assert "Check in from 15 min" in own.get(path).content.decode()
    assert "Nobody came" not in own.get(path).content.decode()
    assert "Check in" in staff.get(f"{path}card/").content.decode()
    check_in_booking(booking, by=tenant_member)

    assert "End now" not in own.get(path).content.decode()
    assert "Extend until 11:30" in own.get(path).content.decode()

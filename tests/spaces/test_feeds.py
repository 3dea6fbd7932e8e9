"""Calendars that follow bookings: read back by two libraries, and shut when access ends."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.core import mail
from django.utils import timezone
from icalendar import Calendar

from district.channels.sender import deliver
from district.models import Activity, Membership, Role
from district.relay import relay
from district.rules import RuleViolation
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.decisions import cancel_booking
from spaces.actions.feeds import MOST, end_feed, feed_of, renew_feed, secret_of, subscribe
from spaces.actions.series import SeriesWish, book_series
from spaces.calendars import calendar_of, event_of
from spaces.feeds import content_of
from spaces.models import FeedKind, SpaceLeaf
from spaces.recurrence import Pattern
from tests.factories import (
    BookingFactory,
    DistrictFactory,
    MembershipFactory,
    SpaceFactory,
    open_rules,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def ahead(hour: int, days: int = 1) -> datetime:
    day = timezone.localdate(timezone=SHANGHAI) + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def read(feed, district):
    """The events of a feed by their titles."""
    calendar = Calendar.from_ical(content_of(feed, district))
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


@pytest.fixture
def room(district):
    return SpaceFactory(name_en="Moon Bay")


@pytest.fixture
def booking(room, tenant_member):
    return book_space(
        room, Wish(ahead(9), ahead(10), title="Review, part 1; \\n"), by=tenant_member
    )


@pytest.fixture
def feed(tenant_member):
    return subscribe(FeedKind.PERSON, by=tenant_member)


ZONES = ("Asia/Shanghai", "Europe/London", "America/St_Johns", "Australia/Lord_Howe")


def through_the_year(zone: ZoneInfo) -> list[datetime]:
    """Noon of every week, and the hours beside each night on which clocks change somewhere."""
    weeks = [
        datetime(2027, 1, 1, 12, tzinfo=zone) + timedelta(days=day) for day in range(0, 366, 7)
    ]
    nights = ((3, 14), (3, 28), (4, 4), (10, 3), (10, 31), (11, 7))
    beside = [
        datetime(2027, month, day, hour, 30, tzinfo=zone)
        for month, day in nights
        for hour in (0, 4)
    ]
    return [*weeks, *beside]


def from_icalendar(content: str) -> list[datetime]:
    return [event.DTSTART for event in Calendar.from_ical(content).walk("VEVENT")]


def from_vobject(content: str) -> list[datetime]:
    return [event.dtstart.value for event in vobject.readOne(content).vevent_list]


@pytest.mark.parametrize("zone_name", ZONES)
@pytest.mark.parametrize("reader", [from_icalendar, from_vobject])
def test_local_times_are_right_all_year_round_in_two_readers(db, zone_name, reader):
    place, zone = DistrictFactory(time_zone=zone_name), ZoneInfo(zone_name)
    moments, now = through_the_year(zone), timezone.now()
    with scope(place.pk):
        space = SpaceFactory()
        stored = [moment.astimezone(UTC) for moment in moments]
        events = [
            event_of(BookingFactory.build(space=space, organization=None, **times), place)
            for times in (
                {"starts_at": at, "ends_at": at, "created_at": now, "updated_at": now}
                for at in stored
            )
        ]
        content = calendar_of(events, place).decode()

    found = reader(content)

    assert [moment.timestamp() for moment in found] == [moment.timestamp() for moment in stored]
    assert [f"{moment:%F %R}" for moment in found] == [f"{moment:%F %R}" for moment in moments]


def test_a_booking_says_what_where_and_when(feed, booking, district):
    [event] = read(feed, district).values()

    assert event["SUMMARY"] == booking.title
    assert str(event["LOCATION"]).startswith("Moon Bay, ")
    assert event["URL"] == district.absolute_url(f"/bookings/{booking.pk}/")
    assert (event["STATUS"], event.DTSTART) == ("CONFIRMED", booking.starts_at)
    assert event.DTSTART.tzinfo.key == "Asia/Shanghai"


def test_a_move_keeps_the_uid_and_raises_the_sequence(feed, booking, room, tenant_member, district):
    [before] = read(feed, district).values()

    reschedule_booking(booking, room, ahead(14), ahead(15), by=tenant_member)

    [after] = read(feed, district).values()
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert ahead(14) == after.DTSTART


def test_what_was_cancelled_stays_and_says_so(feed, booking, tenant_member, district):
    [before] = read(feed, district).values()

    cancel_booking(booking, by=tenant_member)

    [after] = read(feed, district).values()
    assert (after["UID"], after["STATUS"]) == (before["UID"], "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_a_request_is_tentative(feed, tenant_member, district):
    asked = SpaceFactory(rules=open_rules(approval="always"))
    book_space(asked, Wish(ahead(9), ahead(10), title="Asked"), by=tenant_member)

    assert read(feed, district)["Asked"]["STATUS"] == "TENTATIVE"


def test_each_kind_shows_what_its_holder_sees(room, booking, tenant_member, tenant_admin, stranger):
    district = room.district
    colleague = book_space(room, Wish(ahead(11), ahead(12), title="Colleague"), by=tenant_admin)
    book_space(room, Wish(ahead(13), ahead(14), title="Secret plan"), by=stranger)

    mine = content_of(subscribe(FeedKind.PERSON, by=tenant_member), district)
    ours = content_of(subscribe(FeedKind.ORGANIZATION, by=tenant_member), district)
    rooms = content_of(subscribe(FeedKind.SPACE, by=tenant_member, space=room), district)

    assert [mine.count(b"BEGIN:VEVENT"), ours.count(b"BEGIN:VEVENT")] == [1, 2]
    assert colleague.title.encode() in ours
    assert rooms.count(b"BEGIN:VEVENT") == 3
    assert rooms.count(b"CLASS:PRIVATE") == 1
    assert b"Secret plan" not in rooms
    assert stranger.organization.name.encode() not in rooms


def test_staff_see_a_space_in_full(room, operator, stranger):
    book_space(room, Wish(ahead(13), ahead(14), title="Secret plan"), by=stranger)

    content = content_of(subscribe(FeedKind.SPACE, by=operator, space=room), room.district)

    assert b"SUMMARY:Secret plan" in content
    assert b"CLASS:PRIVATE" not in content


def test_a_hall_that_is_taken_in_parts_is_shown_once(district, tenant_member, stranger):
    hall = SpaceFactory(name_en="Hall", is_leaf=False)
    parts = [SpaceFactory(parent=hall, building=hall.building) for _ in range(2)]
    SpaceLeaf.objects.filter(space=hall).delete()
    SpaceLeaf.objects.bulk_create(SpaceLeaf(space=hall, leaf=part) for part in parts)
    book_space(hall, Wish(ahead(9), ahead(10)), by=stranger)

    content = content_of(subscribe(FeedKind.SPACE, by=tenant_member, space=hall), district)

    assert content.count(b"CLASS:PRIVATE") == 1


def test_it_reads_without_logging_in_and_asks_again_for_little(browser_of, feed, booking):
    program = browser_of(None)
    address = f"/calendar/{secret_of(feed)}.ics"

    first = program.get(address)
    again = program.get(address, headers={"If-None-Match": first["ETag"]})

    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.content.count(b"BEGIN:VEVENT") == 1
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("how", ["guessed", "ended", "renewed", "left", "company ended"])
def test_it_reads_nothing_once_access_ends(browser_of, feed, booking, tenant_member, how):
    program, address = browser_of(None), f"/calendar/{secret_of(feed)}.ics"
    assert program.get(address).status_code == 200
    now = timezone.now()

    match how:
        case "guessed":
            address = "/calendar/" + "A" * 43 + ".ics"
        case "ended":
            end_feed(feed, by=tenant_member)
        case "renewed":
            renew_feed(feed, by=tenant_member)
        case "left":
            Membership.objects.filter(pk=tenant_member.pk).update(ended_at=now)
        case _:
            tenant_member.organization.ended_at = now
            tenant_member.organization.save()

    assert program.get(address).status_code == 404


def test_the_secret_is_nowhere_in_the_clear(feed):
    secret = secret_of(feed)

    assert secret not in feed.sealed_secret
    assert secret not in feed.secret_hash
    assert feed_of(secret) == feed
    assert not any(secret in str(row.data) for row in Activity.objects.all())


def test_the_same_queries_for_1_and_20(
    browser_of, feed, booking, room, tenant_member, django_assert_max_num_queries
):
    program, address = browser_of(None), f"/calendar/{secret_of(feed)}.ics"
    program.get(address)
    with django_assert_max_num_queries(20) as one:
        program.get(address)
    for number in range(20):
        hour = ahead(9, days=2 + number)
        book_space(SpaceFactory(), Wish(hour, hour + timedelta(hours=1)), by=tenant_member)
    with django_assert_max_num_queries(20) as twenty:
        program.get(address)

    assert len(one) == len(twenty)


def test_another_district_does_not_know_the_address(db, client):
    here, there = DistrictFactory(), DistrictFactory()
    with scope(here.pk):
        secret = secret_of(subscribe(FeedKind.PERSON, by=MembershipFactory()))

    answers = [client.get(f"/{place.slug}/calendar/{secret}.ics") for place in (here, there)]

    assert [answer.status_code for answer in answers] == [200, 404]


def test_subscribing_twice_is_the_same_subscription(feed, tenant_member, room):
    assert subscribe(FeedKind.PERSON, by=tenant_member) == feed
    space = subscribe(FeedKind.SPACE, by=tenant_member, space=room)
    end_feed(space, by=tenant_member)
    assert subscribe(FeedKind.SPACE, by=tenant_member, space=room) != space


def test_nobody_has_more_than_a_few(district, tenant_member):
    for _ in range(MOST):
        subscribe(FeedKind.SPACE, by=tenant_member, space=SpaceFactory())

    with pytest.raises(RuleViolation) as refusal:
        subscribe(FeedKind.PERSON, by=tenant_member)

    assert refusal.value.code == "feed_too_many"


def test_the_page_shows_the_addresses_renews_and_ends_them(browser_of, tenant_member, stranger):
    browser, feed = browser_of(tenant_member), subscribe(FeedKind.PERSON, by=tenant_member)
    theirs = subscribe(FeedKind.PERSON, by=stranger)

    shown = browser.get("/subscriptions/").content.decode()
    browser.post("/subscriptions/new/", {"kind": "organization"})
    browser.post(f"/subscriptions/{feed.pk}/renew/")
    both = browser.get("/subscriptions/").content.decode()
    foreign = browser.post(f"/subscriptions/{theirs.pk}/end/")

    assert secret_of(feed) in shown
    assert secret_of(feed) not in both
    assert both.count("readonly") == 2
    assert foreign.status_code == 404
    assert browser.post("/subscriptions/new/", {"kind": "everything"}).status_code == 404
    assert browser.post("/subscriptions/new/", {"kind": "space", "space": "x"}).status_code == 404


@pytest.fixture
def attended(district):
    return MembershipFactory(role=Role.COMPANY_MEMBER, person__email="booker@example.org")


def invitations(district) -> list[Calendar]:
    """What the mails about bookings brought along."""
    relay(district.pk)
    deliver(district.pk)
    found = []
    for message in mail.outbox:
        for name, content, kind in message.attachments:
            assert kind.startswith("text/calendar")
            assert name.endswith(".ics")
            found.append(Calendar.from_ical(content))
    return found


def test_a_mail_about_a_booking_brings_an_invitation(district, room, attended, operator):
    booking = book_space(
        room,
        Wish(
            ahead(9),
            ahead(10),
            title="Review",
            organization_id=attended.organization_id,
            person_id=attended.person_id,
        ),
        by=operator,
    )

    [request] = invitations(district)
    mail.outbox.clear()
    cancel_booking(booking, by=operator)
    [cancelled] = invitations(district)

    assert (request["METHOD"], cancelled["METHOD"]) == ("REQUEST", "CANCEL")
    [first], [last] = request.walk("VEVENT"), cancelled.walk("VEVENT")
    assert first["UID"] == last["UID"]
    assert first["SEQUENCE"] < last["SEQUENCE"]
    assert first["ATTENDEE"] == "mailto:booker@example.org"


def test_a_mail_about_a_series_brings_all_its_dates(district, room, attended, operator):
    first = timezone.localdate(timezone=SHANGHAI) + timedelta(days=1)
    pattern = Pattern("FREQ=DAILY;COUNT=3", first, ahead(9).time(), ahead(10).time())
    wish = SeriesWish(
        room,
        pattern,
        organization_id=attended.organization_id,
        person_id=attended.person_id,
    )

    book_series(wish, by=operator)

    [dates] = invitations(district)
    assert dates["METHOD"] == "PUBLISH"
    days = [event.DTSTART.date() for event in dates.walk("VEVENT")]
    assert days == [date.fromordinal(first.toordinal() + n) for n in range(3)]

"""The finder: any day that can be booked, faults at their field, approval and quota said before."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from spaces.actions.booking import Wish, book_space
from spaces.forms.booking import next_half_hour
from spaces.models import Booking, BookingStatus, QuotaUse
from tests.factories import BuildingFactory, FloorFactory, SpaceFactory, open_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day(days: int) -> date:
    return timezone.localdate(timezone=SHANGHAI) + timedelta(days=days)


def query(days: int = 1, **more: str) -> dict[str, str]:
    return {"day": f"{day(days):%Y-%m-%d}", "at": "10:00", "minutes": "60", "people": "4", **more}


@pytest.fixture
def finder(browser_of, tenant_member):
    return browser_of(tenant_member)


@pytest.fixture
def room(district):
    tower = BuildingFactory(name_en="Tower")
    floor = FloorFactory(building=tower, level=3)
    return SpaceFactory(
        name_en="Heron room",
        capacity=6,
        building=tower,
        floor=floor,
        rules=open_rules(window_days=30),
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [("10:00:00", "10:00"), ("10:00:20", "10:30"), ("10:29:59", "10:30"), ("10:30:01", "11:00")],
)
def test_what_is_proposed_first_has_not_begun(now, expected):
    moment = datetime.fromisoformat(f"2026-12-01T{now}").replace(tzinfo=SHANGHAI)

    with time_machine.travel(moment, tick=False), timezone.override(SHANGHAI):
        assert f"{next_half_hour():%H:%M}" == expected


def test_the_finder_goes_to_any_day_of_the_window(finder, room):
    page = finder.get("/book/", query(30, at="00:00"))

    assert [item.slot.space for item in page.context["found"]] == [room]
    week = page.context["week"]
    assert week.days == [day(28), day(29), day(30)]
    assert (week.earlier, week.later) == (day(23), None)


def test_the_finder_steps_by_weeks_and_keeps_what_was_asked(finder, room):
    page = finder.get("/book/", query(1, feature="projector"))

    steps = page.context["steps"]
    assert steps["later"] == (
        f"?day={day(8):%Y-%m-%d}&at=10%3A00&minutes=60&people=4&feature=projector"
    )
    assert "earlier" not in steps
    assert steps["later"].replace("&", "&amp;") in page.content.decode()


def test_a_day_that_is_written_in_is_gone_to_only_when_asked(finder, room):
    other = f"{day(12):%Y-%m-%d}"

    gone = finder.get("/book/", query(1, other=other, go="1"))
    left = finder.get("/book/", query(1, other=other))

    assert gone.context["form"].starts_at.astimezone(SHANGHAI).date() == day(12)
    assert left.context["form"].starts_at.astimezone(SHANGHAI).date() == day(1)


@pytest.mark.parametrize("path", ["/book/", "/book/seats/"])
def test_a_day_that_is_over_is_said_in_place_and_today_offered(finder, room, path):
    page = finder.get(path, query(-1, people="1"))
    body = page.content.decode()

    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["day"]
    place = body.index('id="day-wrong"')
    offered = body.index("Show today")
    assert place < body.index("This day is over.") < offered < body.index('id="at"')
    assert f"?day={day(0):%Y-%m-%d}&amp;at=10%3A00" in body[place:offered]


def test_a_day_beyond_the_window_names_the_last_one(finder, room):
    page = finder.get("/book/", query(31))

    with translation.override("en"):
        [error] = page.context["form"].errors["day"]
    assert page.status_code == 422
    assert error.startswith("Spaces can be booked until ")


def test_staff_are_not_bound_by_the_window(browser_of, operator, room):
    page = browser_of(operator).get("/book/", query(31))

    assert [item.slot.space for item in page.context["found"]] == [room]


@pytest.mark.parametrize(
    ("field", "label", "value"),
    [("at", "Start", ""), ("people", "People", "0"), ("minutes", "Minutes", "soon")],
)
def test_each_fault_names_its_field_and_stands_at_it(finder, room, field, label, value):
    page = finder.get("/book/", query(1) | {field: value})
    body = page.content.decode()

    with translation.override("en"):
        [error] = page.context["form"].errors[field]
    assert page.status_code == 422
    assert f'<p class="wrong" id="{field}-wrong">{error}</p>' in body
    assert f'<a href="#{field}">{label}</a>: {error}' in body


def test_a_fragment_brings_the_faults_to_their_fields(finder, room):
    headers = {"HX-Request": "true", "HX-Target": "found"}

    wrong = finder.get("/book/", query(1, people="0"), headers=headers).content.decode()
    right = finder.get("/book/", query(8), headers=headers).content.decode()

    assert 'id="people-wrong" hx-swap-oob="true">Ensure' in wrong
    assert 'id="people-wrong" hx-swap-oob="true"></p>' in right
    assert f'id="day-{day(8):%Y-%m-%d}"' in right
    assert "<html" not in right


def test_what_needs_approval_is_marked_and_can_be_left_out(finder, room):
    asked = SpaceFactory(name_en="Reed room", capacity=6, rules=open_rules(approval="always"))

    both = finder.get("/book/", query()).context["found"]
    at_once = finder.get("/book/", query(at_once="on")).context["found"]

    assert {item.slot.space: item.slot.waits for item in both} == {room: False, asked: True}
    assert [item.slot.space for item in at_once] == [room]
    assert finder.get("/book/", query()).content.decode().count("Needs approval") == 1


def test_approval_depends_on_how_many_come(finder, district):
    SpaceFactory(capacity=20, rules=open_rules(approval_above_people=8))

    def waits(people: str) -> list[bool]:
        return [
            item.slot.waits for item in finder.get("/book/", query(people=people)).context["found"]
        ]

    assert (waits("8"), waits("9")) == ([False], [True])


def test_the_finder_shows_where_a_room_is(finder, room):
    assert "Tower · Floor 3" in finder.get("/book/", query()).content.decode()


def test_the_quota_left_is_shown_where_there_is_one(finder, tenant_member, room):
    free = finder.get("/book/", query())
    limited = SpaceFactory(capacity=6, rules=open_rules(quota_minutes_per_month=1200))
    QuotaUse.objects.create(
        organization=tenant_member.organization, month=day(1).replace(day=1), minutes=390
    )

    page = finder.get("/book/", query())
    confirm = finder.get(f"/book/{limited.pk}/", query(minutes="90")).content.decode()

    assert free.context["quota"] is None
    assert "<b>13.5</b> of 20 h left" in page.content.decode()
    assert f"Takes 1.5 h of the quota, 12 h remain in {day(1):%B %Y}" in confirm


def test_another_month_has_its_own_quota(finder, tenant_member, district):
    SpaceFactory(capacity=6, rules=open_rules(quota_minutes_per_month=1200, window_days=60))
    QuotaUse.objects.create(
        organization=tenant_member.organization, month=day(0).replace(day=1), minutes=390
    )
    next_month = (day(0).replace(day=28) + timedelta(days=9)).replace(day=2) - day(0)

    page = finder.get("/book/", query(next_month.days))

    assert "<b>20</b> of 20 h left" in page.content.decode()


def requested(room, by) -> Booking:
    starts_at = timezone.localtime(timezone=SHANGHAI).replace(
        hour=10, minute=0, second=0, microsecond=0
    )
    starts_at += timedelta(days=3)
    return book_space(room, Wish(starts_at, starts_at + timedelta(hours=1), 4), by=by)


def test_done_says_that_a_request_waits_and_for_whom(finder, operator, tenant_member, district):
    room = SpaceFactory(capacity=6, rules=open_rules(approval="always"))
    booking = requested(room, tenant_member)

    body = finder.get(f"/bookings/{booking.pk}/done/").content.decode()

    assert booking.status == BookingStatus.REQUESTED
    assert "It is not booked yet: it waits for approval." in body
    assert "Lakeside Operations decides about it" in body
    assert 'class="done waits"' in body
    assert "<h1>Booked</h1>" not in body


def test_done_of_a_booking_says_until_when_it_can_be_cancelled(finder, tenant_member, district):
    rules = open_rules(cancellation="notice", cancellation_notice_minutes=120)
    booking = requested(SpaceFactory(capacity=6, rules=rules), tenant_member)

    body = finder.get(f"/bookings/{booking.pk}/done/").content.decode()

    assert "<h1>Booked</h1>" in body
    assert 'class="done"' in body
    assert "08:00." in body[body.index("You can cancel until") :][:60]
    assert booking.free_until == booking.starts_at - timedelta(hours=2)


def test_what_can_no_longer_be_cancelled_is_not_offered(
    finder, browser_of, operator, tenant_member
):
    rules = open_rules(cancellation="notice", cancellation_notice_minutes=14 * 24 * 60)
    late = requested(SpaceFactory(capacity=6, rules=rules), tenant_member)
    asked = requested(
        SpaceFactory(capacity=6, rules=open_rules(approval="always", cancellation="never")),
        tenant_member,
    )

    def offered(booking: Booking, by) -> bool:
        return f"/{booking.pk}/cancel/" in by.get(f"/bookings/{booking.pk}/").content.decode()

    assert (offered(late, finder), offered(asked, finder)) == (False, True)
    assert offered(late, browser_of(operator))
    assert (
        "Only the operator can cancel it." in finder.get(f"/bookings/{late.pk}/").content.decode()
    )


def test_the_page_of_a_space_asks_for_the_time_and_leads_on(finder, browser_of, operator, district):
    room = SpaceFactory(capacity=2, rules=open_rules(min_minutes=60, max_minutes=120))

    page = finder.get(f"/spaces/{room.pk}/")
    staff = browser_of(operator).get(f"/spaces/{room.pk}/").content.decode()

    assert (page.context["usual"]["people"], page.context["lengths"]) == (2, [60, 90, 120])
    assert f'method="get" action="/{district.slug}/book/{room.pk}/"' in page.content.decode()
    assert f'method="get" action="/{district.slug}/bookings/new/"' in staff
    assert f'<input type="hidden" name="space" value="{room.pk}">' in staff

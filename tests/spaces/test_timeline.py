"""The plan by day, week and month: who sees what, what moves, what has changed, at what cost."""

import html
import json
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from district.measuring.queries import counted
from spaces.actions.blocking import Closing, block_spaces
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.decisions import cancel_booking
from spaces.actions.occupancy import Span
from spaces.models import Booking, BookingStatus, Hold, Space
from spaces.month import MonthDay
from spaces.plan import plan_of
from spaces.plan_revision import revision_of
from spaces.timescale import Period
from tests.factories import BuildingFactory, SeriesFactory, SpaceFactory, open_rules
from tests.spaces.test_plan import OFFICE, tomorrow

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLANS = ["/bookings/day/", "/bookings/week/", "/bookings/month/"]


@pytest.fixture(autouse=True)
def _english_in_shanghai():
    with translation.override("en"), timezone.override(SHANGHAI):
        yield


def asked() -> dict[str, str]:
    return {"day": f"{tomorrow(0):%Y-%m-%d}"}


def days_later(hour: int) -> datetime:
    return tomorrow(hour) + timedelta(days=2)


def week(*spaces, by):
    day = tomorrow(0).date()
    period = Period(day - timedelta(days=day.weekday()), 7, SHANGHAI)
    rows = Space.objects.filter(pk__in=[space.pk for space in spaces])
    found = list(rows.select_related("building", "floor", "rules").order_by("code"))
    window, drawn = plan_of(found, period, timezone.now(), by=by)
    return window, {row.space: row for row in drawn}


def test_a_week_draws_one_day_beside_the_other(operator, tenant_member):
    room = SpaceFactory(rules=open_rules(opening=OFFICE))
    book_space(room, Wish(tomorrow(10), tomorrow(11)), by=tenant_member)

    window, rows = week(room, by=operator)

    weekday = tomorrow(0).weekday()
    assert window.slots == 7 * 13 * 12
    assert [(bar.start, bar.length) for bar in rows[room].bars] == [(weekday * 156 + 25, 12)]
    # Closed from the first hour to nine, from six to nine the next day, and after six on Sunday.
    assert [bar.length for bar in rows[room].shut] == [12, *[48] * 6, 36]
    assert {bar.length for bar in rows[room].gaps} == {156}


def test_a_lease_over_many_days_neither_widens_the_day_nor_hides_the_week(operator, tenant_member):
    room = SpaceFactory()
    book_space(room, Wish(tomorrow(0), tomorrow(0) + timedelta(days=1)), by=operator)

    window, rows = week(room, by=operator)

    assert (window.first_hour, window.hours) == (8, 13)
    assert [bar.length for bar in rows[room].bars] == [156]


@pytest.mark.parametrize("address", PLANS)
def test_companies_learn_nothing_of_others_but_that_it_is_taken(
    operator, tenant_member, stranger, browser_of, address
):
    room = SpaceFactory(rules=open_rules(setup_minutes=30))
    theirs = book_space(room, Wish(tomorrow(9), tomorrow(12), title="Secret merger"), by=stranger)
    book_space(room, Wish(tomorrow(14), tomorrow(15), title="Our own"), by=tenant_member)
    asks = SpaceFactory(building=room.building, rules=open_rules(approval="always"))
    book_space(asks, Wish(tomorrow(9), tomorrow(10), title="Secret wish"), by=stranger)
    closed = SpaceFactory(building=room.building)
    span = Span(tomorrow(9), tomorrow(10))
    block_spaces([closed], Closing(span, reason_en="Secret repair"), {}, by=operator)

    page = browser_of(tenant_member).get(address, asked()).content.decode()

    assert "Our own" in page
    secrets = ["Secret", theirs.number, str(theirs.pk), stranger.organization.name]
    assert [secret for secret in [*secrets, stranger.person.name] if secret in page] == []
    if "month" not in address:
        assert 'class="bk taken' in page
        staff = browser_of(operator).get(address, asked()).content.decode()
        assert "Secret merger" in staff
        assert "Secret repair" in staff


def test_a_taken_time_leads_to_where_one_waits_for_it(
    tenant_member, stranger, operator, browser_of
):
    """With its buffers taken off; nowhere where it is over, or the operator closed it."""
    room = SpaceFactory(rules=open_rules(setup_minutes=15, cleanup_minutes=30))
    book_space(room, Wish(tomorrow(10), tomorrow(11)), by=stranger)
    closing = Closing(Span(tomorrow(14), tomorrow(15)), reason_en="Repairs")
    block_spaces([room], closing, {}, by=operator)
    browser = browser_of(tenant_member)

    plan = browser.get("/bookings/day/", asked()).content.decode()
    links = list(map(html.unescape, re.findall(r'class="bk taken[^"]*" href="([^"]+)', plan)))

    assert links == [
        f"{browser.prefix}/book/{room.pk}/?day={tomorrow(10):%Y-%m-%d}&at=10:00&minutes=60&people=1"
    ]
    page = browser.get(links[0].removeprefix(browser.prefix)).content.decode()
    assert "Tell me when it frees up" in page


def test_companies_see_only_what_they_may_book_and_as_far_as_they_may(tenant_member, browser_of):
    rules = open_rules(window_days=1, notice_minutes=60)
    room = SpaceFactory(name_en="Open to us", rules=rules)
    SpaceFactory(building=room.building, name_en="Staff room", rules=open_rules(audience=[]))

    page = browser_of(tenant_member).get("/bookings/week/", asked())

    rows = [row for group in page.context["groups"] for row in group.rows]
    assert [row.space for row in rows] == [room]
    days = {gap.starts_at.astimezone(SHANGHAI).date() for gap in rows[0].gaps}
    assert days <= {timezone.localdate(), timezone.localdate() + timedelta(days=1)}
    assert 'data-first="' in page.content.decode()


def bars_that_move(page: str) -> list[str]:
    return re.findall(r'<a class="bk [^>]*data-m[^>]*title="([^·"]*) ·', page)


def test_only_what_somebody_may_move_offers_it(operator, tenant_member, stranger, browser_of):
    room = SpaceFactory()
    book_space(room, Wish(tomorrow(9), tomorrow(10), title="Ours"), by=tenant_member)
    book_space(room, Wish(tomorrow(11), tomorrow(12), title="Theirs"), by=stranger)
    used = book_space(room, Wish(tomorrow(13), tomorrow(14), title="In use"), by=tenant_member)
    Booking.objects.filter(pk=used.pk).update(status=BookingStatus.CHECKED_IN)
    late = Wish(tomorrow(22), tomorrow(22) + timedelta(hours=4), title="Over midnight")
    book_space(room, late, by=tenant_member)

    staff = browser_of(operator).get("/bookings/day/", asked()).content.decode()
    company = browser_of(tenant_member).get("/bookings/day/", asked()).content.decode()

    assert bars_that_move(staff) == ["Ours", "Theirs"]
    assert bars_that_move(company) == ["Ours"]
    assert "Over midnight" in staff


def move(browser, booking, **changes):
    local = booking.starts_at.astimezone(SHANGHAI)
    values = {
        "space": booking.space_id,
        "day": f"{local:%Y-%m-%d}",
        "at": f"{local:%H:%M}",
        "minutes": booking.minutes,
        **changes,
    }
    return browser.post(f"/bookings/{booking.pk}/move/", values, headers={"HX-Request": "true"})


def test_what_is_dropped_moves_and_says_how_it_is_taken_back(operator, tenant_member, browser_of):
    room = SpaceFactory(rules=open_rules(approval="always"))
    other = SpaceFactory(building=room.building, name_en="Other", rules=room.rules)
    booking = book_space(room, Wish(tomorrow(9), tomorrow(10)), by=tenant_member)

    answer = move(browser_of(operator), booking, space=other.pk, at="15:00", minutes=90)

    booking.refresh_from_db()
    assert (booking.space, booking.starts_at) == (other, tomorrow(15))
    assert booking.ends_at == tomorrow(16, 30)
    assert answer.status_code == 204
    event = json.loads(answer["HX-Trigger"])["moved"]
    assert event["said"] == "Moved: Tomorrow 15:00–16:30, Other. It is approved with that."
    assert {"space": str(room.pk), "at": "09:00", "minutes": 60}.items() <= event.items()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"at": "13:00"}, "This time is already taken."),
        ({"minutes": "x"}, "Enter a whole number."),
        ({"minutes": ""}, "This field is required."),
        ({"at": "03:00"}, "The space is not open at that time."),
    ],
)
def test_what_cannot_be_dropped_stays_and_says_why(
    tenant_member, stranger, browser_of, changes, said
):
    room = SpaceFactory(rules=open_rules(opening=OFFICE))
    booking = book_space(room, Wish(tomorrow(9), tomorrow(10)), by=tenant_member)
    book_space(room, Wish(tomorrow(13), tomorrow(14)), by=stranger)

    answer = move(browser_of(tenant_member), booking, **changes)

    booking.refresh_from_db()
    assert booking.starts_at == tomorrow(9)
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#toasts")
    assert said in answer.content.decode()


def test_a_date_that_is_dropped_elsewhere_says_that_it_leaves_its_series(
    operator, tenant_member, browser_of
):
    booking = book_space(SpaceFactory(), Wish(tomorrow(9), tomorrow(10)), by=tenant_member)
    SeriesFactory(space=booking.space, booking=booking)
    staff = browser_of(operator)

    page = staff.get(f"/bookings/{booking.pk}/move/").content.decode()
    answer = move(staff, booking, at="15:00")

    assert "only this date leaves it" in page
    assert json.loads(answer["HX-Trigger"])["moved"]["said"].endswith(
        "Only this date leaves its series."
    )


def test_the_revision_follows_every_change_and_nothing_else(operator, tenant_member):
    room, elsewhere = SpaceFactory(), SpaceFactory()
    first = book_space(room, Wish(tomorrow(9), tomorrow(10)), by=tenant_member)
    second = book_space(room, Wish(tomorrow(11), tomorrow(12)), by=tenant_member)
    period, spaces = Period(tomorrow(0).date(), 1, SHANGHAI), Space.objects.filter(pk=room.pk)
    now = timezone.now()
    before = revision_of(spaces, period, now)
    book_space(elsewhere, Wish(tomorrow(9), tomorrow(10)), by=tenant_member)
    book_space(room, Wish(days_later(9), days_later(10)), by=tenant_member)
    seen = [revision_of(spaces, period, now)]
    assert seen == [before]

    def look() -> None:
        seen.append(revision_of(spaces, period, now))

    reschedule_booking(first, room, tomorrow(14), tomorrow(15), by=operator)
    look()
    cancel_booking(second, by=operator)
    look()
    reschedule_booking(first, room, days_later(14), days_later(15), by=operator)
    look()

    assert len(set(seen)) == 4


def test_the_revision_follows_what_is_held_until_it_expires(tenant_member):
    room, now = SpaceFactory(), timezone.now()
    period, spaces = Period(tomorrow(0).date(), 1, SHANGHAI), Space.objects.filter(pk=room.pk)
    before = revision_of(spaces, period, now)

    Hold.objects.create(
        space=room,
        person=tenant_member.person,
        starts_at=tomorrow(9),
        ends_at=tomorrow(10),
        expires_at=now + timedelta(minutes=5),
    )

    assert revision_of(spaces, period, now) != before
    assert revision_of(spaces, period, now + timedelta(minutes=6)) == before


def test_a_poll_is_told_nothing_until_something_changes(operator, tenant_member, browser_of):
    room = SpaceFactory()
    staff = browser_of(operator)
    page = staff.get("/bookings/day/", asked())
    again = f"/bookings/day/{page.context['again']}&seen={page.context['revision']}"

    with counted() as asked_for:
        idle = staff.get(again)
    book_space(room, Wish(tomorrow(9), tomorrow(10), title="New"), by=tenant_member)
    changed = staff.get(again, headers={"HX-Request": "true", "HX-Target": "plan"})

    assert (idle.status_code, idle.content) == (204, b"")
    of_claims = [sql for sql, _ in asked_for.sent if "spaces_occupancy" in sql]
    assert len(of_claims) == 1
    assert changed.status_code == 200
    assert "New" in changed.content.decode()
    assert "<html" not in changed.content.decode()


@pytest.mark.parametrize("address", PLANS)
@pytest.mark.parametrize("who", ["operator", "tenant_member"])
def test_plans_ask_the_same_number_of_queries(request, tenant_member, browser_of, address, who):
    browser, building = browser_of(request.getfixturevalue(who)), BuildingFactory()

    def asked_for(count: int) -> int:
        for room in SpaceFactory.create_batch(count, building=building):
            book_space(room, Wish(tomorrow(9), tomorrow(10)), by=tenant_member)
        browser.get(address, asked())
        with counted() as statements:
            assert browser.get(address, asked()).status_code == 200
        return len(statements.of_the_page)

    few = asked_for(1)
    assert few > 5
    assert asked_for(19) == few


def test_a_folded_group_is_not_written_and_opens_again(operator, browser_of):
    room = SpaceFactory(name_en="Heron room")
    staff = browser_of(operator)
    group = staff.get("/bookings/day/", asked()).context["groups"][0]

    folded = staff.get(f"/bookings/day/{group.url}")

    assert f"closed={room.building_id}" in group.url
    assert not folded.context["groups"][0].is_open
    assert "Heron room" not in folded.content.decode()
    assert "closed" not in folded.context["groups"][0].url


def test_a_month_says_how_full_each_day_is_and_what_is_ones_own(
    operator, tenant_member, browser_of
):
    room = SpaceFactory(rules=open_rules(opening=OFFICE))
    other = SpaceFactory(building=room.building, rules=room.rules)
    book_space(room, Wish(tomorrow(8), tomorrow(12), title="Ours"), by=operator)
    book_space(other, Wish(tomorrow(17), tomorrow(19)), by=operator)
    book_space(room, Wish(tomorrow(13), tomorrow(14), title="Own"), by=tenant_member)

    def day(who, **more) -> MonthDay:
        page = browser_of(who).get("/bookings/month/", {**asked(), **more})
        days = [item for found in page.context["weeks"] for item in found]
        return next(item for item in days if item.date == tomorrow(0).date())

    both, one, own = day(operator), day(operator, space=room.pk), day(tenant_member)

    assert (both.share, both.count) == (round(5 / 18, 2), 3)
    assert (one.share, one.count) == (round(4 / 9, 2), 2)
    assert [booking.title for booking in own.bookings] == ["Own"]
    assert own.share is None


@pytest.mark.parametrize("address", PLANS)
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "x", "2026-03-29"])
def test_plans_bear_any_address(operator, browser_of, address, day):
    SpaceFactory()

    page = browser_of(operator).get(address, {"day": day, "space": "x", "closed": "x"})

    assert page.status_code == 200
    today = timezone.localdate(timezone=SHANGHAI)
    assert page.context["asked"].day == (date(2026, 3, 29) if day == "2026-03-29" else today)

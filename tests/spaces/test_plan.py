"""The day plan and the week: what is drawn, for whom, with how many queries."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from spaces.actions.blocking import Closing, block_spaces
from spaces.actions.booking import Wish, book_space
from spaces.actions.occupancy import Span
from spaces.models import Space, SpaceLeaf
from spaces.plan import plan_of
from spaces.timescale import Period
from tests.factories import BuildingFactory, SpaceFactory, open_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _english_in_shanghai():
    with translation.override("en"), timezone.override(SHANGHAI):
        yield


OFFICE = {day: [[9 * 60, 18 * 60]] for day in "1234567"}


def tomorrow(hour: int, minute: int = 0) -> datetime:
    day = timezone.localdate(timezone=SHANGHAI) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def plan(*spaces, by):
    rows = Space.objects.filter(pk__in=[space.pk for space in spaces]).select_related(
        "building", "floor", "rules"
    )
    period = Period(tomorrow(0).date(), 1, SHANGHAI)
    window, drawn = plan_of(list(rows.order_by("code")), period, timezone.now(), by=by)
    return window, {row.space: row for row in drawn}


def drawn(row) -> list[tuple[str, int, int]]:
    return [(bar.kind, bar.start, bar.length) for bar in row.bars]


@pytest.fixture
def hall(district):
    hall = SpaceFactory(is_leaf=False, capacity=20, name_en="Hall", code="H")
    for letter in "AB":
        part = SpaceFactory(
            building=hall.building, parent=hall, name_en=f"Hall {letter}", code=f"H-{letter}"
        )
        SpaceLeaf.objects.create(space=hall, leaf=part)
    return hall


def test_plan_of_draws_use_and_buffers_in_five_minutes(tenant_member):
    room = SpaceFactory(rules=open_rules(setup_minutes=15, cleanup_minutes=30))
    book_space(room, Wish(tomorrow(10), tomorrow(11)), by=tenant_member)

    window, rows = plan(room, by=tenant_member)

    assert (window.first_hour, window.hours) == (8, 13)
    assert drawn(rows[room]) == [("buf", 22, 3), ("ok", 25, 12), ("buf", 37, 6)]


def test_plan_of_shows_a_booking_of_the_whole_on_its_parts_as_a_ghost(hall, tenant_member):
    part = Space.objects.get(code="H-A")
    book_space(hall, Wish(tomorrow(10), tomorrow(11), title="Gala"), by=tenant_member)
    book_space(part, Wish(tomorrow(14), tomorrow(15)), by=tenant_member)

    _, rows = plan(hall, part, by=tenant_member)

    assert drawn(rows[hall]) == [("ok", 25, 12), ("dep", 73, 12)]
    assert drawn(rows[part]) == [("dep", 25, 12), ("ok", 73, 12)]
    assert rows[part].bars[0].label == "Hall is taken"
    assert rows[part].is_part


def test_plan_of_shades_what_is_shut_and_offers_what_is_free(tenant_member):
    room = SpaceFactory(rules=open_rules(opening=OFFICE))
    book_space(room, Wish(tomorrow(10, 30), tomorrow(17)), by=tenant_member)

    _, rows = plan(room, by=tenant_member)

    row = rows[room]
    assert [(bar.start, bar.length) for bar in row.shut] == [(1, 12), (121, 36)]
    assert [bar.starts_at for bar in row.gaps] == [tomorrow(9), tomorrow(10), tomorrow(17)]
    assert row.busy == timedelta(hours=6.5)


def test_plan_of_counts_the_seats_of_an_area(district, tenant_member, stranger):
    area = SpaceFactory(is_leaf=False, capacity=3, code="D")
    seats = [
        SpaceFactory(building=area.building, parent=area, capacity=1, code=f"D-{n}")
        for n in range(3)
    ]
    for seat in seats:
        SpaceLeaf.objects.create(space=area, leaf=seat)
    book_space(area, Wish(tomorrow(9), tomorrow(12), seat_count=2), by=tenant_member)
    book_space(area, Wish(tomorrow(11), tomorrow(12), seat_count=1), by=stranger)

    _, rows = plan(area, *seats, by=tenant_member)

    assert [(bar.label, bar.start, bar.length) for bar in rows[area].bars] == [
        ("2/3", 13, 24),
        ("3/3", 37, 12),
    ]
    assert list(rows) == [area]


def test_plan_of_grows_with_what_happens_early_and_late(tenant_member):
    room = SpaceFactory()
    book_space(room, Wish(tomorrow(6), tomorrow(7)), by=tenant_member)
    book_space(room, Wish(tomorrow(22), tomorrow(23, 30)), by=tenant_member)

    window, _ = plan(room, by=tenant_member)

    assert (window.first_hour, window.hours) == (6, 18)


def test_booking_day_opens_where_something_happens_with_its_figures(
    operator, tenant_member, browser_of
):
    SpaceFactory(building=BuildingFactory(code="A1", name_en="Quiet house"))
    busy = BuildingFactory(code="Z9", name_en="Busy house")
    room = SpaceFactory(building=busy, rules=open_rules(opening=OFFICE))
    book_space(room, Wish(tomorrow(9), tomorrow(13, 30)), by=tenant_member)
    other = SpaceFactory(building=busy, rules=open_rules(opening=OFFICE))
    span = Span(tomorrow(9), tomorrow(10))
    block_spaces([other], Closing(span, reason_en="New lamps"), {}, by=operator)

    page = browser_of(operator).get("/bookings/day/", {"day": f"{tomorrow(0):%Y-%m-%d}"})

    assert page.context["asked"].building_ids == [busy.pk]
    figures = page.context["figures"]
    assert (figures["bookings"], figures["closed"], figures["rooms"]) == (1, 1, 2)
    assert figures["share"] == round(100 * 5.5 / 18)
    assert "New lamps" in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"people": "10"}, ["Large"]),
        ({"feature": "projector"}, ["Large"]),
        ({"state": "ok"}, ["Small"]),
        ({"people": "x"}, ["Large", "Small"]),
        ({"building": "nonsense"}, ["Large", "Small"]),
    ],
)
def test_booking_day_narrows(operator, tenant_member, browser_of, asked, shown):
    building = BuildingFactory()
    SpaceFactory(building=building, name_en="Large", capacity=20, features=["projector"], code="1")
    small = SpaceFactory(building=building, name_en="Small", capacity=4, code="2")
    book_space(small, Wish(tomorrow(9), tomorrow(10)), by=tenant_member)
    day = {"day": f"{tomorrow(0):%Y-%m-%d}"}

    page = browser_of(operator).get("/bookings/day/", {**day, **asked})

    rows = [row for group in page.context["groups"] for row in group.rows]
    assert [row.space.name for row in rows] == shown


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "x", "2026-03-29"])
def test_booking_day_bears_any_day(operator, browser_of, day):
    SpaceFactory()

    answer = browser_of(operator).get("/bookings/day/", {"day": day})

    assert answer.status_code == 200
    today = timezone.localdate(timezone=SHANGHAI)
    drawn = date.fromisoformat(day) if day == "2026-03-29" else today
    assert answer.context["asked"].day == drawn


def test_booking_day_asks_the_same_number_of_queries(
    operator, tenant_member, browser_of, django_assert_max_num_queries
):
    building = BuildingFactory()
    staff, day = browser_of(operator), {"day": f"{tomorrow(0):%Y-%m-%d}"}

    def fill(count):
        for room in SpaceFactory.create_batch(count, building=building):
            book_space(room, Wish(tomorrow(9), tomorrow(10)), by=tenant_member)

    fill(1)
    staff.get("/bookings/day/", day)
    with django_assert_max_num_queries(24) as few:
        staff.get("/bookings/day/", day)
    fill(19)
    with django_assert_max_num_queries(24) as many:
        staff.get("/bookings/day/", day)

    assert len(few) == len(many)


def test_building_week_tells_companies_nothing_but_that_it_is_taken(
    operator, tenant_member, stranger, browser_of
):
    room = SpaceFactory(rules=open_rules(opening=OFFICE))
    book_space(room, Wish(tomorrow(9), tomorrow(12), title="Secret merger"), by=stranger)
    book_space(room, Wish(tomorrow(13), tomorrow(14), title="Our own"), by=tenant_member)
    address = f"/buildings/{room.building_id}/week/?week={tomorrow(0):%Y-%m-%d}"

    body = browser_of(tenant_member).get(address).content.decode()

    assert 'class="ok" x="540" width="180"' in body
    assert 'class="own" x="780" width="60"' in body
    for secret in ("Secret merger", stranger.organization.name, stranger.person.name):
        assert secret not in body
    assert 'class="ok" x="540"' in browser_of(operator).get(address).content.decode()


def test_booking_card_shows_what_can_be_done(operator, tenant_member, stranger, browser_of):
    room = SpaceFactory(rules=open_rules(approval="always"))
    booking = book_space(room, Wish(tomorrow(9), tomorrow(12), title="Talk"), by=tenant_member)

    page = browser_of(operator).get(f"/bookings/{booking.pk}/card/", {"next": "/x"})

    assert page.context["can_decide"]
    assert "Talk" in page.content.decode()
    assert browser_of(stranger).get(f"/bookings/{booking.pk}/card/").status_code == 404

"""The list of bookings: what comes next first, and every way to find one of them."""

import csv
import io
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from district.measuring.queries import counted
from district.models import SavedView
from spaces.models import Booking, BookingStatus
from tests.factories import (
    BookingFactory,
    BuildingFactory,
    FloorFactory,
    MembershipFactory,
    OrganizationFactory,
    PersonFactory,
    SpaceFactory,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(days: int, hour: int = 10) -> datetime:
    day = timezone.localdate(timezone=SHANGHAI) + timedelta(days=days)
    return datetime.combine(day, time(hour), SHANGHAI)


def booked(title: str, days: int, **more: object) -> Booking:
    starts_at = at(days)
    ends_at = starts_at + timedelta(hours=1)
    booking: Booking = BookingFactory(title=title, starts_at=starts_at, ends_at=ends_at, **more)
    return booking


@pytest.fixture
def titles(browser_of, operator):
    """What the list shows, in its order, for a query; as the operator or somebody else."""

    def shown(query: str = "", by=operator) -> list[str]:
        page = browser_of(by).get(f"/bookings/{query}")
        assert page.status_code == 200
        return [row.object.title for row in page.context["page"].rows]

    return shown


@pytest.fixture
def week(district):
    return [booked(title, days) for title, days in [("late", 9), ("soon", 1), ("old", -9)]] + [
        booked("lately", -1)
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["soon", "late"]),
        ("?show=past", ["lately", "old"]),
        ("?show=all", ["late", "soon", "lately", "old"]),
        ("?show=nonsense", ["soon", "late"]),
        ("?sort=newest", ["late", "soon"]),
        ("?show=past&sort=oldest", ["old", "lately"]),
    ],
)
def test_the_list_opens_on_what_comes_next(titles, week, query, expected):
    assert titles(query) == expected


def test_what_goes_on_now_is_still_to_come(titles, district):
    now = timezone.now()
    BookingFactory(title="on", starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))

    assert titles() == ["on"]
    assert titles("?show=past") == []


@pytest.mark.parametrize("status", [BookingStatus.CANCELLED, BookingStatus.DECLINED])
def test_what_was_given_up_is_not_to_come_unless_asked_for(titles, week, status):
    booked("given up", 2, status=status)

    assert titles() == ["soon", "late"]
    assert titles(f"?status={status}") == ["given up"]
    assert "given up" in titles("?show=all")


def test_a_search_and_a_day_reach_into_the_past_unless_a_tab_is_chosen(titles, week):
    assert titles("?q=old") == ["old"]
    assert titles("?q=old&show=upcoming") == []
    assert titles(f"?since={at(-9):%Y-%m-%d}&until={at(-9):%Y-%m-%d}") == ["old"]


def test_tabs_say_which_is_open_and_keep_the_filters(browser_of, operator, week):
    page = browser_of(operator).get("/bookings/?status=confirmed&sort=newest").context["page"]

    assert [(chip.url, chip.active) for chip in page.tabs] == [
        ("?status=confirmed", True),
        ("?status=confirmed&show=past", False),
        ("?status=confirmed&show=all", False),
    ]


def test_a_company_finds_its_past_at_one_click(titles, tenant_member, week):
    own = {"organization": tenant_member.organization, "person": tenant_member.person}
    booked("own soon", 2, **own)
    booked("own old", -2, **own)

    assert titles(by=tenant_member) == ["own soon"]
    assert titles("?show=past", by=tenant_member) == ["own old"]
    assert titles("?q=late", by=tenant_member) == []


def test_filters_narrow_by_state_company_building_person_and_days(titles, district):
    company = OrganizationFactory(name_en="Tidal Loom", name_zh="潮织科技")
    person = PersonFactory(name="Ines Okafor")
    tower = BuildingFactory(name_en="Tower")
    booked("company", 1, organization=company)
    booked("person", 2, person=person)
    booked("building", 3, space=SpaceFactory(building=tower))
    booked("state", 4, status=BookingStatus.DECLINED)

    assert titles() == ["company", "person", "building"]
    assert titles("?company=loom") == titles("?company=潮织") == ["company"]
    assert titles("?person=okafor") == ["person"]
    assert titles(f"?building={tower.pk}") == ["building"]
    assert titles("?status=declined") == ["state"]
    assert titles(f"?since={at(2):%Y-%m-%d}&until={at(3):%Y-%m-%d}") == ["building", "person"]
    assert titles("?company=loom&person=okafor") == []


@pytest.mark.parametrize("query", ["?since=soon", "?until=9999-12-31", "?building=tower"])
def test_a_filter_that_makes_no_sense_narrows_nothing(titles, week, query):
    assert "soon" in titles(f"{query}&show=upcoming")


def test_search_finds_number_title_company_building_and_space(titles, district):
    tower = BuildingFactory(name_en="Heron Tower", name_zh="苍鹭塔")
    room = SpaceFactory(building=tower, name_en="Reed room", name_zh="芦苇厅", code="HT-7")
    company = OrganizationFactory(name_en="Tidal Loom", name_zh="潮织科技")
    booked("Client visit", 1, number="BK-7Q4M2XZ", space=room, organization=company)
    booked("Another", 2)

    wanted = ["bk-7q4m2xz", "7q4m2xz", "client", "tidal", "潮织", "heron", "苍鹭", "reed", "ht-7"]
    assert {word: titles(f"?q={word}") for word in wanted} == {
        word: ["Client visit"] for word in wanted
    }


def test_a_row_tells_rooms_of_the_same_name_apart(browser_of, operator):
    tower = BuildingFactory(name_en="Tower", name_zh="塔楼")
    floor = FloorFactory(building=tower, level=3)
    booked("Here", 1, space=SpaceFactory(building=tower, floor=floor, name_en="Reed room"))

    page = browser_of(operator).get("/bookings/")

    assert "Reed room<small>Tower · Floor 3</small>" in page.content.decode()


def test_only_staff_are_offered_the_filter_by_company(browser_of, operator, tenant_member):
    def keys(by) -> set[str]:
        page = browser_of(by).get("/bookings/").context["page"]
        return {item.key for item in page.filters}

    assert keys(operator) - keys(tenant_member) == {"company"}


def test_pages_of_what_comes_join_without_gap_or_repetition(browser_of, operator):
    for hours in range(61):
        BookingFactory(
            title=f"{hours:02}",
            starts_at=at(1) + timedelta(hours=hours // 2),
            ends_at=at(1) + timedelta(hours=hours // 2 + 1),
        )
    staff = browser_of(operator)

    first = staff.get("/bookings/").context["page"]
    second = staff.get(f"/bookings/{first.next_url}").context["page"]
    back = staff.get(f"/bookings/{second.previous_url}").context["page"]

    numbers = [[row.object.number for row in page.rows] for page in (first, second, back)]
    assert [len(page) for page in numbers] == [50, 11, 50]
    assert len({*numbers[0], *numbers[1]}) == 61
    assert numbers[2] == numbers[0]
    assert (second.next_url, back.previous_url) == ("", "")


def test_an_export_and_a_kept_view_hold_what_is_shown(browser_of, operator, week):
    staff = browser_of(operator)
    query = "show=past&columns=what&columns=person"

    file = staff.get(f"/lists/bookings/export.csv?{query}")
    staff.post(
        f"/lists/bookings/views/?{query}",
        {"name": "Past", "next": f"/{operator.district.slug}/bookings/?{query}"},
    )

    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["lately", "old"]
    assert len(rows[0]) == 2
    view = SavedView.objects.get()
    assert staff.get(f"/bookings/?{view.query}").context["page"].tabs[1].active


# A search looks the buildings up first: joined in, they would cost the use of an index.
@pytest.mark.parametrize(
    ("query", "most"),
    [("", 10), ("?show=past&person=a&company=b&since=2020-01-01", 10), ("?q=t", 11)],
)
def test_the_list_takes_as_many_queries_for_one_row_as_for_fifty(browser_of, operator, query, most):
    staff = browser_of(operator)

    def visit() -> int:
        staff.get(f"/bookings/{query}")
        with counted() as statements:
            staff.get(f"/bookings/{query}")
        return len(statements.of_the_page)

    booked("first", 1), booked("before", -1)
    of_one = visit()
    for days in range(25):
        member = MembershipFactory(organization=OrganizationFactory(name_en="Abbot"))
        more = {"organization": member.organization, "person": member.person}
        booked("ten", days + 2, **more)
        booked("ten", -days - 2, **more)

    assert visit() == of_one <= most


def test_cancelling_many_asks_first(browser_of, operator, week):
    body = browser_of(operator).get("/bookings/").content.decode()

    question = body.index("Cancel the selected bookings? Their spaces are free for others at once")
    assert question < body.index("/lists/bookings/bulk/cancel/")
    assert body.count("/lists/bookings/bulk/cancel/") == 1

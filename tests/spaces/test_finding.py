"""The finder with an open time and by a line of words; favourites; what was looked for in vain."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from district.measuring.queries import counted
from district.models import Activity
from spaces.actions.favourites import MOST, add_favourite
from spaces.lines import find_line
from spaces.mine import spaces_of
from spaces.models import Booking, BookingStatus, Favourite, Space, UnmetSearch
from spaces.similar import in_words, similar_to
from tests.factories import (
    BookingFactory,
    BuildingFactory,
    MembershipFactory,
    OrganizationFactory,
    SpaceFactory,
    open_rules,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = {day: [[540, 1080]] for day in "1234567"}


@pytest.fixture
def finder(browser_of, tenant_member):
    return browser_of(tenant_member)


def room(name: str, **more) -> Space:
    return SpaceFactory(name_en=name, rules=open_rules(opening=OFFICE, window_days=30), **more)


def tomorrow() -> str:
    return f"{timezone.localdate(timezone=SHANGHAI) + timedelta(days=1):%Y-%m-%d}"


def local(option) -> str:
    return f"{option.slot.starts_at.astimezone(SHANGHAI):%m-%d %H:%M}"


def test_any_time_of_a_day_finds_the_first_of_each_space(finder):
    room("Heron")
    asked = {"when": "day", "day": tomorrow(), "minutes": "60", "people": "4"}

    day = finder.get("/book/", asked).context["found"]
    afternoon = finder.get("/book/", {**asked, "part": "afternoon"}).context["found"]
    late = finder.get("/book/", {**asked, "part": "afternoon", "after": "15:30"}).context["found"]

    assert [local(item)[-5:] for item in [*day, *afternoon, *late]] == ["09:00", "12:00", "15:30"]
    assert day[0].query == f"day={tomorrow()}&at=09%3A00&minutes=60&people=4"
    assert day[0].spare == 4


def test_a_line_fills_the_finder_and_says_what_was_understood(finder):
    tower = BuildingFactory(code="T1", name_en="Tower", longitude=120.7, latitude=31.2)
    room("Heron", building=tower, features=["projector"])
    room("Stork", features=["projector"], capacity=5)

    page = finder.get("/book/", {"line": "tomorrow 3pm 4 people projector 1h near Tower, elephant"})
    body = page.content.decode()

    assert [item.slot.space.name for item in page.context["found"]] == ["Heron", "Stork"]
    assert [local(item)[-5:] for item in page.context["found"]] == ["15:00", "15:00"]
    said = page.context["said"]
    assert [words for _icon, words in said.understood] == [
        "Tomorrow 15:00–16:00",
        "4 people",
        "Projector",
        "near Tower",
    ]
    assert said.unknown == ("elephant",)
    assert "“elephant”" in body
    assert body.count("Best match") == 1


def test_a_line_that_says_nothing_is_answered_by_the_usual_search(finder):
    room("Heron")

    page = finder.get("/book/", {"line": "你好"})

    assert page.status_code == 200
    assert page.context["said"].understood == []
    assert "None of this could be understood" in page.content.decode()


def test_the_palette_offers_the_booking_first(finder, browser_of, tenant_member):
    room("Heron", features=["projector"])

    answer = finder.get("/search/", {"q": "明天下午3点 4人 投影 1小时"})
    hit = answer.context["groups"][0]["hits"][0]

    assert hit.title == "Book: Tomorrow 15:00–16:00, 4 people, Projector"
    assert hit.note.startswith("Heron, ")
    assert finder.get(hit.url[len(finder.prefix) :]).context["found"][0].slot.space.name == "Heron"
    assert find_line(tenant_member, "Heron", 8) == []


def test_who_cannot_book_is_offered_no_booking(browser_of, stranger, operator, district):
    auditor = MembershipFactory(organization=OrganizationFactory(operating=True), role="auditor")
    room("Heron")

    assert len(find_line(operator, "tomorrow 3pm 4 people", 8)) == 1
    assert find_line(auditor, "tomorrow 3pm 4 people", 8) == []


def test_a_star_is_put_and_taken_and_narrows_the_finder(finder, stranger, tenant_member):
    kept, other = room("Heron"), room("Stork")
    add_favourite(other, person=stranger.person)
    path = f"/spaces/{kept.pk}/"

    back = finder.post(f"{path}star/", {"next": f"{finder.prefix}/book/"})
    finder.post(f"{path}star/")
    asked = {"when": "soon", "day": tomorrow(), "minutes": "60", "people": "1", "favourites": "on"}
    found = finder.get("/book/", asked).context["found"]
    piece = finder.post(f"{path}unstar/", headers={"HX-Request": "true"})

    assert back.url == f"{finder.prefix}/book/"
    assert [(item.slot.space.name, item.is_favourite) for item in found] == [("Heron", True)]
    assert 'aria-pressed="false"' in piece.content.decode()
    assert not Favourite.objects.filter(person=tenant_member.person).exists()
    assert Favourite.objects.get().space == other


def test_there_are_only_so_many_favourites(finder, tenant_member):
    rows = [room(f"Room {number}") for number in range(MOST + 1)]
    for row in rows[:MOST]:
        add_favourite(row, person=tenant_member.person)

    answer = finder.post(f"/spaces/{rows[MOST].pk}/star/")

    assert answer.status_code == 409
    assert Favourite.objects.count() == MOST


def test_what_is_looked_for_in_vain_is_kept_once_a_day_and_told_once(finder, tenant_member):
    hall = room("Hall", capacity=50)
    asked = {"when": "day", "day": tomorrow(), "minutes": "60", "people": "60",
             "feature": "projector", "near": ""}  # fmt: skip
    shown = finder.get("/book/", asked)
    assert not UnmetSearch.objects.exists()

    for _ in range(2):
        assert finder.post("/book/unmet/", asked).status_code == 204
    told = [finder.post("/book/unmet/", {**asked, "tell": "1"}) for _ in range(2)]

    row = UnmetSearch.objects.get()
    assert 'hx-trigger="load, submit"' in shown.content.decode()
    assert (row.organization, row.people, row.features) == (
        tenant_member.organization, 60, ["projector"],
    )  # fmt: skip
    assert (row.from_minute, row.to_minute, row.minutes, row.told) == (420, 1320, 60, True)
    assert [answer.status_code for answer in told] == [302, 302]
    assert Activity.objects.filter(verb="unmet_search.told").count() == 1
    assert hall.capacity < row.people


def test_what_can_be_found_is_not_counted_as_missing(finder):
    room("Heron")

    finder.post("/book/unmet/", {"day": tomorrow(), "at": "10:00", "minutes": "60", "people": "4"})

    assert not UnmetSearch.objects.exists()


def test_an_empty_search_offers_the_first_times_after_it(finder):
    heron = room("Heron")
    finder.post(
        f"/book/{heron.pk}/create/",
        {"day": tomorrow(), "at": "10:00", "minutes": "90", "people": "2"},
    )
    assert Booking.objects.get().status == BookingStatus.CONFIRMED

    page = finder.get("/book/", {"day": tomorrow(), "at": "10:30", "minutes": "60", "people": "2"})

    assert page.context["found"] == []
    assert [local(item)[-5:] for item in page.context["later"]] == ["11:30"]


@pytest.mark.parametrize("rows", [1, 20])
def test_the_finder_takes_as_many_queries_for_one_space_as_for_twenty(finder, rows):
    for number in range(rows):
        room(f"Room {number}")
    asked = {"when": "soon", "day": tomorrow(), "minutes": "60", "people": "1"}
    finder.get("/book/", asked)

    with counted() as queries:
        page = finder.get("/book/", asked)

    assert len(page.context["found"]) == rows
    assert len(queries.of_the_page) == 15


@pytest.mark.parametrize("rows", [1, 5])
def test_home_shows_ones_own_spaces_with_their_next_free_hour(finder, tenant_member, rows):
    for number in range(rows):
        add_favourite(room(f"Room {number}"), person=tenant_member.person)
    last = room("Last")
    begun = timezone.now() - timedelta(days=7)
    BookingFactory(space=last, person=tenant_member.person, starts_at=begun,
                   organization=tenant_member.organization)  # fmt: skip
    finder.get("/")

    with counted() as queries:
        page = finder.get("/")

    known = spaces_of(tenant_member, tenant_member.district.zone)
    assert len(queries.of_the_page) <= 20
    assert [(item.space.name, item.is_favourite) for item in known][-1] == ("Last", False)
    assert len(known) == min(rows, 4) + 1
    assert all(item.slot for item in known)
    assert page.content.decode().count(f"/book/{last.pk}/?day=") == 2


def test_similar_spaces_say_how_they_differ(district):
    here = BuildingFactory(longitude=120.75, latitude=31.25)
    there = BuildingFactory(longitude=120.75, latitude=31.2515)
    wanted = room("Wanted", building=here, capacity=8, features=["screen"])
    room("Other house", building=there, capacity=8, features=["screen", "projector"])
    room("Smaller", building=here, capacity=7, features=["screen"])
    room("Bare", building=here, capacity=9)
    room("Far too large", building=here, capacity=80)

    with translation.override("en"):
        found = [(row.name, in_words(wanted, row)) for row in similar_to(wanted)]

    assert found == [
        ("Smaller", "1 seat fewer, in the same building"),
        ("Bare", "1 more seat, without Screen, in the same building"),
        ("Other house", "the same size, also has Projector, 3 minutes on foot"),
    ]


def test_a_past_booking_leads_to_the_same_once_more(finder, tenant_member):
    begun = timezone.now() - timedelta(days=3)
    past = BookingFactory(person=tenant_member.person, starts_at=begun, title="Review",
                          organization=tenant_member.organization)  # fmt: skip

    listed = finder.get("/bookings/", {"show": "past"}).content.decode()
    gone = finder.get(f"/bookings/{past.pk}/again/")

    assert f"/bookings/{past.pk}/again/" in listed
    assert gone.url.startswith(f"{finder.prefix}/book/{past.space_id}/?day=")
    assert "title=Review" in gone.url

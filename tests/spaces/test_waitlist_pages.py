"""Holds and the waitlist as pages and programs meet them: what is shown, to whom, at what cost."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from district.measuring.queries import counted
from district.models import Notification, Role
from district.relay import relay
from spaces.actions.booking import Wish, book_space
from spaces.actions.decisions import cancel_booking
from spaces.actions.healing import heal
from spaces.actions.holds import hold_slot
from spaces.actions.waitlist import join_waitlist
from spaces.models import Booking, Hold, WaitlistEntry, WaitStatus
from tests.factories import (
    ApiClientFactory,
    MembershipFactory,
    SpaceFactory,
    WaitlistEntryFactory,
    open_rules,
)
from tests.programs import ALL, Api, secret_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
WISH = Wish(START, START + timedelta(hours=1))


def asked(**more):
    local = START.astimezone(SHANGHAI)
    return {"day": local.date(), "at": f"{local:%H:%M}", "minutes": 60, "people": 2, **more}


@pytest.fixture
def room(district):
    return SpaceFactory(name_en="Heron room", rules=open_rules())


@pytest.fixture
def taken(room, stranger):
    return book_space(room, WISH, by=stranger)


@pytest.fixture
def offered(room, taken, tenant_member, stranger, district):
    """An entry of the tenant's member to whom the slot is offered."""
    entry = join_waitlist(room, WISH, by=tenant_member)
    cancel_booking(taken, by=stranger)
    heal(district)
    entry.refresh_from_db()
    return entry


def test_the_confirm_page_keeps_the_slot_only_when_it_asks_to(browser_of, tenant_member, room):
    browser = browser_of(tenant_member)
    page = browser.get(f"/book/{room.pk}/", asked())
    before = Hold.objects.count()

    piece = browser.post(f"/book/{room.pk}/hold/", asked(), headers={"HX-Request": "true"})

    assert f'hx-post="/{room.district.slug}/book/{room.pk}/hold/"' in page.content.decode()
    assert before == 0
    assert Hold.objects.get().person == tenant_member.person
    [left] = re.findall(r'id="hold"[^>]* data-left="(\d+)"', piece.content.decode())
    assert int(left) in {298, 299, 300}


def test_the_second_person_is_told_and_offered_the_waitlist(
    browser_of, tenant_member, stranger, room
):
    hold_slot(room, WISH, by=tenant_member)
    other = SpaceFactory(building=room.building, rules=open_rules())
    browser = browser_of(stranger)

    page = browser.get(f"/book/{room.pk}/", asked())
    piece = browser.post(f"/book/{room.pk}/hold/", asked(), headers={"HX-Request": "true"})

    words = "Somebody is booking this slot right now, free again in 5 minutes at the latest."
    assert page.context["form"].non_field_errors() == [words]
    assert page.context["can_wait"]
    assert other in {row[0] for row in page.context["alternatives"]}
    assert (piece.status_code, words in piece.content.decode()) == (409, True)


def test_a_hold_is_kept_longer_and_given_back(browser_of, tenant_member, room):
    browser = browser_of(tenant_member)
    hold = hold_slot(room, WISH, by=tenant_member)

    longer = browser.post("/book/hold/prolong/")
    again = browser.post("/book/hold/prolong/")
    wrong = browser.post("/book/hold/release/", {"hold": "nonsense"})
    kept = Hold.objects.filter(is_prolonged=True).count()
    gone = browser.post("/book/hold/release/", {"hold": hold.pk})

    assert "Keep it longer" not in longer.content.decode()
    assert (again.status_code, "only once" in again.content.decode()) == (409, True)
    assert (wrong.status_code, kept, gone.status_code, Hold.objects.count()) == (204, 1, 204, 0)


def test_whoever_finds_a_slot_taken_joins_from_there(browser_of, tenant_member, room, taken):
    browser = browser_of(tenant_member)

    page = browser.get(f"/book/{room.pk}/", asked())
    joined = browser.post(f"/book/{room.pk}/waitlist/", asked(title="Board"))
    again = browser.get(f"/book/{room.pk}/", asked())
    twice = browser.post(f"/book/{room.pk}/waitlist/", asked())

    entry = WaitlistEntry.objects.get()
    assert page.context["can_wait"]
    assert (joined.status_code, joined["Location"]) == (
        302,
        f"/{room.district.slug}/waitlist/{entry.pk}/",
    )
    assert (again.context["entry"], again.context["can_wait"]) == (entry, False)
    assert twice.status_code == 409
    assert twice.context["form"].non_field_errors() == [
        "You are on the waitlist for this time already."
    ]


def test_nonsense_joins_nothing_and_loses_nothing(browser_of, tenant_member, room, taken):
    browser = browser_of(tenant_member)

    answers = [
        browser.post(f"/book/{room.pk}/waitlist/", asked(**{name: "x", "title": "Board"}))
        for name in ("day", "at", "minutes", "people")
    ]

    assert {answer.status_code for answer in answers} <= {409, 422}
    assert WaitlistEntry.objects.count() == 0
    assert all('value="Board"' in answer.content.decode() for answer in answers)


def test_an_offer_is_taken_from_its_page(browser_of, tenant_member, offered):
    browser = browser_of(tenant_member)
    page = browser.get(f"/waitlist/{offered.pk}/")

    taken = browser.post(f"/waitlist/{offered.pk}/take/")

    booking = Booking.objects.get(status="confirmed")
    assert (page.context["can_take"], page.context["can_leave"]) == (True, True)
    assert taken["Location"] == f"/{booking.district.slug}/bookings/{booking.pk}/done/"
    assert booking.person == tenant_member.person


def test_nobody_else_takes_or_sees_it(browser_of, tenant_admin, stranger, offered):
    admin, other = browser_of(tenant_admin), browser_of(stranger)

    assert admin.get(f"/waitlist/{offered.pk}/").context["can_take"] is False
    assert admin.post(f"/waitlist/{offered.pk}/take/").status_code == 403
    assert other.get(f"/waitlist/{offered.pk}/").status_code == 404
    assert other.post(f"/waitlist/{offered.pk}/take/").status_code == 404
    assert admin.post(f"/waitlist/{offered.pk}/leave/").status_code == 302
    offered.refresh_from_db()
    assert offered.status == WaitStatus.LEFT


def test_whoever_it_is_offered_to_is_told_with_the_way_to_take_it(
    browser_of, tenant_member, offered, district
):
    relay(district.pk)

    [told] = Notification.objects.filter(activity__verb="waitlist.offered")
    listed = browser_of(tenant_member).get("/notifications/")

    assert told.person == tenant_member.person
    assert "Heron room is free: yours until" in listed.content.decode()
    opened = browser_of(tenant_member).post(f"/notifications/{told.pk}/open/")
    assert opened["Location"].endswith(f"/waitlist/{offered.pk}/")


def test_the_offer_stands_on_the_list_and_on_home(browser_of, tenant_member, offered):
    browser = browser_of(tenant_member)

    listed, home = browser.get("/waitlist/"), browser.get("/")

    assert listed.context["offers"] == [offered]
    assert f"/waitlist/{offered.pk}/take/" in listed.content.decode()
    assert f'href="/waitlist/{offered.pk}/"' in home.content.decode().replace(browser.prefix, "")


def test_staff_see_who_waits_for_a_booking(browser_of, operator, tenant_member, room, taken):
    join_waitlist(room, WISH, by=tenant_member)
    browser = browser_of(operator)

    page = browser.get(f"/bookings/{taken.pk}/")
    listed = browser.get("/waitlist/", {"space": room.pk})

    assert page.context["in_line"] == 1
    assert [row.object.person for row in listed.context["page"].rows] == [tenant_member.person]


def test_the_plans_draw_what_is_held(browser_of, operator, tenant_member, room):
    hold_slot(room, WISH, by=tenant_member)
    browser, day = browser_of(operator), START.astimezone(SHANGHAI).date()

    plan = browser.get("/bookings/day/", {"day": day, "building": room.building.pk})
    week = browser.get(f"/buildings/{room.building.pk}/week/", {"week": day})

    assert 'class="bk held ' in plan.content.decode()
    assert 'rect class="held"' in week.content.decode()


def test_the_finder_shows_taken_rooms_where_few_are_free(browser_of, tenant_member, room, taken):
    free = SpaceFactory(building=room.building, rules=open_rules())

    page = browser_of(tenant_member).get("/book/", asked())

    assert [option.slot.space for option in page.context["found"]] == [free]
    assert [space.name for space in page.context["full"]] == ["Heron room"]


def test_the_list_takes_as_many_queries_for_many(browser_of, operator, room):
    browser, spent = browser_of(operator), []
    for number in (1, 20):
        for count in range(number):
            WaitlistEntryFactory(
                space=room, waiting_person=True, starts_at=START + timedelta(hours=count)
            )
        browser.get("/waitlist/")
        with counted() as statements:
            page = browser.get("/waitlist/")
        spent.append((len(page.context["page"].rows), len(statements.of_the_page)))

    assert [rows for rows, _ in spent] == [1, 21]
    assert spent[0][1] == spent[1][1] <= 10


def test_the_cards_place_in_line_counts_those_before(district, room):
    entries = [WaitlistEntryFactory(space=room, waiting_person=True) for _ in range(3)]
    WaitlistEntryFactory(space=room, starts_at=START + timedelta(days=9))

    rows = WaitlistEntry.objects.filter(pk__in=[row.pk for row in entries]).with_place()

    assert sorted(rows.values_list("ahead", flat=True)) == [0, 1, 2]


@pytest.fixture
def program(district):
    client = ApiClientFactory(scopes=ALL)
    return client, Api(district, secret_of(client))


def wanted(room):
    return {
        "space": str(room.pk),
        "starts_at": START.isoformat(),
        "ends_at": (START + timedelta(hours=1)).isoformat(),
        "title": "Sensor run",
    }


def test_a_program_joins_once_per_key_and_takes_its_offer(program, room, taken, stranger, district):
    client, api = program
    answers = [api.post("/waitlist/", wanted(room), Idempotency_Key="k1") for _ in range(2)]
    cancel_booking(taken, by=stranger)
    heal(district)
    seen = api.get(f"/waitlist/{answers[0].json()['id']}/")

    made = api.post(f"/waitlist/{seen.json()['id']}/take/", If_Match=seen["ETag"])

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert WaitlistEntry.objects.count() == 1
    assert (seen.json()["status"], made.status_code) == ("offered", 201)
    assert (made.json()["title"], made.json()["status"]) == ("Sensor run", "confirmed")
    assert Booking.objects.get(status="confirmed").organization == client.organization


def test_a_program_is_refused_as_a_person_is(program, room, stranger):
    _client, api = program

    free = api.post("/waitlist/", wanted(room))
    unknown = api.post("/waitlist/", {**wanted(room), "space": str(stranger.pk)})
    bare = api.post("/waitlist/", {})

    assert (free.status_code, free.json()["code"]) == (409, "waitlist_free")
    assert (unknown.status_code, bare.status_code) == (422, 422)


def test_a_program_leaves_and_needs_to_have_read_the_latest(program, room, taken):
    _client, api = program
    entry = api.post("/waitlist/", wanted(room))
    address = f"/waitlist/{entry.json()['id']}/leave/"

    stale = api.post(address, If_Match='"99"')
    left = api.post(address, If_Match=entry["ETag"])

    assert stale.status_code == 412
    assert (left.status_code, left.json()["status"]) == (200, "left")


def test_a_program_sees_what_its_own_organisation_waits_for(program, room):
    client, api = program
    own = WaitlistEntryFactory(space=room, organization=client.organization)
    WaitlistEntryFactory(space=room)

    found = api.get("/waitlist/").json()["results"]

    assert [row["id"] for row in found] == [str(own.pk)]


def test_programs_hold_nothing(district, room):
    """There is no address for it; the page's is for whoever has a session."""
    api = Api(district, secret_of(ApiClientFactory(scopes=ALL)))

    answer = api.post("/waitlist/hold/", wanted(room))

    assert answer.status_code in {404, 405}
    assert Hold.objects.count() == 0


@pytest.mark.parametrize("role", [Role.OPERATOR_ADMIN, Role.AUDITOR])
def test_the_operator_and_auditors_do_not_join(browser_of, operator, room, taken, role):
    member = MembershipFactory(role=role, organization=operator.organization)

    answer = browser_of(member).post(f"/book/{room.pk}/waitlist/", asked())

    assert answer.status_code == 403

"""Taking spaces out of use: what breaks, what becomes of it, who is told."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from district.models import Activity
from district.rules import RuleViolation
from spaces.actions.blocking import Answer, Closing, block_spaces, change_blocking, end_blocking
from spaces.actions.booking import Wish, book_space
from spaces.actions.conflicts import what_breaks
from spaces.actions.occupancy import Span
from spaces.models import (
    Blocking,
    Booking,
    BookingStatus,
    Occupancy,
    OccupancyKind,
    QuotaUse,
    SpaceLeaf,
)
from tests.factories import BuildingFactory, SpaceFactory, open_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")


def tomorrow(hour: int) -> datetime:
    day = timezone.localdate(timezone=SHANGHAI) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def closing(start: int = 9, end: int = 18) -> Closing:
    return Closing(Span(tomorrow(start), tomorrow(end)), reason_en="New projector")


@pytest.fixture
def rooms(district):
    building = BuildingFactory()
    return [SpaceFactory(building=building, capacity=8) for _ in range(3)]


@pytest.fixture
def booking(rooms, tenant_member):
    wish = Wish(tomorrow(10), tomorrow(11), attendee_count=4, title="Design review")
    return book_space(rooms[0], wish, by=tenant_member)


def test_what_breaks_names_the_booking_and_a_similar_space(rooms, booking, operator):
    breaks = what_breaks([rooms[0]], closing().span, by=operator)

    assert [item.booking for item in breaks.touched] == [booking]
    assert breaks.touched[0].proposal in rooms[1:]
    assert breaks.is_possible


def test_what_breaks_never_proposes_one_space_twice_or_what_is_closed_too(
    rooms, booking, tenant_member, operator
):
    second = book_space(rooms[1], Wish(tomorrow(10), tomorrow(11)), by=tenant_member)

    breaks = what_breaks(rooms[:2], closing().span, by=operator)

    proposals = {item.booking.pk: item.proposal for item in breaks.touched}
    assert set(proposals) == {booking.pk, second.pk}
    assert sorted(map(str, proposals.values())) == sorted(["None", str(rooms[2])])


def test_block_spaces_moves_cancels_and_closes_in_one_step(rooms, booking, tenant_member, operator):
    other = book_space(rooms[0], Wish(tomorrow(14), tomorrow(15)), by=tenant_member)
    answers = {
        booking.pk: Answer(rooms[1], "New projector"),
        other.pk: Answer(None, "New projector"),
    }

    [blocking] = block_spaces([rooms[0]], closing(), answers, by=operator)

    booking.refresh_from_db()
    other.refresh_from_db()
    assert (booking.space, booking.status) == (rooms[1], BookingStatus.CONFIRMED)
    assert (booking.reason, other.reason) == ("New projector", "New projector")
    assert other.status == BookingStatus.CANCELLED
    claims = Occupancy.objects.filter(space=rooms[0]).values_list("kind", "source_id")
    assert list(claims) == [(OccupancyKind.BLOCKING, blocking.pk)]
    verbs = Activity.objects.values_list("verb", "subject_id")
    assert ("booking.rescheduled", booking.pk) in verbs
    assert ("booking.cancelled", other.pk) in verbs
    assert ("blocking.created", blocking.pk) in verbs


def test_block_spaces_changes_nothing_while_a_booking_is_undecided(rooms, booking, operator):
    with pytest.raises(RuleViolation) as refusal:
        block_spaces([rooms[0]], closing(), {}, by=operator)

    assert refusal.value.code == "blocking_unanswered"
    assert not Blocking.objects.exists()
    assert Occupancy.objects.get(space=rooms[0]).source_id == booking.pk


def test_block_spaces_keeps_everything_when_one_move_is_refused(
    rooms, booking, tenant_member, stranger, operator
):
    other = book_space(rooms[0], Wish(tomorrow(14), tomorrow(15)), by=tenant_member)
    book_space(rooms[1], Wish(tomorrow(10), tomorrow(11)), by=stranger)
    answers = {other.pk: Answer(None, "x"), booking.pk: Answer(rooms[1], "x")}

    with pytest.raises(RuleViolation) as refusal:
        block_spaces([rooms[0]], closing(), answers, by=operator)

    assert refusal.value.code == "occupancy_no_overlap"
    other.refresh_from_db()
    assert other.status == BookingStatus.CONFIRMED
    assert not Blocking.objects.exists()


def test_block_spaces_gives_the_quota_back(tenant_member, operator, district):
    room = SpaceFactory(rules=open_rules(quota_minutes_per_month=600))
    booking = book_space(room, Wish(tomorrow(10), tomorrow(12)), by=tenant_member)
    assert QuotaUse.objects.get().minutes == 120

    block_spaces([room], closing(), {booking.pk: Answer(None, "x")}, by=operator)

    assert QuotaUse.objects.get().minutes == 0


def test_a_blocked_part_closes_the_whole_hall(operator, tenant_member, district):
    hall = SpaceFactory(is_leaf=False, capacity=20)
    part = SpaceFactory(building=hall.building, parent=hall)
    SpaceLeaf.objects.create(space=hall, leaf=part)

    block_spaces([part], closing(), {}, by=operator)

    with pytest.raises(RuleViolation) as refusal:
        book_space(hall, Wish(tomorrow(10), tomorrow(11)), by=tenant_member)
    assert refusal.value.code == "occupancy_no_overlap"


def test_a_request_that_holds_nothing_is_in_the_way_too(tenant_member, operator, district):
    rules = open_rules(approval="always", holds_when_requested=False)
    room = SpaceFactory(rules=rules)
    booking = book_space(room, Wish(tomorrow(10), tomorrow(11)), by=tenant_member)
    assert not Occupancy.objects.exists()

    breaks = what_breaks([room], closing().span, by=operator)

    assert [item.booking for item in breaks.touched] == [booking]


def test_end_blocking_frees_what_is_left(rooms, operator):
    now = timezone.now()
    span = Span(now - timedelta(hours=1), now + timedelta(hours=5))
    [blocking] = block_spaces([rooms[0]], Closing(span, reason_en="Leak"), {}, by=operator)

    end_blocking(blocking, by=operator)

    blocking.refresh_from_db()
    assert Occupancy.objects.get(source_id=blocking.pk).ends_at == blocking.ended_at
    with pytest.raises(RuleViolation) as refusal:
        end_blocking(blocking, by=operator)
    assert refusal.value.code == "blocking_over"


def test_change_blocking_lengthens_it_over_a_booking_that_is_moved(rooms, tenant_member, operator):
    [blocking] = block_spaces([rooms[0]], closing(9, 12), {}, by=operator)
    later = book_space(rooms[0], Wish(tomorrow(14), tomorrow(15)), by=tenant_member)
    answers = {later.pk: Answer(rooms[1], "Takes longer")}

    change_blocking(blocking, closing(9, 18), answers, by=operator)

    later.refresh_from_db()
    assert later.space == rooms[1]
    claim = Occupancy.objects.get(source_id=blocking.pk)
    assert (claim.starts_at, claim.ends_at) == (tomorrow(9), tomorrow(18))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"span": Span(tomorrow(12), tomorrow(9))}, "blocking_times"),
        ({"span": Span(tomorrow(9), tomorrow(9) + timedelta(days=400))}, "blocking_times"),
        (
            {"span": Span(tomorrow(9) - timedelta(days=9), tomorrow(9) - timedelta(days=8))},
            "blocking_times",
        ),
        ({"reason_en": " "}, "reason_missing"),
    ],
)
def test_block_spaces_refuses(rooms, operator, change, code):
    wrong = Closing(**{"span": closing().span, "reason_en": "x", **change})

    with pytest.raises(RuleViolation) as refusal:
        block_spaces([rooms[0]], wrong, {}, by=operator)

    assert refusal.value.code == code
    assert not Blocking.objects.exists()


def asked(room, **changes: str) -> dict[str, str]:
    day = f"{tomorrow(9):%Y-%m-%d}"
    return {
        "building": str(room.building_id),
        "space": str(room.pk),
        "from_day": day,
        "from_at": "09:00",
        "until_day": day,
        "until_at": "18:00",
        "reason_en": "New projector",
        **changes,
    }


def test_the_page_shows_what_breaks_and_closes_after_an_answer(
    rooms, booking, operator, browser_of
):
    staff = browser_of(operator)
    page = staff.get("/blockings/new/", {**asked(rooms[0]), "look": "1"})
    assert "Design review" in page.content.decode()
    assert not Blocking.objects.exists()

    refused = staff.post("/blockings/new/", asked(rooms[0]))
    done = staff.post("/blockings/new/", {**asked(rooms[0]), f"answer-{booking.pk}": "cancel"})

    assert refused.status_code == 409
    assert "1 booking is in the way and not decided yet." in refused.content.decode()
    assert done.status_code == 302
    assert Blocking.objects.get().reason_en == "New projector"
    assert Booking.objects.get(pk=booking.pk).status == BookingStatus.CANCELLED
    assert "New projector" in staff.get("/blockings/").content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"until_at": "08:00"}, "It must end after it starts."),
        ({"from_day": "2026-02-30"}, "Enter a valid date."),
        ({"reason_en": ""}, "Say why, so that they can act on it."),
        ({"from_day": "9999-12-31", "until_day": "9999-12-31"}, "a year at most"),
    ],
)
def test_the_page_keeps_the_input_of_a_form_with_mistakes(
    rooms, operator, browser_of, changes, message
):
    changes = {**changes, "reason_zh": "<b>检修</b>"} if "reason_en" not in changes else changes
    page = browser_of(operator).post("/blockings/new/", asked(rooms[0], **changes))

    if message != "a year at most":
        assert page.status_code == 422
        assert message in page.content.decode()
    assert "<b>检修</b>" not in page.content.decode()
    assert not Blocking.objects.filter(starts_at__lt=timezone.now() + timedelta(days=900)).exists()


def test_companies_do_not_end_a_blocking(rooms, tenant_member, operator, browser_of):
    block_spaces([rooms[0]], closing(), {}, by=operator)

    answer = browser_of(tenant_member).post(f"/blockings/{Blocking.objects.get().pk}/end/")

    assert answer.status_code == 403
    assert Blocking.objects.get().ended_at is None

"""No-shows that count: who may still book, until when, and who is pardoned."""

from datetime import timedelta

import pytest
from django.utils import timezone

from district.models import Activity, Role
from district.rules import RuleViolation
from spaces import permissions
from spaces.actions.booking import Wish, book_space
from spaces.actions.strikes import barred_until, pardon_strike
from spaces.models import Booking, Strike
from tests.factories import BookingFactory, MembershipFactory, SpaceFactory, open_rules

DAY = timedelta(days=1)


@pytest.fixture
def room(district):
    return SpaceFactory(
        rules=open_rules(strike_limit=3, strike_days=30, strike_block_days=7, check_in_minutes=15)
    )


def strike(member, room, days_ago: float) -> Strike:
    at = timezone.now() - days_ago * DAY
    booking = BookingFactory(
        space=room,
        organization=member.organization,
        person=member.person,
        starts_at=at,
        status="no_show",
    )
    row = Strike.of(booking, at)
    row.save()
    return row


def wish() -> Wish:
    starts_at = timezone.now().replace(minute=0, second=0, microsecond=0) + DAY
    return Wish(starts_at, starts_at + timedelta(hours=1))


def test_with_too_many_no_shows_nobody_books_alone(room, tenant_member, operator):
    strikes = [strike(tenant_member, room, ago) for ago in (20, 10, 2)]

    with pytest.raises(RuleViolation) as refusal:
        book_space(room, wish(), by=tenant_member)

    assert refusal.value.code == "booking_strikes"
    assert refusal.value.details == {"until": strikes[-1].at + 7 * DAY}
    assert operator.organization.name in str(refusal.value)
    assert Booking.objects.filter(status="confirmed").count() == 0


def test_staff_book_for_them_and_elsewhere_they_book_themselves(room, tenant_member, operator):
    for ago in (20, 10, 2):
        strike(tenant_member, room, ago)
    theirs = Wish(
        wish().starts_at,
        wish().ends_at,
        organization_id=tenant_member.organization_id,
        person_id=tenant_member.person_id,
    )

    assert book_space(room, theirs, by=operator).status == "confirmed"
    assert book_space(SpaceFactory(), wish(), by=tenant_member).status == "confirmed"


@pytest.mark.parametrize(
    ("days_ago", "until"),
    [
        ((20, 10), None),  # not enough of them
        ((40, 10, 2), None),  # the first is forgotten
        ((29, 15, 8), None),  # the time is served
        ((20, 10, 6), 1),
        ((90, 12, 10, 6), 1),
    ],
)
def test_what_counts_is_recent_and_in_number(room, tenant_member, days_ago, until):
    for ago in days_ago:
        strike(tenant_member, room, ago)

    found = barred_until(room.rules, tenant_member)

    assert (found and round((found - timezone.now()) / DAY)) == until


def test_a_pardon_needs_a_reason_and_opens_the_way(room, tenant_member, operator):
    row = [strike(tenant_member, room, ago) for ago in (20, 10, 2)][1]
    with pytest.raises(RuleViolation) as refusal:
        pardon_strike(row, " ", by=operator)
    assert refusal.value.code == "reason_missing"

    pardon_strike(row, "The lift was out of order", by=operator)

    row.refresh_from_db()
    assert (row.reason, row.pardoned_by) == ("The lift was out of order", operator)
    activity = Activity.objects.get(verb="booking.pardoned")
    assert (activity.subject_id, activity.organization_id) == (row.booking_id, row.organization_id)
    assert book_space(room, wish(), by=tenant_member).status == "confirmed"
    with pytest.raises(RuleViolation) as again:
        pardon_strike(row, "Once more", by=operator)
    assert again.value.code == "strike_pardoned"


def test_people_see_their_own_and_administrators_those_of_their_company(
    room, tenant_member, tenant_admin, stranger, operator
):
    own = strike(tenant_member, room, 1)
    admins = strike(tenant_admin, room, 1)
    others = strike(stranger, room, 1)

    def seen(actor):
        return set(Strike.objects.visible_to(actor))

    assert seen(tenant_member) == {own}
    assert seen(tenant_admin) == {own, admins}
    assert seen(stranger) == {others}
    assert seen(operator) == {own, admins, others}
    assert seen(MembershipFactory(role=Role.PARTNER)) == set()


def test_staff_of_the_area_pardon_and_nobody_else(room, tenant_member, tenant_admin, operator):
    row = strike(tenant_member, room, 1)
    operating = operator.organization
    here = MembershipFactory(
        role=Role.OPERATOR, organization=operating, community=room.building.community
    )
    auditor = MembershipFactory(role=Role.AUDITOR, organization=operating)

    assert permissions.can_pardon(here, row)
    assert permissions.can_pardon(operator, row)
    assert not permissions.can_pardon(auditor, row)
    assert not permissions.can_pardon(tenant_admin, row)


def test_a_refusal_is_shown_on_the_confirm_page_and_nothing_is_lost(
    room, tenant_member, operator, browser_of
):
    for ago in (20, 10, 2):
        strike(tenant_member, room, ago)
    at = timezone.localtime(wish().starts_at, room.district.zone)
    asked = {"day": at.date(), "at": f"{at:%H:%M}", "minutes": 60, "people": 4, "title": "Pitch"}
    browser = browser_of(tenant_member)

    answer = browser.post(f"/book/{room.pk}/create/", asked)

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "You did not come to 3 bookings." in page
    assert 'value="Pitch"' in page
    assert "Whoever does not come 3 times within 30 days" in page
    assert "3 no-shows count against you." in browser.get("/bookings/").content.decode()

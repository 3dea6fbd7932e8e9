"""What happened to one thing: by day, with what changed, and only what concerns the reader."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.http import QueryDict
from django.utils import timezone, translation

from district.actions.organizations import save_organization
from district.actions.people import change_role
from district.activity import record
from district.actors import System
from district.models import Industry, Role
from district.timeline import SHOWN, Change, timeline
from spaces.actions.booking import reschedule_booking
from spaces.models import BookingStatus
from tests.factories import BookingFactory, MembershipFactory, OrganizationFactory, open_rules

NOW = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


class Asked:
    def __init__(self, actor, **params):
        self.actor, self.GET = actor, QueryDict(urlencode(params))


def test_entries_are_grouped_by_the_districts_days(district, operator):
    organization = OrganizationFactory()
    for hours in (0, 10, 16, 17):  # midnight in Shanghai is 16:00 UTC
        with time_machine.travel(NOW.replace(hour=0) + timedelta(hours=hours), tick=False):
            record("organization.changed", subject=organization, by=operator)

    with timezone.override(district.zone):
        found = timeline(organization, Asked(operator))

    assert [(day.isoformat(), len(rows)) for day, rows in found.days] == [
        ("2026-11-25", 2),
        ("2026-11-24", 2),
    ]


def test_what_changed_is_told_from_and_to(operator):
    organization = OrganizationFactory(industry=Industry.AI, employee_count=8)
    organization.industry, organization.employee_count = Industry.ROBOTICS, 12
    save_organization(organization, by=operator)

    (entry,) = timeline(organization, Asked(operator))

    assert list(entry.changes) == [
        Change("Industry", "Artificial intelligence", "Robotics and smart manufacturing"),
        Change("Employees", "8", "12"),
    ]
    assert entry.who == f"{operator.person.name} · {operator.organization.name}"


def test_a_moved_booking_tells_both_times(district, operator, tenant_member):
    booking = BookingFactory(
        status=BookingStatus.CONFIRMED,
        space__rules=open_rules(),
        organization=tenant_member.organization,
    )
    starts_at = booking.starts_at + timedelta(days=1)
    reschedule_booking(
        booking, booking.space, starts_at, starts_at + timedelta(hours=1), by=operator
    )

    (entry,) = timeline(booking, Asked(tenant_member))

    assert [change.label for change in entry.changes] == ["Starts", "Ends"]
    assert entry.changes[0].before != entry.changes[0].after


def test_a_changed_role_tells_both(operator, tenant_admin, tenant_member):
    change_role(tenant_member, role=Role.COMPANY_ADMIN, by=tenant_admin)

    (entry,) = timeline(tenant_member, Asked(operator))

    assert list(entry.changes) == [Change("Role", "Company member", "Company administrator")]


def test_an_organisation_reads_only_what_concerns_it(operator, tenant_member, stranger):
    booking = BookingFactory(organization=tenant_member.organization)
    own = tenant_member.organization_id
    record("booking.confirmed", subject=booking, by=operator, organization=own)
    record("booking.cancelled", subject=booking, by=operator, organization=stranger.organization_id)
    record("booking.requested", subject=booking, by=tenant_member)

    all_of_it = [entry.text for entry in timeline(booking, Asked(operator))]
    mine = list(timeline(booking, Asked(tenant_member)))

    assert all_of_it == ["Booking requested", "Booking cancelled", "Booking confirmed"]
    assert [(entry.text, entry.who) for entry in mine] == [
        ("Booking requested", f"{tenant_member.person.name} · {tenant_member.organization.name}"),
        ("Booking confirmed", operator.organization.name),
    ]


def test_nothing_names_the_system_when_it_acted(operator):
    organization = OrganizationFactory()
    record("organization.verified", subject=organization, by=System())

    (entry,) = timeline(organization, Asked(operator))

    assert entry.who == "The system"


def test_more_goes_on_where_the_page_ended(operator, browser_of):
    organization = OrganizationFactory()
    for _ in range(SHOWN + 3):
        record("organization.changed", subject=organization, by=operator)

    first = timeline(organization, Asked(operator))
    rest = timeline(organization, Asked(operator, before=first.more))
    browser = browser_of(operator)
    page = browser.get(f"/organizations/{organization.pk}/").content.decode()

    assert (len(list(first)), len(list(rest)), rest.more) == (SHOWN, 3, "")
    assert f'href="?before={first.more}"' in page
    older = browser.get(f"/organizations/{organization.pk}/?before={first.more}")
    assert older.content.decode().count("Organisation changed") == 3


@pytest.mark.parametrize("before", ["x", "'", "00000000-0000-0000-0000-00000000000"])
def test_a_key_that_makes_no_sense_starts_anew(operator, before):
    organization = OrganizationFactory()
    record("organization.changed", subject=organization, by=operator)

    assert len(list(timeline(organization, Asked(operator, before=before)))) == 1


def test_a_timeline_costs_one_query(operator, django_assert_num_queries):
    organization = OrganizationFactory()
    for _ in range(5):
        member = MembershipFactory(organization=organization)
        record("organization.changed", subject=organization, by=member)

    with django_assert_num_queries(1):
        assert len(list(timeline(organization, Asked(operator)))) == 5

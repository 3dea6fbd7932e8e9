"""Two administrators leave at the same moment: one of them has to stay."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest

from district.actions import people
from district.measuring.threads import at_once
from district.models import District, Membership, Role
from district.rules import RuleViolation
from district.tenancy.scope import scope
from tests.factories import DistrictFactory, MembershipFactory, OrganizationFactory

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 0.5


@pytest.fixture
def quarter() -> District:
    return DistrictFactory()


@pytest.fixture
def _both_look_before_either_leaves(monkeypatch):
    """After looking whether others are left, each waits for the other, if that one can come."""
    meeting = Barrier(2)
    look = people._keep_an_administrator

    def look_and_wait(membership):
        look(membership)
        with suppress(BrokenBarrierError):
            meeting.wait(PATIENCE_SECONDS)

    monkeypatch.setattr(people, "_keep_an_administrator", look_and_wait)


def left_after_both_leave(quarter: District) -> int:
    with scope(quarter.pk):
        company = OrganizationFactory()
        admins = [
            MembershipFactory(organization=company, role=Role.COMPANY_ADMIN) for _ in range(2)
        ]

    def leave(membership: Membership) -> None:
        with suppress(RuleViolation), scope(quarter.pk):
            people.end_membership(membership, by=membership)

    at_once(2, leave, admins)
    with scope(quarter.pk):
        return Membership.objects.current().filter(organization=company).count()


@pytest.mark.usefixtures("_both_look_before_either_leaves")
def test_one_of_two_administrators_stays(quarter):
    assert left_after_both_leave(quarter) == 1


@pytest.mark.usefixtures("_both_look_before_either_leaves")
def test_without_the_lock_both_would_leave(quarter, monkeypatch):
    monkeypatch.setattr(people, "_locked", lambda membership: membership)

    assert left_after_both_leave(quarter) == 0

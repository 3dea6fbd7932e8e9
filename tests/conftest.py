"""A district in scope, and the people who act in it."""

from collections.abc import Iterator

import pytest

from district.models import District, Membership, Role
from district.tenancy.scope import scope
from tests.factories import (
    DistrictFactory,
    MembershipFactory,
    OrganizationFactory,
)


@pytest.fixture
def district(db: None) -> Iterator[District]:
    row = DistrictFactory()
    with scope(row.pk):
        yield row


@pytest.fixture
def operator(district: District) -> Membership:
    return MembershipFactory(
        role=Role.OPERATOR_ADMIN, organization=OrganizationFactory(operating=True)
    )


@pytest.fixture
def tenant_member(district: District) -> Membership:
    return MembershipFactory(role=Role.COMPANY_MEMBER)

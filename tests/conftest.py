"""Fixtures of all tests: a district in scope, and the people who act in it."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import set_script_prefix

from district.models import ApiClient, District, Membership, Role
from district.tenancy.scope import scope
from tests.factories import (
    ApiClientFactory,
    DistrictFactory,
    MembershipFactory,
    OrganizationFactory,
    UserDistrictFactory,
)
from tests.programs import ALL, Api, secret_of


@pytest.fixture(autouse=True)
def _paths_from_the_root() -> None:
    """A server sets the prefix of paths anew with each request; the test client keeps the last."""
    set_script_prefix("/")


@pytest.fixture
def district(db: None) -> Iterator[District]:
    """A district, in scope for the whole test."""
    row = DistrictFactory()
    with scope(row.pk):
        yield row


@pytest.fixture
def operator(district: District) -> Membership:
    return MembershipFactory(
        organization=OrganizationFactory(operating=True), role=Role.OPERATOR_ADMIN
    )


@pytest.fixture
def tenant_member(district: District) -> Membership:
    return MembershipFactory(role=Role.COMPANY_MEMBER)


@pytest.fixture
def tenant_admin(district: District, tenant_member: Membership) -> Membership:
    return MembershipFactory(role=Role.COMPANY_ADMIN, organization=tenant_member.organization)


@pytest.fixture
def stranger(district: District) -> Membership:
    """Somebody of another company."""
    return MembershipFactory(role=Role.COMPANY_ADMIN)


class DistrictClient(Client):
    """A browser of somebody in a district; paths are given without the district."""

    def __init__(self, membership: Membership | None, district: District):
        super().__init__(HTTP_ACCEPT_LANGUAGE="en", SERVER_NAME="localhost")
        self.prefix = f"/{district.slug}"
        if membership is not None:
            UserDistrictFactory(user=membership.person.user, district=district)
            self.force_login(membership.person.user)

    def generic(self, method: str, path: str, *args, **kwargs):  # type: ignore[no-untyped-def]
        return super().generic(method, f"{self.prefix}{path}", *args, **kwargs)


@pytest.fixture
def browser_of(district: District):  # type: ignore[no-untyped-def]
    """browser_of(membership) is a client signed in as them."""
    return lambda membership: DistrictClient(membership, district)


@pytest.fixture
def partner(district: District) -> ApiClient:
    """A program that may do all that programs may."""
    return ApiClientFactory(scopes=ALL)


@pytest.fixture
def api(district: District, partner: ApiClient) -> Api:
    return Api(district, secret_of(partner))

"""A small district on which many act at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from district.accounts.models import User, UserDistrict
from district.actors import System
from district.api.base import ClientThrottle
from district.api.tokens import create_client, issue_token
from district.measuring.http import Visitor, signed_in, with_token
from district.models import District, Membership, Organization, OrganizationKind, Person, Role
from district.tenancy.models import uuid7
from district.tenancy.scope import scope
from spaces.models import BookingRules, Building, Space, SpaceLeaf
from spaces.rules import Resolved, resolve, stored

LONDON: Final = ZoneInfo("Europe/London")
COMPANIES: Final = 6
SCOPES: Final = ("bookings:read", "bookings:write", "spaces:read")


@dataclass(frozen=True)
class Stage:
    """`spaces` confirm at once; `asked` want approval and keep nothing while they wait."""

    district: District
    staff: Membership
    members: Sequence[Membership]
    desk: Visitor
    browsers: Sequence[Visitor]
    programs: Sequence[Visitor]
    spaces: Sequence[Space]
    asked: Sequence[Space]
    days: Sequence[datetime]


def stage(slug: str = "stage", zone: ZoneInfo = LONDON, dst_days: Sequence[datetime] = ()) -> Stage:
    """Six companies, each with a member and a program, and three halls of two halves."""
    ClientThrottle.rate = "1000000/min"
    district = District.objects.create(
        slug=slug, name_en="Stage", time_zone=zone.key, currency="GBP", language="en"
    )
    with scope(district.pk):
        staff = member("Operator", OrganizationKind.OPERATOR, Role.OPERATOR_ADMIN)
        members = [
            member(f"Company {n}", OrganizationKind.COMPANY, Role.COMPANY_ADMIN)
            for n in range(COMPANIES)
        ]
        building = Building.objects.create(code="B", name_en="B")
        at_once, asked = open_rules(), open_rules(approval="always", holds_when_requested=False)
        tomorrow = timezone.localtime(timezone=zone) + timedelta(days=1)
        return Stage(
            district,
            staff,
            members,
            desk=browser(staff),
            browsers=[browser(row) for row in members],
            programs=[program(row.organization) for row in members],
            spaces=[space for n in range(2) for space in _hall(building, f"H{n}", at_once)],
            asked=_hall(building, "Q", asked),
            days=[tomorrow.replace(hour=0, minute=0, second=0, microsecond=0), *dst_days],
        )


def open_rules(**changes: Any) -> BookingRules:
    """Rules that allow any quarter of an hour of the next years."""
    resolved = resolve([])
    values = {
        **resolved.values,
        "opening": {day: [[0, 1440]] for day in "1234567"},
        "min_minutes": 15,
        "grid_minutes": 15,
        "window_days": 1000,
        **changes,
    }
    return stored(Resolved(values, resolved.sources))


def member(name: str, kind: str, role: str) -> Membership:
    user = User.objects.create_user(email=f"{uuid7().hex}@stage.example", password=None)
    return Membership.objects.create(
        person=Person.objects.create(name=name, user=user),
        organization=Organization.objects.create(name_en=name, kind=kind),
        role=role,
    )


def browser(membership: Membership) -> Visitor:
    user, district = membership.person.user, membership.district
    UserDistrict.objects.get_or_create(user=user, district=district)
    return signed_in(user, district.slug)


def program(organization: Organization) -> Visitor:
    """A program of an organisation, with a token for everything it can do."""
    client = create_client(organization, "Program", SCOPES, by=System())
    expires_at = timezone.now() + timedelta(days=1)
    _token, secret = issue_token(client, expires_at=expires_at, by=System())
    return with_token(secret, organization.district.slug)


def rooms(building: Building, rules: BookingRules, count: int) -> list[Space]:
    """Bookable leaves, every third with a projector."""
    spaces = Space.objects.bulk_create(
        (
            Space(
                building=building,
                code=f"R{n}",
                name_en=f"Room {n}",
                capacity=n % 40 + 1,
                features=["projector"] if n % 3 == 0 else [],
                bookable=True,
                rules=rules,
            )
            for n in range(count)
        ),
        batch_size=1000,
    )
    SpaceLeaf.objects.bulk_create(
        (SpaceLeaf(space=space, leaf=space) for space in spaces), batch_size=1000
    )
    return spaces


def overlaps() -> int:
    """Pairs of claims that hold one leaf at one time, in the district in scope."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM spaces_occupancy a JOIN spaces_occupancy b ON "
            "a.district_id = b.district_id AND a.space_id = b.space_id AND a.id < b.id "
            "AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        )
        return int(cursor.fetchone()[0])


def _hall(building: Building, code: str, rules: BookingRules) -> list[Space]:
    """A hall of two halves: the whole and each part can be booked."""
    common = {"building": building, "bookable": True, "rules": rules, "capacity": 50}
    whole = Space.objects.create(code=code, name_en=code, is_leaf=False, **common)
    halves = [
        Space.objects.create(code=f"{code}{n}", name_en=f"{code}{n}", parent=whole, **common)
        for n in "AB"
    ]
    SpaceLeaf.objects.bulk_create(
        [SpaceLeaf(space=whole, leaf=half) for half in halves]
        + [SpaceLeaf(space=half, leaf=half) for half in halves]
    )
    return [whole, *halves]

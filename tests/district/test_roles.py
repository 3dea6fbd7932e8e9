"""The table of roles cell by cell, and every `can_…` function for every role."""

import pytest

from district import permissions as ground
from district.actors import System
from district.models import FileAudience, OrganizationKind, Role
from district.permissions import ROLES, Permission, Reach, assignable_roles, reach
from district.role_table import GROUPS, role_table
from spaces import permissions as spatial
from spaces.models import Audience
from tests.factories import (
    ApiClientFactory,
    BookingFactory,
    BuildingFactory,
    CommunityFactory,
    FileFactory,
    MembershipFactory,
    OrganizationFactory,
    PersonFactory,
    SpaceFactory,
    open_rules,
)

D, A, O, N = Reach.DISTRICT, Reach.AREA, Reach.OWN, None  # noqa: E741 - columns of a table
COLUMNS = ("operator_admin", "operator", "company_admin", "company_member", "partner", "auditor")
TABLE = {
    "spaces.view": (D, D, D, D, D, D),
    "spaces.edit": (D, A, N, N, N, N),
    "policies.edit": (D, A, N, N, N, N),
    "bookings.view": (D, A, O, O, O, D),
    "bookings.create": (D, A, O, O, O, N),
    "bookings.decide": (D, A, N, N, N, N),
    "blockings.edit": (D, A, N, N, N, N),
    "organizations.view": (D, D, O, O, O, D),
    "organizations.edit": (D, N, O, N, O, N),
    "claims.decide": (D, N, N, N, N, N),
    "people.view": (D, D, O, O, O, D),
    "people.manage": (D, N, O, N, O, N),
    "notices.edit": (D, D, N, N, N, N),
    "imports.run": (D, N, N, N, N, N),
    "clients.manage": (D, N, O, N, O, N),
    "settings.edit": (D, N, N, N, N, N),
    "ledger.view": (D, N, N, N, N, D),
}
CELLS = [
    (role, permission, expected)
    for permission, row in TABLE.items()
    for role, expected in zip(COLUMNS, row, strict=True)
]


@pytest.mark.parametrize(("role", "permission", "expected"), CELLS)
def test_role_reaches_as_far_as_the_table_says(role, permission, expected):
    assert ROLES[Role(role)].get(Permission(permission)) is expected


def test_table_lists_every_role_and_permission():
    assert list(COLUMNS) == list(Role.values)
    assert set(TABLE) == {permission.value for permission in Permission}


def test_page_of_roles_shows_every_permission_once():
    shown = [permission for _, labels in GROUPS for permission in labels]

    assert sorted(shown) == sorted(Permission)
    assert all(len(row.cells) == len(Role) for _, rows in role_table() for row in rows)


@pytest.mark.django_db
def test_an_operator_without_an_area_reaches_the_whole_district(district):
    anywhere = MembershipFactory(role=Role.OPERATOR)
    area = MembershipFactory(role=Role.OPERATOR, community=CommunityFactory())

    assert reach(anywhere, Permission.SPACES_EDIT) is Reach.DISTRICT
    assert reach(area, Permission.SPACES_EDIT) is Reach.AREA


OF_OPERATOR = ("operator_admin", "operator", "auditor")
OF_COMPANY = ("company_admin", "company_member", "partner")


class Scene:
    """Somebody of each role, and a thing of their own and of others, here and elsewhere."""

    def __init__(self) -> None:
        self.here, self.elsewhere = CommunityFactory(), CommunityFactory()
        self.operating = operating = OrganizationFactory(operating=True)
        self.own, self.other = OrganizationFactory(), OrganizationFactory()
        self.actors = {
            **{role: MembershipFactory(organization=operating, role=role) for role in OF_OPERATOR},
            **{role: MembershipFactory(organization=self.own, role=role) for role in OF_COMPANY},
            "area": MembershipFactory(organization=operating, role="operator", community=self.here),
            "system": System("test"),
        }
        self.building = {
            "here": BuildingFactory(community=self.here),
            "elsewhere": BuildingFactory(community=self.elsewhere),
            "nowhere": BuildingFactory(community=None),
        }
        rules = open_rules(audience=[Audience.COMPANIES, Audience.OPERATOR])
        self.space = {
            place: SpaceFactory(building=building, rules=rules)
            for place, building in self.building.items()
        }
        self.booking = {
            (place, whose): BookingFactory(
                space=space,
                organization=self.own if whose == "own" else self.other,
                person=PersonFactory(),
            )
            for place, space in self.space.items()
            for whose in ("own", "other")
        }


@pytest.fixture
def scene(district):
    return Scene()


EVERYBODY = {
    "operator_admin",
    "operator",
    "area",
    "auditor",
    "company_admin",
    "company_member",
    "partner",
    "system",
}
STAFF = {"operator_admin", "operator", "system"}
ADMIN = {"operator_admin", "system"}
COMPANY = {"company_admin", "company_member", "partner"}


def allowed(scene, predicate, *arguments):
    return {name for name, actor in scene.actors.items() if predicate(actor, *arguments)}


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (ground.can_create_organization, ADMIN),
        (ground.can_decide_claims, ADMIN),
        (ground.can_edit_settings, ADMIN),
        (ground.can_manage_clients, ADMIN | {"company_admin", "partner"}),
        (ground.can_view_ledger, ADMIN | {"auditor"}),
        (ground.can_view_organizations, EVERYBODY),
        (ground.can_view_people, EVERYBODY),
        (ground.can_view_roles, STAFF | {"area", "auditor"}),
        (spatial.can_create_building, STAFF | {"area"}),
        (spatial.can_edit_district_policy, STAFF),
        (spatial.can_edit_sights, STAFF),
        (ground.can_import, ADMIN),
        (spatial.can_view_spaces, EVERYBODY),
        (spatial.is_staff, STAFF | {"area"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_permission_of_the_whole_district(scene, predicate, expected):
    assert allowed(scene, predicate) == expected


@pytest.mark.parametrize(
    ("predicate", "own", "other"),
    [
        (ground.can_edit_organization, ADMIN | {"company_admin", "partner"}, ADMIN),
        (ground.can_manage_people, ADMIN | {"company_admin", "partner"}, ADMIN),
    ],
)
def test_permission_within_an_organization(scene, predicate, own, other):
    assert allowed(scene, predicate, scene.own) == own
    assert allowed(scene, predicate, scene.other) == other


@pytest.mark.parametrize(
    "predicate", [spatial.can_edit_building, spatial.can_edit_policy], ids=lambda p: p.__name__
)
def test_permission_over_a_building_ends_at_the_area(scene, predicate):
    assert allowed(scene, predicate, scene.building["here"]) == STAFF | {"area"}
    assert allowed(scene, predicate, scene.building["elsewhere"]) == STAFF
    assert allowed(scene, predicate, scene.building["nowhere"]) == STAFF


@pytest.mark.parametrize(
    "predicate", [spatial.can_edit_space, spatial.can_block], ids=lambda p: p.__name__
)
def test_permission_over_a_space_ends_at_the_area(scene, predicate):
    assert allowed(scene, predicate, scene.space["here"]) == STAFF | {"area"}
    assert allowed(scene, predicate, scene.space["elsewhere"]) == STAFF


def test_can_book_takes_an_audience_or_the_area(scene):
    invited = {"company_admin", "company_member"}

    assert allowed(scene, spatial.can_book, scene.space["here"]) == STAFF | {"area"} | invited
    assert allowed(scene, spatial.can_book, scene.space["elsewhere"]) == STAFF | invited


def test_audience_of_each_role(scene):
    found = {name: spatial.audience_of(actor) for name, actor in scene.actors.items()}

    assert found == {
        **dict.fromkeys(STAFF | {"area", "auditor"}, Audience.OPERATOR),
        "company_admin": Audience.COMPANIES,
        "company_member": Audience.COMPANIES,
        "partner": Audience.PARTNERS,
    }


@pytest.mark.parametrize(
    ("place", "whose", "decide", "change"),
    [
        ("here", "own", STAFF | {"area"}, STAFF | {"area", "company_admin", "partner"}),
        ("here", "other", STAFF | {"area"}, STAFF | {"area"}),
        ("elsewhere", "own", STAFF, STAFF | {"company_admin", "partner"}),
        ("elsewhere", "other", STAFF, STAFF),
    ],
)
def test_permission_over_a_booking(scene, place, whose, decide, change):
    booking = scene.booking[place, whose]

    assert allowed(scene, spatial.can_decide, booking) == decide
    assert allowed(scene, spatial.can_change_booking, booking) == change


def test_company_members_change_bookings_they_made(scene):
    member = scene.actors["company_member"]
    booking = BookingFactory(
        space=scene.space["here"], organization=scene.own, person=member.person
    )

    assert spatial.can_change_booking(member, booking)


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        (FileAudience.PUBLIC, EVERYBODY),
        (FileAudience.DISTRICT, EVERYBODY),
        (FileAudience.ORGANIZATION, STAFF | {"area", "auditor"} | COMPANY),
        (FileAudience.PERSON, ADMIN),
    ],
)
def test_can_view_file_of_the_own_organization(scene, audience, expected):
    file = FileFactory(audience=audience, organization=scene.own, person=PersonFactory())

    assert allowed(scene, lambda actor: ground.can_view_file(actor, None, file)) == expected


def test_can_view_file_of_another_organization_and_of_oneself(scene):
    theirs = FileFactory(audience=FileAudience.ORGANIZATION, organization=scene.other)
    mine = FileFactory(audience=FileAudience.PERSON, person=scene.actors["company_member"].person)

    assert allowed(scene, lambda actor: ground.can_view_file(actor, None, theirs)) == STAFF | {
        "area",
        "auditor",
    }
    assert ground.can_view_file(None, mine.person, mine)
    assert not ground.can_view_file(None, PersonFactory(), mine)


STAFF_ROLES = [Role.OPERATOR_ADMIN, Role.OPERATOR, Role.AUDITOR]
COMPANY_ROLES = [Role.COMPANY_ADMIN, Role.COMPANY_MEMBER]
PARTNER_ROLES = [*COMPANY_ROLES, Role.PARTNER]


@pytest.mark.parametrize(
    ("name", "operating", "own", "other"),
    [
        ("operator_admin", STAFF_ROLES, PARTNER_ROLES, PARTNER_ROLES),
        ("operator", [], [], []),
        ("area", [], [], []),
        ("auditor", [], [], []),
        ("company_admin", [], COMPANY_ROLES, []),
        ("company_member", [], [], []),
        ("partner", [], PARTNER_ROLES, []),
    ],
)
def test_assignable_roles_are_never_more_than_the_giver_could_hold(
    scene, name, operating, own, other
):
    actor = scene.actors[name]

    assert scene.operating.kind == OrganizationKind.OPERATOR
    assert assignable_roles(actor, scene.operating) == operating
    assert assignable_roles(actor, scene.own) == own
    assert assignable_roles(actor, scene.other) == other


@pytest.mark.django_db
def test_programs_hold_what_their_scopes_open_and_nothing_else(district):
    client = ApiClientFactory(scopes=["spaces:read", "bookings:write"])

    found = {permission.value: reach(client, permission) for permission in Permission}

    assert {name: far for name, far in found.items() if far} == {
        "spaces.view": Reach.DISTRICT,
        "bookings.create": Reach.OWN,
    }


def test_roles_page_is_for_staff(browser_of, operator, tenant_admin):
    page = browser_of(operator).get("/settings/roles/").content.decode()

    assert page.count('<th scope="row">') == len(Permission)
    assert "Own organisation" in page
    assert browser_of(tenant_admin).get("/settings/roles/").status_code == 403

"""Every address of the product: with what it is filled in, and what each role gets there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from district.models import (
    Job,
    Membership,
    Notice,
    Organization,
    OrganizationClaim,
    Robot,
    Role,
)
from spaces.actions.feeds import subscribe
from spaces.models import ArtWork, Blocking, FeedKind, OutsideCalendar, Place, Platform, Route, Zone
from tests.factories import (
    ApiClientFactory,
    BookingFactory,
    CertificationFactory,
    CommunityFactory,
    ContactFactory,
    CreditFactory,
    FileFactory,
    MembershipFactory,
    OrganizationFactory,
    SeriesFactory,
    SpaceFactory,
    WaitlistEntryFactory,
)

Things = dict[str, Any]
Cast = dict[str, Membership | None]

# An operator of the area the things stand in, one of elsewhere; a company and another one.
ROLES = (
    "operator_admin",
    "area_operator",
    "operator_elsewhere",
    "auditor",
    "company_admin",
    "company_member",
    "partner",
    "stranger",
    "anonymous",
)
# Other suites ask for these: they take no session, or the code of a page asks for them.
APART = ("accounts/", "api/v1/", "healthz", "lists/", "files/", "calendar/")
HERE = {"longitude": 120.75, "latitude": 31.25}
CHECKED = {"importer": "buildings", "step": "check"}
WORDS = {"importer_key": "spaces", "format_": "csv", "kind": "space"}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[120.7, 31.2], [120.8, 31.2], [120.8, 31.3], [120.7, 31.3], [120.7, 31.2]]],
}

# What a GET of a page is answered with, in the order of ROLES, by who may see it (the table of
# district.permissions). Not visible is 404, visible but not allowed 403, not signed in 302 to the
# log-in, only a form's aim 405.
SEEN: dict[str, tuple[str, str]] = {
    "everybody": ("200 200 200 200 200 200 200 200 200", "home api_docs"),
    "members": (
        "200 200 200 200 200 200 200 200 302",
        "profile menu search notification_list bell notifications_latest notification_settings"
        " job_list person_list organization_list claim_new book book_seats booking_list strike_list"
        " building_week district_map map_data building_list building_detail space_list"
        " space_detail zone_list zone_detail place_list place_detail artwork_list artwork_detail"
        " route_list route_detail platform_list platform_detail credit_list statement_list"
        " waitlist_list feed_list",
    ),
    "a company's own and the operator's": (
        "200 200 200 200 200 200 200 404 302",
        "membership_edit organization_detail credit_detail statement_detail",
    ),
    "organisations: edit": (
        "200 403 403 403 200 403 200 404 302",
        "organization_edit certification_new certification_edit contact_new contact_edit",
    ),
    "people and programs: manage": (
        "200 403 403 403 200 403 200 200 302",
        "client_list client_new invitation_new",
    ),
    "bookings: view": (
        "200 200 404 200 200 200 200 404 302",
        "booking_detail booking_card booking_done series_detail waitlist_detail",
    ),
    "bookings: move": ("200 200 404 403 200 403 200 404 302", "booking_move"),
    "bookings: make once more": ("302 302 404 403 302 302 302 404 302", "booking_again"),
    "bookings: make": ("200 200 403 403 200 200 200 200 302", "book_space_confirm series_new"),
    "operators": (
        "200 200 200 403 403 403 403 403 302",
        "notice_list notice_new notice_edit booking_new booking_inbox blocking_list calendar_list"
        " calendar_new"
        " blocking_new building_new",
    ),
    "plans": (
        "200 200 200 403 200 200 200 200 302",
        "booking_day booking_week booking_month",
    ),
    "notices to come": ("200 200 200 404 404 404 404 404 302", "notice_detail"),
    "spaces of one's area: edit": (
        "200 200 403 403 403 403 403 403 302",
        "building_edit space_new building_policy space_edit space_split space_merge space_policy"
        " photo_list space_sign building_signs",
    ),
    "blockings of one's area: edit": ("200 200 404 403 403 403 403 403 302", "blocking_edit"),
    "calendars of one's area": ("200 200 404 404 404 404 404 404 302", "calendar_detail"),
    "roles: view": ("200 200 200 200 403 403 403 403 302", "role_list"),
    "use of spaces: view": ("200 200 200 200 403 403 403 403 302", "space_use"),
    "ledger: view": ("200 403 403 200 403 403 403 403 302", "audit_list"),
    "the whole district: edit": (
        "200 403 403 403 403 403 403 403 302",
        "channel_list robot_new robot_detail robot_edit delivery_list import_list import_new"
        " import_template organization_new claim_list claim_detail district_settings"
        " community_list community_new community_edit district_policy zone_new zone_edit place_new"
        " place_edit artwork_new artwork_edit route_new route_edit platform_new platform_edit"
        " credit_new",
    ),
    "a starter's own and the administrators'": (
        "200 404 404 404 404 404 404 404 302",
        "job_detail",
    ),
    "asked for the password first": ("302 302 302 302 302 302 302 302 302", "person_erase"),
    "a form's aim": (
        "405 405 405 405 405 405 405 405 302",
        "personal_data membership_switch token_issue notifications_read robot_test robot_end"
        " notice_end notice_dismiss job_cancel import_apply membership_end certification_end"
        " contact_remove claim_withdraw claim_approve claim_decline ledger_check book_space_create"
        " credit_end blocking_end booking_confirm booking_reopen booking_decline booking_cancel"
        " book_unmet favourite_add favourite_remove"
        " feed_new feed_renew feed_end calendar_read calendar_end"
        " series_create series_move series_cancel series_confirm series_decline building_end"
        " booking_check_in booking_end booking_extend booking_no_show sign_renew"
        " book_space_hold hold_prolong hold_release waitlist_join waitlist_take waitlist_leave"
        " floor_new space_end zone_end place_end artwork_end route_end platform_end",
    ),
    "a form's aim for everybody": (
        "405 405 405 405 405 405 405 405 405",
        "language_change theme_change",
    ),
}
# Asked for with a key, or only the aim of a form on a page that stands above.
UNFILLED = [
    "token_revoke",
    "view_remove",
    "unsubscribe",
    "notification_open",
    "notification_read",
    "invitation_resend",
    "invitation_revoke",
    "invitation_accept",
    "door",
    "door_use",
    "strike_pardon",
    "photo_describe",
    "photo_first",
    "photo_remove",
]
# Pieces of pages, and data: what is 200 here has no <html>.
PIECES = ["menu", "bell", "notifications_latest", "map_data", "booking_card", "import_template"]


def seen_by(role: str) -> dict[str, int]:
    """The status of each page, by its name."""
    place = ROLES.index(role)
    return {
        name: int(statuses.split()[place])
        for statuses, names in SEEN.values()
        for name in names.split()
    }


def play() -> tuple[Cast, Things]:
    """One person of each role, and one thing of each kind by the name its address has for it."""
    operator = OrganizationFactory(operating=True)
    company = OrganizationFactory(name_en="Interdisciplinary Microelectronics and Photonics")
    space = SpaceFactory(
        building__geometry=SQUARE, **{f"building__{k}": v for k, v in HERE.items()}
    )
    here, elsewhere = space.building.community, CommunityFactory()

    def member(role: Role, organization: Organization, **more: Any) -> Membership:
        return MembershipFactory(role=role, organization=organization, **more)

    cast: Cast = {
        "operator_admin": member(Role.OPERATOR_ADMIN, operator),
        "area_operator": member(Role.OPERATOR, operator, community=here),
        "operator_elsewhere": member(Role.OPERATOR, operator, community=elsewhere),
        "auditor": member(Role.AUDITOR, operator),
        "company_admin": member(Role.COMPANY_ADMIN, company),
        "company_member": member(Role.COMPANY_MEMBER, company),
        "partner": member(Role.PARTNER, company),
        "stranger": member(Role.COMPANY_ADMIN, OrganizationFactory()),
        "anonymous": None,
    }
    things = {"space": space, "building": space.building, "community": here, "subject": space}
    things |= {"organization": company, "membership": cast["company_member"]}
    things |= {"feed": subscribe(FeedKind.PERSON, by=things["membership"])}
    return cast, things | _of_company(space, company) | _of_district(space, cast)


def _of_company(space: Any, company: Organization) -> Things:
    booking = BookingFactory(space=space, organization=company)
    return {
        "booking": booking,
        "entry": WaitlistEntryFactory(space=space, organization=company),
        "series": SeriesFactory(space=space, organization=company, booking=booking),
        "credit": CreditFactory(organization=company),
        "certification": CertificationFactory(organization=company),
        "contact": ContactFactory(organization=company),
        "client": ApiClientFactory(organization=company),
    }


def _of_district(space: Any, cast: Cast) -> Things:
    now, operator = timezone.now(), cast["operator_admin"]
    span = {"starts_at": now + timedelta(hours=1), "ends_at": now + timedelta(hours=3)}
    papers = {"licence": FileFactory(), "authorisation": FileFactory()}
    claim = {"legal_name": "Tidal Loom", "uscc": "91320594MA1N12345X"}
    return {
        "blocking": Blocking.objects.create(space=space, reason_en="Repairs", **span),
        "calendar": OutsideCalendar.objects.create(space=space, name_en="Town hall"),
        "zone": Zone.objects.create(name_en="Core", purpose="core", boundary=SQUARE),
        "place": Place.objects.create(kind="museum", name_en="Silk Museum", **HERE),
        "artwork": ArtWork.objects.create(name_en="Tide", **HERE),
        "route": Route.objects.create(name_en="Walk"),
        "platform": Platform.objects.create(kind="other", name_en="Data hub"),
        "claim": OrganizationClaim.objects.create(person=operator.person, **claim, **papers),
        "notice": Notice.objects.create(title_en="Water off on Friday", **span),
        "robot": Robot.objects.create(name="Front desk", kind="wecom", verbs=["booking.requested"]),
        "job": Job.objects.create(kind="import", membership=operator, parameters=CHECKED),
    }


def addresses(things: Things) -> dict[str, str | None]:
    """Each address by its name; None where nothing of the cast fills it in."""
    found: dict[str, str | None] = {}
    for route, pattern in _routes(get_resolver().url_patterns):
        if not route.startswith(APART):
            found[str(pattern.name)] = _filled(route, pattern, things)
    return found


def _routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route, pattern


def _filled(route: str, pattern: URLPattern, things: Things) -> str | None:
    for argument in pattern.pattern.converters:
        noun = pattern.default_args.get("noun", argument.removesuffix("_id"))
        if argument not in WORDS and noun not in things:
            return None
        value = WORDS.get(argument) or things[noun].pk
        route = route.replace(f"<uuid:{argument}>", str(value))
        route = route.replace(f"<str:{argument}>", str(value))
    return route

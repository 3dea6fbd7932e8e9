"""How PostgreSQL would answer what pages ask, as the application role, in a district of real size.

The tables are as small as a demo's; their statistics say that they are large, so that the planner
chooses as it would there.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from district import registry
from district.actors import Actor, System
from district.api.tokens import create_client, issue_token
from district.demo.build import build_district
from district.demo.plans import HARBOUR
from district.lists import TAB, Listing
from district.measuring.http import Visitor, signed_in, with_token
from district.measuring.planting import plant_missing
from district.measuring.scratch import owner_executes
from district.models import District, Job, Membership, Organization, Role
from district.permissions import SCOPES
from district.relay import relay
from district.searching import reindex_all
from district.tenancy.scope import scope
from district.tenancy.tables import district_links, tenant_models
from spaces.models import Booking

ROWS = 1_000_000
# They grow with people, companies and time; the others with what a district builds and decides.
GROWING = {
    "district_activity",
    "district_activityseal",
    "district_delivery",
    "district_file",
    "district_membership",
    "district_notification",
    "district_organization",
    "district_person",
    "district_searchentry",
    "spaces_booking",
    "spaces_bookingparty",
    "spaces_favourite",
    "spaces_hold",
    "spaces_occupancy",
    "spaces_photo",
    "spaces_quotause",
    "spaces_space",
    "spaces_spaceleaf",
    "spaces_unmetsearch",
    "spaces_waitlistentry",
}
Statements = dict[str, tuple[str, Any]]


@pytest.fixture
def large_district(transactional_db: None) -> District:
    """A demo district of which the planner believes that it is large, and that it is alone."""
    district = build_district(HARBOUR)
    relay(district.pk)
    with scope(district.pk):
        plant_missing()
        Job.objects.all().delete()  # no list can show one that was made of nothing
        reindex_all()
    owner_executes("ANALYZE", *_pretending())
    return district


def _pretending() -> Iterator[str]:
    """Statements that give each growing table a million rows, a hundred for each that they are of.

    Of what a column refers to only that is said: the few rows of a demo crowd on even fewer.
    """
    for model in tenant_models():
        table = model._meta.db_table
        if table not in GROWING:
            continue
        named = f"'schemaname', 'public', 'relname', '{table}'"
        yield (
            f"SELECT pg_restore_relation_stats({named}, 'relpages', greatest(relpages, 1), "  # noqa: S608
            f"'reltuples', {ROWS}::real) FROM pg_class WHERE oid = '{table}'::regclass"
        )
        for link in district_links(model):
            column = f"'public', '{table}', '{link.column}', false"
            of = f"{named}, 'attname', '{link.column}', 'inherited', false"
            yield f"SELECT pg_clear_attribute_stats({column})"
            yield f"SELECT pg_restore_attribute_stats({of}, 'n_distinct', -0.01::real)"


def test_no_list_or_search_reads_a_large_table_from_end_to_end(large_district):
    asked = {**_of_lists(large_district), **_of_pages(large_district)}

    found = _read_whole(large_district, asked)

    assert len(asked) > 150
    assert {label: tables for label, tables in found.items() if tables} == {}


def test_a_search_that_no_index_serves_is_found(large_district):
    asked: Statements = {}
    with scope(large_district.pk), _noted(asked, "reasons"):
        list(Booking.objects.filter(reason="flood").order_by("-starts_at")[:50])

    found = _read_whole(large_district, asked)

    assert list(found.values()) == [{"spaces_booking"}]


def _read_whole(district: District, asked: Statements) -> dict[str, set[str]]:
    """Which growing tables each statement would read from end to end."""
    with scope(district.pk), connection.cursor() as cursor:
        return {
            label: set(_scanned(_plan(cursor, *statement))) & GROWING
            for label, statement in asked.items()
        }


def _plan(cursor: Any, sql: str, parameters: Any) -> dict[str, Any]:
    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
    found = cursor.fetchone()[0]
    return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


def _scanned(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for inner in node.get("Plans", ()):
        yield from _scanned(inner)


@contextmanager
def _noted(asked: Statements, label: str) -> Iterator[None]:
    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(("SELECT", "WITH", "(SELECT")):
            asked.setdefault(f"{label}: {sql}", (sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        yield


def _actors() -> list[Membership]:
    roles = (Role.OPERATOR_ADMIN, Role.COMPANY_ADMIN)
    reached = Membership.objects.filter(person__user__isnull=False)
    return [reached.filter(role=role).earliest("id") for role in roles]


def _of_lists(district: District) -> Statements:
    """Of every list each tab, order, filter and a search, and the page after the first."""
    asked: Statements = {}
    with scope(district.pk):
        for (key, listing), actor in product(registry.listings.items(), _actors()):
            for query in _queries(listing):
                with _noted(asked, f"{key}?{query} of {actor.role}"):
                    _ask(listing, actor, query)
    return asked


def _ask(listing: Listing[Any], actor: Actor, query: str) -> None:
    params = QueryDict(query)
    try:
        rows = listing.rows(actor)
    except PermissionDenied:
        return
    page = listing.page(rows, params, size=1)
    if page.next_url:
        listing.page(rows, QueryDict(page.next_url.lstrip("?")))


def _queries(listing: Listing[Any]) -> Iterator[str]:
    yield from ("", "q=zebra", "q=斑马纹")
    yield from (f"{TAB}={item.key}" for item in listing.tabs)
    yield from (f"sort={item.key}" for item in listing.sorts)
    for item in listing.filters:
        options = [value for value, _label in item.options()] if item.options else ["2027-01-05"]
        yield from (f"{item.key}={value}" for value in options)


TODAY = timezone.localdate()
SOON = urlencode({"from_day": TODAY, "to_day": TODAY + timedelta(days=6), "minutes": 60})
PAGES = (
    "/",
    "/search/?q=review",
    f"/search/?{urlencode({'q': '会议'})}",
    "/book/",
    "/book/?people=4&feature=projector",
    "/book/?when=soon&people=4&feature=projector",
    "/search/?q=tomorrow+3pm+4+people",
    "/bookings/day/",
    "/bookings/week/",
    "/bookings/month/",
    "/bookings/inbox/",
    "/notifications/",
    "/notifications/bell/",
)
RESOURCES = ("organizations/", "spaces/", "bookings/", "waitlist/", f"availability/first/?{SOON}")


def _of_pages(district: District) -> Statements:
    """Pages that are searches or lists of their own, and the lists of the API."""
    asked: Statements = {}
    for role, visitor in _visitors(district):
        paths = [f"/api/v1/{name}" for name in RESOURCES] if role == "program" else PAGES
        for path in paths:
            with _noted(asked, f"{path} of {role}"):
                answer = visitor.get(path)
            assert answer.status in {200, 403}, (path, answer.body)
    return asked


def _visitors(district: District) -> list[tuple[str, Visitor]]:
    with scope(district.pk):
        client = create_client(
            Organization.objects.earliest("id"), "Plans", list(SCOPES), by=System()
        )
        expires_at = timezone.now() + timedelta(days=1)
        _token, secret = issue_token(client, expires_at=expires_at, by=System())
        users = [(actor.role, actor.person.user) for actor in _actors()]
    browsers = [(role, signed_in(user, district.slug)) for role, user in users]
    return [*browsers, ("program", with_token(secret, district.slug))]

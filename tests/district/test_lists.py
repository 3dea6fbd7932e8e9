"""What every list offers: files, work on many rows, views to keep."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from district import registry
from district.actions.saved_views import kept_query, save_view
from district.exports import file_of
from district.lists import Cell, Column
from district.models import Activity, SavedView
from district.rules import RuleViolation
from spaces.models import Booking, BookingStatus, Space
from tests.factories import BookingFactory, OrganizationFactory, SpaceFactory

COLUMNS = [
    Column("name", "Name", lambda row: Cell(row[0])),
    Column("at", "At", lambda row: Cell("shown"), value=lambda row: row[1]),
    Column("area", "Area", lambda row: Cell(row[2]), numeric=True),
]


def table_of(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_file_of_quotes_what_a_spreadsheet_would_run(start):
    content = file_of("csv", COLUMNS, [(f"{start}1+1", None, 1)]).decode("utf-8-sig")

    assert list(csv.reader(io.StringIO(content)))[1][0] == f"'{start}1+1"


def test_file_of_writes_times_in_the_zone_and_figures_as_figures():
    at = datetime(2026, 11, 24, 1, 12, 9, 5, tzinfo=UTC)

    with timezone.override("Asia/Shanghai"):
        book = load_workbook(io.BytesIO(file_of("xlsx", COLUMNS, [("厅", at, Decimal("12.50"))])))

    head, (name, shown, area) = book.active.values
    assert head == ("Name", "At", "Area")
    assert (name, shown.isoformat(), area) == ("厅", "2026-11-24T09:12:09", 12.5)


def test_list_export_gives_every_row_that_passes_the_filters(operator, browser_of):
    for number in range(60):
        OrganizationFactory(name_en=f"Company {number:02}", industry="ai")
    OrganizationFactory(name_en="Elsewhere", industry="culture")

    response = browser_of(operator).get("/lists/organizations/export.csv?industry=ai")

    names = [row[0] for row in table_of(response)[1:]]
    assert sorted(names) == [f"Company {number:02}" for number in range(60)]
    assert response["Content-Disposition"].startswith('attachment; filename="organizations-')
    exported = Activity.objects.get(verb="list.exported")
    assert exported.data == {"list": "organizations", "count": 60}


def test_list_export_gives_only_what_the_person_sees(tenant_member, stranger, browser_of):
    BookingFactory(organization=tenant_member.organization, title="Ours")
    BookingFactory(organization=stranger.organization, title="Theirs")

    titles = {
        who: [row[0] for row in table_of(browser_of(who).get("/lists/bookings/export.csv"))[1:]]
        for who in (tenant_member, stranger)
    }

    assert titles == {tenant_member: ["Ours"], stranger: ["Theirs"]}


def test_list_export_takes_the_chosen_columns(operator, browser_of):
    SpaceFactory(name_en="Hall", code="H-1", capacity=80)

    response = browser_of(operator).get("/lists/spaces/export.csv?columns=name&columns=capacity")

    assert table_of(response) == [["Space", "Capacity"], ["Hall", "80"]]


@pytest.mark.parametrize("path", ["/lists/nothing/export.csv", "/lists/spaces/bulk/explode/"])
def test_unknown_lists_and_actions_are_not_there(operator, browser_of, path):
    client = browser_of(operator)
    space = SpaceFactory()

    response = client.get(path) if "export" in path else client.post(path, {"id": [space.pk]})

    assert response.status_code == 404
    assert "Nothing is here" in response.content.decode()
    assert (Space.objects.count(), Activity.objects.count()) == (1, 0)


def test_list_bulk_approves_what_it_can_and_names_what_it_cannot(operator, browser_of):
    requested = BookingFactory(status=BookingStatus.REQUESTED, title="Wanted")
    declined = BookingFactory(status=BookingStatus.DECLINED, title="Refused before")

    response = browser_of(operator).post(
        "/lists/bookings/bulk/approve/", {"id": [requested.pk, declined.pk]}, follow=True
    )

    statuses = dict(Booking.objects.values_list("title", "status"))
    assert statuses == {"Wanted": "confirmed", "Refused before": "declined"}
    said = [str(message) for message in response.context["messages"]]
    assert said[0] == "Approve: done for 1 row."
    assert said[1].startswith(f"{declined}: ")


def test_list_bulk_is_refused_to_who_may_not(tenant_member, browser_of):
    booking = BookingFactory(
        status=BookingStatus.REQUESTED, organization=tenant_member.organization
    )

    response = browser_of(tenant_member).post("/lists/bookings/bulk/approve/", {"id": [booking.pk]})

    booking.refresh_from_db()
    assert (response.status_code, booking.status) == (403, "requested")


def test_list_bulk_never_reaches_rows_the_person_does_not_see(tenant_admin, stranger, browser_of):
    theirs = BookingFactory(organization=stranger.organization, status=BookingStatus.CONFIRMED)
    ours = BookingFactory(organization=tenant_admin.organization)

    browser_of(tenant_admin).post("/lists/bookings/bulk/cancel/", {"id": [theirs.pk, ours.pk]})

    theirs.refresh_from_db()
    ours.refresh_from_db()
    assert (theirs.status, ours.status) == ("confirmed", "cancelled")


def test_list_bulk_exports_the_chosen_rows(operator, browser_of):
    chosen, _other = SpaceFactory(name_en="Chosen"), SpaceFactory(name_en="Other")

    response = browser_of(operator).post("/lists/spaces/bulk/xlsx/", {"id": [chosen.pk]})

    rows = list(load_workbook(io.BytesIO(response.content)).active.values)
    assert [row[0] for row in rows] == ["Space", "Chosen"]


def test_list_bulk_wants_a_choice(operator, browser_of):
    response = browser_of(operator).post("/lists/spaces/bulk/xlsx/", {})

    assert response.status_code == 409
    assert "Choose at least one row first." in response.content.decode()


def test_kept_query_ignores_position_order_and_emptiness():
    assert kept_query("sort=code&after=abc&function=b&function=a&q=") == (
        "function=a&function=b&sort=code"
    )


def test_view_is_kept_shown_as_active_and_removed(operator, browser_of):
    client = browser_of(operator)
    here = f"{client.prefix}/spaces/?function=meeting"

    client.post("/lists/spaces/views/", {"name": " Rooms ", "next": here})

    view = SavedView.objects.get()
    assert (view.name, view.query, view.listing) == ("Rooms", "function=meeting", "spaces")
    page = client.get("/spaces/?function=meeting").content.decode()
    assert '<a href="?function=meeting" aria-current="true">' in page
    client.post(f"/views/{view.pk}/remove/")
    assert not SavedView.objects.exists()


def test_view_of_somebody_else_is_not_there(operator, stranger, browser_of):
    view = save_view(operator.person, listing="spaces", name="Mine", query="")

    response = browser_of(stranger).post(f"/views/{view.pk}/remove/")

    assert response.status_code == 404
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_save_view_replaces_a_name_and_limits_the_number(operator):
    for number in range(20):
        save_view(operator.person, listing="spaces", name=f"View {number}", query="")

    save_view(operator.person, listing="spaces", name="View 3", query="q=hall")
    with pytest.raises(RuleViolation) as refusal:
        save_view(operator.person, listing="spaces", name="One more", query="")

    assert refusal.value.code == "savedview_many"
    assert SavedView.objects.get(name="View 3").query == "q=hall"


@pytest.mark.parametrize("key", ["organizations", "people", "spaces", "buildings", "bookings"])
def test_list_asks_as_often_for_one_row_as_for_many(operator, browser_of, key):
    client = browser_of(operator)
    path = f"/{key}/"

    make = {"bookings": BookingFactory, "organizations": OrganizationFactory}
    make.get(key, SpaceFactory)()
    client.get(path)

    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
        for _number in range(20):
            make.get(key, SpaceFactory)()

    assert counts[0] == counts[1]


def test_every_registered_list_has_a_page_that_exports(operator, browser_of):
    client = browser_of(operator)

    answers = {
        listing.key: client.get(f"/lists/{listing.key}/export.xlsx").status_code
        for listing in registry.listings
    }

    assert len(answers) >= 10
    assert set(answers.values()) == {200}

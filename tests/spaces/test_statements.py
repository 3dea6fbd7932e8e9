"""Statements and credits on screen, as a file and by the API: the same sums everywhere."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from district.models import Activity, Notification
from district.relay import relay
from spaces.actions.booking import Wish, book_space
from spaces.actions.credits import grant_credit
from spaces.models import BookingStatus, Credit, CreditUnit
from spaces.statements import Month, owing, summed
from tests.factories import (
    BookingFactory,
    CreditFactory,
    MembershipFactory,
    OrganizationFactory,
    SpaceFactory,
    open_rules,
)
from tests.spaces.test_booking_actions import tomorrow

SHANGHAI = ZoneInfo("Asia/Shanghai")
MARCH = Month(date(2026, 3, 1))


def march(day: int, hour: int = 9, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def billed(organization, price, *, at=None, status=BookingStatus.COMPLETED, **more):
    """A booking as history has it."""
    starts_at = at or march(10)
    return BookingFactory(
        organization=organization,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        price_amount=Decimal(price),
        status=status,
        **more,
    )


@pytest.fixture
def company(tenant_member):
    return tenant_member.organization


def test_only_what_is_owed_is_on_a_statement(district, company, operator):
    billed(company, 100)
    billed(company, 30, status=BookingStatus.NO_SHOW, credit_amount=Decimal("12.50"))
    billed(company, 80, status=BookingStatus.CANCELLED, fee_amount=Decimal("40.00"))
    billed(company, 999, status=BookingStatus.CANCELLED)
    billed(company, 999, status=BookingStatus.DECLINED)
    billed(company, 999, status=BookingStatus.REQUESTED)
    billed(company, 0)
    billed(None, 999)

    [row] = owing(operator, MARCH)

    assert row.organization == company
    assert (row.totals.count, str(row.totals.owed)) == (3, "170.00")
    assert (str(row.totals.credit), str(row.totals.due)) == ("12.50", "157.50")


def test_a_month_begins_and_ends_at_midnight_of_the_district(district, company, operator):
    for moment in (march(28, 23, month=2), march(1, 0), march(31, 23), march(1, 0, month=4)):
        billed(company, 1, at=moment)

    with timezone.override(SHANGHAI):
        assert [owing(operator, MARCH)[0].totals.count] == [2]


def test_the_most_owed_comes_first_and_the_sum_is_of_all(district, company, stranger, operator):
    billed(company, 100)
    billed(stranger.organization, 200)

    rows = owing(operator, MARCH)

    assert [str(row.totals.due) for row in rows] == ["200.00", "100.00"]
    assert str(summed(rows).due) == "300.00"


def test_companies_see_their_own_only(browser_of, company, tenant_member, stranger):
    billed(company, "123.40")
    billed(stranger.organization, "567.80")
    browser = browser_of(tenant_member)

    page = browser.get("/statements/?month=2026-03")
    foreign = browser.get(f"/statements/{stranger.organization_id}/?month=2026-03")

    assert "123.40" in page.content.decode()
    assert "567.80" not in page.content.decode()
    assert foreign.status_code == 404


def test_staff_of_an_area_see_what_was_booked_in_it(district, company, operator):
    here, elsewhere = SpaceFactory(), SpaceFactory()
    billed(company, 100, space=here)
    billed(company, 50, space=elsewhere)
    staff = MembershipFactory(
        organization=operator.organization,
        role="operator",
        community=here.building.community,
    )

    assert [str(row.totals.owed) for row in owing(staff, MARCH)] == ["100.00"]


def test_a_statement_says_how_each_price_came_about(browser_of, tenant_member):
    rate = {"kind": "", "days": "1234567", "from": 0, "to": 1440, "price": "75.50"}
    space = SpaceFactory(rules=open_rules(hourly_price=Decimal("100.00"), rates=[rate]))
    tomorrow = timezone.localdate(timezone=SHANGHAI) + timedelta(days=1)
    starts_at = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 9, tzinfo=SHANGHAI)
    book_space(space, Wish(starts_at, starts_at + timedelta(hours=2)), by=tenant_member)

    page = browser_of(tenant_member).get(f"/statements/?month={tomorrow:%Y-%m}").content.decode()

    assert "75.50 an hour" in page
    assert "151.00" in page


def test_a_statement_costs_the_same_queries_for_1_and_20(
    browser_of, company, tenant_member, operator, django_assert_max_num_queries
):
    billed(company, 10)
    for person in (tenant_member, operator):
        browser = browser_of(person)
        browser.get("/statements/?month=2026-03")
        with django_assert_max_num_queries(100) as one:
            browser.get("/statements/?month=2026-03")
        for n in range(19):
            billed(company, 10, at=march(11 + n % 9))
            billed(OrganizationFactory(), 5)
        with django_assert_max_num_queries(100) as twenty:
            browser.get("/statements/?month=2026-03")

        assert len(one) == len(twenty) <= 20


def test_a_statement_as_a_file_has_the_same_lines_and_is_recorded(
    browser_of, company, tenant_member
):
    billed(company, "123.40", credit_amount=Decimal("23.40"), title="=1+1")

    answer = browser_of(tenant_member).get("/statements/?month=2026-03&export=csv")

    [line] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (line["Amount"], line["To pay"], line["Title"]) == ("123.40", "100.00", "'=1+1")
    activity = Activity.objects.get(verb="list.exported")
    assert activity.data == {"list": "statement-2026-03", "count": 1}


def test_an_unknown_format_or_month_is_no_error_of_the_server(browser_of, tenant_member):
    browser = browser_of(tenant_member)

    assert browser.get("/statements/?export=exe").status_code == 404
    assert browser.get("/statements/?month=2026-13").status_code == 200
    assert browser.get("/statements/?month=9999-12").status_code == 200


GRANT = {
    "name_en": "Ten hours",
    "unit": "minutes",
    "granted": "10",
    "valid_from": "2026-01-01",
    "valid_until": "2026-12-31",
}


def test_an_operator_grants_hours_and_the_company_is_told(
    browser_of, operator, company, tenant_admin, district
):
    answer = browser_of(operator).post("/credits/new/", {**GRANT, "organization": str(company.pk)})

    credit = Credit.objects.get()
    assert answer.status_code == 302
    assert (credit.granted, credit.unit, credit.left) == (600, CreditUnit.MINUTES, 600)
    assert Activity.objects.get(subject_id=credit.pk).verb == "credit.granted"
    relay(district.pk)
    [told] = Notification.objects.filter(activity__verb="credit.granted")
    assert told.person_id == tenant_admin.person_id
    page = browser_of(tenant_admin).get(f"/credits/{credit.pk}/").content.decode()
    assert "10 h" in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"granted": "0.001"}, "decimal places"),
        ({"granted": "0"}, "more than nothing"),
        ({"unit": "visits", "granted": "1.5"}, "whole"),
        ({"valid_until": "2025-12-31"}, "The last day comes before the first."),
        ({"name_en": ""}, "Give it a name"),
        ({"organization": ""}, "This field is required."),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused_and_nothing_is_lost(
    browser_of, operator, company, wrong, words
):
    data = {**GRANT, "organization": str(company.pk), "note": "As agreed.", **wrong}

    answer = browser_of(operator).post("/credits/new/", data)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "As agreed." in answer.content.decode()
    assert not Credit.objects.exists()


def test_credits_are_seen_by_whose_they_are(browser_of, tenant_member, stranger):
    mine = CreditFactory(organization=tenant_member.organization, name_en="Mine")
    theirs = CreditFactory(organization=stranger.organization, name_en="Theirs")
    browser = browser_of(tenant_member)

    page = browser.get("/credits/").content.decode()

    assert "Mine" in page
    assert "Theirs" not in page
    assert browser.get(f"/credits/{theirs.pk}/").status_code == 404
    assert browser.post(f"/credits/{mine.pk}/end/").status_code == 403


def test_grant_credit_numbers_it(district, operator, company):
    row = CreditFactory.build(organization=company, number="")

    assert grant_credit(row, by=operator).number.startswith("CR-")


def test_what_is_owed_for_a_month_is_told_line_by_line(api):
    space = SpaceFactory(rules=open_rules(hourly_price=Decimal("80.00")))
    hours = {"starts_at": tomorrow(10).isoformat(), "ends_at": tomorrow(12).isoformat()}
    api.post("/bookings/", {"space": str(space.pk), **hours})
    month = f"{tomorrow(10):%Y-%m}"

    statement = api.get(f"/statements/?month={month}").json()
    refused = api.get("/statements/?month=13")

    assert (statement["amount"], statement["due_amount"]) == ("160.00", "160.00")
    [line] = statement["lines"]
    assert [(part["hourly"], part["amount"]) for part in line["price_lines"]] == [
        ("80.00", "160.00")
    ]
    assert refused.status_code == 422


def test_credits_are_listed_with_what_is_left(api, partner):
    CreditFactory(organization=partner.organization, granted=Decimal(600))
    CreditFactory()

    [credit] = api.get("/credits/").json()["results"]

    assert (credit["unit"], credit["granted"], credit["left"]) == ("minutes", "600.00", "600.00")

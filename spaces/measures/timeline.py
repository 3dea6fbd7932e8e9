"""What the plan costs: 500 resources over a week, drawn whole, and the poll that finds it so."""

import gzip
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import connection
from django.utils import timezone

from district.measuring import Bench, Figures
from district.measuring.http import Answer, Visitor
from district.measuring.queries import counted
from district.measuring.scratch import owner_executes
from district.measuring.timing import timed_in_turns
from district.models import District, Membership, OrganizationKind, Role
from district.tenancy.scope import scope
from spaces.measures.stage import browser, member, open_rules, rooms
from spaces.models import Booking, BookingStatus, Building, Space
from spaces.plan_asked import monday_of
from spaces.timescale import Period

RESOURCES: Final = 500
A_DAY: Final = 3
TIMES: Final = 9
OFFICE: Final = {day: [[8 * 60, 20 * 60]] for day in "1234567"}

CLAIMS: Final = """
INSERT INTO spaces_occupancy (id, district_id, created_at, updated_at, revision, space_id, is_leaf,
  during, starts_at, ends_at, kind, source_id)
SELECT gen_random_uuid(), district_id, now(), now(), 1, space_id, true,
  tstzrange(starts_at, ends_at, '[)'), starts_at, ends_at, 'booking', id
FROM spaces_booking WHERE district_id = %(district)s
"""


def week_of_bookings(slug: str, spaces: int) -> tuple[District, Mapping[str, Visitor], str]:
    """A district whose spaces stand in one building, with a full week; who looks, and a day."""
    district = District.objects.create(
        slug=slug, name_en="Week", time_zone="Europe/London", currency="GBP", language="en"
    )
    with scope(district.pk):
        staff = member("Operator", OrganizationKind.OPERATOR, Role.OPERATOR_ADMIN)
        company = member("Company", OrganizationKind.COMPANY, Role.COMPANY_ADMIN)
        rules = open_rules(opening=OFFICE)
        rooms(Building.objects.create(code="B", name_en="B"), rules, spaces)
        monday = monday_of(timezone.localdate()) + timedelta(days=7)
        _fill(district, company, Period(monday, 1, district.zone).begins)
    visitors = {"staff": browser(staff), "company": browser(company)}
    return district, visitors, f"{monday:%Y-%m-%d}"


def _fill(district: District, company: Membership, monday: datetime) -> None:
    """Three bookings of two hours a day on every space, all by one company."""
    Booking.objects.bulk_create(
        (
            Booking(
                number=f"B{space.code}-{day}-{number}",
                space=space,
                organization_id=company.organization_id,
                person_id=company.person_id,
                title=f"Review {number}",
                starts_at=(begins := monday + timedelta(days=day, hours=8 + number * 4)),
                ends_at=begins + timedelta(hours=2),
                status=BookingStatus.CONFIRMED,
                rules=space.rules,
                currency="GBP",
            )
            for space in Space.objects.select_related("rules")
            for day in range(7)
            for number in range(A_DAY)
        ),
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute(CLAIMS, {"district": district.pk})


def bench_timeline(scale: float) -> Figures:
    """The week and the day of all spaces for staff, the week for a company, and an idle poll."""
    spaces = int(RESOURCES * scale)
    _district, visitors, day = week_of_bookings("week", spaces)
    owner_executes("VACUUM ANALYZE")
    staff, company = visitors["staff"], visitors["company"]
    pages = {
        "week": partial(staff.get, f"/bookings/week/?day={day}"),
        "day": partial(staff.get, f"/bookings/day/?day={day}"),
        "week_of_company": partial(company.get, f"/bookings/week/?day={day}"),
        "month": partial(staff.get, f"/bookings/month/?day={day}"),
    }
    pages["poll"] = partial(staff.get, _poll(pages["week"]()))
    weighed = {name: _weighed(page) for name, page in pages.items()}
    times = timed_in_turns(pages, TIMES)
    return {"resources": spaces, "bookings": spaces * A_DAY * 7} | {
        name: {**weighed[name], **times[name].figures()} for name in pages
    }


def _poll(page: Answer) -> str:
    """Where the page asks whether anything has changed."""
    text = page.body.decode()
    start = text.index('hx-get="?', text.index('id="plan"')) + len('hx-get="')
    return "/bookings/week/" + text[start : text.index('"', start)].replace("&amp;", "&")


def _weighed(page: partial[Answer]) -> dict[str, int]:
    page()
    with counted() as statements:
        answer = page()
    if answer.status not in {200, 204}:
        raise RuntimeError(f"a page answered {answer.status}")
    return {
        "status": answer.status,
        "queries": len(statements.of_the_page),
        "bytes": len(answer.body),
        "compressed": len(gzip.compress(answer.body, 6)),
    }


BENCH: Final = Bench("timeline", "A week of 500 resources: the plan, and its poll.", bench_timeline)

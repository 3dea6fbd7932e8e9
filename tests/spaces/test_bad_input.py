"""Wrong times, absurd numbers and HTML, by page, staff and API: a clear no, nothing written."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from district.models import Activity
from spaces.forms.booking import WhenForm
from spaces.models import Approval, Booking, Occupancy
from spaces.rules import broken_rules, needs_approval
from tests.factories import SpaceFactory, open_rules

SHANGHAI, LONDON = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/London")


def tomorrow(hour: int) -> datetime:
    day = timezone.localdate(timezone=SHANGHAI) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def entered(**changes: str) -> dict[str, str]:
    return {
        "day": f"{tomorrow(0):%Y-%m-%d}",
        "at": "10:00",
        "minutes": "60",
        "people": "4",
        "title": "Kick-off",
        **changes,
    }


WRONG = [
    ({"day": "2020-01-01"}, "This time has already passed."),
    ({"day": "2026-02-30"}, "Enter a valid date."),
    ({"day": "9999-12-31", "at": "23:30"}, ""),
    ({"at": "25:00"}, "Enter a valid time."),
    ({"minutes": "0"}, "Ensure this value is greater than or equal to 5."),
    ({"minutes": "-60"}, "Ensure this value is greater than or equal to 5."),
    ({"minutes": "99999999999"}, "Ensure this value is less than or equal to 44640."),
    ({"minutes": "an hour"}, "Enter a whole number."),
    ({"people": "0"}, "Ensure this value is greater than or equal to 1."),
    ({"people": "-4"}, "Ensure this value is greater than or equal to 1."),
    ({"people": "1e9"}, "Enter a whole number."),
    ({"people": "9"}, "This space is for 8 people at most."),
    ({"title": "x" * 161}, "Ensure this value has at most 160 characters"),
]


@pytest.mark.parametrize(("changes", "message"), WRONG)
@pytest.mark.parametrize("staff", [False, True], ids=["company", "staff"])
def test_pages_refuse_clearly_and_keep_the_input(
    operator, tenant_member, browser_of, staff, changes, message
):
    space = SpaceFactory()
    data = entered(**changes)
    if staff:
        page = browser_of(operator).post("/bookings/new/", {**data, "space": str(space.pk)})
    else:
        page = browser_of(tenant_member).post(f"/book/{space.pk}/create/", data)
    body = page.content.decode()

    assert page.status_code in {409, 422}
    assert message in body
    assert f'value="{data["title"]}"' in body
    assert not Booking.objects.exists()
    assert not Occupancy.objects.exists()
    assert not Activity.objects.filter(verb__startswith="booking.").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"day": "2020-01-01"}, "这个时间已经过去"),
        ({"people": "9"}, "8"),
        ({"minutes": "0"}, "5"),
    ],
)
def test_pages_refuse_in_chinese(tenant_member, browser_of, changes, message):
    space = SpaceFactory()
    company = browser_of(tenant_member)
    company.cookies["django_language"] = "zh-hans"

    with translation.override("zh-hans"):
        page = company.post(
            f"/book/{space.pk}/create/", entered(**changes), HTTP_ACCEPT_LANGUAGE="zh-hans"
        )

    errors = " ".join(str(e) for rows in page.context["form"].errors.values() for e in rows)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in errors)
    assert not Booking.objects.exists()


def test_html_in_a_title_is_shown_as_text(tenant_member, operator, browser_of):
    space, title = SpaceFactory(), "<script>alert(1)</script>"

    browser_of(tenant_member).post(f"/book/{space.pk}/create/", entered(title=title))

    booking = Booking.objects.get()
    assert booking.title == title
    staff = browser_of(operator)
    day = f"/bookings/day/?day={tomorrow(0):%Y-%m-%d}"
    for path in (day, f"/bookings/{booking.pk}/", f"/bookings/{booking.pk}/card/", "/bookings/"):
        body = staff.get(path).content.decode()
        assert "&lt;script&gt;alert(1)" in body
        assert title not in body


@pytest.mark.parametrize("hour", ["01:00", "01:30", "01:59"])
def test_an_hour_that_the_clocks_skip_is_refused_in_words(hour):
    with timezone.override(LONDON), translation.override("en"):
        form = WhenForm({"day": "2027-03-28", "at": hour, "minutes": "60"})

        assert not form.is_valid()
        assert "This time does not exist: the clocks go forward that day." in str(form.errors)


def test_a_repeated_hour_is_its_first_pass_and_an_hour_stays_an_hour():
    with timezone.override(LONDON):
        form = WhenForm({"day": "2027-10-31", "at": "01:30", "minutes": "60"})

        assert form.is_valid()
        assert form.starts_at.isoformat() == "2027-10-31T00:30:00+00:00"
        assert (form.ends_at - form.starts_at) == timedelta(hours=1)


def test_a_district_in_london_refuses_the_skipped_hour_on_its_page(
    district, tenant_member, browser_of
):
    district.time_zone = "Europe/London"
    district.save()
    space = SpaceFactory()

    page = browser_of(tenant_member).post(
        f"/book/{space.pk}/create/", entered(day="2027-03-28", at="01:30")
    )

    assert page.status_code == 422
    assert "the clocks go forward that day" in page.content.decode()
    assert not Booking.objects.exists()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "UTC+8", "../etc/passwd"])
def test_a_district_never_has_an_unknown_zone(district, zone):
    district.time_zone = zone
    with pytest.raises(ValidationError):
        district.full_clean()


def test_rules_let_staff_decide_about_what_is_outside_hours(district):
    office = {day: [[9 * 60, 18 * 60]] for day in "1234567"}
    start = datetime(2030, 5, 6, 20, tzinfo=SHANGHAI)
    end, now = start + timedelta(hours=1), start - timedelta(days=2)

    def codes(**changes: object) -> list[str]:
        rules = open_rules(opening=office, **changes)
        return [item.code for item in broken_rules(rules, start, end, zone=SHANGHAI, now=now)]

    closed = [{"from": "2030-05-06", "to": "2030-05-06", "reason": "Holiday"}]
    assert codes() == ["booking_closed"]
    assert codes(approval=Approval.OUTSIDE) == []
    assert codes(approval=Approval.OUTSIDE, closures=closed) == ["booking_closed"]
    rules = open_rules(opening=office, approval=Approval.OUTSIDE)
    assert needs_approval(rules, 1, within_hours=False)
    assert not needs_approval(rules, 1, within_hours=True)

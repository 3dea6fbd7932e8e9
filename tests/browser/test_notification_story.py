"""Choosing how to be told, writing a notice, and reading a kept mail, in a real browser."""

import pytest
from playwright.sync_api import expect

from district.accounts.models import KeptMessage
from district.models import Notice, NotificationChoice
from district.tenancy.scope import scope
from tests.browser.test_booking_story import cast, serious

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_somebody_chooses_a_daily_mail(quarter, sign_in, scripts):
    member, _ = cast(quarter)
    page = sign_in(member, phone=True, scripts=scripts)
    page.goto("notifications/settings/")

    page.get_by_label("E-mail: Bookings").select_option("daily")
    page.get_by_label("Daily mail at").select_option("18")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("E-mail: Bookings")).to_have_value("daily")
    with scope(quarter.pk):
        assert NotificationChoice.objects.get(group="bookings").email == "daily"
        member.person.refresh_from_db()
        assert member.person.digest_hour == 18


def test_a_notice_reaches_a_company_that_puts_it_away(quarter, sign_in):
    member, operator = cast(quarter)
    desk = sign_in(operator)
    desk.goto("notices/new/")
    desk.get_by_label("English title").fill("Lift out of service")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("heading", name="Lift out of service")).to_be_visible()

    page = sign_in(member, phone=True)
    page.goto("")
    page.get_by_role("button", name="Put away: Lift out of service").click()

    expect(page.get_by_text("Lift out of service")).to_have_count(0)
    with scope(quarter.pk):
        assert Notice.objects.get().state == "shown"


def test_a_kept_mail_is_shown_without_power(quarter, sign_in, settings, live_server):
    settings.DISTRICT_DEMO = True
    member, _ = cast(quarter)
    KeptMessage.objects.create(
        channel="email",
        recipient="ada@example.org",
        subject="Hello",
        body="Hello in words",
        html="<h1>Hello in HTML</h1><script>document.title = 'taken'</script>",
    )
    page = sign_in(member)

    page.goto(f"{live_server.url}/accounts/demo/messages/")

    mail = page.frame_locator("iframe.mail")
    expect(mail.get_by_role("heading", name="Hello in HTML")).to_be_visible()
    assert mail.locator("html").evaluate("() => document.title") == ""


@pytest.mark.parametrize(
    "path", ["notifications/settings/", "notices/new/", "channels/robots/new/", "deliveries/"]
)
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_pages_of_messages_are_accessible_and_fit(quarter, sign_in, path, phone):
    _, operator = cast(quarter)
    page = sign_in(operator, phone=phone)

    page.goto(path)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(page) == []

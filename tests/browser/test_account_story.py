"""A person logs in by text message, sets up a second step and a passkey, ends another session."""

import re
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from district.accounts.models import User
from district.models import Membership, Role
from district.tenancy.scope import scope
from tests.accounts.conftest import PASSWORD, texted_code
from tests.browser.conftest import PHONE
from tests.factories import MembershipFactory, OrganizationFactory, UserDistrictFactory

pytestmark = pytest.mark.django_db(transaction=True)
MOBILE = "+8613900001111"


@pytest.fixture(autouse=True)
def _as_in_the_demo(settings: Any) -> None:
    settings.SMS_GATEWAY = "district.accounts.sms.KeptGateway"
    settings.DISTRICT_DEMO = True
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}}


@pytest.fixture
def member(quarter: Any) -> Membership:
    with scope(quarter.pk):
        row = MembershipFactory(
            role=Role.COMPANY_ADMIN, organization=OrganizationFactory(name_en="Tidal Loom")
        )
    user = row.person.user
    User.objects.filter(pk=user.pk).update(mobile=MOBILE, mobile_verified=True, language="en")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    UserDistrictFactory(user=user, district=quarter)
    return row


@pytest.fixture
def open_page(browser: Browser, live_server: Any, quarter: Any) -> Any:
    """A fresh browser; through a host name, since passkeys know no numbers."""
    contexts: list[BrowserContext] = []
    host = live_server.url.replace("127.0.0.1", "localhost")

    def open_fresh(*, phone: bool = False, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=f"{host}/{quarter.slug}/",
            viewport=PHONE if phone else {"width": 1440, "height": 900},
            locale="en-GB",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield open_fresh
    for context in contexts:
        context.close()


def log_in(page: Page, member: Membership) -> None:
    page.goto("accounts/login/")
    page.get_by_label("Mobile or e-mail").fill(member.person.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def confirm_it_is_me(page: Page) -> None:
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_log_in_by_text_message_on_a_phone(member, open_page, scripts):
    page = open_page(phone=True, scripts=scripts)
    page.goto("accounts/login/")
    page.get_by_role("link", name="One-time code").click()
    page.get_by_label("Mobile or e-mail").fill("139 0000 1111")
    page.get_by_role("button", name="Send the code").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Mail and texts the demo kept").click()
    letter = opened.value.get_by_role("article").first
    expect(letter).to_contain_text("+86 139 0000 1111")
    code = re.search(r"\b\d{6}\b", letter.inner_text())[0]

    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Confirm").click()

    expect(page.get_by_text("Tidal Loom").first).to_be_visible()
    assert code == texted_code(MOBILE)


def test_an_authenticator_app_is_asked_for_after_the_password(member, open_page):
    page = open_page()
    log_in(page, member)
    page.goto("accounts/2fa/")
    page.get_by_role("link", name="Set up").click()
    confirm_it_is_me(page)
    expect(page.locator(".qr svg")).to_be_visible()
    page.get_by_text("Enter the key by hand").click()
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Code", exact=True).fill(current_code(secret))
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    recovery_code = page.locator(".codes li").first.inner_text()

    other = open_page()
    log_in(other, member)
    expect(other.get_by_role("heading", name="Second step")).to_be_visible()
    other.get_by_label("Code", exact=True).fill(recovery_code)
    other.get_by_role("button", name="Log in", exact=True).click()

    expect(other.get_by_text("Tidal Loom").first).to_be_visible()


def current_code(secret: str) -> str:
    counter = next(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_a_passkey_is_added_and_opens_the_door(member, open_page):
    page = open_page()
    with_virtual_authenticator(page)
    log_in(page, member)
    page.goto("accounts/2fa/webauthn/add/")
    confirm_it_is_me(page)
    expect(page.get_by_label("Log in with it alone")).to_be_checked()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("The passkey has been added.").first).to_be_visible()
    page.context.clear_cookies()

    page.goto("accounts/login/")
    page.get_by_role("button", name="Log in with a passkey").click()

    expect(page.get_by_text("Tidal Loom").first).to_be_visible()


def test_a_passkey_is_the_second_step_after_the_password(member, open_page):
    page = open_page()
    with_virtual_authenticator(page)
    log_in(page, member)
    page.goto("accounts/2fa/webauthn/add/")
    confirm_it_is_me(page)
    page.get_by_label("Log in with it alone").uncheck()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("The passkey has been added.").first).to_be_visible()
    page.context.clear_cookies()

    log_in(page, member)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    assert "Tidal Loom" not in page.request.get("./").text()
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_text("Tidal Loom").first).to_be_visible()


def with_virtual_authenticator(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_session_ended_elsewhere_is_over(member, open_page):
    lost, desk = open_page(phone=True), open_page()
    for page in (lost, desk):
        log_in(page, member)
        expect(page.get_by_text("Tidal Loom").first).to_be_visible()
    desk.goto("accounts/sessions/")
    expect(desk.get_by_text("This device")).to_have_count(1)

    desk.get_by_role("button", name="Log out", exact=True).last.click()

    expect(desk.get_by_text("The device has been logged out.")).to_be_visible()
    lost.goto("account/")
    expect(lost.get_by_role("button", name="Log in", exact=True)).to_be_visible()
    desk.goto("account/")
    expect(desk.get_by_role("heading", name="My account")).to_be_visible()


def test_account_pages_are_accessible(member, open_page):
    page = open_page()
    found = {}
    for path in ("accounts/login/", "accounts/login/code/", "accounts/signup/"):
        page.goto(path)
        found[path] = serious(page)
    log_in(page, member)
    for path in ("account/", "accounts/2fa/", "accounts/sessions/", "accounts/password/change/"):
        page.goto(path)
        found[path] = serious(page)

    assert {path: ids for path, ids in found.items() if ids} == {}


def serious(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [item["id"] for item in violations if item["impact"] in ("serious", "critical")]

"""A real browser against the real server: what a person sees and does."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from district.accounts.models import User
from district.models import District, Membership
from tests.factories import DistrictFactory, UserDistrictFactory

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PHONE = {"width": 390, "height": 844}

# The browser's driver runs an event loop in this thread; Django must not mind.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if CHROMIUM is None:
        if os.environ.get("DISTRICT_REQUIRE_BROWSER"):
            pytest.fail("no Chromium was found, and browser tests may not be skipped here")
        pytest.skip("no Chromium was found: install it to run the browser tests")
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }


@pytest.fixture
def quarter(transactional_db: None) -> District:
    """A district that is not in scope: the server opens its own."""
    return DistrictFactory(language="en")


def session_of(user: User, quarter: District) -> str:
    """The key of a session of theirs."""
    UserDistrictFactory(user=user, district=quarter)
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(browser: Browser, live_server: Any, quarter: District) -> Iterator[SignIn]:
    """sign_in(membership, phone=True, scripts=False) opens a page as that person, or as nobody."""
    contexts = []

    def open_page(
        membership: Membership | None, *, phone: bool = False, scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=f"{live_server.url}/{quarter.slug}/",
            viewport=PHONE if phone else {"width": 1440, "height": 900},
            locale="en-GB",
            java_script_enabled=scripts,
        )
        if membership is not None:
            session = session_of(membership.person.user, quarter)
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": session, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield open_page
    for context in contexts:
        context.close()

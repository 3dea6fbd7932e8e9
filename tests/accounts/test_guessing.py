"""Passwords and codes cannot be guessed, from wherever the guesses seem to come."""

import pytest
from django.conf import settings
from django.test import override_settings

from tests.accounts.conftest import PASSWORD, is_logged_in, mailed_code, texted_code

LOGIN = "/accounts/login/"
BY_CODE = "/accounts/login/code/"
TOO_MANY = "Too many attempts. Please try again later."


@pytest.mark.parametrize("contact", ["wen@example.org", "13900001111"], ids=["mail", "mobile"])
def test_after_five_wrong_passwords_the_right_one_is_not_tried(user, visitor, contact):
    for number in range(5):
        visitor.post(
            LOGIN,
            {"login": contact, "password": f"guess {number}"},
            HTTP_X_FORWARDED_FOR=f"203.0.113.{number}",
        )

    answer = visitor.post(
        LOGIN,
        {"login": contact, "password": PASSWORD},
        HTTP_X_FORWARDED_FOR="203.0.113.99",
        HTTP_HOST="127.0.0.1",
    )

    assert TOO_MANY in answer.content.decode()
    assert not is_logged_in(visitor)


def test_one_address_does_not_use_up_the_attempts_of_another(user, visitor):
    for number in range(5):
        visitor.post(LOGIN, {"login": "13900009999", "password": f"guess {number}"})

    visitor.post(LOGIN, {"login": "13900001111", "password": PASSWORD})

    assert is_logged_in(visitor)


def test_only_our_proxies_are_believed(user, visitor, monkeypatch):
    monkeypatch.setattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 1)
    limit = int(settings.ACCOUNT_RATE_LIMITS["signup"].split("/")[0])
    page = "/accounts/signup/"
    for number in range(limit):
        visitor.post(page, {}, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 198.51.100.7")

    forged = visitor.post(page, {}, HTTP_X_FORWARDED_FOR="203.0.113.99, 198.51.100.7")
    other = visitor.post(page, {}, HTTP_X_FORWARDED_FOR="198.51.100.8")

    assert (forged.status_code, other.status_code) == (429, 200)


def test_three_wrong_codes_end_the_attempt(user, visitor):
    visitor.post(BY_CODE, {"login": user.mobile})
    code = texted_code(user.mobile)
    for _ in range(3):
        visitor.post(f"{BY_CODE}confirm/", {"code": "no"})

    visitor.post(f"{BY_CODE}confirm/", {"code": code})

    assert not is_logged_in(visitor)


def test_codes_are_sent_three_times_in_five_minutes(user, visitor, client, mailoutbox):
    for browser in (visitor, client):
        for _ in range(4):
            browser.post(BY_CODE, {"login": user.email})
            browser.post("/accounts/logout/")

    assert len(mailoutbox) == 3


def test_guesses_that_come_at_once_are_counted_together(user, visitor, monkeypatch):
    """The count of the session alone would let simultaneous guesses pass: it is switched off."""
    from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess

    visitor.post(BY_CODE, {"login": user.email})
    code = mailed_code(user.email)
    monkeypatch.setattr(LoginCodeVerificationProcess, "record_invalid_attempt", lambda self: True)
    for _ in range(10):
        visitor.post(f"{BY_CODE}confirm/", {"code": "no"})

    answer = visitor.post(f"{BY_CODE}confirm/", {"code": code})

    assert TOO_MANY in answer.content.decode()
    assert not is_logged_in(visitor)


def test_without_redis_nobody_may_guess_and_pages_go_on(user, visitor, client):
    client.force_login(user)
    nowhere = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}

    with override_settings(CACHES=nowhere):
        answer = visitor.post(LOGIN, {"login": user.email, "password": PASSWORD})
        page = client.get("/accounts/2fa/")

    assert (answer.status_code, page.status_code) == (503, 200)
    assert "Please try again in a minute" in answer.content.decode()
    assert not is_logged_in(visitor)

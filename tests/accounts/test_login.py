"""Logging in, signing up, a forgotten password: by mobile or by e-mail, all without telling who
is known."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from district.accounts.models import KeptMessage, User
from tests.accounts.conftest import PASSWORD, is_logged_in, mailed_code, texted_code
from tests.factories import DistrictFactory, UserDistrictFactory, UserFactory

LOGIN = "/accounts/login/"
BY_CODE = "/accounts/login/code/"
RESET = "/accounts/password/reset/"
SIGN_UP = "/accounts/signup/"


@pytest.mark.parametrize("contact", ["wen@example.org", "Wen@Example.ORG", "139 0000 1111"])
def test_password_log_in_takes_mobile_or_mail(user, visitor, contact):
    answer = visitor.post(LOGIN, {"login": contact, "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert visitor.session["_auth_user_id"] == str(user.pk)


def test_log_in_leads_to_ones_district(user, visitor):
    UserDistrictFactory(user=user, district=DistrictFactory(slug="lake"))

    answer = visitor.post(LOGIN, {"login": user.email, "password": PASSWORD})

    assert answer["Location"] == "/lake/"


def test_log_in_makes_a_new_session(user, visitor):
    visitor.get(LOGIN)
    visitor.post(LOGIN, {"login": user.email, "password": "wrong"})
    session = visitor.session
    session["kept"] = 1
    session.save()
    before = session.session_key

    visitor.post(LOGIN, {"login": user.email, "password": PASSWORD})

    assert is_logged_in(visitor)
    assert visitor.session.session_key != before


def test_log_in_by_texted_code(user, visitor):
    user.language = "zh-hans"
    user.save()
    visitor.post(BY_CODE, {"login": "13900001111"})
    text = KeptMessage.objects.get(recipient=user.mobile).body
    code = texted_code(user.mobile)

    visitor.post(f"{BY_CODE}confirm/", {"code": code})

    assert text == f"【District】验证码 {code}，请勿告知他人，工作人员不会向您索取。"
    assert is_logged_in(visitor)


def test_log_in_by_mailed_code(user, visitor):
    visitor.post(BY_CODE, {"login": user.email})
    code = mailed_code(user.email)

    visitor.post(f"{BY_CODE}confirm/", {"code": code})

    sent = mail.outbox[0]
    assert sent.subject == "[District] Your code for logging in"
    assert sent.body.startswith("Hello,\n\nEnter this code")
    assert f'<p class="code">{code}</p>' in str(sent.alternatives[0][0])
    assert is_logged_in(visitor)


def test_a_wrong_code_logs_nobody_in(user, visitor):
    visitor.post(BY_CODE, {"login": user.email})
    wrong = str((int(mailed_code(user.email)) + 1) % 10**6).zfill(6)

    answer = visitor.post(f"{BY_CODE}confirm/", {"code": wrong})

    assert "This code is not right." in answer.content.decode()
    assert not is_logged_in(visitor)


@pytest.mark.parametrize("next_url", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_log_in_never_leads_elsewhere(user, visitor, next_url):
    answer = visitor.post(LOGIN, {"login": user.email, "password": PASSWORD, "next": next_url})

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_log_in_leads_back_to_the_page_asked_for(user, visitor):
    form = {"login": user.email, "password": PASSWORD, "next": "/lake/people/"}

    assert visitor.post(LOGIN, form)["Location"] == "/lake/people/"


def test_log_out_asks_first_and_is_a_post(user, visitor):
    visitor.force_login(user)
    visitor.get("/accounts/logout/")
    still = is_logged_in(visitor)

    visitor.post("/accounts/logout/")

    assert (still, is_logged_in(visitor)) == (True, False)


def bare(answer, contact: str) -> tuple[int, str, str]:
    """What an answer says, without the address asked for and the token against forgery."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    for spelling in (contact, f"+86{contact}", f"+86 {contact[:3]} {contact[3:7]} {contact[7:]}"):
        body = body.replace(spelling, "CONTACT")
    return answer.status_code, answer.get("Location", ""), body


@pytest.mark.parametrize(
    ("known", "unknown"),
    [("wen@example.org", "nobody@example.org"), ("13900001111", "13900009999")],
    ids=["mail", "mobile"],
)
@pytest.mark.parametrize(
    ("url", "field", "rest"),
    [
        (LOGIN, "login", {"password": "wrong wrong wrong"}),
        (BY_CODE, "login", {}),
        (RESET, "email", {}),
        (SIGN_UP, "login", {"password1": "another fine passphrase"}),
    ],
    ids=["password", "code", "reset", "sign-up"],
)
def test_nobody_learns_who_is_known(user, client, visitor, url, field, rest, known, unknown):
    client.defaults.update(visitor.defaults)

    answers = []
    for browser, contact in ((visitor, known), (client, unknown)):
        first = browser.post(url, {field: contact, **rest})
        pages = [first]
        if first.status_code == 302:
            pages.append(browser.get(first["Location"]))
            pages.append(browser.post(first["Location"], {"code": "000000"}))
        answers.append([bare(page, contact) for page in pages])

    assert answers[0] == answers[1]
    assert User.objects.filter(pk=user.pk).exists()


def test_sign_up_by_mobile(visitor, db):
    visitor.post(SIGN_UP, {"login": "139 0000 2222", "password1": "another fine passphrase"})
    before = is_logged_in(visitor)

    visitor.post("/accounts/phone/verify/", {"code": texted_code("+8613900002222")})

    user = User.objects.get(mobile="+8613900002222")
    assert (before, is_logged_in(visitor)) == (False, True)
    assert (user.email, user.mobile_verified) == (None, True)


def test_sign_up_by_mail(visitor, db):
    visitor.post(SIGN_UP, {"login": "ann@example.org", "password1": "another fine passphrase"})
    before = is_logged_in(visitor)

    visitor.post("/accounts/confirm-email/", {"code": mailed_code("ann@example.org")})

    assert (before, is_logged_in(visitor)) == (False, True)
    assert EmailAddress.objects.get(email="ann@example.org").verified


def test_sign_up_refuses_a_weak_password_and_keeps_the_address(visitor, db):
    answer = visitor.post(SIGN_UP, {"login": "ann@example.org", "password1": "short"})

    assert "at least 10 characters" in answer.content.decode()
    assert 'value="ann@example.org"' in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("contact", ["wen@example.org", "13900001111"], ids=["mail", "mobile"])
def test_a_forgotten_password_is_set_by_code(user, visitor, client, contact):
    client.force_login(user)
    visitor.post(RESET, {"email": contact})
    code = mailed_code(user.email) if "@" in contact else texted_code(user.mobile)
    visitor.post(f"{RESET}confirm/", {"code": code})

    visitor.post(f"{RESET}complete/", {"password1": "a brand new passphrase"})

    user.refresh_from_db()
    assert user.check_password("a brand new passphrase")
    assert client.get("/accounts/2fa/").status_code == 302  # the other browser has to log in again


def test_an_address_is_not_taken_by_whoever_signed_up_with_it_first(visitor, client, db):
    """Somebody signs up with an address of another, who later proves it by code."""
    visitor.post(SIGN_UP, {"login": "13900002222", "password1": "the squatters passphrase"})
    client.post(BY_CODE, {"login": "13900002222"})
    client.post(f"{BY_CODE}confirm/", {"code": texted_code("+8613900002222")})

    owner = User.objects.get()

    assert is_logged_in(client)
    assert not owner.has_usable_password()


def test_an_unconfirmed_log_in_has_to_confirm_first(visitor, db):
    UserFactory(email="new@example.org")

    answer = visitor.post(LOGIN, {"login": "new@example.org", "password": PASSWORD})

    assert answer["Location"] == "/accounts/confirm-email/"
    assert not is_logged_in(visitor)

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user
from django.utils import translation

from district.accounts.devices import device, is_phone
from tests.accounts.conftest import PASSWORD, is_logged_in

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50"
)


def log_in(client, user, user_agent=WINDOWS):
    client.defaults["HTTP_USER_AGENT"] = user_agent
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert is_logged_in(client)


@pytest.mark.parametrize(
    ("user_agent", "name", "phone"),
    [
        (WINDOWS, "Chrome · Windows", False),
        (f"{WINDOWS} Edg/130.0", "Edge · Windows", False),
        (WECHAT, "WeChat · iPhone", True),
        ("curl/8", "Unknown device", False),
    ],
)
def test_device_says_what_a_person_recognises(user_agent, name, phone):
    with translation.override("en"):
        assert (device(user_agent), is_phone(user_agent)) == (name, phone)


def test_sessions_are_listed_this_one_first(user, visitor, client):
    log_in(client, user, WECHAT)
    log_in(visitor, user)

    page = visitor.get("/accounts/sessions/").content.decode()

    assert page.index("Chrome · Windows") < page.index("WeChat · iPhone")
    assert page.count("This device") == 1
    assert page.count("/end/") == 2  # the other one, and all others


def test_a_killed_session_is_refused_at_its_next_request(user, visitor, client):
    log_in(client, user, WECHAT)
    log_in(visitor, user)
    assert client.get("/accounts/sessions/").status_code == 200
    other = UserSession.objects.get(user_agent=WECHAT)

    visitor.post(f"/accounts/sessions/{other.pk}/end/")

    assert client.get("/accounts/sessions/").status_code == 302
    assert get_user(client).is_anonymous
    assert visitor.get("/accounts/sessions/").status_code == 200


def test_sessions_of_others_cannot_be_ended(user, visitor, client):
    from tests.factories import UserFactory

    log_in(client, user)
    visitor.force_login(UserFactory())
    foreign = UserSession.objects.get(user=user)

    answer = visitor.post(f"/accounts/sessions/{foreign.pk}/end/")

    assert answer.status_code == 404
    assert client.get("/accounts/sessions/").status_code == 200


def test_all_others_end_at_once(user, visitor, client):
    log_in(client, user, WECHAT)
    log_in(visitor, user)

    visitor.post("/accounts/sessions/end/")

    assert client.get("/accounts/sessions/").status_code == 302
    assert visitor.get("/accounts/sessions/").status_code == 200


def test_a_new_password_ends_the_other_sessions(user, visitor, client):
    log_in(client, user, WECHAT)
    log_in(visitor, user)

    visitor.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "a brand new passphrase"},
    )

    assert client.get("/accounts/sessions/").status_code == 302
    assert visitor.get("/accounts/sessions/").status_code == 200
    assert UserSession.objects.count() == 1


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(user, visitor):
    log_in(visitor, user)

    cookie = visitor.cookies["sessionid"]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")

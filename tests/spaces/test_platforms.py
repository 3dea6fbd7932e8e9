"""Whether the district's platforms answer: asked at a local server, told when that changes."""

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.utils import translation

from district import egress
from district.models import Activity, Notification
from district.relay import relay
from spaces.actions.platforms import KEPT, check_platforms, write_down
from spaces.actions.sights import save_sight
from spaces.health import Answer, ask
from spaces.models import Health, Platform, PlatformCheck
from spaces.tasks import check_all_platforms

URL = "https://platform.example/alive"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


class Far:
    """The other side: answers what it is told to, and remembers what was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.fault: type[httpx.TransportError] | None = None
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        if self.fault:
            raise self.fault("")
        return httpx.Response(self.status, headers={"Location": "http://127.0.0.1/"})


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Far:
    server = Far()
    monkeypatch.setattr(egress, "transport", httpx.MockTransport(server))
    return server


@pytest.fixture
def platform(district: Any) -> Platform:
    return Platform.objects.create(kind="operations", name_en="Data hub", url=URL)


def check(platform: Platform) -> Platform:
    """As if the last check were long ago."""
    Platform.objects.filter(pk=platform.pk).update(checked_at=None)
    check_platforms(platform.district_id)
    return Platform.objects.get(pk=platform.pk)


def verbs() -> list[str]:
    rows = Activity.objects.filter(verb__in=["platform.down", "platform.up"])
    return list(rows.order_by("id").values_list("verb", flat=True))


@pytest.mark.parametrize("status", [200, 204, 302, 401, 403, 429])
def test_ask_takes_these_for_answers_and_follows_no_redirect(far, status):
    far.status = status

    assert ask(URL).health == Health.UP
    assert far.asked == [URL]


@pytest.mark.parametrize("status", [404, 500, 503])
def test_ask_says_with_what_a_platform_refused(far, status):
    far.status = status

    answer = ask(URL)

    assert (answer.health, answer.reason) == (Health.DOWN, f"http_{status}")


@pytest.mark.parametrize(
    ("fault", "reason"), [(httpx.ReadTimeout, "timeout"), (httpx.ConnectError, "not_reached")]
)
def test_ask_says_why_nothing_came(far, fault, reason):
    far.fault = fault

    assert (ask(URL).health, ask(URL).reason) == (Health.DOWN, reason)


def test_ask_calls_a_late_answer_slow(far, monkeypatch):
    monkeypatch.setattr("spaces.health.SLOW_AFTER", -1)

    assert ask(URL).health == Health.SLOW


@pytest.mark.parametrize(
    "url", ["ftp://platform.example/", "file:///etc/passwd", "http://0177.0.0.1/"]
)
def test_ask_takes_no_other_scheme_and_no_octal_address(far, url):
    assert (ask(url).reason, far.asked) == ("address_wrong", [])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "127.1",
        "0.0.0.0",  # noqa: S104 - asked, not listened on
        "10.0.0.7",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.1.1",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fd00::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ],
)
def test_no_inner_address_is_connected_to(monkeypatch, host):
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200)

    pinned = egress.PinnedTransport(httpx.MockTransport(answer))
    monkeypatch.setattr(egress, "transport", pinned)

    assert ask("http://1.1.1.1:8080/").health == Health.UP
    assert (ask(f"http://{host}/").reason, asked) == (
        "address_not_public",
        ["http://1.1.1.1:8080/"],
    )


def test_a_name_with_one_inner_address_among_others_is_refused(monkeypatch):
    found = [(0, 0, 0, "", ("1.1.1.1", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)
    pinned = egress.PinnedTransport(httpx.MockTransport(lambda request: httpx.Response(200)))
    monkeypatch.setattr(egress, "transport", pinned)

    assert ask(URL).reason == "address_not_public"


def test_two_failures_in_a_row_make_a_platform_down_and_tell_the_operator(
    far, platform, operator, tenant_member
):
    assert check(platform).health == Health.UP
    far.status = 503
    assert (check(platform).health, verbs()) == (Health.UP, [])

    assert check(platform).health == Health.DOWN
    assert check(platform).failure_count == 3
    assert verbs() == ["platform.down"]
    relay(platform.district_id)
    assert [row.person_id for row in Notification.objects.all()] == [operator.person_id]

    far.status = 200
    assert check(platform).health == Health.UP
    assert verbs() == ["platform.down", "platform.up"]


def test_one_failure_between_two_answers_calls_nobody(far, platform):
    for status in (200, 503, 200, 503, 200):
        far.status = status
        check(platform)

    assert verbs() == []
    assert PlatformCheck.objects.filter(health=Health.DOWN).count() == 2


def test_a_platform_is_asked_every_five_minutes_and_not_before(far, platform):
    check_platforms(platform.district_id)
    check_platforms(platform.district_id)

    assert far.asked == [URL]


def test_platforms_without_address_or_ended_are_not_asked(far, platform):
    Platform.objects.create(kind="other", name_en="Nameless")
    Platform.objects.filter(pk=platform.pk).update(ended_at="2026-01-01T00:00:00Z")

    check_platforms(platform.district_id)

    assert far.asked == []


def test_an_answer_of_an_earlier_address_is_dropped(platform):
    write_down(platform.pk, "https://old.example/", Answer(Health.UP, 10))

    assert PlatformCheck.objects.count() == 0


def test_another_address_starts_from_unknown(far, platform, operator):
    platform = check(platform)
    platform.health_url = "https://platform.example/other"

    save_sight(platform, by=operator)

    platform.refresh_from_db()
    assert (platform.health, platform.checked_at) == (Health.UNKNOWN, None)


def test_old_checks_are_forgotten(platform):
    PlatformCheck.objects.bulk_create(
        PlatformCheck(platform=platform, at="2026-01-01T00:00Z", health="up", milliseconds=n)
        for n in range(KEPT)
    )

    write_down(platform.pk, URL, Answer(Health.UP, 7))

    assert PlatformCheck.objects.count() == KEPT
    assert PlatformCheck.objects.filter(milliseconds=7).count() == 2


def test_the_demo_asks_nobody(far, platform, monkeypatch):
    monkeypatch.setattr(settings, "DISTRICT_DEMO", True)
    check_all_platforms()
    assert far.asked == []

    monkeypatch.setattr(settings, "DISTRICT_DEMO", False)
    check_all_platforms()
    assert far.asked == [URL]


def test_pages_say_in_words_what_is_down(far, platform, browser_of, operator, tenant_member):
    far.status = 503
    check(platform)
    check(platform)
    browser = browser_of(operator)

    page = browser.get(f"/platforms/{platform.pk}/").content.decode()
    assert "It answered with 503" in page
    assert '<span class="state stop">Down</span>' in page
    assert "Down" in browser.get("/platforms/").content.decode()
    assert "Platforms down" in browser.get("/").content.decode()
    assert "Platforms down" not in browser_of(tenant_member).get("/").content.decode()

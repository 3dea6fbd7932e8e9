"""Group robots: exact bytes on the wire, rate limits, and nothing but the platforms' addresses."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
import time_machine
from django.db import connection

from district import egress
from district.actions.robots import RobotWish, end_robot, save_robot
from district.actions.robots import test_robot as try_robot
from district.activity import record
from district.actors import System
from district.channels import SendFailed, posting, robots, vault
from district.channels.sender import deliver
from district.models import Activity, Delivery, DeliveryStatus, Robot, RobotKind
from district.relay import relay
from district.rules import RuleViolation
from district.tenancy.scope import scope
from tests.factories import BookingFactory, DistrictFactory

NOW = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)
ADDRESSES = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=" + "ab12" * 16,
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/9b2f1c7e-41aa-4c3d-9f00-7d5e6a1b2c3d",
}
FINE = {
    "wecom": b'{"errcode":0,"errmsg":"ok"}',
    "dingtalk": b'{"errcode":0,"errmsg":"ok"}',
    "feishu": b'{"code":0,"msg":"success","data":{}}',
}


class Platform:
    """The three platforms, played by a local server; answers are given, requests kept."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, bytes]] = []
        self.status, self.answer = 200, b""
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                platform.requests.append((self.headers["Host"], self.path, body))
                self.send_response(platform.status)
                if platform.status == 302:
                    self.send_header("Location", "http://127.0.0.1/elsewhere")
                self.end_headers()
                self.wfile.write(platform.answer)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class ToPlatform(httpx.BaseTransport):
    """Takes the place of the pinned way out: every host is the local server."""

    def __init__(self, port: int) -> None:
        self.port, self.inner = port, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["Host"] = request.url.host
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.port)
        return self.inner.handle_request(request)


@pytest.fixture
def platform(monkeypatch):
    played = Platform()
    transport = ToPlatform(played.server.server_port)
    monkeypatch.setattr(egress, "transport", transport)
    yield played
    transport.inner.close()
    played.close()


def wish(kind: str = "wecom", **changes: object) -> RobotWish:
    values = {
        "name": f"Front desk {kind}",
        "kind": RobotKind(kind),
        "address": ADDRESSES[kind],
        "secret": "" if kind == "wecom" else "SECa1b2c3",
        "verbs": ["booking.requested"],
        "language": "en",
        "is_enabled": True,
        **changes,
    }
    return RobotWish(**values)


@pytest.fixture
def robot_of(district):
    return lambda kind="wecom", **changes: save_robot(Robot(), wish(kind, **changes), by=System())


def a_request(**changes: object) -> Activity:
    booking = BookingFactory(
        space__name_en="Heron room",
        space__building__name_en="Tide House",
        organization__name_en="Tidal Loom",
        starts_at=datetime(2026, 11, 25, 6, 30, tzinfo=UTC),
        ends_at=datetime(2026, 11, 25, 7, 30, tzinfo=UTC),
        **changes,
    )
    return record("booking.requested", subject=booking, by=System())


def test_signatures_are_those_of_the_platforms():
    """Against values worked out by hand from the platforms' descriptions."""
    dingtalk = robots.dingtalk_signature("this is secret", 1577262236757)
    feishu = robots.feishu_signature("demo", 1599360473)

    assert dingtalk == "hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D"
    assert feishu == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="


LINK = "http://localhost:8000/{slug}/bookings/{booking}/"
SAID = "**Tidal Loom asks for Heron room**"
BODIES = {
    "wecom": '{{"msgtype":"markdown","markdown":{{"content":"' + SAID + "\\n"
    "Tide House · Wed 25 Nov 14:30–15:30\\n[Open it](" + LINK + ')"}}}}',
    "dingtalk": '{{"msgtype":"markdown","markdown":{{"title":"Tidal Loom asks for Heron room",'
    '"text":"'
    + SAID
    + "\\n\\nTide House · Wed 25 Nov 14:30–15:30\\n\\n[Open it]("
    + LINK
    + ')"}}}}',
    "feishu": '{{"timestamp":"1795482720","sign":"{sign}","msg_type":"post","content":{{"post":'
    '{{"zh_cn":{{"title":"Tidal Loom asks for Heron room","content":[[{{"tag":"text","text":'
    '"Tide House · Wed 25 Nov 14:30–15:30 "}},{{"tag":"a","text":"Open it","href":"'
    + LINK
    + '"}}]]}}}}}}}}',
}


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_a_message_is_exactly_what_the_platform_wants(platform, district, robot_of, kind):
    platform.answer = FINE[kind]
    with time_machine.travel(NOW, tick=False):
        robot_of(kind)
        activity = a_request()
        relay(district.pk)

        assert deliver(district.pk) == 1

    host, path, body = platform.requests[0]
    signature = robots.dingtalk_signature("SECa1b2c3", 1795482720000)
    signed = f"&timestamp=1795482720000&sign={signature}" if kind == "dingtalk" else ""
    assert f"https://{host}{path}" == ADDRESSES[kind] + signed
    sign = robots.feishu_signature("SECa1b2c3", 1795482720)
    expected = BODIES[kind].format(slug=district.slug, booking=activity.subject_id, sign=sign)
    assert body.decode() == expected
    assert Delivery.objects.get().status == DeliveryStatus.SENT


def test_names_do_not_become_markup(platform, district, robot_of):
    platform.answer = FINE["wecom"]
    robot_of()
    booking = BookingFactory(organization__name_en="[x](http://evil) <@all> **A**")
    record("booking.requested", subject=booking, by=System())
    relay(district.pk)

    deliver(district.pk)

    content = json.loads(platform.requests[0][2])["markdown"]["content"]
    assert content.startswith("**［x］(http://evil) ＜＠all＞ ＊＊A＊＊ asks for")


@pytest.mark.parametrize(
    ("kind", "answer", "status", "code"),
    [
        ("wecom", b'{"errcode":93000,"errmsg":"invalid webhook url"}', "failed", "93000"),
        ("dingtalk", b'{"errcode":310000,"errmsg":"sign not match"}', "failed", "310000"),
        ("feishu", b'{"code":19021,"msg":"sign match fail"}', "failed", "19021"),
        ("feishu", b'{"code":9999,"msg":"busy"}', "queued", "9999"),
        ("wecom", b"<html>", "queued", "answer_unreadable"),
        ("wecom", b"x" * 70_000, "queued", "answer_too_long"),
    ],
)
def test_what_a_platform_refuses_is_not_taken_for_sent(
    platform, district, robot_of, kind, answer, status, code
):
    platform.answer = answer
    robot_of(kind)
    a_request()
    relay(district.pk)

    deliver(district.pk)

    row = Delivery.objects.get()
    assert (row.status, row.error_code) == (status, code)


def test_a_redirect_is_not_followed(platform, district, robot_of):
    platform.status = 302
    robot_of()
    a_request()
    relay(district.pk)

    deliver(district.pk)

    assert len(platform.requests) == 1
    assert Delivery.objects.get().error_code == "http_302"


def test_thirty_messages_keep_to_twenty_a_minute_and_none_is_lost(platform, district, robot_of):
    platform.answer = FINE["wecom"]
    robot_of()
    for number in range(30):
        a_request(number=f"BK-{number:05d}")
    relay(district.pk)

    with time_machine.travel(NOW + timedelta(days=900), tick=False):
        assert deliver(district.pk) == 20

    assert len(platform.requests) == 20
    last = json.loads(platform.requests[-1][2])["markdown"]["content"]
    assert last.count("Tidal Loom asks for Heron room") == 11
    assert last.startswith("**Lakeside District**\n[")
    assert Delivery.objects.filter(status="sent").count() == 30


def test_beyond_the_limit_messages_wait_for_the_next_minute(platform, district, robot_of):
    platform.answer = FINE["wecom"]
    robot = robot_of()
    a_request()
    relay(district.pk)
    start = NOW + timedelta(days=900)
    robot.recent_sends = [start - timedelta(seconds=59 - n) for n in range(20)]
    robot.save()

    with time_machine.travel(start, tick=False) as clock:
        assert deliver(district.pk) == 0
        waiting = Delivery.objects.get()
        assert waiting.due_at == start + timedelta(seconds=1)
        clock.move_to(start + timedelta(seconds=1))
        assert deliver(district.pk) == 1


@pytest.mark.parametrize(
    ("kind", "sends", "waits"), [("feishu", 5, 1), ("feishu", 4, 0), ("dingtalk", 5, 0)]
)
def test_feishu_also_keeps_to_five_a_second(district, robot_of, kind, sends, waits):
    robot = robot_of(kind)
    robot.recent_sends = [NOW - timedelta(milliseconds=10)] * sends

    allowed = robots.allowance(robot, NOW)

    assert allowed.now is not bool(waits)


def test_a_platform_that_was_asked_too_often_is_left_alone(platform, district, robot_of):
    platform.answer = b'{"errcode":45009,"errmsg":"api freq out of limit"}'
    robot = robot_of()
    a_request()
    a_request()
    relay(district.pk)

    assert deliver(district.pk) == 1

    robot.refresh_from_db()
    assert robot.paused_until is not None
    assert len(platform.requests) == 1
    assert Delivery.objects.filter(status="queued").count() == 2


def test_secrets_are_sealed_for_one_district(district, robot_of):
    robot = robot_of("dingtalk")

    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_address || sealed_secret FROM district_robot")
        stored = cursor.fetchone()[0]
    assert "dingtalk" not in stored
    assert "SECa1b2c3" not in stored
    assert vault.unseal(robot.sealed_secret) == "SECa1b2c3"
    assert robot.address_hint == "oapi.dingtalk.com …ab12"


def test_a_secret_stays_is_replaced_or_is_taken_away(platform, district, robot_of):
    robot = robot_of("feishu")

    def secret_after(secret: str | None) -> str:
        save_robot(robot, wish("feishu", address="", secret=secret), by=System())
        robot.refresh_from_db()
        return vault.unseal(robot.sealed_secret) if robot.sealed_secret else ""

    assert [secret_after(""), secret_after("SECnew"), secret_after(None)] == [
        "SECa1b2c3",
        "SECnew",
        "",
    ]
    assert (
        Activity.objects.filter(verb="robot.changed").order_by("id").last().data["signs"] is False
    )
    platform.answer = FINE["feishu"]
    a_request()
    relay(district.pk)
    deliver(district.pk)
    assert b'"sign"' not in platform.requests[0][2]


def test_a_robot_of_another_platform_does_not_keep_the_secret(district, robot_of):
    robot = robot_of("dingtalk")

    save_robot(robot, wish("feishu", secret=""), by=System())

    robot.refresh_from_db()
    assert (robot.kind, robot.sealed_secret) == (RobotKind.FEISHU, "")


def test_the_key_in_an_address_is_not_logged(platform, district, robot_of, operator, caplog):
    caplog.set_level("DEBUG")
    platform.answer = b"no JSON"
    try_robot(robot_of(), by=operator)

    deliver(district.pk)

    key = ADDRESSES["wecom"].rpartition("=")[2]
    assert key in platform.requests[0][1]
    assert "answer_unreadable" in caplog.text
    assert key not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_another_district_cannot_open_a_seal():
    ours, theirs = DistrictFactory(), DistrictFactory()
    with scope(ours.pk):
        sealed = vault.seal("secret")
        assert vault.unseal(sealed) == "secret"

    with scope(theirs.pk), pytest.raises(vault.Unreadable):
        vault.unseal(sealed)


@pytest.mark.parametrize(
    "address",
    [
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693axxx6-7aoc",
        "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=693axxx6-7aoc",
        "https://a@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693axxx6-7aoc",
        "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=693axxx6-7aoc",
        "https://qyapi.weixin.qq.com/cgi-bin/gettoken?key=693axxx6-7aoc",
        "https://169.254.169.254/latest/meta-data/",
        ADDRESSES["dingtalk"],
        "",
    ],
)
def test_only_addresses_of_the_platform_are_taken(district, robot_of, address):
    with pytest.raises(RuleViolation) as refusal:
        robot_of("wecom", address=address)

    assert refusal.value.code == "robot_address"
    assert Robot.objects.count() == 0


@pytest.mark.parametrize("address", ["10.0.0.7", "127.0.0.1", "::1"])
def test_a_name_that_leads_inside_is_refused(monkeypatch, address):
    monkeypatch.setattr(
        egress.socket, "getaddrinfo", lambda *a, **k: [(0, 0, 0, "", (address, 443))]
    )
    monkeypatch.setattr(egress, "transport", egress.PinnedTransport())

    with pytest.raises(SendFailed) as failure:
        posting.post_json(ADDRESSES["wecom"], b"{}")

    assert failure.value.code == "address_not_public"


def test_the_checked_address_is_the_one_connected_to(monkeypatch):
    monkeypatch.setattr(
        egress.socket, "getaddrinfo", lambda *a, **k: [(0, 0, 0, "", ("203.0.114.9", 443))]
    )
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((str(request.url), request.headers["Host"], request.extensions["sni_hostname"]))
        return httpx.Response(200, content=b"{}")

    monkeypatch.setattr(egress, "transport", egress.PinnedTransport(httpx.MockTransport(answer)))

    posting.post_json(ADDRESSES["wecom"], b"{}")

    url = ADDRESSES["wecom"].replace("qyapi.weixin.qq.com", "203.0.114.9")
    assert seen == [(url, "qyapi.weixin.qq.com", "qyapi.weixin.qq.com")]


def test_an_operator_adds_tries_and_removes_a_robot(browser_of, platform, district, operator):
    platform.answer = FINE["feishu"]
    browser = browser_of(operator)
    fields = {
        "name": "Night desk",
        "kind": "feishu",
        "address": ADDRESSES["feishu"],
        "secret": "SECa1b2c3",
        "language": "en",
        "is_enabled": "on",
        "verbs": ["booking.requested"],
    }

    assert browser.post("/channels/robots/new/", fields).status_code == 302
    robot = Robot.objects.get()
    assert browser.post(f"/channels/robots/{robot.pk}/test/").status_code == 302
    deliver(district.pk)
    page = browser.get(f"/channels/robots/{robot.pk}/").content.decode()
    assert "Test message" in page
    assert "Sent" in page
    assert ADDRESSES["feishu"] not in page
    browser.post(f"/channels/robots/{robot.pk}/end/")

    robot.refresh_from_db()
    assert (robot.sealed_address, robot.sealed_secret, robot.is_enabled) == ("", "", False)
    assert "Night desk" not in browser.get("/channels/").content.decode()
    verbs = (
        Activity.objects.filter(subject_id=robot.pk).order_by("id").values_list("verb", flat=True)
    )
    assert list(verbs) == ["robot.created", "robot.tested", "robot.ended"]


def test_editing_keeps_the_address_that_is_not_entered_again(browser_of, operator, robot_of):
    robot = robot_of("dingtalk")
    before = robot.sealed_address

    browser_of(operator).post(
        f"/channels/robots/{robot.pk}/edit/",
        {
            "name": "Day desk",
            "kind": "dingtalk",
            "language": "zh-hans",
            "verbs": ["booking.requested"],
        },
    )

    robot.refresh_from_db()
    assert (robot.name, robot.is_enabled, robot.sealed_address) == ("Day desk", False, before)


def test_a_wrong_address_keeps_what_was_entered(browser_of, operator):
    answer = browser_of(operator).post(
        "/channels/robots/new/",
        {
            "name": "Desk",
            "kind": "wecom",
            "address": "https://evil.example/",
            "language": "en",
            "verbs": ["booking.requested"],
        },
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This is no address of a robot of WeCom" in page
    assert 'value="https://evil.example/"' in page


def test_a_removed_robot_is_told_nothing_more(platform, district, robot_of):
    robot = robot_of()
    a_request()
    relay(district.pk)
    assert Delivery.objects.filter(status="queued").count() == 1
    end_robot(robot, by=System())

    deliver(district.pk)

    row = Delivery.objects.get()
    assert (row.status, row.error_code, platform.requests) == ("suppressed", "switched_off", [])


def test_a_robot_that_was_removed_meanwhile_is_not_brought_back_by_saving_it(robot_of):
    opened = robot_of()
    end_robot(Robot.objects.get(pk=opened.pk), by=System())

    with pytest.raises(RuleViolation) as refusal:
        save_robot(opened, wish(name="Night desk"), by=System())

    robot = Robot.objects.get()
    assert refusal.value.code == "robot_ended"
    assert (robot.name, robot.sealed_address) == ("Front desk wecom", "")


def test_saving_a_robot_keeps_the_count_of_what_was_sent_meanwhile(robot_of):
    opened = robot_of()
    sent_at = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)
    Robot.objects.filter(pk=opened.pk).update(recent_sends=[sent_at], paused_until=sent_at)

    save_robot(opened, wish(address="", name="Night desk"), by=System())

    robot = Robot.objects.get()
    assert (robot.name, robot.recent_sends, robot.paused_until) == (
        "Night desk",
        [sent_at],
        sent_at,
    )


def test_a_key_that_cannot_be_read_fails_its_own_messages_alone(
    platform, district, robot_of, settings
):
    robot_of(name="Old desk")
    settings.FIELD_KEYS = ["another key"]
    robot_of()
    a_request()
    relay(district.pk)
    platform.answer = FINE["wecom"]

    deliver(district.pk)

    rows = Delivery.objects.order_by("robot__name").values_list("robot__name", "status")
    assert list(rows) == [("Front desk wecom", "sent"), ("Old desk", "failed")]
    assert Delivery.objects.get(status="failed").error_code == "key_unreadable"


def test_a_failed_message_can_be_sent_again(browser_of, platform, district, robot_of, operator):
    platform.answer = b'{"errcode":93000,"errmsg":"invalid webhook url"}'
    try_robot(robot_of(), by=operator)
    deliver(district.pk)
    row = Delivery.objects.get(status="failed")
    platform.answer = FINE["wecom"]
    browser = browser_of(operator)
    assert "93000" in browser.get("/deliveries/?state=failed").content.decode()

    answer = browser.post("/lists/deliveries/bulk/retry/", {"id": [str(row.pk)]})
    assert answer.status_code in {200, 302}
    deliver(district.pk)

    row.refresh_from_db()
    assert (row.status, row.attempt_count) == ("sent", 1)
    assert Activity.objects.filter(verb="delivery.retried", subject_id=row.pk).count() == 1


def test_the_form_takes_a_secret_away_only_where_there_is_one(operator, browser_of, robot_of):
    signs, plain = robot_of("dingtalk"), robot_of("wecom")
    browser = browser_of(operator)
    fields = {
        "name": "Front desk dingtalk",
        "kind": "dingtalk",
        "language": "en",
        "verbs": ["booking.requested"],
        "forget_secret": "on",
    }

    both = browser.post(f"/channels/robots/{signs.pk}/edit/", {**fields, "secret": "SECnew"})
    assert both.status_code == 422
    assert "take the old one away, not both" in both.content.decode()
    signs.refresh_from_db()
    assert vault.unseal(signs.sealed_secret) == "SECa1b2c3"

    browser.post(f"/channels/robots/{signs.pk}/edit/", fields)

    signs.refresh_from_db()
    assert signs.sealed_secret == ""
    for robot in (signs, plain):
        page = browser.get(f"/channels/robots/{robot.pk}/edit/").content.decode()
        assert "forget_secret" not in page

import json

import httpx
import pytest

from district.accounts.models import KeptMessage
from district.accounts.sms import HttpGateway, KeptGateway, NotSent, gateway, send_text_later


def answering(status: int, seen: list[httpx.Request]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status)

    return httpx.MockTransport(answer)


@pytest.fixture(autouse=True)
def _gateway(settings):
    settings.SMS_URL = "https://sms.example/send"
    settings.SMS_TOKEN = "secret"
    settings.SMS_SIGN = "湖畔"


def test_http_gateway_posts_json_with_its_token():
    seen = []

    HttpGateway(answering(200, seen)).send("+8613900001111", "验证码 123456")

    request = seen[0]
    assert (request.method, str(request.url)) == ("POST", "https://sms.example/send")
    assert request.headers["Authorization"] == "Bearer secret"
    assert json.loads(request.content) == {
        "to": "+8613900001111",
        "text": "验证码 123456",
        "sign": "湖畔",
    }


def test_http_gateway_says_what_was_not_taken():
    with pytest.raises(NotSent, match="status 503"):
        HttpGateway(answering(503, [])).send("+8613900001111", "…")


def test_http_gateway_says_when_nobody_answers():
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(NotSent, match="ConnectError"):
        HttpGateway(httpx.MockTransport(broken)).send("+8613900001111", "…")


@pytest.mark.django_db
def test_the_demo_keeps_what_it_would_send(settings):
    settings.SMS_GATEWAY = "district.accounts.sms.KeptGateway"

    send_text_later("+8613900001111", "hello")

    assert isinstance(gateway(), KeptGateway)
    kept = KeptMessage.objects.get()
    assert (kept.channel, kept.recipient, kept.body) == ("sms", "+8613900001111", "hello")

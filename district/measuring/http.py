"""Requests through the WSGI handler in this process, as the server makes them."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.utils.crypto import get_random_string

from district.accounts.models import User

FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks for pages of a district (paths are given without it)."""

    slug: str
    environ: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        return self._send("GET", path, b"", "", {})

    def submit(self, path: str, **fields: object) -> Answer:
        return self._send("POST", path, urlencode(fields).encode(), FORM, {})

    def post(self, path: str, data: Mapping[str, Any], **headers: str) -> Answer:
        """JSON; headers are spelt `If_Match`."""
        body = json.dumps(data, default=str).encode()
        return self._send("POST", path, body, "application/json", headers)

    def _send(
        self, method: str, path: str, body: bytes, kind: str, headers: Mapping[str, str]
    ) -> Answer:
        address = urlsplit(f"/{self.slug}{path}")
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": address.path,
            "QUERY_STRING": address.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_ACCEPT_LANGUAGE": "en",
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            **self.environ,
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        return _answered(environ)


@cache
def _handler() -> WSGIHandler:
    return WSGIHandler()


def _answered(environ: dict[str, Any]) -> Answer:
    begun: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
        begun.extend((status, headers))

    response = _handler()(environ, start)
    try:
        body = b"".join(response)
    finally:
        response.close()
    return Answer(int(begun[0].split()[0]), dict(begun[1]), body)


def signed_in(user: User, slug: str) -> Visitor:
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session, secret = browser.cookies[settings.SESSION_COOKIE_NAME].value, get_random_string(32)
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={secret}"
    return Visitor(slug, {"HTTP_COOKIE": cookies, "HTTP_X_CSRFTOKEN": secret})


def with_token(secret: str, slug: str) -> Visitor:
    return Visitor(slug, {"HTTP_AUTHORIZATION": f"Bearer {secret}"})

"""As it is deployed: hashed static files, HTTPS behind a proxy, JSON in the log, and no Redis."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from district.runtime.folders import ROOT
from tests.runtime.conftest import wait_for

BY_PROXY = {"X-Forwarded-Proto": "https"}
ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


@dataclass
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes


@dataclass
class Production:
    address: str
    log: Path

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        request = urllib.request.Request(f"{self.address}{path}", headers=headers or {})  # noqa: S310
        try:
            response = urllib.request.build_opener(NoRedirect).open(request, timeout=20)
        except urllib.error.HTTPError as refusal:
            response = refusal
        with response:
            return Answer(response.status, response.headers, response.read())


def production_environment(folder: Path) -> dict[str, str]:
    """Of a serving process: the application role's address alone, and a Redis that is down."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    local = {"DISTRICT_LOCAL", "DISTRICT_DEMO", "DISTRICT_OFFLINE", "DATABASE_OWNER_URL"}
    local.add("DJANGO_ALLOW_ASYNC_UNSAFE")  # set by the browser tests, for themselves
    return {
        **{key: value for key, value in os.environ.items() if key not in local},
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}")),
        "DATABASE_POOL_SIZE": "2",
        "REDIS_URL": f"unix://{folder}/nobody-listens.sock?db=0",
        "SECRET_KEY": "x7Jq!r2-" * 8,
        "ALLOWED_HOSTS": "127.0.0.1",
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "files"),
        "LOG_LEVEL": "INFO",
        "EMAIL_URL": "smtp://mail.example:25",
        "SMS_URL": "https://sms.example/",
    }


def manage(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


@pytest.fixture(scope="module")
def production(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Production]:
    folder = tmp_path_factory.mktemp("production")
    environment = production_environment(folder)
    collected = manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    assert collected.returncode == 0, collected.stderr
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = folder / "log"
    with log.open("wb") as output:
        command = [Path(sys.executable).parent / "granian", "--interface", "wsgi", "--no-ws"]
        process = subprocess.Popen(
            [*command, "--port", str(port), "--log-level", "warning", "district.wsgi:application"],
            cwd=ROOT,
            env=environment,
            stderr=output,
        )
    served = Production(f"http://127.0.0.1:{port}", log)
    try:
        wait_for(lambda: process.poll() is not None or _listens(port))
        assert process.poll() is None, log.read_text()
        yield served
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_checks_for_deployment_name_messages_that_would_be_printed(tmp_path, db):
    environment = production_environment(tmp_path)
    del environment["EMAIL_URL"], environment["SMS_URL"]

    done = manage(environment, "check", "--deploy")

    assert done.stderr.count("(district.W001)") == 2


def test_the_checks_for_deployment_find_nothing(django_db_setup, tmp_path):
    checked = manage(
        production_environment(tmp_path), "check", "--deploy", "--fail-level", "WARNING"
    )

    assert checked.returncode == 0, checked.stderr


def test_health_is_told_without_https_and_without_redis(production):
    answer = production.get("/healthz")

    assert (answer.status, json.loads(answer.body)) == (200, {"postgresql": True, "redis": False})
    assert "no-store" in answer.headers["Cache-Control"]


def test_plain_http_is_sent_to_https(production):
    answer = production.get("/accounts/login/")

    assert answer.status == 301
    assert answer.headers["Location"].startswith("https://127.0.0.1")


def test_the_log_in_page_answers_without_redis_and_all_it_names_is_served(production):
    page = production.get("/accounts/login/", BY_PROXY)
    assets = set(ASSET.findall(page.body.decode()))

    assert page.status == 200
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert len(assets) >= 4
    for path in assets:
        asset = production.get(path, BY_PROXY)
        assert asset.status == 200, path
        assert re.search(r"\.[0-9a-f]{12}\.", path), f"{path} has no hash in its name"
        assert "immutable" in asset.headers["Cache-Control"]


def test_the_log_is_json_with_the_id_that_the_answer_had(production):
    answer = production.get("/accounts/login/", BY_PROXY)

    lines = [json.loads(line) for line in production.log.read_text().splitlines()]
    assert answer.headers["X-Request-Id"] in {line.get("request_id") for line in lines}


def test_pages_answer_while_redis_is_down(browser_of, operator, settings, tmp_path):
    down = f"unix://{tmp_path}/nobody-listens.sock?db=0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": down}}
    browser = browser_of(operator)

    for path in ("/", "/spaces/", "/people/", "/organizations/", "/notifications/"):
        answer = browser.get(path)
        assert (answer.status_code, "<h1" in answer.content.decode()) == (200, True), path

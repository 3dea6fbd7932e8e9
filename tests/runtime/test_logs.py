"""What a request leaves in the log: ids and a route, never a path, a name or an address."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from django.db import IntegrityError

from district.runtime import logs

REQUEST_ID = "abcdef-12345678"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Lines:
    """lines() gives what has been logged so far, as machines read it."""
    settings = logs.configuration(json=True, level="INFO")["formatters"]["line"]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=settings["processors"], foreign_pre_chain=settings["foreign_pre_chain"]
    )
    pathless = logs.Pathless()
    caplog.set_level(logging.INFO)
    return lambda: [json.loads(formatter.format(r)) for r in caplog.records if pathless.filter(r)]


def test_a_request_leaves_one_line_of_ids(browser_of, operator, lines):
    answer = browser_of(operator).get(
        "/people/", {"q": operator.person.name}, headers={"X-Request-Id": REQUEST_ID}
    )

    (line,) = [line for line in lines() if line["event"] == "request"]
    assert answer["X-Request-Id"] == REQUEST_ID
    assert line["milliseconds"] > 0
    assert {key: line[key] for key in ("request_id", "method", "route", "status")} == {
        "request_id": REQUEST_ID,
        "method": "GET",
        "route": "people/",
        "status": 200,
    }
    assert line["district"] == operator.district.slug
    assert line["person"] == str(operator.person_id)
    assert operator.person.name in answer.content.decode()
    assert operator.person.name not in json.dumps(lines(), ensure_ascii=False)


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "line\nbreak 12345", "<script>12345"])
def test_a_request_id_that_is_not_plain_is_replaced(client, db, given):
    answer = client.get("/healthz", headers={"X-Request-Id": given})

    assert answer["X-Request-Id"] != given
    assert len(answer["X-Request-Id"]) == 32


def test_the_key_of_an_invitation_is_in_no_line(browser_of, stranger, lines):
    key = "very-secret-key-of-somebody"

    browser_of(stranger).get(f"/invitations/{key}/")
    logging.getLogger("django.request").error("Internal Server Error: %s", f"/invitations/{key}/")

    assert [line["event"] for line in lines()][-2:] == ["request", "Internal Server Error"]
    assert lines()[-2]["route"] == "invitations/<str:key>/"
    assert key not in json.dumps(lines())


def test_the_row_that_broke_a_rule_is_not_quoted(lines):
    error = IntegrityError("duplicate key\nDETAIL:  Key (email)=(mei@demo.example) exists.")

    logging.getLogger("district").error("failed", exc_info=(IntegrityError, error, None))

    assert "duplicate key\nDETAIL left out" in lines()[-1]["exception"]
    assert "mei@demo.example" not in json.dumps(lines())

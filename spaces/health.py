"""Whether a digital platform answers: one request, nothing read but the status."""

import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx

from district import egress
from spaces.models import Health

TIMEOUT: Final = httpx.Timeout(5)
SLOW_AFTER: Final = 2000
# A platform that asks who is there, or that we ask too often, is there.
ANSWERS: Final = {401, 403, 429}


@dataclass(frozen=True)
class Answer:
    health: Health
    milliseconds: int
    reason: str = ""


def ask(url: str) -> Answer:
    """Up, slow or down, with the reason as a code. Redirects are an answer and not followed."""
    started = time.monotonic()
    reason = _reason(url)
    milliseconds = round(1000 * (time.monotonic() - started))
    if reason:
        return Answer(Health.DOWN, milliseconds, reason)
    return Answer(Health.SLOW if milliseconds > SLOW_AFTER else Health.UP, milliseconds)


def _reason(url: str) -> str:
    try:
        if urlsplit(url).scheme not in ("http", "https"):
            return "address_wrong"
        with egress.client(TIMEOUT) as client, client.stream("GET", url) as answer:
            return "" if _is_there(answer.status_code) else f"http_{answer.status_code}"
    except egress.NotAllowed as refusal:
        return refusal.code
    except httpx.TimeoutException:
        return "timeout"
    except httpx.HTTPError:
        return "not_reached"
    except (httpx.InvalidURL, ValueError):
        return "address_wrong"


def _is_there(status: int) -> bool:
    return 200 <= status < 400 or status in ANSWERS

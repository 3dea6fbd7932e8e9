"""Requests to the platforms of group robots."""

from typing import Final

import httpx

from district import egress
from district.channels import SendFailed

TIMEOUT: Final = httpx.Timeout(10, connect=5)
MOST_BYTES: Final = 64 * 1024


def post_json(url: str, body: bytes) -> bytes:
    """The answer to a POST. Raises SendFailed; a redirect is a failure, not followed."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    try:
        with (
            egress.client(TIMEOUT) as client,
            client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise SendFailed(f"http_{answer.status_code}")
            return _read(answer)
    except egress.NotAllowed as refusal:
        permanent = refusal.code == "address_not_public"
        raise SendFailed(refusal.code, refusal.host, permanent=permanent) from refusal
    except httpx.HTTPError as error:
        raise SendFailed("not_reached", type(error).__name__) from error


def _read(answer: httpx.Response) -> bytes:
    content = b""
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            raise SendFailed("answer_too_long")
    return content

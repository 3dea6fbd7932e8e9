"""The only way out to other machines' addresses: checked, pinned, without redirects."""

import socket
from ipaddress import ip_address
from typing import Final

import httpx

from district.channels import SendFailed

TIMEOUT: Final = httpx.Timeout(10, connect=5)
MOST_BYTES: Final = 64 * 1024


class PinnedTransport(httpx.BaseTransport):
    """Resolves the host once, refuses addresses that are not public, and connects to that address.

    What is checked is what is connected to: a name that changes its mind in between gains nothing.
    """

    def __init__(self, inner: httpx.BaseTransport | None = None) -> None:
        self._inner = inner or httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        request.headers["Host"] = host
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=_public_address(host))
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def _public_address(host: str) -> str:
    try:
        found = {str(item[4][0]) for item in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise SendFailed("host_unknown", host) from error
    if not all(ip_address(address).is_global for address in found):
        raise SendFailed("address_not_public", host, permanent=True)
    return min(found, key=lambda address: (":" in address, address))


# Tests put a local server in its place.
transport: httpx.BaseTransport = PinnedTransport()


def post_json(url: str, body: bytes) -> bytes:
    """The answer to a POST. Raises SendFailed; a redirect is a failure, not followed."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    try:
        with (
            httpx.Client(
                transport=transport, timeout=TIMEOUT, follow_redirects=False, trust_env=False
            ) as client,
            client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise SendFailed(f"http_{answer.status_code}")
            return _read(answer)
    except httpx.HTTPError as error:
        raise SendFailed("not_reached", type(error).__name__) from error


def _read(answer: httpx.Response) -> bytes:
    content = b""
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            raise SendFailed("answer_too_long")
    return content

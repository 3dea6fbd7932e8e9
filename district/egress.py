"""The only way out to other machines' addresses: checked, pinned, without redirects."""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

import httpx

# IPv4 addresses written as IPv6 for a translator (RFC 6052).
TRANSLATED: Final = IPv6Network("64:ff9b::/96")


class NotAllowed(httpx.TransportError):
    """The name is unknown (`host_unknown`) or leads to where nobody outside may ask."""

    def __init__(self, code: str, host: str) -> None:
        super().__init__(f"{code} {host}")
        self.code = code
        self.host = host


class PinnedTransport(httpx.BaseTransport):
    """Resolves the host once, refuses addresses that are not public, and connects to that address.

    What is checked is what is connected to: a name that changes its mind in between gains nothing.
    """

    def __init__(self, inner: httpx.BaseTransport | None = None) -> None:
        self._inner = inner or httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        request.headers["Host"] = request.url.netloc.decode("ascii")
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=_public_address(host))
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def _public_address(host: str) -> str:
    try:
        found = {str(item[4][0]) for item in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise NotAllowed("host_unknown", host) from error
    if not all(is_public(address) for address in found):
        raise NotAllowed("address_not_public", host)
    return min(found, key=lambda address: (":" in address, address))


def is_public(address: str) -> bool:
    """Whether it, and each address written inside of it, is one of the open network."""
    return all(each.is_global and not each.is_multicast for each in _meant(ip_address(address)))


def _meant(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    yield address
    if isinstance(address, IPv6Address):
        inside = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in TRANSLATED:
            inside.append(IPv4Address(int(address) & 0xFFFFFFFF))
        yield from (each for each in inside if each is not None)


# Tests put a local server in its place.
transport: httpx.BaseTransport = PinnedTransport()


def client(timeout: httpx.Timeout) -> httpx.Client:
    return httpx.Client(
        transport=transport, timeout=timeout, follow_redirects=False, trust_env=False
    )

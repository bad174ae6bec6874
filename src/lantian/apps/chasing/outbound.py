"""Posting to chat groups: only to hosts on the installation's list, to an address that was checked, without redirects.

The name is resolved once, the addresses are checked, and the connection goes to the checked address: a name that
answers otherwise the second time gains nothing. Link-local, multicast and unspecified addresses are never allowed;
private ones and this machine's own need an entry of their own (address or network) beside the name.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

SECONDS = 5.0
ANSWER_BYTES = 64 * 1024

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutboundError(Exception):
    """Why nothing was sent, or what the other side answered; short, without the address's secret part."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked place: where to connect, and as whom to speak."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


def allowed(url: str, hosts: Iterable[str]) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of an address whose host (with port, unless it is the usual one) is on the list.

    Raises :class:`OutboundError`.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise OutboundError("not an address") from None
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("https", "http") or not host or parts.username is not None:
        raise OutboundError("an https address is wanted")
    usual = {"https": 443, "http": 80}[parts.scheme]
    listed = {item.lower() for item in hosts}
    if not (f"{host}:{port or usual}" in listed or (port in (None, usual) and host in listed)):
        raise OutboundError(f"{host} is not on the list LANTIAN_WEBHOOK_HOSTS")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if any(ord(c) <= 32 or ord(c) > 126 for c in path):
        raise OutboundError("not an address")
    return parts.scheme, host, port or usual, path


def checked(url: str, hosts: Iterable[str]) -> Target:
    """Resolve and check an address. Raises :class:`OutboundError`."""
    listed = list(hosts)
    scheme, host, port, path = allowed(url, listed)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise OutboundError(f"{host} cannot be found") from None
    addresses = [ipaddress.ip_address(item[4][0]) for item in found]
    for address in addresses:
        if not permitted(address, listed):
            raise OutboundError(f"{host} stands at {address}, which is not allowed")
    return Target(scheme, host, port, path, str(addresses[0]))


def permitted(address: Address, hosts: Iterable[str]) -> bool:
    """Whether an address may be connected to: public, or in an entry of the list that is an address or a network."""
    mapped = getattr(address, "ipv4_mapped", None)
    plain: Address = mapped or address
    own = any(plain in network for network in _networks(hosts))
    if plain.is_link_local or plain.is_multicast or plain.is_unspecified:
        return False
    return own or plain.is_global


def _networks(hosts: Iterable[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """The entries of the list that are addresses or networks; an address may carry a port."""
    found = []
    for item in hosts:
        for text in (item, item.rpartition(":")[0]):
            try:
                found.append(ipaddress.ip_network(text.strip("[]"), strict=False))
            except ValueError:
                continue
            break
    return found


class _Pinned(http.client.HTTPConnection):
    """A connection to the checked address that speaks to the host by its name."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self._target = target

    def connect(self) -> None:
        self.sock = socket.create_connection((self._target.address, self._target.port), SECONDS)
        if self._target.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._target.host)


def post(url: str, body: bytes, hosts: Iterable[str]) -> bytes:
    """Post JSON and return the answer's first part. Raises :class:`OutboundError`; a redirect is an error, too."""
    target = checked(url, hosts)
    connection = _Pinned(target)
    try:
        connection.request(
            "POST", target.path, body, {"Content-Type": "application/json; charset=utf-8", "User-Agent": "lantian"}
        )
        answer = connection.getresponse()
        content = answer.read(ANSWER_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise OutboundError(f"{target.host}: {type(error).__name__}") from None
    finally:
        connection.close()
    if answer.status != 200:
        raise OutboundError(f"{target.host} answered {answer.status}")
    return content

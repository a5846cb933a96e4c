"""Connections to public addresses only: the address that is checked is the one that is connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable

import httpcore
import httpx

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_LOCAL_NAMES = (".localhost", ".local", ".internal")
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # addresses that NAT64 translates to IPv4, RFC 6052
_NEVER_PUBLIC = (
    ipaddress.IPv6Network("::/96"),  # deprecated "IPv4-compatible" addresses, RFC 4291 §2.5.5.1
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # NAT64 within a network, RFC 8215
)


class PrivateAddressError(Exception):
    """A host has an address of this machine or of its network."""


class NoSuchHostError(Exception):
    """A host name has no address."""


def is_public(address: str) -> bool:
    """Whether an address leads outside of this machine and its networks.

    An IPv6 address that contains the IPv4 address it leads to (IPv4-mapped, NAT64, 6to4, Teredo) is as public as that.

    Raises:
        ValueError: It is no address.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return all(
        one.is_global and not one.is_multicast and not any(one in network for network in _NEVER_PUBLIC)
        for one in _destinations(parsed)
    )


def _destinations(address: IPAddress) -> Iterable[IPAddress]:
    """The addresses to which packets for an address may go."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address in _TRANSLATED:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    if address.sixtofour is not None:
        return (address, address.sixtofour)
    if address.teredo is not None:
        return (address, *address.teredo)
    return (address,)


def is_local_name(host: str) -> bool:
    """Whether a host is this machine or its network by its name or by the address that it is written as."""
    host = host.rstrip(".").lower()
    try:
        return not is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith(_LOCAL_NAMES)


async def _resolve(host: str, port: int) -> list[str]:
    """The addresses of a host.

    Raises:
        NoSuchHostError: It has none.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoSuchHostError(host) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _PublicBackend(httpcore.AsyncNetworkBackend):
    """Resolves a host once, checks all of its addresses, and connects to one of these.

    A check before or after the request would be of no use: a name may resolve to another address each time it is looked
    up, and a request to a private address has done its harm when the answer arrives.
    """

    def __init__(self) -> None:
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await _resolve(host, port)
        if is_local_name(host) or not all(map(is_public, addresses)):
            raise PrivateAddressError(host)
        failure: Exception = NoSuchHostError(host)
        for address in addresses:
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise PrivateAddressError(path)

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


class PublicTransport(httpx.AsyncHTTPTransport):
    """A transport that connects to public addresses only.

    Requests raise :class:`PrivateAddressError` or :class:`NoSuchHostError` where they would go elsewhere.
    """

    def __init__(self) -> None:
        super().__init__()
        # httpx has no parameter for the network backend of its pool; that of httpcore is public.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_PublicBackend(),
        )

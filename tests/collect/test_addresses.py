"""Requests go only to addresses that were checked, whatever the resolver answers the next time."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import httpcore
import pytest
from support.hands import Hands

from ganvas.collect.addresses import is_local_name, is_public
from ganvas.collect.fetch import Fetcher, FetchError, Limits
from ganvas.collect.rate_limit import RateLimiter

PUBLIC = "93.184.216.34"


class Network:
    """A resolver that answers what a test says, and a network that counts where connections go and opens none."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.addresses = [PUBLIC]
        self.connected: list[str] = []

        def getaddrinfo(host: str, port: int | None, *rest: Any, **more: Any) -> list[Any]:
            return [
                (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port or 0))
                for one in self.addresses
            ]

        async def connect_tcp(backend: object, host: str, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
            self.connected.append(host)
            raise httpcore.ConnectError

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.upper(), raising=False)

    def failure(self, url: str) -> str:
        async def visit() -> None:
            clock = Hands()
            async with Fetcher(RateLimiter(0, clock), clock=clock, limits=Limits(attempts=1)) as fetcher:
                await fetcher.get(url)

        with pytest.raises(FetchError) as caught:
            asyncio.run(visit())
        return str(caught.value)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    return Network(monkeypatch)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_checked_address_is_connected_to_and_not_the_name(network: Network, scheme: str) -> None:
    assert network.failure(f"{scheme}://rebinding.example/1.png") == "no connection to the host"
    assert network.connected == [PUBLIC]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "10.1.2.3",
        "169.254.169.254",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "::127.0.0.1",
        "2002:7f00:1::",
    ],
)
def test_a_name_of_a_private_address_is_never_connected_to(network: Network, address: str) -> None:
    network.addresses = [PUBLIC, address]
    assert "an address of this machine or its network" in network.failure("http://inside.example/1.png")
    assert network.connected == []


def test_every_public_address_is_tried(network: Network) -> None:
    network.addresses = ["2606:2800:220:1::1", PUBLIC]
    network.failure("http://two.example/1.png")
    assert network.connected == network.addresses


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (PUBLIC, True),
        ("2606:2800:220:1::1", True),
        ("64:ff9b::5db8:d822", True),  # NAT64 of a public address: all that networks with IPv6 only have
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::1", False),
        ("::127.0.0.1", False),
        ("::93.184.216.34", False),
        ("::", False),
        ("::ffff:192.168.0.1", False),
        ("2002:a00:1::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("224.0.0.1", False),
        ("ff02::1", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
    ],
)
def test_public_addresses(address: str, expected: bool) -> None:
    assert is_public(address) is expected


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST.", "printer.local", "db.internal", "x.localhost", "10.0.0.1"])
def test_local_names(name: str) -> None:
    assert is_local_name(name)
    assert not is_local_name("example.org")

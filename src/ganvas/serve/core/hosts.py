"""Names under which a studio answers, proxies that it believes, and the path below which it lies."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ganvas.errors import UserError

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class HostNames:
    """Values of the ``Host`` header that are answered, without the port.

    A page of another site whose own name resolves to the studio (DNS rebinding) names that site.

    Attributes:
        names: These names; empty with ``addresses`` False: any.
        addresses: Network addresses as well: no page can have one of another machine as its name.
    """

    names: frozenset[str] = frozenset()
    addresses: bool = False

    def allow(self, host: str) -> bool:
        """Whether a value of the header is answered."""
        if not self.names and not self.addresses:
            return True
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        return name.lower() in self.names or (self.addresses and _is_address(name.strip("[]")))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def check_root_path(path: str) -> str:
    """The path below which the studio lies, with a slash at its beginning and none at its end; empty: none.

    Raises:
        UserError: It is no path.
    """
    stripped = path.strip("/")
    if not stripped:
        return ""
    if not re.fullmatch(r"[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*", stripped):
        raise UserError(f"--root-path is a path such as /ganvas, not {path!r}.")
    return f"/{stripped}"


def check_frame_ancestors(origins: Sequence[str]) -> tuple[str, ...]:
    """The sites that may embed the studio.

    Raises:
        UserError: One is not an origin such as ``https://example.org``.
    """
    for origin in origins:
        if not re.fullmatch(r"'self'|https?://(\*\.)?[A-Za-z0-9.-]+(:(\d+|\*))?", origin):
            raise UserError(f"--frame-ancestors takes sites such as https://example.org, not {origin!r}.")
    return tuple(origins)


def check_proxies(proxies: Sequence[str], option: str = "--proxy") -> tuple[str, ...]:
    """The addresses and networks of an option.

    Raises:
        UserError: One is neither.
    """
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            raise UserError(f"{option} is an address or a network such as 10.0.0.0/8, not {proxy!r}.") from None
    return tuple(proxies)


class ProxyMiddleware:
    """Reads what proxies say about the client, and removes the path below which the studio lies.

    ``X-Forwarded-For``, ``-Proto`` and ``-Host`` count only when they come from a named proxy: anybody can send them.
    The path may be there or removed already, as proxies do either.

    Args:
        app: The application.
        proxies: Addresses and networks of the proxies.
        root_path: The path below which the studio lies; empty: none.
    """

    def __init__(self, app: ASGIApp, *, proxies: Sequence[str] = (), root_path: str = "") -> None:
        self._networks = [ipaddress.ip_network(proxy, strict=False) for proxy in proxies]
        self._app = app
        self._behind = ProxyHeadersMiddleware(app, trusted_hosts=list(proxies))  # type: ignore[arg-type]
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._root_path:
            path = scope["path"]
            if path == self._root_path:
                path += "/"
            elif not path.startswith(f"{self._root_path}/"):
                path = self._root_path + path
            scope = {**scope, "path": path, "root_path": self._root_path}
        if not self._is_proxy(scope):
            await self._app(scope, receive, send)
            return
        host = Headers(scope=scope).get("x-forwarded-host", "").split(",")[-1].strip()
        if host:
            scope = {**scope, "headers": list(scope["headers"])}
            MutableHeaders(scope=scope)["host"] = host
        await self._behind(scope, receive, send)  # type: ignore[arg-type]

    def _is_proxy(self, scope: Scope) -> bool:
        client = scope.get("client")
        try:
            address = ipaddress.ip_address(client[0]) if client else None
        except ValueError:
            return False
        return address is not None and any(address in network for network in self._networks)

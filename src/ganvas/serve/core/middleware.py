"""Around every request: which hosts are meant, how large a body may be, and the headers that keep a page to itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ganvas.serve.core.errors import problem
from ganvas.serve.core.uploads import Limits, too_many_bytes

# The pages load nothing from another host and run no script that is not a file of theirs. Component libraries set
# style attributes, hence 'unsafe-inline' for styles alone.
POLICY = "; ".join((
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
))  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
FORM = 100_000  # bytes a form may take besides its picture
DRAINED = 4  # times the limit: how much of an upload that is too large is still read, so that its sender hears why


class Guard:
    """Pure ASGI, so that streams and disconnects reach the app as they are.

    :param hosts: names this studio answers to; empty: any. On a loopback address it keeps out pages of other sites
        that let their own name point here.
    """

    def __init__(self, app: ASGIApp, *, limits: Limits, hosts: Sequence[str] = ()) -> None:
        self.app = app
        self.limits = limits
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if self.hosts and _host(scope) not in self.hosts:
            refusal = problem(421, "This studio answers to its own address alone; open it by the address it printed.")
            await refusal(scope, receive, answer)
            return
        body = _Body(receive, self.limits)
        await self.app(scope, body.receive, answer)


class _Body:
    def __init__(self, receive: Receive, limits: Limits) -> None:
        self._receive = receive
        self._limits = limits
        self._limit = limits.bytes + FORM
        self._size = 0

    async def receive(self) -> Message:
        message: Any = await self._receive()
        if message["type"] != "http.request":
            return message  # type: ignore[no-any-return]
        self._size += len(message.get("body", b""))
        if self._size <= self._limit:
            return message  # type: ignore[no-any-return]
        while message.get("more_body") and self._size < self._limit * DRAINED:
            message = await self._receive()
            if message["type"] != "http.request":
                break
            self._size += len(message.get("body", b""))
        raise HTTPException(413, str(too_many_bytes(self._limits)))


def _host(scope: Scope) -> str:
    host = Headers(scope=scope).get("host", "")
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host

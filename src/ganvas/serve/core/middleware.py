"""ASGI middleware: checks the host, bounds the body, adds security headers, and answers unexpected errors."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ganvas.errors import UserError
from ganvas.serve.core.decode_pool import UploadLimits, upload_too_large
from ganvas.serve.core.errors import HTTPUserError, internal_error, problem

# The pages load nothing from another host and run no script that is not one of their files. Component libraries set
# style attributes, hence 'unsafe-inline' for styles only.
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
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")  # these change nothing
FORM_BYTES = 100_000  # what a form may hold besides its picture
DRAIN_FACTOR = (
    4  # of a body that is too large, this many times the limit is still read, so that its sender gets the answer
)
log = logging.getLogger("ganvas.studio")


class RequestMiddleware:
    """Checks and bounds every request, and completes every answer.

    It is pure ASGI, so that streams and disconnects reach the application unchanged.

    Args:
        app: The application.
        limits: Bounds of one upload.
        hosts: Values of the ``Host`` header that are answered, without the port; empty: any. On a loopback address this
            refuses pages of other sites whose own name resolves to this machine (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, *, limits: UploadLimits, hosts: Sequence[str] = ()) -> None:
        self.app = app
        self.limits = limits
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if self.hosts and _host(scope) not in self.hosts:
            error = UserError(
                "This studio answers to its own address only; open it by the address it printed.", code="wrong-host"
            )
            await problem(421, error)(scope, receive, send_with_headers)
            return
        if scope["method"] not in SAFE_METHODS and _from_other_site(Headers(scope=scope)):
            error = UserError("A page of another site may not change anything in this studio.", code="other-site")
            await problem(403, error)(scope, receive, send_with_headers)
            return
        body = _BoundedBody(receive, self.limits)
        try:
            await self.app(scope, body.receive, send_with_headers)
        except ClientDisconnect:  # nobody receives an answer, and anybody could fill the log so
            return
        except Exception as error:
            log.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
            if started:  # the answer cannot be changed any more; the server closes the connection
                raise
            await problem(500, internal_error())(scope, receive, send_with_headers)


class _BoundedBody:
    """Receives the body of a request and refuses one that is too large."""

    def __init__(self, receive: Receive, limits: UploadLimits) -> None:
        self._receive = receive
        self._limits = limits
        self._limit = limits.bytes + FORM_BYTES
        self._size = 0

    async def receive(self) -> Message:
        message: Any = await self._receive()
        if message["type"] != "http.request":
            return message  # type: ignore[no-any-return]
        self._size += len(message.get("body", b""))
        if self._size <= self._limit:
            return message  # type: ignore[no-any-return]
        while message.get("more_body") and self._size < self._limit * DRAIN_FACTOR:
            message = await self._receive()
            if message["type"] != "http.request":
                break
            self._size += len(message.get("body", b""))
        raise HTTPUserError(413, upload_too_large(self._limits))


def _from_other_site(headers: Headers) -> bool:
    """Whether a browser says that a page of another origin sent the request; programs do not send these headers."""
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host", "")


def _host(scope: Scope) -> str:
    host = Headers(scope=scope).get("host", "")
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host

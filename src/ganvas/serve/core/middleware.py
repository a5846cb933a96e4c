"""ASGI middleware: checks host, origin, role and rate, bounds the body, adds security headers, answers what fails."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ganvas.errors import UserError
from ganvas.serve.core.access import Access
from ganvas.serve.core.decode_pool import UploadLimits, upload_too_large
from ganvas.serve.core.errors import HTTPUserError, internal_error, problem
from ganvas.serve.core.hosts import HostNames
from ganvas.serve.core.metrics import Metrics
from ganvas.serve.core.roles import RouteRules, set_person

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
))  # fmt: skip
HEADERS = {
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
        access: Who may do what.
        rules: What each route needs.
        hosts: Names under which the studio answers.
        metrics: Counts the requests.
        frame_ancestors: Sites that may embed the studio.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limits: UploadLimits,
        access: Access,
        rules: RouteRules,
        hosts: HostNames,
        metrics: Metrics,
        frame_ancestors: Sequence[str] = (),
    ) -> None:
        self.app = app
        self.limits, self.access, self.rules, self.hosts, self.metrics = limits, access, rules, hosts, metrics
        ancestors = " ".join(frame_ancestors) or "'none'"
        self.headers = HEADERS | {"Content-Security-Policy": f"{POLICY}; frame-ancestors {ancestors}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, start = 0, time.perf_counter()
        rule = self.rules.find(scope["method"], scope["path"].removeprefix(scope.get("root_path", "")))
        person = self.access.person(scope)

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self.metrics.count_request(rule.route, scope["method"], status, time.perf_counter() - start)
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if self.access.tokens is not None and "cache-control" in headers:
                    # A cache between here and the browser must not answer people who have no token.
                    headers["cache-control"] = headers["cache-control"].replace("public", "private")
                self.access.record(person, rule, scope, status)
            await send(message)

        try:
            self._check_origin(scope)
            self.access.check(person, rule, scope)
        except HTTPUserError as refusal:
            answer = problem(refusal.status_code, refusal.error, refusal.headers)
            await answer(scope, receive, send_with_headers)
            return
        set_person(scope, person)
        body = _BoundedBody(receive, self.limits)
        try:
            await self.app(scope, body.receive, send_with_headers)
        except ClientDisconnect:  # nobody receives an answer, and anybody could fill the log so
            return
        except Exception as error:
            log.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
            if status:  # the answer cannot be changed any more; the server closes the connection
                raise
            await problem(500, internal_error())(scope, receive, send_with_headers)

    def _check_origin(self, scope: Scope) -> None:
        """Check by which name a request came, and from which site."""
        headers = Headers(scope=scope)
        if not self.hosts.allow(headers.get("host", "")):
            sentence = "This studio answers to its own address only; open it by the address it printed."
            raise HTTPUserError(421, UserError(sentence, code="wrong-host"))
        if scope["method"] not in SAFE_METHODS and _from_other_site(headers):
            sentence = "A page of another site may not change anything in this studio."
            raise HTTPUserError(403, UserError(sentence, code="other-site"))


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

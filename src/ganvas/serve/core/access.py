"""Access to a studio: the person of a request, the checks of role and rate, and the audit log."""

from __future__ import annotations

import ipaddress
import json
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from logging.handlers import RotatingFileHandler
from pathlib import Path

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.datastructures import Headers
from starlette.types import Scope

from ganvas.errors import UserError
from ganvas.serve.core.access_tokens import AccessTokens
from ganvas.serve.core.errors import HTTPUserError
from ganvas.serve.core.roles import Person, RouteRule

COOKIE = "ganvas_session"
LOCAL = Person("owner", "local")  # the person at the machine
RATES: Mapping[str, str] = {
    "sign-in": "10/minute",
    "upload": "600/minute",
    "projection": "20/hour",
    "training": "10/day",
}
AUDIT_BYTES, AUDIT_FILES = 10_000_000, 10


class Access:
    """The access to a studio.

    Args:
        tokens: The tokens; None: everybody is the person at the machine, and may do everything.
        public: People without a token are players.
        rates: How often a person may do what costs, such as ``{"upload": "120/minute"}``; others keep ``RATES``.
        audit: File of the audit log; None: none.
        monitors: Addresses and networks that may read the metrics without a token.

    Raises:
        UserError: A rate has another form, or the audit log cannot be written.
    """

    def __init__(
        self,
        tokens: AccessTokens | None = None,
        *,
        public: bool = False,
        rates: Mapping[str, str] | None = None,
        audit: Path | None = None,
        monitors: Sequence[str] = (),
    ) -> None:
        self.tokens = tokens
        self.public = public
        self._rates = {cost: _rate(cost, text) for cost, text in {**RATES, **(rates or {})}.items()}
        # The moving window of this library keeps an entry of each person for ever.
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._monitors = [ipaddress.ip_network(one, strict=False) for one in monitors]
        self._audit = None if audit is None else _audit_log(audit)

    def person(self, scope: Scope) -> Person:
        """The person of a request: by its token, by its session, or by the address it comes from."""
        if self.tokens is None:
            return LOCAL
        headers = Headers(scope=scope)
        kind, _, token = headers.get("authorization", "").partition(" ")
        found = None
        if kind.lower() == "bearer":
            found = self.tokens.person(token.strip())
        elif cookie := _cookie(headers.get("cookie", "")):
            found = self.tokens.person_of_session(cookie)
        return found or Person("player" if self.public else None, f"at {_address(scope)}")

    def check(self, person: Person, rule: RouteRule, scope: Scope) -> None:
        """Check that a person may send a request, and count it where it costs.

        Raises:
            HTTPUserError: 401: the person must sign in; 403: the role does not suffice; 429: too many such requests.
        """
        if not person.may(rule.role):
            if rule.monitoring and self._is_monitor(scope):
                return
            if person.role is None or (self.public and person.key.startswith("at ")):
                error = UserError(
                    f"This needs the role {rule.role}; sign in with a token for it.",
                    code="sign-in",
                    params={"role": rule.role},
                )
                raise HTTPUserError(401, error, {"WWW-Authenticate": "Bearer"})
            error = UserError(
                f"This needs the role {rule.role}, and your token is for {person.role}; ask the operator for another.",
                code="role-needed",
                params={"role": rule.role, "own": person.role},
            )
            raise HTTPUserError(403, error)
        if rule.cost is not None and self.tokens is not None:
            self._count(person, rule.cost, scope)

    def _is_monitor(self, scope: Scope) -> bool:
        try:
            address = ipaddress.ip_address(_address(scope))
        except ValueError:
            return False
        return any(address in network for network in self._monitors)

    def _count(self, person: Person, cost: str, scope: Scope) -> None:
        # Whoever tries tokens has none yet, and must not escape by giving a name.
        key = _address(scope) if cost == "sign-in" else person.key
        rate = self._rates[cost]
        if self._limiter.hit(rate, cost, key):
            return
        seconds = max(1, round(self._limiter.get_window_stats(rate, cost, key).reset_time - time.time()))
        error = UserError(
            f"That was too often; try again in {seconds} s.", code="too-often", params={"seconds": seconds}
        )
        raise HTTPUserError(429, error, {"Retry-After": str(seconds)})

    def check_name(self, person: Person, name: str) -> None:
        """Check that a person may act under a name: whose token has a name acts under that only, and nobody else does.

        Raises:
            HTTPUserError: 403: it is another's name.
        """
        if self.tokens is None or person.role == "owner":
            return
        given = " ".join(name.split())
        if given != person.name if person.named else given in self.tokens.names:
            error = UserError(
                f"You may not act as {given}; use the name of your own token.",
                code="not-your-name",
                params={"name": given},
            )
            raise HTTPUserError(403, error)

    def record(self, person: Person, rule: RouteRule, scope: Scope, status: int) -> None:
        """Write a line to the audit log, if the request belongs there."""
        if self._audit is None or rule.audit is None:
            return
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "action": rule.audit,
            "role": person.role,
            "name": person.name,
            "address": _address(scope),
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
        }
        self._audit.info(json.dumps(line))

    def close(self) -> None:
        """Close the audit log."""
        if self._audit is not None:
            for handler in self._audit.handlers[:]:
                self._audit.removeHandler(handler)
                handler.close()


def _rate(cost: str, text: str) -> RateLimitItem:
    try:
        return parse(text)
    except ValueError:
        raise UserError(
            f"A rate is a number per second, minute, hour or day, such as {cost}=10/minute, not {text!r}."
        ) from None


def _cookie(header: str) -> str | None:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return None if found is None else found.value


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _audit_log(path: Path) -> logging.Logger:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=AUDIT_BYTES, backupCount=AUDIT_FILES, encoding="utf-8")
    except OSError as error:
        raise UserError(f"The audit log {path} cannot be written ({error.strerror}); choose another --audit.") from None
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.Logger("ganvas.audit", logging.INFO)  # not in the tree of loggers: nothing else may write to it
    logger.addHandler(handler)
    return logger

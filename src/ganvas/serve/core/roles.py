"""Roles of the people who use a studio, and how a route declares what it needs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.types import Scope

Role = Literal["player", "reviewer", "owner"]
ROLES: tuple[Role, ...] = get_args(Role)  # each may do what those before it may
Need = Literal["anyone", "player", "reviewer", "owner"]
Cost = Literal["sign-in", "upload", "projection", "training"]

_KEY = "x-ganvas"
_PERSON = "ganvas.person"


@dataclass(frozen=True)
class Person:
    """Who sends a request.

    Attributes:
        role: What this person may do; None: only what anyone may.
        key: Identifies the person for limits of rate; the address of one who is not signed in.
        name: The name that belongs to the person's token, or that was given at sign-in; empty: none.
        named: The name belongs to the token, so that nobody else has it.
    """

    role: Role | None
    key: str
    name: str = ""
    named: bool = False

    def may(self, need: Need) -> bool:
        """Whether this person may do what needs a role."""
        if need == "anyone":
            return True
        return self.role is not None and ROLES.index(self.role) >= ROLES.index(need)


def person_of(request: Request) -> Person:
    """The person who sends a request."""
    found: Person = request.scope[_PERSON]
    return found


def set_person(scope: Scope, person: Person) -> None:
    """Note who sends a request."""
    scope[_PERSON] = person


def needs(
    need: Need, *, cost: Cost | None = None, audit: str | None = None, monitoring: bool = False
) -> dict[str, Any]:
    """What a route needs, for its ``openapi_extra``; the API's document shows it.

    Args:
        need: The role.
        cost: Requests of a kind that costs are limited per person.
        audit: What the audit log calls the request; None: it is not logged.
        monitoring: Addresses that the operator named for monitoring need no role.
    """
    return {_KEY: {"role": need, "cost": cost, "audit": audit} | ({"monitoring": True} if monitoring else {})}


@dataclass(frozen=True)
class RouteRule:
    """What the requests of one route need."""

    path: re.Pattern[str]
    methods: frozenset[str]
    role: Need
    cost: Cost | None
    audit: str | None
    route: str
    monitoring: bool = False


_OTHER = RouteRule(re.compile(""), frozenset(), "player", None, None, "other")  # addresses below /v1 without a route
_PAGE = RouteRule(re.compile(""), frozenset(), "anyone", None, None, "page")


class RouteRules:
    """What each route needs; one that does not declare it is for the owner only.

    Args:
        routers: The routes of the features.
    """

    def __init__(self, routers: Iterable[APIRouter]) -> None:
        self.all: list[RouteRule] = []
        for router in routers:
            for route in router.routes:
                assert isinstance(route, APIRoute)
                stated = (route.openapi_extra or {}).get(_KEY) or needs("owner")[_KEY]
                own = route.methods or set()
                methods = frozenset(own | ({"HEAD"} if "GET" in own else set()))
                role, cost, audit = stated["role"], stated["cost"], stated["audit"]
                monitoring = stated.get("monitoring", False)
                self.all.append(RouteRule(route.path_regex, methods, role, cost, audit, route.path, monitoring))

    def find(self, method: str, path: str) -> RouteRule:
        """What a request needs. Pages need nothing, since the page for signing in is one of them."""
        other = _OTHER if path == "/v1" or path.startswith("/v1/") else _PAGE
        return next((rule for rule in self.all if method in rule.methods and rule.path.fullmatch(path)), other)

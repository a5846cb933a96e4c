"""The models and the state of the studio."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.home import operation_routes, routes

HOME = Feature("home", (routes.router, operation_routes.router))

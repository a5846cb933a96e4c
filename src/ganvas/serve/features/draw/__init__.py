"""Portraits from drawings, and drawings shared by link."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.draw import portrait_routes, sharing_routes
from ganvas.serve.features.draw.state import open_state

DRAW = Feature("draw", (portrait_routes.router, sharing_routes.router), open_state)

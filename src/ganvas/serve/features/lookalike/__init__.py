"""Whom a face resembles among the people of a gallery."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.lookalike import routes
from ganvas.serve.features.lookalike.state import open_state

LOOKALIKE = Feature("lookalike", (routes.router,), open_state)

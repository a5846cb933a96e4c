"""Cards: a face as a drawing, laid out by hand, checked, and written for a print shop or a bank."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.card import cartoon_routes, file_routes, kit_routes
from ganvas.serve.features.card.state import open_state

CARD = Feature("card", (kit_routes.router, cartoon_routes.router, file_routes.router), open_state)

"""Translation of pictures, also by the style of a reference, and make-up."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.translate import makeup_routes, reference_routes, routes
from ganvas.serve.features.translate.state import open_state

TRANSLATE = Feature("translate", (routes.router, reference_routes.router, makeup_routes.router), open_state)

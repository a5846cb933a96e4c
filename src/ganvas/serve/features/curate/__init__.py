"""Review of collected pictures."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.curate import routes
from ganvas.serve.features.curate.state import open_state

CURATE = Feature("curate", (routes.router,), open_state)

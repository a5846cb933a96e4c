"""Training runs, past and in progress."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.runs import routes

RUNS = Feature("runs", (routes.router,))

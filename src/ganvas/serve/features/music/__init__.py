"""Music from seeds, and to a given track."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.music import routes, sheets

MUSIC = Feature("music", (routes.router, sheets.router))

"""Faces from memory: a page of faces, picked and bred until one resembles the remembered one."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.montage import routes
from ganvas.serve.features.montage.state import open_state

MONTAGE = Feature("montage", (routes.router,), open_state)

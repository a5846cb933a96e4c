"""Signing in: the session of the person who uses the studio."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.access.routes import router

ACCESS = Feature("access", (router,))

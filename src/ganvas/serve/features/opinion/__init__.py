"""Blind rating of pictures: studies, their questions, and what raters answer."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.opinion import routes

OPINION = Feature("opinion", (routes.router,))
"""``/v1/studies``: studies that people take part in; results only once a study is closed."""

"""Training in the browser: pictures in, a suggested recipe, and a queue of trainings."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.train import picture_routes, recipe_routes, routes
from ganvas.serve.features.train.state import open_state

TRAIN = Feature("train", (routes.router, picture_routes.router, recipe_routes.router), open_state)

"""Pictures from seeds, walks in latent space, projection of photographs, and nearest training pictures."""

from __future__ import annotations

from ganvas.serve.core.feature import Feature
from ganvas.serve.features.generate import latent_routes, neighbour_routes, projection_routes, routes
from ganvas.serve.features.generate.state import open_state

GENERATE = Feature(
    "generate",
    (routes.router, latent_routes.router, projection_routes.router, neighbour_routes.router),
    open_state,
)

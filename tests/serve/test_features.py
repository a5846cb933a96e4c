"""The features of the studio: listed once, named as the pages are, and each usable without the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganvas.serve.app import create_app
from ganvas.serve.core.feature import Feature
from ganvas.serve.features import FEATURES

ROOT = Path(__file__).parents[2]


def test_features_are_named_as_their_folders_and_pages() -> None:
    names = {feature.name for feature in FEATURES}
    assert len(names) == len(FEATURES)
    folders = ROOT / "src" / "ganvas" / "serve" / "features"
    assert names == {path.parent.name for path in folders.glob("*/__init__.py")}
    assert names <= {path.name for path in (ROOT / "web" / "src" / "features").iterdir()}


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_a_studio_of_one_feature_has_its_routes_only(feature: Feature) -> None:
    own = {route.path for router in feature.routers for route in router.routes}  # type: ignore[attr-defined]
    assert set(create_app([feature]).openapi()["paths"]) == own

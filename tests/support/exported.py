"""Bundles of the families' smallest settings with their ONNX graphs: each is exported once per test session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from ganvas.bundle import write_bundle
from ganvas.models.capabilities import HasStandingStatistics
from ganvas.models.families import FAMILIES
from ganvas.models.family import Family
from support.portrait import made_portrait_bundle
from support.shared_folder import make_once


def tiny(name: str) -> Family:
    """An untrained family of the smallest size in evaluation mode, the same each time; two domains have names."""
    config, data = FAMILIES[name].tiny()
    if FAMILIES[name].task == "unpaired":
        data = data.model_copy(update={"classes": ("disc", "square")})
    torch.manual_seed(0)
    return FAMILIES[name](config, data, 1.0).eval()


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The bundle of :func:`tiny` of a family, in a folder of the family's name. Readers do not change it."""

    def of(name: str) -> Path:
        def make(folder: Path) -> None:
            family = tiny(name)
            if isinstance(family, HasStandingStatistics):
                family.measure_standing_statistics()
            write_bundle(folder / name, family, name=name, kimg=1, onnx=True)

        if name == "sketchportrait":
            return made_portrait_bundle(tmp_path_factory)
        return make_once(tmp_path_factory, f"exported-{name}", make) / name

    return of

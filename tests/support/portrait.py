"""A small sketch-to-portrait model: drawings that it has seen, and its bundle with all graphs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas.bundle import write_bundle
from ganvas.models.batches import TranslationRequest, to_float
from ganvas.models.families.sketchportrait import SketchPortrait
from support.shared_folder import make_once

DRAWINGS = 12


def drawing(seed: int) -> np.ndarray:
    """Black dashes on white, uint8 [64, 64, 1]."""
    rng = np.random.default_rng(seed)
    sketch = np.full((64, 64, 1), 255, np.uint8)
    for row, column in rng.integers(4, 56, (30, 2)):
        sketch[row : row + 2, column : column + 6] = 0
    return sketch


def made_portrait_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of an untrained model whose weights are large enough to show something, with ``DRAWINGS`` codes."""

    def make(folder: Path) -> None:
        torch.manual_seed(0)
        family = SketchPortrait(*SketchPortrait.tiny(), 1.0)  # type: ignore[arg-type]
        for parameter in family.parameters():
            torch.nn.init.normal_(parameter, std=0.4)
        family.eval()
        known = to_float(np.stack([drawing(seed) for seed in range(DRAWINGS)]))
        bank = family.code_bank([TranslationRequest(known, torch.zeros(DRAWINGS, dtype=torch.long))])
        write_bundle(folder / "bundle", family, name="Faces", kimg=1, onnx=True, code_bank=bank)

    return make_once(tmp_path_factory, "portrait", make) / "bundle"


@pytest.fixture(scope="session")
def portrait_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, once per test session. Readers do not change it."""
    return made_portrait_bundle(tmp_path_factory)

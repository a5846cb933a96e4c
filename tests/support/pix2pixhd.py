"""Small pix2pixHD families."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganvas.models.batches import to_float


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    monkeypatch.chdir(tmp_path)


def count(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


SMALL: dict[str, Any] = {"width": 8, "downs": 2, "blocks": 1, "local_blocks": 1, "discriminator_width": 4, "layers": 1}


LABELS: dict[str, Any] = {"labels": 5, "source_channels": 3}


def a_map(count: int = 2, side: int = 32) -> Tensor:
    """Maps as pictures: the left half label 1, the right half label 4 with two objects, one above the other."""
    pixels = np.zeros((count, side, side, 3), np.uint8)
    pixels[:, :, : side // 2, 0] = 1
    pixels[:, :, side // 2 :, 0] = 4
    pixels[:, side // 2 :, side // 2 :, 2] = 1  # the object's high byte
    return to_float(pixels)

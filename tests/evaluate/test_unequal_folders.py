"""Distances between folders of different counts or sizes say so beside the figure."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from ganvas.evaluate import fidelity, image_folders
from ganvas.evaluate.fidelity import Result
from ganvas.evaluate.image_folders import compare
from ganvas.evaluate.report import notes


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean colour in place of a network's features, and counts in place of a metric."""

    def extract(pictures: Iterable[Tensor], *_: Any, **__: Any) -> Tensor:
        return torch.stack([picture.float().mean((0, 1, 2)) for picture in pictures])

    def measure(metric: str, reals: Tensor, fakes: Tensor, *_: Any) -> Result:
        protocol = {"real_count": len(reals), "fake_count": len(fakes), "features": "inception"}
        return Result(metric, 1.0, None, protocol)

    monkeypatch.setattr(image_folders, "load_features", lambda name: None)
    monkeypatch.setattr(fidelity, "extract", extract)
    monkeypatch.setattr(fidelity, "measure", measure)


def folder(place: Path, *sizes: tuple[int, int]) -> Path:
    place.mkdir()
    for at, (width, height) in enumerate(sizes):
        pixels = np.random.default_rng(at).integers(0, 256, (height, width, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(place / f"{place.name}{at}.png")
    return place


def test_different_counts_and_sizes_are_said(tmp_path: Path) -> None:
    made = folder(tmp_path / "made", (32, 32), (32, 32))
    real = folder(tmp_path / "real", (64, 64), (100, 80), (64, 64))
    results = compare(made, real, ["kid"])
    assert results[0].protocol["real_size"] == "64 × 64 to 100 × 80"
    said = "\n".join(notes(results))
    assert "2 pictures are compared with 3" in said
    assert "different sizes (32 × 32 and 64 × 64 to 100 × 80)" in said


def test_nothing_is_said_of_equal_folders(tmp_path: Path) -> None:
    made, real = (folder(tmp_path / name, (32, 32), (32, 32)) for name in ("made", "real"))
    assert notes(compare(made, real, ["kid"])) == []

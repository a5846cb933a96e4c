"""Feature networks and pictures for the fidelity metrics."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from ganvas.evaluate import fidelity
from ganvas.models.features import FrozenFeatures, resize_antialiased

DIM = 24


class TinyNet(nn.Module):
    """A frozen network of random weights: enough to carry pictures to features."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, DIM, 5, stride=2)
        self.head = nn.Linear(DIM, 7)

    def forward(self, x: Tensor) -> Tensor:
        pooled: Tensor = self.conv(x).relu().mean((2, 3))
        return pooled


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def tiny() -> FrozenFeatures:
    torch.manual_seed(0)
    net = TinyNet()
    return FrozenFeatures(
        net,
        name="tiny",
        dim=DIM,
        sha256="0" * 64,
        side=16,
        resize=resize_antialiased,
        resize_name="bicubic-antialiased",
        mean=(127.5, 127.5, 127.5),
        std=(50.0, 50.0, 50.0),
        head=net.head,
    )


def pictures(count: int, seed: int, brightness: float = 0.0) -> Tensor:
    """Smooth coloured noise, uint8 [count, 16, 16, 3]."""
    rng = torch.Generator().manual_seed(seed)
    coarse = torch.randn(count, 3, 4, 4, generator=rng) * 50 + 127 + brightness
    smooth = nn.functional.interpolate(coarse, 16, mode="bilinear")
    return smooth.clamp(0, 255).byte().permute(0, 2, 3, 1).contiguous()


def values(results: list[fidelity.Result]) -> dict[str, float]:
    return {result.metric: result.value for result in results}

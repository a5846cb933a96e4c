"""Differentiable augmentation (Zhao et al. 2020, "Differentiable augmentation for data-efficient GAN training")."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models import noise
from ganvas.models.transparency import RGBA

SHIFT = 0.125  # most translation, relative to the picture
HOLE = 0.5  # side of the hole, relative to the picture


def brightness(x: Tensor) -> Tensor:
    """Add a number in [-0.5, 0.5) to each picture."""
    return x + (_row_uniform(x) - 0.5)


def saturation(x: Tensor) -> Tensor:
    """Scale each pixel's distance to its grey by a number in [0, 2)."""
    grey = x.mean(1, keepdim=True)
    return (x - grey) * (_row_uniform(x) * 2) + grey


def contrast(x: Tensor) -> Tensor:
    """Scale each picture's distance to its mean by a number in [0.5, 1.5)."""
    mean = x.mean((1, 2, 3), keepdim=True)
    return (x - mean) * (_row_uniform(x) + 0.5) + mean


def translation(x: Tensor) -> Tensor:
    """Shift each picture by up to an eighth of its side either way; zeros enter, as in the paper."""
    count, _, height, width = x.shape
    most = (int(height * SHIFT + 0.5), int(width * SHIFT + 0.5))
    rows = noise.integers(2 * most[0] + 1, count, 1, device=x.device) + torch.arange(height, device=x.device)
    columns = noise.integers(2 * most[1] + 1, count, 1, device=x.device) + torch.arange(width, device=x.device)
    padded = F.pad(x, (most[1], most[1], most[0], most[0])).permute(0, 2, 3, 1)
    which = torch.arange(count, device=x.device)[:, None, None]
    return padded[which, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def cutout(x: Tensor) -> Tensor:
    """Set a square of half the side to 0, its centre anywhere in the picture."""
    count, _, height, width = x.shape

    def inside(side: int) -> Tensor:
        hole = int(side * HOLE + 0.5)
        start = noise.integers(side + 1 - hole % 2, count, 1, device=x.device) - hole // 2
        at = torch.arange(side, device=x.device)
        return (at >= start) & (at < start + hole)

    return x * ~(inside(height)[:, None, :, None] & inside(width)[:, None, None, :])


POLICY: dict[str, tuple[Callable[[Tensor], Tensor], ...]] = {
    "color": (brightness, saturation, contrast),
    "translation": (translation,),
    "cutout": (cutout,),
}


class DiffAugment(nn.Module):
    """Pictures float [N, C, H, W] in [-1, 1] → the same, changed; always on, for real and generated alike.

    Args:
        policy: Names of :data:`POLICY`, in the order in which they happen.
    """

    def __init__(self, policy: tuple[str, ...] = ("color", "translation", "cutout")) -> None:
        super().__init__()
        self.policy = policy

    def forward(self, x: Tensor) -> Tensor:
        for name in self.policy:
            for change in POLICY[name]:
                x = _of_colours(change, x) if name == "color" else change(x)
        return x


def _of_colours(change: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Change the colours and not the opacity of pictures that have one."""
    return change(x) if x.shape[1] != RGBA else torch.cat([change(x[:, :3]), x[:, 3:]], 1)


def _row_uniform(x: Tensor) -> Tensor:
    return noise.uniform(len(x), 1, 1, 1, device=x.device).to(x.dtype)

"""Random crops: resized to the picture's size, of a pair at the same place, or after a small enlargement."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from ganvas.models import noise

AREA = (0.8, 1.0)  # of the picture
RATIO = (0.9, 1.1)  # width over height


def random_resized_crop(x: Tensor, probability: float) -> Tensor:
    """Each row with this probability cut at a place of its own, as in StarGAN v2's training (Szegedy et al. 2015).

    Args:
        x: [N, C, H, W]; all its channels are cut alike.
    """
    if not probability:
        return x
    drawn = noise.uniform(len(x), 5, device=x.device).to(x.dtype)
    area = AREA[0] + drawn[:, 0] * (AREA[1] - AREA[0])
    low, high = (math.log(ratio) for ratio in RATIO)
    ratio = torch.exp(low + drawn[:, 1] * (high - low))
    window = torch.stack([(area * ratio).sqrt(), (area / ratio).sqrt()], 1).clamp(max=1)
    window = torch.where(drawn[:, 4:] < probability, window, torch.ones_like(window))
    matrix = torch.zeros(len(x), 2, 3, device=x.device, dtype=x.dtype)
    matrix[:, 0, 0], matrix[:, 1, 1] = window[:, 0], window[:, 1]
    matrix[:, :, 2] = (drawn[:, 2:4] * 2 - 1) * (1 - window)
    grid = F.affine_grid(matrix, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)


def enlarge_and_crop(x: Tensor, enlarge: float) -> Tensor:
    """Isola et al. 2017, §6.2, in one resampling: as if resized to (1 + ``enlarge``) times the side, then cut.

    Args:
        x: [N, C, H, W]; each row is cut at a place of its own.
        enlarge: 30/256 in pix2pix, CycleGAN and U-GAT-IT; 0 changes nothing.
    """
    if not enlarge:
        return x
    window = 1 / (1 + enlarge)  # of the picture's side
    middle = (noise.uniform(len(x), 2, device=x.device).to(x.dtype) * 2 - 1) * (1 - window)
    matrix = torch.zeros(len(x), 2, 3, device=x.device, dtype=x.dtype)
    matrix[:, 0, 0].fill_(window)
    matrix[:, 1, 1].fill_(window)
    matrix[:, :, 2] = middle
    grid = F.affine_grid(matrix, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)


def crop_pair(source: Tensor, target: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """A window of ``side`` target pixels from each row, at a place of its own, and the same place of the source.

    Args:
        source: [N, C, h, w].
        target: [N, C, s·h, s·w], s a whole number; ``side`` is a multiple of s. Places are whole source pixels, so no
            pixel is resampled.
    """
    scale = target.shape[-1] // source.shape[-1]
    window = side // scale
    rows, columns = source.shape[-2] - window, source.shape[-1] - window
    if rows <= 0 and columns <= 0:
        return source, target
    tops = noise.integers(max(rows, 0) + 1, len(source), device=source.device)
    lefts = noise.integers(max(columns, 0) + 1, len(source), device=source.device)
    return _windows(source, tops, lefts, window), _windows(target, tops * scale, lefts * scale, side)


def _windows(x: Tensor, tops: Tensor, lefts: Tensor, side: int) -> Tensor:
    along = torch.arange(side, device=x.device)
    rows = torch.arange(len(x), device=x.device)[:, None, None]
    places = x.permute(0, 2, 3, 1)[rows, (tops[:, None] + along)[:, :, None], (lefts[:, None] + along)[:, None, :]]
    return places.permute(0, 3, 1, 2)

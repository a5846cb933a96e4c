"""Random resized crops: a part of the picture, a little out of proportion, stretched to its size."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from ganvas.models import noise

AREA = (0.8, 1.0)  # of the picture
RATIO = (0.9, 1.1)  # width over height


def cropped(x: Tensor, probability: float) -> Tensor:
    """Each row with this probability cut at a place of its own, as in StarGAN v2's training (Szegedy et al. 2015).

    :param x: [N, C, H, W]; all its channels are cut alike.
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

"""Random cuts: the picture a little enlarged, and a window of its first size cut from it at a random place."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ganvas.models import noise


def jittered(x: Tensor, enlarge: float) -> Tensor:
    """Isola et al. 2017, §6.2, in one resampling: as if resized to (1 + ``enlarge``) times the side, then cut.

    :param x: [N, C, H, W]; each row is cut at a place of its own.
    :param enlarge: 30/256 in pix2pix, CycleGAN and U-GAT-IT; 0 changes nothing.
    """
    if not enlarge:
        return x
    window = 1 / (1 + enlarge)  # of the picture's side
    middle = (noise.uniform(len(x), 2, device=x.device).to(x.dtype) * 2 - 1) * (1 - window)
    matrix = torch.zeros(len(x), 2, 3, device=x.device, dtype=x.dtype)
    matrix[:, 0, 0] = matrix[:, 1, 1] = window
    matrix[:, :, 2] = middle
    grid = F.affine_grid(matrix, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)

"""The mapping network of StyleGAN2: z and class → w."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models.layers.normalization import pixel_norm
from ganvas.models.networks.stylegan2.layers import Dense


class Label(nn.Module):
    """A linear layer of one-hot labels, int64 [N] → [N, features]."""

    def __init__(self, classes: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(features, classes))
        self.bias = nn.Parameter(torch.zeros(features))

    def forward(self, y: Tensor) -> Tensor:
        return F.embedding(y, self.weight.t()) / math.sqrt(self.weight.shape[1]) + self.bias


class Mapping(nn.Module):
    """z and class → w; with ``z_dim`` 0 the class alone, for the discriminator. The family updates ``w_avg``."""

    w_avg: Tensor

    def __init__(self, z_dim: int, w_dim: int, layers: int, classes: int = 0, rate: float = 0.01) -> None:
        super().__init__()
        self.z_dim = z_dim
        self.embed = Label(classes, w_dim) if classes else None
        widths = [z_dim + (w_dim if classes else 0), *[w_dim] * layers]
        self.layers = nn.ModuleList(Dense(a, b, active=True, rate=rate) for a, b in pairwise(widths))
        self.register_buffer("w_avg", torch.zeros(w_dim))

    def forward(self, z: Tensor | None, y: Tensor) -> Tensor:
        """Map latents [N, z_dim] and labels [N] to w [N, w_dim]."""
        parts = [] if z is None else [pixel_norm(z)]
        if self.embed is not None:
            parts.append(pixel_norm(self.embed(y)))
        x = torch.cat(parts, 1)
        for layer in self.layers:
            x = layer(x)
        return x

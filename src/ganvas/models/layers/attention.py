"""Self-attention (Zhang et al. 2019)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models.layers.spectral import SpectralConv2d


class SelfAttention(nn.Module):
    """x + γ · self-attention of x over the pixels of [N, C, H, W]; γ is learned and initially 0.

    Zhang et al. 2019, §3, in the form of the authors' code: queries at all H·W pixels, keys and values max-pooled to a
    quarter of them, C/8 channels of keys and C/2 of values (at least one). H and W must be even.
    """

    def __init__(self, channels: int, *, eps: float = 1e-6) -> None:
        super().__init__()
        keys, values = max(channels // 8, 1), max(channels // 2, 1)
        self.theta = SpectralConv2d(channels, keys, 1, bias=False, eps=eps)
        self.phi = SpectralConv2d(channels, keys, 1, bias=False, eps=eps)
        self.g = SpectralConv2d(channels, values, 1, bias=False, eps=eps)
        self.o = SpectralConv2d(values, channels, 1, bias=False, eps=eps)
        self.gamma = nn.Parameter(torch.tensor(0.0))

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        query = self.theta(x).flatten(2)  # [N, C/8, HW]
        key = F.max_pool2d(self.phi(x), 2).flatten(2)  # [N, C/8, HW/4]
        value = F.max_pool2d(self.g(x), 2).flatten(2)  # [N, C/2, HW/4]
        attention = torch.softmax(query.transpose(1, 2) @ key, -1)  # [N, HW, HW/4]
        attended = (value @ attention.transpose(1, 2)).view(x.shape[0], -1, height, width)
        answer: Tensor = self.gamma * self.o(attended) + x
        return answer

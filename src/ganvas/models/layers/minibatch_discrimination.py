"""Minibatch discrimination (Salimans et al. 2016)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class MinibatchDiscrimination(nn.Module):
    """Similarity of each picture to the others of its batch (Salimans et al. 2016, §3.2), against mode collapse.

    ``[N, inputs]`` → ``[N, features]``: M_i = f_i·T is a ``features × numbers`` matrix and
    o_i[b] = Σ_j exp(−‖M_i[b] − M_j[b]‖₁) over the whole batch, the picture itself included. It mixes rows on
    purpose, so the output depends on the size of the micro-batch.
    """

    def __init__(self, inputs: int, features: int, numbers: int = 5) -> None:
        super().__init__()
        self.features = features
        self.numbers = numbers
        self.weight = nn.Parameter(torch.empty(inputs, features * numbers).normal_(0.0, 0.02))

    def forward(self, f: Tensor) -> Tensor:
        m = (f @ self.weight).view(len(f), self.features, self.numbers)
        distance = (m[:, None] - m[None]).abs().sum(-1)  # [N, N, features]
        return torch.exp(-distance).sum(1)

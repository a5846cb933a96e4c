"""Minibatch standard deviation (Karras et al. 2018, §3)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class MinibatchStddev(nn.Module):
    """Append one channel, the standard deviation within groups of pictures: [N, C, H, W] → [N, C + 1, H, W].

    The deviation over the pictures of a group is averaged over channels and places. Picture *i* is grouped with those
    N / group_size apart, as in the reference. Where ``group_size`` does not divide N, the largest smaller number that
    does is taken.

    Args:
        group_size: Pictures per group, at most.
        full_precision: Compute in float32 where the features are less precise, as StyleGAN2 does.
    """

    def __init__(self, group_size: int = 4, *, full_precision: bool = False) -> None:
        super().__init__()
        self.group_size = group_size
        self.full_precision = full_precision

    def forward(self, x: Tensor) -> Tensor:
        count, _, height, width = x.shape
        size = next(n for n in range(min(self.group_size, count), 0, -1) if count % n == 0)
        precise = x.to(torch.promote_types(x.dtype, torch.float32)) if self.full_precision else x
        groups = precise.reshape(size, count // size, -1)
        deviation = (groups.var(0, correction=0) + 1e-8).sqrt().mean(1)
        channel = deviation.repeat(size)[:, None, None, None].expand(-1, 1, height, width)
        return torch.cat([x, channel.to(x.dtype)], 1)

"""Means over a whole step, though the step comes in micro-batches and on several processes."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Tally(nn.Module):
    """Rows are added where a loss sees them; the mean over all of them is taken once the weights have moved.

    The sums are buffers, so a checkpoint between the two loses nothing.

    :param shape: of one row.
    """

    total: Tensor
    count: Tensor

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.register_buffer("total", torch.zeros(shape))
        self.register_buffer("count", torch.zeros(()))

    @torch.no_grad()
    def add(self, rows: Tensor) -> None:
        """Add ``rows`` [N, *shape]."""
        self.total.add_(rows.detach().sum(0))
        self.count.add_(len(rows))

    @torch.no_grad()
    def take(self) -> Tensor | None:
        """The mean of all rows added since the last call, over all processes; None when there were none."""
        both = torch.cat([self.total.flatten(), self.count.view(1)])
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.all_reduce(both)
        self.total.zero_()
        self.count.zero_()
        return (both[:-1] / both[-1]).view(self.total.shape) if both[-1] > 0 else None

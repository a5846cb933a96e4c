"""A mean over a whole step, whose rows come in micro-batches and on several processes."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class RunningMean(nn.Module):
    """Sums rows in buffers as losses compute them; :meth:`take` divides once the weights have been updated.

    All processes add rows, and take, in the same phases of the same step: a checkpoint comes after both.

    Args:
        shape: Of one row.
    """

    total: Tensor
    count: Tensor

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.register_buffer("total", torch.zeros(shape))
        self.register_buffer("count", torch.zeros(()))
        self._filled = False  # whether there are rows, known without reading ``count`` from the device

    @torch.no_grad()
    def add(self, rows: Tensor) -> None:
        """Add rows [N, *shape]."""
        self.total.add_(rows.detach().sum(0))
        self.count.add_(len(rows))
        self._filled = True

    @torch.no_grad()
    def take(self) -> Tensor | None:
        """Return the mean [*shape] of all rows since the last call, over all processes, and reset the sums.

        Returns:
            None where there were no rows.
        """
        if not self._filled:
            return None
        both = torch.cat([self.total.flatten(), self.count.view(1)])
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.all_reduce(both)
        self.total.zero_()
        self.count.zero_()
        self._filled = False
        return (both[:-1] / both[-1]).view(self.total.shape)

"""The image pool of CycleGAN (Zhu et al. 2017, §4, after Shrivastava et al. 2017).

Half of the fakes that a discriminator is trained on come from earlier steps, which reduces oscillation.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganvas.models import noise
from ganvas.models.family import Clock


class ImagePool(nn.Module):
    """Up to ``size`` fakes of earlier steps, ``[channels, resolution, resolution]`` each, as buffers.

    :meth:`query` reads the pool as it was when the step began and records the changes; :meth:`advance` then makes them
    once, on all processes alike. So the result for a row depends on the seed of the step and on the row's position in
    the global batch, not on how the batch is split. With a batch of one this is the pool of the paper; fakes of the
    same step are not exchanged.

    Args:
        size: Pictures in the pool; 0: no pool.
        channels: Of the pictures.
        resolution: Side of the pictures.
    """

    pictures: Tensor
    held: Tensor

    def __init__(self, size: int, channels: int, resolution: int) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("pictures", torch.zeros(size, channels, resolution, resolution))
        self.register_buffer("held", torch.zeros((), dtype=torch.long))  # pictures stored so far
        # First row of a micro-batch → its fakes, and the place of each in the pool (−1: none).
        self._changes: dict[int, tuple[Tensor, Tensor]] = {}
        self._recorded_at = -1

    @torch.no_grad()
    def query(self, fakes: Tensor, clock: Clock) -> Tensor:
        """Replace each fake, with probability 1/2, by one of the pool.

        While the pool fills up, every fake is returned and stored. Later a fake that is replaced takes the place of the
        one that replaces it; the others are not stored.

        Args:
            fakes: Float [N, C, H, W] in [-1, 1], rows of the global batch.
            clock: Identifies the step.

        Returns:
            Pictures of the same shape and type.
        """
        if not self.size:
            return fakes
        if clock.nimg != self._recorded_at:  # a step that was not finished leaves its records
            self._changes, self._recorded_at = {}, clock.nimg
        count = len(fakes)
        first = noise.first_row()
        swaps = noise.uniform(count, device=fakes.device) < 0.5
        drawn = noise.integers(self.size, count, device=fakes.device)
        next_free = self.held + first + torch.arange(count, device=fakes.device)
        filling = next_free < self.size
        place = torch.where(filling, next_free, drawn)
        kept = filling | swaps
        shown = swaps & ~filling & (place < self.held)
        self._changes[first] = (fakes.detach().to(self.pictures.dtype), torch.where(kept, place, -1))
        past = self.pictures[place].to(fakes.dtype)
        return torch.where(shown[:, None, None, None], past, fakes)

    @torch.no_grad()
    def advance(self) -> None:
        """Store the fakes of this step where :meth:`query` recorded, in the order of their rows."""
        if not self.size or not self._changes:
            return
        parts = [self._changes[first] for first in sorted(self._changes)]
        self._changes = {}
        fakes = _of_all_processes(torch.cat([fakes for fakes, _ in parts]).contiguous())
        places = _of_all_processes(torch.cat([places for _, places in parts]))
        # Of several fakes for one place the last is kept, and a place that none is meant for keeps its picture. Which
        # these are is known to the device alone, so each row writes to some place what belongs there in the end.
        slots = places.clamp(min=0)
        order = torch.arange(1, len(places) + 1, device=places.device)
        last = torch.where(slots[:, None] == places, order, 0).amax(1)
        kept = torch.where((last > 0)[:, None, None, None], fakes[(last - 1).clamp(min=0)], self.pictures[slots])
        self.pictures.index_copy_(0, slots, kept)
        self.held.copy_((self.held + len(places)).clamp(max=self.size))


def _of_all_processes(rows: Tensor) -> Tensor:
    """The rows [N, …] of all processes, in the order of the processes."""
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return rows
    parts = [torch.empty_like(rows) for _ in range(torch.distributed.get_world_size())]
    torch.distributed.all_gather(parts, rows)
    return torch.cat(parts)

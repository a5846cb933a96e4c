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
        self._changes: dict[int, tuple[Tensor, Tensor]] = {}  # row of the batch → fake, and its place (−1: none)
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
        for row in range(count):
            slot = torch.where(kept[row], place[row], -1)
            self._changes[first + row] = (fakes[row].detach().to(self.pictures.dtype), slot)
        past = self.pictures[place].to(fakes.dtype)
        return torch.where(shown[:, None, None, None], past, fakes)

    @torch.no_grad()
    def advance(self) -> None:
        """Store the fakes of this step where :meth:`query` recorded, in the order of their rows."""
        if not self.size or not self._changes:
            return
        rows = [self._changes[row] for row in sorted(self._changes)]
        self._changes = {}
        fakes, places = torch.stack([fake for fake, _ in rows]), torch.stack([place for _, place in rows])
        fakes, places = _of_all_processes(fakes.contiguous()), _of_all_processes(places)
        for fake, place in zip(fakes, places.tolist(), strict=True):
            if place >= 0:
                self.pictures[place] = fake
        self.held.copy_((self.held + len(places)).clamp(max=self.size))


def _of_all_processes(rows: Tensor) -> Tensor:
    """The rows [N, …] of all processes, in the order of the processes."""
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return rows
    parts = [torch.empty_like(rows) for _ in range(torch.distributed.get_world_size())]
    torch.distributed.all_gather(parts, rows)
    return torch.cat(parts)

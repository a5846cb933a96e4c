"""The image pool of CycleGAN (Zhu et al. 2017, §4, after Shrivastava et al. 2017): discriminators judge past fakes too.

Half of the fakes shown to a discriminator are of earlier steps, so that it does not forget what it has learned to see
and the two players do not run in circles.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganvas.models import noise
from ganvas.models.family import Clock


class ImagePool(nn.Module):
    """Up to ``size`` fakes of earlier steps, ``[channels, resolution, resolution]`` each, as buffers.

    :meth:`ask` reads the pool as it stood when the step began and takes notes; :meth:`advance` then carries them out
    once, on all processes alike. So what a row is shown depends on the step's seed and its place in the global batch
    and not on how that is split. With a batch of one this is the paper's pool; rows of one step do not meet each other.
    """

    pictures: Tensor
    held: Tensor

    def __init__(self, size: int, channels: int, resolution: int) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("pictures", torch.zeros(size, channels, resolution, resolution))
        self.register_buffer("held", torch.zeros((), dtype=torch.long))  # places filled so far
        self._noted: dict[int, tuple[Tensor, Tensor]] = {}  # row of the batch → fake, and its place (−1: none)
        self._noted_at = -1

    @torch.no_grad()
    def ask(self, fakes: Tensor, clock: Clock) -> Tensor:
        """What to judge in the place of each fake: itself, or with a chance of one half one of the past.

        While the pool fills up every fake is judged and kept. Later a fake takes the place of the one that was shown
        in its stead; the others are not kept.

        :param fakes: float [N, C, H, W] in [-1, 1], rows of the step's global batch.
        :returns: the same shape and type.
        """
        if not self.size:
            return fakes
        if clock.nimg != self._noted_at:  # a step that was not finished leaves its notes
            self._noted, self._noted_at = {}, clock.nimg
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
            noted = torch.where(kept[row], place[row], -1)
            self._noted[first + row] = (fakes[row].detach().to(self.pictures.dtype), noted)
        past = self.pictures[place].to(fakes.dtype)
        return torch.where(shown[:, None, None, None], past, fakes)

    @torch.no_grad()
    def advance(self) -> None:
        """Put this step's fakes where :meth:`ask` noted, in the order of their rows."""
        if not self.size or not self._noted:
            return
        rows = [self._noted[row] for row in sorted(self._noted)]
        self._noted = {}
        fakes, places = torch.stack([fake for fake, _ in rows]), torch.stack([place for _, place in rows])
        fakes, places = _of_all_processes(fakes.contiguous()), _of_all_processes(places)
        for fake, place in zip(fakes, places.tolist(), strict=True):
            if place >= 0:
                self.pictures[place] = fake
        self.held.copy_((self.held + len(places)).clamp(max=self.size))


def _of_all_processes(rows: Tensor) -> Tensor:
    """Every process's rows ``[N, …]``, in the order of the processes."""
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return rows
    parts = [torch.empty_like(rows) for _ in range(torch.distributed.get_world_size())]
    torch.distributed.all_gather(parts, rows)
    return torch.cat(parts)

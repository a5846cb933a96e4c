"""Label maps: one-hot labels, edges between objects, and features per object."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def read_map(source: Tensor) -> tuple[Tensor, Tensor]:
    """Labels and objects ``[N, 1, H, W]`` of a map ``[N, 1 or 3, H, W]`` that came as a picture in [-1, 1].

    The first channel is the label's number. Of three channels the others are the object's (second + 256 · third), which
    counts within its label; without them all of a label is one object. Numbers are whole, as floats.
    """
    numbers = ((source.float() + 1) * 127.5).round()
    labels = numbers[:, :1]
    if source.shape[1] == 1:
        return labels, labels
    return labels, labels * 65536 + numbers[:, 1:2] + 256 * numbers[:, 2:3]


def one_hot(labels: Tensor, count: int, void: int | None = None) -> Tensor:
    """``[N, 1, H, W]`` → ``[N, count, H, W]`` of zeros and ones.

    Pixels with the number ``void`` are zero in all channels. Another number beyond the last label is the last, as in
    runs from before label maps were checked.
    """
    names = torch.arange(count, device=labels.device, dtype=labels.dtype).view(1, -1, 1, 1)
    found = labels.clamp(max=count - 1) == names
    if void is not None:
        found = found & (labels != void)
    return found.to(labels.dtype)


def edges(objects: Tensor) -> Tensor:
    """1 where a pixel's neighbour, to any of four sides, is of another object, else 0: ``[N, 1, H, W]``."""
    down = (objects[:, :, 1:] != objects[:, :, :-1]).to(objects.dtype)
    across = (objects[..., 1:] != objects[..., :-1]).to(objects.dtype)
    pad = nn.functional.pad
    sides = (pad(down, (0, 0, 1, 0)), pad(down, (0, 0, 0, 1)), pad(across, (1, 0)), pad(across, (0, 1)))
    found: Tensor = torch.stack(sides).amax(0)
    return found


class LabelFeatures(nn.Module):
    """Features of objects: the output of an encoder, averaged over each object (Wang et al. 2018, §3.4).

    A running mean per label is stored for inference, where there is no target to encode.

    Args:
        labels: Number of labels.
        features: Number of features.
        momentum: Of the running mean.
        void: The number of pixels without a label, which have no features (zeros); None: there are none.
    """

    mean: Tensor

    def __init__(self, labels: int, features: int, momentum: float = 0.01, *, void: int | None = None) -> None:
        super().__init__()
        self.momentum, self.void = momentum, void
        self.register_buffer("mean", torch.zeros(labels, features))

    def forward(self, labels: Tensor, objects: Tensor, maps: Tensor | None) -> Tensor:
        """``maps`` ``[N, features, H, W]`` → the same shape, constant within each object of each picture.

        Args:
            labels: Numbers [N, 1, H, W].
            objects: Numbers [N, 1, H, W], unique per object.
            maps: Of the target; None: the running mean of each label.
        """
        if maps is None:
            numbers = labels[:, 0].long().clamp(0, len(self.mean) - 1)
            usual: Tensor = self.mean[numbers].permute(0, 3, 1, 2)
            return usual if self.void is None else usual * (labels != self.void).to(usual.dtype)
        count, features, height, width = maps.shape
        rows = torch.arange(count, device=maps.device, dtype=torch.float64).view(-1, 1, 1, 1)
        keys = rows * 2.0**40 + objects.double()
        _, which, sizes = torch.unique(keys.flatten(), return_inverse=True, return_counts=True)
        flat = maps.float().permute(0, 2, 3, 1).reshape(-1, features)
        means = flat.new_zeros(len(sizes), features).index_add(0, which, flat) / sizes[:, None]
        numbers = labels.flatten().long()
        known = torch.ones_like(numbers, dtype=torch.bool) if self.void is None else numbers != self.void
        if self.training:
            self._update_mean(flat.detach()[known], numbers[known].clamp(max=len(self.mean) - 1))
        own: Tensor = means[which].view(count, height, width, features).permute(0, 3, 1, 2)
        own = own if self.void is None else own * (labels != self.void).to(own.dtype)
        return own.to(maps.dtype)

    @torch.no_grad()
    def _update_mean(self, flat: Tensor, labels: Tensor) -> None:
        sums = torch.zeros_like(self.mean).index_add(0, labels, flat.to(self.mean.dtype))
        sizes = torch.bincount(labels, minlength=len(self.mean))[:, None]
        now = sums / sizes.clamp(min=1)
        self.mean.copy_(torch.where(sizes > 0, torch.lerp(self.mean, now, self.momentum), self.mean))

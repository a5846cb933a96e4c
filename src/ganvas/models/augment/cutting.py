"""Random windows of a pair: the same place of a large target and of its smaller source."""

from __future__ import annotations

import torch
from torch import Tensor

from ganvas.models import noise


def cut_pair(source: Tensor, target: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """A window of ``side`` target pixels from each row, at a place of its own, and the same place of the source.

    :param source: [N, C, h, w].
    :param target: [N, C, s·h, s·w], s a whole number; ``side`` is a multiple of s. Places are whole source pixels, so
        no pixel is resampled.
    """
    scale = target.shape[-1] // source.shape[-1]
    window = side // scale
    rows, columns = source.shape[-2] - window, source.shape[-1] - window
    if rows <= 0 and columns <= 0:
        return source, target
    tops = noise.integers(max(rows, 0) + 1, len(source), device=source.device)
    lefts = noise.integers(max(columns, 0) + 1, len(source), device=source.device)
    return _windows(source, tops, lefts, window), _windows(target, tops * scale, lefts * scale, side)


def _windows(x: Tensor, tops: Tensor, lefts: Tensor, side: int) -> Tensor:
    along = torch.arange(side, device=x.device)
    rows = torch.arange(len(x), device=x.device)[:, None, None]
    places = x.permute(0, 2, 3, 1)[rows, (tops[:, None] + along)[:, :, None], (lefts[:, None] + along)[:, None, :]]
    return places.permute(0, 3, 1, 2)

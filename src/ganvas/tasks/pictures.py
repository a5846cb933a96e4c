"""Pictures of a packed data set as arrays, the sources of pairs, and grids of pictures for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.sketch.degrade import degradation
from ganvas.spec import DataSpec
from ganvas.tasks.rows import with_channels

CHEQUERS = (200, 240)  # levels of the ground under pictures with opacity
Pictures = NDArray[np.uint8]
Indices = Sequence[int] | NDArray[np.int64]


def targets(dataset: Dataset, indices: Indices) -> Pictures:
    """Pictures of the data set, uint8 [N, H, W, C]."""
    return np.stack([dataset.image(int(index)) for index in indices])


def sources(dataset: Dataset, data: DataSpec, indices: Indices) -> Pictures:
    """The source of each picture (paired tasks), uint8 [N, H, W, source_channels]; a picture's source never varies."""
    if data.degradation is None:
        return np.stack([with_channels(dataset.source(int(index)), data.source_channels) for index in indices])
    degrade = degradation(data.degradation)
    return np.stack([degrade(dataset.image(int(index)), np.random.default_rng(int(index))) for index in indices])


def real_batches(dataset: Dataset, count: int | None = None, *, batch_size: int = 50) -> Iterator[Tensor]:
    """The first ``count`` pictures of the data set (None: all) in batches, uint8 [N, H, W, C]."""
    count = len(dataset) if count is None else min(count, len(dataset))
    for start in range(0, count, batch_size):
        yield torch.from_numpy(targets(dataset, range(start, min(start + batch_size, count))))


def by_domain_in_turn(dataset: Dataset, count: int) -> list[int]:
    """Indices of the first pictures of each domain in turn; they repeat where a domain has too few."""
    kinds = [np.flatnonzero(dataset.labels == label) for label in range(max(len(dataset.classes), 1))]
    kinds = [kind for kind in kinds if len(kind)]
    return [int(kinds[turn % len(kinds)][turn // len(kinds) % len(kinds[turn % len(kinds)])]) for turn in range(count)]


def same_channels(pictures: Pictures, others: Sequence[Pictures]) -> Pictures:
    """Grey pictures repeated to as many channels as the others have at most."""
    channels = max(other.shape[-1] for other in others)
    return np.broadcast_to(pictures, (*pictures.shape[:-1], channels))


def as_rgb(pictures: Pictures) -> Pictures:
    """Pictures as RGB, uint8 [N, H, W, 3]; those with opacity on a chequered ground."""
    if pictures.shape[3] == 4:
        return _on_chequers(pictures)
    return np.broadcast_to(pictures, (*pictures.shape[:3], 3)) if pictures.shape[3] == 1 else pictures


def _on_chequers(pictures: Pictures) -> Pictures:
    height, width = pictures.shape[1:3]
    square = max(height // 16, 2)
    dark = (np.indices((height, width)) // square).sum(0) % 2
    ground = np.where(dark, CHEQUERS[0], CHEQUERS[1])[:, :, None].astype(np.float32)
    opacity = pictures[..., 3:].astype(np.float32) / 255
    laid: Pictures = (pictures[..., :3] * opacity + ground * (1 - opacity) + 0.5).astype(np.uint8)
    return laid


def grid(pictures: Pictures, columns: int, *, gap: int = 2) -> Pictures:
    """Pictures [N, H, W, C] row by row on white with a gap around each; uint8 [H', W', 3]."""
    pictures = as_rgb(pictures)
    count, height, width, _ = pictures.shape
    rows = -(-count // columns)
    sheet = np.full((rows * (height + gap) + gap, columns * (width + gap) + gap, 3), 255, np.uint8)
    for index, picture in enumerate(pictures):
        top = gap + index // columns * (height + gap)
        left = gap + index % columns * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def dense_grid(pictures: Pictures, columns: int) -> Pictures:
    """Full rows of pictures [N, H, W, C] without gaps; uint8 [H', W', C]."""
    count, height, width, channels = pictures.shape
    rows = count // columns
    tiles: Pictures = pictures[: rows * columns].reshape(rows, columns, height, width, channels)
    return np.ascontiguousarray(tiles.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, channels))

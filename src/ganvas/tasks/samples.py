"""What a family makes, and the real pictures it is compared with: the same for sheets, for metrics and for previews."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.sketch.degrade import DEGRADATIONS
from ganvas.models.batches import SynthesisRequest, TranslationRequest, latents, to_float, to_uint8
from ganvas.models.family import Family
from ganvas.spec import DataSpec, Task
from ganvas.tasks import reference

Pictures = NDArray[np.uint8]

AT_ONCE = 2**20  # pixels of the answers in one call of a family: bounds the memory that large pictures take


def targets(dataset: Dataset, indices: Sequence[int] | NDArray[np.int64]) -> Pictures:
    """Pictures of the data set, uint8 [N, H, W, C]."""
    return np.stack([dataset.image(int(index)) for index in indices])


def sources(dataset: Dataset, data: DataSpec, indices: Sequence[int] | NDArray[np.int64]) -> Pictures:
    """The source of each picture (paired tasks), uint8 [N, H, W, source_channels]; a picture's source never varies."""
    if data.degradation is None:
        return np.stack([dataset.source(int(index)) for index in indices])
    degrade = DEGRADATIONS[data.degradation]
    return np.stack([degrade(dataset.image(int(index)), np.random.default_rng(int(index))) for index in indices])


def asked(family: Family, dataset: Dataset, indices: Sequence[int], *, seed: int = 0) -> Any:
    """The request of these numbers, on the CPU.

    Synthesis: number *i* is the seed ``seed + i``, its class the one of the data set's picture *i*. Translation:
    number *i* is the data set's picture *i*, without pairs from its own domain into the other; by reference: carried
    into the next domain by one of its pictures.
    """
    data = family.data
    among = np.array([index % len(dataset) for index in indices])
    labels = torch.from_numpy(dataset.labels[among]).long() if data.classes else torch.zeros(len(among)).long()
    match family.task:
        case Task.SYNTHESIS:
            z = torch.from_numpy(latents([seed + index for index in indices], family.z_dim))
            return SynthesisRequest(z, labels, torch.ones(len(z)))
        case Task.PAIRED:
            source = to_float(sources(dataset, data, among))
            return TranslationRequest(source, torch.zeros(len(source)).long())
        case Task.UNPAIRED:
            source = to_float(targets(dataset, among))
            # The two domains are the data set's classes, whether or not the family knows them by name.
            return TranslationRequest(source, torch.from_numpy(dataset.labels[among]).long())
        case Task.REFERENCE:
            after = reference.partners(dataset, among)
            there, numbers = dataset.labels[after], [seed + index for index in indices]
            return reference.request_of(family, targets(dataset, among), targets(dataset, after), there, seeds=numbers)
        case Task.MUSIC:
            raise ValueError("music has no pictures")


@torch.no_grad()
def answer(family: Family, dataset: Dataset, indices: Sequence[int], *, seed: int = 0) -> Tensor:
    """What the family makes for these numbers (see :func:`asked`), uint8 [N, H, W, C]."""
    device = next(family.parameters()).device
    request = asked(family, dataset, indices, seed=seed)
    was_training = family.training
    family.eval()
    at_once = max(AT_ONCE // family.data.resolution**2, 1)
    try:
        parts = zip(*(tensor.split(at_once) for tensor in request), strict=True)
        return torch.cat([to_uint8(family.generate(type(request)(*(t.to(device) for t in part)))) for part in parts])
    finally:
        family.train(was_training)


def shown(family: Family, dataset: Dataset, count: int) -> list[int]:
    """Which pictures a sheet of ``count`` is about: the first ones; of the domains that are translated as many each."""
    if family.task is not Task.UNPAIRED:
        return list(range(min(count, len(dataset))))
    ways = family.directions
    domains = [np.flatnonzero(dataset.labels == label)[: count // ways] for label in range(ways)]
    return [int(index) for domain in domains for index in domain]


def made(family: Family, dataset: Dataset, count: int, *, seed: int = 0, batch_size: int = 50) -> Iterator[Tensor]:
    """``count`` answers in batches, uint8 [N, H, W, C]."""
    for start in range(0, count, batch_size):
        yield answer(family, dataset, range(start, min(start + batch_size, count)), seed=seed)


def reals(dataset: Dataset, count: int | None = None, *, batch_size: int = 50) -> Iterator[Tensor]:
    """The first ``count`` pictures of the data set (None: all) in batches, uint8 [N, H, W, C]."""
    count = len(dataset) if count is None else min(count, len(dataset))
    for start in range(0, count, batch_size):
        yield torch.from_numpy(targets(dataset, range(start, min(start + batch_size, count))))


def grid(pictures: Pictures, columns: int, *, gap: int = 2) -> Pictures:
    """Lay pictures [N, H, W, C] out row by row on white; returns [H', W', 3]."""
    count, height, width, channels = pictures.shape
    rows = -(-count // columns)
    sheet = np.full((rows * (height + gap) + gap, columns * (width + gap) + gap, 3), 255, np.uint8)
    for index, picture in enumerate(pictures):
        top = gap + index // columns * (height + gap)
        left = gap + index % columns * (width + gap)
        sheet[top : top + height, left : left + width] = picture if channels == 3 else picture[..., :1]
    return sheet

"""Rows of training data at positions of the endless stream, each a function of the seed and the position alone."""

from __future__ import annotations

import mmap
from functools import lru_cache
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.images.decode import Pixels
from ganvas.curate.images.filters import luma
from ganvas.spec import DataSpec

CACHE_BYTES = 2**30  # a set whose pictures take less than this is decoded once and kept in memory

# Which use a random number is for: each use has a generator of its own, so that none disturbs another.
_ORDER, _AUGMENTATION, _REFERENCE = range(3)


def _rng(*key: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))


@lru_cache(maxsize=8)
def _permutation(seed: int, salt: int, epoch: int, length: int) -> npt.NDArray[np.int64]:
    return _rng(seed, _ORDER, salt, epoch).permutation(length).astype(np.int64)


class _DecodedPictures:
    """Decoded pictures by index, kept in memory that forked workers share, when the set is small.

    The memory is an anonymous mapping and not /dev/shm, which containers often limit to 64 MB.
    """

    def __init__(self, dataset: Dataset, sources: bool) -> None:
        self.dataset = dataset
        self.sources = sources
        height, width, channels = dataset.source(0).shape if sources else dataset.shape
        self.shape = (len(dataset), height, width, channels)
        self._open()

    def _open(self) -> None:
        size = int(np.prod(self.shape))
        self.kept: Pixels | None = None
        if size < CACHE_BYTES:
            self.kept = np.frombuffer(mmap.mmap(-1, size), dtype=np.uint8).reshape(self.shape)
            self.ready = np.frombuffer(mmap.mmap(-1, len(self.dataset)), dtype=np.uint8)

    def __getstate__(self) -> dict[str, Any]:
        return {"dataset": self.dataset, "sources": self.sources, "shape": self.shape}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._open()  # a spawned worker has a cache of its own

    def __getitem__(self, index: int) -> Pixels:
        if self.kept is not None and self.ready[index]:
            return cast(Pixels, self.kept[index])
        pixels = self.dataset.source(index) if self.sources else self.dataset.image(index)
        if self.kept is not None:
            # Two workers may write the same bytes twice; the flag is set only after them.
            self.kept[index] = pixels
            self.ready[index] = 1
        return pixels


def with_channels(pixels: Pixels, channels: int) -> Pixels:
    """A picture [H, W, C] with as many channels: grey repeated, the luma of RGB by ITU-R 601, full opacity."""
    if pixels.shape[2] == channels:
        return pixels
    if channels == 4:
        return np.concatenate([with_channels(pixels, 3), np.full_like(pixels[:, :, :1], 255)], axis=2)
    if channels == 3:
        return np.repeat(pixels, 3, axis=2)
    return (luma(pixels.astype(np.float32)) + 0.5).astype(np.uint8)[:, :, None]


def channels_first(pixels: Pixels) -> Pixels:
    """[H, W, C] → [C, H, W]."""
    return pixels.transpose(2, 0, 1)


class TrainingRows:
    """Pictures and random numbers that a task makes training rows of.

    Args:
        dataset: packed at the resolution of ``data``.
        data: channels and flips.
        seed: decides the order and each row's random numbers.
        sources: whether the packed sources of pairs are read (:meth:`source`).
    """

    def __init__(self, dataset: Dataset, data: DataSpec, seed: int, *, sources: bool) -> None:
        self.dataset, self.data, self.seed = dataset, data, seed
        self._targets = _DecodedPictures(dataset, sources=False)
        self._sources = _DecodedPictures(dataset, sources=True) if sources else None
        count = max(len(dataset.classes), 1)
        self.domains = [np.flatnonzero(dataset.labels == label) for label in range(count)]

    def turn(self, position: int, length: int | None = None, *, salt: int = 0) -> int:
        """Which of ``length`` items has its turn at a position: each once per epoch, in a new order every epoch.

        Args:
            position: of the stream.
            length: number of items; None: all pictures.
            salt: different orders for different sets.
        """
        length = len(self.dataset) if length is None else length
        epoch, index = divmod(position, length)
        return int(_permutation(self.seed, salt, epoch, length)[index])

    def rng(self, position: int) -> np.random.Generator:
        """The generator of a row's augmentation."""
        return _rng(self.seed, _AUGMENTATION, position)

    def reference_rng(self, position: int) -> np.random.Generator:
        """The generator that draws a row's references."""
        return _rng(self.seed, _REFERENCE, position)

    def target(self, index: int) -> Pixels:
        """A picture, uint8 [H, W, channels], not flipped."""
        return with_channels(self._targets[index], self.data.shape[2])

    def source(self, index: int) -> Pixels:
        """The packed source of a pair, uint8 [H, W, C], not flipped."""
        assert self._sources is not None
        return self._sources[index]

    def picture(self, index: int, rng: np.random.Generator) -> Pixels:
        """A picture, flipped at random where the data say so, uint8 [channels, H, W]."""
        pixels = self.target(index)
        flipped = rng.random() < 0.5
        return channels_first(pixels[:, ::-1] if flipped and self.data.flip else pixels)

"""Rows of training data at positions of the endless stream, each a function of the seed and the position alone."""

from __future__ import annotations

import mmap
from collections.abc import Callable
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
_ORDER, _AUGMENTATION, _REFERENCE, _DRAWING = range(4)


def _rng(*key: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))


@lru_cache(maxsize=8)
def _permutation(seed: int, salt: int, epoch: int, length: int) -> npt.NDArray[np.int64]:
    return _rng(seed, _ORDER, salt, epoch).permutation(length).astype(np.int64)


class SharedPictures:
    """Pictures [C, H, W] by number, in memory that threads and forked workers share.

    Each has a stamp, which says what was last written. The memory is an anonymous mapping and not /dev/shm, which
    containers often limit to 64 MB; it is taken as it is written. A spawned worker has memory of its own.

    Args:
        count: How many pictures there are.
        shape: Their channels, height and width.

    Attributes:
        complete: Whether all of them have a place; else only the first have one.
    """

    def __init__(self, count: int, shape: tuple[int, ...]) -> None:
        self.count, self.shape = count, shape
        self._open()

    def _open(self) -> None:
        size = int(np.prod(self.shape))
        self.places = min(self.count, CACHE_BYTES // size)
        self.complete = self.places == self.count
        pictures, stamps = mmap.mmap(-1, max(self.places * size, 1)), mmap.mmap(-1, max(8 * self.places, 8))
        self._pictures = np.frombuffer(pictures, np.uint8, self.places * size).reshape(self.places, *self.shape)
        self._stamps = np.frombuffer(stamps, np.int64, self.places)

    def __getstate__(self) -> dict[str, Any]:
        return {"count": self.count, "shape": self.shape}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._open()

    def read(self, index: int, stamp: int = 1) -> Pixels | None:
        """A picture as it lies in memory; None where no picture of this stamp (at least 1) has been written."""
        if index >= self.places or self._stamps[index] != stamp:
            return None
        return cast(Pixels, self._pictures[index])

    def copied(self, index: int, stamp: int) -> Pixels | None:
        """A copy of a picture, where another worker may write its next one meanwhile."""
        picture = self.read(index, stamp)
        copy = None if picture is None else picture.copy()
        return copy if self.read(index, stamp) is not None else None

    def write(self, index: int, picture: Pixels, stamp: int = 1) -> None:
        """Write a picture; two workers may write the same one twice."""
        if index < self.places:
            self._stamps[index] = 0
            self._pictures[index] = picture
            self._stamps[index] = stamp


class _DecodedPictures:
    """Decoded pictures [C, H, W] by index, kept in shared memory when the set is small."""

    def __init__(self, dataset: Dataset, sources: bool) -> None:
        self.dataset = dataset
        self.sources = sources
        height, width, channels = dataset.source(0).shape if sources else dataset.shape
        kept = SharedPictures(len(dataset), (channels, height, width))
        self.kept = kept if kept.complete else None

    def __getitem__(self, index: int) -> Pixels:
        picture = None if self.kept is None else self.kept.read(index)
        if picture is None:
            pixels = self.dataset.source(index) if self.sources else self.dataset.image(index)
            # In the order in memory in which it is kept: a stack of pictures takes the order of its parts, and the
            # rounding of convolutions depends on it.
            picture = np.ascontiguousarray(channels_first(pixels))
            if self.kept is not None:
                self.kept.write(index, picture)
        return picture


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


def channels_last(pixels: Pixels) -> Pixels:
    """[C, H, W] → [H, W, C], in this order in memory."""
    return np.ascontiguousarray(pixels.transpose(1, 2, 0))


class TrainingRows:
    """Pictures and random numbers that a task makes training rows of.

    Args:
        dataset: packed at the resolution of ``data``.
        data: channels and flips.
        seed: decides the order and each row's random numbers.
        sources: whether the packed sources of pairs are read (:meth:`source`).
        redraw: for how many epochs a source that :meth:`made` makes is used.
    """

    def __init__(self, dataset: Dataset, data: DataSpec, seed: int, *, sources: bool, redraw: int = 1) -> None:
        self.dataset, self.data, self.seed, self.redraw = dataset, data, seed, redraw
        self._made: SharedPictures | None = None
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

    @property
    def in_memory(self) -> bool:
        """Whether all pictures are kept in memory once they have been decoded."""
        return all(pictures.kept is not None for pictures in (self._targets, self._sources) if pictures is not None)

    def target(self, index: int) -> Pixels:
        """A picture, uint8 [H, W, channels], not flipped."""
        return with_channels(channels_last(self._targets[index]), self.data.shape[2])

    def source(self, index: int) -> Pixels:
        """The packed source of a pair, uint8 [H, W, C], not flipped."""
        assert self._sources is not None
        return channels_last(self._sources[index])

    def made(self, index: int, position: int, make: Callable[[Pixels, np.random.Generator], Pixels]) -> Pixels:
        """A source made from a picture, uint8 [H, W, C], not flipped: the same for ``redraw`` epochs.

        Which one it is depends on the seed, the picture and the epoch alone. It is kept in shared memory, as far as
        that suffices, and an equal share of the pictures gets new ones in each epoch.

        Args:
            index: of the picture.
            position: of the stream.
            make: makes a source from a target and a random generator.
        """
        number = (position // len(self.dataset) + index) // self.redraw
        found = None if self._made is None else self._made.copied(index, number + 1)
        if found is None:
            found = channels_first(make(self.target(index), _rng(self.seed, _DRAWING, index, number)))
            if self._made is not None:
                self._made.write(index, found, number + 1)
        return channels_last(found)

    def keep_made(self, shape: tuple[int, int, int]) -> None:
        """Prepare to keep what :meth:`made` makes, [C, H, W]; before workers start, so that they share it."""
        self._made = SharedPictures(len(self.dataset), shape)

    def picture(self, index: int, rng: np.random.Generator) -> Pixels:
        """A picture, flipped at random where the data say so, uint8 [channels, H, W]."""
        pixels = self._targets[index]
        if len(pixels) != self.data.shape[2]:
            pixels = channels_first(self.target(index))
        flipped = rng.random() < 0.5
        return pixels[:, :, ::-1] if flipped and self.data.flip else pixels

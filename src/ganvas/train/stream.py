"""The endless stream of training pictures: what stands at a position is a function of the seed and the position alone.

So training resumes anywhere, and accumulation, several processes and any number of workers change nothing: each of them
only decides who prepares which positions.
"""

from __future__ import annotations

import mmap
import signal
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Sampler
from torch.utils.data import Dataset as TorchDataset

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.images.decode import Pixels
from ganvas.curate.sketch.degrade import degradation, source_channels
from ganvas.errors import UserError
from ganvas.models.batches import BATCHES, Batch
from ganvas.spec import DataSpec, Task

CACHE_BYTES = 2**30  # a set whose pictures take less than this is decoded once and kept in memory

# Which use a random number is for: each draws from a generator of its own, so that none disturbs another.
_ORDER, _LOOK, _REFERENCE = range(3)


def _rng(*key: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))


@lru_cache(maxsize=8)
def _permutation(seed: int, salt: int, epoch: int, length: int) -> npt.NDArray[np.int64]:
    return _rng(seed, _ORDER, salt, epoch).permutation(length).astype(np.int64)


def _turn(seed: int, salt: int, position: int, length: int) -> int:
    """Which of ``length`` things has its turn at a position: each once an epoch, in a new order every epoch."""
    epoch, index = divmod(position, length)
    return int(_permutation(seed, salt, epoch, length)[index])


class _Pictures:
    """Decoded pictures by index, kept in memory that forked workers share, when the set is small.

    The memory is an anonymous mapping and not /dev/shm, which containers often limit to 64 MB.
    """

    def __init__(self, dataset: Dataset, sources: bool) -> None:
        self.dataset = dataset
        self.sources = sources
        side = dataset.resolution
        channels = dataset.source(0).shape[2] if sources else dataset.channels
        self.shape = (len(dataset), side, side, channels)
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
        self._open()  # a spawned worker keeps pictures of its own

    def __getitem__(self, index: int) -> Pixels:
        if self.kept is not None and self.ready[index]:
            return cast(Pixels, self.kept[index])
        pixels = self.dataset.source(index) if self.sources else self.dataset.image(index)
        if self.kept is not None:
            # Two workers may write the same bytes twice; the flag is set only after them.
            self.kept[index] = pixels
            self.ready[index] = 1
        return pixels


def _with_channels(pixels: Pixels, channels: int) -> Pixels:
    if pixels.shape[2] == channels:
        return pixels
    if channels == 3:
        return np.repeat(pixels, 3, axis=2)
    luma = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    return (luma + 0.5).astype(np.uint8)[:, :, None]


def _chw(pixels: Pixels) -> Pixels:
    return pixels.transpose(2, 0, 1)


class _Positions(TorchDataset[tuple[Tensor, ...]]):
    """What stands at stream positions, as stacked tensors; runs in the workers."""

    def __init__(self, dataset: Dataset, task: Task, data: DataSpec, seed: int) -> None:
        self.dataset, self.task, self.data, self.seed = dataset, task, data, seed
        self.pictures = _Pictures(dataset, sources=False)
        self.source_pictures: _Pictures | None = None
        if task is Task.PAIRED and data.degradation is None:
            self.source_pictures = _Pictures(dataset, sources=True)
        count = max(len(dataset.classes), 1)
        self.domains = [np.flatnonzero(dataset.labels == label) for label in range(count)]

    def __getitems__(self, positions: list[int]) -> tuple[Tensor, ...]:
        columns = zip(*(self.at(position) for position in positions), strict=True)
        return tuple(torch.from_numpy(np.stack(column)) for column in columns)

    def __getitem__(self, position: int) -> tuple[Tensor, ...]:
        return self.__getitems__([position])

    def _picture(self, index: int, rng: np.random.Generator) -> Pixels:
        pixels = _with_channels(self.pictures[index], self.data.channels)
        flipped = rng.random() < 0.5
        return pixels[:, ::-1] if flipped and self.data.flip else pixels

    def at(self, position: int) -> tuple[Any, ...]:
        """The fields of one row."""
        rng = _rng(self.seed, _LOOK, position)
        match self.task:
            case Task.SYNTHESIS:
                index = _turn(self.seed, 0, position, len(self.dataset))
                label = self.dataset.labels[index] if self.data.classes else np.int64(0)
                return _chw(self._picture(index, rng)), label
            case Task.PAIRED:
                return self._pair(_turn(self.seed, 0, position, len(self.dataset)), rng)
            case Task.UNPAIRED:
                a, b = (
                    domain[_turn(self.seed, salt, position, len(domain))]
                    for salt, domain in enumerate(self.domains, start=1)
                )
                return _chw(self._picture(int(a), rng)), _chw(self._picture(int(b), rng))
            case _:
                return self._with_references(position, rng)

    def _pair(self, index: int, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
        flipped = rng.random() < 0.5 and self.data.flip
        target = _with_channels(self.pictures[index], self.data.channels)
        target = np.ascontiguousarray(target[:, ::-1]) if flipped else target
        if self.source_pictures is None:
            assert self.data.degradation is not None
            source = degradation(self.data.degradation)(target, rng)
        else:
            source = self.source_pictures[index]
            source = source[:, ::-1] if flipped else source
        return _chw(_with_channels(source, self.data.source_channels)), _chw(target)

    def _with_references(self, position: int, rng: np.random.Generator) -> tuple[Any, ...]:
        index = _turn(self.seed, 0, position, len(self.dataset))
        x = _chw(self._picture(index, rng))
        draw = _rng(self.seed, _REFERENCE, position)
        y_ref = int(draw.integers(len(self.domains)))
        first, second = (int(draw.choice(self.domains[y_ref])) for _ in range(2))
        x_ref, x_ref2 = _chw(self._picture(first, rng)), _chw(self._picture(second, rng))
        return x, self.dataset.labels[index], x_ref, x_ref2, np.int64(y_ref)


class _Micros(Sampler[list[int]]):
    """The positions of one process's micro-batches, without end."""

    def __init__(self, position: int, batch_size: int, micro_batch: int, rank: int, world: int) -> None:
        self.position, self.batch_size, self.micro_batch = position, batch_size, micro_batch
        self.local = batch_size // world
        self.start = rank * self.local

    def __iter__(self) -> Iterator[list[int]]:
        position = self.position + self.start
        while True:
            for first in range(0, self.local, self.micro_batch):
                last = min(first + self.micro_batch, self.local)
                yield list(range(position + first, position + last))
            position += self.batch_size


def _leave_stopping_to_the_trainer(worker: int) -> None:
    """Ctrl+C reaches every process of a terminal: a worker that died of it would cost the step and the checkpoint."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _unchanged(batch: Any) -> Any:
    return batch  # _Positions stacks its rows itself


class Stream:
    """Pictures for a task, endless, in a seeded order, from any position.

    :param dataset: packed at the resolution of ``data``.
    :param data: says flips, channels, degradation and whether labels are used (``classes`` not empty).
    :param workers: processes that prepare batches ahead; 0 prepares them in this one.
    :raises UserError: the data set does not fit the task or ``data``.
    """

    def __init__(self, dataset: Dataset, task: Task, data: DataSpec, seed: int, workers: int = 0) -> None:
        _check(dataset, task, data)
        self.dataset, self.task, self.data, self.seed, self.workers = dataset, task, data, seed, workers
        self._positions = _Positions(dataset, task, data, seed)

    def micros(
        self, position: int, batch_size: int, micro_batch: int, rank: int = 0, world: int = 1
    ) -> Iterator[Batch]:
        """This process's micro-batches from a stream position on, without end.

        Global batch *k* is the positions ``position + k·batch_size …``; process ``rank`` of ``world`` owns its
        ``rank``-th part of the rows and gets them ``micro_batch`` at a time (the last of a batch may be smaller).

        :returns: the task's batch: images uint8 [N, C, H, W], labels int64 [N], on the CPU, with a new empty memo.
            Closing the iterator ends its workers.
        :raises UserError: the batch cannot be divided among the processes.
        """
        if min(batch_size, micro_batch, world) < 1 or batch_size % world:
            raise UserError(f"A batch of {batch_size} cannot be divided among {world} processes; change batch_size.")
        sampler = _Micros(position, batch_size, micro_batch, rank, world)
        return self._batches(sampler)

    def _batches(self, sampler: _Micros) -> Iterator[Batch]:
        if self.workers == 0:
            for positions in sampler:
                yield self._batch(self._positions.__getitems__(positions))
        loader: DataLoader[tuple[Tensor, ...]] = DataLoader(
            self._positions,
            batch_sampler=sampler,
            num_workers=self.workers,
            collate_fn=_unchanged,
            persistent_workers=True,
            worker_init_fn=_leave_stopping_to_the_trainer,
        )
        for columns in loader:
            yield self._batch(columns)

    def _batch(self, columns: tuple[Tensor, ...]) -> Batch:
        kind: Any = BATCHES[self.task]
        return kind(*columns, {})


def _check(dataset: Dataset, task: Task, data: DataSpec) -> None:
    """Find out before training what would otherwise fail in the middle of it."""
    if len(dataset) == 0:
        raise UserError("The data set has no pictures left; lower held_out or add pictures.")
    if dataset.resolution != data.resolution:
        raise UserError(
            f"{dataset.path} has pictures of {dataset.resolution} px, not {data.resolution} px; pack it again."
        )
    if data.classes and data.classes != dataset.classes:
        raise UserError(f"{dataset.path} has the classes {_said(dataset.classes)} and not {_said(data.classes)}.")
    counts = np.bincount(dataset.labels, minlength=max(len(dataset.classes), 1))
    match task:
        case Task.MUSIC:
            raise UserError("Music is not made of pictures; choose a music data set.")
        case Task.PAIRED if data.degradation is not None:
            made = source_channels(data.degradation, data.channels)
            if made != data.source_channels:
                raise UserError(
                    f"The degradation {data.degradation} makes sources of {made} channels, not {data.source_channels}."
                )
        case Task.PAIRED if not dataset.paired:
            raise UserError(
                f"{dataset.path} has no pairs; pack a folder with source and target sub-folders, or set a degradation."
            )
        case Task.PAIRED if (data.source_channels == 6) != (dataset.source(0).shape[2] == 6):
            raise UserError(
                f"{dataset.path} was packed for other frames than the recipe's data.frames; pack the frames again."
            )
        case Task.UNPAIRED if len(dataset.classes) != 2 or not counts.all():
            raise UserError(f"{dataset.path} needs two sub-folders of pictures, A and B, to translate between.")
        case Task.REFERENCE if not counts.all():
            raise UserError(f"{dataset.path} has a domain without pictures; add some or lower held_out.")
        case _:
            pass


def _said(classes: tuple[str, ...]) -> str:
    shown = ", ".join(classes[:5]) or "none"
    return f"{shown}, … ({len(classes)})" if len(classes) > 5 else shown

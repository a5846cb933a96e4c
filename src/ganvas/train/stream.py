"""The endless stream of training batches: each row is a function of the seed and its position alone.

So training can resume anywhere, and accumulation, several processes and any number of workers give the same rows: they
only distribute the positions.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Sampler
from torch.utils.data import Dataset as TorchDataset

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.sketch.degrade import degradation
from ganvas.errors import UserError
from ganvas.models.batches import Batch
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS
from ganvas.tasks.rows import TrainingRows


class _Positions(TorchDataset[tuple[Tensor, ...]]):
    """The rows at stream positions, as stacked tensors; runs in the workers."""

    def __init__(self, dataset: Dataset, task: str, data: DataSpec, seed: int, redraw: int) -> None:
        self.task = task
        self.rows = TrainingRows(dataset, data, seed, sources=TASKS[task].reads_sources(data), redraw=redraw)
        if data.degradation is not None and redraw > 1:
            side = data.source_resolution
            self.rows.keep_made((degradation(data.degradation).source_channels(data.channels), side, side))
        self.copies = self.rows.in_memory and data.degradation is None  # rows are copied and not computed

    def __getitems__(self, positions: list[int]) -> tuple[Tensor, ...]:
        spec = TASKS[self.task]
        columns = zip(*(spec.row(self.rows, position) for position in positions), strict=True)
        return tuple(torch.from_numpy(np.stack(column)) for column in columns)

    def __getitem__(self, position: int) -> tuple[Tensor, ...]:
        return self.__getitems__([position])


class _Micros(Sampler[list[int]]):
    """The positions of the micro-batches of one process; endless."""

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


def _ignore_interrupts(worker: int) -> None:
    """Let the trainer alone react to Ctrl+C, which reaches every process: a worker that ends would break the step."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _unchanged(batch: Any) -> Any:
    return batch  # _Positions stacks its rows itself


class Stream:
    """Endless training batches of a task in a seeded order, from any position.

    Args:
        dataset: Packed at the resolution of ``data``.
        task: Its name.
        data: Flips, channels, degradation, and classes, which are empty where labels are not used.
        seed: Decides the order and each row's random numbers.
        workers: Processes that prepare batches ahead (threads where decoded pictures need only be copied from memory);
            0: this thread prepares them.
        redraw: For how many epochs a source that the degradation makes is used.

    Raises:
        UserError: The data set does not fit the task or ``data``.
    """

    def __init__(
        self, dataset: Dataset, task: str, data: DataSpec, seed: int, workers: int = 0, redraw: int = 1
    ) -> None:
        _check(dataset, task, data)
        self.dataset, self.spec, self.workers = dataset, TASKS[task], workers
        self._positions = _Positions(dataset, task, data, seed, redraw)

    def micros(
        self, position: int, batch_size: int, micro_batch: int, rank: int = 0, world: int = 1
    ) -> Generator[Batch]:
        """The micro-batches of one process from a stream position on; endless.

        Global batch *k* is the positions ``position + k·batch_size …``; process ``rank`` of ``world`` gets its
        ``rank``-th part of the rows, ``micro_batch`` at a time (the last of a batch may be smaller).

        Returns:
            Batches of the task: images uint8 [N, C, H, W], labels int64 [N], on the CPU, with a new empty memo. Closing
            the iterator ends its workers.

        Raises:
            UserError: The batch cannot be divided among the processes.
        """
        if min(batch_size, micro_batch, world) < 1 or batch_size % world:
            raise UserError(f"A batch of {batch_size} cannot be divided among {world} processes; change batch_size.")
        sampler = _Micros(position, batch_size, micro_batch, rank, world)
        return self._batches(sampler)

    def _batches(self, sampler: _Micros) -> Generator[Batch]:
        if self.workers == 0:
            for positions in sampler:
                yield self.spec.make_batch(self._positions.__getitems__(positions))
        elif self._positions.copies:
            yield from self._ahead(sampler)
        else:
            yield from self._by_workers(sampler)

    def _ahead(self, sampler: _Micros) -> Generator[Batch]:
        """Batches that threads of this process prepare ahead: what other processes made would be copied twice."""
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="pictures")
        positions, waiting = iter(sampler), deque[Future[tuple[Tensor, ...]]]()
        try:
            while True:
                while len(waiting) < 2 * self.workers:
                    waiting.append(pool.submit(self._pinned, next(positions)))
                yield self.spec.make_batch(waiting.popleft().result())
        finally:
            pool.shutdown(cancel_futures=True)

    def _pinned(self, positions: list[int]) -> tuple[Tensor, ...]:
        columns = self._positions.__getitems__(positions)
        return tuple(column.pin_memory() for column in columns) if torch.cuda.is_available() else columns

    def _by_workers(self, sampler: _Micros) -> Generator[Batch]:
        loader: DataLoader[tuple[Tensor, ...]] = DataLoader(
            self._positions,
            batch_sampler=sampler,
            num_workers=self.workers,
            collate_fn=_unchanged,
            persistent_workers=True,
            pin_memory=torch.cuda.is_available(),
            worker_init_fn=_ignore_interrupts,
        )
        for columns in loader:
            yield self.spec.make_batch(columns)


def _check(dataset: Dataset, task: str, data: DataSpec) -> None:
    """Check before training that the data set fits the task and ``data``."""
    if len(dataset) == 0:
        raise UserError("The data set has no pictures left; lower held_out or add pictures.")
    if dataset.manifest.roll != data.roll:
        raise UserError(f"{dataset.path} was not packed for the piano rolls of this recipe; pack it again.")
    if dataset.shape[:2] != data.shape[:2]:
        raise UserError(
            f"{dataset.path} has pictures of {dataset.resolution} px, not {data.resolution} px; pack it again."
        )
    if data.classes and data.classes != dataset.classes:
        raise UserError(f"{dataset.path} has the classes {_said(dataset.classes)} and not {_said(data.classes)}.")
    TASKS[task].check(dataset, data)


def _said(classes: tuple[str, ...]) -> str:
    shown = ", ".join(classes[:5]) or "none"
    return f"{shown}, … ({len(classes)})" if len(classes) > 5 else shown

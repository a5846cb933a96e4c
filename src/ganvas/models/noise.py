"""Random numbers by row: row *i* gets the same numbers however a batch is split over micro-batches and processes.

The trainer opens :func:`rows` around each micro-batch and seeds torch with the same number for every micro-batch and
process of a phase. The functions here then draw the numbers of the whole batch and keep the rows of this part, so that
accumulation and data-parallel training change nothing but the speed. Outside of :func:`rows` (generating, exporting)
they are torch's own functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn


class Rows(NamedTuple):
    """Rows ``start … start + size`` of a global batch of ``total``."""

    start: int
    size: int
    total: int


# A plain variable, because compiled networks read it too, and no other thread draws while one trains.
_part: Rows | None = None


@contextmanager
def rows(start: int, size: int, total: int) -> Iterator[None]:
    """Set which rows of the global batch the code inside works on."""
    with _working_on(Rows(start, size, total)):
        yield


@contextmanager
def _working_on(part: Rows | None) -> Iterator[None]:
    global _part
    before, _part = _part, part
    try:
        yield
    finally:
        _part = before


def first_row() -> int:
    """Where the rows that are worked on begin in the global batch; 0 outside of :func:`rows`."""
    return 0 if _part is None else _part.start


@contextmanager
def every_second() -> Iterator[None]:
    """The code inside works on rows 0, 2, 4, … of this part alone, which must begin and end at even rows."""
    part = _part
    with _working_on(None if part is None else Rows(part.start // 2, part.size // 2, part.total // 2)):
        yield


def _drawn(shape: tuple[int, ...], draw: Callable[[tuple[int, ...]], Tensor]) -> Tensor:
    part = _part
    if part is None or part.size == part.total or shape[0] % part.size:
        return draw(shape)
    # A network may be called on several stacked copies of the micro-batch, such as real and fake: each copy is its own
    # draw of the global batch.
    copies = shape[0] // part.size
    whole = draw((copies * part.total, *shape[1:])).view(copies, part.total, *shape[1:])
    return whole[:, part.start : part.start + part.size].reshape(shape)


def normal(*shape: int, device: torch.device | str | None = None) -> Tensor:
    """Standard normal numbers; the first dimension counts rows."""
    return _drawn(shape, lambda s: torch.randn(s, device=device))


def uniform(*shape: int, device: torch.device | str | None = None) -> Tensor:
    """Numbers uniform in [0, 1); the first dimension counts rows."""
    return _drawn(shape, lambda s: torch.rand(s, device=device))


def integers(high: int, *shape: int, device: torch.device | str | None = None) -> Tensor:
    """Whole numbers uniform in [0, ``high``); the first dimension counts rows."""
    return _drawn(shape, lambda s: torch.randint(high, s, device=device))


class Dropout(nn.Module):
    """Dropout whose mask belongs to the row (Srivastava et al. 2014): each number is zeroed with probability ``p``."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        kept = uniform(*x.shape, device=x.device) >= self.p
        return x * kept / (1 - self.p)

"""Translation of each row of a batch in its own direction: A → B (0) or B → A (1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

from torch import Tensor

_only: ContextVar[int | None] = ContextVar("only", default=None)

Generator: TypeAlias = Callable[[Tensor], Tensor]  # pictures [N, C, H, W] → N rows of any shape


@contextmanager
def only(direction: int) -> Iterator[None]:
    """Within the block all rows have this direction, whatever they say, so that a graph holds one generator alone."""
    token = _only.set(direction)
    try:
        yield
    finally:
        _only.reset(token)


def translate(source: Tensor, direction: Tensor, a_to_b: Generator, b_to_a: Generator) -> Tensor:
    """Translate each row in its direction.

    Where all rows have one direction, the generator of the other is not run.

    Args:
        source: [N, C, H, W].
        direction: int64 [N]: 0 is A → B, anything else B → A.
        a_to_b: The generator from A to B.
        b_to_a: The generator from B to A.

    Returns:
        [N, …], the rows in their order.
    """
    one = _only.get()
    if one is not None:
        return b_to_a(source) if one else a_to_b(source)
    to_a = direction != 0
    if not bool(to_a.any()):
        return a_to_b(source)
    if bool(to_a.all()):
        return b_to_a(source)
    in_b, in_a = a_to_b(source[~to_a]), b_to_a(source[to_a])
    output = in_b.new_empty(len(source), *in_b.shape[1:])
    output[~to_a], output[to_a] = in_b, in_a
    return output

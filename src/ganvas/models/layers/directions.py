"""Translation of each row of a batch in its own direction: A → B (0) or B → A (1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

import torch
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

    Where all rows have one direction, the generator of the other is not run; an exported graph decides so per call.

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
    if torch.compiler.is_exporting():
        return _conditional(source, direction, a_to_b, b_to_a)
    to_a = direction != 0
    if not bool(to_a.any()):
        return a_to_b(source)
    if bool(to_a.all()):
        return b_to_a(source)
    in_b, in_a = a_to_b(source[~to_a]), b_to_a(source[to_a])
    output = in_b.new_empty(len(source), *in_b.shape[1:])
    output[~to_a], output[to_a] = in_b, in_a
    return output


def _conditional(source: Tensor, direction: Tensor, a_to_b: Generator, b_to_a: Generator) -> Tensor:
    """The same with ``torch.cond``, which the exported graph evaluates: each generator runs only where a row needs it.

    The two conditions stand side by side, with one generator in each, because the exporter's time multiplies with
    nested branches.
    """

    def nothing(x: Tensor) -> Tensor:
        return torch.zeros_like(x)

    to_a = direction != 0
    in_b: Tensor = torch.cond(to_a.all(), nothing, a_to_b, (source,))
    in_a: Tensor = torch.cond(to_a.any(), b_to_a, nothing, (source,))
    return torch.where(to_a[:, None, None, None], in_a, in_b)

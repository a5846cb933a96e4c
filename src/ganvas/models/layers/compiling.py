"""Compiled networks: what they cannot do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def differentiable_twice() -> Iterator[None]:
    """Run compiled networks as if they were not: a gradient of theirs has no gradient with ``torch.compile``.

    Gradient penalties need one. Nothing is compiled anew when the block ends.
    """
    if "torch._dynamo" not in sys.modules:  # nothing is compiled, and importing it takes seconds
        yield
        return
    with torch.compiler.set_stance("force_eager"):
        yield

"""Switching a network to evaluation mode for the length of a block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Evaluation mode inside, whatever the mode outside: dropout off, batch norm on its running statistics.

    A network that is already in evaluation mode is not touched, so that tracing for export has no side effects.
    """
    if not any(module.training for module in network.modules()):
        yield
        return
    before = {module: module.training for module in network.modules()}
    network.eval()
    try:
        yield
    finally:
        for module, training in before.items():
            module.training = training

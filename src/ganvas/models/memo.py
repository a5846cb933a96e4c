"""Fakes that one phase of a step leaves to a later phase on the same batch, so that they are rendered once."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ganvas.models.batches import Batch


def store_fake(batch: Batch, fake: Tensor, name: str = "fake") -> None:
    """Put generated pictures, detached, into the memo of a batch."""
    batch.memo[name] = fake.detach()


def stored_fake(batch: Batch, render: Callable[[], Tensor], name: str = "fake") -> Tensor:
    """The generated pictures in the memo of a batch.

    Args:
        batch: The batch of a discriminator phase.
        render: Makes the pictures where no phase has stored any: in repeats on new data, or when the generator's
            phase is not due. It is called without gradients.
        name: Key of the memo.

    Returns:
        Pictures without gradients, float [N, C, H, W].
    """
    fake: Tensor | None = batch.memo.get(name)
    if fake is None:
        with torch.no_grad():
            fake = render()
    return fake

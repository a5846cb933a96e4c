"""Class embeddings and class weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ClassEmbedding(nn.Embedding):
    """A class embedding, of labels int64 [N] or as a mean with weights float [N, classes]."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (the name nn.Embedding gave it)
        return input @ self.weight if input.is_floating_point() else super().forward(input)


def class_weights(y: Tensor, classes: int, like: Tensor) -> Tensor:
    """Labels int64 [N], or weights float [N, classes] → weights [N, classes] of the type and device of ``like``."""
    if y.is_floating_point():
        return y.to(like)
    if not classes:
        return like[:, :0]
    # Not ``F.one_hot``, which reads the labels to check them.
    return (y[:, None] == torch.arange(classes, device=y.device)).to(like)

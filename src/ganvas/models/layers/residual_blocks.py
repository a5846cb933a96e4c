"""Residual blocks of SAGAN and BigGAN."""

from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models.layers.conditional import ConditionalBatchNorm
from ganvas.models.layers.spectral import SpectralConv2d


class GeneratorBlock(nn.Module):
    """norm, ReLU, double the side, convolve, norm, ReLU, convolve; plus a 1×1 convolution of the doubled input."""

    def __init__(self, inputs: int, outputs: int, norm: Callable[[int], ConditionalBatchNorm], *, eps: float) -> None:
        super().__init__()
        self.norm1 = norm(inputs)
        self.norm2 = norm(outputs)
        self.conv1 = SpectralConv2d(inputs, outputs, eps=eps)
        self.conv2 = SpectralConv2d(outputs, outputs, eps=eps)
        self.shortcut = SpectralConv2d(inputs, outputs, 1, eps=eps)

    def forward(self, x: Tensor, condition: Tensor, mix: Tensor | None = None) -> Tensor:
        h = F.interpolate(F.relu(self.norm1(x, condition, mix)), scale_factor=2.0, mode="nearest")
        h = self.conv1(h)
        h = self.conv2(F.relu(self.norm2(h, condition, mix)))
        # A 1×1 convolution and nearest doubling commute: convolve the quarter of the places.
        answer: Tensor = h + F.interpolate(self.shortcut(x), scale_factor=2.0, mode="nearest")
        return answer


class DiscriminatorBlock(nn.Module):
    """(ReLU,) convolve, ReLU, convolve(, halve the side); plus the input, by a 1×1 convolution where shapes differ.

    The input of the first block is a picture, so it begins without ReLU.
    """

    def __init__(self, inputs: int, outputs: int, *, first: bool, halve: bool, eps: float) -> None:
        super().__init__()
        self.first = first
        self.halve = halve
        self.conv1 = SpectralConv2d(inputs, outputs, eps=eps)
        self.conv2 = SpectralConv2d(outputs, outputs, eps=eps)
        self.shortcut = SpectralConv2d(inputs, outputs, 1, eps=eps) if inputs != outputs or halve else None

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv1(x if self.first else F.relu(x))
        h = self.conv2(F.relu(h))
        if self.halve:
            # Averaging and a 1×1 convolution commute: pool first, whatever the order of the published code.
            h, x = F.avg_pool2d(h, 2), F.avg_pool2d(x, 2)
        if self.shortcut is not None:
            x = self.shortcut(x)
        answer: Tensor = h + x
        return answer

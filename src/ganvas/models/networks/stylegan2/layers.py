"""Layers that the generator and the discriminator of StyleGAN2 share."""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models.layers.activation import leaky_relu
from ganvas.models.layers.precision import without_autocast

Architecture = Literal["original", "skip", "residual"]

FILTER = (1.0, 3.0, 3.0, 1.0)
SLOPE = 0.2
GAIN = math.sqrt(2)  # what leaky ReLU takes away


def channels_at(resolution: int, base: int, most: int) -> int:
    """Channels of the features at ``resolution``: ``base`` / resolution, at most ``most``."""
    return min(base // resolution, most)


def whole(x: Tensor) -> Tensor:
    """``x`` in float32 where it was less precise."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def activate(x: Tensor, clamp: float | None) -> Tensor:
    """Leaky ReLU; its gain is missing from the result, and ``clamp`` limits what the result is with it."""
    return leaky_relu(x, SLOPE, None if clamp is None else clamp / GAIN)


class Dense(nn.Module):
    """A fully connected layer with equalised learning rate; ``active`` adds leaky ReLU at unit gain.

    ``rate`` divides the stored weights and multiplies them in use: under Adam, whose steps do not depend on the
    gradient's size, the layer then learns at ``rate`` times the learning rate (0.01 in the mapping network).

    Args:
        gain: A factor that is missing from the input.
    """

    def __init__(
        self, inputs: int, outputs: int, *, active: bool = False, rate: float = 1.0, gain: float = 1.0
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.active = active
        self.bias_gain = rate * (GAIN if active else 1.0)
        self.weight_gain = gain * self.bias_gain / math.sqrt(inputs)

    def forward(self, x: Tensor) -> Tensor:
        with without_autocast(x):
            x = torch.addmm(self.bias, whole(x), self.weight.t(), beta=self.bias_gain, alpha=self.weight_gain)
            return leaky_relu(x, SLOPE) if self.active else x


class Affine(nn.Module):
    """w → the factors of a convolution's input channels; ``w`` [N, w_dim] is already divided by √w_dim."""

    def __init__(self, w_dim: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, w_dim))
        self.bias = nn.Parameter(torch.ones(outputs))

    def forward(self, w: Tensor) -> Tensor:
        with without_autocast(w):
            return F.linear(whole(w), self.weight, self.bias)


def freeze(module: nn.Module) -> None:
    """Turn a module's parameters into buffers of the same names: saved and loaded as before, never trained."""
    for child in module.modules():
        for name, parameter in list(child.named_parameters(recurse=False)):
            delattr(child, name)
            child.register_buffer(name, parameter.detach())

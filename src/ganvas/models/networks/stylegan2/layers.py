"""Layers that the generator and the discriminator of StyleGAN2 share."""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

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
    x = F.leaky_relu(x, SLOPE)
    return x if clamp is None else x.clamp(-clamp, clamp)


class Dense(nn.Module):
    """A fully connected layer with equalised learning rate; ``active`` adds leaky ReLU at unit gain.

    ``rate`` divides the stored weights and multiplies them in use: under Adam, whose steps do not depend on the
    gradient's size, the layer then learns at ``rate`` times the learning rate (0.01 in the mapping network).
    """

    def __init__(
        self, inputs: int, outputs: int, *, active: bool = False, rate: float = 1.0, bias: float = 0.0
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), bias))
        self.active = active
        gain = GAIN if active else 1.0
        self.weight_gain = gain * rate / math.sqrt(inputs)
        self.bias_gain = gain * rate

    def forward(self, x: Tensor) -> Tensor:
        with without_autocast(x):
            x = F.linear(whole(x), self.weight * self.weight_gain, self.bias * self.bias_gain)
            return F.leaky_relu(x, SLOPE) if self.active else x


def freeze(module: nn.Module) -> None:
    """Turn a module's parameters into buffers of the same names: saved and loaded as before, never trained."""
    for child in module.modules():
        for name, parameter in list(child.named_parameters(recurse=False)):
            delattr(child, name)
            child.register_buffer(name, parameter.detach())

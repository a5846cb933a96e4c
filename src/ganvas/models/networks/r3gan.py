"""The networks of R3GAN (Huang, Gokaslan, Kuleshov & Tompkin 2024, "The GAN is dead; long live the GAN!").

A plain residual network, the same for generator and discriminator: 1 × 1 to a wider space, a grouped 3 × 3, 1 × 1 back;
no normalisation; leaky ReLU with a bias of its own; bilinear resampling between resolutions. Stability comes from the
loss, not from the network.

Pictures are float [N, channels, R, R] in about [-1, 1]; ``z`` [N, z_dim]; ``y`` int64 [N].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models.layers.convolutions import conv2d
from ganvas.models.layers.filters import Downsample, Upsample

SLOPE = 0.2
GAIN = math.sqrt(2 / (1 + SLOPE**2))
FILTER = (1.0, 3.0, 3.0, 1.0)  # bilinear [1, 2, 1] between pixels: convolved with the [1, 1] of the size change


class Level(NamedTuple):
    """One resolution: channels, groups of its 3 × 3 convolutions, and how many residual blocks."""

    width: int
    groups: int
    blocks: int = 2


def _drawn(*shape: int, fan_in: int, gain: float = 1.0) -> nn.Parameter:
    """Normal weights that keep the variance (He et al. 2015); ``gain`` 0 gives zeros."""
    return nn.Parameter(torch.randn(*shape) * (gain / math.sqrt(fan_in)))


class Pointwise(nn.Module):
    """A 1 × 1 convolution without bias."""

    def __init__(self, inputs: int, outputs: int, gain: float = 1.0) -> None:
        super().__init__()
        self.weight = _drawn(outputs, inputs, 1, 1, fan_in=inputs, gain=gain)

    def forward(self, x: Tensor) -> Tensor:
        return conv2d(x, self.weight)


class ResidualBlock(nn.Module):
    """x + narrow(act(grouped(act(widen(x))))), the last layer zero at the beginning.

    Args:
        depth: Blocks in the whole network; initial weights shrink with it (Fixup: Zhang et al. 2019), so that the
            variance does not grow with depth.
    """

    def __init__(self, width: int, groups: int, expansion: int, depth: int) -> None:
        super().__init__()
        inner = width * expansion
        gain = GAIN * depth ** (-1 / 4)  # three layers in a branch: exponent −1 / (2 · 3 − 2)
        self.widen = _drawn(inner, width, 1, 1, fan_in=width, gain=gain)
        self.widen_bias = nn.Parameter(torch.zeros(inner))
        self.mix = _drawn(inner, inner // groups, 3, 3, fan_in=inner // groups * 9, gain=gain)
        self.mix_bias = nn.Parameter(torch.zeros(inner))
        self.narrow = nn.Parameter(torch.zeros(width, inner, 1, 1))
        self.groups = groups

    def forward(self, x: Tensor) -> Tensor:
        y = F.leaky_relu(conv2d(x, self.widen, self.widen_bias), SLOPE)
        y = F.leaky_relu(conv2d(y, self.mix, self.mix_bias, padding=1, groups=self.groups), SLOPE)
        return x + conv2d(y, self.narrow)


def _blocks(level: Level, expansion: int, depth: int) -> list[nn.Module]:
    return [ResidualBlock(level.width, level.groups, expansion, depth) for _ in range(level.blocks)]


class Label(nn.Module):
    """A class embedding, of labels int64 [N] or weights float [N, classes]."""

    def __init__(self, classes: int, features: int, gain: float = 1.0) -> None:
        super().__init__()
        self.weight = _drawn(features, classes, fan_in=classes, gain=gain)

    def forward(self, y: Tensor) -> Tensor:
        if y.is_floating_point():  # weights [N, classes]
            return F.linear(y, self.weight)
        return F.embedding(y, self.weight.t())


class GenerativeBasis(nn.Module):
    """Latent → 4 × 4 features: one learned 4 × 4 map per channel, scaled by a linear function of the latent."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.pictures = nn.Parameter(torch.randn(1, outputs, 4, 4))
        self.weight = _drawn(outputs, inputs, fan_in=inputs)

    def forward(self, z: Tensor) -> Tensor:
        return self.pictures * F.linear(z, self.weight)[:, :, None, None]


class DiscriminativeBasis(nn.Module):
    """4 × 4 features → outputs: a weighted sum per channel, then a linear layer."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.pictures = _drawn(1, inputs, 4, 4, fan_in=16)
        self.weight = _drawn(outputs, inputs, fan_in=inputs)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear((x * self.pictures).sum((2, 3)), self.weight)


class Generator(nn.Module):
    """z (and class) → picture.

    Args:
        levels: From 4 × 4 up, each twice the side of the one before.
        class_dim: Length of the class embedding, concatenated to z.
    """

    def __init__(
        self,
        levels: Sequence[Level],
        channels: int = 3,
        *,
        z_dim: int = 64,
        expansion: int = 2,
        classes: int = 0,
        class_dim: int = 64,
    ) -> None:
        super().__init__()
        depth = sum(level.blocks for level in levels)
        self.embed = Label(classes, class_dim) if classes else None
        self.basis = GenerativeBasis(z_dim + (class_dim if classes else 0), levels[0].width)
        layers: list[nn.Module] = _blocks(levels[0], expansion, depth)
        for below, level in pairwise(levels):
            if below.width != level.width:
                layers.append(Pointwise(below.width, level.width))
            layers += [Upsample(FILTER), *_blocks(level, expansion, depth)]
        self.layers = nn.Sequential(*layers)
        self.to_image = Pointwise(levels[-1].width, channels)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        if self.embed is not None:
            z = torch.cat([z, self.embed(y)], 1)
        picture: Tensor = self.to_image(self.layers(self.basis(z)))
        return picture.to(torch.promote_types(picture.dtype, torch.float32))


class Discriminator(nn.Module):
    """Picture (and class, by projection) → logit [N].

    Args:
        levels: From 4 × 4 up, as for the generator.
        class_dim: Length of the class embedding of the projection.
    """

    def __init__(
        self,
        levels: Sequence[Level],
        channels: int = 3,
        *,
        expansion: int = 2,
        classes: int = 0,
        class_dim: int = 768,
    ) -> None:
        super().__init__()
        down = list(levels)[::-1]
        depth = sum(level.blocks for level in levels)
        self.from_image = Pointwise(channels, down[0].width)
        layers: list[nn.Module] = _blocks(down[0], expansion, depth)
        for above, level in pairwise(down):
            layers.append(Downsample(FILTER))
            if above.width != level.width:
                layers.append(Pointwise(above.width, level.width))
            layers += _blocks(level, expansion, depth)
        self.layers = nn.Sequential(*layers)
        self.verdict = DiscriminativeBasis(down[-1].width, class_dim if classes else 1)
        self.embed = Label(classes, class_dim, 1 / math.sqrt(class_dim)) if classes else None

    def forward(self, image: Tensor, y: Tensor) -> Tensor:
        outputs: Tensor = self.verdict(self.layers(self.from_image(image)))
        logits = outputs[:, 0] if self.embed is None else (outputs * self.embed(y)).sum(1)
        return logits.to(torch.promote_types(logits.dtype, torch.float32))

"""The discriminator of StyleGAN2."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ganvas.models.layers.convolutions import conv2d
from ganvas.models.layers.filters import Blur, Downsample
from ganvas.models.layers.minibatch_stddev import MinibatchStddev
from ganvas.models.networks.stylegan2.layers import FILTER, GAIN, Architecture, Dense, activate, channels_at
from ganvas.models.networks.stylegan2.mapping import Mapping


class Convolution(nn.Module):
    """A convolution with equalised learning rate, leaky ReLU and, for ``down``, half the side.

    Args:
        gain: A factor that is missing from the input; that of leaky ReLU is missing from the result.
    """

    def __init__(
        self, inputs: int, outputs: int, size: int, *, gain: float, down: bool = False, clamp: float | None
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, size, size))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.blur = Blur(FILTER, 2) if down else None
        self.clamp = clamp
        self.gain = gain / math.sqrt(inputs * size * size)

    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight * self.gain
        if self.blur is None:
            x = conv2d(x, weight, self.bias, padding=weight.shape[2] // 2)
        else:
            x = conv2d(self.blur(x), weight, self.bias, stride=2)
        return activate(x, self.clamp)


class Shortcut(nn.Module):
    """The linear way round a block: half the side, then a 1 × 1 convolution.

    Args:
        gain: A factor that is missing from the input.
    """

    def __init__(self, inputs: int, outputs: int, *, gain: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 1, 1))
        self.downsample = Downsample(FILTER)
        self.gain = gain / math.sqrt(inputs)

    def forward(self, x: Tensor) -> Tensor:
        return conv2d(self.downsample(x), self.weight * self.gain)


class DiscriminatorBlock(nn.Module):
    """One resolution: two convolutions, the second halves the side."""

    def __init__(
        self,
        width: int,
        outputs: int,
        channels: int,
        *,
        first: bool,
        architecture: Architecture,
        clamp: float | None,
    ) -> None:
        super().__init__()
        reads = first or architecture == "skip"
        residual = architecture == "residual"
        # What is missing from the features before. A residual sum is divided by √2, so nothing is missing after it.
        before = 1.0 if residual and not first else GAIN
        self.from_image = Convolution(channels, width, 1, gain=1.0, clamp=clamp) if reads else None
        self.conv0 = Convolution(width, width, 3, gain=before, clamp=clamp)
        self.conv1 = Convolution(width, outputs, 3, gain=GAIN, down=True, clamp=clamp)
        self.shortcut = Shortcut(width, outputs, gain=before / GAIN) if residual else None
        self.downsample = Downsample(FILTER) if architecture == "skip" else None

    def forward(self, x: Tensor | None, image: Tensor) -> tuple[Tensor, Tensor]:
        if self.from_image is not None:
            read = self.from_image(image)
            x = read if x is None else x + read
        assert x is not None
        if self.downsample is not None:
            image = self.downsample(image)
        out = self.conv1(self.conv0(x))
        return out if self.shortcut is None else out + self.shortcut(x), image


class LayerName(NamedTuple):
    """A layer of the discriminator that FreezeD may freeze: its name and the resolution of its input."""

    name: str
    resolution: int


class Discriminator(nn.Module):
    """Picture (and class, by projection on a mapped label) → logit [N]."""

    def __init__(
        self,
        resolution: int,
        channels: int = 3,
        *,
        base: int = 32768,
        most: int = 512,
        classes: int = 0,
        mapping_layers: int = 8,
        group: int = 4,
        architecture: Architecture = "residual",
        clamp: float | None = 256.0,
    ) -> None:
        super().__init__()
        self.resolution = resolution
        sides = [2**i for i in range(int(math.log2(resolution)), 1, -1)]
        widths = [channels_at(side, base, most) for side in sides]
        self.blocks = nn.ModuleList(
            DiscriminatorBlock(width, after, channels, first=i == 0, architecture=architecture, clamp=clamp)
            for i, (width, after) in enumerate(pairwise(widths))
        )
        width = widths[-1]
        skips = architecture == "skip"
        self.from_image = Convolution(channels, width, 1, gain=1.0, clamp=None) if skips else None
        self.gain = 1.0 if architecture == "residual" else GAIN  # what is missing from the features
        self.deviation = MinibatchStddev(group, full_precision=True)
        self.conv = Convolution(width + 1, width, 3, gain=1.0, clamp=clamp)
        self.dense = Dense(width * 16, width, active=True, gain=GAIN)
        self.out = Dense(width, width if classes else 1)
        self.mapping = Mapping(0, width, mapping_layers, classes) if classes else None

    def forward(self, image: Tensor, y: Tensor) -> Tensor:
        x = None
        for block in self.blocks:
            x, image = block(x, image)
        assert x is not None
        if self.from_image is not None:
            x = x + self.from_image(image)
        x = x if self.gain == 1 else x * self.gain
        x = self.conv(self.deviation(x))
        answer: Tensor = self.out(self.dense(x.flatten(1)))
        if self.mapping is None:
            return answer[:, 0]
        label: Tensor = self.mapping(None, y)
        return (answer * label).sum(1) / math.sqrt(answer.shape[1])

    def layer_names(self) -> list[LayerName]:
        """The layers in the order FreezeD counts them: from the highest resolution down, without the last block."""
        return [
            LayerName(f"blocks.{i}.{name}", self.resolution >> i)
            for i, block in enumerate(self.blocks)
            for name in ("from_image", "conv0", "conv1", "shortcut")
            if getattr(block, name) is not None
        ]

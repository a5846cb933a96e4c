"""The networks of pix2pixHD (Wang, Liu, Zhu, Tao, Kautz & Catanzaro 2018, §3.1, §3.2 and §3.4).

A global generator (down, residual blocks, up), a local enhancer around it at twice the side, discriminators at several
scales that also return their features, and the feature encoder of objects.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models.layers.initialization import initialize_normal
from ganvas.models.layers.normalization import activation


def _wide(inputs: int, outputs: int) -> nn.Module:
    return nn.Conv2d(inputs, outputs, 7, padding=3, padding_mode="reflect")


def _normed(channels: int) -> list[nn.Module]:
    return [nn.InstanceNorm2d(channels), nn.ReLU()]  # not in place: see ``activation``


def _halve(inputs: int, outputs: int) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, 3, 2, 1), *_normed(outputs)]


def _double(inputs: int, outputs: int) -> list[nn.Module]:
    return [nn.ConvTranspose2d(inputs, outputs, 3, 2, 1, output_padding=1), *_normed(outputs)]


def half_size(x: Tensor) -> Tensor:
    """``[N, C, H, W]`` → ``[N, C, ⌈H/2⌉, ⌈W/2⌉]``: means of 3 × 3, at the edges of what is there."""
    return F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)


class ResidualBlock(nn.Module):
    """``[N, C, H, W]`` → the same shape: two reflecting convolutions with instance norm beside the identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect"),
            *_normed(channels),
            nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect"),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = x + self.block(x)
        return y


class Trunk(nn.Sequential):
    """``[N, inputs, H, W]`` → features ``[N, width, H, W]``; H and W are divisible by 2 ** ``downs``."""

    def __init__(self, inputs: int, width: int, downs: int, blocks: int) -> None:
        modules: list[nn.Module] = [_wide(inputs, width), *_normed(width)]
        for i in range(downs):
            modules += _halve(width * 2**i, width * 2 ** (i + 1))
        modules += [ResidualBlock(width * 2**downs) for _ in range(blocks)]
        for i in reversed(range(downs)):
            modules += _double(width * 2 ** (i + 1), width * 2**i)
        super().__init__(*modules)

    def forward(self, x: Tensor) -> Tensor:  # of its own: torch.compile passes over the one of nn.Sequential
        for module in self:
            x = module(x)
        return x


class Head(nn.Sequential):
    """Features ``[N, width, H, W]`` → pictures ``[N, outputs, H, W]`` in [-1, 1]."""

    def __init__(self, width: int, outputs: int) -> None:
        super().__init__(_wide(width, outputs), nn.Tanh())

    def forward(self, x: Tensor) -> Tensor:  # as of the trunk
        for module in self:
            x = module(x)
        return x


class GlobalGenerator(nn.Module):
    """``[N, inputs, H, W]`` → pictures ``[N, outputs, H, W]`` in [-1, 1].

    Width 64, four halvings, nine blocks: 182,546,755 parameters for 36 inputs, 182,443,267 for 3.
    """

    def __init__(self, inputs: int, outputs: int, width: int = 64, downs: int = 4, blocks: int = 9) -> None:
        super().__init__()
        self.trunk = Trunk(inputs, width, downs, blocks)
        self.head = Head(width, outputs)
        initialize_normal(self)

    def forward(self, x: Tensor) -> Tensor:
        picture: Tensor = self.head(self.trunk(x))
        return picture


class LocalEnhancer(nn.Module):
    """The residual network at the full side, around a global generator's trunk at half of it, twice as wide.

    ``width`` is the enhancer's own (32 in the paper). With a :class:`Trunk` of width ``2 · width``, four halvings and
    nine blocks: 182,857,059 parameters for 36 inputs.
    """

    def __init__(self, inputs: int, outputs: int, width: int = 32, local_blocks: int = 3) -> None:
        super().__init__()
        self.down = nn.Sequential(_wide(inputs, width), *_normed(width), *_halve(width, 2 * width))
        self.up = nn.Sequential(*[ResidualBlock(2 * width) for _ in range(local_blocks)], *_double(2 * width, width))
        self.head = Head(width, outputs)
        initialize_normal(self)

    def forward(self, x: Tensor, coarse: Tensor) -> Tensor:
        """Pictures ``[N, outputs, H, W]`` from ``[N, inputs, H, W]`` and features ``[N, 2·width, H/2, W/2]``."""
        picture: Tensor = self.head(self.up(self.down(x) + coarse))
        return picture


class PatchScale(nn.Module):
    """One discriminator: ``[N, inputs, H, W]`` → its features, the last of them the logits ``[N, 1, h, w]``."""

    def __init__(self, inputs: int, width: int, layers: int) -> None:
        super().__init__()
        stages = [nn.Sequential(nn.Conv2d(inputs, width, 4, 2, 2), nn.LeakyReLU(0.2, inplace=True))]
        before = width
        for i in range(1, layers + 1):
            after = min(width * 2**i, 8 * width)
            stride = 1 if i == layers else 2
            convolution = nn.Conv2d(before, after, 4, stride, 2)
            stages.append(nn.Sequential(convolution, nn.InstanceNorm2d(after), activation("instance")))
            before = after
        stages.append(nn.Sequential(nn.Conv2d(before, 1, 4, 1, 2)))
        self.stages = nn.ModuleList(stages)

    def forward(self, x: Tensor) -> list[Tensor]:
        features = []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        return features


class MultiscaleDiscriminator(nn.Module):
    """``[N, inputs, H, W]`` → for each scale, the finest first, the features of :class:`PatchScale`.

    Width 64, three layers, two scales: 5,603,202 parameters for 39 inputs (label map and picture), 5,535,618 for 6.
    """

    def __init__(self, inputs: int, width: int = 64, layers: int = 3, scales: int = 2) -> None:
        super().__init__()
        self.scales = nn.ModuleList(PatchScale(inputs, width, layers) for _ in range(scales))
        initialize_normal(self)

    def forward(self, x: Tensor) -> list[list[Tensor]]:
        outputs_by_scale = []
        for i, scale in enumerate(self.scales):
            x = half_size(x) if i else x
            outputs_by_scale.append(scale(x))
        return outputs_by_scale


class FeatureEncoder(nn.Module):
    """A picture → features [N, outputs, H, W] in [-1, 1], which are then averaged over each object.

    Width 16, four halvings, three maps of a picture in colour: 788,803 parameters.
    """

    def __init__(self, inputs: int = 3, outputs: int = 3, width: int = 16, downs: int = 4) -> None:
        super().__init__()
        self.trunk = Trunk(inputs, width, downs, 0)
        self.head = Head(width, outputs)
        initialize_normal(self)

    def forward(self, x: Tensor) -> Tensor:
        maps: Tensor = self.head(self.trunk(x))
        return maps

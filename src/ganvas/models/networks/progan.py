"""The networks of Progressive GAN (Karras, Aila, Laine & Lehtinen 2018, appendix A), squares of 8 to 1,024 pixels.

Both hold the layers of every size from the beginning; how many are used, and how far the newest one is faded in, is
given in each call. The generator has 23,051,989 parameters at 256 px and 23,086,795 at 1,024 px, as the PyTorch version
of Facebook's GAN zoo (the authors' own has one bias per channel in the first layer, not one per unit: 7,680 fewer). The
discriminator has 23,052,353 and 23,087,249, as the authors'; without the minibatch deviation 4,608 fewer.
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.errors import UserError
from ganvas.models.layers.classes import class_weights
from ganvas.models.layers.minibatch_stddev import MinibatchStddev
from ganvas.models.layers.normalization import pixel_norm

SMALLEST = 4  # side at depth 0
SLOPE = 0.2  # of leaky ReLU below 0


def levels(resolution: int) -> int:
    """How many sizes there are from 4 px to ``resolution``.

    Raises:
        UserError: The resolution is not a power of two from 8 to 1,024.
    """
    sides = [2**i for i in range(3, 11)]
    if resolution not in sides:
        known = ", ".join(map(str, sides))
        raise UserError(f"progan makes pictures of {known} pixels, not {resolution}; change data.resolution.")
    return sides.index(resolution) + 2


def widths(count: int, base: int, widest: int) -> list[int]:
    """Channels of the feature maps at each of ``count`` sizes from 4 px on: halved with each doubling."""
    return [max(min(base >> (level + 1), widest), 1) for level in range(count)]


class EqualLinear(nn.Linear):
    """A linear layer with N(0, 1) weights, scaled at run time to He's deviation (equalised learning rate, §4.1)."""

    def __init__(self, inputs: int, outputs: int, *, gain: float = math.sqrt(2), bias: bool = True) -> None:
        super().__init__(inputs, outputs, bias=bias)
        self.scale = gain / math.sqrt(inputs)
        nn.init.normal_(self.weight)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (the name nn.Linear gave it)
        return F.linear(input, self.weight * self.scale, self.bias)


class EqualConv2d(nn.Conv2d):
    """A convolution with equalised learning rate, as :class:`EqualLinear`, that may resize by two.

    ``up``: nearest doubling and then the convolution; ``down``: the convolution and then 2×2 averaging. Either is one
    strided convolution whose 4×4 kernel sums shifted copies of the 3×3 one: less than half the multiplications.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, *, gain: float = math.sqrt(2), resize: str = "none"
    ) -> None:
        super().__init__(inputs, outputs, kernel, padding=kernel // 2)
        self.scale = gain / math.sqrt(inputs * kernel**2)
        self.resize = resize
        nn.init.normal_(self.weight)
        assert self.bias is not None
        nn.init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (the name nn.Conv2d gave it)
        weight = self.weight * self.scale
        if self.resize == "up":
            kernel = _summed(weight.flip(2, 3)).transpose(0, 1)
            return F.conv_transpose2d(input, kernel, self.bias, stride=2, padding=1)
        if self.resize == "down":
            return F.conv2d(input, _summed(weight) / 4, self.bias, stride=2, padding=1)
        return F.conv2d(input, weight, self.bias, padding=self.padding)


def _summed(kernel: Tensor) -> Tensor:
    """3×3 → 4×4: the sum of the kernel at the four offsets of a 2×2 square."""
    wide = F.pad(kernel, (1, 1, 1, 1))
    return wide[..., 1:, 1:] + wide[..., 1:, :-1] + wide[..., :-1, 1:] + wide[..., :-1, :-1]


def double(x: Tensor) -> Tensor:
    """Nearest doubling of the side."""
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


class GeneratorBlock(nn.Module):
    """Two 3×3 convolutions with leaky ReLU and pixel norm; the first doubles the side."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = EqualConv2d(inputs, outputs, 3, resize="up")
        self.conv2 = EqualConv2d(outputs, outputs, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = pixel_norm(F.leaky_relu(self.conv1(x), SLOPE))
        return pixel_norm(F.leaky_relu(self.conv2(x), SLOPE))


class Generator(nn.Module):
    """z float ``[N, z_dim]`` and labels y int64 ``[N]`` → pictures ``[N, image_channels, S, S]``, S = 4 · 2^depth.

    Pictures are not bounded; they learn to lie in [-1, 1]. With classes, the label joins z as a one-hot vector.
    """

    def __init__(self, count: int, image_channels: int, z_dim: int, base: int, widest: int, classes: int = 0) -> None:
        super().__init__()
        row = widths(count, base, widest)
        self.classes = classes
        # √2/4 instead of √2: the authors' value, from their first version of the code.
        self.first = EqualLinear(z_dim + classes, row[0] * SMALLEST**2, gain=math.sqrt(2) / 4)
        self.second = EqualConv2d(row[0], row[0], 3)
        self.blocks = nn.ModuleList(GeneratorBlock(a, b) for a, b in pairwise(row))
        self.to_image = nn.ModuleList(EqualConv2d(width, image_channels, 1, gain=1.0) for width in row)

    def features(self, z: Tensor, y: Tensor, depth: int) -> list[Tensor]:
        """Feature maps at 4, 8, … 4 · 2^depth px."""
        if self.classes:
            z = torch.cat([z, class_weights(y, self.classes, z)], 1)
        h = self.first(pixel_norm(z)).view(z.shape[0], -1, SMALLEST, SMALLEST)
        h = pixel_norm(F.leaky_relu(h, SLOPE))
        maps = [pixel_norm(F.leaky_relu(self.second(h), SLOPE))]
        for block in self.blocks[:depth]:
            maps.append(block(maps[-1]))
        return maps

    def forward(self, z: Tensor, y: Tensor, depth: int, alpha: float = 1.0) -> Tensor:
        """Pictures at a depth.

        Args:
            z: Latents [N, z_dim].
            y: Labels [N].
            depth: 0 is 4 px.
            alpha: Weight of the newest resolution; the one before, doubled, has the rest.
        """
        maps = self.features(z, y, depth)
        picture: Tensor = self.to_image[depth](maps[depth])
        if depth and alpha < 1:
            picture = torch.lerp(double(self.to_image[depth - 1](maps[depth - 1])), picture, alpha)
        return picture

    def forward_at(self, z: Tensor, y: Tensor, position: Tensor) -> Tensor:
        """Pictures at full size for a tensor ``position`` (0-d) = depth − 1 + alpha: one graph for all depths."""
        maps = self.features(z, y, len(self.blocks))
        picture = torch.zeros((), device=z.device)
        for level, to_image in enumerate(self.to_image):
            weight = F.relu(1 - (position - level).abs())
            picture = (double(picture) if level else picture) + weight * to_image(maps[level])
        return picture


class DiscriminatorBlock(nn.Module):
    """Two 3×3 convolutions with leaky ReLU; the second halves the side."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = EqualConv2d(inputs, inputs, 3)
        self.conv2 = EqualConv2d(inputs, outputs, 3, resize="down")

    def forward(self, x: Tensor) -> Tensor:
        x = F.leaky_relu(self.conv1(x), SLOPE)
        return F.leaky_relu(self.conv2(x), SLOPE)


class Discriminator(nn.Module):
    """Pictures ``[N, image_channels, S, S]``, S = 4 · 2^depth, and labels y → logits ``[N]`` and those of the classes.

    The second is ``[N, classes]``, or None without a classifier.

    Args:
        group_size: Pictures per group of the minibatch standard deviation; 1: it is left out.
        classes: Classes of the auxiliary classifier (AC-GAN, Odena et al. 2017); 0: none.
        projected: Classes of the projection (Miyato & Koyama 2018); 0: none. At most one of the two is above 0.
    """

    def __init__(
        self,
        count: int,
        image_channels: int,
        base: int,
        widest: int,
        *,
        group_size: int = 4,
        classes: int = 0,
        projected: int = 0,
    ) -> None:
        super().__init__()
        row = widths(count, base, widest)
        last = min(base, widest)
        self.from_image = nn.ModuleList(EqualConv2d(image_channels, width, 1) for width in row)
        # Block i leads from size i + 1 to size i.
        self.blocks = nn.ModuleList(DiscriminatorBlock(b, a) for a, b in pairwise(row))
        self.stddev = MinibatchStddev(group_size) if group_size > 1 else None
        self.conv = EqualConv2d(row[0] + (group_size > 1), row[0], 3)
        self.dense = EqualLinear(row[0] * SMALLEST**2, last)
        self.logit = EqualLinear(last, 1 + classes, gain=1.0)
        self.projection = nn.Embedding(projected, last) if projected else None

    def forward(self, x: Tensor, y: Tensor, depth: int, alpha: float = 1.0) -> tuple[Tensor, Tensor | None]:
        """Logits at a depth.

        Args:
            image: Pictures [N, image_channels, S, S].
            y: Labels [N].
            depth: 0 is 4 px.
            alpha: Weight of the newest resolution; the one before, of halved pictures, has the rest.
        """
        h = F.leaky_relu(self.from_image[depth](x), SLOPE)
        for level in range(depth - 1, -1, -1):
            h = self.blocks[level](h)
            if level == depth - 1 and alpha < 1:
                before = F.leaky_relu(self.from_image[level](F.avg_pool2d(x, 2)), SLOPE)
                h = torch.lerp(before, h, alpha)
        if self.stddev is not None:
            h = self.stddev(h)
        h = F.leaky_relu(self.conv(h), SLOPE)
        h = F.leaky_relu(self.dense(h.flatten(1)), SLOPE)
        outputs = self.logit(h)
        logits = outputs[:, 0]
        if self.projection is not None:
            logits = logits + (self.projection(y) * h).sum(1) / math.sqrt(h.shape[1])
        return logits, outputs[:, 1:] if outputs.shape[1] > 1 else None

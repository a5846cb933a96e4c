"""The networks of StyleGAN2 (Karras et al. 2020, "Analyzing and improving the image quality of StyleGAN").

Sizes and constants are those of the ADA paper's PyTorch release. Three things are arranged for speed, none changes a
number: a modulated convolution scales the activations before and after one ordinary convolution instead of making
weights for every picture; gains are folded into weights and biases, because leaky ReLU lets a positive factor through;
and every filter is a convolution whose derivatives are convolutions (:mod:`ganvas.models.layers.convolutions`).

Pictures are float [N, channels, R, R] in about [-1, 1]; ``z`` [N, z_dim]; ``y`` int64 [N]; ``ws`` [N, layers, w_dim].
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from itertools import pairwise
from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models import noise
from ganvas.models.layers.convolutions import conv2d, conv_transpose2d
from ganvas.models.layers.filters import Blur, Downsample, Upsample

Architecture = Literal["original", "skip", "residual"]
Noise = Literal["random", "constant", "none"]

FILTER = (1.0, 3.0, 3.0, 1.0)
SLOPE = 0.2
GAIN = math.sqrt(2)  # what leaky ReLU takes away


def channels_at(resolution: int, base: int, most: int) -> int:
    """Channels of the features at ``resolution``: ``base`` / resolution, at most ``most``."""
    return min(base // resolution, most)


def normalise(x: Tensor) -> Tensor:
    """Scale each row of [N, C] to a mean square of one."""
    return x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()


def precisely(x: Tensor) -> AbstractContextManager[object]:
    """Autocast off inside: styles and statistics lose too much in half precision, and cost next to nothing."""
    kind = x.device.type
    return torch.autocast(kind, enabled=False) if torch.is_autocast_enabled(kind) else nullcontext()


def whole(x: Tensor) -> Tensor:
    """``x`` in float32 where it was less precise."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def _activate(x: Tensor, clamp: float | None) -> Tensor:
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
        with precisely(x):
            x = F.linear(whole(x), self.weight * self.weight_gain, self.bias * self.bias_gain)
            return F.leaky_relu(x, SLOPE) if self.active else x


class Label(nn.Module):
    """A class as a vector: the layer a one-hot label would go through, by looking the row up."""

    def __init__(self, classes: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(features, classes))
        self.bias = nn.Parameter(torch.zeros(features))

    def forward(self, y: Tensor) -> Tensor:
        return F.embedding(y, self.weight.t()) / math.sqrt(self.weight.shape[1]) + self.bias


class Mapping(nn.Module):
    """z (and class) → w; with ``z_dim`` 0 the class alone, as the discriminator uses it. The game tracks ``w_avg``."""

    w_avg: Tensor

    def __init__(self, z_dim: int, w_dim: int, layers: int, classes: int = 0, rate: float = 0.01) -> None:
        super().__init__()
        self.z_dim = z_dim
        self.embed = Label(classes, w_dim) if classes else None
        widths = [z_dim + (w_dim if classes else 0), *[w_dim] * layers]
        self.layers = nn.ModuleList(Dense(a, b, active=True, rate=rate) for a, b in pairwise(widths))
        self.register_buffer("w_avg", torch.zeros(w_dim))

    def forward(self, z: Tensor | None, y: Tensor) -> Tensor:
        """:returns: w [N, w_dim]."""
        parts = [] if z is None else [normalise(z)]
        if self.embed is not None:
            parts.append(normalise(self.embed(y)))
        x = torch.cat(parts, 1)
        for layer in self.layers:
            x = layer(x)
        return x


class Modulated(nn.Module):
    """A convolution whose input channels are scaled by a style, with noise and bias (section 2.2)."""

    noise_constant: Tensor

    def __init__(
        self, inputs: int, outputs: int, w_dim: int, resolution: int, *, up: bool, clamp: float | None, noisy: bool
    ) -> None:
        super().__init__()
        self.resolution = resolution
        self.clamp = clamp
        self.affine = Dense(w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.noise_strength = nn.Parameter(torch.zeros(())) if noisy else None
        if noisy:
            self.register_buffer("noise_constant", torch.randn(resolution, resolution))
        self.blur = Blur(FILTER, 1) if up else None

    def forward(self, x: Tensor, w: Tensor, mode: Noise, gain: float = 1.0) -> Tensor:
        style = self.affine(w)
        # Demodulation: the output channel's expected deviation is what the scaled weights' norm says.
        with precisely(x):
            power = self.weight.square().sum((2, 3))
            scale = (style.square() @ power.t() + 1e-8).rsqrt() * (GAIN * gain)
        x = x * style.to(x.dtype)[:, :, None, None]
        if self.blur is None:
            x = conv2d(x, self.weight, padding=1)
        else:
            # Zeros between the pixels, convolution and filter; the filter's factor 4 undoes the zeros' darkening.
            x = conv_transpose2d(x, self.weight.transpose(0, 1), stride=2)
            x = self.blur(x)
            scale = scale * 4
        shift = (self.bias * (GAIN * gain))[None, :, None, None]
        if mode != "none" and self.noise_strength is not None:
            grain = self.noise_constant
            if mode == "random":
                grain = noise.normal(len(x), 1, self.resolution, self.resolution, device=x.device)
            shift = shift + grain * (self.noise_strength * (GAIN * gain))
        x = torch.addcmul(shift.to(x.dtype), x, scale.to(x.dtype)[:, :, None, None])
        return _activate(x, None if self.clamp is None else self.clamp * gain)


class ToImage(nn.Module):
    """Features → picture channels by a modulated 1 × 1 convolution without demodulation."""

    def __init__(self, inputs: int, channels: int, w_dim: int, clamp: float | None) -> None:
        super().__init__()
        self.clamp = clamp
        self.affine = Dense(w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(channels, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        style = self.affine(w) / math.sqrt(x.shape[1])
        x = conv2d(x * style.to(x.dtype)[:, :, None, None], self.weight, self.bias)
        x = whole(x)
        return x if self.clamp is None else x.clamp(-self.clamp, self.clamp)


class SynthesisBlock(nn.Module):
    """One resolution: a convolution that doubles the side (but at 4 × 4), one that does not, and a picture."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        w_dim: int,
        resolution: int,
        channels: int,
        *,
        last: bool,
        architecture: Architecture,
        clamp: float | None,
        noisy: bool,
    ) -> None:
        super().__init__()
        first = inputs == 0
        if first:
            self.conv0 = None
        else:
            self.conv0 = Modulated(inputs, outputs, w_dim, resolution, up=True, clamp=clamp, noisy=noisy)
        self.conv1 = Modulated(outputs, outputs, w_dim, resolution, up=False, clamp=clamp, noisy=noisy)
        drawing = last or architecture == "skip"
        self.to_image = ToImage(outputs, channels, w_dim, clamp) if drawing else None
        self.upsample = Upsample(FILTER)
        residual = architecture == "residual" and not first
        self.shortcut = nn.Parameter(torch.randn(outputs, inputs, 1, 1)) if residual else None
        self.layers = 1 if first else 2

    def forward(self, x: Tensor, image: Tensor | None, ws: list[Tensor], mode: Noise) -> tuple[Tensor, Tensor | None]:
        if self.conv0 is None:
            x = self.conv1(x, ws[0], mode)
        elif self.shortcut is not None:
            gain = math.sqrt(0.5)
            by = self.upsample(conv2d(x, self.shortcut * (gain / math.sqrt(x.shape[1]))))
            x = self.conv1(self.conv0(x, ws[0], mode), ws[1], mode, gain) + by
        else:
            x = self.conv1(self.conv0(x, ws[0], mode), ws[1], mode)
        if image is not None:
            image = self.upsample(image)
        if self.to_image is not None:
            drawn = self.to_image(x, ws[self.layers])
            image = drawn if image is None else image + drawn
        return x, image


class Synthesis(nn.Module):
    """ws → picture. A block's picture layer shares its w with the next block's first convolution."""

    def __init__(
        self,
        resolution: int,
        channels: int,
        w_dim: int,
        base: int,
        most: int,
        architecture: Architecture = "skip",
        clamp: float | None = 256.0,
        noisy: bool = True,
    ) -> None:
        super().__init__()
        sides = [2**i for i in range(2, int(math.log2(resolution)) + 1)]
        widths = [channels_at(side, base, most) for side in sides]
        self.constant = nn.Parameter(torch.randn(1, widths[0], 4, 4))
        self.blocks = nn.ModuleList(
            SynthesisBlock(
                before,
                width,
                w_dim,
                side,
                channels,
                last=side == resolution,
                architecture=architecture,
                clamp=clamp,
                noisy=noisy,
            )
            for side, before, width in zip(sides, [0, *widths], widths, strict=False)
        )
        self.layers = 2 * len(sides)

    def forward(self, ws: Tensor, noise_mode: Noise = "random") -> Tensor:
        x = self.constant.expand(ws.shape[0], -1, -1, -1)  # len() would fix the batch of an export
        image = None
        styles = list(ws.unbind(1))
        for i, block in enumerate(self.blocks):
            x, image = block(x, image, styles[max(2 * i - 1, 0) :], noise_mode)
        assert isinstance(image, Tensor)
        return image


class Generator(nn.Module):
    """z (and class) → picture: ``mapping`` then ``synthesis``.

    :param base: channels × resolution; 32768 is the full size and 16384 the halved one.
    :param classes: 0 when unconditional.
    :param noisy: with noise of its own beside each convolution.
    """

    def __init__(
        self,
        resolution: int,
        channels: int = 3,
        *,
        z_dim: int = 512,
        w_dim: int = 512,
        mapping_layers: int = 8,
        base: int = 32768,
        most: int = 512,
        classes: int = 0,
        architecture: Architecture = "skip",
        clamp: float | None = 256.0,
        noisy: bool = True,
    ) -> None:
        super().__init__()
        self.mapping = Mapping(z_dim, w_dim, mapping_layers, classes)
        self.synthesis = Synthesis(resolution, channels, w_dim, base, most, architecture, clamp, noisy)

    def styles(self, w: Tensor) -> Tensor:
        """w [N, w_dim] → the same for every layer [N, layers, w_dim]."""
        return w[:, None].expand(-1, self.synthesis.layers, -1)

    def forward(self, z: Tensor, y: Tensor, psi: Tensor | float = 1.0, noise_mode: Noise = "constant") -> Tensor:
        """``psi`` a number or [N]: w is moved towards its average (1 not at all, 0 entirely)."""
        w = self.mapping(z, y)
        share = psi[:, None] if isinstance(psi, Tensor) else psi
        w = self.mapping.w_avg + (w - self.mapping.w_avg) * share
        return self.synthesis(self.styles(w), noise_mode)  # type: ignore[no-any-return]


# ── Discriminator ───────────────────────────────────────────────────────────────────────────────────────────────────


class Convolution(nn.Module):
    """A convolution with equalised learning rate, leaky ReLU at unit gain and, for ``down``, half the side."""

    def __init__(self, inputs: int, outputs: int, size: int, *, down: bool = False, clamp: float | None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, size, size))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.blur = Blur(FILTER, 2) if down else None
        self.clamp = clamp

    def forward(self, x: Tensor, gain: float = 1.0) -> Tensor:
        _, inputs, size, _ = self.weight.shape
        weight = self.weight * (GAIN * gain / math.sqrt(inputs * size * size))
        bias = self.bias * (GAIN * gain)
        if self.blur is None:
            x = conv2d(x, weight, bias, padding=size // 2)
        else:
            x = conv2d(self.blur(x), weight, bias, stride=2)
        return _activate(x, None if self.clamp is None else self.clamp * gain)


class Shortcut(nn.Module):
    """The linear way round a block: half the side, then a 1 × 1 convolution."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 1, 1))
        self.downsample = Downsample(FILTER)

    def forward(self, x: Tensor, gain: float) -> Tensor:
        return conv2d(self.downsample(x), self.weight * (gain / math.sqrt(x.shape[1])))


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
        self.from_image = Convolution(channels, width, 1, clamp=clamp) if reads else None
        self.conv0 = Convolution(width, width, 3, clamp=clamp)
        self.conv1 = Convolution(width, outputs, 3, down=True, clamp=clamp)
        self.shortcut = Shortcut(width, outputs) if architecture == "residual" else None
        self.downsample = Downsample(FILTER) if architecture == "skip" else None

    def forward(self, x: Tensor | None, image: Tensor) -> tuple[Tensor, Tensor]:
        if self.from_image is not None:
            read = self.from_image(image)
            x = read if x is None else x + read
        assert x is not None
        if self.downsample is not None:
            image = self.downsample(image)
        if self.shortcut is None:
            return self.conv1(self.conv0(x)), image
        gain = math.sqrt(0.5)
        return self.conv1(self.conv0(x), gain) + self.shortcut(x, gain), image


class MinibatchDeviation(nn.Module):
    """Append one channel: how much the features differ within groups of pictures (Karras et al. 2018, section 3).

    Picture *i* is grouped with those N / group apart, as in the reference. Where ``group_size`` does not divide N, the
    largest smaller number that does is taken.
    """

    def __init__(self, group_size: int = 4) -> None:
        super().__init__()
        self.group_size = group_size

    def forward(self, x: Tensor) -> Tensor:
        count, _, height, width = x.shape
        size = next(n for n in range(min(self.group_size, count), 0, -1) if count % n == 0)
        y = whole(x).reshape(size, count // size, -1)
        y = (y.var(0, unbiased=False) + 1e-8).sqrt().mean(1)
        y = y.repeat(size)[:, None, None, None].expand(-1, 1, height, width)
        return torch.cat([x, y.to(x.dtype)], 1)


class LayerName(NamedTuple):
    """A layer of the discriminator that FreezeD may hold still: its place and the side of the pictures it sees."""

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
        self.from_image = Convolution(channels, width, 1, clamp=None) if skips else None
        self.deviation = MinibatchDeviation(group)
        self.conv = Convolution(width + 1, width, 3, clamp=clamp)
        self.dense = Dense(width * 16, width, active=True)
        self.out = Dense(width, width if classes else 1)
        self.mapping = Mapping(0, width, mapping_layers, classes) if classes else None

    def forward(self, image: Tensor, y: Tensor) -> Tensor:
        x = None
        for block in self.blocks:
            x, image = block(x, image)
        assert x is not None
        if self.from_image is not None:
            x = x + self.from_image(image)
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


def hold_still(module: nn.Module) -> None:
    """Turn a module's parameters into buffers of the same names: saved and loaded as before, never trained."""
    for child in module.modules():
        for name, parameter in list(child.named_parameters(recurse=False)):
            delattr(child, name)
            child.register_buffer(name, parameter.detach())

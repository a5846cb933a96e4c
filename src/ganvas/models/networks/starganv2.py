"""The networks of StarGAN v2 (Choi, Uh, Yoo & Ha 2020): a generator that takes a style, and three networks with a head
for each domain.

All are residual, with LeakyReLU(0.2) before each convolution and sums divided by √2, so that variances stay. A style
is 64 numbers: the mapping network makes it from noise, the style encoder reads it off a picture, and adaptive instance
norm (Huang & Belongie 2017) lays it over the features on the way up. At 256 px the generator has 33,892,995 parameters,
with outlines carried over 43,467,395; for two domains the discriminator has 20,852,290, the mapping network 2,438,272
and the style encoder 20,916,928.
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SLOPE = 0.2
OUTLINED = (32, 64, 128)  # sides of the maps at which outlines are carried over
COARSE = 32  # at this one and below lips, brows and jaw are carried over as well
BUDGET = 2**14  # channels times side of the first layer


def first_width(resolution: int) -> int:
    """Channels of the first layers: 64 at 256 px, twice as many at half the side."""
    return max(BUDGET // resolution, 1)


def initialize_he(network: nn.Module) -> None:
    """He et al. 2015: convolutions and linear layers from N(0, 2 / inputs), every bias 0."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def of_domain(outputs: Tensor, y: Tensor) -> Tensor:
    """Select the output of the head of each row's domain: [N, domains, …], int64 [N] → [N, …]."""
    index = y.view(-1, *[1] * (outputs.dim() - 1)).expand(-1, 1, *outputs.shape[2:])
    return outputs.gather(1, index)[:, 0]


class Block(nn.Module):
    """(norm,) activate, convolve(, halve the side), (norm,) activate, convolve; plus the input. [N, C, H, W]."""

    def __init__(self, inputs: int, outputs: int, *, normed: bool = False, halve: bool = False) -> None:
        super().__init__()
        self.halve = halve
        self.norm1 = nn.InstanceNorm2d(inputs, affine=True) if normed else nn.Identity()
        self.norm2 = nn.InstanceNorm2d(inputs, affine=True) if normed else nn.Identity()
        self.conv1 = nn.Conv2d(inputs, inputs, 3, 1, 1)
        self.conv2 = nn.Conv2d(inputs, outputs, 3, 1, 1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, bias=False) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        inner = self.conv1(F.leaky_relu(self.norm1(x), SLOPE))
        if self.halve:
            # Averaging and the 1×1 convolution of the shortcut commute: average first, a quarter of the places.
            inner, x = F.avg_pool2d(inner, 2), F.avg_pool2d(x, 2)
        inner = self.conv2(F.leaky_relu(self.norm2(inner), SLOPE))
        answer: Tensor = (self.shortcut(x) + inner) / math.sqrt(2)
        return answer


class AdaIN(nn.Module):
    """Normalise each channel of each picture, then scale by 1 + γ(s) and shift by β(s)."""

    def __init__(self, style_dim: int, channels: int) -> None:
        super().__init__()
        self.norm = nn.InstanceNorm2d(channels)
        self.affine = nn.Linear(style_dim, channels * 2)

    def forward(self, x: Tensor, s: Tensor) -> Tensor:
        gamma, beta = self.affine(s)[:, :, None, None].chunk(2, 1)
        answer: Tensor = (1 + gamma) * self.norm(x) + beta
        return answer


class StyledBlock(nn.Module):
    """AdaIN, activate(, double the side), convolve, AdaIN, activate, convolve; plus the input unless ``bare``."""

    def __init__(self, inputs: int, outputs: int, style_dim: int, *, double: bool, bare: bool) -> None:
        super().__init__()
        self.enlarges = double
        self.bare = bare
        self.conv1 = nn.Conv2d(inputs, outputs, 3, 1, 1)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.norm1 = AdaIN(style_dim, inputs)
        self.norm2 = AdaIN(style_dim, outputs)
        # The published networks keep the weights of an idle shortcut; so do these, or files would not fit.
        self.shortcut = nn.Conv2d(inputs, outputs, 1, bias=False) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor, s: Tensor) -> Tensor:
        inner = F.leaky_relu(self.norm1(x, s), SLOPE)
        inner = F.interpolate(inner, scale_factor=2.0, mode="nearest") if self.enlarges else inner
        inner = self.conv1(inner)
        answer: Tensor = self.conv2(F.leaky_relu(self.norm2(inner, s), SLOPE))
        if self.bare:
            return answer
        # A 1×1 convolution and nearest doubling commute: convolve the quarter of the places.
        straight = self.shortcut(x)
        straight = F.interpolate(straight, scale_factor=2.0, mode="nearest") if self.enlarges else straight
        return (answer + straight) / math.sqrt(2)


class Generator(nn.Module):
    """``x`` [N, channels, R, R] in about [-1, 1] and styles ``s`` [N, style_dim] → pictures of the shape of ``x``.

    Args:
        resolution: A power of two, 32 at least.
        width: Channels at full resolution; twice as many at each half, ``widest`` at most.
        residual: The output is added to ``x``; it is small at the beginning.
        outline: 0: none; else features of the source, high-pass filtered and divided by this number, are added to the
            features of the decoder where ``outlines`` is not 0 (§A of the paper's appendix); the encoder is one level
            deeper and the blocks of the decoder have no shortcut.
    """

    laplacian: Tensor

    def __init__(
        self,
        resolution: int,
        channels: int,
        width: int,
        widest: int,
        style_dim: int,
        outline: float = 0.0,
        *,
        residual: bool = False,
    ) -> None:
        super().__init__()
        self.outline = outline
        self.residual = residual
        levels = max(int(math.log2(resolution)) - 4, 1) + (outline > 0)
        widths = [min(width * 2**level, max(widest, width)) for level in range(levels + 1)]
        bare = outline > 0
        self.from_rgb = nn.Conv2d(channels, width, 3, 1, 1)
        self.encode = nn.ModuleList(Block(inner, outer, normed=True, halve=True) for inner, outer in pairwise(widths))
        self.encode.extend(Block(widths[-1], widths[-1], normed=True) for _ in range(2))
        self.decode = nn.ModuleList(
            StyledBlock(widths[-1], widths[-1], style_dim, double=False, bare=bare) for _ in range(2)
        )
        self.decode.extend(
            StyledBlock(widths[level + 1], widths[level], style_dim, double=True, bare=bare)
            for level in reversed(range(levels))
        )
        self.last_norm = nn.InstanceNorm2d(width, affine=True)
        self.to_rgb = nn.Conv2d(width, channels, 1)
        if outline:
            kernel = torch.full((3, 3), -1.0)
            kernel[1, 1] = 8.0
            self.register_buffer("laplacian", kernel / outline, persistent=False)
        initialize_he(self)
        if residual:
            with torch.no_grad():
                self.to_rgb.weight.mul_(0.1)

    def extra_repr(self) -> str:
        return f"outline={self.outline}, residual={self.residual}"

    def forward(self, x: Tensor, s: Tensor, outlines: Tensor | None = None) -> Tensor:
        """Translate pictures into styles.

        Args:
            x: Sources [N, channels, R, R].
            s: Styles [N, style_dim].
            outlines: Masks [N, 2, R, R] in [0, 1] of the features to pass on, for coarse and for fine feature maps.
        """
        source = x
        x = self.from_rgb(x)
        kept: dict[int, Tensor] = {}
        carries = self.outline > 0 and outlines is not None
        for block in self.encode:
            if carries and x.shape[2] in OUTLINED:
                kept[x.shape[2]] = x
            x = block(x)
        for block in self.decode:
            x = block(x, s)
            if outlines is not None and x.shape[2] in kept:
                x = x + self._lines(kept[x.shape[2]], outlines)
        picture: Tensor = self.to_rgb(F.leaky_relu(self.last_norm(x), SLOPE))
        return source + picture if self.residual else picture

    def _lines(self, x: Tensor, outlines: Tensor) -> Tensor:
        """The Laplacian of what lies within the outlines."""
        side, channels = x.shape[2], x.shape[1]
        mask = outlines[:, :1] if side <= COARSE else outlines[:, 1:]
        mask = F.interpolate(mask, size=(side, side), mode="bilinear", align_corners=False).to(x.dtype)
        kernel = self.laplacian.to(x.dtype).expand(channels, 1, 3, 3)
        return F.conv2d(mask * x, kernel, padding=1, groups=channels)


class MappingNetwork(nn.Module):
    """Latents ``z`` [N, z_dim] and domains ``y`` int64 [N] → styles [N, style_dim]; half of the layers is common."""

    def __init__(self, z_dim: int, style_dim: int, domains: int, width: int = 512) -> None:
        super().__init__()
        self.shared = _perceptron([z_dim, width, width, width, width], active=True)
        self.heads = nn.ModuleList(
            _perceptron([width, width, width, width, style_dim], active=False) for _ in range(domains)
        )
        initialize_he(self)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        h = self.shared(z)
        return of_domain(torch.stack([head(h) for head in self.heads], 1), y)


class StyleEncoder(nn.Module):
    """Pictures ``x`` [N, channels, R, R] and their domains ``y`` int64 [N] → styles [N, style_dim]."""

    def __init__(self, resolution: int, channels: int, width: int, widest: int, style_dim: int, domains: int) -> None:
        super().__init__()
        self.trunk = Trunk(resolution, channels, width, widest)
        self.heads = nn.ModuleList(nn.Linear(self.trunk.outputs, style_dim) for _ in range(domains))
        initialize_he(self)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        h = self.trunk(x)
        return of_domain(torch.stack([head(h) for head in self.heads], 1), y)


class Discriminator(nn.Module):
    """Pictures ``x`` [N, channels, R, R] and domains ``y`` int64 [N] → logits [N]: real ones of it, or not?"""

    def __init__(self, resolution: int, channels: int, width: int, widest: int, domains: int) -> None:
        super().__init__()
        self.trunk = Trunk(resolution, channels, width, widest)
        self.heads = nn.Linear(self.trunk.outputs, domains)
        initialize_he(self)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return of_domain(self.heads(self.trunk(x)), y)


class Trunk(nn.Module):
    """Pictures [N, channels, R, R] → features [N, outputs]: halved down to 4 × 4, then read as a whole."""

    def __init__(self, resolution: int, channels: int, width: int, widest: int) -> None:
        super().__init__()
        levels = int(math.log2(resolution)) - 2
        widths = [min(width * 2**level, max(widest, width)) for level in range(levels + 1)]
        self.outputs = widths[-1]
        self.first = nn.Conv2d(channels, width, 3, 1, 1)
        self.blocks = nn.Sequential(*(Block(inner, outer, halve=True) for inner, outer in pairwise(widths)))
        self.last = nn.Conv2d(self.outputs, self.outputs, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(self.first(x))
        features: Tensor = F.leaky_relu(self.last(F.leaky_relu(x, SLOPE)), SLOPE).flatten(1)
        return features


def _perceptron(widths: list[int], *, active: bool) -> nn.Sequential:
    """Linear layers with ReLU between them, and behind the last one where ``active``."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*(layers if active else layers[:-1]))

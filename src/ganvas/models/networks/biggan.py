"""The networks of BigGAN (Brock, Donahue & Simonyan 2019, appendix B) for squares of 32 to 256 pixels.

With 1,000 classes and the published settings they have 70,433,988 and 87,982,370 parameters at 128 px (channels 96).
Without hierarchy they are SAGAN's (Zhang et al. 2019): 33,550,980 and 39,448,258 (channels 64).
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.errors import UserError
from ganvas.models.layers.attention import SelfAttention
from ganvas.models.layers.classes import ClassEmbedding
from ganvas.models.layers.conditional import ConditionalBatchNorm
from ganvas.models.layers.initialization import InitName, initialize
from ganvas.models.layers.residual_blocks import DiscriminatorBlock, GeneratorBlock
from ganvas.models.layers.spectral import SpectralConv2d, SpectralEmbedding, SpectralLinear

# Channels of the feature maps, in units of ``channels``. Generator: at sides 4, 8, … R.
WIDTHS: dict[int, tuple[int, ...]] = {
    32: (4, 4, 4, 4),
    64: (16, 16, 8, 4, 2),
    128: (16, 16, 8, 4, 2, 1),
    256: (16, 16, 8, 8, 4, 2, 1),
}
# Discriminator: at sides R/2, R/4, … 4, and 4 once more; at 32 px at sides 16, 8, 8, 8.
D_WIDTHS: dict[int, tuple[int, ...]] = {
    32: (4, 4, 4, 4),
    64: (1, 2, 4, 8, 16),
    128: (1, 2, 4, 8, 16, 16),
    256: (1, 2, 4, 8, 8, 16, 16),
}
BOTTOM = 4  # side of the generator's first feature map


def check_sizes(family: str, resolution: int, attention: tuple[int, ...]) -> None:
    """Check the resolution and the sides of feature maps with attention.

    Raises:
        UserError: There are no networks of that resolution, or no feature maps of such a side.
    """
    if resolution not in WIDTHS:
        sizes = ", ".join(map(str, WIDTHS))
        raise UserError(f"{family} makes pictures of {sizes} pixels, not {resolution}; change data.resolution.")
    sides = [side for side in (8, 16, 32, 64, 128) if side < resolution]
    for side in attention:
        if side not in sides:
            raise UserError(
                f"{family} at {resolution} px can have attention at {', '.join(map(str, sides))}, not at {side}; "
                "change model.attention."
            )


class Generator(nn.Module):
    """z float ``[N, z_dim]`` and labels y int64 ``[N]`` → pictures ``[N, image_channels, R, R]`` in [-1, 1].

    Args:
        channels: Channel multiplier (``ch`` in the paper).
        classes: Number of classes; 0: the norms have learned constants and ``y`` is ignored.
        shared_dim: Length of the class embedding that all norms share and map linearly; 0: each norm has its own.
        hierarchical: Concatenate a part of z per block to the class embedding. ``z_dim`` is then rounded down to a
            multiple of the number of parts; see the attribute.
        attention: Sides of the feature maps with self-attention.
        truncations: Number of values of psi with standing statistics.
    """

    stands: Tensor

    def __init__(
        self,
        resolution: int,
        image_channels: int,
        channels: int,
        z_dim: int,
        classes: int,
        *,
        shared_dim: int,
        hierarchical: bool,
        attention: tuple[int, ...],
        init: InitName,
        truncations: int = 0,
        eps: float = 1e-6,
    ) -> None:
        super().__init__()
        self.register_buffer("stands", torch.zeros(()))  # 1 once the norms hold standing statistics
        self.truncations = truncations
        row = [channels * width for width in WIDTHS[resolution]]
        parts = len(row) if hierarchical else 1
        self.part = z_dim // parts
        self.z_dim = self.part * parts
        self.hierarchical = hierarchical
        shared = bool(classes and shared_dim)
        condition = (shared_dim if shared else 0) + (self.part if hierarchical else 0)
        norm = partial(
            ConditionalBatchNorm,
            condition=condition,
            classes=0 if condition else classes,
            truncations=truncations,
            eps=eps,
        )
        self.shared = ClassEmbedding(classes, shared_dim) if shared else None
        self.linear = SpectralLinear(self.part, row[0] * BOTTOM**2, eps=eps)
        self.blocks = nn.ModuleList()
        self.attention = nn.ModuleDict()
        for index, (before, after) in enumerate(pairwise(row)):
            self.blocks.append(GeneratorBlock(before, after, norm, eps=eps))
            if BOTTOM * 2 ** (index + 1) in attention:
                self.attention[str(index)] = SelfAttention(after, eps=eps)
        self.norm = ConditionalBatchNorm(row[-1], truncations=truncations)
        self.to_image = SpectralConv2d(row[-1], image_channels, eps=eps)
        initialize(self, init)

    def conditions(self, z: Tensor, y: Tensor) -> tuple[Tensor, list[Tensor]]:
        """What the first layer is given, and what the norms of each block are given."""
        label = y if self.shared is None else self.shared(y)
        if not self.hierarchical:
            return z, [label] * len(self.blocks)
        first, *rest = torch.split(z, self.part, 1)
        return first, rest if self.shared is None else [torch.cat([label, part], 1) for part in rest]

    def mixture(self, psi: Tensor) -> Tensor | None:
        """How much of each standing statistic a picture truncated by ``psi`` ``[N]`` takes, ``[N, truncations]``.

        Statistics k of n belong to psi = k / (n − 1), and between two of them there is a straight line. All zeros
        (running statistics) until the norms hold any.
        """
        if self.truncations < 2:
            return None
        place = psi.clamp(0, 1)[:, None] * (self.truncations - 1)
        at = torch.arange(self.truncations, device=psi.device)
        return self.stands * F.relu(1 - (place - at).abs())

    def forward(self, z: Tensor, y: Tensor, mix: Tensor | None = None) -> Tensor:
        return self.render(*self.conditions(z, y), mix)

    def render(self, first: Tensor, conditions: list[Tensor], mix: Tensor | None = None) -> Tensor:
        """Pictures [N, image_channels, R, R] from the output of :meth:`conditions`."""
        h = self.linear(first).view(first.shape[0], -1, BOTTOM, BOTTOM)
        for index, (block, condition) in enumerate(zip(self.blocks, conditions, strict=True)):
            h = block(h, condition, mix)
            if str(index) in self.attention:
                h = self.attention[str(index)](h)
        return torch.tanh(self.to_image(F.relu(self.norm(h, first, mix))))  # this norm is not conditional


class Discriminator(nn.Module):
    """Pictures ``[N, image_channels, R, R]`` and labels y int64 ``[N]`` → logits ``[N]``.

    With classes, the inner product of the class's vector and the summed features is added to the logit (projection,
    Miyato & Koyama 2018, eq. 4).
    """

    def __init__(
        self,
        resolution: int,
        image_channels: int,
        channels: int,
        classes: int,
        *,
        attention: tuple[int, ...],
        init: InitName,
        eps: float = 1e-6,
    ) -> None:
        super().__init__()
        row = [channels * width for width in D_WIDTHS[resolution]]
        halving = 2 if resolution == 32 else len(row) - 1
        self.blocks = nn.ModuleList()
        self.attention = nn.ModuleDict()
        before, side = image_channels, resolution
        for index, after in enumerate(row):
            halve = index < halving
            self.blocks.append(DiscriminatorBlock(before, after, first=index == 0, halve=halve, eps=eps))
            side //= 2 if halve else 1
            if halve and side in attention:
                self.attention[str(index)] = SelfAttention(after, eps=eps)
            before = after
        self.linear = SpectralLinear(row[-1], 1, eps=eps)
        self.projection = SpectralEmbedding(classes, row[-1], eps=eps) if classes else None
        initialize(self, init)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        h = x
        for index, block in enumerate(self.blocks):
            h = block(h)
            if str(index) in self.attention:
                h = self.attention[str(index)](h)
        h = F.relu(h).sum((2, 3))
        logits: Tensor = self.linear(h).squeeze(1)
        if self.projection is not None:
            logits = logits + (self.projection(y) * h).sum(1)
        return logits

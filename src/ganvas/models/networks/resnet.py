"""The residual generator of CycleGAN (Zhu, Park, Isola & Efros 2017, appendix 7.2; after Johnson et al. 2016).

Two steps down, residual blocks, two steps up. At width 64, RGB and instance norm: 11,378,179 parameters with nine
blocks, 7,837,699 with six. CUT's has as many, with antialiased resampling (Zhang 2019).
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.errors import UserError
from ganvas.models import noise
from ganvas.models.layers.filters import Halve
from ganvas.models.layers.initialization import initialize_normal
from ganvas.models.layers.normalization import normalization

SMALLEST = 16  # smallest side in pixels
FIFTH = 5  # the last block whose features contrastive losses take


class ResidualBlock(nn.Module):
    """x + two 3 × 3 convolutions of x with reflection padding and normalisation; the shape [N, C, H, W] is kept."""

    def __init__(self, channels: int, *, norm: str, bias: bool, dropout: float = 0.0) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, bias=bias)
        self.norm1 = normalization(norm, channels)
        self.dropout = noise.Dropout(dropout) if dropout else nn.Identity()
        self.conv2 = nn.Conv2d(channels, channels, 3, bias=bias)
        self.norm2 = normalization(norm, channels)

    def forward(self, x: Tensor) -> Tensor:
        inner = F.relu(self.norm1(self.conv1(reflected(x, 1))))
        y: Tensor = x + self.norm2(self.conv2(reflected(self.dropout(inner), 1)))
        return y


class ResNetGenerator(nn.Module):
    """``[N, inputs, H, W]`` → ``[N, outputs, H, W]`` in [-1, 1]; H and W are divisible by 4 and 12 at least.

    Args:
        width: Channels at full resolution; twice as many at one half, four times at one quarter.
        blocks: Residual blocks at one quarter of the resolution.
        antialias: Convolutions have stride 1, with blurred downsampling and bilinear upsampling between them. Slower,
            and without checkerboard artefacts.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        width: int = 64,
        blocks: int = 9,
        *,
        norm: str = "instance",
        dropout: float = 0.0,
        antialias: bool = False,
    ) -> None:
        super().__init__()
        self.antialias = antialias
        bias = norm != "batch"  # batch norm's shift would undo it
        stride = 1 if antialias else 2
        self.first = nn.Conv2d(inputs, width, 7, bias=bias)
        self.first_norm = normalization(norm, width)
        self.down = nn.ModuleList(nn.Conv2d(width * i, width * i * 2, 3, stride, 1, bias=bias) for i in (1, 2))
        self.down_norm = nn.ModuleList(normalization(norm, width * i * 2) for i in (1, 2))
        self.halve = Halve() if antialias else nn.Identity()
        self.blocks = nn.Sequential(
            *(ResidualBlock(width * 4, norm=norm, bias=bias, dropout=dropout) for _ in range(blocks))
        )
        self.up = nn.ModuleList(
            nn.Conv2d(width * i * 2, width * i, 3, 1, 1, bias=bias)
            if antialias
            else nn.ConvTranspose2d(width * i * 2, width * i, 3, 2, 1, output_padding=1, bias=bias)
            for i in (2, 1)
        )
        self.up_norm = nn.ModuleList(normalization(norm, width * i) for i in (2, 1))
        self.last = nn.Conv2d(width, outputs, 7)
        self.feature_channels = (inputs, 2 * width, *[4 * width] * (3 if blocks >= FIFTH else 2))
        initialize_normal(self)

    def forward(self, x: Tensor) -> Tensor:
        return self.with_features(x)[0]

    def with_features(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The output for ``x`` and :meth:`features` of ``x``, in one pass."""
        x, found = self._encode(x)
        for block in list(self.blocks)[FIFTH:]:
            x = block(x)
        for conv, norm in zip(self.up, self.up_norm, strict=True):
            if self.antialias:
                x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
            x = F.relu(norm(conv(x)))
        picture: Tensor = self.last(reflected(x, 3)).tanh()
        return picture, found

    def features(self, x: Tensor) -> list[Tensor]:
        """Features of the encoder for PatchNCE: maps [N, C, H, W] with ``feature_channels``.

        The padded picture, both downsampling convolutions before their norm, the first residual block and the fifth,
        where there is one (Park et al. 2020, §C.1).
        """
        return self._encode(x)[1]

    def _encode(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The output of the fifth block, or of the last of fewer, and the features up to it."""
        x = reflected(x, 3)
        found = [x]
        x = F.relu(self.first_norm(self.first(x)))
        for conv, norm in zip(self.down, self.down_norm, strict=True):
            x = conv(x)
            found.append(x)
            x = F.relu(norm(x))
            x = self.halve(x)
        for number, block in enumerate(list(self.blocks)[:FIFTH], 1):
            x = block(x)
            if number in (1, FIFTH):
                found.append(x)
        return x, found


def check_side(family: str, side: int) -> None:
    """Check the side of pictures.

    Raises:
        UserError: Such a generator cannot take pictures of this side.
    """
    if side % 4 or side < SMALLEST:
        raise UserError(
            f"{family} takes pictures of {SMALLEST}, {SMALLEST + 4}, {SMALLEST + 8}, … pixels, not {side}; change "
            "resolution."
        )


def reflected(x: Tensor, border: int) -> Tensor:
    """``[N, C, H, W]`` with a border mirrored at the outermost pixels; H and W exceed ``border``."""
    return F.pad(x, (border, border, border, border), mode="reflect")

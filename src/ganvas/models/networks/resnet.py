"""The residual generator of CycleGAN (Zhu, Park, Isola & Efros 2017, appendix 7.2; after Johnson et al. 2016).

Two steps down, residual blocks, two steps up. At width 64, RGB and instance norm: 11,378,179 parameters with nine
blocks, 7,837,699 with six.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models import noise
from ganvas.models.layers import initialize_normal, normalization


class ResidualBlock(nn.Module):
    """x + two 3 × 3 convolutions of x, each on a reflected border and normalised; ``[N, C, H, W]`` stays that."""

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

    :param width: channels at full resolution; twice as many at one half, four times at one quarter.
    :param blocks: residual blocks at one quarter of the resolution.
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
    ) -> None:
        super().__init__()
        bias = norm != "batch"  # batch norm's shift would undo it
        self.first = nn.Conv2d(inputs, width, 7, bias=bias)
        self.first_norm = normalization(norm, width)
        self.down = nn.ModuleList(nn.Conv2d(width * i, width * i * 2, 3, 2, 1, bias=bias) for i in (1, 2))
        self.down_norm = nn.ModuleList(normalization(norm, width * i * 2) for i in (1, 2))
        self.blocks = nn.Sequential(
            *(ResidualBlock(width * 4, norm=norm, bias=bias, dropout=dropout) for _ in range(blocks))
        )
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(width * i * 2, width * i, 3, 2, 1, output_padding=1, bias=bias) for i in (2, 1)
        )
        self.up_norm = nn.ModuleList(normalization(norm, width * i) for i in (2, 1))
        self.last = nn.Conv2d(width, outputs, 7)
        initialize_normal(self)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.first_norm(self.first(reflected(x, 3))))
        for conv, norm in zip(self.down, self.down_norm, strict=True):
            x = F.relu(norm(conv(x)))
        x = self.blocks(x)
        for conv, norm in zip(self.up, self.up_norm, strict=True):
            x = F.relu(norm(conv(x)))
        picture: Tensor = self.last(reflected(x, 3)).tanh()
        return picture


def reflected(x: Tensor, border: int) -> Tensor:
    """``[N, C, H, W]`` with a border mirrored at the outermost pixels; H and W exceed ``border``."""
    return F.pad(x, (border, border, border, border), mode="reflect")

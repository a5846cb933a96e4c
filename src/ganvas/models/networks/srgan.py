"""The networks of SRGAN (Ledig, Theis, Huszár et al. 2017, figure 4): SRResNet, and a discriminator like VGG.

Internally pictures are in [0, 1] as in the published implementations; inputs and outputs are in [-1, 1]. It matters at
the edges, where zero padding is black and not grey.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

HeadName = Literal["dense", "pooled"]
_WIDTHS = (
    (64, 1),
    (64, 2),
    (128, 1),
    (128, 2),
    (256, 1),
    (256, 2),
    (512, 1),
    (512, 2),
)  # channels where ``width`` is 64, and stride
HALVINGS = 4  # of the discriminator


class ResidualBlock(nn.Module):
    """``[N, C, H, W]`` → the same shape."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(width)
        self.act = nn.PReLU()
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = x + self.norm2(self.conv2(self.act(self.norm1(self.conv1(x)))))
        return y


class Doubling(nn.Sequential):
    """``[N, C, H, W]`` → ``[N, C, 2H, 2W]`` by sub-pixel convolution (Shi et al. 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__(nn.Conv2d(width, 4 * width, 3, padding=1), nn.PixelShuffle(2), nn.PReLU())


class SRResNet(nn.Module):
    """Pictures ``[N, inputs, h, w]`` → ``[N, outputs, scale·h, scale·w]``, both in [-1, 1]; any size.

    Width 64, ×4 and 3 channels: 1,549,462 parameters with 16 blocks (the paper's), 734,219 with 5; 586,506 for ×2 with
    5. An answered pixel sees at most 2·blocks + 8 source pixels far.
    """

    def __init__(self, inputs: int, outputs: int, scale: int, width: int = 64, blocks: int = 16) -> None:
        super().__init__()
        doublings = scale.bit_length() - 1
        if scale != 2**doublings:
            raise ValueError(f"SRResNet doubles sides, so it enlarges by 2, 4, 8, …, not by {scale}")
        self.first = nn.Sequential(nn.Conv2d(inputs, width, 9, padding=4), nn.PReLU())
        self.blocks = nn.Sequential(*[ResidualBlock(width) for _ in range(blocks)])
        self.merge = nn.Sequential(nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width))
        self.up = nn.Sequential(*[Doubling(width) for _ in range(doublings)])
        self.last = nn.Conv2d(width, outputs, 9, padding=4)

    def forward(self, x: Tensor) -> Tensor:
        features = self.first((x + 1) / 2)
        picture: Tensor = self.last(self.up(features + self.merge(self.blocks(features))))
        return picture.tanh()


class Discriminator(nn.Module):
    """Pictures ``[N, inputs, side, side]`` in [-1, 1] → logits ``[N, 1]``.

    ``dense`` is the paper's: what is left of the picture through one dense layer of 1024, so that it takes one size
    only (23,565,505 parameters at 96 px). ``pooled`` averages over places first and takes any (5,215,425).
    """

    def __init__(self, inputs: int, side: int, width: int = 64, kind: HeadName = "dense") -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = inputs
        for share, stride in _WIDTHS:
            after = share * width // 64
            layers.append(nn.Conv2d(before, after, 3, stride, 1))
            if before != inputs:
                layers.append(nn.BatchNorm2d(after))
            layers.append(nn.LeakyReLU(0.2, inplace=True))
            before = after
        self.features = nn.Sequential(*layers)
        self.pool: nn.Module = nn.Identity()
        if kind == "pooled":
            self.pool = nn.AdaptiveAvgPool2d(1)
            left = 1
        else:
            left = -(-side // 2**HALVINGS)
        self.head = nn.Sequential(
            nn.Linear(before * left * left, 16 * width), nn.LeakyReLU(0.2, inplace=True), nn.Linear(16 * width, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(torch.flatten(self.pool(self.features((x + 1) / 2)), 1))
        return logits

"""The refiner of binary neurons (Dong & Yang 2018)."""

from __future__ import annotations

from torch import Tensor, nn

from ganvas.models.networks.musegan.layers import Sizes, fold, initialize, unfold
from ganvas.spec import OCTAVE


class Refiner(nn.Module):
    """Logits of rolls → refined logits, two residual blocks per track (Dong & Yang 2018)."""

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__()
        self.bars = sizes.bars
        self.blocks = nn.ModuleList([_RefinerBlock(sizes.tracks, 4 * width) for _ in range(2)])
        initialize(self)

    def forward(self, logits: Tensor) -> Tensor:
        x = fold(logits, self.bars)
        for block in self.blocks:
            x = x + block(x)
        return unfold(x, self.bars)


class _RefinerBlock(nn.Module):
    def __init__(self, tracks: int, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.BatchNorm2d(tracks),
            nn.ReLU(),
            nn.ZeroPad2d((5, 6, 1, 1)),
            nn.Conv2d(tracks, tracks * width, (3, OCTAVE), groups=tracks),
            nn.BatchNorm2d(tracks * width),
            nn.ReLU(),
            nn.ZeroPad2d((5, 6, 1, 1)),
            nn.Conv2d(tracks * width, tracks, (3, OCTAVE), groups=tracks),
        )

    def forward(self, x: Tensor) -> Tensor:
        change: Tensor = self.layers(x)
        return change

"""Sizes, layers and reshaping that the networks of MuseGAN share."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from ganvas.spec import RollSpec

Variant = Literal["hybrid", "composer", "jamming", "shared_trunk"]
STD = 0.05  # of the initial weights, in the authors' later default


class Sizes(NamedTuple):
    """How the sides of a roll are made up: a bar has ``beats · inner · outer`` steps and ``octaves`` octaves.

    Attributes:
        tracks: Number of tracks.
        bars: Bars per phrase.
        beats: Beats per bar.
        inner: Steps per beat inside the trunk.
        outer: Steps of the roll per step of the trunk.
        octaves: Octaves; the trunk begins with 3.
    """

    tracks: int
    bars: int
    beats: int
    inner: int
    outer: int
    octaves: int

    @property
    def octave_stride(self) -> int:
        """Stride of the layer between 3 and all octaves."""
        return 2 if self.octaves >= 6 else 1

    @property
    def octave_kernel(self) -> int:
        """Kernel of the layer between 3 and all octaves."""
        return self.octaves - 2 * self.octave_stride


def sizes_of(roll: RollSpec, tracks: int | None = None, inner: int | None = None) -> Sizes:
    """The sizes of a roll's format, with as many tracks as it has or as given.

    Args:
        roll: The format.
        tracks: Number of tracks; None: the format's.
        inner: Steps per beat inside the trunk, a divisor of the roll's; None: the highest of 4, 2 and 1.
    """
    inner = inner or next(factor for factor in (4, 2, 1) if roll.beat_steps % factor == 0)
    count = len(roll.tracks) if tracks is None else tracks
    return Sizes(count, roll.bars, roll.beats, inner, roll.beat_steps // inner, roll.octaves)


class TransposedConvolution(nn.ConvTranspose2d):
    """A transposed convolution. Where its patches do not overlap it is a matrix product, in a fraction of the time."""

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """``[M, inputs, T, P]`` → ``[M, outputs, T', P']``."""
        if self.kernel_size != self.stride:
            return super().forward(x, output_size)
        groups, (high, wide), (rows, columns) = self.groups, self.kernel_size, x.shape[2:]
        weight = self.weight.reshape(groups, self.in_channels // groups, -1)  # [groups, inputs, outputs · patch]
        places = torch.unflatten(x.permute(0, 2, 3, 1).flatten(0, 2), 1, (groups, -1)).transpose(0, 1)
        patches = torch.bmm(places, weight).reshape(groups, -1, rows, columns, self.out_channels // groups, high, wide)
        maps = patches.permute(1, 0, 4, 2, 5, 3, 6).reshape(-1, self.out_channels, rows * high, columns * wide)
        return maps if self.bias is None else maps + self.bias[:, None, None]


def transposed(
    inputs: int, outputs: int, kernel: tuple[int, int], stride: tuple[int, int] | None = None, *, groups: int = 1
) -> nn.Sequential:
    """A transposed convolution with batch normalisation and a rectifier."""
    return nn.Sequential(
        TransposedConvolution(inputs, outputs, kernel, stride or kernel, groups=groups),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def convolution(
    inputs: int, outputs: int, kernel: tuple[int, int], stride: tuple[int, int] | None = None, *, groups: int = 1
) -> nn.Sequential:
    """A convolution with a leaky rectifier."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride or kernel, groups=groups), nn.LeakyReLU(0.2))


def initialize(network: nn.Module) -> None:
    """Weights from N(0, 0.05²) cut at two deviations, every bias 0."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.trunc_normal_(module.weight, std=STD, a=-2 * STD, b=2 * STD)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def hold_notes(*layers: nn.Module) -> None:
    """Give the time steps of a patch equal weights in transposed convolutions, so that notes are held at first.

    The initialisation of Aitken et al. 2017 (checkerboard artifact free sub-pixel convolution), here over time alone.
    """
    for layer in layers:
        for module in layer.modules():
            if isinstance(module, nn.ConvTranspose2d):
                module.weight.data.copy_(module.weight.data[:, :, :1].expand_as(module.weight))


def join(groups: int, *maps: Tensor, private: int = 1) -> Tensor:
    """Concatenate the channels of each group: maps ``[M, channels, …]`` → one map of ``groups`` groups.

    The channels of the first ``private`` maps are divided into groups; each of the others goes to every group whole.
    """
    parts = [
        torch.unflatten(x, 1, (groups, -1)) if index < private else x.unsqueeze(1).expand(-1, groups, *x.shape[1:])
        for index, x in enumerate(maps)
    ]
    return torch.cat(parts, 2).flatten(1, 2)


def fold(x: Tensor, bars: int) -> Tensor:
    """Bars to rows: ``[N, C, bars · T, P]`` → ``[N · bars, C, T, P]``."""
    return torch.unflatten(x, 2, (bars, -1)).transpose(1, 2).flatten(0, 1)


def unfold(x: Tensor, bars: int) -> Tensor:
    """Rows to bars: ``[N · bars, C, T, P]`` → ``[N, C, bars · T, P]``."""
    return torch.unflatten(x, 0, (-1, bars)).transpose(1, 2).flatten(2, 3)

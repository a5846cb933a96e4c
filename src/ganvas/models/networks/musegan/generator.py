"""The generators of MuseGAN: temporal and bar generators, trunks, heads, and the encoder of a given track."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from ganvas.models.networks.musegan.layers import (
    Sizes,
    Variant,
    convolution,
    fold,
    hold_notes,
    initialize,
    join,
    transposed,
    unfold,
)
from ganvas.spec import OCTAVE

QUIET = -1.5  # initial mean of the logits: rolls begin as sparse as music is, about 7 % sounding
TEMPORAL = 16  # × width: channels inside a temporal generator


class TemporalGenerator(nn.Module):
    """One latent → one latent per bar: ``[N, z_dim]`` → ``[N, bars, z_dim]``."""

    def __init__(self, z_dim: int, bars: int, hidden: int) -> None:
        super().__init__()
        self.shape = (hidden, bars - 1, 1)
        self.dense = nn.Linear(z_dim, hidden * (bars - 1))
        self.norm = nn.BatchNorm1d(hidden * (bars - 1))
        self.bars = transposed(hidden, z_dim, (2, 1), (1, 1))

    def forward(self, z: Tensor) -> Tensor:
        h = torch.unflatten(torch.relu(self.norm(self.dense(z))), 1, self.shape)
        bars: Tensor = self.bars(h)[..., 0].transpose(1, 2)
        return bars


class Encoder(nn.Module):
    """A given track ``[N, 1, bars · T, P]`` → maps of its bars at three sizes, the smallest first.

    Sizes: 1 × 1, beats × 3, and the trunk's output, steps × octaves.
    """

    def __init__(self, sizes: Sizes, width: int) -> None:
        super().__init__()
        self.bars = sizes.bars
        time, pitch = (sizes.outer, 1), (1, OCTAVE)
        self.pitch_time = nn.Sequential(convolution(1, width, pitch), convolution(width, 2 * width, time))
        self.time_pitch = nn.Sequential(convolution(1, width, time), convolution(width, 2 * width, pitch))
        self.beats = convolution(
            4 * width, 4 * width, (sizes.inner, sizes.octave_kernel), (sizes.inner, sizes.octave_stride)
        )
        self.bar = convolution(4 * width, 8 * width, (sizes.beats, 3))
        self.channels = (8 * width, 4 * width, 4 * width)

    def forward(self, given: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = fold(given, self.bars)
        steps = torch.cat([self.pitch_time(x), self.time_pitch(x)], 1)
        beats = self.beats(steps)
        return self.bar(beats), beats, steps


class Latents(NamedTuple):
    """Lengths of the parts of a latent. Private parts are one per track; temporal ones differ from bar to bar."""

    shared: int
    temporal_shared: int
    private: int
    temporal_private: int

    def length(self, tracks: int) -> int:
        """Length of the whole latent."""
        return self.shared + self.temporal_shared + tracks * (self.private + self.temporal_private)


def latents_of(variant: Variant, z_dim: int) -> Latents:
    """The parts of the latent of which a bar generator sees ``z_dim`` numbers."""
    match variant:
        case "hybrid":
            return Latents(*[z_dim // 4] * 4)
        case "composer":
            return Latents(z_dim // 2, z_dim // 2, 0, 0)
        case "jamming":
            return Latents(0, 0, z_dim // 2, z_dim // 2)
        case "shared_trunk":
            return Latents(z_dim, 0, 0, 0)


class Generator(nn.Module):
    """Latents ``[N, z_dim]``, and a given track where there is an encoder → logits ``[N, tracks, bars · T, P]``.

    Args:
        variant: ``hybrid``: a bar generator per track, latents private and shared. ``composer``: one bar generator for
            all tracks, shared latents. ``jamming``: a bar generator per track, private latents. ``shared_trunk``: the
            authors' later default, one trunk without temporal generators, and a head per track.
        sizes: Of the rolls it makes.
        z_dim: Length of the latent that a bar generator sees; a multiple of 4.
        width: Channels of the last layers, per track; 16 in the papers.
        encodes: Whether it takes a given track.
        holds: Whether notes are held through each beat at first: see :func:`~.layers.hold_notes`.
    """

    def __init__(
        self, variant: Variant, sizes: Sizes, z_dim: int, width: int, *, encodes: bool = False, holds: bool = False
    ) -> None:
        super().__init__()
        self.sizes = sizes
        self.latents = latents_of(variant, z_dim)
        self.z_dim = self.latents.length(sizes.tracks)
        self.groups = sizes.tracks if variant in ("hybrid", "jamming") else 1
        self.encoder = Encoder(sizes, width) if encodes else None
        codes = self.encoder.channels if self.encoder is not None else (0, 0, 0)
        self.trunk = _SharedTrunk(sizes, z_dim, width, codes) if variant == "shared_trunk" else None
        if self.trunk is None:
            hidden = TEMPORAL * width
            self.temporal_shared = self._temporal(self.latents.temporal_shared, 1, hidden)
            self.temporal_private = self._temporal(self.latents.temporal_private, sizes.tracks, hidden)
            wide = 2 * width if variant == "composer" else width
            self.bar = _BarTrunk(sizes, z_dim, wide, self.groups, codes)
            streams = 1 if variant == "composer" else sizes.tracks
            self.heads = _Heads(sizes, 4 * wide + codes[2], wide, self.groups, streams)
        else:
            self.heads = _Heads(sizes, 8 * width + codes[2], width, 1, sizes.tracks)
        initialize(self)
        nn.init.constant_(self.heads.norm.bias, QUIET)
        if holds:
            hold_notes((self.bar if self.trunk is None else self.trunk).steps, self.heads)

    def _temporal(self, z_dim: int, count: int, hidden: int) -> nn.ModuleList:
        made = [TemporalGenerator(z_dim, self.sizes.bars, hidden) for _ in range(count)] if z_dim else []
        return nn.ModuleList(made)

    def forward(self, z: Tensor, given: Tensor | None = None) -> Tensor:
        codes: tuple[Tensor, ...] = ()
        if self.encoder is not None:
            assert given is not None
            codes = self.encoder(given)
        h = self.bar(self._bar_latents(z), codes) if self.trunk is None else self.trunk(z, codes)
        rolls: Tensor = self.heads(join(self.groups, h, *codes[2:]))
        return unfold(rolls, self.sizes.bars)

    def _bar_latents(self, z: Tensor) -> Tensor:
        """The latents of all bars and tracks, ``[N · bars, groups · z_dim, 1, 1]``."""
        parts, bars, tracks = self.latents, self.sizes.bars, self.sizes.tracks
        ends = [parts.shared, parts.temporal_shared, tracks * parts.private, tracks * parts.temporal_private]
        starts = [sum(ends[:index]) for index in range(4)]
        shared, temporal, private, moving = (z[:, at : at + size] for at, size in zip(starts, ends, strict=True))
        rows = []
        for group in range(self.groups):
            row = [shared[:, None].expand(-1, bars, -1)] if parts.shared else []
            row += [network(temporal) for network in self.temporal_shared]
            if parts.private:
                own = torch.unflatten(private, 1, (tracks, -1))[:, group]
                row.append(own[:, None].expand(-1, bars, -1))
                row.append(self.temporal_private[group](torch.unflatten(moving, 1, (tracks, -1))[:, group]))
            rows.append(torch.cat(row, 2))
        return torch.cat(rows, 2).flatten(0, 1)[:, :, None, None]


class _BarTrunk(nn.Module):
    """Latents of bars → maps of steps × octaves, four layers, in groups."""

    def __init__(self, sizes: Sizes, z_dim: int, width: int, groups: int, codes: tuple[int, ...]) -> None:
        super().__init__()
        self.groups = groups
        g = groups
        self.beats = nn.Sequential(
            transposed(g * (z_dim + codes[0]), g * 32 * width, (sizes.beats, 1), groups=g),
            transposed(g * 32 * width, g * 16 * width, (1, 3), groups=g),
        )
        self.steps = nn.Sequential(
            transposed(g * (16 * width + codes[1]), g * 8 * width, (sizes.inner, 1), groups=g),
            transposed(g * 8 * width, g * 4 * width, (1, sizes.octave_kernel), (1, sizes.octave_stride), groups=g),
        )

    def forward(self, z: Tensor, codes: tuple[Tensor, ...]) -> Tensor:
        beats = self.beats(join(self.groups, z, *codes[:1]))
        steps: Tensor = self.steps(join(self.groups, beats, *codes[1:2]))
        return steps


class _SharedTrunk(nn.Module):
    """One latent → maps of steps × octaves of all bars, three layers."""

    def __init__(self, sizes: Sizes, z_dim: int, width: int, codes: tuple[int, ...]) -> None:
        super().__init__()
        self.bars = transposed(z_dim, 32 * width, (sizes.bars, 1))
        self.beats = transposed(32 * width + codes[0], 16 * width, (sizes.beats, 3))
        self.steps = transposed(
            16 * width + codes[1],
            8 * width,
            (sizes.inner, sizes.octave_kernel),
            (sizes.inner, sizes.octave_stride),
        )

    def forward(self, z: Tensor, codes: tuple[Tensor, ...]) -> Tensor:
        bars = self.bars(z[:, :, None, None]).transpose(1, 2).flatten(0, 1)[..., None]
        beats = self.beats(join(1, bars, *codes[:1]))
        steps: Tensor = self.steps(join(1, beats, *codes[1:2]))
        return steps


class _Heads(nn.Module):
    """Maps of steps × octaves → logits of every track: pitch before time and time before pitch, merged.

    Args:
        sizes: Of the rolls.
        inputs: Channels of a group of the maps.
        width: Channels of a stream's last layer.
        groups: Of the maps.
        streams: Private streams, one per track, or one for all tracks.
    """

    def __init__(self, sizes: Sizes, inputs: int, width: int, groups: int, streams: int) -> None:
        super().__init__()
        self.streams = streams
        time, pitch = (sizes.outer, 1), (1, OCTAVE)
        wide, narrow = streams * 2 * width, streams * width
        self.pitch_time = nn.Sequential(
            transposed(groups * inputs, wide, pitch, groups=groups), transposed(wide, narrow, time, groups=streams)
        )
        self.time_pitch = nn.Sequential(
            transposed(groups * inputs, wide, time, groups=groups), transposed(wide, narrow, pitch, groups=streams)
        )
        self.merged = nn.Conv2d(2 * narrow, sizes.tracks, 1, groups=streams)
        self.norm = nn.BatchNorm2d(sizes.tracks)

    def forward(self, h: Tensor) -> Tensor:
        both = join(self.streams, self.pitch_time(h), self.time_pitch(h), private=2)
        logits: Tensor = self.norm(self.merged(both))
        return logits

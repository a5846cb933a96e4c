"""The networks of MuseGAN (Dong et al. 2018) for piano rolls of several tracks.

The authors' networks are three-dimensional, over bars, time and pitch, but almost none of their kernels spans more than
one bar. Here bars are rows of the batch, so that two-dimensional layers do the same arithmetic. Layers that belong to
one track each are one layer with as many groups as tracks.

With five tracks the hybrid generator of 4 bars of 96 steps and 84 pitches has 4,561,615 parameters, the composer
2,995,151 and the jamming model 4,723,535; with a shared trunk, the authors' later default at 48 steps, the generator
has 2,578,127 and the discriminator 1,366,865.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from ganvas.spec import OCTAVE, RollSpec

Variant = Literal["hybrid", "composer", "jamming", "shared_trunk"]
STD = 0.05  # of the initial weights, in the authors' later default
QUIET = -1.5  # initial mean of the logits: rolls begin as sparse as music is, about 7 % sounding
TEMPORAL = 16  # × width: channels inside a temporal generator


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


def sizes_of(roll: RollSpec, tracks: int | None = None) -> Sizes:
    """The sizes of a roll's format, with as many tracks as it has or as given."""
    inner = next(factor for factor in (4, 2, 1) if roll.beat_steps % factor == 0)
    count = len(roll.tracks) if tracks is None else tracks
    return Sizes(count, roll.bars, roll.beats, inner, roll.beat_steps // inner, roll.octaves)


def _transposed(
    inputs: int, outputs: int, kernel: tuple[int, int], stride: tuple[int, int] | None = None, *, groups: int = 1
) -> nn.Sequential:
    """A transposed convolution with batch normalisation and a rectifier."""
    return nn.Sequential(
        nn.ConvTranspose2d(inputs, outputs, kernel, stride or kernel, groups=groups),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def _convolution(
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


class TemporalGenerator(nn.Module):
    """One latent → one latent per bar: ``[N, z_dim]`` → ``[N, bars, z_dim]``."""

    def __init__(self, z_dim: int, bars: int, hidden: int) -> None:
        super().__init__()
        self.shape = (hidden, bars - 1, 1)
        self.dense = nn.Linear(z_dim, hidden * (bars - 1))
        self.norm = nn.BatchNorm1d(hidden * (bars - 1))
        self.bars = _transposed(hidden, z_dim, (2, 1), (1, 1))

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
        self.pitch_time = nn.Sequential(_convolution(1, width, pitch), _convolution(width, 2 * width, time))
        self.time_pitch = nn.Sequential(_convolution(1, width, time), _convolution(width, 2 * width, pitch))
        self.beats = _convolution(
            4 * width, 4 * width, (sizes.inner, sizes.octave_kernel), (sizes.inner, sizes.octave_stride)
        )
        self.bar = _convolution(4 * width, 8 * width, (sizes.beats, 3))
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
    """

    def __init__(self, variant: Variant, sizes: Sizes, z_dim: int, width: int, *, encodes: bool = False) -> None:
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
            _transposed(g * (z_dim + codes[0]), g * 32 * width, (sizes.beats, 1), groups=g),
            _transposed(g * 32 * width, g * 16 * width, (1, 3), groups=g),
        )
        self.steps = nn.Sequential(
            _transposed(g * (16 * width + codes[1]), g * 8 * width, (sizes.inner, 1), groups=g),
            _transposed(g * 8 * width, g * 4 * width, (1, sizes.octave_kernel), (1, sizes.octave_stride), groups=g),
        )

    def forward(self, z: Tensor, codes: tuple[Tensor, ...]) -> Tensor:
        beats = self.beats(join(self.groups, z, *codes[:1]))
        steps: Tensor = self.steps(join(self.groups, beats, *codes[1:2]))
        return steps


class _SharedTrunk(nn.Module):
    """One latent → maps of steps × octaves of all bars, three layers."""

    def __init__(self, sizes: Sizes, z_dim: int, width: int, codes: tuple[int, ...]) -> None:
        super().__init__()
        self.bars = _transposed(z_dim, 32 * width, (sizes.bars, 1))
        self.beats = _transposed(32 * width + codes[0], 16 * width, (sizes.beats, 3))
        self.steps = _transposed(
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
            _transposed(groups * inputs, wide, pitch, groups=groups), _transposed(wide, narrow, time, groups=streams)
        )
        self.time_pitch = nn.Sequential(
            _transposed(groups * inputs, wide, time, groups=groups), _transposed(wide, narrow, pitch, groups=streams)
        )
        self.merged = nn.Conv2d(2 * narrow, sizes.tracks, 1, groups=streams)
        self.norm = nn.BatchNorm2d(sizes.tracks)

    def forward(self, h: Tensor) -> Tensor:
        both = join(self.streams, self.pitch_time(h), self.time_pitch(h), private=2)
        logits: Tensor = self.norm(self.merged(both))
        return logits


class Discriminator(nn.Module):
    """Rolls ``[N, tracks, bars · T, P]`` in [-1, 1] → logits [N, critics].

    Streams by pitch and time, of chroma (notes per beat and pitch class), and of onsets and offsets.

    Args:
        variant: As of the generator. ``jamming`` has a critic per track; the others have one. With ``shared_trunk`` the
            private streams see all tracks, otherwise their own.
        sizes: Of the rolls.
        width: Channels of the first layers, per track; 16 in the papers.
    """

    def __init__(self, variant: Variant, sizes: Sizes, width: int) -> None:
        super().__init__()
        together = variant == "shared_trunk"
        alone = sizes._replace(tracks=1)
        count = sizes.tracks if variant == "jamming" else 1
        one = alone if variant == "jamming" else sizes
        self.critics = nn.ModuleList([_Critic(one, width, together=together) for _ in range(count)])
        initialize(self)

    def views(self, x: Tensor) -> tuple[Tensor, ...]:
        """What each critic sees of rolls."""
        return (x,) if len(self.critics) == 1 else x.chunk(len(self.critics), 1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([critic(view) for critic, view in zip(self.critics, self.views(x), strict=True)], 1)


class _Critic(nn.Module):
    """Rolls ``[N, tracks, bars · T, P]`` → logits [N, 1]."""

    def __init__(self, sizes: Sizes, width: int, *, together: bool) -> None:
        super().__init__()
        self.sizes, n, w = sizes, sizes.tracks, width
        first, last = (w, 2 * w) if together else (2 * w, 4 * w)  # of the private streams
        groups = 1 if together else n
        time, pitch = (sizes.outer, 1), (1, OCTAVE)
        self.pitch_time = nn.Sequential(
            _convolution(n, n * first, pitch, groups=groups), _convolution(n * first, n * last, time, groups=n)
        )
        self.time_pitch = nn.Sequential(
            _convolution(n, n * first, time, groups=groups), _convolution(n * first, n * last, pitch, groups=n)
        )
        self.merged_private = _convolution(n * 2 * last, n * 4 * w, (1, 1), groups=n)
        self.shared = nn.Sequential(
            _convolution(n * 4 * w, 8 * w, (sizes.inner, sizes.octave_kernel), (sizes.inner, sizes.octave_stride)),
            _convolution(8 * w, 16 * w, (sizes.beats, 3)),
        )
        self.chroma = nn.Sequential(_convolution(n, last, (1, OCTAVE)), _convolution(last, 2 * last, (sizes.beats, 1)))
        self.onset = nn.Sequential(
            _convolution(n, first, time),
            _convolution(first, last, (sizes.inner, 1)),
            _convolution(last, 2 * last, (sizes.beats, 1)),
        )
        self.merged = _convolution(16 * w + 4 * last, 32 * w, (2, 1), (1, 1))
        self.out = nn.Linear(32 * w * (sizes.bars - 1), 1)

    def forward(self, x: Tensor) -> Tensor:
        h = fold(x, self.sizes.bars)
        private = join(self.sizes.tracks, self.pitch_time(h), self.time_pitch(h), private=2)
        shared = self.shared(self.merged_private(private))
        notes = (h + 1) / 2
        streams = torch.cat([shared, self.chroma(self._chroma(notes)), self.onset(self._changes(notes))], 1)
        bars = torch.unflatten(streams.flatten(1), 0, (-1, self.sizes.bars)).transpose(1, 2)[..., None]
        logits: Tensor = self.out(self.merged(bars).flatten(1))
        return logits

    def _chroma(self, notes: Tensor) -> Tensor:
        """Sounding steps per beat and pitch class, ``[M, tracks, beats, 12]``."""
        beats = torch.unflatten(notes, 2, (self.sizes.beats, -1)).sum(3)
        return torch.unflatten(beats, 3, (-1, OCTAVE)).sum(3)

    def _changes(self, notes: Tensor) -> Tensor:
        """Onsets minus offsets of each step, ``[M, tracks, T, 1]``; before a bar there is silence."""
        sounding = notes.sum(3, keepdim=True)
        return torch.diff(sounding, dim=2, prepend=torch.zeros_like(sounding[:, :, :1]))


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

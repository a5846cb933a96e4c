"""The discriminators of MuseGAN."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganvas.models.layers.minibatch_stddev import MinibatchStddev
from ganvas.models.networks.musegan.layers import Sizes, Variant, convolution, fold, initialize, join
from ganvas.spec import OCTAVE


class Discriminator(nn.Module):
    """Rolls ``[N, tracks, bars · T, P]`` in [-1, 1] → logits [N, critics].

    Streams by pitch and time, of chroma (notes per beat and pitch class), and of onsets and offsets.

    Args:
        variant: As of the generator. ``jamming`` has a critic per track; the others have one. With ``shared_trunk`` the
            private streams see all tracks, otherwise their own.
        sizes: Of the rolls.
        width: Channels of the first layers, per track; 16 in the papers.
        group: Phrases in whose features the minibatch standard deviation is taken, before the last layer; 0: it is not.
    """

    def __init__(self, variant: Variant, sizes: Sizes, width: int, *, group: int = 0) -> None:
        super().__init__()
        together = variant == "shared_trunk"
        alone = sizes._replace(tracks=1)
        count = sizes.tracks if variant == "jamming" else 1
        one = alone if variant == "jamming" else sizes
        self.critics = nn.ModuleList([_Critic(one, width, group, together=together) for _ in range(count)])
        initialize(self)

    def views(self, x: Tensor) -> tuple[Tensor, ...]:
        """What each critic sees of rolls."""
        return (x,) if len(self.critics) == 1 else x.chunk(len(self.critics), 1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([critic(view) for critic, view in zip(self.critics, self.views(x), strict=True)], 1)


class _Critic(nn.Module):
    """Rolls ``[N, tracks, bars · T, P]`` → logits [N, 1]."""

    def __init__(self, sizes: Sizes, width: int, group: int, *, together: bool) -> None:
        super().__init__()
        self.sizes, n, w = sizes, sizes.tracks, width
        first, last = (w, 2 * w) if together else (2 * w, 4 * w)  # of the private streams
        groups = 1 if together else n
        time, pitch = (sizes.outer, 1), (1, OCTAVE)
        self.pitch_time = nn.Sequential(
            convolution(n, n * first, pitch, groups=groups), convolution(n * first, n * last, time, groups=n)
        )
        self.time_pitch = nn.Sequential(
            convolution(n, n * first, time, groups=groups), convolution(n * first, n * last, pitch, groups=n)
        )
        self.merged_private = convolution(n * 2 * last, n * 4 * w, (1, 1), groups=n)
        self.shared = nn.Sequential(
            convolution(n * 4 * w, 8 * w, (sizes.inner, sizes.octave_kernel), (sizes.inner, sizes.octave_stride)),
            convolution(8 * w, 16 * w, (sizes.beats, 3)),
        )
        self.chroma = nn.Sequential(convolution(n, last, (1, OCTAVE)), convolution(last, 2 * last, (sizes.beats, 1)))
        self.onset = nn.Sequential(
            convolution(n, first, time),
            convolution(first, last, (sizes.inner, 1)),
            convolution(last, 2 * last, (sizes.beats, 1)),
        )
        self.merged = convolution(16 * w + 4 * last, 32 * w, (2, 1), (1, 1))
        self.deviation = MinibatchStddev(group) if group else nn.Identity()
        self.out = nn.Linear((32 * w + (group > 0)) * (sizes.bars - 1), 1)

    def forward(self, x: Tensor) -> Tensor:
        h = fold(x, self.sizes.bars)
        private = join(self.sizes.tracks, self.pitch_time(h), self.time_pitch(h), private=2)
        shared = self.shared(self.merged_private(private))
        notes = (h + 1) / 2
        streams = torch.cat([shared, self.chroma(self._chroma(notes)), self.onset(self._changes(notes))], 1)
        bars = torch.unflatten(streams.flatten(1), 0, (-1, self.sizes.bars)).transpose(1, 2)[..., None]
        logits: Tensor = self.out(self.deviation(self.merged(bars)).flatten(1))
        return logits

    def _chroma(self, notes: Tensor) -> Tensor:
        """Sounding steps per beat and pitch class, ``[M, tracks, beats, 12]``."""
        beats = torch.unflatten(notes, 2, (self.sizes.beats, -1)).sum(3)
        return torch.unflatten(beats, 3, (-1, OCTAVE)).sum(3)

    def _changes(self, notes: Tensor) -> Tensor:
        """Onsets minus offsets of each step, ``[M, tracks, T, 1]``; before a bar there is silence."""
        sounding = notes.sum(3, keepdim=True)
        return torch.diff(sounding, dim=2, prepend=torch.zeros_like(sounding[:, :, :1]))

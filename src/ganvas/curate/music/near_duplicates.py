"""Near-duplicate phrases: the same notes but for a few, also in another key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ganvas.curate.music.phrases import Roll
from ganvas.spec import RollSpec

SAME = 0.9  # share of the sounding cells of either that both have


def near_duplicates(rolls: Sequence[Roll], spec: RollSpec) -> dict[int, int]:
    """Phrases that repeat an earlier one: number → number of the earlier.

    Two phrases are compared where at least half of their sounding bars agree in which pitches sound in which beat,
    relative to the lowest pitch of the phrase; they are the same where their Jaccard index is at least ``SAME``.
    """
    known: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    shapes: dict[int, npt.NDArray[np.uint8]] = {}
    found: dict[int, int] = {}
    for number, roll in enumerate(rolls):
        shape = _lowered(roll, spec)
        keys = [(bar, key) for bar, key in enumerate(_bars(shape, spec)) if key]
        shared: dict[int, int] = defaultdict(int)
        for key in keys:
            for other in known[key]:
                shared[other] += 1
        packed = np.packbits(shape)
        same = (other for other, count in shared.items() if 2 * count >= len(keys) and _jaccard(packed, shapes[other]))
        earlier = next(same, None)
        if earlier is not None:
            found[number] = earlier
            continue
        shapes[number] = packed
        for key in keys:
            known[key].append(number)
    return found


def _lowered(roll: Roll, spec: RollSpec) -> npt.NDArray[np.bool_]:
    """The roll moved down until its lowest pitch is the first; tracks of drums stay."""
    pitched = [index for index, track in enumerate(spec.tracks) if not track.drums]
    on = roll > 0
    sounding = np.flatnonzero(on[:, :, pitched].any((0, 2)))
    if len(sounding):
        on[:, :, pitched] = np.roll(on[:, :, pitched], -int(sounding[0]), axis=1)
    return on


def _bars(shape: npt.NDArray[np.bool_], spec: RollSpec) -> list[bytes]:
    """Which pitches sound in which beat of each bar, as a key; empty for a silent bar."""
    beats = shape.reshape(spec.bars, spec.beats, spec.beat_steps, *shape.shape[1:]).any(2)
    return [np.packbits(bar).tobytes() if bar.any() else b"" for bar in np.asarray(beats)]


def _jaccard(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> bool:
    both = int(np.bitwise_count(one & other).sum())
    either = int(np.bitwise_count(one | other).sum())
    return both >= SAME * either

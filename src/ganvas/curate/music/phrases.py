"""Phrases of a piece as piano rolls: bars by bar lines, notes on a time grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.curate.music.assign import assign_parts
from ganvas.curate.music.piece import Part, Piece
from ganvas.spec import RollSpec

Roll = npt.NDArray[np.uint8]
"""[time, pitches, tracks]: 255 where a note sounds, else 0."""

BARS_OF_OTHER_LENGTH = "bars of another length"
BARS_IN_SHORT_RUNS = "bars in runs that are too short for a phrase"
EMPTY_PHRASES = "phrases in which half of the tracks or more are silent"
NOTES_OUTSIDE = "notes outside the pitch range"


class Phrase(NamedTuple):
    """A phrase: the number of its first full bar in the piece, counted from 1, and its roll."""

    bar: int
    roll: Roll


def phrases_of(piece: Piece, spec: RollSpec, left_out: Counter[str]) -> Iterator[Phrase]:
    """The phrases of a piece, one after the other from the beginning of each run of bars of the right length.

    Shorter bars of which several in a row make up the length (two of 2/4 for four beats) count as one.

    Args:
        piece: The piece.
        spec: The format of the rolls.
        left_out: Counts what is left out, by reason.

    Raises:
        MusicError: the parts do not fit the tracks.
    """
    tracks = assign_parts(piece, spec)
    if len(piece.bars) == 0:
        left_out[BARS_IN_SHORT_RUNS] += 0
        return
    grid = [_on_grid(parts, spec) for parts in tracks]
    for first, onset in _phrase_onsets(piece.bars, spec, left_out):
        roll, outside = _render(grid, round(onset * spec.beat_steps), spec)
        left_out[NOTES_OUTSIDE] += outside
        sounding = int(roll.any((0, 1)).sum())
        if 2 * sounding <= len(spec.tracks) and sounding < len(spec.tracks):
            left_out[EMPTY_PHRASES] += 1
        else:
            yield Phrase(first + 1, roll)


def _phrase_onsets(
    bars: npt.NDArray[np.float64], spec: RollSpec, left_out: Counter[str]
) -> Iterator[tuple[int, float]]:
    """Number of the first bar and onset in quarter notes of each phrase."""
    run: list[int] = []
    for index, (onset, length) in enumerate(bars):
        parts = spec.beats / length
        if abs(parts - round(parts)) > 1e-6:
            left_out[BARS_OF_OTHER_LENGTH] += 1
            left_out[BARS_IN_SHORT_RUNS] += len(run)
            run = []
            continue
        if run and (abs(bars[run[-1]].sum() - onset) > 1e-6 or bars[run[-1]][1] != length):
            left_out[BARS_IN_SHORT_RUNS] += len(run)
            run = []
        run.append(index)
        if len(run) == spec.bars * round(parts):
            yield run[0], float(bars[run[0]][0])
            run = []
    left_out[BARS_IN_SHORT_RUNS] += len(run)


def _on_grid(parts: list[Part], spec: RollSpec) -> npt.NDArray[np.int64]:
    """Notes [N, 3] of all parts of a track: first step, the step after the last, and pitch from the lowest."""
    notes = np.concatenate([part.notes for part in parts]) if parts else np.zeros((0, 3))
    start = np.floor(notes[:, 0] * spec.beat_steps + 0.5)
    end = np.maximum(np.floor((notes[:, 0] + notes[:, 1]) * spec.beat_steps + 0.5), start + 1)
    return np.stack([start, end, notes[:, 2] - spec.lowest], axis=1).astype(np.int64)


def _render(grid: list[npt.NDArray[np.int64]], first: int, spec: RollSpec) -> tuple[Roll, int]:
    """The roll that begins at a step, and the number of its notes outside the pitch range."""
    roll = np.zeros((spec.steps, spec.pitches, len(spec.tracks)), np.uint8)
    outside = 0
    for track, notes in enumerate(grid):
        here = notes[(notes[:, 1] > first) & (notes[:, 0] < first + spec.steps)]
        inside = (here[:, 2] >= 0) & (here[:, 2] < spec.pitches)
        outside += int((~inside).sum())
        for start, end, pitch in here[inside]:
            roll[max(start - first, 0) : end - first, pitch, track] = 255
    return roll, outside

"""Phrases of a piece as piano rolls: bars by bar lines, notes on a time grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.curate.music.assign import assign_parts, usual_program
from ganvas.curate.music.piece import Part, Piece
from ganvas.spec import OCTAVE, RollSpec

KEY_PROFILES = (  # how well each pitch class from the tonic fits a major and a minor key, by listeners
    (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
)

Grid = npt.NDArray[np.int64]
"""Notes [N, 3]: first step, the step after the last, and pitch from the lowest."""

Roll = npt.NDArray[np.uint8]
"""[time, pitches, tracks]: 255 where a note sounds, else 0."""

BARS_OF_OTHER_LENGTH = "bars of another length"
BARS_IN_SHORT_RUNS = "bars in runs that are too short for a phrase"
EMPTY_PHRASES = "phrases in which half of the tracks or more are silent"
NOTES_OUTSIDE = "notes outside the pitch range"


class Phrase(NamedTuple):
    """A phrase.

    Attributes:
        bar: Number of its first full bar in the piece, counted from 1.
        roll: Its roll.
        tempo: Mean quarter notes per minute; None where the file states none.
        programs: General MIDI program of each track, from 0; None where no part of the track states one.
    """

    bar: int
    roll: Roll
    tempo: float | None = None
    programs: tuple[int | None, ...] = ()


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
    programs = tuple(map(usual_program, tracks))
    for first, onset in _phrase_onsets(piece.bars, spec, left_out):
        first_step = round(onset * spec.beat_steps)
        shift = shift_to_common_key(_within(grid, first_step, spec), spec) if spec.key == "common" else 0
        roll, outside = _render(grid, first_step, shift, spec)
        left_out[NOTES_OUTSIDE] += outside
        sounding = int(roll.any((0, 1)).sum())
        if 2 * sounding <= len(spec.tracks) and sounding < len(spec.tracks):
            left_out[EMPTY_PHRASES] += 1
        else:
            tempo = piece.tempo(onset, onset + spec.bars * spec.beats)
            yield Phrase(first + 1, roll, tempo, programs)


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


def _on_grid(parts: list[Part], spec: RollSpec) -> Grid:
    """Notes [N, 3] of all parts of a track: first step, the step after the last, and pitch from the lowest."""
    notes = np.concatenate([part.notes for part in parts]) if parts else np.zeros((0, 3))
    start = np.floor(notes[:, 0] * spec.beat_steps + 0.5)
    end = np.maximum(np.floor((notes[:, 0] + notes[:, 1]) * spec.beat_steps + 0.5), start + 1)
    return np.stack([start, end, notes[:, 2] - spec.lowest], axis=1).astype(np.int64)


def _within(grid: list[Grid], first: int, spec: RollSpec) -> list[Grid]:
    """The notes of each track that sound in the phrase that begins at a step."""
    return [notes[(notes[:, 1] > first) & (notes[:, 0] < first + spec.steps)] for notes in grid]


def _render(grid: list[Grid], first: int, shift: int, spec: RollSpec) -> tuple[Roll, int]:
    """The roll that begins at a step, and the number of its notes outside the pitch range.

    Pitched tracks are moved up by ``shift`` semitones.
    """
    roll = np.zeros((spec.steps, spec.pitches, len(spec.tracks)), np.uint8)
    outside = 0
    for index, (track, here) in enumerate(zip(spec.tracks, _within(grid, first, spec), strict=True)):
        pitches = here[:, 2] + (0 if track.drums else shift)
        inside = (pitches >= 0) & (pitches < spec.pitches)
        outside += int((~inside).sum())
        for (start, end, _), pitch in zip(here[inside], pitches[inside], strict=True):
            roll[max(start - first, 0) : end - first, pitch, index] = 255
        if spec.voices == "one" and not track.drums:
            lower = np.flip(np.cumsum(np.flip(roll[:, :, index] > 0, 1), 1), 1) > 1
            roll[:, :, index][lower] = 0
    return roll, outside


def shift_to_common_key(notes: list[Grid], spec: RollSpec) -> int:
    """Semitones, -12 to 12, that bring a phrase to C major or A minor and put the fewest notes outside the range.

    The key is the one of 24 whose profile correlates most with how long each pitch class sounds (Krumhansl & Kessler
    1982, by the algorithm of Krumhansl & Schmuckler).

    Args:
        notes: Of each track: first step, the step after the last, pitch from the lowest.
        spec: The format of the rolls; tracks of drums do not count.
    """
    pitched = [rows for rows, track in zip(notes, spec.tracks, strict=True) if not track.drums and len(rows)]
    if not pitched:
        return 0
    rows = np.concatenate(pitched)
    weight = np.bincount((rows[:, 2] + spec.lowest) % OCTAVE, rows[:, 1] - rows[:, 0], OCTAVE)
    if np.ptp(weight) == 0:
        return 0
    scores = [np.corrcoef(weight, np.roll(profile, tonic))[0, 1] for profile in KEY_PROFILES for tonic in range(OCTAVE)]
    minor, tonic = divmod(int(np.argmax(scores)), OCTAVE)
    up = ((9 if minor else 0) - tonic) % OCTAVE

    def cost(shift: int) -> tuple[int, int]:
        moved = rows[:, 2] + shift
        return int(((moved < 0) | (moved >= spec.pitches)).sum()), abs(shift)

    return min((up, up - OCTAVE), key=cost)

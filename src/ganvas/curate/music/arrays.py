"""Piano rolls in ``.npz`` files as pieces, one per phrase."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ganvas.curate.music.piece import MusicError, Part, Piece, notes_array, regular_bars

LOWEST, BEATS, BEAT_STEPS = 24, 4, 4  # where a file does not say
MAX_BYTES = 2**32  # unpacked


def read_arrays(content: bytes) -> Iterator[Piece]:
    """The phrases of an ``.npz`` file in one of three layouts.

    * ``rolls``: on where a note sounds, [N, tracks, bars, steps, pitches];
    * ``bits`` and ``shape``: the same, packed by ``numpy.packbits``;
    * ``pitches``: MIDI number of each voice at each step, -1 for a rest, [N, time, voices].

    Single numbers beside them say what is not the usual: ``lowest`` (24: MIDI number of the first pitch), ``beats`` (4
    per bar) and, for ``pitches``, ``beat_steps`` (4 per beat). ``piece`` [N] numbers the piece of each phrase.

    Raises:
        MusicError: the file is damaged, or has none of these.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_BYTES:
                raise MusicError("an array that would take more than 4 GB")
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise MusicError(f"a damaged .npz file ({error})") from None
    beats = int(found.get("beats", BEATS))
    if "pitches" in found and found["pitches"].ndim == 3:
        beat_steps = int(found.get("beat_steps", BEAT_STEPS))
        bars = found["pitches"].shape[1] // (beat_steps * beats)
        return _pieces((_voices(one, beat_steps) for one in found["pitches"]), found, bars, beats)
    rolls = _rolls(found)
    lowest, per_beat = int(found.get("lowest", LOWEST)), rolls.shape[3] / beats
    return _pieces((_tracks(one, lowest, per_beat) for one in rolls), found, rolls.shape[2], beats)


def _rolls(found: dict[str, npt.NDArray[Any]]) -> npt.NDArray[Any]:
    rolls = found.get("rolls")
    if rolls is None and {"bits", "shape"} <= found.keys():
        shape = tuple(int(length) for length in found["shape"])
        rolls = np.unpackbits(found["bits"], count=int(np.prod(shape))).reshape(shape)
    if rolls is None or rolls.ndim != 5:
        raise MusicError("an .npz file without rolls [N, tracks, bars, steps, pitches] or pitches [N, time, voices]")
    return rolls


def _pieces(
    phrases: Iterator[tuple[Part, ...]], found: dict[str, npt.NDArray[Any]], bars: int, beats: int
) -> Iterator[Piece]:
    numbers = found.get("piece")
    for index, parts in enumerate(phrases):
        name = str(index if numbers is None else int(numbers[index]))
        yield Piece(parts, regular_bars(bars * beats, beats), name, by_place=True)


def _voices(pitches: npt.NDArray[Any], beat_steps: int) -> tuple[Part, ...]:
    parts = []
    for voice in pitches.T:
        edges = np.flatnonzero(np.diff(voice, prepend=-2, append=-2))
        rows = [
            (float(start / beat_steps), float((end - start) / beat_steps), float(voice[start]))
            for start, end in pairwise(edges)
            if voice[start] >= 0
        ]
        parts.append(Part("", None, False, notes_array(rows)))
    return tuple(parts)


def _tracks(roll: npt.NDArray[Any], lowest: int, beat_steps: float) -> tuple[Part, ...]:
    parts = []
    for track in roll.reshape(roll.shape[0], -1, roll.shape[-1]) > 0:
        edges = np.diff(track.T.astype(np.int8), axis=1, prepend=0, append=0)  # [pitches, time + 1]
        pitch, start = np.nonzero(edges > 0)
        _, end = np.nonzero(edges < 0)
        notes = np.stack([start / beat_steps, (end - start) / beat_steps, pitch + float(lowest)], axis=1)
        parts.append(Part("", None, False, notes))
    return tuple(parts)

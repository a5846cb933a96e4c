"""The notes of piano rolls, and as JSON beside the sheets of a training."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.spec import Performance, RollSpec


class Note(NamedTuple):
    """A note of a roll.

    Attributes:
        track: Index of its track.
        pitch: MIDI number.
        start: First time step, from the beginning of the piece.
        length: In time steps.
    """

    track: int
    pitch: int
    start: int
    length: int


def notes_of(roll: npt.NDArray[np.bool_], spec: RollSpec) -> list[Note]:
    """The notes of a roll [time, pitches, tracks], by start, then track, then pitch."""
    found = []
    for track in range(roll.shape[2]):
        edges = np.diff(roll[:, :, track].T.astype(np.int8), axis=1, prepend=0, append=0)
        pitch, start = np.nonzero(edges > 0)
        _, end = np.nonzero(edges < 0)
        found += [
            Note(track, int(p) + spec.lowest, int(s), int(e - s)) for p, s, e in zip(pitch, start, end, strict=True)
        ]
    return sorted(found, key=lambda note: (note.start, note.track, note.pitch))


def sheet_notes(rolls: npt.NDArray[np.bool_], spec: RollSpec, performance: Performance | None = None) -> bytes:
    """Rolls [N, time, pitches, tracks] as JSON: their format, how they are played, and the notes of each phrase."""
    content: dict[str, Any] = {
        "roll": spec.model_dump(mode="json"),
        "phrases": [[list(note) for note in notes_of(roll, spec)] for roll in rolls],
    }
    if performance is not None:
        content["performance"] = performance.model_dump(mode="json")
    return json.dumps(content, separators=(",", ":")).encode()

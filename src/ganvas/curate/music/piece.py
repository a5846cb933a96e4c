"""``Piece``: the notes of a piece of music by part, and its bar lines, as every reader gives them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Notes = npt.NDArray[np.float64]
"""[N, 3]: onset and duration in quarter notes from the beginning of the piece, and MIDI pitch."""


class MusicError(ValueError):
    """A file that cannot be used as music; the message is the reason, for a list of skipped files."""


class Part(NamedTuple):
    """One part: an instrument or a voice.

    Attributes:
        name: As the file names it; may be empty.
        program: General MIDI program, counted from 0; None: the file states none.
        drums: Whether it is a drum kit.
        notes: Its notes, in any order.
    """

    name: str
    program: int | None
    drums: bool
    notes: Notes


class Piece(NamedTuple):
    """A piece of music.

    Attributes:
        parts: In the order of the file.
        bars: Onset and length of each full bar in quarter notes, float64 [B, 2], in order.
        name: What tells it from other pieces of the same file; empty where there is one.
        by_place: Whether part n is meant for track n even where a part is silent, as in arrays.
        tempi: Changes of the tempo, float64 [T, 2], in order: onset in quarter notes, and quarter notes per minute from
            there on; None where the file states none.
    """

    parts: tuple[Part, ...]
    bars: npt.NDArray[np.float64]
    name: str = ""
    by_place: bool = False
    tempi: npt.NDArray[np.float64] | None = None

    def tempo(self, start: float, end: float) -> float | None:
        """Mean tempo from one time to another, both in quarter notes; None where the file states none."""
        if self.tempi is None or not len(self.tempi):
            return None
        edges = np.clip(np.append(self.tempi[:, 0], np.inf), start, end)
        edges[0] = start  # the first tempo holds before it, too
        lengths = np.diff(edges)
        return float((end - start) / (lengths / self.tempi[:, 1]).sum())


def notes_array(rows: list[tuple[float, float, float]]) -> Notes:
    """Rows of (onset, duration, pitch) as :data:`Notes`."""
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def regular_bars(end: float, length: float, start: float = 0.0) -> npt.NDArray[np.float64]:
    """Bars of one length from ``start`` until the last that begins before ``end``."""
    onsets = np.arange(start, end, length)
    return np.stack([onsets, np.full(len(onsets), length)], axis=1)

"""Standard MIDI files (type 0 and 1) as pieces, and notes as MIDI files, by ``pretty_midi``."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ganvas.curate.music.piece import MusicError, Part, Piece, notes_array, regular_bars
from ganvas.errors import UserError
from ganvas.spec import RollSpec

# What the reader raises on files that are cut off or hold nonsense.
_DAMAGE = (OSError, EOFError, ValueError, LookupError, TypeError, ZeroDivisionError, AssertionError, struct.error)


def library() -> Any:
    """``pretty_midi``.

    Raises:
        UserError: the ``music`` extra is missing.
    """
    try:
        import pretty_midi
    except ImportError:
        raise UserError("MIDI files need the extra: run `pip install 'ganvas[music]'`.") from None
    return pretty_midi


def read_midi(content: bytes) -> Piece:
    """The notes of a MIDI file in quarter notes, whatever its resolution and tempo.

    A file that states no tempo has 120 quarter notes per minute, as the standard says.

    Raises:
        MusicError: the file is damaged or of type 2.
        UserError: the ``music`` extra is missing.
    """
    pretty_midi = library()
    if content[:4] != b"MThd":
        raise MusicError("not a MIDI file")
    if content[8:10] == b"\x00\x02":
        raise MusicError("a MIDI file of type 2, whose tracks are pieces of their own")
    from mido.midifiles.meta import KeySignatureError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # tempo changes outside the first track are read all the same
            song = pretty_midi.PrettyMIDI(io.BytesIO(content))
    except (*_DAMAGE, KeySignatureError) as error:
        raise MusicError(f"a damaged MIDI file ({str(error) or type(error).__name__})") from None
    quarter = song.resolution

    def beat(seconds: float) -> float:
        return float(song.time_to_tick(seconds) / quarter)

    parts = tuple(
        Part(
            instrument.name.strip(),
            int(instrument.program),
            bool(instrument.is_drum),
            notes_array([(beat(n.start), beat(n.end) - beat(n.start), n.pitch) for n in instrument.notes]),
        )
        for instrument in song.instruments
    )
    end = max((float((part.notes[:, 0] + part.notes[:, 1]).max()) for part in parts if len(part.notes)), default=0.0)
    changes = [(beat(c.time), 4 * c.numerator / c.denominator) for c in song.time_signature_changes]
    times, tempi = song.get_tempo_changes()
    stated = np.array([(beat(time), tempo) for time, tempo in zip(times, tempi, strict=True)], np.float64)
    return Piece(parts, _bars(changes, end), tempi=stated)


def _bars(changes: list[tuple[float, float]], end: float) -> Any:
    """Bars from the time signatures (onset, length of a bar); 4/4 until the first of them."""
    if not changes or changes[0][0] > 0:
        changes = [(0.0, 4.0), *changes]
    bars = []
    for index, (onset, length) in enumerate(changes):
        until = changes[index + 1][0] if index + 1 < len(changes) else end
        stretch = regular_bars(until, length, onset)
        bars.append(stretch[stretch.sum(1) <= until + 1e-6] if index + 1 < len(changes) else stretch)
    return np.concatenate(bars)


VELOCITY = 90
QUARTER = 480  # ticks


def write_midi(notes: list[npt.NDArray[np.int64]], spec: RollSpec, *, tempo: float, programs: Sequence[int]) -> bytes:
    """A MIDI file of type 1.

    Args:
        notes: Of each track, [N, 3]: first time step, length in time steps, MIDI pitch.
        spec: The format of the roll, for the tracks and the time grid.
        tempo: Quarter notes per minute.
        programs: General MIDI program of each track, from 0; of drum tracks it is not used.

    Raises:
        UserError: the ``music`` extra is missing.
    """
    pretty_midi = library()
    song = pretty_midi.PrettyMIDI(initial_tempo=tempo, resolution=QUARTER)
    song.time_signature_changes.append(pretty_midi.TimeSignature(spec.beats, 4, 0.0))
    step = 60 / tempo / spec.beat_steps
    for rows, track, program in zip(notes, spec.tracks, programs, strict=True):
        instrument = pretty_midi.Instrument(program, track.drums, track.name)
        instrument.notes = [
            pretty_midi.Note(VELOCITY, int(pitch), float(start * step), float((start + length) * step))
            for start, length, pitch in rows
        ]
        song.instruments.append(instrument)
    content = io.BytesIO()
    song.write(content)
    return content.getvalue()

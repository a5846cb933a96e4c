"""Which track of a roll a part of a piece goes to."""

from __future__ import annotations

from collections import Counter

import numpy as np

from ganvas.curate.music.piece import MusicError, Part, Piece
from ganvas.spec import RollSpec

BASSES = range(32, 40)  # General MIDI programs
MELODY, CHORDS, BASS, DRUMS = "melody", "chords", "bass", "drums"


def assign_parts(piece: Piece, spec: RollSpec) -> list[list[Part]]:
    """The parts of each track, in the order of ``spec.tracks``.

    By ``order`` the n-th part with notes is the n-th track (of arrays the n-th part, silent or not); by ``name`` a part
    goes to the track whose name its own name contains; by ``program`` to the first track whose ``programs`` hold its
    program, drums to a drum track; by ``role`` to the track named melody, chords, bass or drums: see :func:`roles`.

    Raises:
        MusicError: by order, there are other than as many parts as tracks; otherwise, no part fits a track.
    """
    parts = [part for part in piece.parts if len(part.notes)]
    if not parts:
        raise MusicError("no notes")
    if piece.by_place and spec.assign == "order":
        parts = list(piece.parts)
    found: list[list[Part]] = [[] for _ in spec.tracks]
    if spec.assign == "order":
        if len(parts) != len(spec.tracks):
            raise MusicError(
                f"{len(parts)} parts{'' if piece.by_place else ' with notes'} where there are {len(spec.tracks)} tracks"
            )
        return [[part] for part in parts]
    named = roles(parts) if spec.assign == "role" else [part.name for part in parts]
    for part, name in zip(parts, named, strict=True):
        index = _by_program(part, spec) if spec.assign == "program" else _by_name(name, spec)
        if index is not None:
            found[index].append(part)
    if not any(found):
        raise MusicError(f"no part fits the tracks {', '.join(track.name for track in spec.tracks)}")
    return found


def _by_name(name: str, spec: RollSpec) -> int | None:
    fits = [index for index, track in enumerate(spec.tracks) if track.name.casefold() in name.casefold()]
    return max(fits, key=lambda index: len(spec.tracks[index].name), default=None)


def _by_program(part: Part, spec: RollSpec) -> int | None:
    for index, track in enumerate(spec.tracks):
        if part.drums or track.drums:
            if part.drums and track.drums:
                return index
        elif track.programs is not None and track.programs[0] <= (part.program or 0) <= track.programs[1]:
            return index
    return None


def usual_program(parts: list[Part]) -> int | None:
    """The General MIDI program of most notes of a track's parts; None: of drums, or where no part states one."""
    notes: Counter[int] = Counter()
    for part in parts:
        if part.program is not None and not part.drums and len(part.notes):
            notes[part.program] += len(part.notes)
    return max(notes, key=lambda program: notes[program], default=None)


def roles(parts: list[Part]) -> list[str]:
    """The musical role of each part: drums, bass, one melody, and chords.

    The bass has a bass program, or is the lowest single-voiced part where none has; the melody is the highest of the
    other single-voiced parts (the highest of all where there is none), by mean pitch; all others are chords.
    """
    pitch = [float(part.notes[:, 2].mean()) for part in parts]
    single = [voices(part) <= 1.2 for part in parts]
    found = [DRUMS if part.drums else BASS if part.program in BASSES else CHORDS for part in parts]
    rest = [index for index, role in enumerate(found) if role == CHORDS]
    if BASS not in found and len(rest) > 1:
        low = min(rest, key=lambda index: (not single[index], pitch[index]))
        if single[low]:
            found[low] = BASS
            rest.remove(low)
    if rest:
        found[max(rest, key=lambda index: (single[index], pitch[index]))] = MELODY
    return found


def voices(part: Part) -> float:
    """Mean number of notes that sound where any sounds."""
    onset, length = part.notes[:, 0], part.notes[:, 1]
    edges = sorted([*((float(time), 1) for time in onset), *((float(time), -1) for time in onset + length)])
    sounding, covered, count, before = 0.0, 0.0, 0, 0.0
    for time, change in edges:
        sounding += count * (time - before)
        covered += (time - before) if count else 0.0
        count, before = count + change, time
    return sounding / covered if covered else float(np.float64(0))

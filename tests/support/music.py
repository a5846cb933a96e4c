"""Music to pack: rolls in an .npz file, MIDI files and scores made on the spot."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from ganvas.curate.dataset.pack import pack
from ganvas.curate.music.pack import pack_rolls
from ganvas.spec import DataSpec, RollSpec


def roll_spec(**changes: object) -> RollSpec:
    """Two tracks, two bars of two beats of four steps, three octaves from C2."""
    usual: dict[str, object] = {
        "tracks": ({"name": "high", "program": 40}, {"name": "low", "program": 42}),
        "bars": 2,
        "beats": 2,
        "beat_steps": 4,
        "lowest": 36,
        "octaves": 3,
    }
    return RollSpec.model_validate(usual | changes)


def random_rolls(path: Path, spec: RollSpec, count: int = 24, seed: int = 0) -> Path:
    """An .npz file of random phrases, each of one note per beat and track."""
    rng = np.random.default_rng(seed)
    beats = spec.bars * spec.beats
    pitches = rng.integers(0, spec.pitches, (count, len(spec.tracks), beats))
    rolls = np.zeros((count, len(spec.tracks), beats, spec.beat_steps, spec.pitches), np.uint8)
    n, t, b = np.indices(pitches.shape)
    rolls[n, t, b, :, pitches] = 1
    rolls = rolls.reshape(count, len(spec.tracks), spec.bars, spec.bar_steps, spec.pitches)
    np.savez(path, rolls=rolls, lowest=spec.lowest, beats=spec.beats)
    return path


def packed_for(pictures: Path, data: DataSpec) -> Path:
    """The example pictures packed for a family's data, or random music where that is what it learns from."""
    if data.roll is None:
        return pack(pictures, resolution=data.resolution, channels=data.channels, crop=data.crop).path
    file = pictures.parent / f"rolls-{len(data.roll.tracks)}-{data.roll.steps}-{data.roll.pitches}.npz"
    if not file.exists():
        random_rolls(file, data.roll)
    return pack_rolls(file, roll=data.roll).path


def midi_file(notes: list[list[tuple[float, float, int]]], *, names: tuple[str, ...] = (), numerator: int = 4) -> bytes:
    """A MIDI file with a track per list of (onset, duration in quarter notes, pitch), 120 quarter notes per minute."""
    import pretty_midi

    song = pretty_midi.PrettyMIDI(initial_tempo=120, resolution=480)
    song.time_signature_changes.append(pretty_midi.TimeSignature(numerator, 4, 0))
    for index, rows in enumerate(notes):
        name = names[index] if names else f"track {index}"
        instrument = pretty_midi.Instrument(index, name == "drums", name)
        instrument.notes = [pretty_midi.Note(80, pitch, on / 2, (on + length) / 2) for on, length, pitch in rows]
        song.instruments.append(instrument)
    content = io.BytesIO()
    song.write(content)
    return content.getvalue()

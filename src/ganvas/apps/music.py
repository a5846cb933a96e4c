"""Pieces of a trained model as files: MIDI, a sheet of piano rolls, audio."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ganvas.apps.audio import sound_font, write_audio
from ganvas.curate.images.decode import encode_png
from ganvas.curate.music.midi import library
from ganvas.errors import UserError
from ganvas.files import write_atomically
from ganvas.inference.music import MusicOptions, Rolls, compose, given_track, interpolate, joined, roll_spec, to_midi
from ganvas.inference.session import TorchSession
from ganvas.models.batches import MusicRequest
from ganvas.models.capabilities import Accompanies
from ganvas.models.family import Family
from ganvas.paths import writing
from ganvas.spec import RollSpec
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import Pictures


class PieceOptions(NamedTuple):
    """Which pieces are made, and how they sound.

    Attributes:
        pieces: How many.
        seed: Of the first; the next ones follow.
        phrases: Of each piece; more than one are interpolated between seeds.
        through: Seeds that one piece of several phrases passes through, in place of ``pieces`` and ``seed``.
        accompany: A file whose track is accompanied, phrase by phrase.
        music: How numbers become notes.
        tempo: Quarter notes per minute; None: that of the training data, or ``DEFAULT_TEMPO``.
        programs: General MIDI programs of the tracks; None: those of the training data, or the recipe's.
        audio: The ending of audio files, such as ``.wav``; None: no audio.
        font: The sound font; None: one that is installed.
    """

    pieces: int = 8
    seed: int = 0
    phrases: int = 1
    through: tuple[int, ...] = ()
    accompany: Path | None = None
    music: MusicOptions = MusicOptions()
    tempo: float | None = None
    programs: tuple[int, ...] | None = None
    audio: str | None = None
    font: Path | None = None


class WrittenPieces(NamedTuple):
    """The files that were written, and how many of the pieces have no notes."""

    midi: list[Path]
    sheet: Path
    audio: list[Path]
    silent: int


def write_pieces(
    family: Family, output: Path, options: PieceOptions, progress: Callable[[int, int], None] | None = None
) -> WrittenPieces:
    """Write pieces of a model as ``NNNN.mid``, with ``rolls.png``, and audio where wanted.

    Args:
        family: A model of the task ``music``, in evaluation mode.
        output: The folder.
        options: See :class:`PieceOptions`.
        progress: Called with (done, total) pieces.

    Raises:
        UserError: the model makes no music, an option does not fit, a file cannot be read or written, or an extra or
            FluidSynth is missing; that is found before anything is written.
    """
    TASKS[family.task].require(MusicRequest)
    library()
    spec = roll_spec(family.data)
    font = sound_font(options.font) if options.audio else None
    pieces = _make(family, spec, options)
    tempo = family.data.tempo if options.tempo is None else options.tempo
    programs = family.data.programs if options.programs is None else options.programs
    midi = [to_midi(joined(piece), spec, tempo=tempo, programs=programs) for piece in pieces]
    audio: list[Path] = []
    with writing(output):
        names = [output / f"{number:04d}.mid" for number in range(len(pieces))]
        for done, (name, content) in enumerate(zip(names, midi, strict=True), start=1):
            write_atomically(name, content)
            if options.audio and font is not None:
                audio.append(write_audio(content, name.with_suffix(options.audio), font))
            if progress is not None:
                progress(done, len(pieces))
        sheet = output / "rolls.png"
        write_atomically(sheet, encode_png(piece_sheet(family, pieces)))
    return WrittenPieces(names, sheet, audio, sum(not piece.any() for piece in pieces))


def piece_sheet(family: Family, pieces: list[Rolls]) -> Pictures:
    """The rolls of pieces, a phrase each, a piece of several phrases in a row of its own."""
    columns = len(pieces[0]) if len(pieces[0]) > 1 else min(3, len(pieces))
    rolls = np.concatenate(pieces).astype(np.uint8) * 255
    return TASKS[family.task].lay_out(rolls, family.data, columns)


def _make(family: Family, spec: RollSpec, options: PieceOptions) -> list[Rolls]:
    """Pieces, each bool [phrases, time, pitches, tracks]."""
    session, data = TorchSession(family), family.data
    given = _given(family, spec, options.accompany)
    phrases = options.phrases if given is None else len(given)
    music = options.music._replace(given=given)
    if options.through:
        return [interpolate(session, family.z_dim, data, options.through, max(phrases, len(options.through)), music)]
    seeds = range(options.seed, options.seed + options.pieces)
    if given is not None:  # one style per piece: the same latent for all its phrases
        return [compose(session, family.z_dim, data, [seed] * phrases, music) for seed in seeds]
    if phrases == 1:
        return [compose(session, family.z_dim, data, [seed], music) for seed in seeds]
    return [interpolate(session, family.z_dim, data, [seed, seed + options.pieces], phrases, music) for seed in seeds]


def _given(family: Family, spec: RollSpec, file: Path | None) -> Rolls | None:
    """The given track of a file, or silence refused: a model that accompanies needs one, others take none."""
    track = family.accompanied if isinstance(family, Accompanies) else None
    if track is None:
        if file is not None:
            raise UserError("This model accompanies no track; leave --accompany out.", code="accompanies-none")
        return None
    name = spec.tracks[track].name
    if file is None:
        raise UserError(f"This model accompanies the track {name}; give a file with it by --accompany.")
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror}); name a MIDI or MusicXML file.") from None
    return given_track(file, content, spec, name)

"""Where the clips of a study come from: folders of music files, or runs and bundles that make music."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganvas.apps.model_kind import makes_music
from ganvas.apps.opinion.clips import Clip, ClipTrack
from ganvas.apps.opinion.sources import Found, Source
from ganvas.curate.file_names import name_key
from ganvas.curate.images.decode import PictureError
from ganvas.curate.music.notes import notes_of
from ganvas.curate.music.phrases import phrases_of
from ganvas.curate.music.piece import MusicError, Piece
from ganvas.curate.music.sources import MusicFiles, list_music, read_file
from ganvas.errors import UserError
from ganvas.release.gate import figures
from ganvas.spec import DEFAULT_TEMPO, MAX_TEMPO, MIN_TEMPO, DataSpec
from ganvas.suggestion.music import is_music

if TYPE_CHECKING:
    import numpy.typing as npt

LONGEST = 30.0  # seconds; longer files are cut at a bar line
BEAT_STEPS = 24  # of files that are not cut for a model
_PER_PIECE = 4  # phrases of one piece, at most
_SPARE = 1.5  # times as many phrases of a model as are needed, since some may be silent


def are_clips(sources: Sequence[Source]) -> bool:
    """Whether sources are of music instead of pictures.

    Raises:
        UserError: Some are of music and others of pictures.
    """
    missing = next((source.path for source in sources if not source.path.exists()), None)
    if missing is not None:
        raise UserError(f"There is no folder {missing}; name a folder of pictures or music, a run or a bundle.")
    kinds = {source.name: makes_music(source.path) or is_music(source.path) for source in sources}
    if len(set(kinds.values())) > 1:
        music = ", ".join(name for name, is_one in kinds.items() if is_one)
        pictures = ", ".join(name for name, is_one in kinds.items() if not is_one)
        raise UserError(
            f"A study is of pictures or of music, and {music} is music while {pictures} is pictures; make two studies."
        )
    return any(kinds.values())


def find_clips(sources: Sequence[Source], count: int, seed: int) -> list[Found]:
    """The clips of sources. Music files are cut like the phrases of the first model, and played like these.

    Args:
        sources: Folders of music files, runs and bundles.
        count: How many clips are needed of each.
        seed: The first seed of a model, and of the choice of phrases.

    Raises:
        UserError: There is no music, or a model needs a track to accompany.
    """
    models: dict[Path, Found] = {}
    lead: DataSpec | None = None
    for source in sources:
        if makes_music(source.path):
            models[source.path], data = _model(source.path, count, seed, lead)
            lead = lead or data
    return [models.get(source.path) or _folder(source.path, count, seed, lead) for source in sources]


def _model(path: Path, count: int, seed: int, lead: DataSpec | None) -> tuple[Found, DataSpec]:
    from ganvas.inference.load import load_model
    from ganvas.inference.music import compose
    from ganvas.inference.session import TorchSession
    from ganvas.models.capabilities import Accompanies

    model = load_model(path)
    family = model.family
    if isinstance(family, Accompanies) and family.accompanied is not None:
        raise UserError(
            f"{model.name} accompanies a track, so it makes no clips of its own; export its pieces by `ganvas generate "
            "--accompany`, and name their folder."
        )
    last = seed + max(round(_SPARE * count), count + 1) - 1
    rolls = compose(TorchSession(family), family.z_dim, family.data, range(seed, last + 1))
    clips = {f"seed {seed + index:06d}": _clip_of(roll, family.data, lead) for index, roll in enumerate(rolls)}
    found = _found(f"{model.name}, seeds {seed} to {last}", clips, named=False)
    found.measured = {f"{one.metric}, {one.pictures.replace('_', '-')}": one.value for one in figures(path)}
    return found, family.data


def _clip_of(roll: npt.NDArray[np.bool_], data: DataSpec, lead: DataSpec | None = None) -> Clip:
    """A roll [time, pitches, tracks] as a clip, played like those of ``lead`` where the tracks are as many."""
    spec = data.roll
    assert spec is not None
    played = lead if lead is not None and len(lead.programs) == len(data.programs) else data
    tracks = tuple(
        ClipTrack(program=program, drums=track.drums)
        for program, track in zip(played.programs, spec.tracks, strict=True)
    )
    notes = tuple((note.track, note.pitch, note.start, note.length) for note in notes_of(roll, spec))
    tempo = (lead or data).tempo
    return Clip(tempo=tempo, beats=spec.beats, beat_steps=spec.beat_steps, steps=len(roll), tracks=tracks, notes=notes)


def _folder(path: Path, count: int, seed: int, lead: DataSpec | None) -> Found:
    files, rng = list_music(path), np.random.default_rng([seed, 3])
    clips: dict[str, Clip] = {}
    unreadable: dict[str, str] = {}
    for file in (files.paths[int(index)] for index in rng.permutation(len(files.paths))):
        if lead is not None and len(clips) >= _PER_PIECE * count:
            break
        try:
            clips |= _clips_of(file, files, lead, rng)
        except (MusicError, PictureError) as error:
            unreadable[file] = str(error)
    found = _found(path.resolve().name, clips, named=lead is None)
    found.unreadable |= unreadable
    return found


def _clips_of(file: str, files: MusicFiles, lead: DataSpec | None, rng: np.random.Generator) -> dict[str, Clip]:
    clips = {}
    stem = name_key(str(Path(file).with_suffix("")))
    for piece in read_file(file, files.read(file)):
        name = f"{stem}#{piece.name}" if piece.name else stem
        if lead is None or lead.roll is None:
            clips[name] = _whole(piece)
            continue
        phrases = list(phrases_of(piece, lead.roll, Counter()))
        for index in rng.permutation(len(phrases))[:_PER_PIECE]:
            phrase = phrases[int(index)]
            clips[f"{name}, bar {phrase.bar}"] = _clip_of(phrase.roll > 0, lead)
    if not clips:
        raise MusicError("no phrase of the models' length")
    return clips


def _whole(piece: Piece) -> Clip:
    """A piece from its first note, up to the last bar line within ``LONGEST``; played as its file says."""
    parts = [part for part in piece.parts if len(part.notes)]
    if not parts:
        raise MusicError("no notes")
    first = min(float(part.notes[:, 0].min()) for part in parts)
    end = max(float((part.notes[:, 0] + part.notes[:, 1]).max()) for part in parts)
    bars = piece.bars[:, 0]
    first = max((float(onset) for onset in bars if onset <= first), default=first)
    tempo = min(max(piece.tempo(first, end) or DEFAULT_TEMPO, MIN_TEMPO), MAX_TEMPO)
    if 60 * (end - first) / tempo > LONGEST:
        most = first + LONGEST * tempo / 60
        end = max((float(onset) for onset in bars if first < onset <= most), default=most)
    steps = max(round((end - first) * BEAT_STEPS), 1)
    notes = []
    for index, part in enumerate(parts):
        for onset, length, pitch in part.notes:
            start = round((onset - first) * BEAT_STEPS)
            if 0 <= start < steps and 0 <= pitch <= 127:
                notes.append((index, round(pitch), start, max(min(round(length * BEAT_STEPS), steps - start), 1)))
    tracks = tuple(ClipTrack(program=part.program or 0, drums=part.drums) for part in parts)
    beats = max(round(float(piece.bars[0, 1])), 1) if len(piece.bars) else 4
    ordered = tuple(sorted(notes, key=lambda note: (note[2], note[0], note[1])))
    return Clip(tempo=tempo, beats=beats, beat_steps=BEAT_STEPS, steps=steps, tracks=tracks, notes=ordered)


def _found(origin: str, clips: dict[str, Clip], *, named: bool) -> Found:
    silent = {key: "no notes" for key, clip in clips.items() if not clip.notes}

    def load(keys: list[str]) -> Iterator[tuple[str, Clip]]:
        return ((key, clips[key]) for key in keys)

    return Found(origin, sorted(clips.keys() - silent.keys()), load, named=named, unreadable=silent)

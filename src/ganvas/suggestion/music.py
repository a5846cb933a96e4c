"""What is in a folder of music: how many files, which parts by role, and which recipes their parts fit."""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

import numpy as np

from ganvas.curate.file_kinds import PICTURE_SUFFIXES, is_hidden
from ganvas.curate.images.decode import PictureError
from ganvas.curate.music.assign import roles
from ganvas.curate.music.phrases import phrases_of
from ganvas.curate.music.piece import MusicError, Piece
from ganvas.curate.music.sources import MIDI, SUFFIXES, MusicFiles, list_music, read_file
from ganvas.errors import UserError
from ganvas.spec import RollSpec

SAMPLE = 12  # files that are read
_SURE = (*MIDI, ".mxl", ".musicxml")  # .xml and .npz may be anything beside pictures


class MusicSurvey(NamedTuple):
    """What is in a folder of music.

    Attributes:
        files: Music files.
        pictures: Pictures beside them, which music recipes leave out.
        parts: Median number of parts with notes per piece of a sample.
        roles: In how many pieces of the sample there is melody, chords, bass or drums.
        pieces: Pieces in the sample.
        fits: Share of these pieces that give phrases for a recipe, by recipe.
        phrases: Phrases that all files would give for a recipe, estimated from the sample, by recipe.
        unreadable: Files of the sample that cannot be used, with the reason.
        looked_at: Files of the sample that could be read.
        arrangement: As in a survey of pictures.
    """

    files: int
    pictures: int
    parts: int
    roles: dict[str, int]
    pieces: int
    fits: dict[str, float]
    phrases: dict[str, int]
    unreadable: dict[str, str]
    looked_at: int
    arrangement: Literal["music"] = "music"


def is_music(source: Path) -> bool:
    """Whether a folder or zip holds more music files than pictures, by their names."""
    music, pictures = _counts(source)
    return pictures < music


def survey_music(source: Path, rolls: Mapping[str, RollSpec]) -> MusicSurvey:
    """Look at what is in a folder or zip of music, reading a sample of the files.

    Args:
        source: The music.
        rolls: The format of the rolls of each recipe, by its name.

    Raises:
        UserError: None of the sample can be read, or the ``music`` extra is missing.
    """
    files = list_music(source)
    chosen = sample(files)
    pieces: list[Piece] = []
    unreadable: dict[str, str] = {}
    for path in chosen:
        try:
            pieces += read_file(path, files.read(path))
        except (MusicError, PictureError) as error:
            unreadable[path] = str(error)
    if not pieces:
        first = next(iter(unreadable))
        raise UserError(
            f"None of {len(chosen):,} music files of {source} can be read (the first: {first}, {unreadable[first]}); "
            "add others."
        )
    sounding = [[part for part in piece.parts if len(part.notes)] for piece in pieces]
    found = {name: [_phrases(piece, roll) for piece in pieces] for name, roll in rolls.items()}
    looked_at = len(chosen) - len(unreadable)
    return MusicSurvey(
        files=len(files.paths),
        pictures=_counts(source)[1],
        parts=int(np.median([len(parts) for parts in sounding])),
        roles=dict(Counter(role for parts in sounding for role in set(roles(parts)))),
        pieces=len(pieces),
        fits={name: float(np.mean([count > 0 for count in counts])) for name, counts in found.items()},
        phrases={name: round(sum(counts) * len(files.paths) / len(chosen)) for name, counts in found.items()},
        unreadable=unreadable,
        looked_at=looked_at,
    )


def sample(files: MusicFiles, count: int = SAMPLE) -> list[str]:
    """At most ``count`` paths at equal distances."""
    taken = min(count, len(files.paths))
    return [files.paths[index * len(files.paths) // taken] for index in range(taken)]


def _phrases(piece: Piece, roll: RollSpec) -> int:
    try:
        return sum(1 for _ in phrases_of(piece, roll, Counter()))
    except MusicError:
        return 0


def _counts(source: Path) -> tuple[int, int]:
    """How many music files and pictures there are, by their names."""
    endings = Counter(PurePosixPath(name).suffix.lower() for name in _names(source))
    pictures = sum(count for ending, count in endings.items() if ending in PICTURE_SUFFIXES)
    kinds = _SURE if pictures else SUFFIXES
    return sum(count for ending, count in endings.items() if ending in kinds), pictures


def _names(source: Path) -> Iterator[str]:
    """Names of the files in a folder or a zip; of a file of another kind its own."""
    if source.is_dir():
        for _, folders, files in os.walk(source):
            folders[:] = [one for one in folders if not is_hidden(one)]
            yield from (file for file in files if not is_hidden(file))
    elif source.suffix.lower() not in SUFFIXES and source.is_file() and zipfile.is_zipfile(source):
        try:
            with zipfile.ZipFile(source) as archive:
                yield from (name for name in archive.namelist() if not is_hidden(PurePosixPath(name).name))
        except (zipfile.BadZipFile, OSError):
            return
    elif source.is_file():
        yield source.name

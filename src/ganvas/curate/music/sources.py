"""The music files of a folder or a zip, and their pieces."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

import numpy as np

from ganvas.curate.archive_safety import leads_outside, size_limit
from ganvas.curate.file_kinds import is_hidden
from ganvas.curate.images.decode import PictureError
from ganvas.curate.manifest import Licence, SkippedFile
from ganvas.curate.music.arrays import read_arrays
from ganvas.curate.music.midi import read_midi
from ganvas.curate.music.musicxml import read_musicxml
from ganvas.curate.music.piece import MusicError, Part, Piece
from ganvas.curate.sources.archives import ZipReader
from ganvas.curate.sources.assemble import ListedFile, fingerprint
from ganvas.curate.sources.file_filter import is_licence
from ganvas.curate.sources.folders import SYSTEM_FOLDERS, FolderReader
from ganvas.curate.sources.listing import FileReader
from ganvas.errors import UserError
from ganvas.files import write_atomically
from ganvas.paths import cache_dir

MIDI = (".mid", ".midi", ".kar")
SCORES = (".mxl", ".musicxml", ".xml")
ARRAYS = (".npz",)
SUFFIXES = (*MIDI, *SCORES, *ARRAYS)
UPLOADED = (*MIDI, *SCORES)  # kinds that are taken from uploads
READ = 2  # raised when the same file would give other notes or tempi


class MusicFiles(NamedTuple):
    """The music files of a source.

    Attributes:
        read: Reads the bytes of one by its path.
        paths: Relative to the source.
        licences: Licence files among them.
        skipped: Files that cannot be used, known before any is read.
        fingerprint: Changes whenever a file does.
    """

    read: FileReader
    paths: list[str]
    licences: list[Licence]
    skipped: list[SkippedFile]
    fingerprint: str


def list_music(source: Path) -> MusicFiles:
    """List a folder or a zip of music files; a single music file is a source, too.

    Raises:
        UserError: it is missing, unreadable or holds no music.
    """
    if not source.exists():
        raise UserError(f"There is no folder or file {source}; name a folder or a .zip of MIDI or MusicXML files.")
    where = source.resolve()
    if str(where) in SYSTEM_FOLDERS:
        raise UserError(f"{source} is a folder of the system itself; name the folder that holds your music.")
    read: FileReader
    if where.is_dir():
        read, files = FolderReader(where), _in_folder(where)
    elif where.suffix.lower() in SUFFIXES:
        read, files = FolderReader(where.parent), [_listed(where, where.parent)]
    else:
        read, files = _in_zip(source, where)
    files = sorted(files)
    paths = [file.path for file in files if not is_licence(PurePosixPath(file.path).name)]
    if not paths:
        raise UserError(f"There is no music in {source}; name a folder or a .zip of {', '.join(SUFFIXES)} files.")
    licences, skipped = [], []
    for file in files:
        if file.path not in paths:
            try:
                licences.append(Licence(path=file.path, text=read(file.path)[:100_000].decode(errors="replace")))
            except PictureError as error:
                skipped.append(SkippedFile(file.path, str(error)))
    return MusicFiles(read, paths, licences, skipped, fingerprint(where, files))


def _wanted(name: str) -> bool:
    return not is_hidden(name) and (PurePosixPath(name).suffix.lower() in SUFFIXES or is_licence(name))


def _listed(file: Path, root: Path) -> ListedFile:
    information = file.stat()
    return ListedFile(file.relative_to(root).as_posix(), information.st_size, information.st_mtime_ns)


def _in_folder(root: Path) -> list[ListedFile]:
    inside = (file for file in root.rglob("*") if _wanted(file.name) and file.is_file())
    return [_listed(file, root) for file in inside if not any(map(is_hidden, file.relative_to(root).parts[:-1]))]


def _in_zip(source: Path, where: Path) -> tuple[FileReader, list[ListedFile]]:
    try:
        reader = ZipReader(where)
    except (zipfile.BadZipFile, OSError):
        raise UserError(f"{source} is neither a folder nor a .zip of music files; name one of these.") from None
    members = reader.names.members
    if any(map(leads_outside, members)):
        raise UserError(f"{source} holds a file name that leads outside of it; zip it again.")
    if sum(entry.file_size for entry in members.values()) > size_limit(where):
        raise UserError(f"{source} would unpack to far more than its size, so it is no archive of music.")
    kept = {path: entry for path, entry in members.items() if not entry.is_dir() and _wanted(PurePosixPath(path).name)}
    return reader, [ListedFile(path, entry.file_size, entry.CRC) for path, entry in kept.items()]


def read_pieces(path: str, content: bytes) -> Iterable[Piece]:
    """The pieces of a music file, whose name says its kind.

    Scores take seconds to read, so their notes are kept in the cache.

    Raises:
        MusicError: the file cannot be used.
        UserError: the ``music`` extra is missing.
    """
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in ARRAYS:
        return read_arrays(content)
    if suffix in MIDI:
        return [read_midi(content)]
    kept = cache_dir() / "scores" / f"{hashlib.sha256(content).hexdigest()}-{READ}.npz"
    if kept.is_file():
        return [_restore(kept)]
    piece = read_musicxml(content)
    _store(piece, kept)
    return [piece]


def uploaded_kind(path: str) -> Literal["midi", "score"] | None:
    """What an uploaded file claims to be by its name, which its reader checks by its first bytes; None: no music."""
    suffix = PurePosixPath(path.replace("\\", "/")).suffix.lower()
    return "midi" if suffix in MIDI else "score" if suffix in SCORES else None


def _store(piece: Piece, path: Path) -> None:
    buffer = io.BytesIO()
    about = json.dumps([[part.name, part.program, part.drums] for part in piece.parts])
    arrays = {f"notes{index}": part.notes for index, part in enumerate(piece.parts)}
    tempi = np.zeros((0, 2)) if piece.tempi is None else piece.tempi
    np.savez_compressed(buffer, bars=piece.bars, tempi=tempi, about=np.array(about), allow_pickle=False, **arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, buffer.getvalue())


def _restore(path: Path) -> Piece:
    with np.load(path, allow_pickle=False) as file:
        about = json.loads(str(file["about"]))
        parts = [
            Part(name, program, drums, file[f"notes{index}"]) for index, (name, program, drums) in enumerate(about)
        ]
        return Piece(tuple(parts), file["bars"], tempi=file["tempi"])


def read_file(path: str, content: bytes) -> list[Piece]:
    """All pieces of a music file: see :func:`read_pieces`.

    Raises:
        MusicError: the file cannot be used.
    """
    pieces = list(read_pieces(path, content))
    if not pieces:
        raise MusicError("no phrases")
    return pieces

"""What there is to pack: the pictures of a folder, of a zip or of a packed data set, with classes and licences."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Protocol

from ganvas.curate.dataset import MANIFEST, Licence, Manifest, Skipped, read_manifest
from ganvas.curate.images import SUFFIXES, PictureError, looks_like_picture
from ganvas.terms import UserError

MAX_FILE_BYTES = 256 * 2**20
MAX_RATIO = 200  # an archive that grows more than this is a bomb: pictures hardly compress
_LICENCE_STEMS = ("license", "licence", "credits", "copying", "attribution")
_LICENCE_SUFFIXES = ("", ".txt", ".md", ".rst", ".html", ".csv", ".json")
_NOT_FOLDERS_OF_PICTURES = ("/", "/proc", "/sys", "/dev")


class Reader(Protocol):
    """Gives the bytes of a picture by its path; may be called from several threads."""

    def __call__(self, path: str) -> bytes: ...


class Candidate(NamedTuple):
    """A file that may be a picture."""

    path: str  # relative to the source, with forward slashes
    label: int = 0
    pair: str | None = None  # of a pair: the path of the source picture
    licence: str | None = None


@dataclass
class Listing:
    """Everything to pack, before any picture is decoded."""

    read: Reader
    candidates: list[Candidate] = field(default_factory=list)
    classes: tuple[str, ...] = ()
    paired: bool = False
    skipped: list[Skipped] = field(default_factory=list)
    licences: list[Licence] = field(default_factory=list)
    fingerprint: str = ""


class _File(NamedTuple):
    path: str
    size: int
    changed: int


def list_source(source: Path) -> Listing:
    """Look into a folder, a zip of pictures or a packed data set, reading no picture.

    :raises UserError: it is missing, unreadable, no archive, holds names that lead outside, or no pictures at all.
    """
    if not source.exists():
        raise UserError(f"There is no folder or file {source}; name a folder or a .zip of pictures.")
    where = source.resolve()
    if str(where) in _NOT_FOLDERS_OF_PICTURES:
        raise UserError(f"{source} is a folder of the system itself; name the folder that holds your pictures.")
    if where.is_dir():
        return _list_folder(source, where)
    if not zipfile.is_zipfile(where):
        raise UserError(f"{source} is neither a folder nor a .zip of pictures; name one of these.")
    return _list_zip(source, where)


def _fingerprint(where: Path, rows: list[_File]) -> str:
    return hashlib.sha256(json.dumps([str(where), sorted(rows)]).encode()).hexdigest()


# ── Folders ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class _FolderReader:
    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, path: str) -> bytes:
        file = self.root / path
        try:
            information = file.stat()
            if not stat.S_ISREG(information.st_mode):  # a pipe would never end
                raise PictureError("not a file")
            if information.st_size > MAX_FILE_BYTES:
                raise PictureError(f"larger than {MAX_FILE_BYTES // 2**20} MB")
            return file.read_bytes()
        except FileNotFoundError:
            raise PictureError("the file is gone") from None
        except PermissionError:
            raise PictureError("no permission to read it") from None
        except OSError as error:
            raise PictureError(f"cannot be read ({error.strerror})") from None


def _walk(root: Path, skipped: list[Skipped]) -> Iterator[_File]:
    def report(error: OSError) -> None:
        path = Path(error.filename).relative_to(root).as_posix()
        if path == ".":
            raise UserError(f"{root} cannot be opened ({error.strerror}); name a folder you may read.")
        skipped.append(Skipped(path, f"folder cannot be opened ({error.strerror})"))

    seen = {root}
    for folder, names, files in os.walk(root, onerror=report, followlinks=True):
        here = Path(folder)
        kept = []
        for name in sorted(names):
            inner = (here / name).resolve()
            if not _hidden(name) and inner not in seen:  # links may lead in circles
                seen.add(inner)
                kept.append(name)
        names[:] = kept
        for name in sorted(files):
            file = here / name
            path = file.relative_to(root).as_posix()
            if _hidden(name) or not (_is_candidate(name) or _is_licence(name)):
                continue
            if not name.isprintable() or "\udc80" <= max(name) <= "\udcff":
                skipped.append(Skipped(ascii(path)[1:-1], "its name holds characters that cannot be written"))
                continue
            try:
                information = file.stat()
            except OSError:
                skipped.append(Skipped(path, "a link that leads nowhere"))
                continue
            if _nameless(name) and not _starts_like_picture(file, information):
                continue
            yield _File(path, information.st_size, information.st_mtime_ns)


def _nameless(name: str) -> bool:
    """Crawls leave pictures without a suffix, and so are called many files that are none: content has to tell."""
    return PurePosixPath(name).suffix == "" and not _is_licence(name)


def _starts_like_picture(file: Path, information: os.stat_result) -> bool:
    if not stat.S_ISREG(information.st_mode):  # a pipe would wait for ever
        return False
    try:
        with file.open("rb") as opened:
            return looks_like_picture(opened.read(16))
    except OSError:
        return False


def _hidden(name: str) -> bool:
    return name.startswith(".") or name in ("__MACOSX", "Thumbs.db", "desktop.ini", "@eaDir", "$RECYCLE.BIN")


def _is_candidate(name: str) -> bool:
    suffix = PurePosixPath(name).suffix.lower()
    return suffix in SUFFIXES or (suffix == "" and not _is_licence(name))


def _is_licence(name: str) -> bool:
    path = PurePosixPath(name.lower())
    return path.suffix in _LICENCE_SUFFIXES and path.stem.split("-")[0].split("_")[0] in _LICENCE_STEMS


def _list_folder(source: Path, root: Path) -> Listing:
    listing = Listing(_FolderReader(root))
    files = list(_walk(root, listing.skipped))
    return _arranged(source, root, files, listing)


# ── Zips ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _ZipReader:
    def __init__(self, path: Path) -> None:
        # Kept open, for opening reads the whole directory; ZipFile takes turns by itself when threads read.
        self.archive = zipfile.ZipFile(path)

    def __call__(self, path: str) -> bytes:
        return read_member(self.archive, path)


def read_member(archive: zipfile.ZipFile, path: str, most: int = MAX_FILE_BYTES) -> bytes:
    """The first ``most`` bytes of a file in an untrusted archive.

    :raises PictureError: it is damaged, locked, too large or packed in a way Python cannot read.
    """
    try:
        entry = archive.getinfo(path)
        if entry.flag_bits & 1:
            raise PictureError("locked with a password")
        if entry.file_size > MAX_FILE_BYTES:
            raise PictureError(f"larger than {MAX_FILE_BYTES // 2**20} MB")
        with archive.open(entry) as file:
            return file.read(min(entry.file_size, most))
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError):
        raise PictureError("damaged inside the archive") from None
    except OSError as error:
        raise PictureError(f"the archive cannot be read ({error.strerror})") from None
    except (NotImplementedError, RuntimeError):
        raise PictureError("packed in a way that cannot be read; zip it again") from None


def _list_zip(source: Path, where: Path) -> Listing:
    try:
        with zipfile.ZipFile(where) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if MANIFEST in names:
                return _list_dataset(where)
            _refuse_hostile(source, where, entries)
            listing = Listing(_ZipReader(where))
            files = []
            for entry in entries:
                parts = PurePosixPath(entry.filename).parts
                if entry.is_dir() or not parts or any(_hidden(part) for part in parts):
                    continue
                if _nameless(parts[-1]):
                    with suppress(PictureError):
                        if looks_like_picture(read_member(archive, entry.filename, 16)):
                            files.append(_File(entry.filename, entry.file_size, entry.CRC))
                elif _is_candidate(parts[-1]) or _is_licence(parts[-1]):
                    files.append(_File(entry.filename, entry.file_size, entry.CRC))
    except (zipfile.BadZipFile, OSError, ValueError):
        raise UserError(f"{source} is a damaged zip archive; zip the pictures again.") from None
    return _arranged(source, where, files, listing)


def _refuse_hostile(source: Path, where: Path, entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
            raise UserError(f"{source} holds a file name that leads outside of it ({entry.filename!r}); zip it again.")
    unpacked, packed = sum(entry.file_size for entry in entries), where.stat().st_size
    if unpacked > 2**28 and unpacked > MAX_RATIO * packed:
        raise UserError(f"{source} would unpack to {unpacked / 2**30:.1f} GB, so it is no archive of pictures.")


def _list_dataset(path: Path) -> Listing:
    manifest: Manifest = read_manifest(path)
    information = path.stat()
    listing = Listing(
        _ZipReader(path),
        classes=manifest.classes,
        paired=manifest.paired,
        skipped=list(manifest.skipped),
        licences=list(manifest.licences),
        fingerprint=_fingerprint(path, [_File("", information.st_size, information.st_mtime_ns)]),
    )
    listing.candidates = [Candidate(item.name, item.label, item.pair, item.licence) for item in manifest.items]
    return listing


# ── Classes, pairs, licences ────────────────────────────────────────────────────────────────────────────────────────


def _arranged(source: Path, where: Path, files: list[_File], listing: Listing) -> Listing:
    """Sort files into pictures with classes or pairs, and licences."""
    files = sorted(files)
    listing.fingerprint = _fingerprint(where, files)
    paths = [file.path for file in files if _is_candidate(PurePosixPath(file.path).name)]
    if not paths:
        raise UserError(f"There are no pictures in {source}; name a folder or a .zip that holds some.")
    for file in files:
        if _is_licence(PurePosixPath(file.path).name):
            try:
                text = listing.read(file.path)[:100_000].decode(errors="replace")
            except PictureError:
                continue
            listing.licences.append(Licence(path=file.path, text=text))
    base = _common_folder(paths)
    tops = Counter(_top(path, base) for path in paths)
    if {top.lower() for top in tops if top} == {"source", "target"}:
        listing.paired = True
        pairs = _pairs(paths, base, listing.skipped)
        listing.candidates = [Candidate(target, 0, origin) for target, origin in pairs]
    else:
        loose = tops.pop("", 0)
        if len(tops) > 1 and loose < sum(tops.values()):
            listing.classes = tuple(sorted(tops))
        labels = {name: label for label, name in enumerate(listing.classes)}
        for path in paths:
            if labels and _top(path, base) == "":
                listing.skipped.append(Skipped(path, "stands beside the class folders; move it into one"))
            else:
                listing.candidates.append(Candidate(path, labels.get(_top(path, base), 0)))
    covered = {PurePosixPath(licence.path).parent: licence.path for licence in reversed(listing.licences)}
    listing.candidates = [
        one._replace(licence=next((covered[p] for p in PurePosixPath(one.path).parents if p in covered), None))
        for one in listing.candidates
    ]
    return listing


def _common_folder(paths: list[str]) -> PurePosixPath:
    """The deepest folder that holds all pictures: a zip often wraps everything in one."""
    return PurePosixPath(os.path.commonpath([str(PurePosixPath(path).parent) for path in paths]) or ".")


def _top(path: str, base: PurePosixPath) -> str:
    """The first folder below ``base``, or nothing for a picture that stands in ``base`` itself."""
    parts = PurePosixPath(path).relative_to(base).parts
    return parts[0] if len(parts) > 1 else ""


def _pairs(paths: list[str], base: PurePosixPath, skipped: list[Skipped]) -> list[tuple[str, str]]:
    """(target, source) for each file stem that stands in both folders."""
    halves: dict[str, dict[str, str]] = {"source": {}, "target": {}}
    for path in paths:
        parts = PurePosixPath(path).relative_to(base)
        if len(parts.parts) < 2:
            skipped.append(Skipped(path, "stands beside source and target"))
            continue
        half = halves[parts.parts[0].lower()]
        stem = str(PurePosixPath(*parts.parts[1:]).with_suffix(""))
        if stem in half:
            skipped.append(Skipped(path, f"has the same name as {half[stem]}"))
        else:
            half[stem] = path
    for mine, other in (("source", "target"), ("target", "source")):
        for stem, path in halves[mine].items():
            if stem not in halves[other]:
                skipped.append(Skipped(path, f"has no partner in {other}"))
    both = sorted(halves["source"].keys() & halves["target"].keys())
    return [(halves["target"][stem], halves["source"][stem]) for stem in both]

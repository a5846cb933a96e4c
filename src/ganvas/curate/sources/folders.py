"""What there is to pack: pictures of a folder, a zip, a catalogue or a packed data set, and what is known of them."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Protocol

from ganvas.curate.dataset.dataset import MANIFEST, Licence, Manifest, Part, Provenance, Skipped, read_manifest
from ganvas.curate.images.decode import SUFFIXES, PictureError, looks_like_picture
from ganvas.curate.sources.annotations import Annotations, apply
from ganvas.curate.sources.dataset_layouts import NOTES, PARTS, Arrangement, Candidate, Half, Look, arrange
from ganvas.curate.sources.pair_detection import lie_on_each_other, simpler_half
from ganvas.errors import UserError

MAX_FILE_BYTES = 256 * 2**20
MAX_RATIO = 200  # an archive that grows more than this is a bomb: pictures hardly compress
_LICENCE_STEMS = ("license", "licence", "credits", "copying", "attribution")
_LICENCE_SUFFIXES = ("", ".txt", ".md", ".rst", ".html", ".csv", ".json")
_NOT_FOLDERS_OF_PICTURES = ("/", "/proc", "/sys", "/dev")


class Reader(Protocol):
    """Gives the bytes of a picture by its path; may be called from several threads."""

    def __call__(self, path: str) -> bytes: ...


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
    layout: str = ""
    side_by_side: Half | None = None


class Wish(NamedTuple):
    """What the user adds to what the files tell by themselves."""

    by: str | None = None  # an attribute that makes the classes
    annotations: Annotations | None = None
    side_by_side: Half | None = None
    database: str | None = None  # of a catalogue
    parts: Path | None = None  # a table of which picture belongs to train, validation and test


class _File(NamedTuple):
    path: str
    size: int
    changed: int


def list_source(source: Path, wish: Wish | None = None) -> Listing:
    """Look into a folder, a zip of pictures, a catalogue or a packed data set, decoding no picture.

    :raises UserError: it is missing, unreadable, no archive, holds names that lead outside, or no pictures at all.
    """
    if not source.exists():
        raise UserError(f"There is no folder or file {source}; name a folder or a .zip of pictures.")
    where = source.resolve()
    if str(where) in _NOT_FOLDERS_OF_PICTURES:
        raise UserError(f"{source} is a folder of the system itself; name the folder that holds your pictures.")
    wish = wish or Wish()
    if where.is_dir() and (wish.database is not None or (where / "catalog.db").is_file()):
        return _list_catalogue(source, where, wish)
    if where.is_dir():
        return _list_folder(source, where, wish)
    if not zipfile.is_zipfile(where):
        raise UserError(f"{source} is neither a folder nor a .zip of pictures; name one of these.")
    return _list_zip(source, where, wish)


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
            if _hidden(name) or not (_is_candidate(name) or _is_licence(name) or _is_note(name)):
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


def _is_note(name: str) -> bool:
    return name.lower() in NOTES


def _list_folder(source: Path, root: Path, wish: Wish) -> Listing:
    listing = Listing(_FolderReader(root))
    files = list(_walk(root, listing.skipped))
    return _arranged(source, root, files, listing, wish)


# ── Zips ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _ZipReader:
    def __init__(self, path: Path) -> None:
        # Kept open, for opening reads the whole directory; ZipFile takes turns by itself when threads read.
        self.path = path
        self.archive = zipfile.ZipFile(path)

    def __reduce__(self) -> tuple[type[_ZipReader], tuple[Path]]:
        return _ZipReader, (self.path,)

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


def _list_zip(source: Path, where: Path, wish: Wish) -> Listing:
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
                elif _is_candidate(parts[-1]) or _is_licence(parts[-1]) or _is_note(parts[-1]):
                    files.append(_File(entry.filename, entry.file_size, entry.CRC))
    except (zipfile.BadZipFile, OSError, ValueError):
        raise UserError(f"{source} is a damaged zip archive; zip the pictures again.") from None
    return _arranged(source, where, files, listing, wish)


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
    listing.layout = manifest.layout
    listing.candidates = [
        Candidate(item.name, item.label, item.pair, item.licence, item.split, None, item.origin)
        for item in manifest.items
    ]
    return listing


# ── Catalogues ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _list_catalogue(source: Path, root: Path, wish: Wish) -> Listing:
    """The pictures of a catalogue that are judged to be kept, with what they are to be credited by."""
    from ganvas.curate.catalog import Catalog

    listing = Listing(_FolderReader(root))
    rows = []
    with Catalog.open(root, wish.database) as catalogue:
        counts = catalogue.counts()
        table = wish.parts or (root / "split.csv" if (root / "split.csv").is_file() else None)
        divided = read_parts(table) if table is not None else {}
        for image in catalogue.images(result="keep"):
            origins = catalogue.origins(image.id)
            # Of several origins the first that states a licence says most.
            first = next((one for one in origins if one.licence), origins[0] if origins else None)
            credit = first and Provenance(source=first.source, url=first.url, page=first.page, licence=first.licence)
            path = image.path.resolve().relative_to(root).as_posix()
            part = divided.get(image.sha256, divided.get(path))
            listing.candidates.append(Candidate(path, split=part, origin=credit))
            rows.append([image.sha256, part, credit and credit.model_dump()])
    if not listing.candidates:
        raise UserError(
            f"None of the {counts.images:,} pictures of the catalogue {source} is judged to be kept; run `ganvas "
            f"curate {source}` or review them first."
        )
    listing.fingerprint = hashlib.sha256(json.dumps([str(root), rows]).encode()).hexdigest()
    listing.layout = f"A catalogue: {len(rows):,} of {counts.images:,} pictures are judged to be kept."
    return _finished(listing, Arrangement(listing.candidates, said=listing.layout), wish)


def read_parts(table: Path) -> dict[str, Part]:
    """Which part a picture belongs to, by its path and by its sha256: a CSV with the columns path (or sha256) and part,
    such as `ganvas split` writes.

    :raises UserError: it cannot be read, or names other parts than train, validation and test.
    """
    try:
        rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{table} cannot be read ({error}); name a table that `ganvas split` wrote.") from None
    found: dict[str, Part] = {}
    for row in rows:
        part = PARTS.get((row.get("part") or row.get("split") or "").strip().lower())
        keys = [row[name] for name in ("path", "filename", "sha256") if row.get(name)]
        if part is None or not keys:
            raise UserError(f"{table} needs the columns path and part, each part train, validation or test.")
        found |= dict.fromkeys(keys, part)
    return found


# ── Layouts, annotations, licences ──────────────────────────────────────────────────────────────────────────────────


def _arranged(source: Path, where: Path, files: list[_File], listing: Listing, wish: Wish) -> Listing:
    """Sort files into pictures with classes or pairs, notes and licences."""
    files = sorted(files)
    listing.fingerprint = _fingerprint(where, files)
    names = [(file.path, PurePosixPath(file.path).name) for file in files]
    paths = [path for path, name in names if _is_candidate(name) and not _is_note(name)]
    if not paths:
        raise UserError(f"There are no pictures in {source}; name a folder or a .zip that holds some.")
    for path, name in names:
        if _is_licence(name):
            try:
                text = listing.read(path)[:100_000].decode(errors="replace")
            except PictureError:
                continue
            listing.licences.append(Licence(path=path, text=text))
    notes: dict[str, Callable[[], bytes]] = {
        path: partial(_note, listing.read, path) for path, name in names if _is_note(name)
    }
    look = Look(partial(simpler_half, listing.read), partial(lie_on_each_other, listing.read))
    if wish.side_by_side is not None:
        look = look._replace(simpler_half=lambda _: None)
    arranged = arrange(paths, notes, look, wish.by)
    return _finished(listing, arranged, wish)


def _note(read: Reader, path: str) -> bytes:
    try:
        return read(path)
    except PictureError as error:
        raise UserError(f"{path} cannot be read: {error}.") from None


def _finished(listing: Listing, arranged: Arrangement, wish: Wish) -> Listing:
    if wish.annotations is not None:
        if arranged.paired or wish.side_by_side is not None:
            raise UserError("Boxes are for single pictures, and these are pairs; pack without boxes.")
        apply(wish.annotations, arranged)
        if not arranged.candidates:
            raise UserError("The annotations name none of these pictures; their paths or file names must be the same.")
    listing.candidates, listing.classes = arranged.candidates, arranged.classes
    if wish.parts is not None:
        divided = read_parts(wish.parts)
        listing.candidates = [one._replace(split=divided.get(one.path, one.split)) for one in listing.candidates]
        rows = [listing.fingerprint, *([one.path, one.split] for one in listing.candidates)]
        listing.fingerprint = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    listing.skipped += arranged.skipped
    listing.layout, listing.side_by_side = arranged.said, wish.side_by_side or arranged.side_by_side
    listing.paired = arranged.paired or wish.side_by_side is not None
    covered = {PurePosixPath(licence.path).parent: licence.path for licence in reversed(listing.licences)}
    listing.candidates = [
        one._replace(licence=next((covered[p] for p in PurePosixPath(one.path).parents if p in covered), None))
        for one in listing.candidates
    ]
    return listing

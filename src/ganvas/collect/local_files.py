"""Folders and single files of this machine, and uploads → pieces. What a source is, is told by looking at it."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path, PurePosixPath

from ganvas.collect.ingest import MAX_NAME, Ignored, Offer, Piece, Refusal, readable
from ganvas.curate.catalog import Origin
from ganvas.curate.images.decode import SUFFIXES, looks_like_picture
from ganvas.errors import UserError

MAX_FILE_BYTES = 256 * 2**20
VIDEO_SUFFIXES = frozenset(f".{one}" for one in ("mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "ogv"))
ARCHIVE_SUFFIXES = frozenset(
    f".{one}" for one in ("zip", "tar", "tgz", "gz", "bz2", "tbz2", "xz", "txz", "7z", "rar", "zst", "cab", "iso")
)
_NOT_FOLDERS_OF_PICTURES = ("/", "/proc", "/sys", "/dev")
_HEAD = 300  # bytes that tell what a file is; a tar says it at 257
_SYSTEM_NAMES = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


class Kind(StrEnum):
    """What a source is."""

    FOLDER = "folder"
    ARCHIVE = "archive"
    PICTURE = "picture"
    VIDEO = "video"
    URLS = "list of addresses"


def kind_of(source: Path) -> Kind:
    """Tell what a source is by its content, and by its name where that does not say.

    :raises UserError: it does not exist, cannot be read, or is nothing that pictures can be collected from.
    """
    try:
        if source.is_dir():
            return Kind.FOLDER
        if not source.exists():
            raise UserError(
                f"There is no folder or file {source}; name a folder, an archive, a video or a list of addresses."
            )
        if not source.is_file():
            raise UserError(f"{source} is neither a folder nor a file.")
        with source.open("rb") as file:
            head = file.read(_HEAD)
        if looks_like_archive(head) or zipfile.is_zipfile(source):
            return Kind.ARCHIVE
    except OSError as error:
        raise UserError(f"{source} cannot be read ({error.strerror or error}).") from None
    suffix = source.suffix.lower()
    if head.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!")) or suffix in (".7z", ".rar"):
        raise UserError(f"{source} is a 7z or rar archive; unpack it and name the folder.")
    if suffix in VIDEO_SUFFIXES or _looks_like_video(head):
        return Kind.VIDEO
    if suffix in SUFFIXES or looks_like_picture(head):
        return Kind.PICTURE
    if b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16, as some editors write
        return Kind.URLS
    if suffix in ARCHIVE_SUFFIXES:
        raise UserError(f"{source} is a damaged archive, or of a kind that is not read; make it a .zip or a .tar.")
    raise UserError(f"{source} is no folder, archive, picture, video or list of addresses.")


def _looks_like_video(head: bytes) -> bool:
    """Matroska, or the MP4 family without its pictures (HEIC and AVIF share the container)."""
    if head.startswith(b"\x1aE\xdf\xa3"):
        return True
    return head[4:8] == b"ftyp" and not head[8:12].startswith((b"hei", b"hev", b"mif", b"msf", b"avi"))


def looks_like_archive(head: bytes) -> bool:
    """Whether the first 300 bytes are those of a zip, a tar, or a packed tar."""
    return (
        head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")) or head[257:262] == b"ustar"
    )


def count_files(source: Path, *, without: Path | None = None) -> int | None:
    """How many files a folder or a zip holds, for the time left; None where only reading it all would tell.

    :param without: a folder that is left out, see :func:`folder`.
    """
    if source.is_dir():
        count = 0
        for here, names, files in os.walk(source.resolve()):
            names[:] = [name for name in names if not hidden(name) and Path(here, name) != without]
            count += sum(1 for name in files if not hidden(name))
        return count
    if zipfile.is_zipfile(source):
        try:
            with zipfile.ZipFile(source) as opened:
                return sum(1 for entry in opened.infolist() if not entry.is_dir())
        except (zipfile.BadZipFile, OSError, ValueError):
            return None
    return None


def offers_of(source: Path, *, licence: str | None = None, without: Path | None = None) -> Iterator[Offer]:
    """Every piece of a folder, an archive or a single picture.

    :param without: a folder that is left out, see :func:`folder`.
    :raises UserError: the source cannot be used at all; what is wrong with single files comes as refusals.
    """
    from ganvas.collect import archive

    kind = kind_of(source)
    if kind is Kind.FOLDER:
        return folder(source, licence=licence, without=without)
    if kind is Kind.ARCHIVE:
        return archive.archive(source, licence=licence)
    if kind is Kind.PICTURE:
        return iter([_file(source, source.name, licence)])
    raise UserError(f"{source} is a {kind}; no pieces lie in it.")


def folder(root: Path, *, licence: str | None = None, without: Path | None = None) -> Iterator[Offer]:
    """The pictures below a folder, in the order of their names; links are followed, but never in a circle.

    :param without: a folder below it that is left out: the catalogue's own, which may well lie there.
    :raises UserError: the folder is one of the system's, or cannot be opened.
    """
    where = root.resolve()
    if str(where) in _NOT_FOLDERS_OF_PICTURES:
        raise UserError(f"{root} is a folder of the system itself; name the folder that holds your pictures.")
    problems: list[Refusal] = []

    def report(error: OSError) -> None:
        path = Path(os.fsdecode(error.filename))
        if path == where:
            raise UserError(f"{root} cannot be opened ({error.strerror}); name a folder you may read.")
        problems.append(Refusal(_relative(path, where), f"the folder cannot be opened ({error.strerror})"))

    seen = {where} | ({without.resolve()} if without is not None else set())
    for here, names, files in os.walk(where, onerror=report, followlinks=True):
        kept = []
        for name in sorted(names):
            inner = Path(here, name).resolve()
            if not hidden(name) and inner not in seen:
                seen.add(inner)
                kept.append(name)
        names[:] = kept
        for name in sorted(files):
            if not hidden(name):
                path = Path(here, name)
                yield _file(path, _relative(path, where), licence)
    yield from problems


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _file(path: Path, name: str, licence: str | None) -> Offer:
    try:
        information = path.stat()
        if not stat.S_ISREG(information.st_mode):  # reading a pipe would never end
            return Refusal(name, "not a file")
        with path.open("rb") as file:
            head = file.read(_HEAD)
            unwanted = judge_name(name, head)
            if unwanted is not None:
                return unwanted
            if information.st_size > MAX_FILE_BYTES:
                return Refusal(name, too_large())
            content = head + file.read(MAX_FILE_BYTES)
    except FileNotFoundError:
        return Refusal(name, "a link that leads nowhere" if path.is_symlink() else "the file is gone")
    except PermissionError:
        return Refusal(name, "no permission to read it")
    except OSError as error:
        return Refusal(name, f"cannot be read ({error.strerror})")
    return Piece(name, content, Origin("folder", path=readable(str(path))[-MAX_NAME:], licence=licence))


def too_large() -> str:
    """The reason for refusing a file above the limit."""
    return f"larger than {MAX_FILE_BYTES // 2**20} MB"


def judge_name(name: str, head: bytes) -> Refusal | Ignored | None:
    """Whether a file in a folder or an archive is worth decoding (None), by its first bytes and its name."""
    suffix = PurePosixPath(name).suffix.lower()
    if _looks_like_video(head) or suffix in VIDEO_SUFFIXES:
        return Refusal(name, "a video; collect it by itself")
    if looks_like_picture(head) or suffix in SUFFIXES:
        return None
    if suffix in ARCHIVE_SUFFIXES or looks_like_archive(head):
        return Refusal(name, "an archive inside, which is not opened; unpack it or collect it by itself")
    if suffix in (".svg", ".svgz", ".eps", ".pdf", ".ai", ".wmf", ".emf", ".raw", ".cr2", ".nef", ".arw", ".dng"):
        return Refusal(name, f"{suffix[1:].upper()} is not decoded; save it as PNG")
    return Ignored(name)


def hidden(name: str) -> bool:
    """Whether a name is the system's own and not a person's."""
    return name.startswith(".") or name in _SYSTEM_NAMES


def upload(path: Path, name: str, *, licence: str | None = None) -> Iterator[Offer]:
    """What somebody handed over through a form: one picture, or an archive of them.

    :param path: where its bytes lie now.
    :param name: what they called it; used as a name alone, never as a place.
    :raises UserError: it is a damaged archive or a bomb.
    """
    from ganvas.collect import archive

    label = PurePosixPath(name.replace("\\", "/")).name or "upload"
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if looks_like_archive(head):
        for offer in archive.archive(path, licence=licence, label=label):
            if isinstance(offer, Piece):
                offer = offer._replace(origin=offer.origin._replace(source="upload"))
            yield offer
        return
    if path.stat().st_size > MAX_FILE_BYTES:
        yield Refusal(label, too_large())
        return
    yield Piece(label, path.read_bytes(), Origin("upload", path=readable(label), licence=licence))

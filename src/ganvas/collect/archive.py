"""Archives of strangers → pieces. Nothing is ever unpacked onto the disk, so a name in an archive leads nowhere.

What remains to guard against is size: a few kilobytes that unpack to terabytes. Every file, the sum of all, their
number and the headers between them have limits, whatever the archive says of itself.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from ganvas.collect.ingest import Ignored, Offer, Piece, Refusal, readable
from ganvas.collect.local_files import MAX_FILE_BYTES, hidden, judge_name, too_large
from ganvas.curate.catalog import Origin
from ganvas.errors import UserError

MAX_FILES = 1_000_000
MAX_RATIO = 200  # an archive that grows more than this is a bomb: pictures hardly compress
ALWAYS_FINE = 256 * 2**20  # bytes: so much may come out of an archive however small it is
MAX_HEADER = 4 * 2**20  # bytes between two files of a tar
_HEAD = 300
_ESCAPES = "its name leads outside of the archive"
_BOMB = "would unpack to more than {:.1f} GB, so it is no archive of pictures"
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, gzip.BadGzipFile)


def archive(path: Path, *, licence: str | None = None, label: str | None = None) -> Iterator[Offer]:
    """The pictures in a zip, a tar, or a tar packed by gzip, bzip2 or xz.

    :param label: what the archive is called in origins; its path by default.
    :raises UserError: it is damaged from the start, unreadable, or a bomb.
    """
    label = label or str(path)
    try:
        if zipfile.is_zipfile(path):
            yield from _zip(path, label, licence)
        else:
            yield from _tar(path, label, licence)
    except OSError as error:
        raise UserError(f"{readable(label)} cannot be read ({error.strerror or error}).") from None


def _limit(path: Path) -> int:
    return max(ALWAYS_FINE, MAX_RATIO * path.stat().st_size)


def _piece(name: str, content: bytes, label: str, licence: str | None) -> Piece:
    return Piece(name, content, Origin("archive", path=f"{readable(label)}/{readable(name)}", licence=licence))


def _escapes(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith("/") or ".." in plain.split("/") or plain[1:2] == ":"


def _is_hidden(name: str) -> bool:
    return any(hidden(part) for part in PurePosixPath(name).parts if part != ".")


# ── Zip ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _zip(path: Path, label: str, licence: str | None) -> Iterator[Offer]:
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeError):
        raise UserError(f"{readable(label)} is a damaged zip archive; zip the pictures again.") from None
    with opened:
        entries = opened.infolist()
        if len(entries) > MAX_FILES:
            raise UserError(f"{readable(label)} holds {len(entries):,} files; the most is {MAX_FILES:,}.")
        limit = _limit(path)
        if sum(entry.file_size for entry in entries) > limit:
            raise UserError(f"{readable(label)} {_BOMB.format(limit / 2**30)}.")
        for entry in entries:
            if not entry.is_dir():
                yield _zip_entry(opened, entry, label, licence)


def _zip_entry(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, label: str, licence: str | None) -> Offer:
    name = _zip_name(entry)
    if _escapes(name):
        return Refusal(name, _ESCAPES)
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Refusal(name, "a link, not a file")
    if _is_hidden(name):
        return Ignored(name)
    if entry.flag_bits & 1:
        return Refusal(name, "locked with a password")
    try:
        with opened.open(entry) as file:
            head = file.read(_HEAD)
            unwanted = judge_name(name, head)
            if unwanted is not None:
                return unwanted
            if entry.file_size > MAX_FILE_BYTES:
                return Refusal(name, too_large())
            return _piece(name, head + file.read(MAX_FILE_BYTES), label, licence)
    except (zipfile.BadZipFile, *_BROKEN, KeyError, ValueError, OSError):
        return Refusal(name, "damaged inside the archive")
    except (NotImplementedError, RuntimeError):
        return Refusal(name, "packed in a way that cannot be read; zip it again")


def _zip_name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry: many programs write UTF-8 without saying so, and it reads as rubbish in code page 437."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


# ── Tar ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _TooMuchError(Exception):
    """More came out of an archive than may."""


class _Bounded:
    """A stream that gives no more than it may: in all, and since :meth:`allow` was last called."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._file = file
        self._left = limit
        self._until = MAX_HEADER

    def allow(self, more: int) -> None:
        """So many bytes more may be read from here on."""
        self._until = more

    def read(self, size: int) -> bytes:
        content = self._file.read(size)
        self._left -= len(content)
        self._until -= len(content)
        if self._left < 0 or self._until < 0:
            raise _TooMuchError
        return content


def _tar(path: Path, label: str, licence: str | None) -> Iterator[Offer]:
    limit = _limit(path)
    openers: dict[bytes, Callable[[Path, str], Any]] = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open, b"\xfd7": lzma.open}
    with path.open("rb") as raw:
        start = raw.read(2)
    opener = openers.get(start)
    with cast(BinaryIO, opener(path, "rb") if opener else path.open("rb")) as unpacked:
        stream = _Bounded(unpacked, limit)
        count = 0
        try:
            with tarfile.open(fileobj=stream, mode="r|", bufsize=tarfile.RECORDSIZE) as opened:  # type: ignore[call-overload]
                for entry in opened:
                    count += 1
                    if count > MAX_FILES:
                        yield Refusal(label, f"more than {MAX_FILES:,} files; the rest is not read")
                        return
                    stream.allow(entry.size + MAX_HEADER)
                    if not entry.isdir():
                        yield _tar_entry(opened, entry, label, licence)
        except _TooMuchError:
            yield Refusal(label, f"it {_BOMB.format(limit / 2**30)}; the rest is not read")
        except (*_BROKEN, ValueError, OSError, MemoryError) as error:
            if count == 0:
                sentence = f"{readable(label)} is a damaged archive, or no tar; pack the pictures again."
                raise UserError(sentence) from error
            yield Refusal(label, "the archive is damaged; what follows cannot be read")


def _tar_entry(opened: tarfile.TarFile, entry: tarfile.TarInfo, label: str, licence: str | None) -> Offer:
    name = entry.name
    if _escapes(name):
        return Refusal(name, _ESCAPES)
    if entry.issym() or entry.islnk():
        return Refusal(name, "a link, not a file")
    if not entry.isfile():
        return Refusal(name, "a device, not a file")
    if _is_hidden(name):
        return Ignored(name)
    if entry.size > MAX_FILE_BYTES:
        return judge_name(name, b"") or Refusal(name, too_large())
    file = opened.extractfile(entry)
    if file is None:
        return Refusal(name, "not a file")
    with file:
        head = file.read(_HEAD)
        return judge_name(name, head) or _piece(name, head + file.read(), label, licence)

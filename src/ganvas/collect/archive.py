"""Files of untrusted archives, for the ingest; limits are those of ``curate.archive_safety``."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from ganvas.collect.file_kinds import refuse_by_kind
from ganvas.collect.ingest import Ignored, IncomingFile, IngestItem, Refusal, readable
from ganvas.curate.archive_names import decoded_name, member_names
from ganvas.curate.archive_safety import (
    BROKEN,
    MAX_FILE_BYTES,
    MAX_FILES,
    BoundedStream,
    TooMuchError,
    is_link,
    leads_outside,
    open_member,
    open_unpacked,
    size_limit,
    too_large,
)
from ganvas.curate.catalog import Origin
from ganvas.curate.file_kinds import HEAD_BYTES, is_hidden
from ganvas.curate.images.decode import PictureError
from ganvas.curate.own_folders import REASON, is_below, own_folders_among
from ganvas.errors import UserError

_ESCAPES = "its name leads outside of the archive"
_BOMB = "would unpack to more than {:.1f} GB, so it is no archive of pictures"


def items_of_archive(
    path: Path, *, licence: str | None = None, label: str | None = None, encoding: str | None = None
) -> Iterator[IngestItem]:
    """The pictures in a zip, a tar, or a tar packed by gzip, bzip2 or xz.

    Args:
        label: the name of the archive in origins; its path by default.
        encoding: of the names in a zip that are not marked as UTF-8; None: detected.

    Raises:
        UserError: it is damaged from the start, unreadable, a bomb, or its names are not in the encoding.
    """
    label = label or str(path)
    try:
        if zipfile.is_zipfile(path):
            yield from _zip(path, label, licence, encoding)
        else:
            yield from _tar(path, label, licence)
    except OSError as error:
        raise UserError(f"{readable(label)} cannot be read ({error.strerror or error}).") from None


def _piece(name: str, content: bytes, label: str, licence: str | None) -> IncomingFile:
    return IncomingFile(name, content, Origin("archive", path=f"{readable(label)}/{readable(name)}", licence=licence))


def _is_hidden(name: str) -> bool:
    return any(is_hidden(part) for part in PurePosixPath(name).parts if part != ".")


# ── Zip ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def about_names(path: Path, encoding: str | None = None) -> str:
    """What is guessed and changed about the names in an archive, in sentences; empty where nothing is.

    Raises:
        UserError: the names are not in the encoding.
    """
    try:
        with zipfile.ZipFile(path) as opened:
            return member_names(opened, encoding).sentences()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return ""  # no zip, or a damaged one, which is said where it is read


def _zip(path: Path, label: str, licence: str | None, encoding: str | None) -> Iterator[IngestItem]:
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeError):
        raise UserError(f"{readable(label)} is a damaged zip archive; zip the pictures again.") from None
    with opened:
        entries = opened.infolist()
        if len(entries) > MAX_FILES:
            raise UserError(f"{readable(label)} holds {len(entries):,} files; the most is {MAX_FILES:,}.")
        limit = size_limit(path)
        if sum(entry.file_size for entry in entries) > limit:
            raise UserError(f"{readable(label)} {_BOMB.format(limit / 2**30)}.")
        names = member_names(opened, encoding)
        own = own_folders_among(names.members)
        yield from (Refusal(folder.path, REASON) for folder in own)
        for name, entry in names.members.items():
            if not name.endswith("/") and not is_below(name, own):
                yield _zip_entry(opened, name, entry, label, licence)
        for name in names.repeated:
            yield Refusal(name, _ESCAPES if leads_outside(name) else "a second file of the same name")


def _zip_entry(
    opened: zipfile.ZipFile, name: str, entry: zipfile.ZipInfo, label: str, licence: str | None
) -> IngestItem:
    if leads_outside(name):
        return Refusal(name, _ESCAPES)
    if is_link(entry):
        return Refusal(name, "a link, not a file")
    if _is_hidden(name):
        return Ignored(name)
    try:
        with open_member(opened, entry) as file:
            head = file.read(HEAD_BYTES)
            unwanted = refuse_by_kind(name, head)
            if unwanted is not None:
                return unwanted
            if entry.file_size > MAX_FILE_BYTES:
                return Refusal(name, too_large())
            return _piece(name, head + file.read(MAX_FILE_BYTES), label, licence)
    except PictureError as error:
        return Refusal(name, str(error))


# ── Tar ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _tar(path: Path, label: str, licence: str | None) -> Iterator[IngestItem]:
    limit = size_limit(path)
    own = own_folders_among(_tar_names(path, limit))
    yield from (Refusal(folder.path, REASON) for folder in own)
    with open_unpacked(path) as unpacked:
        stream = BoundedStream(unpacked, limit)
        count = 0
        try:
            with tarfile.open(fileobj=stream, mode="r|", bufsize=tarfile.RECORDSIZE) as opened:  # type: ignore[call-overload]
                for entry in opened:
                    count += 1
                    if count > MAX_FILES:
                        yield Refusal(label, f"more than {MAX_FILES:,} files; the rest is not read")
                        return
                    stream.allow(entry.size)
                    if not entry.isdir() and not is_below(_tar_name(entry), own):
                        yield _tar_entry(opened, entry, label, licence)
        except TooMuchError:
            yield Refusal(label, f"it {_BOMB.format(limit / 2**30)}; the rest is not read")
        except (*BROKEN, ValueError, OSError, MemoryError) as error:
            if count == 0:
                sentence = f"{readable(label)} is a damaged archive, or no tar; pack the pictures again."
                raise UserError(sentence) from error
            yield Refusal(label, "the archive is damaged; what follows cannot be read")


def _tar_names(path: Path, limit: int) -> list[str]:
    """The names in a tar, as far as it can be read. It has no directory, so all of it is read for them."""
    names: list[str] = []
    with open_unpacked(path) as unpacked, suppress(TooMuchError, *BROKEN, ValueError, OSError, MemoryError):
        stream = BoundedStream(unpacked, limit)
        with tarfile.open(fileobj=stream, mode="r|", bufsize=tarfile.RECORDSIZE) as opened:  # type: ignore[call-overload]
            for entry in opened:
                if len(names) == MAX_FILES:
                    break
                stream.allow(entry.size)
                names.append(_tar_name(entry))
    return names


def _tar_name(entry: tarfile.TarInfo) -> str:
    return decoded_name(entry.name.encode("utf-8", "surrogateescape"))


def _tar_entry(opened: tarfile.TarFile, entry: tarfile.TarInfo, label: str, licence: str | None) -> IngestItem:
    name = _tar_name(entry)
    if leads_outside(name):
        return Refusal(name, _ESCAPES)
    if entry.issym() or entry.islnk():
        return Refusal(name, "a link, not a file")
    if not entry.isfile():
        return Refusal(name, "a device, not a file")
    if _is_hidden(name):
        return Ignored(name)
    if entry.size > MAX_FILE_BYTES:
        return refuse_by_kind(name, b"") or Refusal(name, too_large())
    file = opened.extractfile(entry)
    if file is None:
        return Refusal(name, "not a file")
    with file:
        head = file.read(HEAD_BYTES)
        return refuse_by_kind(name, head) or _piece(name, head + file.read(), label, licence)

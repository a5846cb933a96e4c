"""Limits and refusals for archives from untrusted sources. Nothing is ever unpacked onto the disk.

Because members are read into memory, a name in an archive leads nowhere; what remains is size: a few kilobytes that
unpack to terabytes. Every member, the sum of all and the headers between them have limits, whatever the archive says.
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
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from ganvas.curate.file_kinds import BZIP2, GZIP, XZ
from ganvas.curate.images.decode import PictureError

MAX_FILE_BYTES = 256 * 2**20
MAX_FILES = 1_000_000
MAX_RATIO = 200  # an archive that grows more than this is a bomb: pictures hardly compress
ALWAYS_ALLOWED = 256 * 2**20  # bytes that may come out of an archive however small it is
MAX_HEADER = 4 * 2**20  # bytes between two members of a tar
BROKEN = (EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, gzip.BadGzipFile, zipfile.BadZipFile)


def too_large() -> str:
    """The reason for refusing a file above ``MAX_FILE_BYTES``."""
    return f"larger than {MAX_FILE_BYTES // 2**20} MB"


def size_limit(path: Path) -> int:
    """The maximum number of bytes that may be unpacked from an archive."""
    return max(ALWAYS_ALLOWED, MAX_RATIO * path.stat().st_size)


def leads_outside(name: str) -> bool:
    """Whether the name of a member is absolute, has a drive letter or climbs by ``..``."""
    plain = name.replace("\\", "/")
    return plain.startswith("/") or ".." in plain.split("/") or plain[1:2] == ":"


def is_link(entry: zipfile.ZipInfo) -> bool:
    """Whether a member of a zip is a symbolic link."""
    return stat.S_ISLNK(entry.external_attr >> 16)


@contextmanager
def open_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    """A member of an untrusted zip, opened for reading; what goes wrong in the block is raised as a PictureError.

    Raises:
        PictureError: the member is damaged, locked, or packed in a way Python cannot read.
    """
    if entry.flag_bits & 1:
        raise PictureError("locked with a password")
    try:
        with archive.open(entry) as file:
            yield file
    except PictureError:
        raise
    except (*BROKEN, KeyError, ValueError):
        raise PictureError("damaged inside the archive") from None
    except OSError as error:
        raise PictureError(f"the archive cannot be read ({error.strerror})") from None
    except (NotImplementedError, RuntimeError):
        raise PictureError("packed in a way that cannot be read; zip it again") from None


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo | None, most: int = MAX_FILE_BYTES) -> bytes:
    """The first ``most`` bytes of a member of an untrusted zip; None: a member that is not there.

    Raises:
        PictureError: there is no such member, or it is damaged, locked, too large or cannot be unpacked.
    """
    if entry is None:
        raise PictureError("damaged inside the archive")
    with open_member(archive, entry) as file:
        if entry.file_size > MAX_FILE_BYTES:
            raise PictureError(too_large())
        return file.read(min(entry.file_size, most))


class TooMuchError(Exception):
    """More bytes were read from an archive than its limits allow."""


class BoundedStream:
    """A stream that raises :class:`TooMuchError` beyond its limits: in all, and since :meth:`allow` was last called."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._file = file
        self._left = limit
        self._until = MAX_HEADER

    def allow(self, more: int) -> None:
        """Permit this many bytes, and a header, from here on."""
        self._until = more + MAX_HEADER

    def read(self, size: int) -> bytes:
        """Read up to ``size`` bytes.

        Raises:
            TooMuchError: a limit is exceeded.
        """
        content = self._file.read(size)
        self._left -= len(content)
        self._until -= len(content)
        if self._left < 0 or self._until < 0:
            raise TooMuchError
        return content


def open_unpacked(path: Path) -> BinaryIO:
    """Open a file, decompressing gzip, bzip2 or xz by its first bytes."""
    openers: dict[bytes, Callable[[Path, str], Any]] = {
        GZIP[:2]: gzip.open,
        BZIP2[:2]: bz2.open,
        XZ[:2]: lzma.open,
    }
    with path.open("rb") as raw:
        start = raw.read(2)
    opener = openers.get(start)
    return cast(BinaryIO, opener(path, "rb") if opener else path.open("rb"))

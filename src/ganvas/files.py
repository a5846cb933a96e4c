"""Atomic writes of files and folders (completely or not at all), and reads of files that others may have placed."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import stat
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write in the place of ``path``: a reader, or a kill in the middle, sees the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write a whole file at once; see :func:`replacing`."""
    with replacing(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file to read it.

    Raises:
        OSError: There is none, or it is something else: a symbolic link, which may lead anywhere, or a FIFO or device,
            which may block or never end.
    """
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(path, os.O_RDONLY | flags), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return file


def read_regular(path: Path, most: int) -> bytes:
    """The content of a regular file; see :func:`open_regular`.

    Raises:
        OSError: There is none, or it is larger than ``most`` bytes.
    """
    with open_regular(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, "larger than expected", str(path))
    return content


def try_lock(descriptor: int, *, shared: bool = False) -> bool | None:
    """Lock an open file without waiting; the lock ends when it is closed everywhere, also by the end of its process.

    Args:
        descriptor: The open file or folder.
        shared: Several may hold it at a time, but none beside an exclusive one.

    Returns:
        True: locked; False: another open file holds the lock; None: the system or the file system has no such locks.
    """
    try:
        import fcntl
    except ImportError:  # not a POSIX system
        return None
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def check_below(root: Path, path: Path) -> None:
    """Check that the folder of ``path`` lies below ``root`` and is reached without symbolic links below it.

    Raises:
        OSError: It does not, or a link leads there.
    """
    folders = path.relative_to(root).parts[:-1]
    if ".." in folders or path.parent.resolve() != root.resolve().joinpath(*folders):
        raise OSError(errno.ELOOP, "reached by a symbolic link", str(path))


def read_below(root: Path, path: Path, most: int) -> bytes:
    """The content of a regular file below ``root``, to which no symbolic link below ``root`` leads.

    Raises:
        OSError: There is none, or it is larger than ``most`` bytes.
    """
    check_below(root, path)
    return read_regular(path, most)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder to fill, which replaces ``path`` when the block ends without an error.

    Readers see the old folder or the new one. Where the system cannot exchange two folders in one step (only Linux
    can), the old folder is renamed first, and is renamed back if the new one cannot take its place.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    new.mkdir()
    try:
        yield new
        for file in new.rglob("*"):
            if file.is_file():
                with file.open("rb+") as written:
                    os.fsync(written.fileno())
        if not path.exists():
            new.rename(path)
        elif not _exchange(new, path):
            old = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.old")
            path.rename(old)
            try:
                new.rename(path)
            except OSError:
                old.rename(path)
                raise
            shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)  # after an exchange, this is the old folder


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, where the system can (Linux: renameat2 with RENAME_EXCHANGE)."""
    swap: Callable[..., int] | None = None
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            swap = ctypes.CDLL(None, use_errno=True).renameat2
    current = -100  # AT_FDCWD
    return swap is not None and swap(current, os.fsencode(one), current, os.fsencode(other), 2) == 0

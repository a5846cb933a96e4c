"""Atomic writes of files and folders (completely or not at all), and reads of files that others may have placed."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import stat
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

# What a process that is killed in the middle of a write leaves behind; earlier versions used shorter names, which only
# folders that are certainly ours may be searched for.
_LEFTOVER = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{32}\.(tmp|old)")
_EARLIER_LEFTOVER = re.compile(r"\.(?P<name>.+)\.([0-9a-f]{8}|\d+\.\d{9,})\.(tmp|old)")
_CERTAINLY_OLD = 86400.0  # seconds after which a leftover is deleted where the file system has no locks
_cleared: set[tuple[str, bool]] = set()


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write in the place of ``path``: a reader, or a kill in the middle, sees the old content or the new."""
    with making_parents(path):
        clear_leftovers(path.parent)
        temporary, file = _new_file(path)
        try:
            with file:
                yield file
                file.flush()
                os.fsync(file.fileno())
                if os.name == "posix":
                    temporary.replace(path)  # while its lock lasts
            if os.name != "posix":
                temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def making_parents(path: Path) -> Iterator[None]:
    """Make the folders above ``path``; where the block raises, those that were made here and are empty are deleted."""
    made = [folder for folder in path.parents if not folder.exists()]  # the innermost first
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        with suppress(OSError):  # not empty
            for folder in made:
                folder.rmdir()
        raise


def _new_file(path: Path) -> tuple[Path, BinaryIO]:
    while True:
        temporary = _beside(path, "tmp")
        file = temporary.open("wb")
        if try_lock(file.fileno()) is not False and is_at(file.fileno(), temporary):
            return temporary, file
        file.close()  # taken for a leftover before it was locked


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex}.{ending}")


def is_at(descriptor: int, path: Path) -> bool:
    """Whether an open file or folder still has this path."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except OSError:
        return False


def clear_leftovers(folder: Path, *, earlier: bool = False) -> None:
    """Delete what killed processes left in a folder, once per process; an interrupted replacement is undone.

    Every write of this module does it for the folder it writes to. A temporary file or folder is locked for as long as
    its process lives, so that those in use stay.

    Args:
        folder: The folder; it may be missing.
        earlier: Also delete the leftovers of earlier versions, whose names are less certain: for folders that only
            Ganvas writes to.
    """
    if (key := (str(folder.absolute()), earlier)) in _cleared:
        return
    _cleared.add(key)
    patterns = (_LEFTOVER, _EARLIER_LEFTOVER) if earlier else (_LEFTOVER,)
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name[0] == "."]
    except OSError:
        return
    for name in names:
        found = next((match for match in (pattern.fullmatch(name) for pattern in patterns) if match), None)
        if found is not None:
            with suppress(OSError):
                _clear(folder / name, folder / found["name"])


def _clear(leftover: Path, target: Path) -> None:
    information = leftover.lstat()
    is_folder = stat.S_ISDIR(information.st_mode)
    if not is_folder and not stat.S_ISREG(information.st_mode):
        return
    flags = os.O_RDONLY if is_folder else os.O_RDWR
    descriptor = os.open(leftover, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        locked = try_lock(descriptor)
        if locked is False or (locked is None and time.time() - information.st_mtime < _CERTAINLY_OLD):
            return
        if leftover.suffix == ".old" and not target.exists():
            leftover.rename(target)
        elif is_folder:
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink()
    finally:
        os.close(descriptor)


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
    can), the old folder is renamed first, and is renamed back if the new one cannot take its place. The permissions are
    those of new files and folders under the umask, whatever wrote them.
    """
    with making_parents(path), ExitStack() as locks:
        clear_leftovers(path.parent)
        new = _new_folder(path, locks)
        mode = stat.S_IMODE(new.stat().st_mode)  # reading the umask itself would change it
        try:
            yield new
            _settle(new, mode)
            if not path.exists():
                new.rename(path)
            elif not _exchange(new, path):
                old = _beside(path, "old")
                _lock_folder(path, locks)
                path.rename(old)
                try:
                    new.rename(path)
                except OSError:
                    old.rename(path)
                    raise
                shutil.rmtree(old, ignore_errors=True)
        finally:
            shutil.rmtree(new, ignore_errors=True)  # after an exchange, this is the old folder


def _new_folder(path: Path, locks: ExitStack) -> Path:
    while True:
        new = _beside(path, "tmp")
        new.mkdir()
        if _lock_folder(new, locks):
            return new


def _lock_folder(path: Path, locks: ExitStack) -> bool:
    """Lock a folder until ``locks`` ends; returns whether it is still there and nobody else's."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:  # a system that does not open folders
        return path.exists()
    locks.callback(os.close, descriptor)
    return try_lock(descriptor) is not False and is_at(descriptor, path)


def _settle(folder: Path, mode: int) -> None:
    """Write a folder to the disk, with the permissions ``mode`` for folders and the same for files that do not run."""
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            continue
        with suppress(OSError):  # a file system without permissions
            path.chmod(mode if path.is_dir() else mode & 0o666)
        if path.is_file():
            with path.open("rb+") as written:
                os.fsync(written.fileno())


def exchange_folders(one: Path, other: Path) -> None:
    """Exchange two folders beside each other; in one step where the system can, else by renaming one aside."""
    if not _exchange(one, other):
        aside = _beside(one, "old")
        one.rename(aside)
        try:
            other.rename(one)
        except OSError:
            aside.rename(one)
            raise
        aside.rename(other)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, where the system can (Linux: renameat2 with RENAME_EXCHANGE)."""
    swap: Callable[..., int] | None = None
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            swap = ctypes.CDLL(None, use_errno=True).renameat2
    current = -100  # AT_FDCWD
    return swap is not None and swap(current, os.fsencode(one), current, os.fsencode(other), 2) == 0

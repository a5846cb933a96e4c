"""The folder of downloaded and derived files, and the sentence for a path that cannot be written."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ganvas.errors import UserError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def cache_dir() -> Path:
    """The folder of downloaded weights, packed data sets and statistics (``GANVAS_CACHE`` sets it)."""
    chosen = os.environ.get("GANVAS_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "ganvas"


def cannot_write(path: Path, error: OSError, advice: str = "name another place") -> UserError:
    """The error for a path that cannot be written; for one in the cache it names ``GANVAS_CACHE``.

    Args:
        path: What was to be written.
        error: The error of the system.
        advice: What to do, for a path outside of the cache.
    """
    if path.absolute().is_relative_to(cache_dir().absolute()):
        advice = "set GANVAS_CACHE to a folder that you can write and that has room"
    space = "free some space or " if error.errno in FULL else ""
    return UserError(f"{path} cannot be written ({error.strerror or error}); {space}{advice}.")


@contextmanager
def writing(path: Path, advice: str = "name another place") -> Iterator[None]:
    """Turn an error of the system while ``path`` is written into a sentence; see :func:`cannot_write`."""
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error, advice) from error

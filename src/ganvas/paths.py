"""The folder of downloaded and derived files, and the sentence for a path that cannot be written."""

from __future__ import annotations

import errno
import os
import shutil
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


def reason(error: OSError) -> str:
    """Why the system refused, in its words; for a folder that could not be copied, why its first file could not."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        return str(error.args[0][0][-1]).split("] ", 1)[-1].split(":", 1)[0]
    return error.strerror or str(error)


def cannot_write(path: Path, error: OSError, advice: str = "name another place") -> UserError:
    """The error for a path that cannot be written; for one in the cache it names ``GANVAS_CACHE``.

    Args:
        path: What was to be written.
        error: The error of the system.
        advice: What to do, for a path outside of the cache.
    """
    if path.absolute().is_relative_to(cache_dir().absolute()):
        advice = "set GANVAS_CACHE to a folder that you can write and that has room"
    space = "free some space or " if error.errno in FULL or os.strerror(errno.ENOSPC) in reason(error) else ""
    return UserError(f"{path} cannot be written ({reason(error)}); {space}{advice}.")


@contextmanager
def writing(path: Path, advice: str = "name another place") -> Iterator[None]:
    """Turn an error of the system while ``path`` is written into a sentence; see :func:`cannot_write`."""
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error, advice) from error

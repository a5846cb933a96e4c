"""Drawings that people share by link: kept in the folder that the operator named, and nowhere without one."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from pathlib import Path

from ganvas.errors import UserError
from ganvas.files import write_atomically
from ganvas.serve.core.errors import NoRoomError

BYTES = 300_000  # of one drawing with its settings: some minutes of a pen that never rests
MOST = 5_000  # drawings in a folder: 1.5 GB, were all as large as may be
ID = re.compile(r"[0-9a-f]{24}")


class SharedDrawings:
    """A folder of drawings, each under the hash of what it says.

    The same drawing is so the same link, none is ever changed, and whoever does not have a link cannot guess one. May
    be used from several threads.

    :raises UserError: nothing can be kept in the folder.
    """

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder = folder
        self._most = most
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{folder} cannot hold drawings ({error.strerror}); choose another --shared.") from None
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise UserError(f"{folder} cannot hold drawings (it may not be written); choose another --shared.")

    def keep(self, content: bytes) -> str:
        """→ the id under which the content is found from now on.

        :raises NoRoomError: the folder or the disk is full.
        """
        name = _id_of(content)
        with self._lock:  # two at once may both see the last free place
            if self.find(name) is not None:
                return name
            try:
                if sum(entry.name.endswith(".json") for entry in os.scandir(self._folder)) >= self._most:
                    raise NoRoomError("No more drawings can be shared here; ask whoever runs the studio to clear some.")
                write_atomically(self._path(name), content)
            except OSError as error:
                raise NoRoomError(
                    f"This drawing could not be kept ({error.strerror}); tell whoever runs the studio."
                ) from None
        return name

    def find(self, name: str) -> bytes | None:
        """What is kept under an id; None for all else, and for what is no longer as it was."""
        if not ID.fullmatch(name):  # before any path is made of it
            return None
        try:
            content = self._path(name).read_bytes()
        except OSError:
            return None
        return content if _id_of(content) == name else None

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def _id_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:24]

"""The drawings that people share by link, kept in the folder that the operator chose."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from pathlib import Path
from typing import Protocol

from ganvas.errors import UserError
from ganvas.files import read_regular, write_atomically
from ganvas.serve.core.errors import NoRoomError

BYTES = 300_000  # of one drawing with its settings: several minutes of uninterrupted drawing
MOST = 5_000  # drawings in a folder: at most 1.5 GB
ID = re.compile(r"[0-9a-f]{24}")


class Drawings(Protocol):
    """Shared drawings, each named by the hash of its content."""

    def keep(self, content: bytes) -> str:
        """Store a drawing; returns its id."""

    def find(self, name: str) -> bytes | None:
        """The content of an id; None where there is none."""


class DrawingStore:
    """A folder of drawings, each named by the hash of its content.

    The same drawing therefore has the same link, no drawing ever changes, and a link cannot be guessed. May be used
    from several threads.

    Args:
        folder: Where the drawings are kept; made if absent.
        most: Number of drawings it may hold.

    Raises:
        UserError: The folder cannot be written.
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
        """Store a drawing.

        Returns:
            Its id.

        Raises:
            NoRoomError: The folder or the disk is full.
        """
        name = id_of(content)
        with self._lock:  # two requests at once might both find room for the last drawing
            if self.find(name) is not None:
                return name
            try:
                if sum(entry.name.endswith(".json") for entry in os.scandir(self._folder)) >= self._most:
                    raise full_store()
                write_atomically(self._path(name), content)
            except OSError as error:
                raise NoRoomError(
                    f"This drawing could not be kept ({error.strerror}); tell the operator of the studio.",
                    code="drawing-not-kept",
                    params={"reason": str(error.strerror)},
                ) from None
        return name

    def find(self, name: str) -> bytes | None:
        """The content of an id; None where there is none, and where the file no longer matches its name."""
        if not ID.fullmatch(name):  # before it becomes part of a path
            return None
        try:
            content = read_regular(self._path(name), BYTES)
        except OSError:
            return None
        return content if id_of(content) == name else None

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def full_store() -> NoRoomError:
    """The error of a place that holds as many drawings as it may."""
    return NoRoomError(
        "No more drawings can be shared here; ask the operator of the studio to delete some.", code="drawings-full"
    )


def id_of(content: bytes) -> str:
    """The id of a drawing."""
    return hashlib.sha256(content).hexdigest()[:24]

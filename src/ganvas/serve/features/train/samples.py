"""Draws the sample avatars in the background, as pictures to try a training with."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ganvas.curate.avatars import draw_avatars
from ganvas.errors import UserError
from ganvas.serve.features.train.picture_sets import PictureSets

NAME = "sample avatars"
RECIPE = "dcgan-quick"  # about two minutes on two processor cores
COUNT = 1000
log = logging.getLogger("ganvas.studio")


class SampleAvatars:
    """The set of sample avatars, and the thread that draws it. May be used from several threads.

    Args:
        sets: Where the set is.
    """

    def __init__(self, sets: PictureSets) -> None:
        self._sets = sets
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._share: float | None = None
        self._error: UserError | None = None
        self._closed = False
        self.changed: Callable[[], None] = lambda: None  # called when the drawing has ended

    def name(self) -> str:
        """The name of the set, which is made where there is none yet.

        Raises:
            NoRoomError: The folder cannot be written.
        """
        with self._lock:
            found = next((one.name for one in self._sets.all() if self._sets.is_sample(one.name)), None)
            return found or self._sets.create(NAME, sample=True)

    def ready(self, name: str) -> bool:
        """Whether nothing of a set is still to be drawn; what is missing is drawn from now on.

        Raises:
            UserError: It cannot be drawn.
        """
        with self._lock:
            if self._thread is not None:
                return False
            if not self._sets.is_sample(name) or self._sets.samples(name, 0)[1] >= COUNT:
                return True
            if self._error is not None:
                error, self._error = self._error, None
                raise error
            if not self._closed:
                self._share = 0.0
                self._thread = threading.Thread(target=self._draw, args=(name,), name="sample avatars", daemon=True)
                self._thread.start()
            return False

    def share(self, name: str) -> float | None:
        """The share of a set that is drawn; None: nothing of it is being drawn."""
        return self._share if self._share is not None and self._sets.is_sample(name) else None

    def close(self) -> None:
        """Stop drawing; what is missing is drawn when the set is needed next."""
        with self._lock:
            self._closed, thread = True, self._thread
        if thread is not None:
            thread.join()

    def _draw(self, name: str) -> None:
        error: UserError | None = None
        try:
            draw_avatars(self._sets.find(name), COUNT, progress=self._drawn)
        except _ClosedError:
            pass
        except Exception as problem:
            if not isinstance(problem, UserError):
                log.error("drawing the sample avatars", exc_info=problem)
            reason = str(problem)
            error = UserError(
                f"The sample avatars could not be drawn: {reason}", code="sample-not-drawn", params={"reason": reason}
            )
        with self._lock:
            self._error, self._share, self._thread = error, None, None
        self.changed()

    def _drawn(self, done: int, total: int) -> None:
        if self._closed:
            raise _ClosedError
        self._share = done / total


class _ClosedError(Exception):
    """The studio ends while avatars are drawn."""

"""The state of the Card page: face networks, and the one thread in which cards are drawn."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TypeVar

from ganvas.apps.card import check_installed
from ganvas.serve.core.context import StudioContext

if TYPE_CHECKING:  # needs an extra that other routes do not
    from ganvas.apps.card.content_checks import Hashes
    from ganvas.curate.dataset.dataset import Dataset
    from ganvas.curate.faces import FaceReader

T = TypeVar("T")

KEPT = 4  # data sets whose hashes stay in memory


class CardState:
    """One thread for faces and artwork: face networks are not safe in several, and artwork takes processor time."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="card")
        self._reader: FaceReader | None = None
        self._hashes: dict[str, Any] = {}

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Run ``work``; the future raises a UserError when the extra is not installed."""

        def checked() -> T:
            check_installed()
            return work()

        return self._thread.submit(checked)

    def submit_faces(self, work: Callable[[FaceReader], T]) -> Future[T]:
        """Run ``work`` with the face networks, which are loaded first when needed."""

        def checked() -> T:
            from ganvas.curate.faces import FaceReader

            if self._reader is None:
                self._reader = FaceReader()
            return work(self._reader)

        return self.submit(checked)

    def hashes(self, pictures: Dataset | None) -> Hashes | None:
        """The perceptual hashes of training pictures; None where there are none, or too many. In the thread only."""
        from ganvas.apps.card.content_checks import hashes_of

        if pictures is None:
            return None
        if pictures.sha256 not in self._hashes:
            while len(self._hashes) >= KEPT:
                self._hashes.pop(next(iter(self._hashes)))
            self._hashes[pictures.sha256] = hashes_of(pictures)
        found: Hashes | None = self._hashes[pictures.sha256]
        return found

    def close(self) -> None:
        """Drop work that has not begun."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def open_state(context: StudioContext, closing: ExitStack) -> CardState:
    """Make the state; its thread ends with the application."""
    state = CardState()
    closing.callback(state.close)
    return state

"""The state of the Draw page."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

from ganvas.serve.core.context import StudioContext
from ganvas.serve.features.draw.drawing_store import Drawings, DrawingStore

if TYPE_CHECKING:  # needs an extra that portraits in the model's own colours do not
    from ganvas.curate.faces import FaceReader

T = TypeVar("T")


class DrawState:
    """Where drawings are kept that people share by link, and the one thread that reads faces to recolour them.

    Args:
        shared: The drawings; None: the operator does not allow sharing.
    """

    def __init__(self, shared: Drawings | None) -> None:
        self.shared = shared
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recolour")
        self._reader: FaceReader | None = None

    def submit_faces(self, work: Callable[[FaceReader], T]) -> Future[T]:
        """Run ``work`` with the reader of faces, which is loaded first when needed.

        The future raises a UserError when an extra is not installed.
        """
        return self._thread.submit(lambda: work(self._open_reader()))

    def close(self) -> None:
        """Drop work that has not begun."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _open_reader(self) -> FaceReader:
        from ganvas.curate.faces import FaceReader

        if self._reader is None:
            self._reader = FaceReader()
        return self._reader


def open_state(context: StudioContext, closing: ExitStack) -> DrawState:
    """Make the state; its thread ends with the application."""
    state = DrawState(_open_shared(context, closing))
    closing.callback(state.close)
    return state


def _open_shared(context: StudioContext, closing: ExitStack) -> Drawings | None:
    """Open the folder or the database that the operator named."""
    place = context.settings.shared
    if not isinstance(place, str):
        return None if place is None else DrawingStore(place)
    from ganvas.serve.features.draw.drawing_table import DrawingTable  # needs an extra that a folder does not

    table = DrawingTable(place)
    closing.callback(table.close)
    context.probes["the database of shared drawings"] = table.probe
    return table

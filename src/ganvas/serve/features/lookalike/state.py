"""The state of the Look-alike page: the galleries of the folder, and the thread that measures faces."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ganvas.errors import UserError
from ganvas.serve.core.context import StudioContext
from ganvas.serve.core.errors import MissingError

if TYPE_CHECKING:  # needs an extra that other models do not
    from ganvas.apps.lookalike import Comparer
    from ganvas.curate.faces import FaceReader

T = TypeVar("T")
Signature = tuple[int, int]


class _Known(NamedTuple):
    """A gallery as it was read, or why it cannot be used."""

    signature: Signature
    comparer: Comparer | None
    error: UserError | None


class LookalikeState:
    """The galleries, each read when first needed and again after its file changed, and the reader of faces.

    Args:
        folder: Of galleries; None or absent: none.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="look-alike")
        self._reader: FaceReader | None = None
        self._known: dict[Path, _Known] = {}
        self._lock = threading.Lock()

    def submit(self, work: Callable[[FaceReader], T]) -> Future[T]:
        """Run ``work`` with the reader of faces, in the one thread that uses it.

        The future raises a UserError when an extra is not installed.
        """
        return self._thread.submit(lambda: work(self._open_reader()))

    def galleries(self) -> dict[str, Comparer]:
        """The galleries that can be used, by id.

        Raises:
            UserError: An extra is not installed.
        """
        found = {path.stem: self._open(path) for path in self._paths()}
        return {name: known.comparer for name, known in found.items() if known.comparer is not None}

    def gallery(self, name: str) -> Comparer:
        """A gallery by its id.

        Raises:
            MissingError: There is none.
            UserError: It cannot be used, or an extra is not installed.
        """
        path = next((path for path in self._paths() if path.stem == name), None)
        if path is None:
            raise MissingError(
                f"There is no gallery {name!r}; see /v1/galleries for those there are.",
                code="no-gallery",
                params={"gallery": name},
            )
        known = self._open(path)
        if known.comparer is None:
            assert known.error is not None
            raise known.error
        return known.comparer

    def close(self) -> None:
        """Drop work that has not begun."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _paths(self) -> list[Path]:
        import ganvas.curate.faces  # noqa: F401 - its error names the missing extra
        from ganvas.apps.lookalike import galleries_in

        return list(galleries_in(self._folder))

    def _open(self, path: Path) -> _Known:
        from ganvas.apps.lookalike import Comparer, read_gallery

        with self._lock:
            try:
                information = path.lstat()
                signature = (information.st_mtime_ns, information.st_size)
                known = self._known.get(path)
                if known is None or known.signature != signature:
                    known = _Known(signature, Comparer(read_gallery(path)), None)
            except UserError as error:
                known = _Known(signature, None, error)
            except OSError:
                return _Known((0, 0), None, UserError("The gallery is gone; reload the page.", code="gallery-gone"))
            self._known[path] = known
            return known

    def _open_reader(self) -> FaceReader:
        from ganvas.curate.faces import FaceReader

        if self._reader is None:
            self._reader = FaceReader()
        return self._reader


def open_state(context: StudioContext, closing: ExitStack) -> LookalikeState:
    """Make the state; its thread ends with the application."""
    state = LookalikeState(context.settings.galleries)
    closing.callback(state.close)
    return state

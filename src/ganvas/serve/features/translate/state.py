"""The state of the Translate page."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

from ganvas.serve.core.context import StudioContext

if TYPE_CHECKING:  # needs an extra that other models do not
    from ganvas.apps.makeup import Makeup

T = TypeVar("T")


class MakeupState:
    """The make-up application and the one thread that uses it: face networks are not safe in several threads."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="make-up")
        self._makeup: Makeup | None = None

    def submit(self, work: Callable[[Makeup], T]) -> Future[T]:
        """Run ``work`` with the application, which is loaded first when needed.

        The future raises a UserError when an extra is not installed.
        """
        return self._thread.submit(lambda: work(self._open()))

    def close(self) -> None:
        """Drop work that has not begun."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _open(self) -> Makeup:
        import ganvas.curate.faces  # noqa: F401 - its error names the missing extra
        from ganvas.apps.makeup import Makeup

        if self._makeup is None:
            self._makeup = Makeup()
        return self._makeup


def open_state(context: StudioContext, closing: ExitStack) -> MakeupState:
    """Make the state; its thread ends with the application."""
    state = MakeupState()
    closing.callback(state.close)
    return state

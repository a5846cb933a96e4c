"""The distribution of test files among the workers of pytest-xdist: browser tests run beside all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

ENOUGH = 3  # workers: of two, the other would be left alone with what computes


class BrowserApart(LoadFileScheduling):  # type: ignore[misc]
    """Whole files to workers, in the order of collection; of three or more, one begins with the browser tests.

    Half of a browser test is waiting, so it fits beside tests that compute. While Playwright is open its event loop
    runs in the main thread, where other tests need one: a worker that has had a browser test gets no other kind.
    """

    def __init__(self, config: Any, log: Any = None) -> None:
        super().__init__(config, log)
        self._apart: WorkerController | None = None
        self._with_browser: set[WorkerController] = set()

    def schedule(self) -> None:
        if self.collection is None and len(self.nodes) >= ENOUGH:
            self._apart = self.nodes[0]
        super().schedule()

    def _choose(self, node: WorkerController) -> str | None:
        browser = next((scope for scope in self.workqueue if "/browser/" in scope), None)
        if node in self._with_browser:
            return browser
        other = next((scope for scope in self.workqueue if "/browser/" not in scope), None)
        return (browser or other) if node is self._apart else (other or browser)

    def _assign_work_unit(self, node: WorkerController) -> None:
        scope = self._choose(node)
        if scope is None:
            return
        if "/browser/" in scope:
            self._with_browser.add(node)
        self.workqueue.move_to_end(scope, last=False)
        super()._assign_work_unit(node)

    def _reschedule(self, node: WorkerController) -> None:
        if not node.shutting_down and self._choose(node) is None:
            node.shutdown()
        else:
            super()._reschedule(node)

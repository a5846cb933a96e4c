"""Workers: each holds one loaded model and runs it in one thread; a pool bounds the memory of all of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from ganvas.bundle import Bundle
from ganvas.errors import UserError

T = TypeVar("T")

MAX_WAITING = 32  # jobs that may wait for one worker


class BusyError(UserError):
    """Too much work is waiting for a model."""


class Worker:
    """Something loaded from a bundle, with the one thread that loads and runs it.

    Args:
        bundle: The bundle.
        load: Called in that thread on first use, so that loading one bundle does not delay others.
        size: Bytes that the result takes in memory.
    """

    def __init__(self, bundle: Bundle, load: Callable[[Bundle], Any], size: int) -> None:
        self.fingerprint = bundle.fingerprint
        self.thread = ThreadPoolExecutor(1, thread_name_prefix=f"bundle-{bundle.info.name}")
        self.waiting = 0
        self.bytes = size
        self._bundle = bundle
        self._load = load
        self._loaded: Any = None

    @property
    def loaded(self) -> Any:
        """The result of ``load``."""
        if self._loaded is None:
            self._loaded = self._load(self._bundle)
        return self._loaded


class WorkerPool:
    """The workers of all bundles in use. Beyond a bound on their memory, the least recently used ones are dropped.

    Args:
        memory: Bytes that all loaded models may take together.
    """

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._workers: OrderedDict[str, Worker] = OrderedDict()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Cancel waiting work and let the threads end."""
        with self._lock:
            for worker in self._workers.values():
                worker.thread.shutdown(wait=False, cancel_futures=True)
            self._workers.clear()

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Fingerprints of the bundles in memory, the least recently used first."""
        with self._lock:
            return tuple(worker.fingerprint for worker in self._workers.values())

    def submit(
        self,
        bundle: Bundle,
        role: str,
        load: Callable[[Bundle], Any],
        size: Callable[[], int],
        work: Callable[[Any], T],
    ) -> Future[T]:
        """Queue work on what ``load`` makes of a bundle. A cancelled future that has not begun is never run.

        Args:
            bundle: The bundle.
            role: Distinguishes several things loaded from one bundle.
            load: Loads it; called once.
            size: Bytes that it takes in memory.
            work: Called with what was loaded, in the worker's thread.

        Raises:
            BusyError: Too much work is waiting for this worker.
        """
        with self._lock:
            worker = self._find(bundle, role, load, size)
            if worker.waiting >= MAX_WAITING:
                raise BusyError(
                    f"{bundle.info.name} has {worker.waiting} requests waiting; try again in a moment.",
                    code="busy",
                    params={"model": bundle.info.name, "waiting": worker.waiting},
                )
            worker.waiting += 1
            future: Future[T] = worker.thread.submit(lambda: work(worker.loaded))
        future.add_done_callback(lambda done: self._finish(worker))
        return future

    def _finish(self, worker: Worker) -> None:
        with self._lock:
            worker.waiting -= 1
            self._shrink()

    def _find(self, bundle: Bundle, role: str, load: Callable[[Bundle], Any], size: Callable[[], int]) -> Worker:
        key = f"{bundle.path}{role}"
        worker = self._workers.pop(key, None)
        if worker is not None and worker.fingerprint != bundle.fingerprint:  # the bundle was exported again
            worker.thread.shutdown(wait=False)
            worker = None
        if worker is None:
            worker = Worker(bundle, load, size())
        self._workers[key] = worker
        self._shrink()
        return worker

    def _shrink(self) -> None:
        """Drop the least recently used workers beyond the bound, but never the newest nor one with work waiting."""
        newest = next(reversed(self._workers), None)
        total = sum(worker.bytes for worker in self._workers.values())
        for key, worker in list(self._workers.items()):
            if total <= self._memory:
                return
            if key != newest and worker.waiting == 0:
                worker.thread.shutdown(wait=False)
                total -= self._workers.pop(key).bytes

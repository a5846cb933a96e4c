"""Workers: each holds one loaded model and runs it in one thread; a pool bounds their memory and the time of a job."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ganvas.bundle import Bundle
from ganvas.errors import UserError

T = TypeVar("T")

MAX_WAITING = 32  # jobs that may wait for one worker
JOB_SECONDS = 120.0  # longest time of one job
LOAD_SECONDS = 300.0  # longest time to load a model; a large bank of codes is indexed meanwhile
STOP_SECONDS = 1.0  # time within which a model that is stopped should end


class BusyError(UserError):
    """Too much work is waiting for a model."""


class TimeLimitError(UserError):
    """A model took too long."""


@dataclass(eq=False)
class _Job:
    work: Callable[[Any], Any]
    future: Future[Any] = field(default_factory=Future)

    def fail(self, error: BaseException) -> None:
        if self.future.cancelled():
            return
        with contextlib.suppress(InvalidStateError):  # it has its result already
            self.future.set_exception(error)


class Worker:
    """Something loaded from a bundle, with the one thread that loads and runs it.

    A job that takes too long ends the worker: its model is stopped (``stop()``, where it has that), the job fails, and
    the thread runs no other job.

    Args:
        bundle: The bundle.
        load: Called in that thread on first use, so that loading one bundle does not delay others.
        size: Bytes that the result takes in memory.
        seconds: Longest time of one job.
        replace: Called from another thread once a job took too long.
    """

    def __init__(
        self,
        bundle: Bundle,
        load: Callable[[Bundle], Any],
        size: int,
        seconds: float,
        replace: Callable[[Worker], None],
    ) -> None:
        self.bundle, self.load, self.bytes = bundle, load, size
        self.expired = False
        self._seconds, self._replace = seconds, replace
        self._loaded: Any = None
        self._pending: deque[_Job] = deque()
        self._running: _Job | None = None
        self._closing = False
        self._changed = threading.Condition()
        # A daemon: a model that cannot be stopped must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, daemon=True, name=f"bundle-{bundle.info.name}")
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Number of jobs that wait or run."""
        with self._changed:
            jobs = [*self._pending, *([] if self._running is None else [self._running])]
            return sum(not job.future.done() for job in jobs)

    @property
    def is_alive(self) -> bool:
        """Whether the thread has not ended."""
        return self._thread.is_alive()

    def submit(self, work: Callable[[Any], T]) -> Future[T]:
        """Queue work on what was loaded. A cancelled future that has not begun is never run."""
        job = _Job(work)
        self.add([job])
        return job.future

    def add(self, jobs: list[_Job]) -> None:
        """Queue jobs."""
        with self._changed:
            self._pending.extend(jobs)
            self._changed.notify()

    def take_pending(self) -> list[_Job]:
        """Remove and return the jobs that have not begun."""
        with self._changed:
            jobs = list(self._pending)
            self._pending.clear()
            return jobs

    def shut_down(self, *, cancel: bool = False) -> None:
        """Let the thread end once it has run the jobs that wait, or only the one that runs.

        Args:
            cancel: Cancel the jobs that wait, and stop the model.
        """
        if cancel:
            for job in self.take_pending():
                job.future.cancel()
        with self._changed:
            self._closing = True
            self._changed.notify()
        if cancel:
            self._stop_model()
            self._thread.join(STOP_SECONDS)

    def _stop_model(self) -> None:
        stop = getattr(self._loaded, "stop", None)
        if stop is not None:
            stop()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            if job.future.set_running_or_notify_cancel():
                self._execute(job)
            with self._changed:
                self._running = None
            if self.expired:
                return

    def _next(self) -> _Job | None:
        with self._changed:
            while not self._pending:
                if self._closing:
                    return None
                self._changed.wait()
            self._running = self._pending.popleft()
            return self._running

    def _execute(self, job: _Job) -> None:
        try:
            if self._loaded is None:
                with self._limited(job, LOAD_SECONDS):
                    self._loaded = self.load(self.bundle)
            with self._limited(job, self._seconds):
                result = job.work(self._loaded)
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits for the result
            if not self.expired:
                job.fail(error)
        else:
            with contextlib.suppress(InvalidStateError):  # it was given up
                job.future.set_result(result)

    @contextlib.contextmanager
    def _limited(self, job: _Job, seconds: float) -> Iterator[None]:
        timer = threading.Timer(seconds, self._expire, (job, seconds))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _expire(self, job: _Job, seconds: float) -> None:
        with self._changed:
            if self._running is not job:  # it ended at this moment
                return
            self.expired = True
        self._stop_model()
        self._thread.join(STOP_SECONDS)
        name = self.bundle.info.name
        job.fail(
            TimeLimitError(
                f"{name} took more than {seconds:g} s and was stopped; request less at once, or use another model.",
                code="answer-too-long",
                params={"model": name, "seconds": seconds},
            )
        )
        self._replace(self)


@dataclass(frozen=True)
class PoolUsage:
    """What the workers of a pool take.

    Attributes:
        models: Models in memory, or being loaded.
        bytes: Memory that they are estimated to take.
        waiting: Jobs that wait or run.
    """

    models: int = 0
    bytes: int = 0
    waiting: int = 0


class WorkerPool:
    """The workers of all bundles in use. Beyond a bound on their memory, the least recently used ones are dropped.

    Args:
        memory: Bytes that all loaded models may take together.
        seconds: Longest time of one job.
    """

    def __init__(self, memory: int, seconds: float = JOB_SECONDS) -> None:
        self._memory = memory
        self._seconds = seconds
        self._workers: OrderedDict[str, Worker] = OrderedDict()
        self._stuck: dict[str, Worker] = {}  # workers whose job took too long and perhaps still runs
        self._lock = threading.Lock()

    def close(self) -> None:
        """Cancel waiting work, stop the models and let the threads end."""
        with self._lock:
            workers = list(self._workers.values())
            self._workers.clear()
        for worker in workers:
            worker.shut_down(cancel=True)

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Fingerprints of the bundles in memory, the least recently used first."""
        with self._lock:
            return tuple(worker.bundle.fingerprint for worker in self._workers.values())

    @property
    def usage(self) -> PoolUsage:
        """What the workers take at this moment."""
        with self._lock:
            workers = list(self._workers.values())
        return PoolUsage(len(workers), sum(one.bytes for one in workers), sum(one.waiting for one in workers))

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
            load: Loads it; called once. A result with a method ``stop()`` can be stopped by it from another thread.
            size: Bytes that it takes in memory.
            work: Called with what was loaded, in the worker's thread. Its future raises TimeLimitError when it takes
                too long; the worker is then replaced.

        Raises:
            BusyError: Too much work is waiting for this worker, or a job that took too long cannot be stopped.
        """
        with self._lock:
            worker = self._find(bundle, role, load, size)
            waiting = worker.waiting
            if waiting >= MAX_WAITING:
                raise BusyError(
                    f"{bundle.info.name} has {waiting} requests waiting; try again in a moment.",
                    code="busy",
                    params={"model": bundle.info.name, "waiting": waiting},
                )
            future = worker.submit(work)
        future.add_done_callback(lambda done: self._finish())
        return future

    def _finish(self) -> None:
        with self._lock:
            self._shrink()

    def _find(self, bundle: Bundle, role: str, load: Callable[[Bundle], Any], size: Callable[[], int]) -> Worker:
        key = f"{bundle.path}{role}"
        worker = self._workers.pop(key, None)
        if worker is not None and worker.bundle.fingerprint != bundle.fingerprint:  # the bundle was exported again
            worker.shut_down()
            worker = None
        if worker is None:
            self._refuse_stuck(key, bundle)
            worker = self._start(key, bundle, load, size())
        self._workers[key] = worker
        self._shrink()
        return worker

    def _start(self, key: str, bundle: Bundle, load: Callable[[Bundle], Any], size: int) -> Worker:
        return Worker(bundle, load, size, self._seconds, lambda expired: self._replace(key, expired))

    def _refuse_stuck(self, key: str, bundle: Bundle) -> None:
        """Refuse more work where one more thread could hang: there is at most one per model."""
        stuck = self._stuck.get(key)
        if stuck is None:
            return
        if not stuck.is_alive:
            del self._stuck[key]
        elif stuck.bundle.fingerprint == bundle.fingerprint:
            raise _stuck_error(bundle)

    def _replace(self, key: str, expired: Worker) -> None:
        """Give the work that waits for an expired worker to a fresh one, or refuse it where the expired one runs on."""
        jobs = expired.take_pending()
        with self._lock:
            if self._workers.get(key) is expired:
                del self._workers[key]
            if expired.is_alive:
                self._stuck[key] = expired
            elif jobs and key not in self._workers:
                fresh = self._workers[key] = self._start(key, expired.bundle, expired.load, expired.bytes)
                fresh.add(jobs)
                jobs = []
        for job in jobs:
            job.fail(_stuck_error(expired.bundle))

    def _shrink(self) -> None:
        """Drop the least recently used workers beyond the bound, but never the newest nor one with work waiting."""
        newest = next(reversed(self._workers), None)
        total = sum(worker.bytes for worker in self._workers.values())
        for key, worker in list(self._workers.items()):
            if total <= self._memory:
                return
            if key != newest and worker.waiting == 0:
                worker.shut_down()
                total -= self._workers.pop(key).bytes


def _stuck_error(bundle: Bundle) -> BusyError:
    return BusyError(
        f"{bundle.info.name} is still busy with a request that took too long; use another model.",
        code="model-stuck",
        params={"model": bundle.info.name},
    )

"""``map`` over threads or processes, results in order, with few items in memory at a time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from ganvas.errors import UserError

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 8  # items submitted for each worker beyond the result that is waited for


def ordered_map(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    processes: int | None = 1,
    threads: int = 1,
    initializer: Callable[[], None] | None = None,
) -> Iterator[Result]:
    """``map(work, items)`` over several workers, which live as long as the iteration.

    Args:
        work: is called with each item; for processes, it and the items are pickled.
        items: are taken as workers become free: at most ``AHEAD`` of them wait for each worker.
        processes: how many processes work; None is one per core, and 1 stays in this process.
        threads: how many threads work when there is one process; 1 works in the calling thread.
        initializer: is called in each process before its first item.

    Yields:
        The results, in the order of the items.

    Raises:
        UserError: the system ended one of the processes, usually for lack of memory.
    """
    workers = cores() if processes is None else processes
    if workers <= 1 and threads <= 1:
        yield from map(work, items)
        return
    before = multiprocessing.active_children()
    with _executor(workers, threads, initializer) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > AHEAD * max(workers, threads):  # bounds the memory, however many items there are
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as broken:
            raise UserError(
                "The system ended a process that reads pictures, usually for lack of memory: run it again with fewer "
                "processes."
            ) from broken
        except BaseException:
            if workers > 1:  # interrupted, perhaps while processes were still starting: do not wait for any of them
                pool.shutdown(wait=False, cancel_futures=True)
                for child in multiprocessing.active_children():
                    if child not in before:
                        child.kill()
            raise
        finally:
            for future in waiting:
                future.cancel()


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def _executor(processes: int, threads: int, initializer: Callable[[], None] | None) -> Executor:
    if processes <= 1:
        return ThreadPoolExecutor(threads)  # Pillow releases the interpreter's lock while it works
    # Not forked: the threads of the networks that find faces would not survive it.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_start, initargs=(initializer,))


def _start(initializer: Callable[[], None] | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that started this one
    warnings.simplefilter("ignore")  # Pillow warns of odd metadata, which does not concern pixels
    os.environ["OMP_NUM_THREADS"] = "1"
    if initializer is not None:
        initializer()

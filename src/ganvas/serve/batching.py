"""Questions that wait for the same model are answered together, where that is better for those who wait.

On a processor a call with several questions costs nearly as much as that many calls: it lets the first wait for the
last. So only where many wait are some of them taken together, and the longer the queue the more.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class Batches(Generic[Q, A]):
    """Gathers what is asked while the model is at work.

    :param most: questions in one call; never more than half of those that wait.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: dict[str, deque[tuple[Q, Future[A]]]] = defaultdict(deque)
        self._lock = threading.Lock()

    def submit(
        self,
        key: str,
        question: Q,
        answer: Callable[[Any, list[Q]], Sequence[A]],
        enqueue: Callable[[Callable[[Any], None]], Future[None]],
    ) -> Future[A]:
        """Ask. A cancelled question is never answered, and holds up nobody.

        :param key: questions of one key may be answered together.
        :param answer: all answers, given the model and the questions.
        :param enqueue: puts one job into the model's queue. Each question brings one; a job takes whatever waits.
        """
        asked: Future[A] = Future()

        def job(model: Any) -> None:
            taken = self._take(key)
            if not taken:
                return
            try:
                answers = answer(model, [question for question, _ in taken])
            except BaseException as error:  # noqa: BLE001  (whoever asked is told)
                for _, future in taken:
                    future.set_exception(error)
                return
            for (_, future), found in zip(taken, answers, strict=True):
                future.set_result(found)

        with self._lock:
            self._waiting[key].append((question, asked))
        try:
            queued = enqueue(job)
        except BaseException:
            self._forget(key, asked)
            raise
        queued.add_done_callback(lambda done: self._hand_on(done, key, asked))
        asked.add_done_callback(lambda done: self._given_up(queued, key, asked) if done.cancelled() else None)
        return asked

    def _take(self, key: str) -> list[tuple[Q, Future[A]]]:
        taken: list[tuple[Q, Future[A]]] = []
        with self._lock:
            waiting = self._waiting[key]
            count = max(1, min(self._most, len(waiting) // 2))
            while waiting and len(taken) < count:
                question, future = waiting.popleft()
                if future.set_running_or_notify_cancel():
                    taken.append((question, future))
            if not waiting:
                del self._waiting[key]
        return taken

    def _hand_on(self, queued: Future[None], key: str, asked: Future[A]) -> None:
        """A job that failed before it could take anything, since the model could not be loaded, say."""
        if queued.cancelled():
            asked.cancel()
            return
        error = queued.exception()
        if error is not None and self._forget(key, asked) and asked.set_running_or_notify_cancel():
            asked.set_exception(error)

    def _given_up(self, queued: Future[None], key: str, asked: Future[A]) -> None:
        self._forget(key, asked)
        queued.cancel()

    def _forget(self, key: str, asked: Future[A]) -> bool:
        """Take one question back. → whether it was still waiting."""
        with self._lock:
            waiting = self._waiting.get(key)
            kept = [entry for entry in waiting or () if entry[1] is not asked]
            if waiting is None or len(kept) == len(waiting):
                return False
            self._waiting[key] = deque(kept)
            if not kept:
                del self._waiting[key]
            return True

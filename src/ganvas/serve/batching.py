"""Questions that wait for the same model: the newest is answered first, and where very many wait, some together.

Whoever draws gives a question up for the next stroke's. Worked off in the order of their coming, a queue that is longer
than a stroke would answer only what nobody waits for any more. And a call with several questions costs a processor
nearly as much as that many calls: it lets the first wait for the last, so that few are taken together.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

TOGETHER = 8  # as many must wait for each question of a call


class _Waiting(Generic[Q, A]):
    """A question, its answer to be, and the job that it brought into the model's queue."""

    def __init__(self, question: Q) -> None:
        self.question = question
        self.answer: Future[A] = Future()
        self.job: Future[None] | None = None


class Batches(Generic[Q, A]):
    """Gathers what is asked while the model is at work.

    :param most: questions in one call; never more than an eighth of those that wait.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: dict[str, list[_Waiting[Q, A]]] = defaultdict(list)
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
        :param enqueue: puts one job into the model's queue. Each question brings one; a job takes what came last.
        """
        asked: _Waiting[Q, A] = _Waiting(question)

        def job(model: Any) -> None:
            taken = self._take(key)
            if not taken:
                return
            try:
                answers = answer(model, [one.question for one in taken])
            except BaseException as error:  # noqa: BLE001  (whoever asked is told)
                for one in taken:
                    one.answer.set_exception(error)
                return
            for one, found in zip(taken, answers, strict=True):
                one.answer.set_result(found)

        with self._lock:
            self._waiting[key].append(asked)
        try:
            asked.job = enqueue(job)
        except BaseException:
            self._forget(key, asked)
            raise
        asked.job.add_done_callback(lambda done: self._hand_on(done, key, asked))
        asked.answer.add_done_callback(lambda done: self._given_up(key, asked) if done.cancelled() else None)
        return asked.answer

    def _take(self, key: str) -> list[_Waiting[Q, A]]:
        """The newest questions. As many jobs stay in the queue as questions do."""
        taken: list[_Waiting[Q, A]] = []
        with self._lock:
            waiting = self._waiting[key]
            count = max(1, min(self._most, len(waiting) // TOGETHER))
            while waiting and len(taken) < count:
                one = waiting.pop()
                if one.answer.set_running_or_notify_cancel():
                    taken.append(one)
            if not waiting:
                del self._waiting[key]
        for one in taken[1:]:
            if one.job is not None:
                one.job.cancel()
        return taken

    def _hand_on(self, done: Future[None], key: str, asked: _Waiting[Q, A]) -> None:
        """A job that failed before it could take anything, since the model could not be loaded, say."""
        if done.cancelled():
            if self._forget(key, asked):  # the queue was closed
                asked.answer.cancel()
            return
        error = done.exception()
        if error is not None and self._forget(key, asked) and asked.answer.set_running_or_notify_cancel():
            asked.answer.set_exception(error)

    def _given_up(self, key: str, asked: _Waiting[Q, A]) -> None:
        if self._forget(key, asked) and asked.job is not None:
            asked.job.cancel()

    def _forget(self, key: str, asked: _Waiting[Q, A]) -> bool:
        """Take one question back. → whether it was still waiting."""
        with self._lock:
            waiting = self._waiting.get(key, [])
            if asked not in waiting:
                return False
            waiting.remove(asked)
            if not waiting:
                del self._waiting[key]
            return True

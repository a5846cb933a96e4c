"""Questions that wait for the same model: askers take turns, each one's newest first; of very many, some together.

Whoever draws gives a question up for the next stroke's. Worked off in the order of their coming, a queue that is longer
than a stroke would answer only what nobody waits for any more; the newest of all first, it would answer whoever draws
fastest. And a call with several questions costs a processor nearly as much as that many calls: it lets the first wait
for the last, so that few are taken together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

TOGETHER = 8  # as many must wait for each question of a call
PLACES = 1000  # askers that are remembered while somebody waits


class _Waiting(Generic[Q, A]):
    """A question, its answer to be, and the job that it brought into the model's queue."""

    def __init__(self, question: Q) -> None:
        self.question = question
        self.answer: Future[A] = Future()
        self.job: Future[None] | None = None


class _Line(Generic[Q, A]):
    """The askers of one model. In front stands who was answered longest ago; who gives up and asks again stays there.

    Not safe in threads by itself.
    """

    def __init__(self) -> None:
        self._asked: dict[str, list[_Waiting[Q, A]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._asked.values()))

    def add(self, asker: str, one: _Waiting[Q, A]) -> None:
        if len(self._asked) >= PLACES:
            self._asked = {name: waiting for name, waiting in self._asked.items() if waiting}
        self._asked.setdefault(asker, []).append(one)

    def next(self) -> _Waiting[Q, A] | None:
        """The newest question of whoever's turn it is."""
        asker = next((name for name, waiting in self._asked.items() if waiting), None)
        if asker is None:
            return None
        waiting = self._asked.pop(asker)
        self._asked[asker] = waiting
        return waiting.pop()

    def remove(self, asker: str, one: _Waiting[Q, A]) -> bool:
        """→ whether it was still waiting."""
        waiting = self._asked.get(asker, [])
        if one not in waiting:
            return False
        waiting.remove(one)
        return True


class Batches(Generic[Q, A]):
    """Gathers what is asked while the model is at work.

    :param most: questions in one call; never more than an eighth of those that wait.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lines: dict[str, _Line[Q, A]] = {}
        self._lock = threading.Lock()

    def submit(
        self,
        key: str,
        question: Q,
        answer: Callable[[Any, list[Q]], Sequence[A]],
        enqueue: Callable[[Callable[[Any], None]], Future[None]],
        asker: str = "",
    ) -> Future[A]:
        """Ask. A cancelled question is never answered, and holds up nobody.

        :param key: questions of one key may be answered together.
        :param answer: all answers, given the model and the questions.
        :param enqueue: puts one job into the model's queue. Each question brings one; a job takes whose turn it is.
        :param asker: who takes turns with the others.
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
            self._lines.setdefault(key, _Line()).add(asker, asked)

        def forget() -> bool:
            return self._forget(key, asker, asked)

        try:
            asked.job = enqueue(job)
        except BaseException:
            forget()
            raise
        asked.job.add_done_callback(lambda done: _hand_on(done, asked, forget))
        asked.answer.add_done_callback(lambda done: _given_up(asked, forget) if done.cancelled() else None)
        return asked.answer

    def _take(self, key: str) -> list[_Waiting[Q, A]]:
        """Whose turn it is. As many jobs stay in the queue as questions do."""
        taken: list[_Waiting[Q, A]] = []
        with self._lock:
            line = self._lines.get(key, _Line())
            count = max(1, min(self._most, len(line) // TOGETHER))
            while len(taken) < count and (one := line.next()) is not None:
                if one.answer.set_running_or_notify_cancel():
                    taken.append(one)
            self._close_if_empty(key)
        for one in taken[1:]:
            if one.job is not None:
                one.job.cancel()
        return taken

    def _forget(self, key: str, asker: str, asked: _Waiting[Q, A]) -> bool:
        """Take one question back. → whether it was still waiting."""
        with self._lock:
            line = self._lines.get(key)
            return line is not None and line.remove(asker, asked)

    def _close_if_empty(self, key: str) -> None:
        if key in self._lines and not len(self._lines[key]):
            del self._lines[key]


def _hand_on(done: Future[None], asked: _Waiting[Q, A], forget: Callable[[], bool]) -> None:
    """A job that failed before it could take anything, since the model could not be loaded, say."""
    if done.cancelled():
        if forget():  # the queue was closed
            asked.answer.cancel()
        return
    error = done.exception()
    if error is not None and forget() and asked.answer.set_running_or_notify_cancel():
        asked.answer.set_exception(error)


def _given_up(asked: _Waiting[Q, A], forget: Callable[[], bool]) -> None:
    if forget() and asked.job is not None:
        asked.job.cancel()

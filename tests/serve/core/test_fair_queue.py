"""Who is answered first, and together with whom, when many wait for one model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor

import pytest

from ganvas.serve.core.fair_queue import WAITING_PER_REQUEST, FairQueue


class Desk:
    """A model that answers with the question, in calls that are written down, once it is let."""

    def __init__(self) -> None:
        self.worker = ThreadPoolExecutor(1)
        self.queue: FairQueue[int, int] = FairQueue(3)
        self.calls: list[list[int]] = []
        self.jobs: list[Future[None]] = []
        self.open = threading.Event()
        self.begin: Callable[[], None] = self.open.set

    def _enqueue(self, job: Callable[[object], None]) -> Future[None]:
        self.jobs.append(self.worker.submit(job, None))
        return self.jobs[-1]

    def _answer(self, model: object, questions: list[int]) -> list[int]:
        self.calls.append(questions)
        self.open.wait()
        return questions

    def ask(self, *questions: int, asker: str = "") -> list[Future[int]]:
        return [self.queue.submit("desk", one, self._answer, self._enqueue, asker) for one in questions]


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    busy = threading.Event()
    made.worker.submit(busy.wait)  # what is asked meanwhile waits
    made.worker.submit(made.open.set)
    made.begin = busy.set
    yield made
    busy.set()
    made.open.set()
    made.worker.shutdown()


def test_the_newest_question_is_answered_first_and_every_one_is(desk: Desk) -> None:
    asked = desk.ask(1, 2, 3)
    desk.begin()
    assert [one.result(10) for one in asked] == [1, 2, 3]
    assert desk.calls == [[3], [2], [1]]


def test_a_question_given_up_is_not_answered_and_leaves_no_job_behind(desk: Desk) -> None:
    given_up, kept = desk.ask(1, 2)
    assert given_up.cancel()
    assert [job.cancelled() for job in desk.jobs] == [True, False]
    desk.begin()
    assert kept.result(10) == 2
    desk.worker.shutdown()
    assert desk.calls == [[2]]


def test_askers_take_turns_and_who_asks_anew_keeps_the_place(desk: Desk) -> None:
    (first,) = desk.ask(1, asker="slow")
    others = [*desk.ask(10, 11, asker="fast"), *desk.ask(20, asker="late")]
    assert first.cancel()
    (again,) = desk.ask(2, asker="slow")
    desk.begin()
    assert [one.result(10) for one in [again, *others]] == [2, 10, 11, 20]
    assert desk.calls == [[2], [11], [20], [10]]


def test_where_very_many_wait_some_are_answered_together_and_no_more_jobs_stay_than_questions(desk: Desk) -> None:
    count = 3 * WAITING_PER_REQUEST
    asked = desk.ask(*range(count))
    desk.begin()
    assert [one.result(10) for one in asked] == list(range(count))
    assert desk.calls[0] == [count - 1, count - 2, count - 3]
    assert sorted(one for call in desk.calls for one in call) == list(range(count))
    desk.worker.shutdown()
    done = sum(not job.cancelled() for job in desk.jobs)
    assert done == len(desk.calls)


def test_a_model_that_fails_tells_whoever_asked_and_answers_the_next(desk: Desk) -> None:
    def fail(model: object, questions: list[int]) -> list[int]:
        if 1 in questions:
            raise ValueError("broken")
        return questions

    asked, other = (desk.queue.submit("desk", number, fail, desk._enqueue) for number in (1, 2))
    desk.begin()
    with pytest.raises(ValueError, match="broken"):
        asked.result(10)
    assert other.result(10) == 2


def test_questions_of_different_keys_never_meet(desk: Desk) -> None:
    here = desk.ask(*range(3 * WAITING_PER_REQUEST))
    there = desk.queue.submit("elsewhere", 70, desk._answer, desk._enqueue)
    desk.begin()
    assert there.result(10) == 70
    assert [one.result(10) for one in here] == list(range(3 * WAITING_PER_REQUEST))
    assert [call for call in desk.calls if 70 in call] == [[70]]


def test_a_queue_that_is_closed_leaves_nobody_waiting(desk: Desk) -> None:
    (asked,) = desk.ask(1)
    desk.worker.shutdown(wait=False, cancel_futures=True)
    with pytest.raises(CancelledError):
        asked.result(10)

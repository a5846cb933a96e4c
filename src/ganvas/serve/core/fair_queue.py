"""A queue of requests to one model that is fair to its clients and batches requests under load.

Clients take turns, and the newest request of a client comes first: whoever draws abandons a request for that of the
next stroke, so a first-in, first-out queue that is longer than a stroke would answer only abandoned requests, and a
queue that is last-in, first-out over all clients would answer whoever draws fastest.

Several requests in one call cost a processor nearly as much as that many calls, and the first must wait for the last,
so requests are batched only when many are waiting.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from typing import Any, Generic, TypeVar

RequestT = TypeVar("RequestT")
AnswerT = TypeVar("AnswerT")

WAITING_PER_REQUEST = 8  # so many requests must be waiting for each one of a batch
MAX_CLIENTS = 1000  # clients whose turn is remembered while a request is waiting


class _Pending(Generic[RequestT, AnswerT]):
    """A request that is waiting, the future of its answer, and the job that it added to the model's queue."""

    def __init__(self, request: RequestT) -> None:
        self.request = request
        self.answer: Future[AnswerT] = Future()
        self.job: Future[None] | None = None


class _ClientQueues(Generic[RequestT, AnswerT]):
    """The pending requests of one model by client, in the order of turns.

    The client that was answered longest ago comes first; one that cancels its request and sends another keeps its turn.
    Not thread-safe.
    """

    def __init__(self) -> None:
        self._pending: dict[str, list[_Pending[RequestT, AnswerT]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._pending.values()))

    def add(self, client: str, pending: _Pending[RequestT, AnswerT]) -> None:
        """Add a request."""
        if len(self._pending) >= MAX_CLIENTS:
            self._pending = {name: requests for name, requests in self._pending.items() if requests}
        self._pending.setdefault(client, []).append(pending)

    def pop(self) -> _Pending[RequestT, AnswerT] | None:
        """Remove and return the newest request of the client whose turn it is; None when there is none."""
        client = next((name for name, requests in self._pending.items() if requests), None)
        if client is None:
            return None
        requests = self._pending.pop(client)
        self._pending[client] = requests  # the client goes to the end
        return requests.pop()

    def remove(self, client: str, pending: _Pending[RequestT, AnswerT]) -> bool:
        """Remove a request; returns whether it was still pending."""
        requests = self._pending.get(client, [])
        if pending not in requests:
            return False
        requests.remove(pending)
        return True


class FairQueue(Generic[RequestT, AnswerT]):
    """Collects requests while their model is at work.

    Args:
        max_batch: Requests in one call of a model; never more than one in ``WAITING_PER_REQUEST`` of those waiting.
    """

    def __init__(self, max_batch: int) -> None:
        self._max_batch = max_batch
        self._queues: dict[str, _ClientQueues[RequestT, AnswerT]] = {}
        self._lock = threading.Lock()

    def submit(
        self,
        key: str,
        request: RequestT,
        answer: Callable[[Any, list[RequestT]], Sequence[AnswerT]],
        enqueue: Callable[[Callable[[Any], None]], Future[None]],
        client: str = "",
    ) -> Future[AnswerT]:
        """Add a request. Once cancelled it is never answered, and delays no other.

        Args:
            key: Requests of one key may be answered in one call.
            request: The request.
            answer: Computes all answers, given the model and the requests.
            enqueue: Adds a job to the model's queue. Each request adds one; a job takes the request whose turn it is.
            client: Name of the client, which takes turns with the others.
        """
        pending: _Pending[RequestT, AnswerT] = _Pending(request)

        taken: list[_Pending[RequestT, AnswerT]] = []

        def job(model: Any) -> None:
            taken.extend(self._take(key))
            if not taken:
                return
            try:
                answers = answer(model, [one.request for one in taken])
            except BaseException as error:  # noqa: BLE001 - raised in the thread that waits for the answer
                _fail(taken, error)
                return
            for one, found in zip(taken, answers, strict=True):
                with contextlib.suppress(InvalidStateError):  # the job took too long and was given up
                    one.answer.set_result(found)

        with self._lock:
            self._queues.setdefault(key, _ClientQueues()).add(client, pending)

        def remove() -> bool:
            return self._remove(key, client, pending)

        try:
            pending.job = enqueue(job)
        except BaseException:
            remove()
            raise
        pending.job.add_done_callback(lambda done: _pass_on_failure(done, pending, remove, taken))
        pending.answer.add_done_callback(lambda done: _cancel_job(pending, remove) if done.cancelled() else None)
        return pending.answer

    def _take(self, key: str) -> list[_Pending[RequestT, AnswerT]]:
        """The next batch. As many jobs stay in the model's queue as there are requests."""
        batch: list[_Pending[RequestT, AnswerT]] = []
        with self._lock:
            queues = self._queues.get(key, _ClientQueues())
            count = max(1, min(self._max_batch, len(queues) // WAITING_PER_REQUEST))
            while len(batch) < count and (one := queues.pop()) is not None:
                if one.answer.set_running_or_notify_cancel():
                    batch.append(one)
            if key in self._queues and not len(self._queues[key]):
                del self._queues[key]
        for one in batch[1:]:
            if one.job is not None:
                one.job.cancel()
        return batch

    def _remove(self, key: str, client: str, pending: _Pending[RequestT, AnswerT]) -> bool:
        """Remove a request; returns whether it was still pending."""
        with self._lock:
            queues = self._queues.get(key)
            return queues is not None and queues.remove(client, pending)


def _fail(requests: Sequence[_Pending[RequestT, AnswerT]], error: BaseException) -> None:
    for one in requests:
        with contextlib.suppress(InvalidStateError):  # it has its answer already
            one.answer.set_exception(error)


def _pass_on_failure(
    done: Future[None],
    pending: _Pending[RequestT, AnswerT],
    remove: Callable[[], bool],
    taken: Sequence[_Pending[RequestT, AnswerT]],
) -> None:
    """Fail the requests of a job that failed: before it took one, because the model cannot be loaded, or in the middle,
    because it took too long."""
    if done.cancelled():
        if remove():  # the model's queue was closed
            pending.answer.cancel()
        return
    error = done.exception()
    if error is None:
        return
    _fail(taken, error)
    if remove() and pending.answer.set_running_or_notify_cancel():
        pending.answer.set_exception(error)


def _cancel_job(pending: _Pending[RequestT, AnswerT], remove: Callable[[], bool]) -> None:
    if remove() and pending.job is not None:
        pending.job.cancel()

"""The queue of trainings: one at a time, in their order, over restarts of the studio."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ganvas.errors import UserError
from ganvas.files import try_lock
from ganvas.runs.folder import RunDir
from ganvas.runs.log import now
from ganvas.runs.queue import Ending, QueueFile, Training, TrainingError
from ganvas.serve.core.errors import ConflictError, MissingError, NoRoomError
from ganvas.serve.features.train.processes import Processes, check_room, command_of

FOLDER = ".trainings"  # in the folder of runs
log = logging.getLogger("ganvas.studio")


class Trainings:
    """The trainings in a folder of runs, and the thread that starts them. May be used from several threads.

    Args:
        root: The folder of runs; made when it is first needed.
        data: Gives the path of pictures by their name.
        seconds: Time between two looks at the running training.
        ready: Says by their name whether pictures are complete; a training whose pictures are not waits.
    """

    def __init__(
        self, root: Path, data: Callable[[str], Path], seconds: float, ready: Callable[[str], bool] = lambda name: True
    ) -> None:
        self.root = root.absolute()
        self._data = data
        self._seconds = seconds
        self._ready = ready
        self._file = QueueFile(self.root / FOLDER / "queue.json")
        self._processes = Processes()
        self._lock = threading.RLock()
        self._owner: int | None = None  # descriptor of the lock that makes this studio the one of the folder
        self._closed = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        if self._file.path.is_file():
            self._run_thread()

    def all(self) -> list[Training]:
        """The trainings in the order in which they were added."""
        return self._file.read()

    def find(self, run: str) -> Training | None:
        """The training of a run; None: the studio did not start it."""
        return next((training for training in self.all() if training.run == run), None)

    @contextmanager
    def changing(self) -> Iterator[list[Training]]:
        """The trainings to change in place; written when the block ends without an error.

        Raises:
            ConflictError: Another studio manages the folder.
            NoRoomError: The disk is full.
        """
        with self._lock:
            try:
                if not self._own():
                    raise ConflictError(
                        "Another studio manages these runs; use that one, or stop it.", code="other-studio"
                    )
                trainings = self._file.read()
                before = list(trainings)
                yield trainings
                if trainings != before:
                    self._file.write(trainings)
            except OSError as error:
                raise NoRoomError(
                    f"The queue of trainings cannot be written ({error.strerror}); free some of the disk.",
                    code="queue-not-written",
                    params={"reason": str(error.strerror)},
                ) from None

    def add(self, training: Training) -> None:
        """Put a training at the end of the queue."""
        with self.changing() as trainings:
            trainings.append(training)
        self.wake()

    def change(self, run: str, change: Callable[[Training], Training]) -> Training:
        """Change a training.

        Raises:
            MissingError: The studio did not start this run.
        """
        with self.changing() as trainings:
            for index, training in enumerate(trainings):
                if training.run == run:
                    trainings[index] = change(training)
                    break
            else:
                raise MissingError(
                    f"Run {run!r} was not started from the studio; use the command that started it.",
                    code="no-training",
                    params={"run": run},
                )
        self.wake()
        return trainings[index]

    def stop(self, run: str, ending: Ending) -> Training:
        """Stop a training after its present step, or take it out of the queue; what it has learned is saved.

        Raises:
            ConflictError: It neither runs nor waits.
        """

        def stopped(training: Training) -> Training:
            if training.state == "queued":
                return training.changed(state=ending, ended=now())
            if training.state != "running":
                raise ConflictError(
                    f"Run {run!r} is not being trained.", code="training-not-running", params={"run": run}
                )
            process = self._processes.running(training, self._folder(training))
            if process is not None and training.ending is None:
                self._processes.stop(process)
            return training.changed(ending=ending)

        return self.change(run, stopped)

    def wake(self) -> None:
        """Look at the queue now."""
        self._run_thread()
        self._wake.set()

    def close(self) -> None:
        """Stop looking at the queue; a running training goes on."""
        self._closed.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            self._processes.close()
            if self._owner is not None:
                os.close(self._owner)
                self._owner = None

    # ── The thread ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _run_thread(self) -> None:
        with self._lock:
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._watch, name="trainings", daemon=True)
                self._thread.start()

    def _watch(self) -> None:
        while not self._closed.is_set():
            try:
                self.advance()
            except UserError:  # another studio manages the folder, or the disk is full: perhaps not for long
                pass
            except Exception as error:
                log.error("the queue of trainings", exc_info=error)
            self._wake.wait(self._seconds)
            self._wake.clear()

    def advance(self) -> None:
        """Note which trainings have ended, and start the next one when none runs."""
        with self.changing() as trainings:
            trainings[:] = [self._observed(one) if one.state == "running" else one for one in trainings]
        with self.changing() as trainings:
            if any(one.state == "running" for one in trainings):
                return
            index = self._next(trainings)
            if index is None:
                return
            # Written before the process starts, so that a studio killed in between does not forget the training.
            trainings[index] = trainings[index].changed(state="running", process=None, started=now(), ended=None)
        with self.changing() as trainings:
            trainings[index] = self._started(trainings[index])

    def _next(self, trainings: list[Training]) -> int | None:
        """The index of the first training that waits; None where there is none or its pictures are not complete.

        One whose pictures cannot be completed has failed.
        """
        for index, one in enumerate(trainings):
            if one.state != "queued":
                continue
            try:
                return index if self._ready(one.data) else None
            except UserError as error:
                trainings[index] = _failed(one, error)
        return None

    def _observed(self, training: Training) -> Training:
        run = self._folder(training)
        process = self._processes.running(training, run)
        if process is not None:
            return training.changed(process=process)
        if training.process is None and training.ending is None:
            return training.changed(state="queued")  # the studio was killed before it had started the process
        ended = self._processes.how_it_ended(training, run)
        state = "finished" if ended.finished else (training.ending or ("failed" if ended.error else "stopped"))
        return training.changed(state=state, ending=None, process=None, ended=now(), error=ended.error)

    def _started(self, training: Training) -> Training:
        run = self._folder(training)
        try:
            check_room(run.root)
            process = self._processes.start(run, command_of(training, run.root, self._data(training.data)))
        except UserError as error:
            return _failed(training, error)
        except OSError as error:
            reason = str(error.strerror)
            failure = TrainingError(
                sentence=f"The training failed: {reason}", code="training-failed", params={"reason": reason}
            )
            return training.changed(state="failed", ended=now(), error=failure)
        return training.changed(process=process, error=None)

    def _folder(self, training: Training) -> RunDir:
        return RunDir(self.root / training.run)

    def _own(self) -> bool:
        """Be the one studio that manages the folder."""
        if self._owner is not None:
            return True
        folder = self.root / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o666)
        if try_lock(descriptor) is False:
            os.close(descriptor)
            return False
        self._owner = descriptor
        return True


def _failed(training: Training, error: UserError) -> Training:
    failure = TrainingError(sentence=str(error), code=error.code, params=error.params)
    return training.changed(state="failed", ended=now(), error=failure)

"""The processes of trainings: the command, its start, whether it still runs, and how it ended."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ganvas.files import open_regular
from ganvas.runs import reader
from ganvas.runs.folder import RunDir
from ganvas.runs.lock import Trainer, lock_state, process_of
from ganvas.runs.queue import Training, TrainingError
from ganvas.serve.core.errors import NoRoomError

COMMAND = (sys.executable, "-m", "ganvas.cli")  # tests replace it
LEAST_FREE = 2_000_000_000  # bytes that must be free for a training to start
LOG = "training.log"  # in the run's folder: what the command prints
TAIL = 20_000  # bytes of the log that are searched for the last line


class Ended(NamedTuple):
    """How the process of a training ended."""

    finished: bool
    error: TrainingError | None


def command_of(training: Training, run: Path, data: Path) -> list[str]:
    """The public command that starts or resumes a training."""
    words = [*COMMAND, "train", training.recipe, "--data", str(data), "--run", str(run)]
    words += ["--kimg", f"{training.kimg:g}"]
    for change in training.sets:
        words += ["--set", change]
    words += ["--from", training.start] if training.start is not None else []
    return words


def check_room(folder: Path) -> None:
    """Check that a training has room on the disk.

    Raises:
        NoRoomError: Less than ``LEAST_FREE`` bytes are free.
    """
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        raise NoRoomError(
            f"Only {free / 1e9:.1f} GB of the disk are free, and a training needs {LEAST_FREE / 1e9:g} GB; delete "
            "runs or files that are no longer needed.",
            code="disk-almost-full",
            params={"free": round(free / 1e9, 1), "needed": LEAST_FREE / 1e9},
        )


class Processes:
    """The processes of trainings that this studio started, and those that an earlier studio left.

    They have process groups of their own, so that they go on when the studio ends, however it ends.
    """

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, run: RunDir, command: list[str]) -> Trainer:
        """Start a command whose output is appended to the run's log.

        Raises:
            OSError: It cannot be started.
        """
        with (run.root / LOG).open("ab") as log:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        self._children[run.root.name] = child
        return process_of(child.pid)

    def running(self, training: Training, run: RunDir) -> Trainer | None:
        """The process that trains a run now; None: none does.

        It may be another than the one that is noted: a studio that was killed may not have come to note it.
        """
        child = self._children.get(training.run)
        if training.process is not None:
            alive = child.poll() is None if child is not None else not training.process.has_ended()
            if alive:
                return training.process
        lock = lock_state(run)
        if lock is None or not lock.held or not lock.trainer.is_here():
            return None
        if child is not None and child.pid != lock.trainer.pid:
            self._children.pop(training.run).wait()  # refused, because the other one trains the run
        return lock.trainer

    def how_it_ended(self, training: Training, run: RunDir) -> Ended:
        """How a process that no longer runs ended."""
        child = self._children.pop(training.run, None)
        code = None if child is None else child.wait()
        if code == 0 or (code is None and run.bundle.is_dir() and reader.read_status(run).get("state") == "finished"):
            return Ended(True, None)
        if training.ending is not None or code == 130:
            return Ended(False, None)
        return Ended(False, _reason(run, code))

    def stop(self, process: Trainer) -> None:
        """Ask a process to stop: it saves what it has, and ends."""
        if process.is_here() and not process.has_ended():
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)

    def close(self) -> None:
        """Let go of the processes; they go on."""
        for child in self._children.values():
            threading.Thread(target=child.wait, daemon=True).start()  # a Popen that is dropped earlier warns
        self._children.clear()


def _reason(run: RunDir, code: int | None) -> TrainingError:
    if code is None or code < 0:
        return TrainingError(
            sentence="The training was ended from outside; resume it to go on from the last checkpoint.",
            code="training-killed",
        )
    last = last_line(run) or f"exit code {code}"
    return TrainingError(sentence=f"The training failed: {last}", code="training-failed", params={"reason": last})


def last_line(run: RunDir) -> str:
    """The last line of the run's log that is not empty; empty where there is none."""
    try:
        with open_regular(run.root / LOG) as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
            text = file.read(TAIL).decode("utf-8", "replace")
    except OSError:
        return ""
    return next((line.strip()[:1000] for line in reversed(text.splitlines()) if line.strip()), "")

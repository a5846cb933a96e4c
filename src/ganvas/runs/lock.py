"""``lock.json``: which process trains a run, so that no two processes write into one run folder.

The process holds a lock of the operating system on the file, which ends with the process, however it ends. The content
names the process to people, and decides where the file system has no locks or the process is on another machine.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ganvas.errors import UserError
from ganvas.files import clear_leftovers, is_at, open_regular, try_lock
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import modified_at, process_has_ended

MAX_BYTES = 10_000
RETRY_SECONDS = (0.02, 0.05, 0.1)  # a reader holds a shared lock for microseconds
SILENT_SECONDS = 3600.0  # after which a process of another machine that wrote nothing counts as ended


class Trainer(BaseModel):
    """A process that trains a run."""

    model_config = ConfigDict(frozen=True)

    host: str
    pid: int
    started: str = Field(description="start of the process, ISO 8601 in UTC")
    start_ticks: int | None = Field(default=None, description="start of the process in clock ticks since boot (Linux)")
    boot: str | None = Field(default=None, description="random id of the boot of the machine (Linux)")

    def is_here(self) -> bool:
        """Whether the process belongs to this machine, also if the machine has been started again since."""
        return self.host == socket.gethostname() or (self.boot is not None and self.boot == _boot())

    def has_ended(self) -> bool:
        """Whether the process, of this machine, has certainly ended; another one may have its number since.

        One that has ended, but whose parent has not asked for its exit status, has ended as well.
        """
        if self.boot != _boot() or process_has_ended(self.pid):
            return True
        ticks = _start_ticks(self.pid)
        return (None not in (ticks, self.start_ticks) and ticks != self.start_ticks) or _is_zombie(self.pid)

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, started {self.started}"


class LockState(NamedTuple):
    """What ``lock.json`` says: who trains the run, and whether that process still does."""

    trainer: Trainer
    held: bool


_held: set[int] = set()  # descriptors of the locks that this process holds


def _close_inherited() -> None:
    """Close the locks in a forked process: a worker that outlives a killed trainer must not hold its lock."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


if os.name == "posix":
    os.register_at_fork(after_in_child=_close_inherited)


@contextmanager
def hold(run: RunDir) -> Iterator[None]:
    """Be the only process that trains a run, until the block ends.

    Raises:
        UserError: Another process trains it, or the folder cannot be written.
    """
    is_new = not run.root.exists()
    try:
        run.root.mkdir(parents=True, exist_ok=True)
        descriptor = _acquire(run)
    except OSError as error:
        raise UserError(
            f"The run folder {run.root} cannot be written ({error.strerror}); choose another --run."
        ) from None
    _held.add(descriptor)
    try:
        for folder in (run.root, run.checkpoints, run.sheets):
            clear_leftovers(folder, earlier=True)
        yield
    finally:
        with suppress(OSError):
            run.lock.unlink()  # before the lock ends, so that nobody else's file is deleted
            if is_new:
                run.root.rmdir()  # if it is still empty, because the training was refused
        _held.discard(descriptor)
        os.close(descriptor)


def lock_state(run: RunDir) -> LockState | None:
    """Who trains a run, or did when it was killed; None where nobody does or the file cannot be read."""
    try:
        with open_regular(run.lock) as file:
            trainer = _parse(file.read(MAX_BYTES))
            locked = try_lock(file.fileno(), shared=True)
    except OSError:
        return None
    if trainer is None:
        return None
    return LockState(trainer, locked is False or not _is_stale(run, trainer, locked))


def _acquire(run: RunDir) -> int:
    while True:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(run.lock, flags, 0o666)
        try:
            locked = _insist(descriptor)
            trainer = _parse(os.read(descriptor, MAX_BYTES))
            if locked is False or (trainer is not None and not _is_stale(run, trainer, locked)):
                raise _refusal(run, trainer, certain=locked is False)
            if is_at(descriptor, run.lock):
                os.ftruncate(descriptor, 0)
                os.lseek(descriptor, 0, os.SEEK_SET)
                os.write(descriptor, process_of(os.getpid()).model_dump_json().encode())
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # its holder deleted it in between


def _insist(descriptor: int) -> bool | None:
    locked = try_lock(descriptor)
    for seconds in RETRY_SECONDS if locked is False else ():
        time.sleep(seconds)
        if locked := try_lock(descriptor):
            break
    return locked


def _is_stale(run: RunDir, trainer: Trainer, locked: bool | None) -> bool:
    """Whether the process that wrote ``lock.json`` has ended, given that it does not certainly hold its lock.

    Args:
        run: The run's folder.
        trainer: What the file says.
        locked: True: the lock could be had; None: the file system has no locks.
    """
    if trainer.is_here():
        return locked is True or trainer.has_ended()
    return time.time() - max(modified_at(run.lock), modified_at(run.status)) > SILENT_SECONDS


def _refusal(run: RunDir, trainer: Trainer | None, *, certain: bool) -> UserError:
    who = "another process" if trainer is None else str(trainer)
    if trainer is not None and trainer.pid == os.getpid() and trainer.is_here():
        who = "this very process, in another thread or notebook cell"
    delete = "" if certain else f", or delete {run.lock} if it no longer runs"
    return UserError(
        f"The run {run.root} is being trained by {who}; wait for its end or stop it{delete}, or choose another --run "
        "folder."
    )


def _parse(content: bytes) -> Trainer | None:
    try:
        return Trainer.model_validate_json(content)
    except ValidationError:
        return None


def process_of(pid: int) -> Trainer:
    """A running process of this machine, so that it can be recognised later."""
    ticks = _start_ticks(pid)
    started = time.time()
    with suppress(OSError, ValueError, AttributeError):
        uptime = float(Path("/proc/uptime").read_text().split()[0])
        started -= uptime - (ticks or 0) / os.sysconf("SC_CLK_TCK") if ticks is not None else 0
    moment = datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds")
    return Trainer(host=socket.gethostname(), pid=pid, started=moment, start_ticks=ticks, boot=_boot())


def _start_ticks(pid: int) -> int | None:
    try:
        return int(_stat_fields(pid)[19])
    except (OSError, ValueError, IndexError):
        return None


def _is_zombie(pid: int) -> bool:
    try:
        return _stat_fields(pid)[:1] == ["Z"]
    except OSError:
        return False


def _stat_fields(pid: int) -> list[str]:
    """The fields of ``/proc/PID/stat`` (Linux) from the state on, which follow the name in brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _boot() -> str | None:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None

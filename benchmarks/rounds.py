"""What benchmarks of two sides share: a process for each, rounds that alternate, ratios within a round, peak memory.

Wall time is what a user waits; processor time says the same more steadily where other programs run. A side's process
sleeps while the other one's plays.
"""

from __future__ import annotations

import multiprocessing
import platform
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import torch

import ganvas


class Lap(NamedTuple):
    wall: float  # pictures a second of the clock on the wall
    processor: float  # pictures a second of processor time


def use(device: str) -> None:
    """Make networks and tensors of this thread on a device from now on."""
    if device != "cpu":
        torch.set_default_device(device)


def finished() -> None:
    """Wait until a GPU has done what it was given."""
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.synchronize()


class Watch:
    """Times what is done from its making on."""

    def __init__(self) -> None:
        finished()
        self.began = time.perf_counter(), time.process_time()

    def lap(self, pictures: int) -> Lap:
        finished()
        wall, processor = self.began
        return Lap(pictures / (time.perf_counter() - wall), pictures / (time.process_time() - processor))


def machine(threads: int) -> str:
    """Where and with what this runs."""
    return (
        f"{platform.processor() or platform.machine()}, {threads} thread(s), Python {platform.python_version()}, "
        f"torch {torch.__version__}, ganvas {ganvas.__version__}"
    )


class Side(NamedTuple):
    """One side, ready to play."""

    play: Callable[[], Lap]  # a round
    about: object = None  # what must be alike on both sides, such as the numbers of parameters


def compare(
    title: str,
    sides: Mapping[str, Callable[[], Side]],
    rounds: int,
    *,
    unit: str = "images",
    warm_up: int = 0,
) -> None:
    """Print each side's median of all rounds, its peak memory, and the first one's ratios to the second's.

    :param sides: what makes each side ready, in a process of its own; who begins a round alternates.
    :param warm_up: rounds before the first that counts.
    """
    laps: dict[str, list[Lap]] = {side: [] for side in sides}
    players = {side: _Player(ready) for side, ready in sides.items()}
    about = [player.hear() for player in players.values()]
    if about[0] != about[1]:
        print(f"  not like with like: {' and '.join(map(str, about))}")
    for index in range(-warm_up, rounds):
        for side in list(sides)[:: 1 if index % 2 else -1]:
            found = players[side].ask("round")
            note = "warming up" if index < 0 else f"round {index + 1}"
            print(f"  {note}, {side}: {found.wall:.3g} {unit}/s", flush=True)
            laps[side] += [found] if index >= 0 else []
    print(f"\n{title}, {rounds} rounds:")
    for side, told in laps.items():
        wall, processor = (statistics.median(values) for values in zip(*told, strict=True))
        rates = f"{wall:8.4g} {unit}/s, {processor:8.4g} {unit} per processor second"
        print(f"  {side:10}  {rates}, peak {players[side].ask('memory'):,.0f} MB", flush=True)
    first, second = laps
    for kind in Lap._fields:
        pairs = zip(laps[first], laps[second], strict=True)
        ratios = sorted(getattr(a, kind) / getattr(b, kind) for a, b in pairs)
        print(
            f"  {first} / {second}, {kind} time: {statistics.median(ratios):.2f} × ({ratios[0]:.2f} … {ratios[-1]:.2f})"
        )


class _Player:
    """The process of a side; it ends with this one."""

    def __init__(self, ready: Callable[[], Side]) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, ready), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, what: str) -> Any:
        self._line.send(what)
        return self.hear()

    def hear(self) -> Any:
        try:
            return self._line.recv()
        except EOFError:
            raise SystemExit("A side has fallen; what it says stands above.") from None


def _serve(line: Connection, ready: Callable[[], Side]) -> None:
    side = ready()
    line.send(side.about)
    with suppress(EOFError):  # nobody asks any more
        while True:
            line.send(side.play() if line.recv() == "round" else _peak_memory())


def _peak_memory() -> float:
    """Peak resident memory of this process, in MB; where a GPU is used, what tensors took there at most."""
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        return torch.cuda.max_memory_allocated() / 1e6
    status = Path("/proc/self/status")
    if status.exists():  # Linux: ru_maxrss would be the parent's peak where that is higher
        return next(int(line.split()[1]) / 1e3 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if platform.system() == "Darwin" else peak / 1e3

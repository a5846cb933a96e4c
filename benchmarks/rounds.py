"""What benchmarks of two sides share: rounds that alternate, ratios within a round, memory of a process of its own.

Wall time is what a user waits; processor time says the same more steadily where other programs run.
"""

from __future__ import annotations

import multiprocessing
import platform
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch

import ganvas


class Lap(NamedTuple):
    wall: float  # pictures a second of the clock on the wall
    processor: float  # pictures a second of processor time


class Watch:
    """Times what is done from its making on."""

    def __init__(self) -> None:
        self.began = time.perf_counter(), time.process_time()

    def lap(self, pictures: int) -> Lap:
        wall, processor = self.began
        return Lap(pictures / (time.perf_counter() - wall), pictures / (time.process_time() - processor))


def machine(threads: int) -> str:
    """Where and with what this runs."""
    return (
        f"{platform.processor() or platform.machine()}, {threads} thread(s), Python {platform.python_version()}, "
        f"torch {torch.__version__}, ganvas {ganvas.__version__}"
    )


def compare(
    title: str,
    sides: Mapping[str, Callable[[], Lap]],
    rounds: int,
    *,
    unit: str = "images",
    warm_up: int = 0,
    peak: Callable[[str], float] | None = None,
) -> None:
    """Print each side's median of all rounds and the first one's ratios to the second's.

    :param sides: what plays one round of each side; who begins alternates.
    :param warm_up: rounds before the first that counts.
    :param peak: the peak memory of a side in MB; None: it is not shown.
    """
    laps: dict[str, list[Lap]] = {side: [] for side in sides}
    for index in range(-warm_up, rounds):
        for side in list(sides)[:: 1 if index % 2 else -1]:
            found = sides[side]()
            note = "warming up" if index < 0 else f"round {index + 1}"
            print(f"  {note}, {side}: {found.wall:.3g} {unit}/s", flush=True)
            laps[side] += [found] if index >= 0 else []
    print(f"\n{title}, {rounds} rounds:")
    for side, told in laps.items():
        wall, processor = (statistics.median(values) for values in zip(*told, strict=True))
        memory = f", peak {peak(side):,.0f} MB" if peak else ""
        print(f"  {side:10}  {wall:8.4g} {unit}/s, {processor:8.4g} {unit} per processor second{memory}", flush=True)
    first, second = laps
    for kind in Lap._fields:
        pairs = zip(laps[first], laps[second], strict=True)
        ratios = sorted(getattr(a, kind) / getattr(b, kind) for a, b in pairs)
        print(
            f"  {first} / {second}, {kind} time: {statistics.median(ratios):.2f} × ({ratios[0]:.2f} … {ratios[-1]:.2f})"
        )


def peak_memory(work: Callable[..., object], *given: Any) -> float:
    """Peak resident memory in MB of a process that does only this."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak_memory, (work, given))


def _peak_memory(work: Callable[..., object], given: tuple[Any, ...]) -> float:
    work(*given)
    status = Path("/proc/self/status")
    if status.exists():  # Linux: ru_maxrss would be the parent's peak where that is higher
        return next(int(line.split()[1]) / 1e3 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if platform.system() == "Darwin" else peak / 1e3

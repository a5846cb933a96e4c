"""What a training reports between its steps: ticks, sample sheets, quick metrics and diagnoses."""

from __future__ import annotations

import math
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganvas.curate.dataset.dataset import Dataset
from ganvas.evaluate.monitor import QuickMetric
from ganvas.models.capabilities import standing_statistics
from ganvas.models.family import Clock, Stage
from ganvas.recipe import Recipe
from ganvas.runs.folder import RunDir
from ganvas.runs.log import Health, Metric, Note, RunLog, Sheet, Tick
from ganvas.train.diagnostics import HealthWatch, may_look_alike
from ganvas.train.sample_sheets import Sheets
from ganvas.train.step import Stepper


class Monitor:
    """Averages the reported terms into ticks, and writes sample sheets, quick metrics and diagnoses to the log.

    Args:
        recipe: The resolved recipe.
        run: The run's folder.
        stepper: The networks, their averages and the processes.
        held_out: The pictures that sheets and quick metrics compare with.
        log: Where everything is recorded.
        total_kimg: Length of all stages.
    """

    def __init__(
        self, recipe: Recipe, run: RunDir, stepper: Stepper, held_out: Dataset, log: RunLog, total_kimg: float
    ) -> None:
        family = stepper.family
        self._stepper, self._log, self._total_kimg = stepper, log, total_kimg
        self._sheets = Sheets(run, family, held_out)
        self._health = HealthWatch(critic=family.critic, suggestion=family.suggestion)
        self._quick = QuickMetric(recipe.evaluate, held_out) if recipe.train.metric_kimg else None
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}
        self._speed = _Speedometer(0)
        self._explained = False  # the log says why there is no quick metric

    @property
    def measures(self) -> bool:
        """Whether quick metrics are wanted."""
        return self._quick is not None

    def restart(self, nimg: int) -> None:
        """Begin a new tick at ``nimg``, without the terms and the time before."""
        self._sums, self._counts = {}, {}
        self._speed = _Speedometer(nimg)

    def add(self, terms: dict[str, Tensor]) -> None:
        """Add the terms of one step, 0-d tensors, to the running tick."""
        values = {key: value.detach().float() for key, value in terms.items()}
        known = [key for key in values if key in self._sums]
        if known:  # one operation for all of them
            torch._foreach_add_([self._sums[key] for key in known], [values[key] for key in known])
        for key, value in values.items():
            if key not in self._sums:
                self._sums[key] = value.clone()
            self._counts[key] = self._counts.get(key, 0) + 1

    def tick(self, clock: Clock, stage: Stage) -> None:
        """Record the means of the terms since the last tick, with speed, time left and memory."""
        terms = self._means()
        speed, seconds = self._speed.lap(clock.nimg)
        stats: dict[str, float | str | None] = {
            "nimg": clock.nimg,
            "kimg": clock.kimg,
            "step": clock.step,
            "stage": stage.name,
            "progress": min(clock.kimg / self._total_kimg, 1.0),
            "seconds": round(seconds, 3),
            "images_per_second": round(speed, 3),
            "eta_seconds": round(max(self._total_kimg - clock.kimg, 0) * 1000 / max(speed, 1e-9), 1),
            "memory_mb": round(_memory_mb(self._stepper.fabric.device), 1),
            "learning_rate_scale": stage.lr_scale(clock) * self._stepper.lr_factor,
            **terms,
        }
        self._log.record(Tick(stats))
        self._diagnose(self._health.look(stats))

    def write_reals(self) -> None:
        """Write the sheet of real pictures."""
        self._sheets.write_reals()

    def write_sheet(self, clock: Clock, stage: Stage) -> None:
        """Write a sample sheet and compare its diversity with that of the real pictures."""
        average = self._stepper.average
        with self._speed.paused(), standing_statistics(average):
            path, fakes = self._sheets.write(average, clock.nimg)
        self._log.record(Sheet(path))
        if not may_look_alike(stage, clock):
            self._diagnose(self._health.compare(fakes, self._sheets.reals))

    def measure(self, clock: Clock) -> float | None:
        """Record the quick metric (lower is better) and return its value; None where it cannot be measured."""
        if self._quick is None:
            return None
        average = self._stepper.average
        with self._speed.paused(), standing_statistics(average):
            line = self._quick.measure(average, clock.nimg)
        if line is None:
            if not self._explained:
                self._explained = True
                self._log.record(Note(self._quick.why_not))
            return None
        self._log.record(Metric(line))
        self._diagnose(self._health.measured(line))
        return float(line["value"])

    def replay(self, lines: Iterable[dict[str, Any]]) -> None:
        """Diagnose lines of ``metrics.jsonl`` from before a resume."""
        for line in lines:
            self._diagnose(self._health.measured(line))

    def _diagnose(self, findings: Iterable[Health | str]) -> None:
        """Record new diagnoses, and withdraw those (by name) that no longer hold."""
        for finding in findings:
            if isinstance(finding, Health):
                self._log.record(finding)
            else:
                self._log.withdraw(finding)

    def _means(self) -> dict[str, float | None]:
        """The mean of each term since the last tick over all processes: the one synchronisation of a tick."""
        if not self._sums:
            return {}
        stacked = torch.stack([total / self._counts[key] for key, total in self._sums.items()])
        if self._stepper.world > 1:
            torch.distributed.all_reduce(stacked)
            stacked /= self._stepper.world
        keys = list(self._sums)
        self._sums, self._counts = {}, {}
        return {key: value if math.isfinite(value) else None for key, value in zip(keys, stacked.tolist(), strict=True)}


class _Speedometer:
    """Pictures per second of the training itself: the time for sheets and metrics is not counted."""

    def __init__(self, nimg: int) -> None:
        self._nimg = nimg
        self._since = time.monotonic()

    def lap(self, nimg: int) -> tuple[float, float]:
        """(pictures per second, seconds) since the last lap."""
        seconds = time.monotonic() - self._since
        speed = (nimg - self._nimg) / max(seconds, 1e-9)
        self._nimg, self._since = nimg, time.monotonic()
        return speed, seconds

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the time inside the block out of the lap."""
        began = time.monotonic()
        yield
        self._since += time.monotonic() - began


def _memory_mb(device: torch.device) -> float:
    """Peak memory of this process in MB; on a GPU, of what was allocated there."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 1e6
    status = Path("/proc/self/status")
    if status.exists():  # on Linux, getrusage includes the peak of a larger parent process
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1e3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)

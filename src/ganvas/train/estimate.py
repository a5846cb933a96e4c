"""Estimates speed, duration and memory of a training from a few real steps."""

from __future__ import annotations

import gc
import math
import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import torch

from ganvas.curate.dataset.dataset import Dataset
from ganvas.models.batches import Batch
from ganvas.models.families import build
from ganvas.models.family import Clock
from ganvas.recipe import Recipe
from ganvas.train import number_format
from ganvas.train.fabric import Fabric
from ganvas.train.outline import state_mb
from ganvas.train.step import Stepper
from ganvas.train.stream import Stream


class Forecast(NamedTuple):
    """Speed, duration and memory, measured on a few real steps of the first stage."""

    images_per_second: float
    seconds: float  # for all kimg
    state_mb: float  # weights, gradients, Adam's two moments, averaged copies
    activations_mb: float  # the rest of what a step takes, measured


def forecast(recipe: Recipe, dataset: Path, *, seconds: float = 6.0) -> Forecast:
    """Execute a few real steps of the first stage on the real pictures, and discard them.

    Args:
        seconds: Stop after about so long (and at least two steps, the first of which is not timed).

    Raises:
        UserError: The recipe and the data do not fit together.
    """
    pictures = Dataset(dataset)
    recipe, _ = number_format.resolved(recipe)
    number_format.use_tf32(recipe.train.tf32)
    family = build(
        recipe.family,
        recipe.model,
        recipe.data_spec(pictures.classes, pictures.manifest.performance),
        recipe.train.kimg,
    )
    settings = recipe.train
    devices = settings.devices
    plan = family.stages()
    local = max((plan[0].batch_size or settings.batch_size) // devices, 1)
    micro = min(settings.micro_batch or local, local)
    fabric = Fabric(
        accelerator="cuda" if torch.cuda.is_available() else "cpu",
        devices=1,
        precision=number_format.precision_of(recipe),
    )
    stream = Stream(pictures, family.task, family.data, settings.seed, 0)
    state = state_mb(family, settings.ema_kimg > 0)
    gc.collect()
    with _Peak() as peak:
        stepper = Stepper(
            family, fabric, seed=settings.seed, ema_kimg=settings.ema_kimg, channels_last=settings.channels_last
        )
        batches = stream.micros(0, local, micro)

        def draw() -> list[Batch]:
            return [next(batches) for _ in range(math.ceil(local / micro))]

        # Lazy phases are due at step 0 and at every n-th: the clock starts at 1, so that it meets the usual step first.
        clock = Clock(stage_kimg=plan[0].kimg, total_kimg=recipe.train.kimg, batch_size=local, step=1)
        began, timed = time.monotonic(), 0
        end = began + seconds
        while timed < 2 or (time.monotonic() < end and timed < 50):
            _, drawn = stepper.step(plan[0], clock, draw)
            clock = clock.advanced(drawn)
            timed += 1
            if timed == 1:  # the first step allocates
                _finish()
                began = time.monotonic()
        _finish()
        spent = time.monotonic() - began
        stepper.step(plan[0], replace(clock, step=0), draw)  # with every phase: it takes the most memory
    speed = (timed - 1) * local * devices / max(spent, 1e-9)
    total = sum(stage.kimg for stage in plan)
    return Forecast(speed, total * 1000 / speed, state, max(peak.mb - state, 0.0))


def _finish() -> None:
    """Wait until a GPU has computed what it was given."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


class _Peak:
    """Peak growth of the process's memory in MB; on a GPU, peak of what was allocated there."""

    def __enter__(self) -> _Peak:
        self.mb = 0.0
        self._cuda = torch.cuda.is_available()
        if self._cuda:
            torch.cuda.reset_peak_memory_stats()
        self._before = _resident_mb()
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self.mb = max(self.mb, _resident_mb() - self._before)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()
        self.mb = torch.cuda.max_memory_allocated() / 1e6 if self._cuda else max(self.mb, _resident_mb() - self._before)


def _resident_mb() -> float:
    """Present memory of this process in MB on Linux; elsewhere its peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, ValueError, IndexError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3

"""The loop: stages, ticks, sheets, metrics, checkpoints; stop, resume and recover. It knows no family and no web."""

from __future__ import annotations

import math
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import torch
from lightning_fabric import Fabric
from torch import Tensor

from ganvas.curate.dataset.dataset import Dataset, divide
from ganvas.errors import UserError
from ganvas.evaluate.monitor import QuickMetric
from ganvas.models.batches import Batch
from ganvas.models.families import build
from ganvas.models.family import Clock, Family, Stage
from ganvas.recipe import Recipe
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.log import (
    Health,
    Listener,
    Metric,
    Note,
    Resumed,
    RunLog,
    Saved,
    Sheet,
    State,
    Tick,
)
from ganvas.runs.reader import read_lines
from ganvas.runs.trackers import open_trackers
from ganvas.train import warm_start
from ganvas.train.diagnostics import HealthWatch, may_look_alike
from ganvas.train.launch import claim, launch, share_cores, stopping
from ganvas.train.sample_sheets import Sheets
from ganvas.train.step import NonFiniteError, Player
from ganvas.train.stream import Stream


class Summary(NamedTuple):
    """How a training ended."""

    state: State
    run: RunDir
    nimg: int
    seconds: float
    images_per_second: float
    recoveries: int


def train(
    recipe: Recipe,
    run: RunDir,
    dataset: Path,
    *,
    called: str | None = None,
    fresh: bool = False,
    listener: Listener | None = None,
) -> Summary:
    """Train a recipe on a packed data set, or go on where the run stands.

    :param called: what people call the pictures, for the credits; None: the file's name.
    :param fresh: forget what the run holds and begin anew.

    A run that begins takes the weights that ``recipe.train.start`` names; one that goes on never reads them again.

    :param listener: told of every :class:`~ganvas.runs.log.Event`; only in the first process.
    :raises UserError: the recipe, the data and the run do not fit together, or training cannot recover.
    """
    pictures = Dataset(dataset)
    fabric = launch(recipe)
    share_cores(fabric)
    data = recipe.data_spec(pictures.classes)
    torch.manual_seed(recipe.train.seed)
    family = build(recipe.family, recipe.model, data, recipe.train.kimg)
    start = None
    if not fresh and checkpoint.listing(run.checkpoints):
        recipe = warm_start.remembered(recipe, run)
    elif recipe.train.start is not None:
        start = warm_start.fit(family, recipe.family, warm_start.open_source(Path(recipe.train.start)))
    else:
        warm_start.refuse_untrained(family)
    fabric.barrier()  # all have read the start before a fresh run may wipe it
    changed = None
    if fabric.is_global_zero:
        changed = claim(run, recipe, family, fresh)
        if start is not None:
            warm_start.record(run, str(recipe.train.start), start)
    fabric.barrier()
    trainer = Trainer(recipe, run, pictures, family, fabric, listener, called or dataset.stem, start)
    if changed is not None:
        trainer.log.record(Note(changed))
    return trainer.train()


class Trainer:
    """One training: see :func:`train`."""

    def __init__(
        self,
        recipe: Recipe,
        run: RunDir,
        pictures: Dataset,
        family: Family,
        fabric: Fabric,
        listener: Listener | None,
        called: str,
        start: warm_start.Fit | None = None,
    ) -> None:
        settings = recipe.train
        self.start = start
        self.recipe, self.run, self.family, self.fabric = recipe, run, family, fabric
        self.stages = family.stages()
        self.total_kimg = sum(stage.kimg for stage in self.stages)
        parts = divide(pictures, recipe.data.held_out, settings.seed)
        self.dataset = pictures.subset(parts.train)
        self.held_out = pictures.subset(parts.held_out) if len(parts.held_out) else self.dataset
        if len(self.dataset) < 2:
            raise UserError("Fewer than two pictures are left for training; add pictures or lower data.held_out.")
        self.stream = Stream(self.dataset, family.task, family.data, settings.seed, settings.workers)
        self.player = Player(
            family,
            fabric,
            seed=settings.seed,
            ema_kimg=settings.ema_kimg,
            ema_ramp=settings.ema_ramp,
            channels_last=settings.channels_last,
            compiled=settings.compile,
        )
        silent = not fabric.is_global_zero
        trackers = [] if silent else open_trackers(settings.trackers, run, recipe.model_dump(mode="json"))
        about = {
            "family": recipe.family,
            "task": str(family.task),
            "recipe": recipe.name,
            "total_kimg": self.total_kimg,
            "pictures": len(self.dataset),
            "dataset": str(pictures.path.resolve()),
            "dataset_name": called,
            "classes": list(family.data.classes),
        }
        self.log = RunLog(run, about, listener, trackers, silent=silent)
        self.sheets = Sheets(run, family, self.held_out)
        self.health = HealthWatch(critic=family.critic, suggestion=family.suggestion)
        self.quick = QuickMetric(recipe.evaluate, self.held_out) if settings.metric_kimg else None
        self.clock = self._clock_at_stage(0, Clock())
        self.recoveries = 0
        self.best: tuple[float, int] | None = None  # (metric, nimg): the lower the better
        self._sums: dict[str, tuple[Tensor, int]] = {}
        self._batches: Iterator[Batch] | None = None
        self._pace = _Pace(0)
        self._excused = False  # said that there is no quick metric
        self._stop = False

    # ── the loop ────────────────────────────────────────────────────────────────────────────────────────────────────

    def train(self) -> Summary:
        """Play all stages from where the run stands."""
        began = time.monotonic()
        resumed = self._resume()
        if not resumed and self.start is not None:
            warm_start.begin(self.player, self.start)
        first = self.clock.nimg
        try:
            with stopping(self._ask_to_stop):
                self._write_first(resumed)
                self._pace = _Pace(self.clock.nimg)  # the first sheet is not training
                while not self._finished() and not self._stopped():
                    self._step()
        except BaseException as error:
            self.log.close("failed", error=str(error) or type(error).__name__)
            raise
        finally:
            self._batches = None
        state: State = "finished" if self._finished() else "stopped"
        self._save()
        self.log.close(state)
        seconds = time.monotonic() - began
        speed = (self.clock.nimg - first) / max(seconds, 1e-9)
        return Summary(state, self.run, self.clock.nimg, seconds, speed, self.recoveries)

    def _step(self) -> None:
        stage = self.stages[self.clock.stage]
        before = self.clock
        try:
            shown, drawn = self.player.step(stage, before, self._draw)
        except NonFiniteError as error:
            self._recover(error)
            return
        self._add(shown)
        self.clock = before.advanced(drawn)
        every = self.recipe.train
        ended = self._stage_ended()
        if ended and self.clock.stage + 1 < len(self.stages):
            self._enter(self.clock.stage + 1)
        ended = ended or self._finished()
        if self._due(before, every.tick_kimg) or ended:
            self._tick(stage)
        if self._due(before, every.sheet_kimg) or self._finished():
            self._sheet()
        if self.quick is not None and (self._due(before, every.metric_kimg) or self._finished()):
            self._measure(self.quick)
        elif self._due(before, every.checkpoint_kimg):
            self._save()

    def _draw(self) -> list[Batch]:
        clock, settings = self.clock, self.recipe.train
        local = clock.batch_size // self.player.world
        micro = min(settings.micro_batch or local, local)
        if self._batches is None:
            rank, world = int(self.fabric.global_rank), self.player.world
            self._batches = self.stream.micros(clock.drawn, clock.batch_size, micro, rank, world)
        return [next(self._batches) for _ in range(-(-local // micro))]

    def _due(self, before: Clock, kimg: float) -> bool:
        every = kimg * 1000
        return self.clock.nimg // every > before.nimg // every

    def _finished(self) -> bool:
        clock = self.clock
        last = clock.stage == len(self.stages) - 1
        return last and self._stage_ended()

    def _stage_ended(self) -> bool:
        return self.clock.stage_nimg >= self.clock.stage_kimg * 1000

    def _stopped(self) -> bool:
        """Whether some process was asked to stop: all stop after the same step."""
        if self.player.world == 1:
            return self._stop
        flag = torch.tensor(float(self._stop))
        torch.distributed.all_reduce(flag)
        return bool(flag.item())

    def _ask_to_stop(self) -> None:
        self._stop = True

    # ── stages ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _clock_at_stage(self, index: int, clock: Clock) -> Clock:
        stage = self.stages[index]
        batch = stage.batch_size or self.recipe.train.batch_size
        world = self.player.world
        if batch % world:
            raise UserError(f"Stage {stage.name} has a batch of {batch}, which {world} processes cannot share evenly.")
        return replace(
            clock,
            stage=index,
            stage_kimg=self._stage_kimg(index, clock),
            total_kimg=self.total_kimg,
            batch_size=batch,
        )

    def _stage_kimg(self, index: int, clock: Clock) -> float:
        """How long a stage is: as planned, save in a run whose length was changed after earlier stages had ended.

        Those cannot be made longer or shorter any more, so this one takes what they lack or have too much, and the run
        ends where it was asked to. What whole steps add to a stage, less than one, is none of that.
        """
        earlier = self.stages[:index]
        late = (clock.nimg - clock.stage_nimg) / 1000 - sum(stage.kimg for stage in earlier)
        steps = sum(stage.batch_size or self.recipe.train.batch_size for stage in earlier) / 1000
        planned = self.stages[index].kimg
        return planned if -1e-6 < late < steps - 1e-6 else max(round(planned - late, 6), 1e-3)

    def _enter(self, index: int) -> None:
        self.clock = self._clock_at_stage(index, replace(self.clock, stage_nimg=0))
        self._batches = None
        if self.stages[index].fresh_optimizers:
            self.player.fresh_optimizers()
        self.log.record(Note(f"Stage {self.stages[index].name} begins at {self.clock.kimg:.1f} kimg."))

    # ── stop, resume, recover ───────────────────────────────────────────────────────────────────────────────────────

    def _resume(self) -> bool:
        found = checkpoint.listing(self.run.checkpoints)
        if not found:
            return False
        self._restore(found[-1])
        self.log.rewind(self.clock.nimg)
        self.log.record(Resumed(self.clock.nimg))
        return True

    def _restore(self, path: Path) -> None:
        content = checkpoint.read(path)
        clock = Clock(**content["clock"])
        index = min(clock.stage, len(self.stages) - 1)
        try:
            checkpoint.restore(content, self.player)
        except (RuntimeError, KeyError, ValueError) as error:
            raise UserError(
                f"The checkpoint {path} holds other networks than this recipe's; use the recipe it was made with."
            ) from error
        self.clock = self._clock_at_stage(index, clock)
        notes = content["notes"]
        self.recoveries, self.player.lr_factor = notes["recoveries"], notes["lr_factor"]
        self.best = tuple(notes["best"]) if notes["best"] else None
        self._sums, self._batches = {}, None

    def _recover(self, error: NonFiniteError) -> None:
        """Go back to the last good checkpoint with lower learning rates."""
        settings = self.recipe.train
        self.recoveries += 1
        if self.recoveries > settings.max_recoveries:
            raise UserError(
                f"Training stopped because {error}, after {settings.max_recoveries} returns to a checkpoint with lower "
                f"learning rates; try {self.family.suggestion('not_finite')}."
            )
        recoveries, factor = self.recoveries, self.player.lr_factor * settings.recovery_lr
        path = checkpoint.listing(self.run.checkpoints)[-1]
        self._restore(path)
        self.recoveries, self.player.lr_factor = recoveries, factor
        self.log.rewind(self.clock.nimg)
        sentence = (
            f"Training returned to {self.clock.kimg:.1f} kimg because {error}; the learning rates are now "
            f"{factor:g} of the recipe's; if it happens again, try {self.family.suggestion('not_finite')}."
        )
        self.log.record(Health("not_finite", "warning", sentence))
        self._pace = _Pace(self.clock.nimg)
        self._save()

    def _save(self) -> None:
        self.player.synchronise_statistics()
        if not self.fabric.is_global_zero:
            self.fabric.barrier()
            return
        notes: dict[str, Any] = {
            "recoveries": self.recoveries,
            "lr_factor": self.player.lr_factor,
            "best": list(self.best) if self.best else None,
        }
        try:
            path = checkpoint.save(self.run.checkpoints, self.player, self.clock, self.recipe.name, notes)
        except (OSError, RuntimeError) as error:  # torch's writer turns a full disk into the latter
            reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
            raise UserError(
                f"The checkpoint at {self.clock.kimg:.1f} kimg could not be written ({reason}); free some "
                "space and run the same command again: it goes on from the checkpoint before."
            ) from None
        checkpoint.prune(self.run.checkpoints, self.recipe.train.keep, self.best[1] if self.best else None)
        self.log.record(Saved(path))
        self.fabric.barrier()

    # ── telling ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _write_first(self, resumed: bool) -> None:
        done = min(self.clock.kimg / self.total_kimg, 1.0)
        self.log.update_status(nimg=self.clock.nimg, kimg=self.clock.kimg, progress=done)
        for measured in read_lines(self.run.metrics) if resumed else ():
            for said in self.health.measured(measured):
                self._say(said)
        for line in self.start.lines() if self.start is not None and not resumed else ():
            self.log.record(Note(line))
        if self.fabric.is_global_zero and not resumed:
            self.sheets.write_reals()
            self._sheet()
        if not resumed:
            self._save()

    def _add(self, shown: dict[str, Tensor]) -> None:
        for key, value in shown.items():
            total, count = self._sums.get(key, (torch.zeros((), device=value.device), 0))
            self._sums[key] = (total + value.detach().float(), count + 1)

    def _means(self) -> dict[str, float | None]:
        """The mean of each shown term since the last tick, over all processes: the one synchronisation of a tick."""
        if not self._sums:
            return {}
        stacked = torch.stack([total / count for total, count in self._sums.values()])
        if self.player.world > 1:
            torch.distributed.all_reduce(stacked)
            stacked /= self.player.world
        keys = list(self._sums)
        self._sums = {}
        return {key: value if math.isfinite(value) else None for key, value in zip(keys, stacked.tolist(), strict=True)}

    def _tick(self, stage: Stage) -> None:
        clock = self.clock
        terms = self._means()
        speed, seconds = self._pace.lap(clock.nimg)
        stats: dict[str, float | str | None] = {
            "nimg": clock.nimg,
            "kimg": clock.kimg,
            "step": clock.step,
            "stage": stage.name,
            "progress": min(clock.kimg / self.total_kimg, 1.0),
            "seconds": round(seconds, 3),
            "images_per_second": round(speed, 3),
            "eta_seconds": round(max(self.total_kimg - clock.kimg, 0) * 1000 / max(speed, 1e-9), 1),
            "memory_mb": round(_memory_mb(self.fabric.device), 1),
            "learning_rate_scale": stage.lr_scale(clock) * self.player.lr_factor,
            **terms,
        }
        self.log.record(Tick(stats))
        for said in self.health.look(stats):
            self._say(said)

    def _say(self, said: Health | str) -> None:
        if isinstance(said, Health):
            self.log.record(said)
        else:
            self.log.withdraw(said)

    def _sheet(self) -> None:
        if not self.fabric.is_global_zero:
            return
        with self._pace.paused():
            path, fakes = self.sheets.write(self.player.average, self.clock.nimg)
        self.log.record(Sheet(path))
        if not may_look_alike(self.stages[self.clock.stage], self.clock):
            for said in self.health.compare(fakes, self.sheets.reals):
                self._say(said)

    def _measure(self, quick: QuickMetric) -> None:
        if self.fabric.is_global_zero:
            with self._pace.paused():
                line = quick.measure(self.player.average, self.clock.nimg)
            if line is None and not self._excused:
                self._excused = True
                self.log.record(Note(quick.why_not))
            elif line is not None:
                self.log.record(Metric(line))
                for said in self.health.measured(line):
                    self._say(said)
                if self.best is None or line["value"] < self.best[0]:
                    self.best = (float(line["value"]), self.clock.nimg)
        self._save()  # so that the best by metric can be kept


class _Pace:
    """Pictures per second of the training itself: pauses for sheets and metrics are not counted."""

    def __init__(self, nimg: int) -> None:
        self._nimg = nimg
        self._since = time.monotonic()

    def lap(self, nimg: int) -> tuple[float, float]:
        """(pictures a second, seconds) since the last lap."""
        seconds = time.monotonic() - self._since
        speed = (nimg - self._nimg) / max(seconds, 1e-9)
        self._nimg, self._since = nimg, time.monotonic()
        return speed, seconds

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the watch."""
        began = time.monotonic()
        yield
        self._since += time.monotonic() - began


def _memory_mb(device: torch.device) -> float:
    """Peak memory of this process (of the GPU, on one), in MB."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 1e6
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count a larger parent's peak on Linux
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1e3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)

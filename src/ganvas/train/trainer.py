"""The training loop: stages, steps and what is due after each step; it resumes, stops and recovers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch

from ganvas.curate.dataset.dataset import Dataset, hold_out
from ganvas.curate.sources.structure import check_structure
from ganvas.errors import UserError
from ganvas.models.batches import Batch
from ganvas.models.families import build
from ganvas.models.family import Clock, Family
from ganvas.recipe import Recipe
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.log import Listener, Note, Resumed, RunLog, State
from ganvas.runs.reader import read_lines
from ganvas.runs.trackers import open_trackers
from ganvas.runs.trained_sets import TrainedSet
from ganvas.tasks.preparation import structure_of
from ganvas.train import number_format, picture_record, warm_start
from ganvas.train.fabric import Fabric
from ganvas.train.guard import NonFiniteError, StopVote
from ganvas.train.launch import claim, holding, in_first_process, launch, share_cores, stopping
from ganvas.train.monitoring import Monitor
from ganvas.train.recovery import Recovery
from ganvas.train.start_source import open_source
from ganvas.train.step import Stepper
from ganvas.train.stream import Stream
from ganvas.train.transfer import on_device
from ganvas.train.weight_matching import MatchedWeights, match_weights


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
    dataset_name: str | None = None,
    source: Path | None = None,
    fresh: bool = False,
    more_data: bool = False,
    listener: Listener | None = None,
) -> Summary:
    """Train a recipe on a packed data set, or resume the run.

    A new run takes the weights that ``recipe.train.start`` names; a run that resumes does not read them again.

    Args:
        recipe: The resolved recipe.
        run: The run's folder.
        dataset: The packed pictures.
        dataset_name: The name of the data set in credits; None: the file's name.
        source: The folder or file that was packed, to recognise it later; None: unknown.
        fresh: Delete what the run's folder contains and start again.
        more_data: Resume also with other pictures of the same classes than the run was trained on before.
        listener: Called with every :class:`~ganvas.runs.log.Event`, in the first process only.

    Raises:
        UserError: The recipe, the data and the run do not fit together, or training cannot recover.
    """
    if fresh and more_data:
        raise UserError("--fresh begins a run anew and --more-data continues it; give one of them.")
    pictures = Dataset(dataset)
    recipe, chosen = number_format.resolved(recipe, run, fresh=fresh)
    number_format.use_tf32(recipe.train.tf32)
    fabric = launch(recipe)
    share_cores(fabric)
    check_structure(structure_of(recipe), str(dataset), classes=pictures.classes, paired=pictures.paired)
    data = recipe.data_spec(pictures.classes, pictures.manifest.performance)
    torch.manual_seed(recipe.train.seed)
    family = build(recipe.family, recipe.model, data, recipe.train.kimg)
    parts = _divide(pictures, recipe)
    mine = picture_record.describe(pictures, parts.train, data.classes, dataset_name or dataset.stem, source)
    with holding(run, fabric):
        start = None
        if in_first_process(fabric, lambda: not fresh and bool(checkpoint.listing(run.checkpoints))):
            recipe = in_first_process(fabric, partial(warm_start.with_recorded_start, recipe, run))
            in_first_process(fabric, lambda: picture_record.refuse_other_pictures(run, mine, more_data))
        elif recipe.train.start is not None:
            start = match_weights(family, recipe.family, open_source(Path(recipe.train.start)))
        else:
            warm_start.refuse_untrained(family)
        fabric.barrier()  # every process has read the start and the run before the first one changes them
        changes = in_first_process(fabric, lambda: _prepare(run, recipe, family, mine, start, fresh))
        trainer = Trainer(recipe, run, parts, family, fabric, listener, mine.name, start)
        for change in [*changes, *([chosen] if chosen else [])]:
            trainer.log.record(Note(change))
        return trainer.train()


def _prepare(
    run: RunDir, recipe: Recipe, family: Family, pictures: TrainedSet, start: MatchedWeights | None, fresh: bool
) -> list[str]:
    """Write what the run's folder says of a training before it begins; returns what is to be said."""
    changes = [claim(run, recipe, family, fresh), picture_record.record(run, pictures)]
    if start is not None:
        warm_start.record(run, str(recipe.train.start), start)
    return [change for change in changes if change is not None]


class _Parts(NamedTuple):
    """The pictures to train on, and those to compare with; all pictures where none are held out."""

    train: Dataset
    held_out: Dataset


def _divide(pictures: Dataset, recipe: Recipe) -> _Parts:
    indices = hold_out(pictures, recipe.data.held_out, recipe.train.seed)
    trained_on = pictures.subset(indices.train)
    if len(trained_on) < 2:
        raise UserError("Fewer than two pictures are left for training; add pictures or lower data.held_out.")
    return _Parts(trained_on, pictures.subset(indices.held_out) if len(indices.held_out) else trained_on)


class Trainer:
    """One training: see :func:`train`."""

    def __init__(
        self,
        recipe: Recipe,
        run: RunDir,
        pictures: _Parts,
        family: Family,
        fabric: Fabric,
        listener: Listener | None,
        dataset_name: str,
        start: MatchedWeights | None = None,
    ) -> None:
        settings = recipe.train
        self.recipe, self.run, self.fabric, self.start = recipe, run, fabric, start
        self.stages = family.stages()
        self.total_kimg = sum(stage.kimg for stage in self.stages)
        self.dataset = pictures.train
        self.stream = Stream(self.dataset, family.task, family.data, settings.seed, settings.workers, settings.redraw)
        self.stepper = Stepper(
            family,
            fabric,
            seed=settings.seed,
            ema_kimg=settings.ema_kimg,
            ema_ramp=settings.ema_ramp,
            channels_last=settings.channels_last,
            compiled=settings.compile,
            sync_batch_norm=settings.sync_batch_norm,
        )
        silent = not fabric.is_global_zero
        trackers = [] if silent else open_trackers(settings.trackers, run, recipe.model_dump(mode="json"))
        about = {
            "family": recipe.family,
            "task": str(family.task),
            "recipe": recipe.name,
            "total_kimg": self.total_kimg,
            "pictures": len(self.dataset),
            "dataset": str(self.dataset.path.resolve()),
            "dataset_name": dataset_name,
            "classes": list(family.data.classes),
        }
        self.log = RunLog(run, about, listener, trackers, silent=silent)
        self.monitor = Monitor(recipe, run, self.stepper, pictures.held_out, self.log, self.total_kimg)
        self.recovery = Recovery(recipe, run, self.stepper, self.log)
        self.clock = self._clock_at_stage(0, Clock())
        self._batches: Iterator[Batch] | None = None
        self._stop = False
        self._vote = StopVote(fabric.device)

    # ── the loop ────────────────────────────────────────────────────────────────────────────────────────────────────

    def train(self) -> Summary:
        """Train all stages from where the run stands."""
        began = time.monotonic()
        resumed = self._resume()
        if not resumed and self.start is not None:
            warm_start.load_weights(self.stepper, self.start)
        first = self.clock.nimg
        try:
            with stopping(self._request_stop):
                self._report_start(resumed)
                self.monitor.restart(self.clock.nimg)  # the first sheet does not count as training time
                while not self._finished() and not self._stopped():
                    self._step()
                self._gradients_are_finite(everything=True)
        except BaseException as error:
            self.log.close("failed", error=str(error) or type(error).__name__, **self._position())
            raise
        finally:
            self._batches = None
        state: State = "finished" if self._finished() else "stopped"
        self.recovery.save(self.clock)
        self.log.close(state, **self._position())
        seconds = time.monotonic() - began
        speed = (self.clock.nimg - first) / max(seconds, 1e-9)
        return Summary(state, self.run, self.clock.nimg, seconds, speed, self.recovery.recoveries)

    def _step(self) -> None:
        stage = self.stages[self.clock.stage]
        before, every = self.clock, self.recipe.train
        terms, drawn = self.stepper.step(stage, before, self._draw)
        self.monitor.add(terms)
        self.clock = before.advanced(drawn)
        ended = self._stage_ended()
        tick = ended or self._due(before, every.tick_kimg)
        sheet = self._finished() or self._due(before, every.sheet_kimg)
        metric = self.monitor.measures and (self._finished() or self._due(before, every.metric_kimg))
        save = metric or self._due(before, every.checkpoint_kimg)
        if not self._gradients_are_finite(everything=tick or sheet or save):
            return
        if ended and self.clock.stage + 1 < len(self.stages):
            self._enter(self.clock.stage + 1)
        if tick:
            self.monitor.tick(self.clock, stage)
        if sheet:
            self._write_sheet()
        if metric:
            self._measure()
        elif save:
            self.recovery.save(self.clock)

    def _gradients_are_finite(self, *, everything: bool) -> bool:
        """Whether the gradients were finite, of all steps or of those that can be read without waiting; else recover.

        Nothing is shown or written that has not passed with ``everything``.
        """
        try:
            self.stepper.guard.check(everything=everything)
        except NonFiniteError as error:
            self._recover(error)
            return False
        return True

    def _draw(self) -> list[Batch]:
        clock, settings = self.clock, self.recipe.train
        local = clock.batch_size // self.stepper.world
        micro = min(settings.micro_batch or local, local)
        if self._batches is None:
            rank, world = int(self.fabric.global_rank), self.stepper.world
            rows = self.stream.micros(clock.drawn, clock.batch_size, micro, rank, world)
            self._batches = on_device(rows, self.fabric.device)
        return [next(self._batches) for _ in range(-(-local // micro))]

    def _due(self, before: Clock, kimg: float) -> bool:
        every = kimg * 1000
        return self.clock.nimg // every > before.nimg // every

    def _finished(self) -> bool:
        return self.clock.stage == len(self.stages) - 1 and self._stage_ended()

    def _stage_ended(self) -> bool:
        return self.clock.stage_nimg >= self.clock.stage_kimg * 1000

    def _stopped(self) -> bool:
        """Whether this or another process was asked to stop: all stop after the same step."""
        return self._stop if self.stepper.world == 1 else self._vote.stops(self._stop)

    def _request_stop(self) -> None:
        self._stop = True

    def _write_sheet(self) -> None:
        if self.fabric.is_global_zero:
            self.monitor.write_sheet(self.clock, self.stages[self.clock.stage])

    def _measure(self) -> None:
        if self.fabric.is_global_zero:
            value = self.monitor.measure(self.clock)
            if value is not None:
                self.recovery.note_metric(value, self.clock.nimg)
        self.recovery.save(self.clock)  # so that the best checkpoint by metric can be kept

    # ── stages ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _clock_at_stage(self, index: int, clock: Clock) -> Clock:
        stage = self.stages[index]
        batch = stage.batch_size or self.recipe.train.batch_size
        world = self.stepper.world
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
        """Length of a stage: as planned, except in a run whose length was changed after earlier stages had ended.

        Those stages cannot change any more, so this one takes the difference, and the run ends at the length that is
        now set. The less than one step by which a stage overruns its plan is not such a difference.
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
            self.stepper.fresh_optimizers()
        self.log.record(Note(f"Stage {self.stages[index].name} begins at {self.clock.kimg:.1f} kimg."))

    # ── resume and recover ──────────────────────────────────────────────────────────────────────────────────────────

    def _resume(self) -> bool:
        path = self.recovery.newest()
        if path is None:
            return False
        self._continue_at(self.recovery.restore(path))
        self.log.record(Resumed(self.clock.nimg))
        return True

    def _recover(self, error: NonFiniteError) -> None:
        self._continue_at(self.recovery.return_to_checkpoint(error))
        self.recovery.report(error, self.clock)
        self.monitor.restart(self.clock.nimg)
        self.recovery.save(self.clock)

    def _continue_at(self, clock: Clock) -> None:
        """Continue at a checkpoint's clock, under the lengths and batch sizes that the recipe now sets."""
        self.clock = self._clock_at_stage(min(clock.stage, len(self.stages) - 1), clock)
        self._batches = None
        self.log.rewind(self.clock.nimg)

    def _position(self) -> dict[str, Any]:
        """Where the training stands, as ``status.json`` says it."""
        clock = self.clock
        progress = min(clock.kimg / self.total_kimg, 1.0)
        stage = self.stages[clock.stage].name
        return {"nimg": clock.nimg, "kimg": clock.kimg, "stage": stage, "progress": progress}

    def _report_start(self, resumed: bool) -> None:
        """Write the status, and before the first step of a new run also sheets and a checkpoint."""
        self.log.update_status(**self._position())
        if resumed:
            self.monitor.replay(read_lines(self.run.metrics))
            return
        for line in self.start.lines() if self.start is not None else ():
            self.log.record(Note(line))
        if self.fabric.is_global_zero:
            self.monitor.write_reals()
            self._write_sheet()
        self.recovery.save(self.clock)

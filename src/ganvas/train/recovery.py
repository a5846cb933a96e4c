"""Saves and restores a training, and returns to the newest checkpoint after gradients that are not finite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ganvas.errors import UserError
from ganvas.models.family import Clock
from ganvas.recipe import Recipe
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.log import Health, Note, RunLog, Saved
from ganvas.train.guard import NonFiniteError
from ganvas.train.step import Stepper


class Recovery:
    """The checkpoints of a training, and what a resume needs beside networks, optimisers and clock.

    Attributes:
        recoveries: How often the training returned to a checkpoint.
        best: (metric, nimg) of the best quick metric so far; lower is better.
    """

    def __init__(self, recipe: Recipe, run: RunDir, stepper: Stepper, log: RunLog) -> None:
        self._recipe, self._run, self._stepper, self._log = recipe, run, stepper, log
        self.recoveries = 0
        self.best: tuple[float, int] | None = None

    def newest(self) -> Path | None:
        """The newest checkpoint, if there is one."""
        found = checkpoint.listing(self._run.checkpoints)
        return found[-1] if found else None

    def note_metric(self, value: float, nimg: int) -> None:
        """Remember a quick metric if it is the best so far, so that its checkpoint is kept."""
        if self.best is None or value < self.best[0]:
            self.best = (value, nimg)

    def save(self, clock: Clock) -> None:
        """Write a checkpoint in the first process; all processes call it and wait for it.

        Raises:
            UserError: It cannot be written, for instance because the disk is full.
        """
        fabric, train = self._stepper.fabric, self._recipe.train
        self._stepper.synchronise_statistics()
        if not fabric.is_global_zero:
            fabric.barrier()
            return
        notes: dict[str, Any] = {
            "recoveries": self.recoveries,
            "lr_factor": self._stepper.lr_factor,
            "rates": self._stepper.rates,
            "best": list(self.best) if self.best else None,
        }
        try:
            path = checkpoint.save(self._run.checkpoints, self._stepper, clock, self._recipe.name, notes)
        except OSError as error:
            raise UserError(
                f"The checkpoint at {clock.kimg:.1f} kimg could not be written ({error.strerror or error}); free some "
                "disk space and run the same command again: it resumes from the previous checkpoint."
            ) from None
        checkpoint.prune(self._run.checkpoints, train.keep, self.best[1] if self.best else None)
        self._log.record(Saved(path))
        fabric.barrier()

    def restore(self, path: Path) -> Clock:
        """Load a checkpoint and return its clock.

        Learning rates that were lowered after gradients that are not finite stay lowered, unless the recipe's were
        changed since.

        Raises:
            UserError: It is damaged, or holds other networks than the recipe's.
        """
        content = checkpoint.read(path)
        try:
            clock = checkpoint.restore(content, self._stepper)
        except (RuntimeError, KeyError, ValueError) as error:
            raise UserError(
                f"The checkpoint {path} holds other networks than this recipe's; use the recipe it was made with."
            ) from error
        notes = content["notes"]
        self.recoveries, self._stepper.lr_factor = notes["recoveries"], notes["lr_factor"]
        self.best = tuple(notes["best"]) if notes["best"] else None
        if self._stepper.lr_factor != 1 and notes.get("rates", self._stepper.rates) != self._stepper.rates:
            self._log.record(
                Note(
                    f"The learning rates are {self._stepper.lr_factor:g} of the recipe's no longer, since the recipe's "
                    "were changed; they are used as they are."
                )
            )
            self.recoveries, self._stepper.lr_factor = 0, 1.0
        return clock

    def return_to_checkpoint(self, error: NonFiniteError) -> Clock:
        """Restore the newest checkpoint with lower learning rates, and return its clock.

        Raises:
            UserError: This happened more often than ``train.max_recoveries``.
        """
        train = self._recipe.train
        self.recoveries += 1
        if self.recoveries > train.max_recoveries:
            raise UserError(
                f"Training stopped because {error}, after {train.max_recoveries} returns to a checkpoint with lower "
                f"learning rates; try {self._stepper.family.suggestion('not_finite')}."
            )
        recoveries, factor = self.recoveries, self._stepper.lr_factor * train.recovery_lr
        path = self.newest()
        assert path is not None  # a training writes one before its first step
        clock = self.restore(path)
        self.recoveries, self._stepper.lr_factor = recoveries, factor
        return clock

    def report(self, error: NonFiniteError, clock: Clock) -> None:
        """Record that the training returned to ``clock``, and why."""
        advice = self._stepper.family.suggestion("not_finite")
        sentence = (
            f"Training returned to {clock.kimg:.1f} kimg because {error}; the learning rates are now "
            f"{self._stepper.lr_factor:g} of the recipe's; if it happens again, try {advice}."
        )
        params: dict[str, str | float] = {"kimg": round(clock.kimg, 1), "factor": f"{self._stepper.lr_factor:g}"}
        self._log.record(Health("not_finite", "warning", sentence, params, advice))

"""Paths of the files of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RunDir:
    """Paths of the files of one training run. The trainer writes them; everything else only reads them."""

    root: Path

    @property
    def recipe(self) -> Path:
        """The resolved recipe, as YAML."""
        return self.root / "recipe.yaml"

    @property
    def stats(self) -> Path:
        """One JSON object per tick: step, kimg, speed, and every reported term as ``phase/term``."""
        return self.root / "stats.jsonl"

    @property
    def status(self) -> Path:
        """Present state of the run: state, progress, time left, diagnostics."""
        return self.root / "status.json"

    @property
    def metrics(self) -> Path:
        """One JSON object per measurement, each with its protocol."""
        return self.root / "metrics.jsonl"

    @property
    def sheets(self) -> Path:
        """Sample sheets, ``NNNNNNNNN.png`` by nimg; of music also ``NNNNNNNNN.json``, their notes."""
        return self.root / "sheets"

    @property
    def checkpoints(self) -> Path:
        """Checkpoints, ``NNNNNNNNN.pt`` by nimg."""
        return self.root / "checkpoints"

    @property
    def start(self) -> Path:
        """The trained weights that the run began from; missing where it began from random weights."""
        return self.root / "start.json"

    @property
    def datasets(self) -> Path:
        """The data sets that the run was trained on, with their digests, classes and credits."""
        return self.root / "datasets.json"

    @property
    def lock(self) -> Path:
        """Which process trains the run; missing while none does."""
        return self.root / "lock.json"

    @property
    def bundle(self) -> Path:
        """The bundle of the trained model."""
        return self.root / "bundle"

"""The files of one training run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RunDir:
    """The files of one training run. The trainer writes them, the studio only reads them."""

    root: Path

    @property
    def recipe(self) -> Path:
        """The resolved recipe, as YAML."""
        return self.root / "recipe.yaml"

    @property
    def stats(self) -> Path:
        """One JSON object a tick: step, kimg, speed, and every shown term as ``phase/term``."""
        return self.root / "stats.jsonl"

    @property
    def status(self) -> Path:
        """What the run is doing now: state, progress, time left, health sentences."""
        return self.root / "status.json"

    @property
    def metrics(self) -> Path:
        """One JSON object an evaluation, each with its protocol."""
        return self.root / "metrics.jsonl"

    @property
    def sheets(self) -> Path:
        """Grids of samples, ``NNNNNN.png`` by kimg × 1000 (that is, by nimg)."""
        return self.root / "sheets"

    @property
    def checkpoints(self) -> Path:
        """Resumable states, ``NNNNNNNNN.pt`` by nimg."""
        return self.root / "checkpoints"

    @property
    def bundle(self) -> Path:
        """The trained model, ready for use."""
        return self.root / "bundle"

"""Experiment trackers that a recipe can name: TensorBoard and Weights & Biases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ganvas.errors import UserError
from ganvas.runs.folder import RunDir


class Tracker(Protocol):
    """An experiment tracker that receives the scalars of a run."""

    def log(self, stats: dict[str, float], nimg: int) -> None:
        """Add one point per scalar, at ``nimg`` on the x axis."""

    def close(self) -> None:
        """Flush and close."""


def open_trackers(names: tuple[str, ...], run: RunDir, recipe: dict[str, Any]) -> list[Tracker]:
    """Open the trackers that a recipe names.

    Args:
        names: ``tensorboard`` or ``wandb``.
        run: The run's folder.
        recipe: The resolved recipe as plain values.

    Raises:
        UserError: One is not installed.
    """
    return [_TRACKERS[name](run, recipe) for name in names]


class _TensorBoard:
    def __init__(self, run: RunDir, recipe: dict[str, Any]) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            raise _missing("tensorboard") from None
        self._writer: Any = SummaryWriter(str(run.root / "tensorboard"))

    def log(self, stats: dict[str, float], nimg: int) -> None:
        for key, value in stats.items():
            self._writer.add_scalar(key, value, nimg)

    def close(self) -> None:
        self._writer.close()


class _WandB:
    def __init__(self, run: RunDir, recipe: dict[str, Any]) -> None:
        try:
            import wandb
        except ImportError:
            raise _missing("wandb") from None
        # WANDB_MODE=offline keeps everything on this machine; ``resume`` continues the curve of a run that was stopped.
        self._run: Any = wandb.init(
            project="ganvas", name=run.root.name, id=run.root.name, dir=run.root, config=recipe, resume="allow"
        )

    def log(self, stats: dict[str, float], nimg: int) -> None:
        self._run.log(stats, step=nimg)

    def close(self) -> None:
        self._run.finish()


_TRACKERS: dict[str, Callable[[RunDir, dict[str, Any]], Tracker]] = {"tensorboard": _TensorBoard, "wandb": _WandB}


def _missing(name: str) -> UserError:
    return UserError(
        f"The recipe sets train.trackers to {name}, which is not installed; run `pip install 'ganvas[tracking]'`."
    )

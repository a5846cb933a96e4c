"""Checkpoints: everything that the next training step depends on.

Written atomically; the newest N and the best by metric are kept.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol, cast

import torch
from torch import Tensor
from torch.optim import Optimizer

from ganvas.errors import UserError
from ganvas.files import replacing
from ganvas.models.family import Clock, Family

FORMAT = 1


class TrainingState(Protocol):
    """What a checkpoint saves and restores beside the clock."""

    @property
    def family(self) -> Family:
        """The networks that are trained."""

    @property
    def average(self) -> Family:
        """The family with averaged networks; ``family`` itself where nothing is averaged."""

    @property
    def optimizers(self) -> dict[str, Optimizer]:
        """The optimisers by the name of the network they move."""


def save(folder: Path, state: TrainingState, clock: Clock, identity: str, notes: dict[str, Any]) -> Path:
    """Write a checkpoint.

    Args:
        folder: The run's checkpoints; the file is ``NNNNNNNNN.pt``, named by nimg.
        state: Networks, averages and optimisers.
        clock: Where the training stands.
        identity: Name of the recipe.
        notes: What the trainer wants to read back, as plain values.

    Returns:
        The path of the file.

    Raises:
        OSError: The file cannot be written, for instance because the disk is full.
    """
    average = state.average
    content = {
        "format": FORMAT,
        "identity": identity,
        "clock": asdict(clock),
        "family": state.family.state_dict(),
        "average": {
            name: average.get_submodule(name).state_dict()
            for name in state.family.averaged
            if average is not state.family
        },
        "optimizers": {name: optimizer.state_dict() for name, optimizer in state.optimizers.items()},
        "notes": notes,
    }
    path = folder / f"{clock.nimg:09d}.pt"
    with replacing(path) as file:  # straight to the disk: the state is several times the size of the networks
        writer = _Writer(file)
        try:
            torch.save(content, cast(IO[bytes], writer))  # it needs no more than these two methods
        except RuntimeError:
            if writer.error is not None:
                raise writer.error from None
            raise
    return path


class _Writer:
    """Passes bytes on to a file, and keeps the error of the system, which ``torch.save`` replaces by one of its own."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: Any) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._file.flush()


def read(path: Path) -> dict[str, Any]:
    """The content of a checkpoint, on the CPU. Nothing in the file is executed.

    Raises:
        UserError: The file is damaged, or no checkpoint of Ganvas.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        _check(content)
    except Exception:  # noqa: BLE001 - torch raises errors of many types on content of other kinds
        raise UserError(
            f"The checkpoint {path} is damaged or is no checkpoint; delete it to resume from the previous one."
        ) from None
    return dict(content)


def _check(content: Any) -> None:
    """Raise an error, of whatever type, if the content of a file is not that of a checkpoint."""
    if content["format"] != FORMAT:
        raise KeyError("format")
    Clock(**content["clock"])
    for part in ("family", "average", "optimizers"):
        content[part].items()
    for note in ("recoveries", "lr_factor", "best"):
        content["notes"][note]


def restore(content: dict[str, Any], state: TrainingState) -> Clock:
    """Load the content of a checkpoint into networks, averages and optimisers.

    Learning rates are not loaded: a recipe whose rate was changed resumes with the new rate.

    Returns:
        The clock to resume from.
    """
    state.family.load_state_dict(content["family"])
    for name in state.family.averaged if state.average is not state.family else ():
        # A run that enables averaging late starts its average from the current weights.
        found = content["average"].get(name) or state.family.get_submodule(name).state_dict()
        state.average.get_submodule(name).load_state_dict(found)
    for name, optimizer in state.optimizers.items():
        rates = [{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups]
        optimizer.load_state_dict(content["optimizers"][name])
        _match_memory_format(optimizer)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group.update(rate)
    return Clock(**content["clock"])


def _match_memory_format(optimizer: Optimizer) -> None:
    """Give an optimiser's state the memory format of its weights (NCHW or NHWC).

    A fused step iterates over both in memory order, so a run that resumes in another format would silently combine
    moments with the wrong weights.
    """
    for weight, state in optimizer.state.items():
        for name, value in state.items():
            if isinstance(value, Tensor) and value.shape == weight.shape and value.stride() != weight.stride():
                state[name] = torch.empty_like(weight, dtype=value.dtype).copy_(value)


def listing(folder: Path) -> list[Path]:
    """Paths of a run's checkpoints, oldest first."""
    return sorted(folder.glob("[0-9]*.pt"))


def prune(folder: Path, keep: int, best: int | None) -> None:
    """Delete all but the newest ``keep`` checkpoints and the one at nimg ``best``."""
    for path in listing(folder)[:-keep]:
        if best is None or path.stem != f"{best:09d}":
            path.unlink(missing_ok=True)

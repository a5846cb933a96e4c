"""Resumable states: everything that the next step depends on, written atomically, newest N and the best kept."""

from __future__ import annotations

import pickle
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from ganvas.errors import UserError
from ganvas.files import replacing
from ganvas.models.family import Clock
from ganvas.train.step import Player

FORMAT = 1


def save(folder: Path, player: Player, clock: Clock, identity: str, notes: dict[str, Any]) -> Path:
    """Write ``NNNNNNNNN.pt`` (by nimg): weights, averages, optimisers, clock and the trainer's ``notes``."""
    average = player.average
    content = {
        "format": FORMAT,
        "identity": identity,
        "clock": asdict(clock),
        "family": player.family.state_dict(),
        "average": {
            name: average.get_submodule(name).state_dict()
            for name in player.family.averaged
            if average is not player.family
        },
        "optimizers": {name: optimizer.state_dict() for name, optimizer in player.optimizers.items()},
        "notes": notes,
    }
    path = folder / f"{clock.nimg:09d}.pt"
    with replacing(path) as file:  # straight to the disk: the state is several times the size of the networks
        torch.save(content, file)
    return path


def read(path: Path) -> dict[str, Any]:
    """The content of a checkpoint, on the CPU. Nothing in the file is executed.

    :raises UserError: the file is damaged or was written by something else.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        if content["format"] != FORMAT:
            raise KeyError("format")
    except (OSError, RuntimeError, EOFError, KeyError, TypeError, pickle.UnpicklingError, zipfile.BadZipFile):
        raise UserError(
            f"The checkpoint {path} is damaged or not one of ours; delete it to go on from the one before."
        ) from None
    return dict(content)


def restore(content: dict[str, Any], player: Player) -> Clock:
    """Put a checkpoint's state into a player; returns the clock to go on from.

    The learning rates are the player's own: a recipe whose rate was changed resumes with the new one.
    """
    player.family.load_state_dict(content["family"])
    for name in player.family.averaged if player.average is not player.family else ():
        # A run that turns averaging on late starts its average from the living weights.
        state = content["average"].get(name) or player.family.get_submodule(name).state_dict()
        player.average.get_submodule(name).load_state_dict(state)
    for name, optimizer in player.optimizers.items():
        rates = [{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups]
        optimizer.load_state_dict(content["optimizers"][name])
        _lay_out(optimizer)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group.update(rate)
    return Clock(**content["clock"])


def _lay_out(optimizer: Optimizer) -> None:
    """Lay what an optimiser remembers out in memory as its weights lie (NCHW or NHWC).

    A fused step runs along both as they lie, so the moments of a run that goes on in the other layout would meet the
    wrong weights without a word.
    """
    for weight, state in optimizer.state.items():
        for name, value in state.items():
            if isinstance(value, Tensor) and value.shape == weight.shape and value.stride() != weight.stride():
                state[name] = torch.empty_like(weight, dtype=value.dtype).copy_(value)


def listing(folder: Path) -> list[Path]:
    """The checkpoints of a run, oldest first."""
    return sorted(folder.glob("[0-9]*.pt"))


def prune(folder: Path, keep: int, best: int | None) -> None:
    """Delete all but the newest ``keep`` checkpoints and the one at nimg ``best``."""
    for path in listing(folder)[:-keep]:
        if best is None or path.stem != f"{best:09d}":
            path.unlink(missing_ok=True)

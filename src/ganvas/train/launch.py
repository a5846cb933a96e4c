"""Before the loop: the processes, their cores, the run's folder, and the ways to be asked to stop."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import torch
from lightning_fabric import Fabric

from ganvas.errors import UserError
from ganvas.files import write_atomically
from ganvas.models.families import build
from ganvas.models.family import Family
from ganvas.recipe import Recipe, load
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir


def launch(recipe: Recipe) -> Fabric:
    """The processes of a training: ``train.devices`` of them, or those that ``torchrun`` has started."""
    started = int(os.environ.get("LOCAL_WORLD_SIZE", "0"))
    devices = started or recipe.train.devices
    if not torch.cuda.is_available() and devices > (os.cpu_count() or 1):
        raise UserError(
            f"train.devices is {devices}, but this machine has {os.cpu_count()} processor cores; set fewer."
        )
    for name in ("lightning.fabric", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)  # its banners are not ours to show
    several = devices > 1 or int(os.environ.get("WORLD_SIZE", "1")) > 1
    fabric = Fabric(
        accelerator="cuda" if torch.cuda.is_available() else "cpu",
        devices=devices,
        strategy="ddp" if several else "auto",
        precision=recipe.train.precision,
    )
    fabric.launch()
    return fabric


def share_cores(fabric: Fabric) -> None:
    """Processes on one machine share its cores: two that each take all are several times slower than one."""
    if fabric.world_size > 1 and fabric.device.type == "cpu":
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // int(fabric.world_size)))


def claim(run: RunDir, recipe: Recipe, family: Family, fresh: bool) -> str | None:
    """Make the run's folder this recipe's, unless it holds another training.

    :param family: what the recipe has built.
    :returns: a sentence on the settings of the model that are others from here on; None: all are as they were.
    :raises UserError: the folder cannot be written, or holds a run whose weights this recipe cannot go on with.
    """
    told = None
    try:
        run.root.mkdir(parents=True, exist_ok=True)
        run.sheets.mkdir(exist_ok=True)
        run.checkpoints.mkdir(exist_ok=True)
        if fresh:
            for path in (
                run.stats,
                run.metrics,
                run.start,
                *run.checkpoints.glob("*.pt"),
                *run.sheets.glob("*.png"),
            ):
                path.unlink(missing_ok=True)
        elif run.recipe.exists() and checkpoint.listing(run.checkpoints):
            before = load(run.recipe)  # so that settings added since have their defaults
            for part in ("family", "data"):
                if getattr(before, part) != getattr(recipe, part):
                    raise UserError(
                        f"The run {run.root} was begun with another {part} ({before.name}); choose another "
                        "--run folder, or --fresh to begin anew."
                    )
            told = _changed(run, before, family)
        write_atomically(run.recipe, recipe.to_yaml())
    except OSError as error:
        raise UserError(
            f"The run folder {run.root} cannot be written ({error.strerror}); choose another --run."
        ) from None
    return told


def _changed(run: RunDir, before: Recipe, family: Family) -> str | None:
    """Weights of losses, rates and the like may change within a run, so that advice can be followed; networks and
    stages may not."""
    with torch.random.fork_rng(devices=[]):
        old = build(before.family, before.model, family.data, family.kimg)
    was, now = old.config.model_dump(), family.config.model_dump()
    changes = [f"model.{name} {was[name]} → {now[name]}" for name in now if was[name] != now[name]]
    if not changes:
        return None
    if _frame(old) != _frame(family):
        raise UserError(
            f"The run {run.root} was begun with other networks or stages ({', '.join(changes)}); choose another --run "
            "folder, or --fresh to begin anew."
        )
    return f"Other than before: {', '.join(changes)}."


def _frame(family: Family) -> object:
    """What weights, optimisers and the clock of a checkpoint have to fit, and what the networks make of the weights."""
    stages = [(stage.name, [phase.trains for phase in stage.phases]) for stage in family.stages()]
    return stages, repr(family), {name: tensor.shape for name, tensor in family.state_dict().items()}


@contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl+C and ``kill`` ask for a stop after this step; a second Ctrl+C interrupts at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def handle(number: int, frame: FrameType | None) -> None:
        stop()
        signal.signal(number, before[signal.Signals(number)] or signal.SIG_DFL)

    for number in before:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)

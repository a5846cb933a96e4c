"""Prepares a training: processes, CPU threads, the run's folder, and signals that stop it."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TypeVar

import torch

from ganvas.errors import UserError
from ganvas.files import write_atomically
from ganvas.models.families import build
from ganvas.models.family import Family
from ganvas.models.shapes_only import shapes_only
from ganvas.recipe import Recipe, load
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.lock import hold
from ganvas.train.fabric import Fabric
from ganvas.train.number_format import precision_of


def launch(recipe: Recipe) -> Fabric:
    """Start the processes of a training: ``train.devices`` of them, or join those that ``torchrun`` has started.

    ``torchrun`` says how many processes there are (``WORLD_SIZE``) and how many of them run on this machine
    (``LOCAL_WORLD_SIZE``); with several machines all have the same number.

    Raises:
        UserError: There are more devices than CPU cores, or machines with different numbers of processes.
    """
    started = int(os.environ.get("LOCAL_WORLD_SIZE", "0"))
    world = int(os.environ.get("WORLD_SIZE", "1"))
    devices = started or recipe.train.devices
    if not torch.cuda.is_available() and devices > (os.cpu_count() or 1):
        raise UserError(
            f"train.devices is {devices}, but this machine has {os.cpu_count()} processor cores; set fewer."
        )
    if started and world % started:
        raise UserError(
            f"{world} processes cannot be {started} on each machine; start torchrun with the same --nproc-per-node on "
            "all machines."
        )
    for name in ("lightning.fabric", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)  # its banners do not belong in our output
    fabric = Fabric(
        accelerator="cuda" if torch.cuda.is_available() else "cpu",
        devices=devices,
        num_nodes=world // started if started else 1,
        strategy="ddp" if devices > 1 or world > 1 else "auto",
        precision=precision_of(recipe),
    )
    fabric.launch()
    return fabric


def share_cores(fabric: Fabric) -> None:
    """Divide the CPU cores between the processes of this machine.

    Two processes that each use all cores are several times slower than one.
    """
    here = int(os.environ.get("LOCAL_WORLD_SIZE", "0")) or int(fabric.world_size)
    if here > 1 and fabric.device.type == "cpu":
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // here))


T = TypeVar("T")


def in_first_process(fabric: Fabric, work: Callable[[], T]) -> T:
    """Do something in the first process only, and give all processes its result.

    Raises:
        UserError: ``work`` raised one; the other processes end with exit code 2 and print nothing.
    """
    result, failure = None, None
    if fabric.is_global_zero:
        try:
            result = work()
        except UserError as error:
            failure = error
    result, failed = fabric.broadcast((result, failure is not None))
    if failure is not None:
        raise failure
    if failed:
        raise SystemExit(2)
    return result  # type: ignore[return-value] # ``work`` has succeeded


@contextmanager
def holding(run: RunDir, fabric: Fabric) -> Iterator[None]:
    """Be the only training in the run's folder; the first process holds the lock for all of them.

    Raises:
        UserError: Another process trains the run.
    """
    with ExitStack() as stack:
        in_first_process(fabric, lambda: stack.enter_context(hold(run)))
        yield


def claim(run: RunDir, recipe: Recipe, family: Family, fresh: bool) -> str | None:
    """Prepare the run's folder for a recipe, unless it contains another training.

    Args:
        run: The run's folder.
        recipe: The resolved recipe.
        family: The family built from it.
        fresh: Delete what the folder contains.

    Returns:
        A sentence that names the settings of the model that change from here on; None where none do.

    Raises:
        UserError: The folder cannot be written, or contains a run that this recipe cannot resume.
    """
    changes = None
    try:
        run.root.mkdir(parents=True, exist_ok=True)
        run.sheets.mkdir(exist_ok=True)
        run.checkpoints.mkdir(exist_ok=True)
        if fresh:
            for path in (
                run.stats,
                run.metrics,
                run.start,
                run.datasets,
                *run.checkpoints.glob("*.pt"),
                *run.sheets.glob("*.png"),
            ):
                path.unlink(missing_ok=True)
        elif run.recipe.exists() and checkpoint.listing(run.checkpoints):
            before = load(run.recipe)  # validated, so that settings added since have their defaults
            for part in ("family", "data"):
                if getattr(before, part) != getattr(recipe, part):
                    raise UserError(
                        f"The run {run.root} was begun with another {part} ({before.name}); choose another "
                        "--run folder, or --fresh to begin anew."
                    )
            changes = _describe_changes(run, before, family)
        write_atomically(run.recipe, recipe.to_yaml())
    except OSError as error:
        raise UserError(
            f"The run folder {run.root} cannot be written ({error.strerror}); choose another --run."
        ) from None
    return changes


def _describe_changes(run: RunDir, before: Recipe, family: Family) -> str | None:
    """Name the settings of the model that changed.

    Loss weights, learning rates and the like may change within a run, so that advice can be followed; networks and
    stages may not.
    """
    with shapes_only():
        old = build(before.family, before.model, family.data, family.kimg)
    was, now = old.config.model_dump(), family.config.model_dump()
    changes = [f"model.{name} {was[name]} → {now[name]}" for name in now if was[name] != now[name]]
    if not changes:
        return None
    if _structure(old) != _structure(family):
        raise UserError(
            f"The run {run.root} was begun with other networks or stages ({', '.join(changes)}); choose another --run "
            "folder, or --fresh to begin anew."
        )
    return f"Other than before: {', '.join(changes)}."


def _structure(family: Family) -> object:
    """The stages and networks that the weights, optimisers and clock of a checkpoint must fit."""
    stages = [(stage.name, [phase.trains for phase in stage.phases]) for stage in family.stages()]
    return stages, repr(family), {name: tensor.shape for name, tensor in family.state_dict().items()}


@contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` on Ctrl+C and SIGTERM, for a stop after the present step; a second Ctrl+C interrupts at once."""
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

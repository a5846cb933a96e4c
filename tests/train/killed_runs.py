"""Run as a program: kills a training, a checkpoint, an export and an ingest from inside, resumes each, prints JSON.

Every part is a forked process that kills itself (SIGKILL) at a chosen write, so that no time decides where it ends.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from support.harness import same
from support.small_run import BATCH, draw_pictures, recipe

from ganvas import files
from ganvas.collect.ingest import Ingester, ingest_all
from ganvas.collect.local_files import items_of_folder
from ganvas.curate.catalog import Catalog
from ganvas.curate.dataset.pack import pack
from ganvas.inference.load import load_run
from ganvas.release.export import export_run
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.lock import lock_state
from ganvas.runs.reader import read_lines
from ganvas.train.step import Stepper
from ganvas.train.trainer import train

STEPS = 5


def kill_at(call: int, module: Any, name: str) -> None:
    """Let the process kill itself at a call of a function, counted from 1."""
    real, calls = getattr(module, name), 0

    def counted(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)

    setattr(module, name, counted)


def in_process(work: Callable[[], object]) -> int:
    """Do something in a forked process; returns the number of the signal that ended it, or 0."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it must not return into the program
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)


def hidden(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob(".*"))


def state(run: RunDir) -> dict[str, Any]:
    newest = checkpoint.read(checkpoint.listing(run.checkpoints)[-1])
    return {part: newest[part] for part in ("clock", "family", "average", "optimizers")}


def main() -> None:
    torch.set_num_threads(1)
    home = Path(sys.argv[1])
    packed = pack(draw_pictures(home / "data"), resolution=16).path
    whole = RunDir(home / "whole")
    in_process(lambda: train(recipe(STEPS), whole, packed))
    found: dict[str, Any] = {}
    for name, call, module, function in (
        ("training", 3, Stepper, "step"),
        ("checkpoint", 250, checkpoint._Writer, "write"),
        ("before the rename", 5, files.os, "fsync"),
    ):
        run = RunDir(home / name)

        def killed(run: RunDir = run, call: int = call, module: Any = module, function: str = function) -> None:
            kill_at(call, module, function)
            train(recipe(STEPS), run, packed)

        signalled = in_process(killed)
        lock = lock_state(run)
        left = hidden(run.root)
        resumed = in_process(lambda run=run: train(recipe(STEPS), run, packed))  # type: ignore[misc]
        found[name] = {
            "killed": signalled,
            "left": left,
            "held": lock is not None and lock.held,
            "resumed": resumed,
            "after": hidden(run.root),
            "lock": run.lock.exists(),
            "equal": same(state(run), state(whole)),
            "steps": [line["nimg"] // BATCH for line in read_lines(run.stats)],
        }
    found["export"] = _export(whole)
    found["collect"] = _collect(home)
    sys.stdout.write(json.dumps(found))


def _export(run: RunDir) -> dict[str, Any]:
    def export() -> None:
        export_run(load_run(run), onnx=False)

    def killed() -> None:
        kill_at(2, files.os, "fsync")
        export()

    in_process(export)
    before = {path.name: path.read_bytes() for path in run.bundle.iterdir()}
    signalled, left = in_process(killed), hidden(run.root)
    kept = {path.name: path.read_bytes() for path in run.bundle.iterdir()} == before
    again = in_process(export)
    return {"killed": signalled, "left": left, "resumed": again, "after": hidden(run.root), "equal": kept}


def _collect(home: Path) -> dict[str, Any]:
    def collect() -> None:
        with Catalog.open(home / "catalogue") as catalog:
            ingest_all(items_of_folder(home / "data"), Ingester(catalog), workers=1)

    def killed() -> None:
        kill_at(3, files.os, "fsync")
        collect()

    signalled, left = in_process(killed), hidden(home / "catalogue")
    again = in_process(collect)
    with Catalog.open(home / "catalogue") as catalog:
        count = len(catalog)
    return {"killed": signalled, "left": left, "resumed": again, "after": hidden(home / "catalogue"), "count": count}


if __name__ == "__main__":
    main()

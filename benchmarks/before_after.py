"""This checkout beside an earlier one: training steps, data loading, evaluation, export and answers.

    git worktree add ../earlier COMMIT
    python benchmarks/before_after.py --before ../earlier

Each checkout has a process of its own, in which everything is played once to warm up. Then rounds alternate, and the
side that begins too. A part's figure is the processor time of the whole process, all threads, in milliseconds: median
of the rounds. The ratio is before / after within a round (above 1: this checkout is faster), and its median and range
are printed. Networks have the sizes of the tests and run on one thread, so that these are the costs of the program
around the convolutions; ``beside_reference.py`` and ``translation.py`` compare full sizes.

``export`` writes a bundle with its ONNX graphs; that of a family with several graphs is played ``--export-rounds``
times. ``start`` is a whole process that imports the package, shows a command's help and ends.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Part = Callable[[], object]
STEPS, BATCH = 4, 4
SLOW = "export sketchportrait"


# ── One side: everything below uses what both checkouts have ────────────────────────────────────────────────────────


def tiny(name: str) -> Any:
    import torch

    from ganvas.models.families import FAMILIES

    config, data = FAMILIES[name].tiny()
    if FAMILIES[name].task == "unpaired":
        data = data.model_copy(update={"classes": ("a", "b")})
    torch.manual_seed(0)
    return FAMILIES[name](config, data, 1.0)


def training(name: str) -> Part:
    """Steps of the last stage, on noise of the shape of the family's own answers."""
    import torch
    from lightning_fabric import Fabric

    from ganvas.models import batches
    from ganvas.models.family import Clock
    from ganvas.tasks import TASKS
    from ganvas.train.step import Stepper

    family = tiny(name)
    task = family.task
    request = TASKS[task].example_request(family, BATCH)
    with torch.no_grad():
        answer = family.eval().generate(request)
    kind: Any = {
        "synthesis": batches.SynthesisBatch,
        "paired": batches.PairedBatch,
        "unpaired": batches.UnpairedBatch,
        "reference": batches.ReferenceBatch,
        "music": batches.MusicBatch,
    }[task]
    fields: dict[str, Any] = {"memo": {}}
    for field in kind._fields[:-1]:
        shape = request.source.shape if field == "source" else answer.shape
        labels = torch.arange(BATCH) % max(len(family.data.classes), 1)
        fields[field] = labels if field in ("y", "y_ref") else torch.randint(0, 256, shape, dtype=torch.uint8)
    stepper = Stepper(family.train(), Fabric(accelerator="cpu", devices=1), ema_kimg=1.0)
    stage = len(family.stages()) - 1

    def play() -> None:
        for step in range(STEPS):
            clock = Clock(nimg=step * BATCH, step=step, batch_size=BATCH, stage=stage)
            stepper.step(family.stages()[stage], clock, lambda: [kind(**fields | {"memo": {}})])

    return play


def packed(folder: Path) -> Path:
    import numpy as np
    from PIL import Image

    from ganvas.curate.dataset.pack import pack

    pictures = folder / "pictures"
    pictures.mkdir()
    rng = np.random.default_rng(0)
    for number in range(64):
        small = Image.fromarray(rng.integers(0, 256, (16, 16, 3), np.uint8))
        small.resize((96, 96), Image.Resampling.BICUBIC).save(pictures / f"{number}.png")
    return Path(pack(pictures, resolution=64).path)


def loading(data: Path, degradation: str | None) -> Part:
    """256 pictures, or 32 that are drawn."""
    from ganvas.curate.dataset.dataset import Dataset
    from ganvas.spec import DataSpec
    from ganvas.train.stream import Stream

    shape = {"degradation": degradation, "source_channels": 1} if degradation else {}
    spec = DataSpec.model_validate({"resolution": 64, **shape})
    stream = Stream(Dataset(data), "paired" if degradation else "synthesis", spec, 0)

    def play() -> None:
        micros = stream.micros(0, 32, 32)
        for _ in range(1 if degradation else 8):
            next(micros)

    return play


def evaluation(data: Path) -> Part:
    """24 pictures against themselves."""
    from ganvas.curate.dataset.dataset import Dataset
    from ganvas.evaluate.fidelity import evaluate
    from ganvas.models.features import load_features
    from ganvas.tasks.pictures import real_batches

    pictures, features = Dataset(data).subset(range(24)), load_features("effnet")

    def play() -> None:
        list(evaluate(real_batches(pictures), real_batches(pictures), features, ("kid", "fid", "precision", "recall")))

    return play


def exporting(name: str, folder: Path) -> Part:
    from ganvas.bundle import write_bundle

    def play() -> None:
        write_bundle(folder / name, tiny(name).eval(), name=name, kimg=1, onnx=True)

    return play


def serving(path: Path, count: int) -> Part:
    """The answers of a bundle's graph to one request of ``count`` rows, 20 times."""
    from ganvas.bundle import read_bundle
    from ganvas.inference.session import OnnxSession
    from ganvas.tasks import TASKS

    if not path.is_dir():
        exporting(path.name, path.parent)()
    bundle = read_bundle(path)
    request = TASKS[bundle.info.task].example_request(bundle.load_family(), count)
    fields = {field: tensor.numpy() for field, tensor in request._asdict().items()}
    session = OnnxSession(bundle)

    def play() -> None:
        for _ in range(20):
            session(fields)

    return play


def starting() -> Part:
    def play() -> None:
        command = [sys.executable, "-m", "ganvas.cli", "train", "--help"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    return play


def parts(folder: Path) -> dict[str, Callable[[], Part]]:
    """What is measured, by name; each is made ready when it is first asked for."""
    from ganvas.models.families import FAMILIES

    data = packed(folder)
    return {
        "start": starting,
        **{f"step {name}": lambda name=name: training(name) for name in sorted(FAMILIES)},  # type: ignore[misc]
        "loading": lambda: loading(data, None),
        "loading, drawn": lambda: loading(data, "sketch"),
        "evaluation": lambda: evaluation(data),
        "export r3gan": lambda: exporting("r3gan", folder),
        SLOW: lambda: exporting("sketchportrait", folder),
        "answers r3gan, batch 1": lambda: serving(folder / "r3gan", 1),
        "answers r3gan, batch 8": lambda: serving(folder / "r3gan", 8),
        "answers sketchportrait, batch 1": lambda: serving(folder / "sketchportrait", 1),
    }


def spent() -> float:
    """Processor seconds of this process and of those it has waited for."""
    every = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in every)


def serve_side() -> None:
    """Answer one line with one line: the name of a part with the milliseconds that it took."""
    import warnings

    import torch

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    ready: dict[str, Part] = {}
    with tempfile.TemporaryDirectory() as folder:
        known = parts(Path(folder))
        answer, sys.stdout = sys.stdout, sys.stderr  # what a part prints is no answer
        print(json.dumps(list(known)), file=answer, flush=True)
        for line in sys.stdin:
            name = json.loads(line)
            try:
                if name not in ready:
                    ready[name] = known[name]()
                start, clock = spent(), time.perf_counter()
                ready[name]()
                found: object = [1000 * (spent() - start), 1000 * (time.perf_counter() - clock)]
            except Exception as error:  # noqa: BLE001 - a part that one checkout does not have is left out, and said
                found = f"{type(error).__name__}: {error}"[:200]
            print(json.dumps(found), file=answer, flush=True)


# ── Both ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Side:
    """The process of one checkout."""

    def __init__(self, checkout: Path) -> None:
        env = os.environ | {"PYTHONPATH": str(checkout / "src"), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, __file__, "--side"]
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.parts: list[str] = self._hear()

    def play(self, part: str) -> Any:
        assert self.process.stdin is not None
        print(json.dumps(part), file=self.process.stdin, flush=True)
        return self._hear()

    def _hear(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("A side has ended; what it said stands above.")
        return json.loads(line)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait()


def compare(sides: dict[str, Side], part: str, rounds: int) -> str:
    """A row: the medians of both sides, and the ratio with its range."""
    took: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(-1, rounds):
        if number < 0 and part == SLOW:
            continue  # its graphs are made slowly enough
        for name in list(sides)[:: 1 if number % 2 else -1]:
            found = sides[name].play(part)
            if isinstance(found, str):
                return f"| {part} | left out: {name} says {found} | | |"
            took[name] += [found[0]] if number >= 0 else []
    ratios = sorted(before / max(after, 1e-3) for before, after in zip(took["before"], took["after"], strict=True))
    before, after = (statistics.median(took[name]) for name in ("before", "after"))
    ratio = f"{statistics.median(ratios):.2f} × ({ratios[0]:.2f}–{ratios[-1]:.2f})"
    return f"| {part} | {before:,.0f} | {after:,.0f} | {ratio} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, help="an earlier checkout")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--export-rounds", type=int, default=1, help="of the family with several graphs")
    parser.add_argument("--only", default="", help="parts whose name contains this")
    parser.add_argument("--side", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        serve_side()
        return
    if given.before is None or not (given.before / "src" / "ganvas").is_dir():
        parser.error("--before is the folder of an earlier checkout")
    began = time.perf_counter()
    sides = {"before": Side(given.before.resolve()), "after": Side(Path(__file__).resolve().parents[1])}
    try:
        print("| processor time, ms | before | after | before / after |", "|---|---:|---:|---|", sep="\n")
        for part in sides["after"].parts:
            if given.only in part:
                print(compare(sides, part, given.export_rounds if part == SLOW else given.rounds), flush=True)
    finally:
        for side in sides.values():
            side.end()
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()

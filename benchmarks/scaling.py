"""Training steps in one process and in two, each pinned to a processor core of its own, with the same batch in each.

    python benchmarks/scaling.py --recipe dcgan-64-small --batch 32
    python benchmarks/scaling.py  # dcgan-64-small, stylegan2-64-small and gender-swap-64

Four sides play in turns, and each begins in turn: one process ``alone``; two ``apart``, which train without each other
and so say what the cores and their memory give at best; two ``overlapped``, which reduce their gradients as the product
does; and two with a ``single`` reduction after each backward pass. A round plays each kind of step (lazy phases are due
in some only) and weighs it as often as it comes. Ratios are taken within a round. Pictures are noise. The first round
warms up and is not counted.

Then the reductions of a step are printed: gradients, with the share of their bytes that was on its way while the
backward pass computed others, and agreements on which parameters have gradients.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import socket
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image
from rounds import machine
from torch import Tensor, nn

from ganvas.cli.malloc import keep_freed_memory
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.models.batches import Batch
from ganvas.models.families import build
from ganvas.models.family import Clock, Phase
from ganvas.recipe import load
from ganvas.train.fabric import Fabric
from ganvas.train.reduction import BUCKET_BYTES, GradientReduction
from ganvas.train.step import Stepper
from ganvas.train.stream import Stream

SIZES = {"dcgan-64-small": (32, 1), "stylegan2-64-small": (4, 1), "gender-swap-64": (1, 3)}  # batch and steps
SIDES = {"alone": 1, "apart": 2, "overlapped": 2, "single": 2}  # the number of processes
TOGETHER = ("overlapped", "single")


class Setting(NamedTuple):
    recipe: str
    batch: int  # of a process
    steps: int
    bucket: int
    packed: Path


class Traffic(NamedTuple):
    """What a process reduces in a step."""

    reductions: float = 0.0
    bytes: float = 0.0
    early: float = 0.0  # bytes on their way while gradients of others were computed
    agreements: float = 0.0

    def plus(self, other: Traffic, times: float) -> Traffic:
        return Traffic(*(one + times * two for one, two in zip(self, other, strict=True)))


class Lap(NamedTuple):
    """A process's mean step."""

    wall: float  # seconds
    processor: float  # seconds
    traffic: Traffic


class SingleReduction(GradientReduction):
    """One reduction of all gradients after the backward pass."""

    @contextmanager
    def averaging(self, phase: Phase, parameters: Sequence[nn.Parameter]) -> Iterator[None]:
        yield
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([gradient.contiguous().view(-1) for gradient in gradients])
        torch.distributed.all_reduce(flat)
        flat /= self.world
        for gradient, part in zip(gradients, torch.split(flat, [g.numel() for g in gradients]), strict=True):
            gradient.copy_(part.view(gradient.shape))


class Meter:
    """Counts the reductions that are begun within ``averaging``."""

    def __init__(self, reduction: GradientReduction) -> None:
        self.traffic = Traffic()
        self._averages, self._differentiates = False, False
        self._newest = 0  # bytes begun within the backward pass, after which nothing may follow
        averaging, backward, reduce = reduction.averaging, torch.autograd.backward, torch.distributed.all_reduce

        @contextmanager
        def watched_averaging(phase: Phase, parameters: Sequence[nn.Parameter]) -> Iterator[None]:
            self._averages = True
            with averaging(phase, parameters):
                yield
            self._averages = False

        def watched_backward(*args: Any) -> None:
            self._differentiates, self._newest = True, 0
            backward(*args)
            self._differentiates = False

        def watched_reduce(values: Tensor, *args: Any, **options: Any) -> Any:
            if self._averages and values.dtype == torch.uint8:
                self.traffic = self.traffic.plus(Traffic(agreements=1), 1)
            elif self._averages:
                size = values.numel() * values.element_size()
                self.traffic = self.traffic.plus(Traffic(1, size, self._newest), 1)
                self._newest = size if self._differentiates else 0
            return reduce(values, *args, **options)

        reduction.averaging = watched_averaging  # type: ignore[method-assign]
        torch.autograd.backward = watched_backward  # type: ignore[assignment]
        torch.distributed.all_reduce = watched_reduce  # type: ignore[assignment]


# ── A process ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Trainer:
    """The trainer's own steps on pictures that are there already."""

    def __init__(self, setting: Setting, side: str, rank: int) -> None:
        self.setting = setting
        recipe, dataset = load(setting.recipe), Dataset(setting.packed)
        self.world = SIDES[side] if side in TOGETHER else 1
        torch.manual_seed(0)
        family = build(recipe.family, recipe.model, recipe.data_spec(dataset.classes), recipe.train.kimg)
        fabric = Fabric(accelerator="cpu", devices=self.world, strategy="ddp" if self.world > 1 else "auto")
        fabric.launch()
        self.stepper = Stepper(family, fabric, ema_kimg=recipe.train.ema_kimg)
        self.meter: Meter | None = None
        if self.stepper.reduction is not None:
            kind = GradientReduction if side == "overlapped" else SingleReduction
            self.stepper.reduction = kind(self.world, setting.bucket)
            self.meter = Meter(self.stepper.reduction)
        self.stage = family.stages()[0]
        whole = setting.batch * self.world
        micros = Stream(dataset, family.task, family.data, 0, 0).micros(0, whole, setting.batch, rank, self.world)
        self.batches = [next(micros) for _ in range(max(phase.repeat for phase in self.stage.phases))]
        # The kinds of steps, by the phases that are due: the first step of each, and how many a cycle has.
        cycle = math.lcm(*(phase.every for phase in self.stage.phases))
        due = [tuple(step % phase.every == 0 for phase in self.stage.phases) for step in range(cycle)]
        self.kinds = {due.index(kind): count / cycle for kind, count in Counter(due).items()}

    def lap(self) -> Lap:
        lap = Lap(0.0, 0.0, Traffic())
        for number, share in self.kinds.items():
            if self.meter is not None:
                self.meter.traffic = Traffic()
            wall, processor = time.perf_counter(), time.process_time()
            for _ in range(self.setting.steps):
                self._step(number)
            weight = share / self.setting.steps
            lap = Lap(
                lap.wall + weight * (time.perf_counter() - wall),
                lap.processor + weight * (time.process_time() - processor),
                lap.traffic.plus(self.meter.traffic if self.meter else Traffic(), weight),
            )
        return lap

    def _step(self, number: int) -> None:
        whole, drawn = self.setting.batch * self.world, iter(self.batches)

        def draw() -> list[Batch]:
            return [next(drawn)._replace(memo={})]

        self.stepper.step(self.stage, Clock(nimg=number * whole, step=number, batch_size=whole), draw)


def serve(line: Connection, setting: Setting, side: str, rank: int, core: int, port: int) -> None:
    os.sched_setaffinity(0, {core})  # before there are threads, which take it over
    torch.set_num_threads(1)
    keep_freed_memory()  # as `ganvas train` does
    if side in TOGETHER:  # as torchrun sets it
        place = {"RANK": rank, "LOCAL_RANK": rank, "GROUP_RANK": 0, "WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 2}
        meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "TORCHELASTIC_RUN_ID": "none"}
        os.environ |= {name: str(value) for name, value in (place | meeting).items()}
    trainer = Trainer(setting, side, rank)
    line.send(None)
    while line.recv():
        line.send(trainer.lap())
    if trainer.world > 1:
        torch.distributed.destroy_process_group()


# ── All of them ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Players:
    """The processes of a side."""

    def __init__(self, setting: Setting, side: str, cores: list[int]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        context = multiprocessing.get_context("spawn")
        self.lines, self._processes = [], []
        for rank in range(SIDES[side]):
            ours, theirs = context.Pipe()
            self.lines.append(ours)
            arguments = (theirs, setting, side, rank, cores[rank], port)
            self._processes.append(context.Process(target=serve, args=arguments, daemon=True))
            self._processes[-1].start()
            theirs.close()

    def hear(self) -> list[Any]:
        try:
            return [line.recv() for line in self.lines]
        except EOFError:
            raise SystemExit("A process has ended; what it says stands above.") from None

    def lap(self) -> list[Lap]:
        for line in self.lines:
            line.send(True)
        return self.hear()

    def end(self) -> None:
        for line in self.lines:
            line.send(False)
        for process in self._processes:
            process.join()


def compare(setting: Setting, rounds: int, cores: list[int]) -> None:
    players = {side: Players(setting, side, cores) for side in SIDES}
    for each in players.values():
        each.hear()
    laps: dict[str, list[list[Lap]]] = {side: [] for side in SIDES}
    for index in range(-1, rounds):
        order = list(SIDES)
        for side in order[index % len(order) :] + order[: index % len(order)]:
            found = players[side].lap()
            laps[side] += [found] if index >= 0 else []
    for each in players.values():
        each.end()
    print(f"\n{setting.recipe}, batch {setting.batch} per process, {rounds} rounds:")
    rates = {side: [rate(setting, found) for found in told] for side, told in laps.items()}
    for side, told in laps.items():
        effort = statistics.median(sum(lap.processor for lap in found) / len(found) for found in told) / setting.batch
        print(f"  {side:10}  {statistics.median(rates[side]):8.4g} images/s, {effort:.4g} processor seconds per image")
    for one, two in (("apart", "alone"), ("overlapped", "alone"), ("single", "alone"), ("overlapped", "single")):
        ratios = sorted(a / b for a, b in zip(rates[one], rates[two], strict=True))
        print(f"  {one} / {two}: {statistics.median(ratios):.3f} × ({ratios[0]:.3f} … {ratios[-1]:.3f})")
    for side in TOGETHER:
        traffic = laps[side][-1][0].traffic
        print(
            f"  {side}: {traffic.reductions:.4g} reductions per step with {traffic.bytes / 1e6:.4g} MB, "
            f"{traffic.early / max(traffic.bytes, 1):.0%} of it beside the backward pass; "
            f"{traffic.agreements:.4g} agreements",
            flush=True,
        )


def rate(setting: Setting, laps: list[Lap]) -> float:
    """Pictures per second of all processes."""
    return len(laps) * setting.batch / max(lap.wall for lap in laps)


def draw_pictures(folder: Path) -> None:
    rng = np.random.default_rng(0)
    for label in ("a", "b"):
        (folder / label).mkdir(parents=True)
        for number in range(32):
            Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(folder / label / f"{number}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", action="append", help=f"of 64 px; {', '.join(SIZES)} when left out")
    parser.add_argument("--batch", type=int, help="of a process; 32 for DCGAN, 4 for StyleGAN2, else 1")
    parser.add_argument("--steps", type=int, help="of each kind in a round; 3 for CycleGAN, else 1")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bucket", type=float, default=BUCKET_BYTES / 1e6, help="size of the buckets in MB")
    args = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[:2]
    if len(cores) < 2:
        parser.error("two processor cores are needed")
    print(f"{machine(1)}, cores {cores[0]} and {cores[1]}")
    with tempfile.TemporaryDirectory() as folder:
        pictures = Path(folder) / "pictures"
        draw_pictures(pictures)
        packed = pack(pictures, Path(folder) / "packed.zip", resolution=64).path
        for recipe in args.recipe or SIZES:
            batch, steps = SIZES.get(recipe, (1, 1))
            setting = Setting(recipe, args.batch or batch, args.steps or steps, int(args.bucket * 1e6), packed)
            compare(setting, args.rounds, cores)


if __name__ == "__main__":
    main()

"""Training steps of ``stylegan2`` and ``biggan`` beside their authors' own code, on this machine's processor or GPU.

    python benchmarks/beside_reference.py --family stylegan2 --reference PATH/stylegan2-ada-pytorch
    python benchmarks/beside_reference.py --family biggan --reference PATH/BigGAN-PyTorch

PATH is a checkout that you have made; nothing is fetched, and nothing in it is changed. Both sides train networks of
the same sizes (the parameter counts are compared), on batches of the same size, with the same losses, penalties, Adam
settings and averaged weights, in float32 and with the same number of threads. ``stylegan2`` plays each kind of step and
weighs it as often as it comes (path length every 4th step, R1 every 16th), without augmentation, because the
reference's sampling has no second derivative on a processor. ``biggan`` plays hinge loss, projection, hierarchical
latents and orthogonal regularisation. Our side is the trainer's own step, with its check of every gradient and its
seeding by row; the reference's is its own loss, networks and optimisers in the order of its training loop, with its
custom CUDA kernels only where ``--device cuda`` lets them be compiled (nvcc and ninja are needed). Each side has a
process of its own, in which it plays as its users run it; rounds alternate, and the side that begins too. The first
round of each side warms up and is not counted.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from lightning_fabric import Fabric
from references import PATH_LENGTH_EVERY, Settings, biggan, stylegan2
from rounds import Lap, Side, compare, finished, machine, use
from torch import Tensor

from ganvas.cli.malloc import keep_freed_memory
from ganvas.models.batches import SynthesisBatch
from ganvas.models.families import build
from ganvas.models.family import Clock, Family
from ganvas.spec import DataSpec
from ganvas.train.step import Stepper

EMA_KIMG = 5.0
GAMMA = 0.1
REFERENCES = {"stylegan2": stylegan2, "biggan": biggan}


class Setting(NamedTuple):
    family: str
    reference: Path
    resolution: int
    batch: int
    width: int
    most: int
    classes: int
    steps: int
    threads: int
    device: str = "cpu"
    precision: str = "32-true"  # of ganvas


Step = Callable[[int], object]  # plays the step of this number


def pictures(setting: Setting) -> Tensor:
    """A batch of noise: its content does not matter here."""
    shape = (setting.batch, 3, setting.resolution, setting.resolution)
    return torch.randint(0, 256, shape, dtype=torch.uint8)


# ── The product ─────────────────────────────────────────────────────────────────────────────────────────────────────


def family_of(setting: Setting) -> Family:
    names = tuple(f"class {i}" for i in range(setting.classes))
    data = DataSpec.model_validate({"resolution": setting.resolution, "classes": names})
    settings: dict[str, dict[str, Any]] = {
        "stylegan2": {
            "base": setting.width,
            "most": setting.most,
            "z_dim": setting.most,
            "w_dim": setting.most,
            "augment": "none",
            "r1": GAMMA,
        },
        "biggan": {"channels": setting.width, "z_dim": 80, "shared_dim": 32, "orthogonal": 1e-4},
    }
    return build(setting.family, settings[setting.family], data, 1000.0)


def product(setting: Setting) -> tuple[Step, dict[str, int]]:
    family = family_of(setting)
    fabric = Fabric(accelerator=setting.device, devices=1, precision=setting.precision)  # type: ignore[arg-type]
    stepper = Stepper(family, fabric, ema_kimg=EMA_KIMG)
    stage = family.stages()[0]
    x = pictures(setting)

    def draw() -> list[SynthesisBatch]:
        return [SynthesisBatch(x, torch.arange(setting.batch) % max(setting.classes, 1), {})]

    def step(number: int) -> object:
        return stepper.step(stage, Clock(nimg=number * setting.batch, step=number, batch_size=setting.batch), draw)

    return step, {name: sum(p.numel() for p in net.parameters()) for name, net in family.networks().items()}


# ── The references ──────────────────────────────────────────────────────────────────────────────────────────────────


def reference(setting: Setting) -> tuple[Step, dict[str, int]]:
    theirs = REFERENCES[setting.family](Settings(setting.reference, family_of(setting), setting.batch, 1, EMA_KIMG))
    x, labels = pictures(setting), torch.arange(setting.batch) % max(setting.classes, 1)
    return lambda number: theirs.step(number, SynthesisBatch(x.float() / 127.5 - 1, labels, {})), theirs.sizes


# ── Comparing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def ready(side: str, setting: Setting) -> Side:
    torch.set_num_threads(setting.threads)
    use(setting.device)
    warnings.simplefilter("ignore")  # the references' remarks on this torch
    torch.manual_seed(0)
    if side == "ganvas":
        keep_freed_memory()  # as `ganvas train` does
    step, sizes = product(setting) if side == "ganvas" else reference(setting)
    return Side(partial(lap, step, setting), sizes)


# The kinds of steps, by a number that is of that kind, and how many of each a cycle has. Of the 16 steps of a cycle of
# stylegan2 one plays all four phases, three play the path length besides the game, and twelve play the game alone.
CYCLES: dict[str, dict[int, int]] = {"stylegan2": {0: 1, PATH_LENGTH_EVERY: 3, 1: 12}, "biggan": {1: 1}}


def lap(step: Step, setting: Setting) -> Lap:
    """Play each kind of step and count it as often as a cycle has it."""
    walls, cpus, steps = 0.0, 0.0, 0
    for number, times in CYCLES[setting.family].items():
        finished()
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(setting.steps):
            step(number)
        finished()
        walls += times * (time.perf_counter() - wall)
        cpus += times * (time.process_time() - cpu)
        steps += times * setting.steps
    return Lap(steps * setting.batch / walls, steps * setting.batch / cpus)


def beside(setting: Setting, rounds: int) -> None:
    compare(
        f"{setting.family} at {setting.resolution} px, width {setting.width}, batch {setting.batch}, "
        f"{setting.classes or 'no'} classes, {setting.steps} steps of a kind a round",
        {side: partial(ready, side, setting) for side in ("ganvas", "reference")},
        rounds,
        warm_up=1,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=tuple(REFERENCES), required=True)
    parser.add_argument("--reference", type=Path, required=True, help="a checkout of the authors' code")
    parser.add_argument("--resolution", type=int, default=64)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--width", type=int, help="stylegan2: channels × side (4096); biggan: the width unit (16)")
    parser.add_argument("--most", type=int, default=128, help="stylegan2: widest layers, and the length of z and w")
    parser.add_argument("--classes", type=int, help="0 for stylegan2, 20 for biggan")
    parser.add_argument("--steps", type=int, default=2, help="of each kind in a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="cuda: with the authors' CUDA kernels")
    parser.add_argument("--precision", choices=("32-true", "bf16-mixed"), default="32-true", help="of ganvas")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    args = parser.parse_args()
    if not args.reference.is_dir():
        parser.error(f"there is no checkout at {args.reference}")
    stylegan2 = args.family == "stylegan2"
    setting = Setting(
        args.family,
        args.reference.resolve(),
        args.resolution,
        args.batch,
        args.width or (4096 if stylegan2 else 16),
        args.most,
        args.classes if args.classes is not None else (0 if stylegan2 else 20),
        args.steps,
        args.threads,
        args.device,
        args.precision,
    )
    print(machine(args.threads))
    beside(setting, args.rounds)


if __name__ == "__main__":
    main()

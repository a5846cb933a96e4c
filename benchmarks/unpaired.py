"""Speed and memory of a training step of ``ugatit`` (light) and ``cyclegan``, beside their authors' own networks.

    python benchmarks/unpaired.py --family ugatit --reference UGATIT-pytorch --resolution 64 --steps 3 --rounds 3

``--reference`` is a checkout of github.com/znxlwm/UGATIT-pytorch or of
github.com/junyanz/pytorch-CycleGAN-and-pix2pix. Its networks are trained in the order of its own training loop, written
out below: the same losses, weights, optimisers, sizes and batch on both sides, on pictures that lie in memory. Rounds
alternate; a round's first step warms up and is not counted. Wall time is what a user waits; processor time says the
same more steadily where other programs run. Peak memory is that of a process of its own for each side.

At 64 px the discriminators of U-GAT-IT that see the whole picture have six layers on both sides: the published seven do
not fit there. ``--width`` narrows all networks of both sides alike.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import multiprocessing
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from torch import Tensor

import ganvas
from ganvas.models.families import build
from ganvas.models.plan import Clock, UnpairedBatch
from ganvas.terms import DataSpec
from ganvas.train.player import Player


class Setting(NamedTuple):
    family: str
    reference: Path
    resolution: int
    width: int
    batch: int
    steps: int
    threads: int
    precision: str


class Lap(NamedTuple):
    wall: float  # pairs of pictures a second of the clock on the wall
    processor: float  # pairs of pictures a second of processor time


Step = Callable[[Tensor, Tensor], None]


def layers_of(setting: Setting) -> tuple[int, int]:
    return (7, 5) if setting.resolution >= 96 else (6, 4)


# ── The product ─────────────────────────────────────────────────────────────────────────────────────────────────────


def product_step(setting: Setting) -> Step:
    model: dict[str, Any] = {"width": setting.width, "enlarge": 0}
    if setting.family == "ugatit":
        deep, shallow = layers_of(setting)
        model |= {"light": True, "global_layers": deep, "local_layers": shallow}
    data = DataSpec.model_validate({"resolution": setting.resolution})
    family = build(setting.family, model, data, 1.0)
    fabric = Fabric(accelerator="cpu", devices=1, precision=setting.precision)  # type: ignore[arg-type]
    fabric.launch()
    player = Player(family, fabric, channels_last=True)
    clock = Clock(batch_size=setting.batch)

    def step(a: Tensor, b: Tensor) -> None:
        nonlocal clock
        _, drawn = player.step(family.stages()[0], clock, lambda: [UnpairedBatch(a, b, {})])
        clock = clock.advanced(drawn)

    return step


# ── The references ──────────────────────────────────────────────────────────────────────────────────────────────────


def ones(x: Tensor) -> Tensor:
    return F.mse_loss(x, torch.ones_like(x))


def zeros(x: Tensor) -> Tensor:
    return F.mse_loss(x, torch.zeros_like(x))


def adam(networks: list[Any], lr: float, decay: float = 0.0) -> torch.optim.Adam:
    parameters = itertools.chain(*(network.parameters() for network in networks))
    return torch.optim.Adam(parameters, lr=lr, betas=(0.5, 0.999), weight_decay=decay)


def ugatit_step(setting: Setting) -> Step:
    """D first, on fakes that are not cut from the generators' graph, then G, which makes its own."""
    theirs = importlib.import_module("networks")
    deep, shallow = layers_of(setting)
    side, width = setting.resolution, setting.width
    g_ab, g_ba = (theirs.ResnetGenerator(3, 3, width, 4, side, True) for _ in range(2))
    critics_a, critics_b = ([theirs.Discriminator(3, width, n) for n in (deep, shallow)] for _ in range(2))
    optimizer_g, optimizer_d = adam([g_ab, g_ba], 1e-4, 1e-4), adam(critics_a + critics_b, 1e-4, 1e-4)
    clip = theirs.RhoClipper(0, 1)
    cross = F.binary_cross_entropy_with_logits

    def step(a: Tensor, b: Tensor) -> None:
        optimizer_d.zero_grad()
        fake_b, fake_a = g_ab(a)[0], g_ba(b)[0]
        loss: Any = 0.0
        for critics, real, fake in ((critics_a, a, fake_a), (critics_b, b, fake_b)):
            for critic in critics:
                (r, r_cam, _), (f, f_cam, _) = critic(real), critic(fake)
                loss = loss + ones(r) + zeros(f) + ones(r_cam) + zeros(f_cam)
        loss.backward()
        optimizer_d.step()
        optimizer_g.zero_grad()
        (fake_b, cam_b, _), (fake_a, cam_a, _) = g_ab(a), g_ba(b)
        back_a, back_b = g_ba(fake_b)[0], g_ab(fake_a)[0]
        (same_a, left_a, _), (same_b, left_b, _) = g_ba(a), g_ab(b)
        loss = 10 * (F.l1_loss(back_a, a) + F.l1_loss(back_b, b) + F.l1_loss(same_a, a) + F.l1_loss(same_b, b))
        for critics, fake in ((critics_a, fake_a), (critics_b, fake_b)):
            for critic in critics:
                f, f_cam, _ = critic(fake)
                loss = loss + ones(f) + ones(f_cam)
        for changed, left in ((cam_a, left_a), (cam_b, left_b)):
            loss = loss + 1000 * (cross(changed, torch.ones_like(changed)) + cross(left, torch.zeros_like(left)))
        loss.backward()
        optimizer_g.step()
        g_ab.apply(clip)
        g_ba.apply(clip)

    return step


def cyclegan_step(setting: Setting) -> Step:
    """G first, D after it on the same fakes (a batch of one from the pool is as large, so the pool is left out)."""
    theirs = importlib.import_module("models.networks")
    norm = theirs.get_norm_layer("instance")
    g_ab, g_ba = (theirs.ResnetGenerator(3, 3, setting.width, norm_layer=norm, n_blocks=9) for _ in range(2))
    d_a, d_b = (theirs.NLayerDiscriminator(3, setting.width, 3, norm) for _ in range(2))
    optimizer_g, optimizer_d = adam([g_ab, g_ba], 2e-4), adam([d_a, d_b], 2e-4)

    def step(a: Tensor, b: Tensor) -> None:
        fake_b, fake_a = g_ab(a), g_ba(b)
        back_a, back_b = g_ba(fake_b), g_ab(fake_a)
        for judge in (d_a, d_b):
            judge.requires_grad_(False)
        optimizer_g.zero_grad()
        loss = 5 * (F.l1_loss(g_ab(b), b) + F.l1_loss(g_ba(a), a)) + ones(d_b(fake_b)) + ones(d_a(fake_a))
        loss = loss + 10 * (F.l1_loss(back_a, a) + F.l1_loss(back_b, b))
        loss.backward()
        optimizer_g.step()
        for judge in (d_a, d_b):
            judge.requires_grad_(True)
        optimizer_d.zero_grad()
        for judge, real, fake in ((d_b, b, fake_b), (d_a, a, fake_a)):
            (0.5 * (ones(judge(real)) + zeros(judge(fake.detach())))).backward()
        optimizer_d.step()

    return step


def reference_step(setting: Setting) -> Step:
    sys.path.insert(0, str(setting.reference))
    return {"ugatit": ugatit_step, "cyclegan": cyclegan_step}[setting.family](setting)


# ── Comparing ───────────────────────────────────────────────────────────────────────────────────────────────────────

SIDES: dict[str, Callable[[Setting], Step]] = {"ganvas": product_step, "reference": reference_step}


def lap(step: Step, setting: Setting) -> Lap:
    side = setting.resolution
    a, b = (torch.rand(setting.batch, 3, side, side) * 2 - 1 for _ in range(2))
    step(a, b)
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(setting.steps):
        step(a, b)
    shown = setting.steps * setting.batch
    return Lap(shown / (time.perf_counter() - wall), shown / (time.process_time() - processor))


def peak_memory(side: str, setting: Setting) -> float:
    """Peak resident memory in MB of a process that does only this."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak_memory, (side, setting))


def _peak_memory(side: str, setting: Setting) -> float:
    torch.set_num_threads(setting.threads)
    lap(SIDES[side](setting), setting._replace(steps=1))
    status = Path("/proc/self/status")
    if status.exists():  # Linux: ru_maxrss would be the parent's peak where that is higher
        return next(int(line.split()[1]) / 1e3 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if platform.system() == "Darwin" else peak / 1e3


def compare(setting: Setting, rounds: int, memory: bool) -> None:
    steps = {side: make(setting) for side, make in SIDES.items()}
    laps: dict[str, list[Lap]] = {side: [] for side in SIDES}
    for index in range(rounds):
        for side in list(SIDES)[:: 1 if index % 2 else -1]:
            laps[side].append(lap(steps[side], setting))
            print(f"  round {index + 1}, {side}: {laps[side][-1].wall:.3f} pairs/s", flush=True)
    print(
        f"\n{setting.family} at {setting.resolution} px, width {setting.width}, batch {setting.batch}, ganvas in "
        f"{setting.precision}:"
    )
    for side, found in laps.items():
        wall, cpu = (statistics.median(values) for values in zip(*found, strict=True))
        peak = f", peak {peak_memory(side, setting):.0f} MB" if memory else ""
        print(f"  {side:10}  {wall:8.3f} pairs/s, {cpu:8.3f} pairs per processor second{peak}", flush=True)
    for kind in Lap._fields:
        pairs = zip(laps["ganvas"], laps["reference"], strict=True)
        ratios = sorted(getattr(a, kind) / getattr(b, kind) for a, b in pairs)
        print(
            f"  ganvas / reference, {kind} time: {statistics.median(ratios):.2f} × "
            f"(median of {rounds}; {ratios[0]:.2f} … {ratios[-1]:.2f})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=("ugatit", "cyclegan"), default="ugatit")
    parser.add_argument("--reference", type=Path, required=True, help="checkout of the authors' code")
    parser.add_argument("--resolution", type=int, default=64)
    parser.add_argument("--width", type=int, default=64, help="64 is the published size")
    parser.add_argument("--batch", type=int, default=1, help="1 is what they are trained with")
    parser.add_argument("--steps", type=int, default=3, help="counted steps a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--precision", choices=("32-true", "bf16-mixed"), default="32-true", help="of ganvas")
    parser.add_argument("--no-memory", action="store_true", help="leave out the peak memory")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(
        f"{platform.processor() or platform.machine()}, {args.threads} thread(s), Python {platform.python_version()}, "
        f"torch {torch.__version__}, ganvas {ganvas.__version__}"
    )
    setting = Setting(
        args.family,
        args.reference.resolve(),
        args.resolution,
        args.width,
        args.batch,
        args.steps,
        args.threads,
        args.precision,
    )
    compare(setting, args.rounds, not args.no_memory)


if __name__ == "__main__":
    main()

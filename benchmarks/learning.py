"""How fast a family learns, beside its authors' loop where a checkout of it is given, over several seeds.

    python benchmarks/learning.py --recipe stylegan2-64-small --data FOLDER --kimg 11 --seeds 3 \\
        --set data.resolution=32 --set model.augment=none --variant "no noise" model.noise=false \\
        --reference PATH/stylegan2-ada-pytorch
    python benchmarks/learning.py --recipe dcgan-64-small --data FOLDER --kimg 10 --simultaneous

Each line is one side: the recipe with its settings (*ours*), the same with the settings of a ``--variant``, the same
with both players moving from the other's old state (``--simultaneous``), and the authors' networks and loop with equal
sizes, rates, penalties, batch and averages (``--reference``, for the families in ``references.py``). All sides see the
same pictures, in an order of the seed. At ``--marks`` equal distances and at the end it prints KID of the averaged
generator against all pictures, the mean absolute Laplacian of the pictures (in [-1, 1]; a high one is grain), and for
networks with noise inputs the largest strength of these. The last table has mean and standard deviation over seeds.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from references import REFERENCES, Sizes
from torch import Tensor, nn

from ganvas.cli.malloc import keep_freed_memory
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.evaluate.fidelity import quick_kid
from ganvas.models.batches import to_uint8
from ganvas.models.families import build
from ganvas.models.family import Clock
from ganvas.models.features import Features, load_features
from ganvas.recipe import Recipe, load
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import real_batches
from ganvas.train.step import Stepper
from ganvas.train.stream import Stream


class Side(NamedTuple):
    """One training: plays a step of this number, and makes pictures."""

    step: Callable[[int], object]
    sample: Callable[[int], Tensor]  # count → uint8 [N, H, W, C]
    live: nn.Module


class Reading(NamedTuple):
    kid: float
    laplacian: float
    noise: float | None


def laplacian(pictures: Tensor) -> float:
    """Mean absolute 4-neighbour Laplacian of pictures uint8 [N, H, W, C], scaled to [-1, 1]."""
    x = pictures.permute(0, 3, 1, 2).float() / 127.5 - 1
    kernel = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]).expand(x.shape[1], 1, 3, 3)
    return float(F.conv2d(x, kernel, groups=x.shape[1]).abs().mean())


def noise_strength(network: nn.Module) -> float | None:
    """The strength of largest magnitude."""
    found = [float(p.detach()) for name, p in network.named_parameters() if name.endswith("noise_strength")]
    return max(found, key=abs, default=None)


# ── The sides ───────────────────────────────────────────────────────────────────────────────────────────────────────


def ours(recipe: Recipe, dataset: Dataset, seed: int, simultaneous: bool) -> Side:
    torch.manual_seed(seed)
    settings = recipe.train
    family = build(recipe.family, recipe.model, recipe.data_spec(dataset.classes), settings.kimg)
    stages = family.stages()
    if len(stages) > 1:
        raise SystemExit("families that are trained in one stage only")
    stage = stages[0]
    if simultaneous:
        stage = stage._replace(phases=stage.phases[::-1])
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    stepper = Stepper(family, fabric, seed=seed, ema_kimg=settings.ema_kimg, ema_ramp=settings.ema_ramp)
    batch = stage.batch_size or settings.batch_size
    stream = Stream(dataset, family.task, family.data, seed, 0)
    clock = Clock(stage_kimg=stage.kimg, total_kimg=stage.kimg, batch_size=batch)
    batches = stream.micros(0, batch, batch)

    def step(number: int) -> None:
        nonlocal clock
        _, drawn = stepper.step(stage, clock, lambda: [next(batches)])
        clock = clock.advanced(drawn)

    def sample(count: int) -> Tensor:
        average = stepper.average
        average.eval()
        try:
            comparison = TASKS[family.task].comparisons(average, dataset, count)[0]
            return torch.cat(list(comparison.pictures[""]))[:count]
        finally:
            family.train()
            average.train()

    return Side(step, sample, family)


def reference(recipe: Recipe, dataset: Dataset, seed: int, checkout: Path) -> Side:
    torch.manual_seed(seed)
    model, data = recipe.model, recipe.data_spec(dataset.classes)
    family = build(recipe.family, model, data, recipe.train.kimg)
    width, most = model.get("base") or model.get("channels"), model.get("most", 0)
    r1 = model.get("r1")
    batch = recipe.train.batch_size
    gamma = 0.0002 * data.resolution**2 / batch if r1 is None else float(r1)
    torch.manual_seed(seed)
    settings = recipe.train
    sizes = Sizes(
        checkout,
        data.resolution,
        batch,
        width,
        most,
        len(data.classes),
        gamma,
        settings.ema_kimg,
        settings.ema_ramp,
    )
    theirs = REFERENCES[recipe.family](sizes)
    counted = {name: sum(p.numel() for p in network.parameters()) for name, network in family.networks().items()}
    if counted != theirs.sizes:
        print(f"  sizes differ: ours {counted}, theirs {theirs.sizes}")
    batches = Stream(dataset, family.task, data, seed, 0).micros(0, batch, batch)

    def step(number: int) -> object:
        drawn = next(batches)
        return theirs.step(number, drawn.x.float() / 127.5 - 1, drawn.y)

    def sample(count: int) -> Tensor:
        return to_uint8(theirs.sample(count).clamp(-1, 1))

    return Side(step, sample, theirs.generator)


# ── Playing and printing ────────────────────────────────────────────────────────────────────────────────────────────


def played(side: Side, steps: int, marks: int, measure: Callable[[Side], Reading]) -> Iterator[tuple[int, Reading]]:
    """Play all steps; a reading after each of ``marks`` equal parts."""
    at = {steps * mark // marks for mark in range(1, marks + 1)}
    for number in range(steps):
        side.step(number)
        if number + 1 in at:
            yield number + 1, measure(side)


def measured(side: Side, dataset: Dataset, features: Features, count: int) -> Reading:
    pictures = side.sample(count)
    parts = (pictures[start : start + 50] for start in range(0, len(pictures), 50))
    kid = quick_kid(parts, real_batches(dataset), features, fingerprint=dataset.sha256, count=len(dataset))
    return Reading(kid.value, laplacian(pictures), noise_strength(side.live))


def shown(values: list[float]) -> str:
    spread = f" ± {statistics.stdev(values):.3f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.3f}{spread}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--data", type=Path, required=True, help="a folder of pictures")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="setting of all sides")
    parser.add_argument("--variant", action="append", nargs="+", default=[], metavar=("NAME", "KEY=VALUE"))
    parser.add_argument("--simultaneous", action="store_true", help="also with the phases in the opposite order")
    parser.add_argument("--reference", type=Path, help="a checkout of the authors' code")
    parser.add_argument("--kimg", type=float, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--marks", type=int, default=3)
    parser.add_argument("--count", type=int, default=500, help="pictures made per reading")
    parser.add_argument("--features", default="effnet")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    warnings.simplefilter("ignore")  # the references' remarks on this torch
    keep_freed_memory()
    sets = [*args.set, f"train.kimg={args.kimg}"]
    recipe = load(args.recipe, sets)
    if args.reference is not None and recipe.family not in REFERENCES:
        parser.error(f"there is no reference for {recipe.family}; there is one for {', '.join(REFERENCES)}")
    data = recipe.data
    dataset = Dataset(pack(args.data, resolution=data.resolution, channels=data.channels, crop=data.crop).path)
    features = load_features(args.features)
    sides: dict[str, Callable[[int], Side]] = {"ours": lambda seed: ours(recipe, dataset, seed, False)}
    for name, *changes in args.variant:
        changed = load(args.recipe, [*sets, *changes])
        sides[name] = lambda seed, changed=changed: ours(changed, dataset, seed, False)  # type: ignore[misc]
    if args.simultaneous:
        sides["simultaneous"] = lambda seed: ours(recipe, dataset, seed, True)
    if args.reference is not None:
        sides["reference"] = lambda seed: reference(recipe, dataset, seed, args.reference.resolve())
    real = torch.cat(list(real_batches(dataset, args.count)))
    print(f"{args.recipe}, {len(dataset)} pictures, {args.kimg} kimg; Laplacian of the real ones {laplacian(real):.3f}")
    run(
        sides,
        args,
        round(args.kimg * 1000 / recipe.train.batch_size),
        lambda s: measured(s, dataset, features, args.count),
    )


def run(sides: dict[str, Callable[[int], Side]], args: Any, steps: int, measure: Callable[[Side], Reading]) -> None:
    last: dict[str, list[Reading]] = {name: [] for name in sides}
    print("| side | seed | kimg | kid | Laplacian | largest noise strength | core minutes |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for seed in range(args.seeds):
        for name, begin in sides.items():
            start = time.process_time()
            for step, reading in played(begin(seed), steps, args.marks, measure):
                kimg, minutes = args.kimg * step / steps, (time.process_time() - start) / 60
                noise = "–" if reading.noise is None else f"{reading.noise:.3f}"
                row = f"| {name} | {seed} | {kimg:.1f} | {reading.kid:.3f} | {reading.laplacian:.3f} | {noise} |"
                print(f"{row} {minutes:.1f} |", flush=True)
            last[name].append(reading)
    print("\n| side | kid | Laplacian | largest noise strength |\n|---|---|---|---|")
    for name, readings in last.items():
        noises = [abs(reading.noise) for reading in readings if reading.noise is not None]
        columns = (
            shown([r.kid for r in readings]),
            shown([r.laplacian for r in readings]),
            shown(noises) if noises else "–",
        )
        print(f"| {name} | {' | '.join(columns)} |")


if __name__ == "__main__":
    main()

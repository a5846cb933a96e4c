"""How fast a family learns, beside its authors' loop where a checkout of it is given, over several seeds.

    python benchmarks/learning.py --recipe stylegan2-64-small --data FOLDER --kimg 11 --seeds 3 \\
        --set data.resolution=32 --set model.augment=none --variant "no noise" model.noise=false \\
        --reference PATH/stylegan2-ada-pytorch
    python benchmarks/learning.py --recipe dcgan-64-small --data FOLDER --kimg 10 --simultaneous

Each line is one side: the recipe with its settings (*ours*), the same with the settings of a ``--variant``, the same
with both players moving from the other's old state (``--simultaneous``), and the authors' networks and loop with equal
sizes, rates, penalties, batch and averages (``--reference``, for the families in ``REFERENCES``). All sides see the
same pictures, in an order of the seed. At ``--marks`` equal distances and at the end it prints KID of the averaged
networks' answers against the pictures that they should look like (all, or those of the domain that is translated to;
for families that take a style, by reference and by latent), the mean absolute Laplacian of the answers (in [-1, 1]; a
high one is grain), for pairs the mean absolute difference from the targets, and for networks with noise inputs the
largest strength of these. The last table has mean and standard deviation over seeds.
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
from references import Reference, Settings, biggan, stylegan2
from torch import Tensor, nn
from translation_references import cyclegan, starganv2, ugatit

from ganvas.cli.malloc import keep_freed_memory
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.evaluate.fidelity import quick_kid
from ganvas.models.capabilities import HasStandingStatistics
from ganvas.models.families import build
from ganvas.models.family import Clock
from ganvas.models.features import Features, load_features
from ganvas.recipe import Recipe, load
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import real_batches, targets
from ganvas.train.step import Stepper
from ganvas.train.stream import Stream

REFERENCES: dict[str, Callable[[Settings], Reference]] = {
    "stylegan2": stylegan2,
    "biggan": biggan,
    "cyclegan": cyclegan,
    "ugatit": ugatit,
    "starganv2": starganv2,
}
UNTRANSLATED = "_untranslated"


class Side(NamedTuple):
    """One training: plays a step of this number, and answers."""

    step: Callable[[int], object]
    answers: Callable[[], Any]  # the averaged networks, as a family
    live: nn.Module


Reading = dict[str, float]  # measure → value


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

    def answers() -> Any:
        average = stepper.average
        if isinstance(average, HasStandingStatistics):
            average.measure_standing_statistics()
        return average

    return Side(step, answers, family)


def reference(recipe: Recipe, dataset: Dataset, seed: int, checkout: Path) -> Side:
    torch.manual_seed(seed)
    settings, data = recipe.train, recipe.data_spec(dataset.classes)
    family = build(recipe.family, recipe.model, data, settings.kimg)
    batch = settings.batch_size
    steps = round(settings.kimg * 1000 / batch)
    torch.manual_seed(seed)
    theirs = REFERENCES[recipe.family](Settings(checkout, family, batch, steps, settings.ema_kimg, settings.ema_ramp))
    counted = {name: sum(p.numel() for p in network.parameters()) for name, network in family.networks().items()}
    if counted != theirs.sizes:
        print(f"  sizes differ: ours {counted}, theirs {theirs.sizes}")
    batches = Stream(dataset, family.task, family.data, seed, 0).micros(0, batch, batch)

    def step(number: int) -> object:
        drawn = next(batches)
        scaled = (t.float() / 127.5 - 1 if isinstance(t, Tensor) and t.dtype == torch.uint8 else t for t in drawn)
        return theirs.step(number, family.prepare(type(drawn)(*scaled), Clock(batch_size=batch)))

    return Side(step, lambda: theirs.answers, theirs.live)


# ── Playing and printing ────────────────────────────────────────────────────────────────────────────────────────────


def played(side: Side, steps: int, marks: int, measure: Callable[[Side], Reading]) -> Iterator[tuple[int, Reading]]:
    """Play all steps; a reading after each of ``marks`` equal parts."""
    at = {steps * mark // marks for mark in range(1, marks + 1)}
    for number in range(steps):
        side.step(number)
        if number + 1 in at:
            yield number + 1, measure(side)


def measured(side: Side, dataset: Dataset, features: Features, count: int) -> Reading:
    answers = side.answers()
    task, found, made = TASKS[answers.task], {}, []
    for comparison in task.comparisons(answers, dataset, count):
        real = comparison.real
        for ending, parts in comparison.pictures.items():
            if ending == UNTRANSLATED:
                continue
            pictures = torch.cat(list(parts))
            made.append(pictures)
            kid = quick_kid(pictures.split(50), real_batches(real), features, fingerprint=real.sha256, count=len(real))
            found[f"kid {comparison.name}{ending}".strip()] = kid.value
    if task.pairs:
        wanted = torch.from_numpy(targets(dataset, range(len(made[0]))))
        found["L1"] = (made[0].float() - wanted.float()).abs().mean().item() / 127.5
    found["Laplacian"] = statistics.mean(laplacian(pictures) for pictures in made)
    strength = noise_strength(side.live)
    return found if strength is None else found | {"largest noise strength": strength}


def untranslated(recipe: Recipe, dataset: Dataset, features: Features, count: int) -> Reading:
    """KID of the sources as they are, where the task compares these."""
    family = build(recipe.family, recipe.model, recipe.data_spec(dataset.classes), recipe.train.kimg)
    found = {}
    for comparison in TASKS[family.task].comparisons(family, dataset, count):
        if UNTRANSLATED in comparison.pictures:
            real = comparison.real
            parts = comparison.pictures[UNTRANSLATED]
            kid = quick_kid(parts, real_batches(real), features, fingerprint=real.sha256, count=len(real))
            found[comparison.name] = kid.value
    return found


def shown(values: list[float]) -> str:
    if not values:
        return "–"
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
    for name, kid in untranslated(recipe, dataset, features, args.count).items():
        print(f"kid {name} of the sources as they are: {kid:.3f}")
    run(
        sides,
        args,
        round(args.kimg * 1000 / recipe.train.batch_size),
        lambda s: measured(s, dataset, features, args.count),
    )


def run(sides: dict[str, Callable[[int], Side]], args: Any, steps: int, measure: Callable[[Side], Reading]) -> None:
    last: dict[str, list[Reading]] = {name: [] for name in sides}
    for seed in range(args.seeds):
        for name, begin in sides.items():
            start = time.process_time()
            for step, reading in played(begin(seed), steps, args.marks, measure):
                kimg, minutes = args.kimg * step / steps, (time.process_time() - start) / 60
                if not any(last.values()) and step * args.marks < steps * 2 and name == next(iter(sides)):
                    print(f"| side | seed | kimg | {' | '.join(reading)} | core minutes |")
                    print(f"|---|---|---|{'---|' * len(reading)}---|")
                values = " | ".join(f"{value:.3f}" for value in reading.values())
                print(f"| {name} | {seed} | {kimg:.1f} | {values} | {minutes:.1f} |", flush=True)
            last[name].append(reading)
    names = list(dict.fromkeys(key for readings in last.values() for key in readings[0]))
    print(f"\n| side | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for name, readings in last.items():
        columns = [shown([abs(r[key]) if "strength" in key else r[key] for r in readings if key in r]) for key in names]
        print(f"| {name} | {' | '.join(columns)} |")


if __name__ == "__main__":
    main()

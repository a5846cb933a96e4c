"""A family beside its authors' own loop from equal weights: how far the two trainings drift apart, in float64.

    python benchmarks/same_start.py --recipe cyclegan-128-small --data FOLDER --steps 100 --reference PATH \\
        --set data.resolution=16 --set model.width=8 --set model.pool=0 --set model.enlarge=0

The authors' networks are initialised by their own code and read into ours as published files are. Then both sides play
the same pictures with the same random numbers: ours by the trainer's step, theirs by their own loop, losses, optimisers
and schedules (``translation_references.py``). Settings that draw random numbers in another order (crops, image pools)
are to be switched off. Printed is the greatest distance between the two sides' weights over all networks, relative to
the distance that the weights have moved since the beginning: 0 is the same training, 1 is no relation. Without
``--reference`` the other side is a copy of ours whose weights differ by 1e-15 of themselves, which shows what rounding
alone does. Families that show no more drift than that learn as fast as their references, whatever the seed;
``learning.py`` compares those that draw their random numbers differently.
"""

from __future__ import annotations

import argparse
import pickle
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch
from lightning_fabric import Fabric
from references import Reference, Settings, stylegan2
from torch import Tensor, nn
from translation_references import cyclegan, starganv2, ugatit

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.models.batches import Batch
from ganvas.models.families import build
from ganvas.models.family import Clock, Family
from ganvas.models.imports import read
from ganvas.recipe import load
from ganvas.train.step import Stepper
from ganvas.train.stream import Stream

REFERENCES = {"stylegan2": stylegan2, "cyclegan": cyclegan, "ugatit": ugatit, "starganv2": starganv2}
Weights = dict[str, Tensor]


@contextmanager
def _unseeded(*_: Any) -> Iterator[None]:
    """In place of the trainer's seeds per phase: both sides draw from torch's own generator, seeded per step."""
    yield


def published(theirs: Reference, family: Family) -> Weights:
    """The reference's weights under our names, by the reader of its files."""

    def state(content: Any) -> Any:
        if isinstance(content, Mapping):
            return {name: state(part) for name, part in content.items()}
        return content.state_dict()

    assert theirs.files is not None
    with tempfile.TemporaryDirectory() as folder:
        for name, content in theirs.files.items():
            if name.endswith(".pkl"):  # with the modules themselves
                (Path(folder) / name).write_bytes(pickle.dumps(content))
            else:
                torch.save(state(content), Path(folder) / name)
        found = read(Path(folder) / next(iter(theirs.files))).family.networks()
    return {f"{name}.{key}": value for name in family.networks() for key, value in found[name].state_dict().items()}


def drift(ours: nn.Module, theirs: Weights, begun: Weights) -> dict[str, float]:
    """Per network, the greatest distance between weights over that which they have moved."""
    found: dict[str, float] = {}
    for name, parameter in ours.named_parameters():
        moved = (theirs[name] - begun[name]).norm()
        if moved > 1e-9:
            part = float((parameter.detach() - theirs[name]).norm() / moved)
            found[name.partition(".")[0]] = max(found.get(name.partition(".")[0], 0.0), part)
    return found


# ── The sides ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Side(NamedTuple):
    """A training: plays a step, and has weights under our names."""

    step: Callable[[Batch, Clock], object]
    weights: Callable[[], Weights]


def ours(family: Family) -> Side:
    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    stepper, stage = Stepper(family, fabric), family.stages()[0]

    def step(batch: Batch, clock: Clock) -> None:
        stepper.step(stage, clock, lambda: [batch._replace(memo={})])

    return Side(step, lambda: dict(family.state_dict()))


def perturbed(family: Family, again: Family) -> Side:
    """``again`` with the weights of ``family``, each changed by about 1e-15 of itself."""
    again.load_state_dict(family.state_dict())
    with torch.no_grad():
        for parameter in again.parameters():
            parameter.mul_(1 + 1e-15 * torch.randn_like(parameter))
    return ours(again)


def reference(family: Family, theirs: Reference) -> Side:
    """The reference; ours takes its weights."""
    begun = published(theirs, family)
    missing = family.load_state_dict(begun, strict=False)
    assert not missing.unexpected_keys
    assert not {name.partition(".")[0] for name in missing.missing_keys} & family.networks().keys()

    def step(batch: Batch, clock: Clock) -> None:
        scaled = (t.double() / 127.5 - 1 if isinstance(t, Tensor) and t.dtype == torch.uint8 else t for t in batch)
        theirs.step(clock.step, family.prepare(type(batch)(*scaled), clock))

    return Side(step, lambda: published(theirs, family))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--data", type=Path, required=True, help="a folder of pictures")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="setting of both sides")
    parser.add_argument("--reference", type=Path, help="a checkout of the authors' code")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--marks", type=int, default=5)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    first = load(args.recipe, args.set)
    if args.reference is not None and first.family not in REFERENCES:
        parser.error(f"there is no reference for {first.family}; there is one for {', '.join(REFERENCES)}")
    batch = first.train.batch_size
    recipe = load(args.recipe, [*args.set, f"train.kimg={args.steps * batch / 1000}"])
    data = recipe.data
    dataset = Dataset(pack(args.data, resolution=data.resolution, channels=data.channels, crop=data.crop).path)
    torch.set_default_dtype(torch.float64)
    # What both sides compute in float32 whatever the networks have, such as losses, is in float64 here.
    Tensor.float, torch.float32 = Tensor.double, torch.float64  # type: ignore[method-assign]
    Stepper._seeded = _unseeded  # type: ignore[method-assign, assignment]
    torch.manual_seed(0)
    family, again = (
        build(recipe.family, recipe.model, recipe.data_spec(dataset.classes), recipe.train.kimg) for _ in range(2)
    )
    if args.reference is None:
        other = perturbed(family, again)
    else:
        settings = Settings(args.reference.resolve(), family, batch, args.steps)
        other = reference(family, REFERENCES[recipe.family](settings))
    print(f"{args.recipe}, batch {batch}, float64")
    play(family, other, dataset, args.steps, args.marks, batch)


def play(family: Family, other: Side, dataset: Dataset, steps: int, marks: int, batch: int) -> None:
    """Play both sides and print their drift at the marks."""
    mine, stage = ours(family), family.stages()[0]
    begun = {name: value.clone() for name, value in other.weights().items()}
    clock = Clock(stage_kimg=stage.kimg, total_kimg=stage.kimg, batch_size=batch)
    batches = Stream(dataset, family.task, family.data, 0, 0).micros(0, batch, batch)
    start = time.process_time()
    print(f"| step | {' | '.join(family.networks())} | core seconds |")
    print(f"|---|{'---|' * len(family.networks())}---|")
    for number in range(steps):
        drawn = next(batches)
        for side in (mine, other):
            torch.manual_seed(number)
            side.step(drawn, clock)
        clock = clock.advanced(batch)
        if number == 0 or (number + 1) * marks % steps == 0:
            found = drift(family, other.weights(), begun)
            cells = " | ".join(f"{found.get(name, 0.0):.1e}" for name in family.networks())
            print(f"| {number + 1} | {cells} | {time.process_time() - start:.0f} |", flush=True)


if __name__ == "__main__":
    main()

"""Training speed and memory of ``dcgan`` and ``pix2pix``, against the plainest loop of their publications.

    python benchmarks/training.py --family dcgan --batch 32 --steps 4 --rounds 5

The plain loop is written below with the same mathematics, network classes, pictures, threads and Adam settings: what
differs is only how a step is played. The trainer does more in the same time (averaged weights, a finite check of every
gradient, seeding by row, the journal). Each round trains a fresh pair of networks by one side and then by the other,
the first side alternating; a round's first ``steps`` steps warm up and are not counted, the next ``steps`` are. Sheets
and checkpoints fall outside the counted time. Wall time is what a user waits; processor time says the same more
steadily where other programs run. Each side has a process of its own. ``--precision bf16-mixed`` lets the trainer
use its own setting of that name; the plain loop stays in float32, so that ratio compares more than the playing of a
step.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from rounds import Lap, Side, compare, machine
from torch import Tensor, nn
from torch.utils.data import DataLoader

from ganvas.cli.malloc import keep_freed_memory
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.sketch.degrade import DEGRADATIONS
from ganvas.models.families import build
from ganvas.models.family import Family
from ganvas.recipe import Recipe
from ganvas.runs.folder import RunDir
from ganvas.runs.log import Event, Tick
from ganvas.spec import DataSpec
from ganvas.train.trainer import train

RESOLUTION = 64


class Setting(NamedTuple):
    family: str
    batch: int
    steps: int
    width: int
    threads: int
    workers: int
    precision: str
    packed: Path


class Stopwatch:
    """Times the second half of what it is told of."""

    def __init__(self) -> None:
        self.marks: list[tuple[float, float]] = []

    def mark(self) -> None:
        self.marks.append((time.perf_counter(), time.process_time()))

    def lap(self, images: int) -> Lap:
        (wall_a, cpu_a), (wall_b, cpu_b) = self.marks[-2:]
        return Lap(images / (wall_b - wall_a), images / (cpu_b - cpu_a))


# ── The product ─────────────────────────────────────────────────────────────────────────────────────────────────────


def play_product(setting: Setting) -> Lap:
    watch = Stopwatch()

    def listen(event: Event) -> None:
        if isinstance(event, Tick):
            watch.mark()

    images = setting.steps * setting.batch
    paired = {"degradation": "sketch"} if setting.family == "pix2pix" else {}
    recipe = Recipe.model_validate(
        {
            "name": "benchmark",
            "family": setting.family,
            "data": {"resolution": RESOLUTION, "minimum": 2, **paired},
            "model": {"width": setting.width},
            "train": {
                "kimg": 2 * images / 1000,
                "batch_size": setting.batch,
                "workers": setting.workers,
                "precision": setting.precision,
                "tick_kimg": images / 1000,
                "sheet_kimg": 1e6,
                "checkpoint_kimg": 1e6,
                "metric_kimg": 0,
            },
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        train(recipe, RunDir(Path(folder)), setting.packed, listener=listen)
    return watch.lap(images)


# ── The plain loop ──────────────────────────────────────────────────────────────────────────────────────────────────


class Pictures(torch.utils.data.Dataset[tuple[Tensor, ...]]):
    """Decode, mirror at random, degrade, scale to [-1, 1]: one picture at a time."""

    def __init__(self, dataset: Dataset, paired: bool) -> None:
        self.dataset = dataset
        self.paired = paired

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        image = self.dataset.image(index)
        if torch.rand(()) < 0.5:
            image = np.ascontiguousarray(image[:, ::-1])
        views = [DEGRADATIONS["sketch"](image, np.random.default_rng()), image] if self.paired else [image]
        return tuple(torch.from_numpy(v.copy()).permute(2, 0, 1).float() / 127.5 - 1 for v in views)


def endless(loader: DataLoader[Any]) -> Iterator[list[Tensor]]:
    while True:
        yield from loader


def bce(logits: Tensor, label: float) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


def dcgan_step(g: nn.Module, d: nn.Module, opt_g: Any, opt_d: Any, z_dim: int, x: Tensor) -> list[float]:
    """As in the PyTorch example: D on real, D on fake, then G through D."""
    y = torch.zeros(len(x), dtype=torch.long)
    d.zero_grad()
    error_real = bce(d(x, y), 1.0)
    error_real.backward()
    fake = g(torch.randn(len(x), z_dim), y)
    error_fake = bce(d(fake.detach(), y), 0.0)
    error_fake.backward()
    opt_d.step()
    g.zero_grad()
    error_g = bce(d(fake, y), 1.0)
    error_g.backward()
    opt_g.step()
    return [error_real.item(), error_fake.item(), error_g.item()]


def pix2pix_step(g: nn.Module, d: nn.Module, opt_g: Any, opt_d: Any, source: Tensor, target: Tensor) -> list[float]:
    """As in the paper's code: translate, D step with its loss halved, then G step through a frozen D."""
    fake = g(source)
    d.requires_grad_(True)
    opt_d.zero_grad()
    error_fake = bce(d(torch.cat([source, fake.detach()], 1)), 0.0)
    error_real = bce(d(torch.cat([source, target], 1)), 1.0)
    ((error_fake + error_real) * 0.5).backward()
    opt_d.step()
    d.requires_grad_(False)
    opt_g.zero_grad()
    adversarial = bce(d(torch.cat([source, fake], 1)), 1.0)
    pixel = F.l1_loss(fake, target) * 100
    (adversarial + pixel).backward()
    opt_g.step()
    return [error_real.item(), error_fake.item(), adversarial.item(), pixel.item()]


def play_plain(setting: Setting) -> Lap:
    paired = setting.family == "pix2pix"
    data = DataSpec.model_validate({"resolution": RESOLUTION, "source_channels": 1 if paired else 3})
    family: Family = build(setting.family, {"width": setting.width}, data, 1.0)
    g, d = (family.get_submodule(name) for name in ("generator", "discriminator"))
    opt_g, opt_d = (torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999)) for network in (g, d))
    loader = DataLoader(
        Pictures(Dataset(setting.packed), paired),
        setting.batch,
        shuffle=True,
        drop_last=True,
        num_workers=setting.workers,
    )
    batches = endless(loader)
    watch = Stopwatch()
    for step in range(2 * setting.steps):
        if step == setting.steps:
            watch.mark()
        if paired:
            source, target = next(batches)
            pix2pix_step(g, d, opt_g, opt_d, source, target)
        else:
            dcgan_step(g, d, opt_g, opt_d, family.z_dim, next(batches)[0])
    watch.mark()
    return watch.lap(setting.steps * setting.batch)


# ── Comparing ───────────────────────────────────────────────────────────────────────────────────────────────────────

SIDES: dict[str, Callable[[Setting], Lap]] = {"trainer": play_product, "plain loop": play_plain}


def ready(side: str, setting: Setting) -> Side:
    torch.set_num_threads(setting.threads)
    if side == "trainer":
        keep_freed_memory()  # as `ganvas train` does
    return Side(partial(SIDES[side], setting))


def draw_pictures(folder: Path, count: int) -> None:
    """Smooth random pictures: their content does not matter here, that they are PNG files does."""
    rng = np.random.default_rng(0)
    for i in range(count):
        coarse = rng.integers(0, 256, (6, 6, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((RESOLUTION, RESOLUTION), Image.Resampling.BICUBIC).save(folder / f"{i:05}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=("dcgan", "pix2pix"), action="append", help="both when left out")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=4, help="counted steps a round (as many warm up)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--width", type=int, default=64, help="64 is the published size")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--workers", type=int, default=0, help="processes that read pictures, on both sides")
    parser.add_argument("--precision", choices=("32-true", "bf16-mixed"), default="32-true", help="of the trainer")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(machine(args.threads))
    with tempfile.TemporaryDirectory() as folder:
        pictures = Path(folder) / "pictures"
        pictures.mkdir()
        draw_pictures(pictures, max(256, args.batch))
        packed = pack(pictures, Path(folder) / "packed.zip", resolution=RESOLUTION).path
        for family in args.family or ("dcgan", "pix2pix"):
            setting = Setting(
                family, args.batch, args.steps, args.width, args.threads, args.workers, args.precision, packed
            )
            compare(
                f"{family} at {RESOLUTION} px, width {args.width}, batch {args.batch}, workers {args.workers}, trainer "
                f"in {args.precision}",
                {side: partial(ready, side, setting) for side in SIDES},
                args.rounds,
            )


if __name__ == "__main__":
    main()

"""Speed and memory of a training step of the families that translate, beside their authors' own networks.

    python benchmarks/translation.py --family ugatit --reference UGATIT-pytorch --resolution 64 --steps 3 --rounds 3

``--reference`` is a checkout of github.com/znxlwm/UGATIT-pytorch, github.com/NVIDIA/pix2pixHD,
github.com/clovaai/stargan-v2, for ``cut`` of github.com/taesungp/contrastive-unpaired-translation, and for ``cyclegan``
of that or github.com/junyanz/pytorch-CycleGAN-and-pix2pix. They are trained by their own loops
(``translation_references.py``), or in the order of these, written out below: the same losses, weights, optimisers,
sizes and batch on both sides, on pictures in memory; CUT's D moves before its G there, and after it here. U-GAT-IT is
the light one; pix2pixHD is in the stage that moves both generators, without the perceptual term, whose network is
another; StarGAN v2 is without masks and random crops. Each side has its own process. A round's first step warms up and
is not counted. At 64 px the discriminators of U-GAT-IT that see the whole picture have six layers on both sides: the
published seven do not fit there. ``--width`` narrows all networks of both sides alike; 64 stands for StarGAN v2's
published width, which the size decides. U-GAT-IT's own loop runs in a thread of its own, where operations are not
counted, and is written out here.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import types
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from checkouts import open_checkout
from lightning_fabric import Fabric
from references import Reference, Settings
from rounds import Lap, Side, Watch, compare, machine, use
from torch import Tensor
from translation_references import cyclegan, starganv2

from ganvas.cli.malloc import keep_freed_memory
from ganvas.models.batches import Batch, PairedBatch, ReferenceBatch, UnpairedBatch
from ganvas.models.families import build
from ganvas.models.family import Clock, Family
from ganvas.spec import DataSpec
from ganvas.train.step import Stepper

DOMAINS = 2
LOOPS: dict[str, Callable[[Settings], Reference]] = {"cyclegan": cyclegan, "starganv2": starganv2}
EMA_KIMG = {"ugatit": 0.0, "cyclegan": 0.0, "cut": 0.0, "pix2pixhd": 0.0, "starganv2": 5.0}  # 0: no averages, as theirs


class Setting(NamedTuple):
    family: str
    reference: Path
    resolution: int
    width: int
    batch: int
    steps: int
    threads: int
    precision: str
    device: str = "cpu"


Step = Callable[[Tensor, Tensor], object]  # plays a step on pictures of two kinds, [batch, 3, side, side] in [-1, 1]


def layers_of(setting: Setting) -> tuple[int, int]:
    return (7, 5) if setting.resolution >= 96 else (6, 4)


def labels_of(setting: Setting) -> tuple[Tensor, Tensor]:
    """StarGAN v2: the domains of the sources, and those they are carried to."""
    y = torch.arange(setting.batch) % DOMAINS
    return y, (y + 1) % DOMAINS


# ── The product ─────────────────────────────────────────────────────────────────────────────────────────────────────


def model_of(setting: Setting) -> dict[str, Any]:
    match setting.family:
        case "ugatit":
            deep, shallow = layers_of(setting)
            return {
                "width": setting.width,
                "enlarge": 0,
                "light": True,
                "global_layers": deep,
                "local_layers": shallow,
            }
        case "cyclegan" | "cut":
            return {"width": setting.width, "enlarge": 0}
        case "pix2pixhd":
            return {"width": setting.width, "discriminator_width": setting.width, "perceptual": 0}
        case _:
            return {"crop": 0, "width": None if setting.width == 64 else setting.width}


def batch_of(setting: Setting, a: Tensor, b: Tensor) -> Batch:
    match setting.family:
        case "pix2pixhd":
            return PairedBatch(a, b, {})
        case "starganv2":
            y, y_ref = labels_of(setting)
            return ReferenceBatch(a, y, b, b.flip(3), y_ref, {})
        case _:
            return UnpairedBatch(a, b, {})


def family_of(setting: Setting) -> Family:
    classes = tuple(f"domain {i}" for i in range(DOMAINS)) if setting.family == "starganv2" else ()
    data = DataSpec.model_validate({"resolution": setting.resolution, "classes": classes})
    return build(setting.family, model_of(setting), data, 1000.0)


def product_step(setting: Setting) -> Step:
    family = family_of(setting)
    fabric = Fabric(accelerator=setting.device, devices=1, precision=setting.precision)  # type: ignore[arg-type]
    fabric.launch()
    stepper = Stepper(family, fabric, ema_kimg=EMA_KIMG[setting.family])
    stages = family.stages()
    clock = Clock(batch_size=setting.batch, stage=len(stages) - 1)

    def step(a: Tensor, b: Tensor) -> None:
        nonlocal clock
        _, drawn = stepper.step(stages[-1], clock, lambda: [batch_of(setting, a, b)])
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


def authors_loop(setting: Setting) -> Step:
    """The loop of ``translation_references.py`` on networks of the same settings as ours."""
    family = family_of(setting)
    settings = Settings(setting.reference, family, setting.batch, 1000, EMA_KIMG[setting.family])
    play, numbers = LOOPS[setting.family](settings).step, itertools.count()
    return lambda a, b: play(next(numbers), batch_of(setting, a, b))


def ugatit_step(setting: Setting) -> Step:
    """D first, on fakes that are not cut from the generators' graph, then G, which makes its own."""
    open_checkout(setting.reference)
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


def cut_step(setting: Setting) -> Step:
    """D first, then G with the patches' vectors, as there; both on fakes made once."""
    open_checkout(setting.reference, "dominate", "torchvision", "torchvision.transforms")
    theirs, patches = importlib.import_module("models.networks"), importlib.import_module("models.patchnce")
    norm = theirs.get_norm_layer("instance")
    g = theirs.ResnetGenerator(3, 3, setting.width, norm_layer=norm, n_blocks=9)
    d = theirs.NLayerDiscriminator(3, setting.width, 3, norm)
    f = theirs.PatchSampleF(use_mlp=True, init_type="xavier", nc=256)
    options = types.SimpleNamespace(
        nce_includes_all_negatives_from_minibatch=False, batch_size=setting.batch, nce_T=0.07
    )
    compared = patches.PatchNCELoss(options)
    layers = [0, 4, 8, 12, 16]
    with torch.no_grad():  # the first pass makes the layers that send patches to vectors
        f(g(torch.zeros(setting.batch, 3, setting.resolution, setting.resolution), layers, encode_only=True), 256)
    optimizer_g, optimizer_d, optimizer_f = adam([g], 2e-4), adam([d], 2e-4), adam([f], 2e-4)

    def kept(source: Tensor, made: Tensor) -> Any:
        queries, keys = (g(x, layers, encode_only=True) for x in (made, source))
        keys, places = f(keys, 256, None)
        queries, _ = f(queries, 256, places)
        return sum(compared(q, k).mean() for q, k in zip(queries, keys, strict=True)) / len(layers)

    def step(a: Tensor, b: Tensor) -> None:
        fake, same = g(torch.cat([a, b])).split([len(a), len(b)])
        d.requires_grad_(True)
        optimizer_d.zero_grad()
        (0.5 * (zeros(d(fake.detach())) + ones(d(b)))).backward()
        optimizer_d.step()
        d.requires_grad_(False)
        optimizer_g.zero_grad()
        optimizer_f.zero_grad()
        (ones(d(fake)) + 0.5 * (kept(a, fake) + kept(b, same))).backward()
        optimizer_g.step()
        optimizer_f.step()

    return step


def pix2pixhd_step(setting: Setting) -> Step:
    """All losses in one pass forward, D's answers to the fakes twice as there; then G, then D."""
    open_checkout(setting.reference, "torchvision", "torchvision.models")
    theirs = importlib.import_module("models.networks")
    norm = theirs.get_norm_layer("instance")
    g = theirs.LocalEnhancer(3, 3, setting.width // 2, 4, 9, 1, 3, norm)
    d = theirs.MultiscaleDiscriminator(6, setting.width, 3, norm, False, 2, True)
    optimizer_g, optimizer_d = adam([g], 2e-4), adam([d], 2e-4)
    place: Any = torch.cuda if setting.device == "cuda" else torch
    judge = theirs.GANLoss(use_lsgan=True, tensor=place.FloatTensor)

    def step(source: Tensor, target: Tensor) -> None:
        fake = g(source)
        loss_fake = judge(d(torch.cat((source, fake.detach()), 1)), False)
        reals = d(torch.cat((source, target), 1))
        loss_real = judge(reals, True)
        fakes = d(torch.cat((source, fake), 1))
        loss = judge(fakes, True)
        for of_fake, of_real in zip(fakes, reals, strict=True):
            for one, other in zip(of_fake[:-1], of_real[:-1], strict=True):
                loss = loss + 0.5 * F.l1_loss(one, other.detach()) * 10
        optimizer_g.zero_grad()
        loss.backward()
        optimizer_g.step()
        optimizer_d.zero_grad()
        ((loss_fake + loss_real) * 0.5).backward()
        optimizer_d.step()

    return step


REFERENCES: dict[str, Callable[[Setting], Step]] = {
    **dict.fromkeys(LOOPS, authors_loop),
    "ugatit": ugatit_step,
    "cut": cut_step,
    "pix2pixhd": pix2pixhd_step,
}


# ── Comparing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def lap(step: Step, setting: Setting) -> Lap:
    side = setting.resolution
    a, b = (torch.rand(setting.batch, 3, side, side) * 2 - 1 for _ in range(2))
    step(a, b)
    watch = Watch()
    for _ in range(setting.steps):
        step(a, b)
    return watch.lap(setting.steps * setting.batch)


def ready(side: str, setting: Setting) -> Side:
    torch.set_num_threads(setting.threads)
    use(setting.device)
    if side == "ganvas":
        keep_freed_memory()  # as `ganvas train` does
    make = product_step if side == "ganvas" else REFERENCES[setting.family]
    return Side(partial(lap, make(setting), setting))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=tuple(REFERENCES), default="ugatit")
    parser.add_argument("--reference", type=Path, required=True, help="checkout of the authors' code")
    parser.add_argument("--resolution", type=int, default=64)
    parser.add_argument("--width", type=int, default=64, help="64 is the published size")
    parser.add_argument("--batch", type=int, default=1, help="1 is what most of them are trained with")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--steps", type=int, default=3, help="counted steps a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--precision", choices=("32-true", "bf16-mixed"), default="32-true", help="of ganvas")
    args = parser.parse_args()
    if not args.reference.is_dir():
        parser.error(f"there is no checkout at {args.reference}")
    print(machine(args.threads))
    setting = Setting(
        args.family,
        args.reference.resolve(),
        args.resolution,
        args.width,
        args.batch,
        args.steps,
        args.threads,
        args.precision,
        args.device,
    )
    width = "" if args.family == "starganv2" else f", width {args.width}"
    compare(
        f"{args.family} at {args.resolution} px{width}, batch {args.batch}, ganvas in {args.precision}",
        {side: partial(ready, side, setting) for side in ("ganvas", "reference")},
        args.rounds,
        unit="pictures",
    )


if __name__ == "__main__":
    main()

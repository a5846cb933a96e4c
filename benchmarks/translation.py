"""Speed and memory of a training step of the families that translate, beside their authors' own networks.

    python benchmarks/translation.py --family ugatit --reference UGATIT-pytorch --resolution 64 --steps 3 --rounds 3

``--reference`` is a checkout of github.com/znxlwm/UGATIT-pytorch, github.com/NVIDIA/pix2pixHD,
github.com/clovaai/stargan-v2, for ``cut`` of github.com/taesungp/contrastive-unpaired-translation, and for ``cyclegan``
of that or github.com/junyanz/pytorch-CycleGAN-and-pix2pix. They are trained in the order of their own training loop,
written out below: the same losses, weights, optimisers, sizes and batch on both sides, on pictures in memory; CUT's D
moves before its G there, and after it here. U-GAT-IT is the light one; pix2pixHD is in the stage that moves both
generators, without the perceptual term, whose network is another; StarGAN v2 is without masks and random crops. Each
side has its own process. A round's first step warms up and is not counted. At 64 px the discriminators of U-GAT-IT that
see the whole picture have six layers on both sides: the published seven do not fit there. ``--width`` narrows all
networks of both sides alike, but StarGAN v2's, which the size decides.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import itertools
import sys
import types
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from checkouts import open_checkout
from lightning_fabric import Fabric
from rounds import Lap, Side, Watch, compare, machine
from torch import Tensor

from ganvas.cli.malloc import keep_freed_memory
from ganvas.models.batches import Batch, PairedBatch, ReferenceBatch, UnpairedBatch
from ganvas.models.families import build
from ganvas.models.family import Clock
from ganvas.spec import DataSpec
from ganvas.train.step import Stepper

DOMAINS = 2


class Setting(NamedTuple):
    family: str
    reference: Path
    resolution: int
    width: int
    batch: int
    steps: int
    threads: int
    precision: str


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
            return {"crop": 0}


def batch_of(setting: Setting, a: Tensor, b: Tensor) -> Batch:
    match setting.family:
        case "pix2pixhd":
            return PairedBatch(a, b, {})
        case "starganv2":
            y, y_ref = labels_of(setting)
            return ReferenceBatch(a, y, b, b.flip(3), y_ref, {})
        case _:
            return UnpairedBatch(a, b, {})


def product_step(setting: Setting) -> Step:
    reference = setting.family == "starganv2"
    classes = tuple(f"domain {i}" for i in range(DOMAINS)) if reference else ()
    data = DataSpec.model_validate({"resolution": setting.resolution, "classes": classes})
    family = build(setting.family, model_of(setting), data, 1.0)
    fabric = Fabric(accelerator="cpu", devices=1, precision=setting.precision)  # type: ignore[arg-type]
    fabric.launch()
    # Their StarGAN v2 alone averages its networks.
    stepper = Stepper(family, fabric, ema_kimg=5.0 if reference else 0.0)
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


def cyclegan_step(setting: Setting) -> Step:
    """G first, D after it on the same fakes (a batch of one from the pool is as large, so the pool is left out)."""
    open_checkout(setting.reference, "dominate", "torchvision", "torchvision.transforms")
    theirs = importlib.import_module("models.networks")
    norm = theirs.get_norm_layer("instance")
    # CUT's code blurs where sizes change unless told not to; CycleGAN's knows no such thing.
    blurs = "no_antialias" in inspect.signature(theirs.ResnetGenerator).parameters
    plain = {"no_antialias": True} if blurs else {}
    plain_up = {"no_antialias_up": True} if blurs else {}
    g_ab, g_ba = (
        theirs.ResnetGenerator(3, 3, setting.width, norm_layer=norm, n_blocks=9, **plain, **plain_up) for _ in range(2)
    )
    d_a, d_b = (theirs.NLayerDiscriminator(3, setting.width, 3, norm, **plain) for _ in range(2))
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
    judge = theirs.GANLoss(use_lsgan=True, tensor=torch.FloatTensor)

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


def starganv2_step(setting: Setting) -> Step:
    """Its own losses and averaging, in the order of its loop: D twice, G twice."""
    sys.modules.setdefault("munch", types.ModuleType("munch")).__dict__["Munch"] = types.SimpleNamespace
    logging = ("ffmpeg", "tqdm", "torchvision", "torchvision.models", "torchvision.utils", "torchvision.transforms")
    open_checkout(setting.reference, *logging, "cv2", "skimage", "skimage.filters", "core.wing", "core.data_loader")
    for name in ("core.utils", "metrics", "metrics.eval"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["core.wing"].__dict__["FAN"] = sys.modules["core.data_loader"].__dict__["InputFetcher"] = None
    sys.modules["core"].utils = sys.modules["core.utils"]  # type: ignore[attr-defined]
    sys.modules["metrics.eval"].__dict__["calculate_metrics"] = None
    theirs, solver = importlib.import_module("core.model"), importlib.import_module("core.solver")
    side = setting.resolution
    nets = types.SimpleNamespace(
        generator=theirs.Generator(side, 64, w_hpf=0),
        mapping_network=theirs.MappingNetwork(16, 64, DOMAINS),
        style_encoder=theirs.StyleEncoder(side, 64, DOMAINS),
        discriminator=theirs.Discriminator(side, DOMAINS),
    )
    averaged = {name: deepcopy(net) for name, net in vars(nets).items() if name != "discriminator"}
    optimizers = {
        name: torch.optim.Adam(
            net.parameters(), lr=1e-6 if name == "mapping_network" else 1e-4, betas=(0.0, 0.99), weight_decay=1e-4
        )
        for name, net in vars(nets).items()
    }
    args = types.SimpleNamespace(lambda_reg=1.0, lambda_sty=1.0, lambda_ds=1.0, lambda_cyc=1.0, w_hpf=0)
    y, y_ref = labels_of(setting)

    def moved(loss: Tensor, *names: str) -> None:
        for optimizer in optimizers.values():
            optimizer.zero_grad()
        loss.backward()
        for name in names:
            optimizers[name].step()

    def step(x: Tensor, reference: Tensor) -> None:
        x = x.clone()
        z, z2 = torch.randn(2, len(x), 16).unbind()
        both = reference, reference.flip(3)
        moved(solver.compute_d_loss(nets, args, x, y, y_ref, z_trg=z)[0], "discriminator")
        moved(solver.compute_d_loss(nets, args, x, y, y_ref, x_ref=reference)[0], "discriminator")
        loss = solver.compute_g_loss(nets, args, x, y, y_ref, z_trgs=[z, z2])[0]
        moved(loss, "generator", "mapping_network", "style_encoder")
        moved(solver.compute_g_loss(nets, args, x, y, y_ref, x_refs=both)[0], "generator")
        for name, kept in averaged.items():
            solver.moving_average(getattr(nets, name), kept, beta=0.999)

    return step


REFERENCES: dict[str, Callable[[Setting], Step]] = {
    "ugatit": ugatit_step,
    "cyclegan": cyclegan_step,
    "cut": cut_step,
    "pix2pixhd": pix2pixhd_step,
    "starganv2": starganv2_step,
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

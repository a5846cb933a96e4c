"""Networks, losses and optimisers of authors' checkouts, played by their own loops: for speed and for learning."""

from __future__ import annotations

import copy
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch
from checkouts import open_checkout
from torch import Tensor, nn

PATH_LENGTH_EVERY, R1_EVERY = 4, 16


class Sizes(NamedTuple):
    """Equal on both sides."""

    checkout: Path
    resolution: int
    batch: int
    width: int
    most: int
    classes: int
    r1: float = 0.1
    ema_kimg: float = 5.0
    ema_ramp: float | None = None


class Reference(NamedTuple):
    """A training by the authors' code."""

    step: Callable[[int, Tensor, Tensor], object]  # (number of the step, pictures in [-1, 1], labels)
    sample: Callable[[int], Tensor]  # count → pictures of the averaged generator, float in [-1, 1]
    generator: nn.Module
    sizes: dict[str, int]


def count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def averaging(live: nn.Module, average: nn.Module, weight: float) -> None:
    """As both references do it: parameter by parameter."""
    with torch.no_grad():
        for kept, parameter in zip(average.parameters(), live.parameters(), strict=True):
            kept.copy_(parameter.lerp(kept, weight))
        for kept, buffer in zip(average.buffers(), live.buffers(), strict=True):
            kept.copy_(buffer)


def stylegan2(sizes: Sizes) -> Reference:
    open_checkout(sizes.checkout, "requests", "pkg_resources")
    versions: Any = sys.modules["pkg_resources"]
    if getattr(versions, "parse_version", None) is None:
        versions.parse_version = lambda text: [int(part) for part in text.split(".")[:2]]
    networks = importlib.import_module("training.networks")
    loss_module = importlib.import_module("training.loss")
    shared = {"channel_base": sizes.width, "channel_max": sizes.most, "conv_clamp": 256, "num_fp16_res": 0}
    size = {"c_dim": sizes.classes, "img_resolution": sizes.resolution, "img_channels": 3}
    g = networks.Generator(
        z_dim=sizes.most, w_dim=sizes.most, **size, mapping_kwargs={"num_layers": 2}, synthesis_kwargs=shared
    ).requires_grad_(False)
    d = networks.Discriminator(**size, **shared, epilogue_kwargs={"mbstd_group_size": 4}).requires_grad_(False)
    average = copy.deepcopy(g).eval()
    loss = loss_module.StyleGAN2Loss(torch.device("cpu"), g.mapping, g.synthesis, d, r1_gamma=sizes.r1)
    phases = []
    for name, module, every in (("G", g, PATH_LENGTH_EVERY), ("D", d, R1_EVERY)):
        ratio = every / (every + 1)
        adam = torch.optim.Adam(module.parameters(), lr=0.0025 * ratio, betas=(0.0, 0.99**ratio), eps=1e-8)
        phases += [(f"{name}main", module, adam, 1), (f"{name}reg", module, adam, every)]

    def one_hot(y: Tensor) -> Tensor:
        return torch.eye(sizes.classes)[y] if sizes.classes else torch.zeros(len(y), 0)

    def step(number: int, x: Tensor, y: Tensor) -> None:
        c = one_hot(y)
        for name, module, adam, every in phases:
            if number % every:
                continue
            adam.zero_grad(set_to_none=True)
            module.requires_grad_(True)
            z = torch.randn(len(x), sizes.most)
            loss.accumulate_gradients(
                phase=name, real_img=x, real_c=c, gen_z=z, gen_c=c, sync=True, gain=every
            )  # fmt: skip
            module.requires_grad_(False)
            for parameter in module.parameters():
                if parameter.grad is not None:
                    torch.nan_to_num(parameter.grad, nan=0, posinf=1e5, neginf=-1e5, out=parameter.grad)
            adam.step()
        half_life = sizes.ema_kimg * 1000
        if sizes.ema_ramp is not None:
            half_life = min(half_life, (number + 1) * len(x) * sizes.ema_ramp)
        averaging(g, average, 0.5 ** (len(x) / half_life))

    def sample(number: int) -> Tensor:
        z = torch.randn(number, sizes.most, generator=torch.Generator().manual_seed(0))
        with torch.no_grad():
            pictures: Tensor = average(z, one_hot(torch.arange(number) % max(sizes.classes, 1)), noise_mode="const")
        return pictures

    return Reference(step, sample, g, {"generator": count(g), "discriminator": count(d)})


def biggan(sizes: Sizes) -> Reference:
    open_checkout(sizes.checkout, "torchvision", "torchvision.transforms", "datasets")
    big, utils, functions = (importlib.import_module(name) for name in ("BigGAN", "utils", "train_fns"))
    classes, attention = max(sizes.classes, 1), str(sizes.resolution // 2)
    shared = {"resolution": sizes.resolution, "n_classes": classes, "adam_eps": 1e-6, "SN_eps": 1e-6}
    g = big.Generator(
        G_ch=sizes.width, dim_z=80, G_attn=attention, G_shared=True, shared_dim=32, hier=True, G_lr=1e-4, **shared
    )
    d = big.Discriminator(D_ch=sizes.width, D_attn=attention, D_lr=4e-4, **shared)
    average = copy.deepcopy(g)
    z, y = utils.prepare_z_y(sizes.batch, g.dim_z, classes, device="cpu")
    config = {
        "toggle_grads": True,
        "num_D_steps": 1,
        "num_D_accumulations": 1,
        "num_G_accumulations": 1,
        "batch_size": sizes.batch,
        "split_D": False,
        "D_ortho": 0.0,
        "G_ortho": 1e-4,
        "ema": True,
    }
    ema = utils.ema(g, average, 0.5 ** (sizes.batch / (sizes.ema_kimg * 1000)), 0)
    state = {"itr": 0}
    play = functions.GAN_training_function(g, d, big.G_D(g, d), z, y, ema, state, config)

    def step(number: int, x: Tensor, labels: Tensor) -> object:
        state["itr"] = number
        g.train()
        d.train()
        return play(x, labels)

    def sample(number: int) -> Tensor:
        latents = torch.randn(number, g.dim_z, generator=torch.Generator().manual_seed(0))
        labels = torch.arange(number) % classes
        with torch.no_grad():
            pictures: Tensor = average.eval()(latents, average.shared(labels))
        return pictures

    return Reference(step, sample, g, {"generator": count(g), "discriminator": count(d)})


REFERENCES = {"stylegan2": stylegan2, "biggan": biggan}

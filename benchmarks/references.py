"""Networks, losses and optimisers of authors' checkouts, played by their own loops: for speed and for learning.

Each takes its settings from a family of ours, so that sizes, rates and weights of the losses are equal on both sides.
"""

from __future__ import annotations

import copy
import importlib
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import torch
from checkouts import open_checkout
from torch import Tensor, nn

from ganvas.models.batches import Batch, SynthesisRequest
from ganvas.models.family import Family

PATH_LENGTH_EVERY, R1_EVERY = 4, 16


class Settings(NamedTuple):
    """What a reference is built from."""

    checkout: Path
    family: Family  # ours, whose settings and pictures it shares
    batch: int
    steps: int = 1  # of the whole training, for schedules
    ema_kimg: float = 5.0
    ema_ramp: float | None = None

    def ema_weight(self, number: int) -> float:
        """What an average keeps of itself at the step of this number."""
        half_life = self.ema_kimg * 1000
        if self.ema_ramp is not None:
            half_life = min(half_life, (number + 1) * self.batch * self.ema_ramp)
        return float(0.5 ** (self.batch / max(half_life, 1e-8)))


class Answers(nn.Module):
    """Averaged networks of a reference, which answer the requests that a family of ours answers.

    Args:
        family: Ours.
        networks: The averaged networks.
        generate: Request → pictures, float [N, C, R, R].
    """

    def __init__(self, family: Family, networks: dict[str, nn.Module], generate: Callable[[Any], Tensor]) -> None:
        super().__init__()
        self.task, self.data, self.config, self.z_dim = family.task, family.data, family.config, family.z_dim
        self.averages = nn.ModuleDict(networks)
        self._generate = generate

    @torch.no_grad()
    def generate(self, request: Any) -> Tensor:
        return self._generate(request).clamp(-1, 1)


class Reference(NamedTuple):
    """A training by the authors' code."""

    step: Callable[[int, Batch], object]  # (number of the step, batch of pictures in [-1, 1])
    answers: Answers
    live: nn.Module  # the generator
    sizes: dict[str, int]
    files: Mapping[str, Any] | None = None  # its networks as its authors save them: name of a file → modules


def count(*networks: nn.Module) -> int:
    return sum(parameter.numel() for network in networks for parameter in network.parameters())


def averaging(live: nn.Module, average: nn.Module, weight: float) -> None:
    """As the references do it: parameter by parameter."""
    with torch.no_grad():
        for kept, parameter in zip(average.parameters(), live.parameters(), strict=True):
            kept.copy_(parameter.lerp(kept, weight))
        for copied, buffer in zip(average.buffers(), live.buffers(), strict=True):
            copied.copy_(buffer)


def stylegan2(settings: Settings) -> Reference:
    """Generator, discriminator and loss of NVlabs/stylegan2-ada-pytorch, in the order of ``training_loop.py``."""
    open_checkout(settings.checkout, "requests", "pkg_resources")
    versions: Any = sys.modules["pkg_resources"]
    if getattr(versions, "parse_version", None) is None:
        versions.parse_version = lambda text: [int(part) for part in text.split(".")[:2]]
    networks = importlib.import_module("training.networks")
    loss_module = importlib.import_module("training.loss")
    config: Any = settings.family.config
    side, classes = settings.family.data.resolution, len(settings.family.data.classes)
    shared = {"channel_base": config.base, "channel_max": config.most, "conv_clamp": 256, "num_fp16_res": 0}
    size = {"c_dim": classes, "img_resolution": side, "img_channels": 3}
    g = networks.Generator(
        z_dim=config.z_dim,
        w_dim=config.w_dim,
        **size,
        mapping_kwargs={"num_layers": config.mapping_layers},
        synthesis_kwargs=shared | {"use_noise": config.noise},
    ).requires_grad_(False)
    d = networks.Discriminator(**size, **shared, epilogue_kwargs={"mbstd_group_size": config.group})
    d.requires_grad_(False)
    average = copy.deepcopy(g).eval()
    loss = loss_module.StyleGAN2Loss(
        torch.get_default_device(),
        g.mapping,
        g.synthesis,
        d,
        r1_gamma=0.0002 * side**2 / settings.batch if config.r1 is None else config.r1,
        pl_weight=config.path_length,
        style_mixing_prob=config.style_mixing,
    )
    phases = []
    for name, module, every in (("G", g, PATH_LENGTH_EVERY), ("D", d, R1_EVERY)):
        ratio = every / (every + 1)
        adam = torch.optim.Adam(
            module.parameters(), lr=(config.lr or 0.0025) * ratio, betas=(0.0, 0.99**ratio), eps=1e-8
        )
        phases.append((f"{name}main", module, adam, 1))
        if name == "D" or config.path_length:
            phases.append((f"{name}reg", module, adam, every))

    def one_hot(y: Tensor) -> Tensor:
        return torch.eye(classes)[y] if classes else torch.zeros(len(y), 0)

    def step(number: int, batch: Batch) -> None:
        c = one_hot(batch.y)
        for name, module, adam, every in phases:
            if number % every:
                continue
            adam.zero_grad(set_to_none=True)
            module.requires_grad_(True)
            z = torch.zeros(len(batch.x), config.z_dim)
            drawn = z[: len(z) // 2] if name == "Greg" else z  # the penalty reads no more
            drawn.normal_()
            loss.accumulate_gradients(
                phase=name, real_img=batch.x, real_c=c, gen_z=z, gen_c=c, sync=True, gain=every
            )  # fmt: skip
            module.requires_grad_(False)
            for parameter in module.parameters():
                if parameter.grad is not None:
                    torch.nan_to_num(parameter.grad, nan=0, posinf=1e5, neginf=-1e5, out=parameter.grad)
            adam.step()
        averaging(g, average, settings.ema_weight(number))

    def generate(request: SynthesisRequest) -> Tensor:
        pictures: Tensor = average(request.z, one_hot(request.y), noise_mode="const")
        return pictures

    answers = Answers(settings.family, {"generator": average}, generate)
    files = {"network.pkl": {"G": g, "D": d, "G_ema": g}}
    return Reference(step, answers, g, {"generator": count(g), "discriminator": count(d)}, files)


def biggan(settings: Settings) -> Reference:
    """Networks, optimisers and training function of ajbrock/BigGAN-PyTorch.

    Its averages hold averages of the running statistics, too.
    """
    open_checkout(settings.checkout, "torchvision", "torchvision.transforms", "datasets")
    big, utils, functions = (importlib.import_module(name) for name in ("BigGAN", "utils", "train_fns"))
    config: Any = settings.family.config
    classes = max(len(settings.family.data.classes), 1)
    sides = (settings.family.data.resolution // 2,) if config.attention is None else config.attention
    attention = "_".join(map(str, sides)) or "0"
    shared = {
        "resolution": settings.family.data.resolution,
        "n_classes": classes,
        "adam_eps": config.adam_eps,
        "SN_eps": config.spectral_eps,
    }
    g = big.Generator(
        G_ch=config.channels,
        dim_z=config.z_dim,
        G_attn=attention,
        G_shared=config.shared_dim > 0,
        shared_dim=config.shared_dim,
        hier=config.hierarchical,
        G_lr=config.lr_g,
        **shared,
    )
    d = big.Discriminator(D_ch=config.channels, D_attn=attention, D_lr=config.lr_d, **shared)
    average = copy.deepcopy(g)
    z, y = utils.prepare_z_y(settings.batch, g.dim_z, classes, device=str(torch.get_default_device()))
    plan = {
        "toggle_grads": True,
        "num_D_steps": config.d_repeat,
        "num_D_accumulations": 1,
        "num_G_accumulations": 1,
        "batch_size": settings.batch,
        "split_D": False,
        "D_ortho": 0.0,
        "G_ortho": config.orthogonal,
        "ema": True,
    }
    ema = utils.ema(g, average, settings.ema_weight(0), 0)
    state = {"itr": 0}
    play = functions.GAN_training_function(g, d, big.G_D(g, d), z, y, ema, state, plan)

    def step(number: int, batch: Batch) -> object:
        state["itr"], ema.decay = number, settings.ema_weight(number)
        g.train()
        d.train()
        with redirect_stdout(None):  # it prints a line per step
            return play(batch.x, batch.y)

    def generate(request: SynthesisRequest) -> Tensor:
        pictures: Tensor = average(request.z, average.shared(request.y))
        return pictures

    answers = Answers(settings.family, {"generator": average}, generate)
    return Reference(step, answers, g, {"generator": count(g), "discriminator": count(d)})

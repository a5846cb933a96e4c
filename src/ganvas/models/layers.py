"""Small parts that several networks share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrizations

NormName = Literal["batch", "instance", "layer", "none"]


def normalization(name: str, channels: int) -> nn.Module:
    """A layer that normalises ``[N, channels, H, W]``.

    ``batch``: over N, H, W, learned scale and shift (Ioffe & Szegedy 2015). ``instance``: over H, W, nothing learned
    (Ulyanov et al. 2016, as in pix2pix and CycleGAN). ``layer``: over C, H, W, a learned scale and shift a channel
    (Ba et al. 2016): what WGAN-GP advises where batch normalisation is not valid. ``none``: nothing.
    """
    match name:
        case "batch":
            return nn.BatchNorm2d(channels)
        case "instance":
            return nn.InstanceNorm2d(channels)
        case "layer":
            return nn.GroupNorm(1, channels)
        case "none":
            return nn.Identity()
    raise ValueError(f"unknown normalisation {name!r}")


def initialize_normal(network: nn.Module, std: float = 0.02) -> None:
    """Radford et al. 2016, §3: convolutions from N(0, std²), batch norm's scale from N(1, std²), every bias 0."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(module.weight, 0.0, std)
        elif isinstance(module, nn.BatchNorm2d | nn.GroupNorm):
            nn.init.normal_(module.weight, 1.0, std)
        else:
            continue
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def initialize_xavier(network: nn.Module, gain: float) -> None:
    """Glorot & Bengio 2010: convolutions and linear layers from N(0, gain²·2 / (inputs + outputs)), every bias 0."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.xavier_normal_(module.weight, gain)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def spectral_norm(network: nn.Module, *, eps: float = 1e-12) -> nn.Module:
    """Divide the weight of every convolution and linear layer by its largest singular value (Miyato et al. 2018).

    One power iteration a forward pass in training mode, none in evaluation mode; the vectors are buffers. Call it
    after the weights got their first values. The network is changed in place and returned.
    """
    for module in list(network.modules()):
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            parametrizations.spectral_norm(module, eps=eps)
    return network


class MinibatchDiscrimination(nn.Module):
    """How near each picture is to the others of its batch (Salimans et al. 2016, §3.2), a cure for mode collapse.

    ``[N, inputs]`` → ``[N, features]``: M_i = f_i·T is a ``features × numbers`` matrix and
    o_i[b] = Σ_j exp(−‖M_i[b] − M_j[b]‖₁) over the whole batch, the picture itself included. It mixes rows on
    purpose, so what it answers depends on the size of the micro-batch.
    """

    def __init__(self, inputs: int, features: int, numbers: int = 5) -> None:
        super().__init__()
        self.features = features
        self.numbers = numbers
        self.weight = nn.Parameter(torch.empty(inputs, features * numbers).normal_(0.0, 0.02))

    def forward(self, f: Tensor) -> Tensor:
        m = (f @ self.weight).view(len(f), self.features, self.numbers)
        distance = (m[:, None] - m[None]).abs().sum(-1)  # [N, N, features]
        return torch.exp(-distance).sum(1)


class ClassEmbedding(nn.Embedding):
    """A vector a class: of labels int64 [N], or blended by weights float [N, classes]."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (the name nn.Embedding gave it)
        return input @ self.weight if input.is_floating_point() else super().forward(input)


def class_weights(y: Tensor, classes: int, like: Tensor) -> Tensor:
    """Labels int64 [N], or weights float [N, classes] → weights [N, classes] of the kind of ``like``."""
    if y.is_floating_point():
        return y.to(like)
    return F.one_hot(y, classes).to(like) if classes else like[:, :0]


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Evaluation mode inside, whatever the mode outside: dropout off, batch norm on its running statistics.

    A network that is already in evaluation mode is not touched, so that tracing for export sees no side effects.
    """
    if not any(module.training for module in network.modules()):
        yield
        return
    before = {module: module.training for module in network.modules()}
    network.eval()
    try:
        yield
    finally:
        for module, training in before.items():
            module.training = training

"""Weight initialisation."""

from __future__ import annotations

from typing import Literal

from torch import nn


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


InitName = Literal["orthogonal", "xavier", "normal"]


def initialize(network: nn.Module, init: InitName) -> None:
    """First values of every convolution, linear layer and embedding; biases keep torch's own.

    ``orthogonal``: BigGAN, §3 (Saxe et al. 2014). ``xavier``: SAGAN (uniform, Glorot & Bengio 2010). ``normal``:
    N(0, 0.02²), BigGAN's at CIFAR size.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear | nn.Embedding):
            match init:
                case "orthogonal":
                    nn.init.orthogonal_(module.weight)
                case "xavier":
                    nn.init.xavier_uniform_(module.weight)
                case "normal":
                    nn.init.normal_(module.weight, 0.0, 0.02)

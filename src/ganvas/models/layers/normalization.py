"""Normalisation layers by name."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

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


def activation(norm: str) -> nn.LeakyReLU:
    """Leaky ReLU with slope 0.2 after a normalisation.

    In place, except after instance normalisation: its result is a view, through which the gradient of a change in place
    is copied three times. In place would save no memory there, since nothing else keeps the result.
    """
    return nn.LeakyReLU(0.2, inplace=norm != "instance")


def pixel_norm(x: Tensor) -> Tensor:
    """Scale each pixel's channels, or each row of [N, C], to a mean square of 1 (Karras et al. 2018, §4.2)."""
    return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-8)

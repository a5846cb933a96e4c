"""The modulated convolutions of StyleGAN2 (Karras et al. 2020, §2.2)."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor, nn

from ganvas.models import noise
from ganvas.models.layers.convolutions import conv2d, conv_transpose2d
from ganvas.models.layers.filters import Blur
from ganvas.models.layers.precision import without_autocast
from ganvas.models.networks.stylegan2.layers import FILTER, GAIN, Dense, activate, whole

Noise = Literal["random", "constant", "none"]


class Modulated(nn.Module):
    """A convolution whose input channels are scaled by a style, with noise and bias (section 2.2)."""

    noise_constant: Tensor

    def __init__(
        self, inputs: int, outputs: int, w_dim: int, resolution: int, *, up: bool, clamp: float | None, noisy: bool
    ) -> None:
        super().__init__()
        self.resolution = resolution
        self.clamp = clamp
        self.affine = Dense(w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.noise_strength = nn.Parameter(torch.zeros(())) if noisy else None
        if noisy:
            self.register_buffer("noise_constant", torch.randn(resolution, resolution))
        self.blur = Blur(FILTER, 1) if up else None

    def forward(self, x: Tensor, w: Tensor, mode: Noise, gain: float = 1.0) -> Tensor:
        style = self.affine(w)
        # Demodulation: the expected deviation of an output channel is the norm of its scaled weights.
        with without_autocast(x):
            power = self.weight.square().sum((2, 3))
            scale = (style.square() @ power.t() + 1e-8).rsqrt() * (GAIN * gain)
        x = x * style.to(x.dtype)[:, :, None, None]
        if self.blur is None:
            x = conv2d(x, self.weight, padding=1)
        else:
            # Zeros between the pixels, convolution and filter; the filter's factor 4 restores the mean.
            x = conv_transpose2d(x, self.weight.transpose(0, 1), stride=2)
            x = self.blur(x)
            scale = scale * 4
        shift = (self.bias * (GAIN * gain))[None, :, None, None]
        if mode != "none" and self.noise_strength is not None:
            grain = self.noise_constant
            if mode == "random":
                grain = noise.normal(len(x), 1, self.resolution, self.resolution, device=x.device)
            shift = shift + grain * (self.noise_strength * (GAIN * gain))
        x = torch.addcmul(shift.to(x.dtype), x, scale.to(x.dtype)[:, :, None, None])
        return activate(x, None if self.clamp is None else self.clamp * gain)


class ToImage(nn.Module):
    """Features → picture channels by a modulated 1 × 1 convolution without demodulation."""

    def __init__(self, inputs: int, channels: int, w_dim: int, clamp: float | None) -> None:
        super().__init__()
        self.clamp = clamp
        self.affine = Dense(w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(channels, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        style = self.affine(w) / math.sqrt(x.shape[1])
        x = conv2d(x * style.to(x.dtype)[:, :, None, None], self.weight, self.bias)
        x = whole(x)
        return x if self.clamp is None else x.clamp(-self.clamp, self.clamp)

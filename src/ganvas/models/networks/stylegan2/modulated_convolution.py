"""The modulated convolutions of StyleGAN2 (Karras et al. 2020, §2.2)."""

from __future__ import annotations

import math
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models import noise
from ganvas.models.layers.convolutions import conv2d, conv_transpose2d
from ganvas.models.layers.filters import Blur
from ganvas.models.layers.precision import without_autocast
from ganvas.models.networks.stylegan2.layers import FILTER, Affine, activate, whole

Noise = Literal["random", "constant", "none"]


class _KernelPower(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, weight: Tensor) -> Tensor:
        ctx.save_for_backward(weight)
        norms: Tensor = torch.linalg.vector_norm(weight, dim=(2, 3))
        return norms.square_()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        (weight,) = ctx.saved_tensors
        twice: Tensor = grads[0] * 2
        to_weight: Tensor = weight * twice[:, :, None, None]
        return to_weight


def kernel_power(weight: Tensor) -> Tensor:
    """[O, I, H, W] → the sum of squares of each kernel [O, I], without a copy of the squares."""
    if torch.is_grad_enabled() and not torch.compiler.is_compiling():
        return _KernelPower.apply(weight)  # type: ignore[no-any-return, no-untyped-call]
    return weight.square().sum((2, 3))


class Modulated(nn.Module):
    """A convolution whose input channels are scaled by a style, with noise, bias and leaky ReLU (section 2.2).

    Args:
        gain: A factor that is missing from the input; that of leaky ReLU is missing from the result.
    """

    noise_constant: Tensor
    epsilon: Tensor

    def __init__(
        self,
        inputs: int,
        outputs: int,
        w_dim: int,
        resolution: int,
        *,
        up: bool,
        gain: float,
        clamp: float | None,
        noisy: bool,
    ) -> None:
        super().__init__()
        self.resolution = resolution
        self.clamp = clamp
        self.affine = Affine(w_dim, inputs)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.noise_strength = nn.Parameter(torch.zeros(())) if noisy else None
        if noisy:
            self.register_buffer("noise_constant", torch.randn(resolution, resolution))
        self.register_buffer("epsilon", torch.full((outputs,), 1e-8), persistent=False)
        # The factor 4 restores the mean, which zeros between the pixels lower.
        self.blur = Blur(FILTER, 1, factor=4 * gain) if up else None
        self.gain = 1.0 if up else gain

    def forward(self, x: Tensor, w: Tensor, mode: Noise) -> Tensor:
        """[N, inputs, H, W] and ``w`` [N, w_dim], divided by √w_dim → [N, outputs, H, W], twice the side for ``up``."""
        style = self.affine(w)
        # Demodulation: the expected deviation of an output channel is the norm of its scaled weights.
        with without_autocast(x):
            power = kernel_power(self.weight)
            scale = F.linear(style.square(), power, self.epsilon).rsqrt()
            scale = scale if self.gain == 1 else scale * self.gain
        x = x * style.to(x.dtype)[:, :, None, None]
        if self.blur is None:
            x = conv2d(x, self.weight, padding=1)
        else:
            # Zeros between the pixels, convolution and filter.
            x = self.blur(conv_transpose2d(x, self.weight.transpose(0, 1), stride=2))
        shift = self.bias[None, :, None, None]
        if mode != "none" and self.noise_strength is not None:
            grain = self.noise_constant
            if mode == "random":
                grain = noise.normal(len(x), 1, self.resolution, self.resolution, device=x.device)
            shift = shift + grain * self.noise_strength
        x = torch.addcmul(shift.to(x.dtype), x, scale.to(x.dtype)[:, :, None, None])
        return activate(x, self.clamp)


class ToImage(nn.Module):
    """Features → picture channels by a modulated 1 × 1 convolution without demodulation.

    Args:
        gain: A factor that is missing from the input.
    """

    def __init__(self, inputs: int, channels: int, w_dim: int, *, gain: float, clamp: float | None) -> None:
        super().__init__()
        self.clamp = clamp
        self.affine = Affine(w_dim, inputs)
        self.weight = nn.Parameter(torch.randn(channels, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.gain = gain / math.sqrt(inputs)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """[N, inputs, H, W] and ``w`` [N, w_dim], divided by √w_dim → [N, channels, H, W]."""
        # The weights are scaled, not the features: for so few channels a picture's own weights are the smaller ones.
        style = (self.affine(w) * self.gain).to(x.dtype)
        weight = self.weight.flatten(1).to(x.dtype) * style[:, None]
        drawn = torch.baddbmm(self.bias.to(x.dtype)[:, None], weight, x.flatten(2))
        drawn = whole(drawn).view(-1, len(self.bias), *x.shape[2:])
        return drawn if self.clamp is None else F.hardtanh(drawn, -self.clamp, self.clamp)

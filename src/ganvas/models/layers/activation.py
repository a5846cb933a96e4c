"""Leaky ReLU with a bound, which keeps one tensor for all derivatives."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor


class _BoundedLeakyReLU(torch.autograd.Function):
    """Keeps its result, which the next layer keeps as well: it says where the slope is 1, ``slope`` or 0."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, slope: float, bound: float | None) -> Tensor:
        y = F.leaky_relu(x, slope)
        if bound is not None:
            bound = _rounded(bound, x.dtype)
            F.hardtanh(y, -bound, bound, inplace=True)
        ctx.save_for_backward(y)
        ctx.slope, ctx.bound = slope, bound
        return y

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (y,) = ctx.saved_tensors
        return _Slope.apply(grads[0], y.detach(), ctx.slope, ctx.bound), None, None  # type: ignore[no-untyped-call]


class _Slope(torch.autograd.Function):
    """The product of a gradient with the slope, which is constant in pieces: linear, and its own adjoint."""

    @staticmethod
    def forward(ctx: Any, grad: Tensor, y: Tensor, slope: float, bound: float | None) -> Tensor:
        ctx.save_for_backward(y)
        ctx.slope, ctx.bound = slope, bound
        grad = torch.ops.aten.leaky_relu_backward(grad, y, slope, False)
        return grad if bound is None else torch.ops.aten.hardtanh_backward(grad, y, -bound, bound)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (y,) = ctx.saved_tensors
        again = _Slope.apply(grads[0], y, ctx.slope, ctx.bound)  # type: ignore[no-untyped-call]
        return again, None, None, None


def _rounded(bound: float, dtype: torch.dtype) -> float:
    """The number of type ``dtype`` next to ``bound``: what a limited value is, and is compared with later."""
    mantissa, exponent = math.frexp(bound)
    steps = 2 / torch.finfo(dtype).eps
    return math.ldexp(round(mantissa * steps) / steps, exponent)


def leaky_relu(x: Tensor, slope: float, bound: float | None = None) -> Tensor:
    """``x`` where it is positive, else ``slope`` · ``x``, limited to [-``bound``, ``bound``].

    Beyond the bounds the gradient is 0. PyTorch's functions one after the other would keep ``x`` and the unlimited
    result, and compute the derivative of a limit in five operations.
    """
    if torch.is_grad_enabled() and not torch.compiler.is_compiling():
        return _BoundedLeakyReLU.apply(x, slope, bound)  # type: ignore[no-any-return, no-untyped-call]
    y = F.leaky_relu(x, slope)
    return y if bound is None else F.hardtanh(y, -bound, bound)

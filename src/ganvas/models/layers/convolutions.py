"""Convolutions whose derivative is again a convolution, as often as one likes.

Gradient penalties (R1, R2, path length) differentiate a gradient. PyTorch's own second derivative of a grouped
convolution iterates over the groups, which for a depthwise filter or for R3GAN's 96 groups takes tens of times
as long as the forward pass. A convolution is linear in the input and linear in the weight, so every derivative of every
order consists of three operations of the same cost: convolve, convolve with the adjoint, correlate for the weight.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

Pair = tuple[int, int]


class _Shape(NamedTuple):
    """Geometry of a convolution; ``extra`` is the output padding of a transposed one."""

    stride: Pair
    padding: Pair
    extra: Pair
    transposed: bool
    groups: int

    def run(self, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        if self.transposed:
            reach = (weight.shape[2] - 1 - self.padding[0], weight.shape[3] - 1 - self.padding[1])
            if self.stride == (1, 1) and weight.shape[:2] == (self.groups, 1) and min(reach) >= 0:
                # The adjoint of a depthwise filter is the mirrored filter: on a CPU five times as fast.
                return F.conv2d(x, weight.flip(2, 3), bias, 1, reach, 1, self.groups)
            return F.conv_transpose2d(x, weight, bias, self.stride, self.padding, self.extra, self.groups)
        return F.conv2d(x, weight, bias, self.stride, self.padding, 1, self.groups)

    def adjoint(self, x: torch.Size, y: torch.Size, kernel: torch.Size) -> _Shape:
        """The adjoint: from the shape of an output ``y`` to that of the input ``x``."""
        if self.transposed:
            return self._replace(extra=(0, 0), transposed=False)
        rest = [x[2 + i] - ((y[2 + i] - 1) * self.stride[i] - 2 * self.padding[i] + kernel[2 + i]) for i in range(2)]
        return self._replace(extra=(rest[0], rest[1]), transposed=True)


class _Convolve(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, shape: _Shape) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.shape = shape
        return shape.run(x, weight, bias)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        (grad,) = grads
        shape: _Shape = ctx.shape
        to_x = to_weight = to_bias = None
        if ctx.needs_input_grad[0]:
            back = shape.adjoint(x.shape, grad.shape, weight.shape)
            to_x = _Convolve.apply(grad, weight.to(grad.dtype), None, back)  # type: ignore[no-untyped-call]
        if ctx.needs_input_grad[1]:
            to_weight = _Correlate.apply(x, grad.to(x.dtype), weight.shape, shape)  # type: ignore[no-untyped-call]
        if ctx.needs_input_grad[2]:
            to_bias = grad.sum((0, 2, 3))
        return to_x, to_weight, to_bias, None


class _Correlate(torch.autograd.Function):
    """The gradient of a convolution with respect to its weight, itself linear in ``x`` and in ``grad``."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, grad: Tensor, kernel: torch.Size, shape: _Shape) -> Tensor:
        ctx.save_for_backward(x, grad)
        ctx.shape = shape
        like = x.new_empty(()).expand(kernel)
        _, weight, _ = torch.ops.aten.convolution_backward(
            grad,
            x,
            like,
            None,
            shape.stride,
            shape.padding,
            (1, 1),
            shape.transposed,
            shape.extra,
            shape.groups,
            (False, True, False),
        )
        return weight  # type: ignore[no-any-return]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        x, grad = ctx.saved_tensors
        (to_weight,) = grads
        shape: _Shape = ctx.shape
        to_x = to_grad = None
        if ctx.needs_input_grad[0]:
            back = shape.adjoint(x.shape, grad.shape, to_weight.shape)
            to_x = _Convolve.apply(grad, to_weight, None, back)  # type: ignore[no-untyped-call]
        if ctx.needs_input_grad[1]:
            to_grad = _Convolve.apply(x, to_weight, None, shape)  # type: ignore[no-untyped-call]
        return to_x, to_grad, None, None


def _run(x: Tensor, weight: Tensor, bias: Tensor | None, shape: _Shape) -> Tensor:
    kind = x.device.type
    if torch.is_autocast_enabled(kind):  # a Function must cast by itself
        dtype = torch.get_autocast_dtype(kind)
        x, weight, bias = x.to(dtype), weight.to(dtype), None if bias is None else bias.to(dtype)
    else:
        weight, bias = weight.to(x.dtype), None if bias is None else bias.to(x.dtype)
    if torch.is_grad_enabled() and not torch.compiler.is_compiling():
        return _Convolve.apply(x, weight, bias, shape)  # type: ignore[no-any-return, no-untyped-call]
    return shape.run(x, weight, bias)


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    groups: int = 1,
) -> Tensor:
    """``torch.nn.functional.conv2d`` with cheap second derivatives.

    Args:
        x: [N, C, H, W].
        weight: [O, C / groups, kernel height, kernel width].
    """
    return _run(x, weight, bias, _Shape(_pair(stride), _pair(padding), (0, 0), False, groups))


def conv_transpose2d(
    x: Tensor,
    weight: Tensor,
    *,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    groups: int = 1,
) -> Tensor:
    """``torch.nn.functional.conv_transpose2d`` with cheap second derivatives.

    Args:
        x: [N, C, H, W].
        weight: [C, O / groups, kernel height, kernel width].
    """
    return _run(x, weight, None, _Shape(_pair(stride), _pair(padding), (0, 0), True, groups))


def _pair(value: int | Pair) -> Pair:
    return value if isinstance(value, tuple) else (value, value)


# ── Sampling at given places ────────────────────────────────────────────────────────────────────────────────────────


# What lies outside of the picture, as PyTorch numbers it.
_ZEROS, _MIRRORED = 0, 2


class _Sample(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, grid: Tensor, outside: int) -> Tensor:
        ctx.save_for_backward(grid)
        ctx.shape, ctx.outside = x.shape, outside
        return torch.grid_sampler_2d(x, grid, 0, outside, False)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grid,) = ctx.saved_tensors
        return _Spread.apply(grads[0], grid, ctx.shape, ctx.outside), None, None  # type: ignore[no-untyped-call]


class _Spread(torch.autograd.Function):
    """The adjoint of sampling: each value is added to the four pixels it was taken from."""

    @staticmethod
    def forward(ctx: Any, grad: Tensor, grid: Tensor, shape: torch.Size, outside: int) -> Tensor:
        ctx.save_for_backward(grid)
        ctx.outside = outside
        like = grad.new_zeros(()).expand(shape)
        out, _ = torch.ops.aten.grid_sampler_2d_backward(grad, like, grid, 0, outside, False, (True, False))
        return out  # type: ignore[no-any-return]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grid,) = ctx.saved_tensors
        return _Sample.apply(grads[0], grid, ctx.outside), None, None, None  # type: ignore[no-untyped-call]


def grid_sample(x: Tensor, grid: Tensor, *, mirrored: bool = False) -> Tensor:
    """Bilinear ``torch.nn.functional.grid_sample``, differentiable in ``x`` any number of times.

    Args:
        x: [N, C, H, W].
        grid: [N, h, w, 2] in [-1, 1], corners at the pixels' outer edges; no gradient flows to it.
        mirrored: Outside of the picture is its mirror image; False: zeros.
    """
    outside = _MIRRORED if mirrored else _ZEROS
    if torch.is_grad_enabled():
        return _Sample.apply(x, grid, outside)  # type: ignore[no-any-return, no-untyped-call]
    return torch.grid_sampler_2d(x, grid, 0, outside, False)

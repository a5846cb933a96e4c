"""The custom CUDA operations of stylegan2-ada-pytorch on a processor: each computes as its parts and counts as one.

On a GPU a bias with its activation is one kernel, its gradient another; so is resampling with a filter, whose gradient
is a resampling as well. Results are those of the fallback code of the checkout, up to rounding.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import _disable_current_modes

Op = Callable[..., Tensor]


def fuse() -> None:
    """Let the opened checkout's operations be counted as one each; to be called once, before a step is played."""
    biases: Any = importlib.import_module("torch_utils.ops.bias_act")
    filters: Any = importlib.import_module("torch_utils.ops.upfirdn2d")
    plain_bias, plain_filter = biases._bias_act_ref, filters._upfirdn2d_ref

    def bias_act(x: Tensor, b: Tensor | None = None, **settings: Any) -> Tensor:
        made: Tensor = _BiasAct.apply(x, b, plain_bias, settings)  # type: ignore[no-untyped-call]
        return made

    def upfirdn2d(x: Tensor, f: Tensor | None, **settings: Any) -> Tensor:
        made: Tensor = _Resampling.apply(x, f, plain_filter, filters, settings)  # type: ignore[no-untyped-call]
        return made

    biases._bias_act_ref, filters._upfirdn2d_ref = bias_act, upfirdn2d


class _BiasAct(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, b: Tensor | None, plain: Op, settings: dict[str, Any]) -> Tensor:
        ctx.axes = [axis for axis in range(x.dim()) if axis != settings.get("dim", 1)] if b is not None else None
        with _disable_current_modes(), torch.enable_grad():
            begun = x.detach().requires_grad_(True)
            made = plain(begun, None if b is None else b.detach(), **settings)
            (slope,) = torch.autograd.grad(made.sum(), begun)
        ctx.save_for_backward(slope)
        return made.detach().clone()  # the one operation

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        dx = gradients[0] * ctx.saved_tensors[0]  # one operation again, which can be differentiated
        return dx, None if ctx.axes is None else dx.sum(ctx.axes), None, None


class _Resampling(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, f: Tensor | None, plain: Op, module: Any, settings: dict[str, Any]) -> Tensor:
        ctx.f, ctx.plain, ctx.module, ctx.settings, ctx.shape = f, plain, module, settings, x.shape
        with _disable_current_modes():
            made = plain(x, f, **settings)
        return made.clone()  # the one operation

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """The adjoint: up for down, the filter turned, and as much padding as gives the shape of the input."""
        told = ctx.settings
        up, down = ctx.module._parse_scaling(told.get("up", 1)), ctx.module._parse_scaling(told.get("down", 1))
        padding = ctx.module._parse_padding(told.get("padding", 0))
        width, height = ctx.module._get_filter_size(ctx.f)
        pads: list[int] = []
        for axis, size in enumerate((width, height)):
            before, inner, outer = padding[2 * axis], ctx.shape[3 - axis], gradients[0].shape[3 - axis]
            pads += [size - before - 1, inner * up[axis] - outer * down[axis] + before - up[axis] + 1]
        turned = {"up": list(down), "down": list(up), "padding": pads, "gain": told.get("gain", 1)}
        turned["flip_filter"] = not told.get("flip_filter", False)
        dx = _Resampling.apply(gradients[0], ctx.f, ctx.plain, ctx.module, turned)  # type: ignore[no-untyped-call]
        return dx, None, None, None, None

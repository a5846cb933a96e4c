"""Batch normalisation over the rows of all processes that train together.

:class:`torch.nn.SyncBatchNorm` works on GPUs alone, and cannot be differentiated twice; this does both.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


def share_statistics(family: nn.Module) -> int:
    """Let each batch normalisation use the rows of all processes while it trains.

    Each call sends ``2 · channels · processes`` numbers in one reduction, and the same in the backward pass. Processes
    must have micro-batches of equal sizes.

    Args:
        family: Whose layers are changed. Copies made of them later share the statistics of the layer copied.

    Returns:
        The number of layers.
    """
    norms = [module for module in family.modules() if isinstance(module, _BatchNorm)]
    for norm in norms:
        norm.forward = partial(_normalised, norm, norm.forward)  # type: ignore[method-assign]
    return len(norms)


class _Sum(torch.autograd.Function):
    """The sum of a tensor over processes; so is its gradient, since each process's loss depends on the sum."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        total = values.clone()
        torch.distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        return cast(Tensor, _Sum.apply(gradients[0].contiguous()))  # type: ignore[no-untyped-call]


def _normalised(norm: _BatchNorm, alone: Callable[..., Tensor], x: Tensor, *rest: Any) -> Tensor:
    if not norm.training:
        return alone(x, *rest)
    axes = [axis for axis in range(x.dim()) if axis != 1]
    values = x.to(torch.promote_types(x.dtype, torch.float32))
    var, mean = torch.var_mean(values, axes, correction=0)
    world, rank = torch.distributed.get_world_size(), torch.distributed.get_rank()
    own = torch.stack([mean, var])
    # A row per process instead of a sum: variances of parts are joined without a difference of large squares.
    rows = torch.cat([own if row == rank else torch.zeros_like(own) for row in range(world)])
    joined: Tensor = _Sum.apply(rows)  # type: ignore[no-untyped-call]
    means, variances = joined.view(world, 2, -1).unbind(1)
    mean = means.mean(0)
    var = variances.mean(0) + (means - mean).square().mean(0)
    with torch.no_grad():
        _remember(norm, mean, var, values.numel() // values.shape[1] * world)
    scale = torch.rsqrt(var + norm.eps)
    if norm.weight is not None:
        scale = scale * norm.weight
    shift = -mean * scale
    if norm.bias is not None:
        shift = shift + norm.bias
    shape = [1, -1, *(1 for _ in axes[1:])]
    normal: Tensor = values * scale.view(shape) + shift.view(shape)
    return normal.to(x.dtype)


def _remember(norm: _BatchNorm, mean: Tensor, var: Tensor, count: int) -> None:
    """Update the running statistics, as :class:`torch.nn.BatchNorm2d` does."""
    if norm.running_mean is None or norm.running_var is None or norm.num_batches_tracked is None:
        return
    norm.num_batches_tracked += 1
    weight = 1 / norm.num_batches_tracked if norm.momentum is None else norm.momentum
    norm.running_mean.lerp_(mean, weight)
    norm.running_var.lerp_(var * (count / max(count - 1, 1)), weight)

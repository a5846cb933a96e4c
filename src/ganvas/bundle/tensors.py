"""Tensors of a bundle's weight files: in float32, in float16, or in int8 with one scale per channel.

int8 is a storage format only (weight-only quantisation: symmetric, round to nearest): weights become float32 again when
a bundle is loaded. Tensors that are small or have fewer than two dimensions (biases, statistics of normalisation) stay
as they are, since they cost little and a rounded one costs much.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import safetensors.torch
import torch
from torch import Tensor

WeightFormat = Literal["float32", "float16", "int8"]

SCALE = ":scale"  # NAME + SCALE holds the scales of the int8 tensor NAME, in a shape that broadcasts
SMALLEST = 2048  # numbers in a tensor below which it stays as it is
LEVELS = 127


def encode(tensors: Mapping[str, Tensor], weights: WeightFormat = "float32") -> dict[str, Tensor]:
    """Return tensors as they are written: on the CPU, contiguous, in the given format.

    Args:
        tensors: A state dictionary.
        weights: How large floating-point tensors are stored.
    """
    written: dict[str, Tensor] = {}
    for name, given in tensors.items():
        tensor = given.detach().cpu().clone(memory_format=torch.contiguous_format)
        large = tensor.is_floating_point() and tensor.dim() >= 2 and tensor.numel() >= SMALLEST
        if large and weights == "float16":
            tensor = tensor.half()
        elif large and weights == "int8":
            tensor, written[name + SCALE] = _quantized(tensor.float())
        written[name] = tensor
    return written


def write_tensors(path: Path, tensors: Mapping[str, Tensor], weights: WeightFormat = "float32") -> None:
    """Write tensors as a safetensors file; see :func:`encode`.

    The library's own writer makes files that only their owner can read, and replaces the errors of the system.
    """
    path.write_bytes(safetensors.torch.save(encode(tensors, weights)))


def decode(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return what :func:`encode` was given; large tensors are float32 with the rounding of their format."""
    read: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if name.endswith(SCALE):
            continue
        scale = tensors.get(name + SCALE)
        if scale is not None:
            read[name] = tensor.float() * scale
        else:
            read[name] = tensor.float() if tensor.dtype == torch.float16 else tensor
    return read


def _quantized(tensor: Tensor) -> tuple[Tensor, Tensor]:
    """Return int8 numbers and float32 scales, along whichever of the first two dimensions the error is smaller.

    Output channels come first in a convolution and second in a transposed one.
    """
    best: tuple[float, Tensor, Tensor] | None = None
    for channel in (0, 1):
        others = [dimension for dimension in range(tensor.dim()) if dimension != channel]
        scale = tensor.abs().amax(others, keepdim=True).clamp_min(torch.finfo(torch.float32).tiny) / LEVELS
        rounded = (tensor / scale).round().clamp(-LEVELS, LEVELS).to(torch.int8)
        error = float((rounded.float() * scale - tensor).square().sum())
        if best is None or error < best[0]:
            best = error, rounded, scale
    assert best is not None
    return best[1], best[2]

"""StyleGAN2 built from the shapes of a published file; shared by the formats that hold one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from ganvas.models.families import build
from ganvas.models.families.stylegan2 import StyleGAN2
from ganvas.models.imports.published import unsupported
from ganvas.models.networks.stylegan2 import FILTER
from ganvas.spec import DataSpec


def make(
    path: Path, model: dict[str, Any], widths: list[int], resolution: int, channels: int, names: tuple[str, ...]
) -> StyleGAN2:
    """The family of a generator.

    Args:
        path: The file, for errors.
        model: Settings found in the file; ``base`` and ``most`` are added.
        widths: Channels of the blocks, from 4 px up.
        resolution: Side of the pictures.
        channels: Of the pictures.
        names: Names of the classes.

    Raises:
        UserError: There is no such generator here.
    """
    if resolution != 2 << len(widths) or resolution > 2048 or channels not in (1, 3):
        raise unsupported(path, "a StyleGAN2", f"{len(widths)} blocks for {resolution} px, {channels} channels")
    sides = [4 << i for i in range(len(widths))]
    # The smallest base that gives each width: a width of w at side r needs one of w · r to (w + 1) · r − 1.
    base = max(width * side for width, side in zip(widths, sides, strict=True))
    model |= {"base": base, "most": max(widths)}
    if [min(base // side, max(widths)) for side in sides] != widths:
        raise unsupported(path, "a StyleGAN2", f"channels of {', '.join(map(str, widths))} from 4 px up")
    data = DataSpec.model_validate({"resolution": resolution, "channels": channels, "classes": names})
    return cast(StyleGAN2, build("stylegan2", model, data, 1.0))


def is_filter(value: Tensor, gain: float) -> bool:
    """Whether a tensor is the outer product of the filter that StyleGAN2 resizes with, times ``gain``."""
    row = torch.tensor(FILTER) / sum(FILTER)
    return value.shape == (4, 4) and bool(torch.allclose(value.float(), torch.outer(row, row) * gain, atol=1e-6))

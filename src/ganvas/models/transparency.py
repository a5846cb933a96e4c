"""Pictures of four channels: red, green, blue and opacity, for what takes three."""

from __future__ import annotations

from torch import Tensor

RGBA = 4


def over_white(x: Tensor) -> Tensor:
    """Pictures of four channels laid on white; others as they are.

    Args:
        x: float [N, C, H, W] in [-1, 1]; an opacity of -1 is fully transparent.

    Returns:
        float [N, 3, H, W] in [-1, 1] where C is 4.
    """
    if x.shape[1] != RGBA:
        return x
    opacity = (x[:, 3:] + 1) / 2
    return x[:, :3] * opacity + (1 - opacity)

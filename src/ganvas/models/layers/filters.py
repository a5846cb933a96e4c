"""Low-pass filters for changing the size of pictures and features (Karras et al. 2020; Zhang 2019)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models.layers.convolutions import conv2d, conv_transpose2d


def taps(values: Sequence[float]) -> Tensor:
    """A filter of one dimension, scaled to sum to one."""
    tensor = torch.tensor(list(values), dtype=torch.float64)
    return (tensor / tensor.sum()).float()


class Blur(nn.Module):
    """Filter each channel with ``kernel`` ⊗ ``kernel``; zeros outside the picture.

    Args:
        kernel: Taps of one dimension; they are scaled to sum to one.
        padding: Zeros put around the picture first; the side becomes side + 2·padding − taps + 1.
        factor: The result is multiplied by it.
    """

    kernel: Tensor  # as a convolution takes it: mirrored, or not when transposed

    def __init__(self, kernel: Sequence[float], padding: int = 0, *, factor: float = 1.0) -> None:
        super().__init__()
        line = taps(kernel).flip(0)
        self.register_buffer("kernel", torch.outer(line, line)[None, None] * factor, persistent=False)
        self.padding = padding

    def forward(self, x: Tensor) -> Tensor:
        channels = x.shape[1]
        return conv2d(x, _each(self.kernel, channels), padding=self.padding, groups=channels)


class Upsample(Blur):
    """Twice the side: zeros between the pixels, then the filter, brightness kept. For an even number of taps."""

    def __init__(self, kernel: Sequence[float]) -> None:
        super().__init__(kernel[::-1], len(kernel) // 2 - 1, factor=4.0)

    def forward(self, x: Tensor) -> Tensor:
        channels = x.shape[1]
        return conv_transpose2d(x, _each(self.kernel, channels), stride=2, padding=self.padding, groups=channels)


class Downsample(Blur):
    """Half the side: the filter, then each second pixel. For an even number of taps."""

    def __init__(self, kernel: Sequence[float]) -> None:
        super().__init__(kernel, len(kernel) // 2 - 1)

    def forward(self, x: Tensor) -> Tensor:
        channels = x.shape[1]
        return conv2d(x, _each(self.kernel, channels), stride=2, padding=self.padding, groups=channels)


class Halve(Blur):
    """[N, C, H, W] → [N, C, ⌈H/2⌉, ⌈W/2⌉]: [1, 2, 1] across and down, borders mirrored, then each second pixel."""

    def __init__(self) -> None:
        super().__init__((1, 2, 1))

    def forward(self, x: Tensor) -> Tensor:
        channels = x.shape[1]
        mirrored = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return conv2d(mirrored, _each(self.kernel, channels), stride=2, groups=channels)


def _each(kernel: Tensor, channels: int) -> Tensor:
    return kernel.expand(channels, -1, -1, -1)


# ── Long filters, one dimension after the other ─────────────────────────────────────────────────────────────────────


def upsample_by_line(x: Tensor, line: Tensor) -> Tensor:
    """[N, C, H, W] → [N, C, 2H, 2W] by an even number of ``line`` taps (sum one); zeros outside."""
    channels, padding = x.shape[1], len(line) // 2 - 1
    kernel = (line * 2).to(x.dtype)
    x = conv_transpose2d(
        x, _each(kernel.view(1, 1, 1, -1), channels), stride=(1, 2), padding=(0, padding), groups=channels
    )
    return conv_transpose2d(
        x, _each(kernel.view(1, 1, -1, 1), channels), stride=(2, 1), padding=(padding, 0), groups=channels
    )


def downsample_by_line(x: Tensor, line: Tensor, crop: int) -> Tensor:
    """[N, C, H, W] → [N, C, H/2 − crop, W/2 − crop]: the adjoint filter, each second pixel, the edges cut off.

    ``crop`` pixels of the larger picture are cut off each side.
    """
    channels, padding = x.shape[1], len(line) // 2 - 1
    kernel = line.to(x.dtype)
    cut = max(crop - padding, 0)
    rest = max(padding - crop, 0)
    x = F.pad(x, (-cut, -cut, -cut, -cut))
    x = conv2d(x, _each(kernel.view(1, 1, 1, -1), channels), stride=(1, 2), padding=(0, rest), groups=channels)
    return conv2d(x, _each(kernel.view(1, 1, -1, 1), channels), stride=(2, 1), padding=(rest, 0), groups=channels)

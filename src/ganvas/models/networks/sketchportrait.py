"""DeepFaceDrawing's component networks (Chen, Su, Gao, Xia & Fu 2020): codes of parts of a sketch.

Five windows of a sketch (two eyes, nose, mouth and the remainder with the four blanked out) each have an autoencoder,
and a second decoder that maps the same code to feature maps of the face. The windows and the networks are those of
the published code at 512 px; at half the side a network has one level less, so that its innermost map keeps its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models.layers.initialization import initialize_normal

FULL = 512  # side of the sketches that the windows below are measured in
LEVELS = 5  # halvings at that side


class Window(NamedTuple):
    """A square of the sketch, in pixels of a 512 px one: left and top edge, side."""

    x: int
    y: int
    side: int


# Left and right are those of the picture. Pasted in this order: where windows overlap, the later one is kept.
WINDOWS: dict[str, Window] = {
    "remainder": Window(0, 0, 512),
    "mouth": Window(169, 301, 192),
    "nose": Window(182, 232, 160),
    "left_eye": Window(108, 156, 128),
    "right_eye": Window(255, 156, 128),
}
NOSE_ENDS = 36  # rows of the nose's window that the mouth's keeps


def scaled(window: Window, resolution: int) -> Window:
    """The window in pixels of a sketch of another side; its own side stays divisible by the network's halvings."""
    x, y, side = (round(part * resolution / FULL) for part in window)
    return Window(min(x, resolution - side), min(y, resolution - side), side)


def cut(sketch: Tensor, names: Sequence[str] = tuple(WINDOWS)) -> dict[str, Tensor]:
    """``[N, 1, R, R]`` → the named windows, the remainder with the other ones blanked to 1 (white)."""
    resolution = sketch.shape[-1]
    parts: dict[str, Tensor] = {"remainder": sketch}
    keep = torch.ones(1, 1, resolution, resolution, dtype=sketch.dtype, device=sketch.device)
    for name in names:
        if name == "remainder":
            continue
        x, y, side = scaled(WINDOWS[name], resolution)
        parts[name] = sketch[:, :, y : y + side, x : x + side]
        edges = (x, resolution - x - side, y, resolution - y - side)
        keep = keep * (1 - F.pad(torch.ones(1, 1, side, side, dtype=keep.dtype, device=keep.device), edges))
    parts["remainder"] = sketch * keep + (1 - keep)
    return parts


def paste(maps: dict[str, Tensor]) -> Tensor:
    """Each component's maps ``[N, C, side, side]`` → one ``[N, C, R, R]``, windows laid over the remainder."""
    whole = maps["remainder"]
    resolution = whole.shape[-1]
    for name in WINDOWS:
        if name == "remainder" or name not in maps:
            continue
        x, y, side = scaled(WINDOWS[name], resolution)
        rows = side - round(NOSE_ENDS * resolution / FULL) if name == "nose" else side
        # Composed by padding and masks, not written into: the graph exports, and no gradient is overwritten.
        frame = (x, resolution - x - side, y, resolution - y - rows)
        laid = F.pad(maps[name][:, :, :rows], frame)
        there = F.pad(torch.ones(1, 1, rows, side, dtype=whole.dtype, device=whole.device), frame)
        whole = whole * (1 - there) + laid
    return whole


def levels_at(resolution: int) -> int:
    """Halvings of the component networks for sketches of this side: 5 at 512 px, 3 at 128."""
    return LEVELS - (FULL // resolution).bit_length() + 1


class Residual(nn.Module):
    """``[N, C, H, W]`` → the same shape: two convolutions with batch norm beside the identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect"),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect"),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = x + self.block(x)
        return y


# The published blocks end in a leaky ReLU of slope 1, which changes nothing, and so is not here. Their batch norm's
# momentum of 0.9 keeps little but the last batch; running statistics here are torch's usual mean over about ten.


def _halve(inputs: int, outputs: int) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, 4, 2, 1), nn.BatchNorm2d(outputs)]


def _double(inputs: int, outputs: int) -> list[nn.Module]:
    return [nn.ConvTranspose2d(inputs, outputs, 4, 2, 1), nn.BatchNorm2d(outputs)]


class Encoder(nn.Module):
    """A window ``[N, 1, side, side]`` → its code ``[N, code_dim]``.

    With width 32 and code_dim 512 at 512 px: 13,274,848 parameters for an eye, 15,634,144 for the nose, 18,517,728
    for the mouth, 76,189,408 for the remainder.
    """

    def __init__(self, side: int, levels: int, width: int, code_dim: int) -> None:
        super().__init__()
        modules: list[nn.Module] = []
        before = 1
        for level in range(levels):
            after = width * 2**level
            modules += [*_halve(before, after), Residual(after)]
            before = after
        self.conv = nn.Sequential(*modules)
        self.code = nn.Linear(before * (side >> levels) ** 2, code_dim)
        initialize_normal(self)

    def forward(self, window: Tensor) -> Tensor:
        code: Tensor = self.code(self.conv(window).flatten(1))
        return code


class Decoder(nn.Module):
    """A code ``[N, code_dim]`` → ``[N, outputs, side, side]``.

    Args:
        widths: Channels after each doubling, innermost first.
    """

    def __init__(self, side: int, widths: list[int], innermost: int, code_dim: int, outputs: int) -> None:
        super().__init__()
        self.side = side >> len(widths)
        self.spread = nn.Linear(code_dim, innermost * self.side**2)
        modules: list[nn.Module] = [Residual(innermost)]
        before = innermost
        for after in widths:
            modules += [*_double(before, after), Residual(after)]
            before = after
        modules += [nn.Conv2d(before, outputs, 5, padding=2, padding_mode="reflect")]
        self.conv = nn.Sequential(*modules)
        initialize_normal(self)

    def forward(self, code: Tensor) -> Tensor:
        maps: Tensor = self.conv(self.spread(code).unflatten(1, (-1, self.side, self.side)))
        return maps


def sketch_decoder(side: int, levels: int, width: int, code_dim: int) -> Decoder:
    """Code → the window of the sketch, ``[N, 1, side, side]``; an eye's has 13,316,385 parameters at full size."""
    widths = [width * 2**level for level in reversed(range(levels - 1))]
    widths.append(width)
    return Decoder(side, widths, width * 2 ** (levels - 1), code_dim, 1)


def feature_decoder(side: int, levels: int, width: int, code_dim: int, outputs: int) -> Decoder:
    """Code → ``outputs`` feature maps of the window; an eye's has 15,650,592 parameters at full size and 32 maps."""
    widths = [8 * width, 8 * width, 4 * width, 2 * width, 2 * width][LEVELS - levels :]
    return Decoder(side, widths, width * 2 ** (levels - 1), code_dim, outputs)


class Component(nn.Module):
    """The autoencoder of one window."""

    def __init__(self, side: int, levels: int, width: int, code_dim: int) -> None:
        super().__init__()
        self.encoder = Encoder(side, levels, width, code_dim)
        self.decoder = sketch_decoder(side, levels, width, code_dim)

    def forward(self, window: Tensor) -> Tensor:
        """Reconstruct a window from its code."""
        sketch: Tensor = self.decoder(self.encoder(window))
        return sketch

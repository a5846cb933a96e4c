"""Degradations: functions that make the source of a pair from its target.

Each takes the target, uint8 [H, W, 1 or 3], and a random generator, and gives the source, uint8 [H, W, C] of the same
size (or of a part of it: ``scale``), C as ``source_channels`` says. The same target and the same state of the generator
give the same source. What else depends on a degradation stands in :class:`Degradation`: nothing branches on its name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from ganvas.curate.images.decode import Pixels
from ganvas.curate.images.filters import gaussian_blur, luma, resized, to_uint8, unit_range
from ganvas.curate.label_maps import colours_of
from ganvas.curate.sketch.styles import STYLES, draw, draw_any
from ganvas.errors import UserError
from ganvas.spec import DataSpec

Degrade: TypeAlias = Callable[[Pixels, np.random.Generator], Pixels]


class Undone(NamedTuple):
    """What a model that undoes a degradation does: a key for translated pages, and the English sentence."""

    key: str
    sentence: str


_DRAWING = Undone("sketch", "Turns a drawing into a picture")
_COLOUR = Undone("grayscale", "Colours a black-and-white picture")
_DETAIL = Undone("downscale", "Brings back detail in a small picture")
_HOLES = Undone("mask", "Fills in what is missing from a picture")


@dataclass(frozen=True)
class Degradation:
    """How the source of a pair is made from its target, and what a source is.

    Attributes:
        make_source: target uint8 [H, W, 1 or 3] and random generator → source uint8 [H, W, C].
        undone: what a model trained on it does.
        grey: sources have one channel whatever the targets have.
        scale: how many times smaller than the target the sides of the source are.
        draws: sources are drawings.
        holes: sources have holes of mid grey.
        redrawn_by: the degradation that makes the drawing of a photo that a person can continue; None: this one.
    """

    make_source: Degrade
    undone: Undone
    grey: bool = False
    scale: int = 1
    draws: bool = False
    holes: bool = False
    redrawn_by: str | None = None

    def __call__(self, target: Pixels, rng: np.random.Generator) -> Pixels:
        """The source of a target."""
        return self.make_source(target, rng)

    def source_channels(self, channels: Literal[1, 3, 4] = 3) -> Literal[1, 3]:
        """Channels of the sources when the targets have ``channels``."""
        return 1 if self.grey or channels == 1 else 3


def _drawing(make_source: Degrade, redrawn_by: str | None = None) -> Degradation:
    return Degradation(make_source, _DRAWING, grey=True, draws=True, redrawn_by=redrawn_by)


def sketch(target: Pixels, rng: np.random.Generator) -> Pixels:
    """A pencil drawing: thin dark strokes on white along the dark side of edges.

    Differences of Gaussians with a soft threshold (XDoG: Winnemöller, Kyprianidis, Olsen 2012) on the logarithm of the
    luma, so that a stroke is where the picture is darker than its surroundings and dark hair or cloth is not filled.
    Stroke width follows the size of the picture; width and pressure vary a little from draw to draw.
    """
    tone = np.log(luma(unit_range(target)) + np.float32(0.12))
    blur = partial(gaussian_blur, pair_taps=False)  # the drawings must stay the same for ever
    sigma = float(rng.uniform(0.85, 1.15)) * (0.45 + min(tone.shape) * 0.0035)
    edges = blur(tone, sigma) - blur(tone, 2.2 * sigma)
    sensitivity = float(rng.uniform(0.02, 0.035))
    strokes = np.clip((-edges - sensitivity) / sensitivity, 0, None)
    # Specks come from noise and have few dark neighbours; strokes have many.
    company = np.clip(blur(np.minimum(strokes, 1).astype(np.float32), 2 * sigma) * 5 - 0.45, 0, 1)
    pressure = float(rng.uniform(0.75, 1.15))
    ink = np.tanh(strokes * company * pressure) * np.float32(rng.uniform(0.85, 1.0))
    return to_uint8((1 - ink).astype(np.float32))[:, :, None]


def grayscale(target: Pixels, rng: np.random.Generator) -> Pixels:
    """The luma alone: colourisation learns to undo it."""
    return to_uint8(luma(unit_range(target)))[:, :, None]


def downscale(target: Pixels, rng: np.random.Generator) -> Pixels:
    """A quarter of the pixels each way (bicubic, antialiased) and back to the same size."""
    height, width, _ = target.shape
    return resized(resized(target, max(1, width // 4), max(1, height // 4)), width, height)


def _smaller(factor: int) -> Degrade:
    def smaller(target: Pixels, rng: np.random.Generator) -> Pixels:
        height, width, _ = target.shape
        return resized(target, max(1, width // factor), max(1, height // factor))

    smaller.__doc__ = f"The picture with its sides {factor} times smaller (bicubic, antialiased): super-resolution."
    return smaller


def mask(target: Pixels, rng: np.random.Generator) -> Pixels:
    """Holes of mid grey: one to three rectangles or wandering strokes, together up to about a third of the picture."""
    height, width, _ = target.shape
    side = min(height, width)
    source = target.copy()
    hole = np.zeros((height, width), dtype=bool)
    rows, columns = np.arange(height)[:, None], np.arange(width)[None, :]
    for _ in range(int(rng.integers(1, 4))):
        if rng.random() < 0.5:
            tall, broad = (int(side * rng.uniform(0.15, 0.4)) for _ in range(2))
            top, left = int(rng.integers(0, height - tall + 1)), int(rng.integers(0, width - broad + 1))
            hole[top : top + tall, left : left + broad] = True
            continue
        y, x = rng.uniform(0, height), rng.uniform(0, width)
        angle, radius = rng.uniform(0, 2 * np.pi), side * rng.uniform(0.03, 0.06)
        for _ in range(int(rng.integers(8, 24))):
            hole |= (rows - y) ** 2 + (columns - x) ** 2 <= radius**2
            angle += rng.normal(0, 0.5)
            y = float(np.clip(y + radius * np.sin(angle), 0, height))
            x = float(np.clip(x + radius * np.cos(angle), 0, width))
    source[hole] = 128
    return source


def _drawn(style: str) -> Degrade:
    def drawn(target: Pixels, rng: np.random.Generator) -> Pixels:
        return draw(target, style, rng)

    drawn.__doc__ = STYLES[style].about
    return drawn


# `sketch` keeps its meaning for ever: bundles were trained on it.
DEGRADATIONS: dict[str, Degradation] = {
    "sketch": _drawing(sketch),
    **{f"sketch-{style}": _drawing(_drawn(style)) for style in STYLES},
    "sketch-mixed": _drawing(draw_any, redrawn_by="sketch-contour"),
    "grayscale": Degradation(grayscale, _COLOUR, grey=True),
    "downscale": Degradation(downscale, _DETAIL),
    "downscale-x2": Degradation(_smaller(2), _DETAIL, scale=2),
    "downscale-x4": Degradation(_smaller(4), _DETAIL, scale=4),
    "mask": Degradation(mask, _HOLES, holes=True),
}


def degradation(name: str) -> Degradation:
    """The degradation of this name.

    Raises:
        UserError: there is none.
    """
    if name not in DEGRADATIONS:
        raise UserError(f"There is no degradation {name!r}; choose one of {', '.join(DEGRADATIONS)}.")
    return DEGRADATIONS[name]


def downscaling(scale: int) -> str | None:
    """Name of the degradation that makes the sides ``scale`` times smaller; None where there is none."""
    return next((name for name, degradation in DEGRADATIONS.items() if degradation.scale == scale > 1), None)


def displayed(pictures: Pixels, data: DataSpec) -> Pixels:
    """Sources as people are shown them, uint8 [N, resolution, resolution, 1 or 3]: small ones in larger pixels, of two
    frames the first, and each label in its colour."""
    if data.labels:
        wheel = np.arange(256)[:, None] * np.array([[97, 151, 211]]) % 256  # far-apart colours for neighbouring numbers
        colours = colours_of(data.palette) if data.palette else wheel.astype(np.uint8)
        pictures = colours[pictures[..., 0]]
    pictures = pictures[..., :3]
    return pictures.repeat(data.source_scale, axis=1).repeat(data.source_scale, axis=2)

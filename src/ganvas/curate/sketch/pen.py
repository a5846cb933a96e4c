"""Strokes of a pen, drawn dark on white."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from ganvas.curate.images.decode import Pixels
from ganvas.curate.images.filters import Float

SUPERSAMPLING = 4


class Stroke(NamedTuple):
    """One movement of the pen: points [N, 2] (x, y) in shares of the picture's shorter side, and how strong it is."""

    points: Float
    strength: float


class Pen(NamedTuple):
    """How strokes are drawn."""

    width: float  # share of the shorter side
    darkness: float  # of the strongest stroke, in [0, 1]
    fading: float = 0.0  # how much lighter weak strokes are
    taper: float = 0.0  # how much thinner a stroke is at its ends
    wobble: float = 0.0  # share of the shorter side that the hand strays


def render(strokes: list[Stroke], height: int, width: int, pen: Pen, rng: np.random.Generator) -> Pixels:
    """Draw strokes dark on white: uint8 [height, width, 1], antialiased."""
    side = min(height, width)
    factor = SUPERSAMPLING if side <= 512 else 2
    sheet = Image.new("L", (width * factor, height * factor), 255)
    brush = ImageDraw.Draw(sheet)
    strongest = max((stroke.strength for stroke in strokes), default=1.0)
    drawn = []
    for stroke in strokes:
        dark = pen.darkness * (1 - pen.fading * (1 - (stroke.strength / strongest) ** 0.5))
        points = stroke.points + _straying(len(stroke.points), pen.wobble, rng) if pen.wobble else stroke.points
        drawn.append((dark * float(rng.uniform(0.92, 1.0)), points))
    for dark, points in sorted(drawn, key=lambda one: one[0]):  # the darkest comes last, over lighter ones
        _lay(brush, points * np.float32(side * factor), pen.width * side * factor, pen.taper, round(255 * (1 - dark)))
    pixels: Pixels = np.asarray(sheet.reduce(factor))
    return pixels[:, :, None]


def _straying(count: int, amount: float, rng: np.random.Generator) -> Float:
    """Random drift [count, 2] of a stroke: a shift, and waves along it."""
    knots = max(2, count // 12 + 2)
    offsets = rng.normal(0, amount, (knots, 2)) + rng.normal(0, amount, (1, 2))
    where = np.linspace(0, knots - 1, count)
    wave = np.stack([np.interp(where, np.arange(knots), offsets[:, axis]) for axis in (0, 1)], axis=1)
    return wave.astype(np.float32)


def _lay(brush: ImageDraw.ImageDraw, points: Float, width: float, taper: float, shade: int) -> None:
    places = [(px, py) for px, py in points.tolist()]
    if taper == 0:
        brush.line(places, fill=shade, width=max(1, round(width)), joint="curve")
        radius = width / 2
        for px, py in (places[0], places[-1]):
            brush.ellipse((px - radius, py - radius, px + radius, py + radius), fill=shade)
        return
    count = len(places) - 1
    for index in range(count):
        pressure = 1 - taper * abs(2 * (index + 0.5) / count - 1) ** 3
        brush.line(places[index : index + 2], fill=shade, width=max(1, round(width * pressure)))
        radius = max(width * pressure / 2 - 0.5, 0.0)
        px, py = places[index + 1]
        brush.ellipse((px - radius, py - radius, px + radius, py + radius), fill=shade)

"""The pictures of questions whose answer is known: one that says what to answer, and one that was ruined."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ganvas.curate.images.decode import Pixels

_PAPER, _INK, _GREEN, _RED = (245, 243, 238), (30, 28, 26), (11, 110, 83), (168, 50, 28)
_BLOCKS = 10  # of a ruined picture, along its shorter side
_NOISE = 40.0  # standard deviation, in levels of 255


def number_picture(number: int, width: int, height: int) -> Pixels:
    """A picture uint8 [height, width, 3] that shows a number, which is to be answered."""
    image = Image.new("RGB", (width, height), _PAPER)
    size = max(min(width, height) // 2, 10)
    ImageDraw.Draw(image).text((width / 2, height / 2), str(number), _INK, ImageFont.load_default(size), anchor="mm")
    return np.array(image)


def mark_picture(right: bool, width: int, height: int) -> Pixels:
    """A picture uint8 [height, width, 3] that shows a tick, which is to be chosen, or a cross."""
    image = Image.new("RGB", (width, height), _PAPER)
    draw, side = ImageDraw.Draw(image), min(width, height)
    left, top, thick = (width - side) / 2, (height - side) / 2, max(side // 14, 2)

    def line(*points: tuple[float, float]) -> None:
        places = [(left + x * side, top + y * side) for x, y in points]
        draw.line(places, _GREEN if right else _RED, thick, joint="curve")

    if right:
        line((0.25, 0.52), (0.43, 0.7), (0.76, 0.3))
    else:
        line((0.3, 0.3), (0.7, 0.7))
        line((0.7, 0.3), (0.3, 0.7))
    return np.array(image)


def ruined(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A picture uint8 [H, W, 3] in coarse blocks under heavy noise, which nobody finds good."""
    height, width = pixels.shape[:2]
    scale = _BLOCKS / min(height, width)
    small = (max(round(width * scale), 1), max(round(height * scale), 1))
    blocks = (
        Image.fromarray(pixels).resize(small, Image.Resampling.BOX).resize((width, height), Image.Resampling.NEAREST)
    )
    noisy = np.asarray(blocks, np.float64) + rng.normal(0, _NOISE, pixels.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)

"""Pictures made of numbers alone, so that they are the same on every machine."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image


def picture(index: int, width: int = 48, height: int = 40) -> np.ndarray:
    """A disc (even) or a square (odd) on a sloping ground, uint8 [height, width, 3]."""
    y, x = np.mgrid[:height, :width]
    ground = np.stack([60 + 2 * x + index, 50 + 3 * y + index, 40 + x + y + 3 * index], axis=-1)
    cx, cy, side = 12 + index % 7 * 3, 12 + index % 5 * 3, 8 + index % 4
    round_ = (x - cx) ** 2 + (y - cy) ** 2 < side**2
    inside = round_ if index % 2 == 0 else (abs(x - cx) < side) & (abs(y - cy) < side)
    colour = (240, 230 - 3 * index, 200) if index % 2 == 0 else (20, 30 + 3 * index, 50)
    return np.where(inside[..., None], np.array(colour), ground).clip(0, 255).astype(np.uint8)


def strokes(side: int = 64) -> np.ndarray:
    """Dark lines on white, uint8 [side, side]."""
    y, x = np.mgrid[:side, :side]
    ring = abs(np.hypot(x - side / 2, y - side / 2) - side / 3) < 1
    mouth = (abs(y - side * 0.6) < 1) & (abs(x - side / 2) < side / 8)
    return np.where(ring | mouth, 0, 255).astype(np.uint8)


def png(pixels: np.ndarray) -> bytes:
    """The pixels as a PNG."""
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()

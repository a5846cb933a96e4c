"""The part of a picture that becomes the square: by a crop, by a box, or one half of a side-by-side pair."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from ganvas.crops import Crop
from ganvas.curate.images.decode import PictureError

Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels
Half = Literal["left", "right"]


def crop_box(image: Image.Image, crop: Crop) -> Box:
    """The part of a picture that becomes the square: left, top, right, bottom in pixels.

    ``pad`` is the smallest square round the whole picture, which reaches beyond it. ``center`` is the largest square
    in the middle, ``stretch`` the whole picture, ``smart`` the largest square moved along the longer side to where the
    picture has most edges, leaning to the upper part of upright pictures, where heads are. The same picture always
    gives the same box.
    """
    width, height = image.size
    if crop == "stretch" or width == height:
        return (0.0, 0.0, float(width), float(height))
    if crop == "pad":
        left, top = -(max(height - width, 0) // 2), -(max(width - height, 0) // 2)
        side = max(width, height)
        return (float(left), float(top), float(left + side), float(top + side))
    side = min(width, height)
    free = max(width, height) - side
    offset = free / 2 if crop == "center" else free * _most_interesting(image)
    offset = float(round(offset)) if crop == "smart" else float(free // 2)
    if width > height:
        return (offset, 0.0, offset + side, float(height))
    return (0.0, offset, float(width), offset + side)


def _most_interesting(image: Image.Image) -> float:
    """The position of the square along the longer side, in [0, 1]."""
    width, height = image.size
    scale = 96 / max(width, height)
    small = image.convert("RGB").resize(
        (max(8, round(width * scale)), max(8, round(height * scale))), Image.Resampling.BOX, reducing_gap=2.0
    )
    pixels: npt.NDArray[np.float32] = np.asarray(small, dtype=np.float32) / np.float32(255)
    if height > width:
        pixels = pixels.transpose(1, 0, 2)  # the longer side runs along axis 1 from here on
    across = np.abs(np.diff(pixels, axis=1, prepend=pixels[:, :1])).sum(2)
    along = np.abs(np.diff(pixels, axis=0, prepend=pixels[:1])).sum(2)
    # The border of a picture is ground more often than subject: what differs from it counts as well.
    border = np.concatenate([pixels[:, 0], pixels[:, -1]])
    strangeness = np.abs(pixels - np.median(border, axis=0)).sum(2)
    energy = (across + along + 0.25 * strangeness).sum(0)
    side = pixels.shape[0]
    cumulative = np.concatenate([[0.0], np.cumsum(energy)])
    inside = cumulative[side:] - cumulative[:-side]
    where = np.linspace(0, 1, len(inside))
    favourite = 0.3 if height > width else 0.5
    leaning = np.exp(-(((where - favourite) / 0.6) ** 2))
    return float(where[int(np.argmax(inside * leaning))])


def square_around(box: Box, size: tuple[int, int], margin: float) -> Box | None:
    """A square round a box with a margin on each side (a share of the box's longer side), moved into the picture.

    Args:
        size: width and height of the picture.

    Returns:
        left, top, right, bottom; no larger than the picture allows; None when the box lies outside of it.
    """
    width, height = size
    left, top, right, bottom = max(box[0], 0), max(box[1], 0), min(box[2], width), min(box[3], height)
    if right - left < 1 or bottom - top < 1:
        return None
    side = min(max(right - left, bottom - top) * (1 + 2 * margin), width, height)
    x = min(max((left + right - side) / 2, 0), width - side)
    y = min(max((top + bottom - side) / 2, 0), height - side)
    return (x, y, x + side, y + side)


def split_halves(image: Image.Image, source_half: Half) -> tuple[Image.Image, Image.Image]:
    """A side-by-side picture → target, source."""
    width, height = image.size
    if abs(width - 2 * height) > 2:
        raise PictureError(f"not twice as wide as high ({width} × {height})")
    left, right = image.crop((0, 0, width // 2, height)), image.crop((width - width // 2, 0, width, height))
    return (right, left) if source_half == "left" else (left, right)

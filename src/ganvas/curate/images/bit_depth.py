"""Grey pictures of more than 8 bits, or of floating point, brought to 8 bits by a white level."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

LEVELS = (255.0, 1023.0, 4095.0, 16383.0, 65535.0)  # the largest values of 8, 10, 12, 14 and 16 bits
OVERSHOOT = 1.25  # floating-point pictures in 0 … 1 may exceed 1 by as much, after resampling for instance
UNSCALED = 16.0  # floating-point pictures up to this value are neither in 0 … 1 nor in 0 … 255
_WHITE_IS_ZERO, _PHOTOMETRIC = 0, 262  # of TIFF


class Levels(NamedTuple):
    """The values that become 0 and 255."""

    black: float
    white: float


class ValueRange(NamedTuple):
    """The smallest and the largest value of a picture, or of a set of pictures."""

    low: float
    high: float
    floating: bool

    def joined(self, other: ValueRange) -> ValueRange:
        """The range of both."""
        return ValueRange(min(self.low, other.low), max(self.high, other.high), self.floating)


def is_deep(image: Image.Image) -> bool:
    """Whether a picture has more than 8 bits per value."""
    return image.mode == "F" or image.mode.startswith("I")


def value_range(image: Image.Image) -> ValueRange:
    """The range of a deep picture; values that are not finite do not count."""
    values = _values(image)
    return ValueRange(float(values.min()), float(values.max()), image.mode == "F")


def guess_levels(values: ValueRange) -> Levels:
    """Black and white by the range of a picture, or better of a whole set.

    White is the smallest of ``LEVELS`` that no value exceeds: a camera of 12 bits leaves the upper bits of a 16-bit
    file empty. Floating-point values up to 1 are a share of white. Black is 0, or the smallest value where there are
    negative ones.
    """
    low, high = values.low, values.high
    if values.floating and high <= OVERSHOOT:
        white = 1.0
    elif values.floating and high < UNSCALED:
        white = high
    else:
        white = next((level for level in LEVELS if high <= level), high)
    black = 0.0 if low >= (-0.05 * white if values.floating else 0.0) else low
    return Levels(black, white if white > black else black + 1.0)


def white_is_zero(image: Image.Image) -> bool:
    """Whether a deep TIFF stores white as 0; Pillow inverts such pictures of 8 bits only."""
    return image.mode.startswith("I;16") and getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == _WHITE_IS_ZERO


def to_eight_bits(image: Image.Image, levels: Levels, *, inverted: bool = False) -> Image.Image:
    """A deep picture in mode L: ``levels.black`` → 0, ``levels.white`` → 255, clipped; or the other way round."""
    scaled = (_values(image) - levels.black) / (levels.white - levels.black) * 255
    pixels = np.clip(scaled + 0.5, 0, 255).astype(np.uint8)
    return Image.fromarray(255 - pixels if inverted else pixels)


def _values(image: Image.Image) -> npt.NDArray[np.float64]:
    values: npt.NDArray[np.float64] = np.nan_to_num(np.asarray(image).astype(np.float64), nan=0, posinf=0, neginf=0)
    return values

"""Colour pictures of 16 bits per channel, of which Pillow decodes only the upper 8."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from ganvas.curate.images.bit_depth import LEVELS, Levels, ValueRange

FULL = LEVELS[-1]


def has_upper_bits_only(image: Image.Image) -> bool:
    """Whether Pillow will decode only the upper bits of a picture; asked before its pixels are loaded."""
    return image.mode in ("RGB", "RGBA", "LA") and any(";16" in str(tile[3]) for tile in getattr(image, "tile", []))


def upper_range(image: Image.Image) -> ValueRange:
    """The range of 16-bit values by their upper bits: no value is larger."""
    return ValueRange(0.0, 256.0 * float(_colours(image).max()) + 255, False)


def colours_to_eight_bits(image: Image.Image, source: bytes | Path, levels: Levels) -> tuple[Image.Image, bool]:
    """A loaded picture with ``levels.white`` as 255.

    Args:
        image: as Pillow decoded it.
        source: its file.
        levels: black and white of its 16-bit values.

    Returns:
        The picture, of the same mode, and whether all of its bits were read: that needs OpenCV.
    """
    if levels.white == FULL:
        return image, True
    values = _all_bits(image, source)
    exact = values is not None
    if values is None:
        values = _colours(image).astype(np.float64) * 257
    scaled = (values - levels.black) / (levels.white - levels.black) * 255
    pixels = np.clip(scaled + 0.5, 0, 255).astype(np.uint8)
    if image.mode != "RGB":
        pixels = np.dstack([pixels, np.asarray(image)[:, :, -1]])
    made = Image.fromarray(pixels, None if image.mode != "LA" else "LA")
    made.info = dict(image.info)
    return made, exact


def _colours(image: Image.Image) -> npt.NDArray[np.uint8]:
    pixels: npt.NDArray[np.uint8] = np.asarray(image)
    return pixels if image.mode == "RGB" else pixels[:, :, :-1]


def _all_bits(image: Image.Image, source: bytes | Path) -> npt.NDArray[np.float64] | None:
    """The colours [H, W, C] with all bits, as stored; None where OpenCV is missing or reads something else."""
    try:
        import cv2
    except ImportError:
        return None
    content = source if isinstance(source, bytes) else source.read_bytes()
    try:
        found: Any = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    channels = len(image.getbands())
    if found is None or found.dtype != np.uint16 or found.shape != (image.height, image.width, channels):
        return None
    colours = found[:, :, 2::-1]
    # Pillow turns some TIFF files upright while it reads them.
    return colours.astype(np.float64) if (colours >> 8 == _colours(image)).all() else None

"""Crop and resize a decoded picture to the square array that models take."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ganvas.curate.images.crop import Box, crop_box
from ganvas.curate.images.decode import Pixels
from ganvas.curate.images.face_crop import face_square
from ganvas.spec import Crop


def prepare_image(
    image: Image.Image, resolution: int, crop: Crop, channels: int, *, box: Box | None = None, nearest: bool = False
) -> Pixels:
    """Cut a picture square and bring it to ``resolution``.

    Shrinking is antialiased (Lanczos over every pixel of the square; very large pictures are first averaged by whole
    factors).

    Args:
        crop: as :func:`crop_box` says; or ``face`` and ``face-fixed``, the largest face turned upright as FFHQ's or
            with eyes and mouth at fixed places.
        box: the part to take, in pixels, instead of what ``crop`` would choose.
        nearest: take the nearest pixels as they are: numbers of labels have no mean.

    Returns:
        uint8 [resolution, resolution, channels]; one channel is the luma of ITU-R 601.

    Raises:
        PictureError: ``crop`` wants a face and there is none.
    """
    if box is None and crop in ("face", "face-fixed"):
        return face_square(image, resolution, crop, channels)
    if box is None:
        box = crop_box(image, crop)
    wanted = image.convert("L" if channels == 1 else "RGB")
    if nearest:
        small = wanted.resize((resolution, resolution), Image.Resampling.NEAREST, box=box)
    else:
        small = wanted.resize((resolution, resolution), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    pixels: Pixels = np.asarray(small)
    return pixels.reshape(resolution, resolution, channels)


def whole_picture(image: Image.Image, channels: int) -> Pixels:
    """A picture as it is, neither cut nor resized: uint8 [H, W, 1 or 3]."""
    pixels: Pixels = np.asarray(image.convert("L" if channels == 1 else "RGB"))
    return pixels.reshape(*pixels.shape[:2], channels)

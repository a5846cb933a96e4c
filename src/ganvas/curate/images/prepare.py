"""Crop and resize a decoded picture to the square array that models take."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ganvas.crops import FACE_CROPS, Crop, Resize
from ganvas.curate.images.crop import Box, crop_box
from ganvas.curate.images.decode import Pixels
from ganvas.curate.images.face_crop import face_square
from ganvas.spec import rgb_of

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}  # Pillow resizes RGBA by opacity, so that hidden colours do not bleed


def prepare_image(
    image: Image.Image,
    resolution: int,
    crop: Crop,
    channels: int,
    *,
    box: Box | None = None,
    resize: Resize = "lanczos",
    background: str = "white",
) -> Pixels:
    """Cut a picture square and bring it to ``resolution``.

    With ``lanczos``, shrinking is antialiased (over every pixel of the square; very large pictures are first averaged
    by whole factors).

    Args:
        crop: as :func:`crop_box` says; or one of :data:`ganvas.spec.FACE_CROPS`: the largest face turned upright,
            framed as in FFHQ, more closely or more widely, or with eyes and mouth at fixed places.
        box: the part to take, in pixels, instead of what ``crop`` would choose.
        resize: ``nearest`` takes the nearest pixels as they are: numbers of labels and pixel art have no mean.
        background: the colour of what is outside of the picture.

    Returns:
        uint8 [resolution, resolution, channels]; one channel is the luma of ITU-R 601, the fourth opacity.

    Raises:
        PictureError: ``crop`` wants a face and there is none.
    """
    if box is None and crop in FACE_CROPS:
        return face_square(image, resolution, crop, channels)
    if box is None:
        box = crop_box(image, crop)
    wanted = image.convert(_MODES[channels])
    inside = (max(box[0], 0.0), max(box[1], 0.0), min(box[2], float(image.width)), min(box[3], float(image.height)))
    if inside == box:
        return _pixels(_resized(wanted, (resolution, resolution), box, resize), channels, background)
    x, y = resolution / (box[2] - box[0]), resolution / (box[3] - box[1])
    left, top = round((inside[0] - box[0]) * x), round((inside[1] - box[1]) * y)
    right, bottom = round((inside[2] - box[0]) * x), round((inside[3] - box[1]) * y)
    part = _resized(wanted, (max(right - left, 1), max(bottom - top, 1)), inside, resize)
    canvas = Image.new("RGB", (resolution, resolution), background).convert(wanted.mode)
    if channels == 4:
        canvas.putalpha(0)
    canvas.paste(part, (min(left, resolution - 1), min(top, resolution - 1)))
    return _pixels(canvas, channels, background)


def _resized(image: Image.Image, size: tuple[int, int], box: Box, resize: Resize) -> Image.Image:
    if resize == "nearest":
        return image.resize(size, Image.Resampling.NEAREST, box=box)
    return image.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _pixels(image: Image.Image, channels: int, background: str = "white") -> Pixels:
    pixels: Pixels = np.asarray(image).reshape(image.height, image.width, channels)
    if channels != 4:
        return pixels
    pixels = pixels.copy()  # the filter leaves black where nothing is opaque
    pixels[pixels[:, :, 3] == 0, :3] = rgb_of(background)
    return pixels


def whole_picture(image: Image.Image, channels: int) -> Pixels:
    """A picture as it is, neither cut nor resized: uint8 [H, W, 1 or 3]."""
    return _pixels(image.convert(_MODES[channels]), channels)

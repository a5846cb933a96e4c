"""Crop and resize a decoded picture to the square array that models take."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from ganvas.curate.images.decode import Pixels
from ganvas.spec import Crop

Box = tuple[float, float, float, float]


def crop_box(image: Image.Image, crop: Crop) -> Box:
    """Which part of a picture becomes the square: left, top, right, bottom in pixels.

    ``center`` is the largest square in the middle, ``stretch`` the whole picture, ``smart`` the largest square moved
    along the longer side to where the picture has most edges, leaning to the upper part of upright pictures, where
    heads are. The same picture always gives the same box.
    """
    width, height = image.size
    if crop == "stretch" or width == height:
        return (0.0, 0.0, float(width), float(height))
    side = min(width, height)
    free = max(width, height) - side
    offset = free / 2 if crop == "center" else free * _most_interesting(image)
    offset = float(round(offset)) if crop == "smart" else float(free // 2)
    if width > height:
        return (offset, 0.0, offset + side, float(height))
    return (0.0, offset, float(width), offset + side)


def _most_interesting(image: Image.Image) -> float:
    """Where the square should stand on its way along the longer side, in [0, 1]."""
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


def prepare_image(
    image: Image.Image, resolution: int, crop: Crop, channels: int, *, box: Box | None = None, nearest: bool = False
) -> Pixels:
    """Cut a picture square and bring it to ``resolution``.

    Shrinking is antialiased (Lanczos over every pixel of the square; very large pictures are first averaged by whole
    factors).

    :param crop: as :func:`crop_box` says; or ``face`` and ``face-fixed``, the largest face turned upright as FFHQ's
        or with eyes and mouth at fixed places.
    :param box: the part to take, in pixels, instead of what ``crop`` would choose.
    :param nearest: take the nearest pixels as they are: numbers of labels have no mean.
    :returns: uint8 [resolution, resolution, channels]; one channel is the luma of ITU-R 601.
    :raises PictureError: ``crop`` wants a face and there is none.
    """
    if box is None and crop in ("face", "face-fixed"):
        from ganvas.curate.images.crop import face_square

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

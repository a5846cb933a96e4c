"""From one file to the square PNG (or the pair) that stands in the archive."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from ganvas.curate.dataset.dataset import Skipped
from ganvas.curate.images.decode import PictureError, Pixels, encode_png, open_image
from ganvas.curate.images.prepare import Box, crop_box, prepare_image
from ganvas.curate.sources.annotations import square
from ganvas.curate.sources.dataset_layouts import Candidate, Half
from ganvas.errors import UserError
from ganvas.spec import Crop

if TYPE_CHECKING:
    from ganvas.curate.sources.folders import Reader

Matrix = npt.NDArray[np.float32]


class Settings(NamedTuple):
    """What decides the pixels."""

    resolution: int
    crop: Crop
    channels: int
    side_by_side: Half | None
    margin: float = 0.1
    labels: bool = False  # sources are maps of labels


class Cut(NamedTuple):
    """The bytes of a picture, and of its source if it is a pair."""

    png: bytes
    pair: bytes | None
    enlarged: bool


def cut(candidate: Candidate, read: Reader, settings: Settings) -> Cut | Skipped:
    """Read, cut and encode; whatever is wrong with the picture is a reason to skip it."""
    path = candidate.path
    try:
        content = read(path)
        # Boxes and faces are found on the whole picture; otherwise a large JPEG need not be decoded in full.
        faces = settings.crop in ("face", "face-fixed")
        least = None if candidate.box is not None or faces else settings.resolution
        image, origin = open_image(content, least=least), None
        if settings.side_by_side is not None:
            image, origin = halves(image, settings.side_by_side)
        if candidate.pair is not None:
            path = candidate.pair
            origin = open_image(read(path), least=None if settings.labels else least, labels=settings.labels)
            path = candidate.path
        if candidate.after is not None:
            return _by_time(image, origin, open_image(read(candidate.after), least=least), settings)
        if faces:
            return _by_face(image, origin, candidate.box, settings)
        if candidate.box is not None:
            box = square(candidate.box, image.size, settings.margin)
            if box is None:
                return Skipped(path, f"a box lies outside of the picture ({_told(candidate.box)})")
        else:
            box = crop_box(image, settings.crop)
        return _by_box(image, origin, box, settings)
    except PictureError as error:
        return Skipped(path, str(error))


def _told(box: Box) -> str:
    return ", ".join(f"{side:g}" for side in box)


def _by_box(image: Image.Image, origin: Image.Image | None, box: Box, settings: Settings) -> Cut:
    resolution = settings.resolution
    enlarged = min(box[2] - box[0], box[3] - box[1]) < resolution
    png = encode_png(prepare_image(image, resolution, settings.crop, settings.channels, box=box))
    if origin is None:
        return Cut(png, None, enlarged)
    # Both pictures of a pair are cut by one box, or they would no longer lie on each other.
    x, y = origin.width / image.width, origin.height / image.height
    other = (box[0] * x, box[1] * y, box[2] * x, box[3] * y)
    source = prepare_image(origin, resolution, settings.crop, 3, box=other, nearest=settings.labels)
    return Cut(png, encode_png(source), enlarged)


def _by_time(image: Image.Image, before: Image.Image | None, after: Image.Image, settings: Settings) -> Cut:
    """A frame, and as its source those before and after it, one above the other."""
    assert before is not None
    crop = "center" if settings.crop == "smart" else settings.crop  # all frames are cut alike
    made, *around = (
        prepare_image(frame, settings.resolution, crop, channels)
        for frame, channels in ((image, settings.channels), (before, 3), (after, 3))
    )
    return Cut(encode_png(made), encode_png(np.concatenate(around)), min(image.size) < settings.resolution)


def halves(image: Image.Image, source_half: Half) -> tuple[Image.Image, Image.Image]:
    """A side-by-side picture → target, source."""
    width, height = image.size
    if abs(width - 2 * height) > 2:
        raise PictureError(f"not twice as wide as high ({width} × {height})")
    left, right = image.crop((0, 0, width // 2, height)), image.crop((width - width // 2, 0, width, height))
    return (right, left) if source_half == "left" else (left, right)


# ── Faces ───────────────────────────────────────────────────────────────────────────────────────────────────────────


_own = threading.local()  # a reader of faces serves one thread at a time


def _by_face(image: Image.Image, origin: Image.Image | None, box: Box | None, settings: Settings) -> Cut:
    if box is not None:  # a box says which of several people is meant
        left, top = max(round(box[0]), 0), max(round(box[1]), 0)
        right, bottom = min(round(box[2]), image.width), min(round(box[3]), image.height)
        if right <= left or bottom <= top:
            raise PictureError(f"a box lies outside of the picture ({_told(box)})")
        image = image.crop((left, top, right, bottom))
    resolution = settings.resolution
    pixels = np.asarray(image)
    matrix = face_matrix(pixels, resolution, settings.crop)
    from ganvas.curate import faces  # is there, or face_matrix had said so

    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2].astype(np.float64)))))
    made = with_channels(faces.cut_square(pixels, matrix, resolution).pixels, settings.channels)
    if origin is None:
        return Cut(encode_png(made), None, scale > 1)
    # The same square of the other picture, whose pixels may be of another size: x = (x' + ½) · ratio − ½.
    ratio = np.array([image.width / origin.width, image.height / origin.height])
    other = matrix.astype(np.float64)
    other[:, 2] += other[:, :2] @ (ratio / 2 - 0.5)
    other[:, :2] *= ratio
    partner = faces.cut_square(np.asarray(origin), other.astype(np.float32), resolution).pixels
    return Cut(encode_png(made), encode_png(partner), scale > 1)


def face_matrix(pixels: Pixels, resolution: int, crop: Crop) -> Matrix:
    """Where the largest face of uint8 [H, W, 3] stands: picture → square, float32 [2, 3].

    :raises PictureError: there is no face.
    :raises UserError: the faces extra is not installed.
    """
    try:
        from ganvas.curate import faces
    except ImportError:
        raise UserError(f"The crop {crop!r} needs the extra: pip install 'ganvas[faces]'.") from None
    if not hasattr(_own, "reader"):
        _own.reader = faces.FaceReader()
    found = _own.reader.faces(pixels)
    if not found:
        raise PictureError("no face was found")
    matrix: Matrix = faces.matrix_for(found[0], resolution, "ffhq" if crop == "face" else "fixed")
    return matrix


def face_square(image: Image.Image, resolution: int, crop: Crop, channels: int) -> Pixels:
    """The largest face, upright in a square: uint8 [resolution, resolution, channels]; see :func:`face_matrix`."""
    pixels = np.asarray(image.convert("RGB"))
    matrix = face_matrix(pixels, resolution, crop)
    from ganvas.curate import faces

    return with_channels(faces.cut_square(pixels, matrix, resolution).pixels, channels)


def with_channels(pixels: Pixels, channels: int) -> Pixels:
    """uint8 [H, W, 3] → the same, or its luma (ITU-R 601) [H, W, 1]."""
    if channels == 3:
        return pixels
    grey: Pixels = np.asarray(Image.fromarray(pixels).convert("L"))
    return grey[:, :, None]

"""The largest face of a picture, aligned in a square: the crops whose names begin with ``face``."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from ganvas.crops import Crop
from ganvas.curate.images.decode import NoFaceError, Pixels
from ganvas.curate.images.filters import with_channels
from ganvas.errors import UserError

if TYPE_CHECKING:
    from ganvas.curate import faces

_STYLES: dict[Crop, Literal["ffhq", "tight", "wide", "fixed"]] = {
    "face": "ffhq",
    "face-tight": "tight",
    "face-wide": "wide",
    "face-fixed": "fixed",
}
Matrix = npt.NDArray[np.float32]


class _ReaderOfThread(threading.local):
    """The face reader of the current thread, made when it is first needed: it serves one thread at a time."""

    reader: faces.FaceReader | None = None


_own = _ReaderOfThread()


def face_matrix(pixels: Pixels, resolution: int, crop: Crop) -> Matrix:
    """The matrix that aligns the largest face of uint8 [H, W, 3]: picture → square, float32 [2, 3].

    Raises:
        NoFaceError: there is no face.
        UserError: the faces extra is not installed.
    """
    try:
        from ganvas.curate import faces
    except ImportError:
        raise UserError(
            f"The crop {crop!r} needs the extra: pip install 'ganvas[faces]'.", code="crop-extra", params={"crop": crop}
        ) from None
    if _own.reader is None:
        _own.reader = faces.FaceReader()
    found = _own.reader.faces(pixels, eyes=False)
    if not found:
        raise NoFaceError
    matrix: Matrix = faces.matrix_for(found[0], resolution, _STYLES[crop])
    return matrix


def face_square(image: Image.Image, resolution: int, crop: Crop, channels: int) -> Pixels:
    """The largest face, upright in a square: uint8 [resolution, resolution, channels]; see :func:`face_matrix`."""
    pixels = np.asarray(image.convert("RGB"))
    matrix = face_matrix(pixels, resolution, crop)
    from ganvas.curate import faces

    return with_channels(faces.cut_square(pixels, matrix, resolution).pixels, channels)

"""Picture files that are written: a path with a picture's ending is a file of that format, in every command."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ganvas.curate.file_kinds import PICTURE_SUFFIXES
from ganvas.curate.images.decode import encode_png
from ganvas.errors import UserError
from ganvas.files import write_atomically
from ganvas.tasks.pictures import Pictures, as_rgb

# The formats that are written, by ending, with Pillow's options; PNG is the default everywhere.
_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    ".png": ("PNG", {}),
    ".jpg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".jpeg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".webp": ("WEBP", {"lossless": True}),
    ".tif": ("TIFF", {"compression": "tiff_deflate"}),
    ".tiff": ("TIFF", {"compression": "tiff_deflate"}),
    ".bmp": ("BMP", {}),
}
_OPAQUE = ("JPEG", "BMP")  # transparent parts become the background of the sheets
LARGEST_SIDE = {"WEBP": 16_383, "JPEG": 65_500}  # pixels, by the format


def is_picture_file(path: Path) -> bool:
    """Whether a path to write is that of a picture.

    Raises:
        UserError: It has the ending of a picture that is not written.
    """
    suffix = path.suffix.lower()
    if suffix in _FORMATS:
        return True
    if suffix in PICTURE_SUFFIXES and suffix != ".gif":  # a GIF is a film
        raise UserError(f"{path} has an ending that is not written; end it in {', '.join(_FORMATS)}.")
    return False


def encode_picture(pixels: Pictures, suffix: str) -> bytes:
    """uint8 [H, W, 1, 3 or 4] as a file of the format of ``suffix``; PNG where it is no picture's.

    Raises:
        UserError: The picture is too large for the format.
    """
    kind, options = _FORMATS.get(suffix.lower(), _FORMATS[".png"])
    if kind == "PNG":
        return encode_png(pixels)
    if max(pixels.shape[:2]) > LARGEST_SIDE.get(kind, 2**31):
        raise UserError(
            f"{pixels.shape[1]:,} × {pixels.shape[0]:,} pixels are more than {kind} allows; end the name in .png."
        )
    if kind in _OPAQUE:
        pixels = as_rgb(pixels[None])[0]
    buffer = io.BytesIO()
    picture = pixels[..., 0] if pixels.shape[2] == 1 else pixels
    Image.fromarray(np.ascontiguousarray(picture)).save(buffer, kind, **options)
    return buffer.getvalue()


def write_picture(path: Path, picture: Pictures) -> Path:
    """Write a picture in the format of the path's ending, atomically.

    Raises:
        UserError: The path cannot be written, or its ending is not one that is written.
    """
    is_picture_file(path)
    try:
        write_atomically(path, encode_picture(picture, path.suffix))
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}); choose another --output.") from None
    return path

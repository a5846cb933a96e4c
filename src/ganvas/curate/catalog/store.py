"""The original files of a catalogue: each once, named by the sha256 of its bytes, never changed or deleted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import imagehash
import numpy as np
from PIL import Image

from ganvas.curate.images.decode import MAX_PIXELS, DecodeOptions, decode_picture
from ganvas.files import clear_leftovers, write_atomically

SUFFIX = {"JPEG": ".jpg", "MPO": ".jpg", "TIFF": ".tif", "DIB": ".bmp", "JPEG2000": ".jp2", "HEIF": ".heic"}


class PictureProperties(NamedTuple):
    """Properties of a picture on arrival; hashes are 64 bits as a signed number."""

    width: int
    height: int
    suffix: str
    phash: int
    mirror: int


@dataclass(frozen=True)
class Store:
    """The folder of original bytes."""

    root: Path

    def path(self, sha256: str, suffix: str) -> Path:
        """The path of a file."""
        return self.root / sha256[:2] / f"{sha256}{suffix}"

    def clear_leftovers(self) -> None:
        """Delete what processes that were killed left in the store; those at work lose nothing."""
        for folder in self.root.iterdir() if self.root.is_dir() else ():
            clear_leftovers(folder, earlier=True)

    def put(self, content: bytes, sha256: str, suffix: str) -> None:
        """Store these bytes if they are not stored yet, atomically."""
        path = self.path(sha256, suffix)
        if not path.exists():
            write_atomically(path, content)


def digest(content: bytes) -> str:
    """The name of these bytes: their sha256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def read_properties(content: bytes, max_pixels: int = MAX_PIXELS) -> PictureProperties:
    """Decode a picture and read its size, format and perceptual hashes.

    The perceptual hash is the DCT hash of 64 bits (Zauner 2010, as ImageHash computes it) of the upright picture;
    ``mirror`` is the same of the picture turned left to right.

    Raises:
        PictureError: this is no picture, a damaged one, or one that is too large.
    """
    picture = decode_picture(content, DecodeOptions(max_pixels))
    # Averaging to 64 px first is many times faster than the hash's own filter on the full picture, and both hashes
    # share it; reducing further here would lose detail that the hash looks at.
    small = picture.image.convert("L").resize((64, 64), Image.Resampling.BOX, reducing_gap=2.0)
    flipped = small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    suffix = SUFFIX.get(picture.format, f".{picture.format.lower()}")
    return PictureProperties(*picture.size, suffix, _bits(small), _bits(flipped))


def _bits(image: Image.Image) -> int:
    flat = np.asarray(imagehash.phash(image).hash, dtype=bool).reshape(-1)
    return int(np.packbits(flat).view(">i8")[0])

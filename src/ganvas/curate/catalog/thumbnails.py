"""Thumbnails of a catalogue, made once: WebP files by content hash and size."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image as Pillow

from ganvas.curate.catalog.records import Image
from ganvas.curate.images.decode import MAX_PIXELS, DecodeOptions, PictureError, open_image
from ganvas.files import write_atomically

SIZES = (64, 128, 256, 512, 1024, 2048)


@dataclass(frozen=True)
class Thumbnails:
    """The folder of thumbnails. It may be deleted at any time; missing ones are made again."""

    root: Path

    def size(self, wanted: int) -> int:
        """The size that is made for a requested one: the next larger of ``SIZES``."""
        return next((size for size in SIZES if size >= wanted), SIZES[-1])

    def get(self, image: Image, wanted: int) -> bytes | None:
        """A WebP whose longer side is at most :meth:`size` pixels; None when the original cannot be read any more."""
        size = self.size(wanted)
        path = self.root / str(size) / image.sha256[:2] / f"{image.sha256}.webp"
        try:
            return path.read_bytes()
        except OSError:
            pass
        # A long narrow picture would be decoded too small by its shorter side alone.
        least = round(size * min(image.width, image.height) / max(image.width, image.height)) or 1
        try:
            # The catalogue may hold larger pictures than usual: whoever collected them chose the limit.
            options = DecodeOptions(max(MAX_PIXELS, image.width * image.height))
            picture = open_image(image.path, options, least=least)
        except PictureError:
            return None
        picture.thumbnail((size, size), Pillow.Resampling.LANCZOS, reducing_gap=2.0)
        content = io.BytesIO()
        picture.save(content, "WEBP", quality=82, method=2)
        write_atomically(path, content.getvalue())
        return content.getvalue()

"""Thumbnails of a catalogue, made once: WebP files by content hash and size."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image as Pillow

from ganvas.curate.catalog.records import Image
from ganvas.curate.images.decode import ACCEPTED, PictureError, open_image
from ganvas.files import check_below, read_below, write_atomically

SIZES = (64, 128, 256, 512, 1024, 2048)
MAX_THUMBNAIL = 20_000_000  # bytes
MAX_ORIGINAL = 1 << 30  # bytes


@dataclass(frozen=True)
class Thumbnails:
    """The folder of thumbnails in a catalogue. It may be deleted at any time; missing ones are made again.

    Symbolic links below the catalogue are not followed, since they may lead anywhere.
    """

    root: Path

    def size(self, wanted: int) -> int:
        """The size that is made for a requested one: the next larger of ``SIZES``."""
        return next((size for size in SIZES if size >= wanted), SIZES[-1])

    def get(self, image: Image, wanted: int) -> bytes | None:
        """A WebP whose longer side is at most :meth:`size` pixels; None when the original cannot be read any more,
        or a symbolic link leads to it."""
        size = self.size(wanted)
        path = self.root / str(size) / image.sha256[:2] / f"{image.sha256}.webp"
        catalogue = self.root.parent
        with suppress(OSError):
            return read_below(catalogue, path, MAX_THUMBNAIL)
        # A long narrow picture would be decoded too small by its shorter side alone.
        least = round(size * min(image.width, image.height) / max(image.width, image.height)) or 1
        try:
            check_below(catalogue, path)
            picture = open_image(read_below(catalogue, image.path, MAX_ORIGINAL), ACCEPTED, least=least)
        except (OSError, PictureError):
            return None
        picture.thumbnail((size, size), Pillow.Resampling.LANCZOS, reducing_gap=2.0)
        content = io.BytesIO()
        picture.save(content, "WEBP", quality=82, method=2)
        write_atomically(path, content.getvalue())
        return content.getvalue()

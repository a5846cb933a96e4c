"""Opening of untrusted image files: the formats that are read, by content, and the errors of whatever is wrong."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from ganvas.curate.file_kinds import HEAD_BYTES, RAW, is_raw, other_kind, picture_format
from ganvas.curate.images.png_text import SIGNATURE, without_long_texts

# Formats by content. Those that start another program (EPS) or describe drawings (WMF) are left out on purpose.
FORMATS = (
    *("PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP", "DIB", "TIFF", "AVIF", "HEIF"),
    *("JPEG2000", "PPM", "TGA", "ICO", "PSD"),
)


_SUBFILE_TYPE, _THUMBNAIL = 254, 1  # of TIFF: raw files begin with a small preview

# Pillow's warning of many pixels goes to standard error; the limit of the options refuses such pictures.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

TOO_MANY = "too many pixels"  # how the reason of a picture above the limit begins


class PictureError(ValueError):
    """A file that cannot be used as a picture; the message is the reason, for a list of skipped files."""


class NoFaceError(PictureError):
    """A picture in which no face was found, where the crop needs one."""

    def __init__(self) -> None:
        super().__init__("no face was found")


class TooManyPixelsError(PictureError):
    """A picture of more pixels than the limit."""

    def __init__(self, size: tuple[int, int], limit: int) -> None:
        self.size = size
        width, height = size
        millions = width * height / 1e6
        many = f"{millions:,.0f}" if millions > 9 else f"{millions:.2g}"
        super().__init__(f"{TOO_MANY} ({width} × {height}: {many} million, and the limit is {limit / 1e6:g} million)")


@contextmanager
def opened(content: bytes | Path) -> Iterator[Image.Image]:
    """A picture whose header was read and whose pixels were not; raises what Pillow and its decoders raise."""
    if is_raw(_head(content)):
        raise PictureError(RAW)
    # Not by name: Pillow maps uncompressed files into memory then, and mistakes the rows of those that it turns.
    with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as file:
        try:
            image: Image.Image = Image.open(file, formats=_formats())
        except UnidentifiedImageError:
            if not _learn_heif():
                raise
            file.seek(0)
            image = Image.open(file, formats=_formats())
        with image:
            if getattr(image, "tag_v2", {}).get(_SUBFILE_TYPE, 0) & _THUMBNAIL:
                raise PictureError(RAW)
            yield image


def _formats() -> list[str]:
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]  # Pillow fails on names it was built without


def _learn_heif() -> bool:
    """Register HEIC, the format of many phones, with Pillow when pillow-heif is installed. → whether it is new."""
    if "HEIF" in Image.OPEN:
        return False
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def _head(source: bytes | Path) -> bytes:
    if isinstance(source, bytes):
        return source[:HEAD_BYTES]
    with source.open("rb") as file:
        return file.read(HEAD_BYTES)


def _unidentified(source: bytes | Path) -> PictureError:
    head = _head(source)
    if picture_format(head) == "HEIF":
        return PictureError("HEIC needs the extra: pip install 'ganvas[heif]'")
    if picture_format(head) == "TIFF":
        return PictureError(
            "a damaged TIFF, or one that is not decoded (colours in floating point); save it with 8 bits"
        )
    return PictureError((other_kind(head) if head else "empty") or "not a picture")


@contextmanager
def picture_errors(source: bytes | Path) -> Iterator[None]:
    """Turn whatever decoders raise into a PictureError."""
    try:
        yield
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureError(TOO_MANY) from None
    except UnidentifiedImageError:
        raise _unidentified(source) from None
    except FileNotFoundError:
        raise PictureError("there is no such file") from None
    except IsADirectoryError:
        raise PictureError("it is a folder") from None
    except PermissionError:
        raise PictureError("no permission to read it") from None
    except MemoryError:
        raise PictureError("too large for the memory of this machine") from None
    except Exception as error:  # noqa: BLE001 - decoders raise anything on hostile bytes (struct.error, SyntaxError, …)
        raise PictureError(f"damaged picture ({_short(error)})") from None


def _short(error: Exception) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 80 else f"{words[:79]}…"


def refused_for_texts(source: bytes | Path, error: ValueError) -> bool:
    """Whether Pillow refused a PNG only because its texts are long; :func:`without_long_texts` mends that."""
    # The words are Pillow's own, of two errors.
    about_texts = "MAX_TEXT" in str(error)
    return about_texts and _head(source).startswith(SIGNATURE)


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height by the header of the file, without decoding it.

    Raises:
        PictureError: the content is no picture.
    """
    with picture_errors(content):
        try:
            with opened(content) as image:
                return image.size
        except ValueError as error:
            if not refused_for_texts(content, error):
                raise
        with opened(without_long_texts(content)) as image:
            return image.size

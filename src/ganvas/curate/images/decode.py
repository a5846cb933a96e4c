"""Decoding of untrusted image files to 8-bit pictures, and encoding of arrays as PNG."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from ganvas.curate.file_kinds import HEAD_BYTES, picture_format
from ganvas.curate.images.colour_profiles import to_srgb
from ganvas.curate.images.remarks import Remark

Pixels = npt.NDArray[np.uint8]

# Formats by content. Those that start another program (EPS) or describe drawings (WMF) are left out on purpose.
FORMATS = (
    *("PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP", "DIB", "TIFF", "AVIF", "HEIF"),
    *("JPEG2000", "PPM", "TGA", "ICO", "PSD"),
)

MAX_PIXELS = 80_000_000  # below Pillow's own alarm, above any usual camera


class PictureError(ValueError):
    """A file that cannot be used as a picture; the message is the reason, for a list of skipped files."""


class NoFaceError(PictureError):
    """A picture in which no face was found, where the crop needs one."""

    def __init__(self) -> None:
        super().__init__("no face was found")


def _opened(file: Path | io.BytesIO) -> Image.Image:
    try:
        return Image.open(file, formats=_formats())
    except UnidentifiedImageError:
        if not _learn_heif():
            raise
        if isinstance(file, io.BytesIO):
            file.seek(0)
        return Image.open(file, formats=_formats())


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


def _is_heic(file: Path | io.BytesIO) -> bool:
    if isinstance(file, io.BytesIO):
        head = file.getvalue()[:HEAD_BYTES]
    else:
        with file.open("rb") as opened:
            head = opened.read(HEAD_BYTES)
    return picture_format(head) == "HEIF"


def _eight_bit(image: Image.Image) -> Image.Image:
    """Bring 16-bit, 32-bit and floating-point grey pictures to 8 bits (Pillow alone would clip them)."""
    values: npt.NDArray[np.float64] = np.asarray(image).astype(np.float64)
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if image.mode.startswith("I;16"):
        low, high = 0.0, 65535.0
    elif low >= 0 and image.mode == "F" and high <= 1:
        low, high = 0.0, 1.0
    elif low >= 0 and high <= 255:
        low, high = 0.0, 255.0
    elif low >= 0 and high <= 65535:
        low, high = 0.0, 65535.0
    scaled = (values - low) / max(high - low, 1e-12) * 255
    return Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8))


def _to_rgb(image: Image.Image) -> DecodedPicture:
    """An upright picture of any mode → 8-bit sRGB without transparency or metadata."""
    profile = image.info.get("icc_profile")
    if image.mode == "F" or image.mode.startswith("I"):
        image = _eight_bit(image)
    alpha = None
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        alpha = clear.getchannel("A")
        image = clear.getchannel("R") if image.mode in ("LA", "La") else clear.convert("RGB")
    colours, remark = to_srgb(image, profile)
    if alpha is not None:
        colours = Image.composite(colours, Image.new("RGB", colours.size, "white"), alpha)
    colours.info = {}  # the profile, above all, must not be applied or saved again
    return DecodedPicture(colours, frozenset() if remark is None else frozenset([remark]))


def _numbers(image: Image.Image) -> Image.Image:
    """A map of labels, mode RGB: the numbers of the file, of a palette the indices and not the colours."""
    if image.format in ("JPEG", "MPO"):
        raise PictureError("JPEG blurs the numbers of a map; save maps of labels as PNG")
    if image.mode in ("RGB", "RGBA"):
        return image.convert("RGB")
    values = np.asarray(image.convert("L") if image.mode in ("1", "LA") else image)
    if image.mode == "1":
        values = values > 0
    if values.min() < 0 or values.max() > 255:
        raise PictureError("a map of labels holds numbers from 0 to 255")
    return Image.fromarray(values.astype(np.uint8)).convert("RGB")


class DecodedPicture(NamedTuple):
    """A decoded picture, mode RGB, and what was changed or guessed in it."""

    image: Image.Image
    remarks: frozenset[Remark] = frozenset()


def open_image(source: Path | str | bytes, *, least: int | None = None, labels: bool = False) -> Image.Image:
    """The picture of :func:`decode_picture`, without the remarks."""
    return decode_picture(source, least=least, labels=labels).image


def decode_picture(source: Path | str | bytes, *, least: int | None = None, labels: bool = False) -> DecodedPicture:
    """Read a picture from a path or from bytes.

    The first frame, turned upright as its EXIF orientation says, converted to sRGB by its colour profile, transparency
    composited on white, deep grey scaled to 8 bits, always mode RGB. The format is told by content, not by name.

    Args:
        least: when given, JPEG files far larger than this side (in pixels) are decoded at a lower scale, which is
            several times faster and still leaves the shorter side at least twice ``least``.
        labels: the picture is a map of labels: its numbers are kept as they are, grey ones in three equal channels.

    Raises:
        PictureError: the content is no readable picture, is damaged, or has more than ``MAX_PIXELS`` pixels.
    """
    file: Path | io.BytesIO = io.BytesIO(source) if isinstance(source, bytes) else Path(source)
    try:
        with _opened(file) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise PictureError(f"too many pixels ({width} × {height})")
            if least is not None and image.format in ("JPEG", "MPO"):
                scale = 2 * least / min(width, height)
                if scale < 1:
                    image.draft(None, (int(width * scale) + 1, int(height * scale) + 1))
            image.load()
            if labels:
                return DecodedPicture(_numbers(image))
            upright: Image.Image = ImageOps.exif_transpose(image)
            return _to_rgb(upright)
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureError("too many pixels") from None
    except UnidentifiedImageError:
        if _is_heic(file):
            raise PictureError("HEIC needs the extra: pip install 'ganvas[heif]'") from None
        raise PictureError("not a picture") from None
    except FileNotFoundError:
        raise PictureError("the file is gone") from None
    except PermissionError:
        raise PictureError("no permission to read it") from None
    except MemoryError:
        raise PictureError("too large for the memory of this machine") from None
    except Exception as error:  # noqa: BLE001 - decoders raise anything on hostile bytes (struct.error, SyntaxError, …)
        raise PictureError(f"damaged picture ({_short(error)})") from None


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height by the header of the file, without decoding it.

    Raises:
        PictureError: the content is no picture.
    """
    try:
        with _opened(io.BytesIO(content)) as image:
            return image.size
    except Exception:  # noqa: BLE001 - see open_image
        raise PictureError("not a picture") from None


def _short(error: Exception) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 80 else f"{words[:79]}…"


def encode_png(pixels: Pixels) -> bytes:
    """uint8 [H, W, 1 or 3] → the bytes of a PNG file."""
    content = io.BytesIO()
    flat: Any = pixels[:, :, 0] if pixels.shape[2] == 1 else pixels
    Image.fromarray(flat).save(content, "PNG", compress_level=4)
    return content.getvalue()


def decode_png(content: bytes) -> Pixels:
    """The bytes of a PNG file made by :func:`encode_png` → uint8 [H, W, 1 or 3]."""
    with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
        pixels: Pixels = np.asarray(image)
    return pixels[:, :, None] if pixels.ndim == 2 else pixels

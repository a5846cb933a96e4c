"""Decoding of untrusted image files to 8-bit sRGB pictures, and encoding of arrays as PNG."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from ganvas.curate.images.bit_depth import (
    OVERSHOOT,
    Levels,
    ValueRange,
    guess_levels,
    is_deep,
    to_eight_bits,
    value_range,
    white_is_zero,
)
from ganvas.curate.images.colour_profiles import to_srgb
from ganvas.curate.images.deep_colour import colours_to_eight_bits, has_upper_bits_only, upper_range
from ganvas.curate.images.opening import NoFaceError as NoFaceError
from ganvas.curate.images.opening import PictureError as PictureError
from ganvas.curate.images.opening import TooManyPixelsError, opened, picture_errors, refused_for_texts
from ganvas.curate.images.opening import picture_size as picture_size
from ganvas.curate.images.png_text import without_long_texts
from ganvas.curate.images.remarks import Remark
from ganvas.spec import rgb_of

Pixels = npt.NDArray[np.uint8]

MAX_PIXELS = 80_000_000  # of a decoded picture, unless a setting says otherwise
JPEG_FACTOR = 4  # how many times as many pixels a JPEG may have: it is decoded at half of its sides


class DecodedData(Protocol):
    """The settings of the decoding in a ``DataSpec`` and in a recipe."""

    @property
    def white_level(self) -> float | None: ...
    @property
    def background(self) -> str: ...
    @property
    def channels(self) -> int: ...


class DecodeOptions(NamedTuple):
    """What may be set of the decoding.

    Attributes:
        max_pixels: the largest width × height that is decoded; JPEG files may have ``JPEG_FACTOR`` times as many, and
            are then decoded at half of their sides.
        white_level: the value that is white in pictures of more than 8 bits or floating point; None: guessed.
        background: the colour under transparent parts: a name or #rrggbb.
        opacity: keep transparent parts: the picture is of mode RGBA, and what is fully transparent of the background's
            colour, so that no colours are hidden there.
    """

    max_pixels: int = MAX_PIXELS
    white_level: float | None = None
    background: str = "white"
    opacity: bool = False

    @classmethod
    def of(cls, data: DecodedData, max_pixels: int = MAX_PIXELS) -> DecodeOptions:
        """The options by which the pictures of a model, or of a recipe, are decoded."""
        return cls(max_pixels, data.white_level, data.background, data.channels == 4)


DEFAULTS = DecodeOptions()
ACCEPTED = DecodeOptions(10**9)  # of pictures of a catalogue: whoever collected them chose the limit


class SetLevels(NamedTuple):
    """Black and white of a set's pictures of integers and of floating point, where it has such."""

    integers: Levels | None = None
    floats: Levels | None = None


class DecodedPicture(NamedTuple):
    """A decoded picture.

    Attributes:
        image: mode RGB, or RGBA with ``options.opacity``, or what :func:`decode_picture` says of label maps.
        size: width and height of the whole picture, upright; a JPEG may have been decoded at a lower scale.
        format: Pillow's name of the file's format.
        remarks: what was changed or guessed.
    """

    image: Image.Image
    size: tuple[int, int]
    format: str
    remarks: frozenset[Remark] = frozenset()


def _allow(pixels: int) -> None:
    """Raise Pillow's own limit, which is one for the process, so that the limit here decides."""
    if Image.MAX_IMAGE_PIXELS is not None and pixels > Image.MAX_IMAGE_PIXELS:
        Image.MAX_IMAGE_PIXELS = pixels


# ── Decoding ────────────────────────────────────────────────────────────────────────────────────────────────────────


def open_image(
    source: Path | str | bytes, options: DecodeOptions = DEFAULTS, *, least: int | None = None, labels: bool = False
) -> Image.Image:
    """The image of :func:`decode_picture`, without what is known beside it."""
    return decode_picture(source, options, least=least, labels=labels).image


def decode_picture(
    source: Path | str | bytes,
    options: DecodeOptions = DEFAULTS,
    *,
    least: int | None = None,
    labels: bool = False,
    levels: SetLevels = SetLevels(),  # noqa: B008 - immutable
) -> DecodedPicture:
    """Read a picture from a path or from bytes.

    The first frame, turned upright as its EXIF orientation says, converted to sRGB by its colour profile, transparent
    parts laid on the background unless they are kept, deep grey brought to 8 bits. The format is told by content, not
    by name.

    Args:
        source: the file.
        options: see :class:`DecodeOptions`.
        least: when given, JPEG files far larger than this side (in pixels) are decoded at a lower scale, which is
            several times faster and still leaves the shorter side at least twice ``least``.
        labels: the picture is a map of labels: its numbers are kept as they are, grey ones in three equal channels.
        levels: of the set that the picture belongs to; ``options.white_level`` goes before them.

    Raises:
        PictureError: the content is no readable picture, is damaged, or has too many pixels.
    """
    place = source if isinstance(source, bytes) else Path(source)
    with picture_errors(place):
        try:
            return _decoded(place, options, least, labels, levels)
        except ValueError as error:
            if not refused_for_texts(place, error):
                raise
        content = place if isinstance(place, bytes) else place.read_bytes()
        return _decoded(without_long_texts(content), options, least, labels, levels)


FRAMED = ("GIF", "PNG", "WEBP", "TIFF")  # not MPO, whose further frames are previews and depth of one photograph


def _decoded(
    source: bytes | Path, options: DecodeOptions, least: int | None, labels: bool, levels: SetLevels
) -> DecodedPicture:
    _allow(JPEG_FACTOR * options.max_pixels)
    remarks = set()
    with opened(source) as image:
        size, kind = image.size, image.format or "PNG"
        if kind in ("JPEG", "MPO") and _at_lower_scale(image, least, options.max_pixels):
            remarks.add(Remark.REDUCED)
        if image.width * image.height > options.max_pixels:
            raise TooManyPixelsError(size, options.max_pixels)
        if kind in FRAMED and getattr(image, "n_frames", 1) > 1:
            remarks.add(Remark.FIRST_FRAME)
        upper_bits_only = has_upper_bits_only(image)
        image.load()
        if labels:
            return DecodedPicture(_numbers(image), size, kind)
        profile, inverted = image.info.get("icc_profile"), white_is_zero(image)
        shown: Image.Image = image
        if upper_bits_only:
            chosen, found = _levels(upper_range(image), options, levels)
            shown, exact = colours_to_eight_bits(image, source, chosen)
            remarks |= found if exact else found | {Remark.COARSE}
        upright: Image.Image = ImageOps.exif_transpose(shown)
        if (upright.width > upright.height) != (size[0] > size[1]):
            size = size[::-1]
        if is_deep(upright):
            chosen, found = _levels(value_range(upright), options, levels)
            upright = to_eight_bits(upright, chosen, inverted=inverted)
            remarks |= found
        colours, found = _to_rgb(upright, profile, options)
        return DecodedPicture(colours, size, kind, frozenset(remarks | found))


def _at_lower_scale(image: Image.Image, least: int | None, max_pixels: int) -> bool:
    """Make a JPEG decode at a lower scale where that is enough. → whether only because of its many pixels."""
    width, height = image.size
    scale = 1.0 if least is None else min(2 * least / min(width, height), 1.0)
    many = width * height > max_pixels and scale > 0.5
    if width * height > JPEG_FACTOR * max_pixels:
        raise TooManyPixelsError((width, height), JPEG_FACTOR * max_pixels)
    if many:
        image.draft(None, (width // 2, height // 2))
    elif scale < 1:
        image.draft(None, (int(width * scale) + 1, int(height * scale) + 1))
    return many


def _levels(values: ValueRange, options: DecodeOptions, levels: SetLevels) -> tuple[Levels, set[Remark]]:
    """Black and white of a picture of these values, and what is to be said of them."""
    known = levels.floats if values.floating else levels.integers
    chosen = known or guess_levels(values) if options.white_level is None else Levels(0.0, options.white_level)
    found = {Remark.DEEP} if options.white_level is None else set()
    if values.high > chosen.white * (OVERSHOOT if values.floating else 1):
        found.add(Remark.CLIPPED)
    return chosen, found


def deep_range(content: bytes, options: DecodeOptions = DEFAULTS) -> ValueRange | None:
    """The range of values of a picture with more than 8 bits per channel or of floating point.

    Returns:
        None for all other pictures, which are not decoded, and for what is no picture.
    """
    try:
        with picture_errors(content), opened(content) as image:
            upper_bits_only = has_upper_bits_only(image)
            if not (upper_bits_only or is_deep(image)) or image.width * image.height > options.max_pixels:
                return None
            image.load()
            return upper_range(image) if upper_bits_only else value_range(image)
    except PictureError:
        return None


def _to_rgb(image: Image.Image, profile: bytes | None, options: DecodeOptions) -> tuple[Image.Image, set[Remark]]:
    """An upright picture of 8 bits → sRGB without metadata, and without transparency unless it is kept."""
    alpha = None
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        alpha = clear.getchannel("A")
        image = clear.getchannel("R") if image.mode in ("LA", "La") else clear.convert("RGB")
    colours, remark = to_srgb(image, profile)
    remarks = set() if remark is None else {remark}
    if options.opacity:
        alpha = alpha or Image.new("L", colours.size, 255)
        colours.paste(rgb_of(options.background), mask=alpha.point(lambda value: 255 * (value == 0)))
        colours.putalpha(alpha)
    elif alpha is not None and _lowest(alpha) < 255:
        colours = Image.composite(colours, Image.new("RGB", colours.size, rgb_of(options.background)), alpha)
        remarks.add(Remark.TRANSPARENT)
    colours.info = {}  # the profile, above all, must not be applied or saved again
    return colours, remarks


def _lowest(alpha: Image.Image) -> int:
    return int(np.asarray(alpha).min())


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


# ── PNG ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def encode_png(pixels: Pixels) -> bytes:
    """uint8 [H, W, 1, 3 or 4] → the bytes of a PNG file."""
    content = io.BytesIO()
    flat: Any = pixels[:, :, 0] if pixels.shape[2] == 1 else pixels
    Image.fromarray(flat).save(content, "PNG", compress_level=4)
    return content.getvalue()


def decode_png(content: bytes) -> Pixels:
    """The bytes of a PNG file made by :func:`encode_png` → uint8 [H, W, 1, 3 or 4]."""
    with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
        pixels: Pixels = np.asarray(image)
    return pixels[:, :, None] if pixels.ndim == 2 else pixels

"""Encoding of one candidate as the PNG, or the pair of PNGs, of a packed data set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
from PIL import Image

from ganvas.crops import FACE_CROPS, Crop, Resize
from ganvas.curate.images.crop import Box, Half, crop_box, split_halves, square_around
from ganvas.curate.images.decode import (
    DecodedPicture,
    DecodeOptions,
    PictureError,
    Pixels,
    SetLevels,
    decode_picture,
    encode_png,
)
from ganvas.curate.images.face_crop import face_matrix
from ganvas.curate.images.filters import with_channels
from ganvas.curate.images.prepare import prepare_image
from ganvas.curate.images.remarks import Remark
from ganvas.curate.label_maps import LabelMaps, as_numbers, label_values
from ganvas.curate.manifest import SkippedFile
from ganvas.curate.sources.listing import Candidate, FileReader

SMALL, FEW = 256, 64  # pixels of the longer side, and colours, up to which a picture may be pixel art
GREY_SPREAD = 8  # levels between the channels of a grey picture: JPEG changes them a little


class EncodingOptions(NamedTuple):
    """The options that determine the pixels."""

    resolution: int
    crop: Crop
    channels: int
    side_by_side: Half | None
    margin: float = 0.1
    labels: LabelMaps | None = None  # sources are label maps
    decoding: DecodeOptions = DecodeOptions()
    resize: Resize = "lanczos"


class Outside(NamedTuple):
    """The share of an aligned square outside of the picture, in [0, 1], and that of the square of ``face-tight``."""

    share: float
    tight: float


class EncodedPicture(NamedTuple):
    """The PNG of a picture, and of its source if it is a pair."""

    png: bytes
    pair: bytes | None
    enlarged: bool
    remarks: frozenset[Remark] = frozenset()
    labels: tuple[int, ...] = ()  # the numbers in the source, where it is a label map
    outside: Outside | None = None  # of an aligned face


def encode_candidate(
    candidate: Candidate, read: FileReader, settings: EncodingOptions, levels: SetLevels
) -> EncodedPicture | SkippedFile:
    """Read, crop and encode a picture; any problem with it is a reason to skip it."""
    remarks: set[Remark] = set()

    def decoded(path: str, least: int | None, labels: bool = False) -> DecodedPicture:
        picture = decode_picture(read(path), settings.decoding, least=least, labels=labels, levels=levels)
        remarks.update(picture.remarks)
        if path == candidate.path:
            remarks.update(_suggestions(picture.image, settings))
        return picture

    try:
        made = _encoded(candidate, decoded, settings)
    except PictureError as error:
        return SkippedFile(candidate.path, str(error))
    return made._replace(remarks=frozenset(remarks))


def _suggestions(image: Image.Image, settings: EncodingOptions) -> Iterator[Remark]:
    """Other settings that a picture speaks for; whether they are told depends on the whole set."""
    width, height = image.size
    if settings.resize != "nearest" and min(width, height) < settings.resolution and max(width, height) <= SMALL:
        colours = image.getcolors(FEW)
        if colours is not None and len(colours) > 1:
            yield Remark.FEW_COLOURS
    if settings.channels >= 3:
        small = np.asarray(image.resize((64, 64), Image.Resampling.NEAREST))[:, :, :3].astype(int)
        if np.ptp(small, axis=2).max() <= GREY_SPREAD:
            yield Remark.GREY


class _Decode(Protocol):
    """Decodes the picture at a path; ``least`` as in :func:`decode_picture`."""

    def __call__(self, path: str, least: int | None, labels: bool = False) -> DecodedPicture: ...


def _encoded(candidate: Candidate, decoded: _Decode, settings: EncodingOptions) -> EncodedPicture:
    # Boxes and faces are found on the whole picture; otherwise a large JPEG need not be decoded in full.
    faces = settings.crop in FACE_CROPS
    least = None if candidate.box is not None or faces else settings.resolution
    whole, origin, maps = decoded(candidate.path, least), None, settings.labels
    image, box = whole.image, candidate.box
    if settings.side_by_side is not None:
        image, origin = split_halves(image, settings.side_by_side)
        if maps is not None:  # numbers are neither averaged nor blurred, which a JPEG would be refused for
            undiminished = decoded(candidate.path, None, labels=not maps.palette).image
            origin = as_numbers(split_halves(undiminished, settings.side_by_side)[1], maps)
    if candidate.pair is not None and maps is None:
        origin = decoded(candidate.pair, least).image
    elif candidate.pair is not None and maps is not None:
        origin = as_numbers(decoded(candidate.pair, None, labels=not maps.palette).image, maps)
    if candidate.after is not None:
        return _by_time(image, origin, decoded(candidate.after, least).image, settings)
    if box is not None:  # of a picture of very many pixels, which was decoded at a lower scale
        x, y = image.width / whole.size[0], image.height / whole.size[1]
        box = (box[0] * x, box[1] * y, box[2] * x, box[3] * y)
    if faces:
        return _by_face(image, origin, box, settings)
    if box is None:
        return _by_box(image, origin, crop_box(image, settings.crop), settings)
    square = square_around(box, image.size, settings.margin)
    if square is None:
        raise PictureError(f"a box lies outside of the picture ({_told(box)})")
    return _by_box(image, origin, square, settings)


def _told(box: Box) -> str:
    return ", ".join(f"{side:g}" for side in box)


def _square(image: Image.Image, settings: EncodingOptions, box: Box | None = None) -> Pixels:
    return prepare_image(
        image,
        settings.resolution,
        settings.crop,
        settings.channels,
        box=box,
        resize=settings.resize,
        background=settings.decoding.background,
    )


def _by_box(image: Image.Image, origin: Image.Image | None, box: Box, settings: EncodingOptions) -> EncodedPicture:
    resolution = settings.resolution
    enlarged = min(box[2] - box[0], box[3] - box[1]) < resolution
    png = encode_png(_square(image, settings, box=box))
    if origin is None:
        return EncodedPicture(png, None, enlarged)
    # Both pictures of a pair are cut by one box, or they would no longer lie on each other.
    x, y = origin.width / image.width, origin.height / image.height
    other = (box[0] * x, box[1] * y, box[2] * x, box[3] * y)
    maps = settings.labels
    resize: Resize = "nearest" if maps else settings.resize
    ground = maps.ground if maps else settings.decoding.background
    source = prepare_image(origin, resolution, settings.crop, 3, box=other, resize=resize, background=ground)
    return EncodedPicture(png, encode_png(source), enlarged, labels=label_values(origin) if maps else ())


def _by_time(
    image: Image.Image, before: Image.Image | None, after: Image.Image, settings: EncodingOptions
) -> EncodedPicture:
    """A frame, and as its source those before and after it, one above the other."""
    assert before is not None
    crop = "center" if settings.crop == "smart" else settings.crop  # all frames are cut alike
    settings = settings._replace(crop=crop)
    made = _square(image, settings)
    around = [_square(frame, settings._replace(channels=3)) for frame in (before, after)]
    return EncodedPicture(encode_png(made), encode_png(np.concatenate(around)), min(image.size) < settings.resolution)


def _by_face(
    image: Image.Image, origin: Image.Image | None, box: Box | None, settings: EncodingOptions
) -> EncodedPicture:
    if box is not None:  # a box selects one of several persons
        left, top = max(round(box[0]), 0), max(round(box[1]), 0)
        right, bottom = min(round(box[2]), image.width), min(round(box[3]), image.height)
        if right <= left or bottom <= top:
            raise PictureError(f"a box lies outside of the picture ({_told(box)})")
        image = image.crop((left, top, right, bottom))
    resolution = settings.resolution
    pixels = np.asarray(image)
    matrix = face_matrix(pixels, resolution, settings.crop)
    from ganvas.curate import faces  # installed, or face_matrix would have failed

    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2].astype(np.float64)))))
    made = with_channels(faces.cut_square(pixels, matrix, resolution).pixels, settings.channels)
    zoom = {"face": faces.TIGHT, "face-wide": faces.TIGHT / faces.WIDE}.get(settings.crop, 1.0)
    outside = Outside(
        faces.share_outside(matrix, resolution, pixels.shape),
        faces.share_outside(matrix, resolution, pixels.shape, zoom=zoom),
    )
    if origin is None:
        return EncodedPicture(encode_png(made), None, scale > 1, outside=outside)
    # The same square of the other picture, whose pixels may be of another size: x = (x' + ½) · ratio − ½.
    ratio = np.array([image.width / origin.width, image.height / origin.height])
    other = matrix.astype(np.float64)
    other[:, 2] += other[:, :2] @ (ratio / 2 - 0.5)
    other[:, :2] *= ratio
    partner = faces.cut_square(np.asarray(origin), other.astype(np.float32), resolution).pixels
    return EncodedPicture(encode_png(made), encode_png(partner), scale > 1, outside=outside)

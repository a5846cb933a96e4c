"""Face to cartoon: the face of a photograph is found, cut out upright, translated, and laid back.

The translation itself is done by the caller, in three steps::

    head = find_head(photo, reader, model.data, detail=512, background="remove")
    drawn = model.translate(head.square)
    cartoon = finish(photo, head, drawn, scope="head", background="remove")
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.apps.consent import only_face
from ganvas.crops import Crop
from ganvas.curate.faces import Face, FaceReader, cut_square, matrix_for, share_outside
from ganvas.curate.faces.align import Style, ffhq_square
from ganvas.spec import DataSpec

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Scope = Literal["head", "photograph"]
Background = Literal["keep", "remove"]

LONGEST_SIDE = 2048  # pixels of a photograph; larger ones are made smaller before faces are looked for
LARGEST_WHOLE = 1024  # pixels of the longer side of a photograph that is translated whole

_FRAMING = (1.35, 1.2, 1.05, 0.95)  # side of the square over that of FFHQ: head and shoulders to the head alone
# Share of the square that may lie outside of the photograph: more where that part becomes transparent.
_OUTSIDE: dict[Background, float] = {"keep": 0.02, "remove": 0.15}
_WHOLE_ROW = 0.9  # share of a row of the square inside of the photograph above which a figure stands on it
_STYLES: dict[Crop, Style] = {"face": "ffhq", "face-tight": "tight", "face-wide": "wide", "face-fixed": "fixed"}
_LOW, _HIGH = 0.35, 0.65  # probability of a person at which the mask begins and is full


class Head(NamedTuple):
    """The head in a photograph: ``square`` uint8 [S, S, 3], ``matrix`` float32 [2, 3] photograph → square, ``face`` in
    pixels of the photograph, ``person`` float32 [S, S] in [0, 1] and ``inside``, 1 where the photograph is."""

    square: Pixels
    matrix: Floats
    face: Face
    person: Floats
    inside: Floats


class Cartoon(NamedTuple):
    """``picture`` uint8 [H, W, 4] RGBA; ``face`` x0, y0, x1, y1 in parts of its width and height."""

    picture: Pixels
    face: tuple[float, float, float, float]


def find_head(photo: Pixels, reader: FaceReader, data: DataSpec, *, detail: int, background: Background) -> Head:
    """Cut the only face of a photograph out, framed as the model's training pictures were.

    Args:
        photo: uint8 [H, W, 3] RGB.
        reader: Of faces.
        data: How the model's pictures are prepared.
        detail: Side of the square in pixels.
        background: See :func:`finish`.

    Raises:
        UserError: There is no face, or there are several.
    """
    face = only_face(reader.faces(photo))
    matrix = _framed(photo, face, data, detail, _OUTSIDE[background])
    square = cut_square(photo, matrix, detail).pixels
    return Head(square, matrix, face, _person(reader, square), _inside(matrix, detail, photo.shape))


def finish(photo: Pixels, head: Head, drawn: Pixels, *, scope: Scope, background: Background) -> Cartoon:
    """The cartoon of the head alone, or laid back into its photograph.

    Args:
        photo: uint8 [H, W, 3] RGB.
        head: See :func:`find_head`.
        drawn: uint8 [s, s, 1 or 3]: the translation of ``head.square``, of any size.
        scope: ``head``: the square alone; ``photograph``: the head as drawn in the photograph.
        background: ``remove``: all but the person is transparent.
    """
    colour = np.repeat(drawn, 3, axis=2) if drawn.shape[2] == 1 else drawn
    if scope == "head":
        side = len(colour)
        alpha = head.inside * (head.person if background == "remove" else 1)
        face = head.face.moved(head.matrix).box / np.float32(len(head.square))
        whole = Cartoon(_with_alpha(colour, _resized(alpha, (side, side))), _parts(face))
        return _figure(whole, _resized(head.inside, (side, side))) if background == "remove" else whole
    laid = _laid_back(photo, head, colour)
    height, width = laid.shape[:2]
    alpha = np.ones((height, width), np.float32)
    if background == "remove":
        alpha = cv2.warpAffine(
            head.person, head.matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        ).astype(np.float32, copy=False)
    return Cartoon(_with_alpha(laid, alpha), _parts(head.face.box / np.tile((width, height), 2)))


def finish_whole(photo: Pixels, face: Face, drawn: Pixels, reader: FaceReader, background: Background) -> Cartoon:
    """The cartoon of a photograph that was translated whole.

    Args:
        photo: uint8 [H, W, 3] RGB.
        face: In pixels of the photograph.
        drawn: uint8 [h, w, 1 or 3], its translation, in the same shape.
        reader: Of faces.
        background: See :func:`finish`.
    """
    colour = np.repeat(drawn, 3, axis=2) if drawn.shape[2] == 1 else drawn
    height, width = colour.shape[:2]
    alpha = np.ones((height, width), np.float32)
    if background == "remove":
        alpha = _resized(_person(reader, photo), (width, height))
    return Cartoon(_with_alpha(colour, alpha), _parts(face.box / np.tile((photo.shape[1], photo.shape[0]), 2)))


def reduced(photo: Pixels, longest: int) -> Pixels:
    """A picture whose longer side is at most ``longest`` pixels."""
    return photo if max(photo.shape[:2]) <= longest else resized(photo, longest)


def resized(photo: Pixels, longest: int) -> Pixels:
    """A picture whose longer side is ``longest`` pixels."""
    height, width = photo.shape[:2]
    scale = longest / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(photo, size, interpolation=way).astype(np.uint8, copy=False)


def _framed(photo: Pixels, face: Face, data: DataSpec, side: int, most: float) -> Floats:
    """Photograph → square: as the model's crop frames faces, else head and shoulders as far as the photograph goes."""
    if data.crop in _STYLES:
        return matrix_for(face, side, _STYLES[data.crop])
    framings = [ffhq_square(face, side, factor) for factor in _FRAMING]
    outside = [share_outside(matrix, side, photo.shape) for matrix in framings]
    fitting = [matrix for matrix, share in zip(framings, outside, strict=True) if share <= most]
    return fitting[0] if fitting else framings[int(np.argmin(outside))]


def _person(reader: FaceReader, picture: Pixels) -> Floats:
    """The person as a soft mask: float32 [H, W] in [0, 1]."""
    mask: Floats = np.clip((reader.person(picture) - _LOW) / (_HIGH - _LOW), 0, 1).astype(np.float32)
    return mask


def _inside(matrix: Floats, side: int, shape: tuple[int, ...]) -> Floats:
    ones = np.ones(shape[:2], np.float32)
    inside: Floats = np.clip(cv2.warpAffine(ones, matrix, (side, side), flags=cv2.INTER_LINEAR), 0, 1)
    return inside


def _figure(cartoon: Cartoon, inside: Floats) -> Cartoon:
    """The person alone: transparent borders are cut away, and below, where the photograph ends."""
    picture = cartoon.picture
    rows = np.flatnonzero(inside.mean(axis=1) >= _WHOLE_ROW)
    lowest = int(rows[-1]) + 1 if len(rows) else len(picture)
    seen = picture[:lowest, :, 3] > 25
    if not seen.any():
        return cartoon
    y, x = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    top, bottom, left, right = int(y[0]), int(y[-1]) + 1, int(x[0]), int(x[-1]) + 1
    side = np.array([len(picture)] * 4)
    moved = (np.array(cartoon.face) * side - [left, top, left, top]) / np.tile([right - left, bottom - top], 2)
    return Cartoon(np.ascontiguousarray(picture[top:bottom, left:right]), _parts(moved))


def _laid_back(photo: Pixels, head: Head, colour: Pixels) -> Pixels:
    """The photograph with the drawn head in it; the person's outline and the border of the square are soft."""
    side = len(colour)
    matrix = head.matrix.astype(np.float64)
    grow = side / len(head.square)
    matrix = matrix * grow
    matrix[:, 2] += (grow - 1) / 2
    ramp = np.minimum(np.arange(side) + 0.5, np.arange(side)[::-1] + 0.5) / (0.08 * side)
    border = np.clip(np.minimum(ramp[:, None], ramp[None]), 0, 1).astype(np.float32)
    share = border * _resized(head.person, (side, side)) * _resized(head.inside, (side, side))
    layer = np.concatenate([colour.astype(np.float32), share[..., None] * 255], axis=2)
    height, width = photo.shape[:2]
    laid = cv2.warpAffine(layer, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    weight = laid[..., 3:] / 255
    return np.clip(np.rint(photo + (laid[..., :3] - photo) * weight), 0, 255).astype(np.uint8)


def _resized(mask: Floats, size: tuple[int, int]) -> Floats:
    if mask.shape == size[::-1]:
        return mask
    return cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR).astype(np.float32, copy=False)


def _with_alpha(colour: Pixels, alpha: Floats) -> Pixels:
    return np.concatenate([colour, np.rint(alpha * 255).astype(np.uint8)[..., None]], axis=2)


def _parts(box: npt.NDArray[np.floating]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (round(float(value), 4) for value in box)
    return x0, y0, x1, y1

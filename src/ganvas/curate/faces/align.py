"""Face alignment in a square: as in FFHQ, or with eyes and mouth at fixed positions."""

from __future__ import annotations

from typing import Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.curate.faces.face import Face
from ganvas.curate.faces.geometry import similarity
from ganvas.curate.faces.networks import Floats

Pixels = npt.NDArray[np.uint8]
Doubles = npt.NDArray[np.float64]
Style = Literal["ffhq", "tight", "wide", "fixed"]

# Where "fixed" puts the eye at the left, the eye at the right and the middle of the mouth, as parts of the side:
# (92, 112), (164, 112) and (128, 184) of 256 pixels. The eyes count twice as much as the mouth.
FIXED = ((92 / 256, 112 / 256), (164 / 256, 112 / 256), (128 / 256, 184 / 256))
FIXED_WEIGHTS = (1.0, 1.0, 0.5)

TIGHT, WIDE = 2 / 3, 5 / 4  # side of the square of "tight" and of "wide" over that of "ffhq"

_BLUR = 0.02  # of the side: how soft the invented margin is
_FADE = 0.35  # of the side: how far out the margin has become one colour


class Aligned(NamedTuple):
    """``pixels`` uint8 [size, size, 3]; ``matrix`` float32 [2, 3] leads from pixels (x, y) of the picture to those of
    the square: ``matrix @ (x, y, 1)``. Whole numbers are the centres of pixels."""

    pixels: Pixels
    matrix: Floats


def align(picture: Pixels, face: Face, size: int, style: Style = "ffhq") -> Aligned:
    """Cut an upright face out of a picture, antialiased; the area outside is filled by reflection and blur.

    Args:
        picture: uint8 [H, W, 3] RGB.
        size: side of the square in pixels.
        style: ``ffhq`` as :func:`ffhq_square`, ``tight`` the same with two thirds of the side, ``wide`` with five
            quarters, ``fixed`` as :func:`fixed_square`.
    """
    return cut_square(picture, matrix_for(face, size, style), size)


def matrix_for(face: Face, size: int, style: Style = "ffhq") -> Floats:
    """The matrix float32 [2, 3] of :class:`Aligned`, without cutting."""
    if style == "fixed":
        return fixed_square(face, size)
    return ffhq_square(face, size, {"ffhq": 1.0, "tight": TIGHT, "wide": WIDE}[style])


def cut_square(picture: Pixels, matrix: Floats, size: int) -> Aligned:
    """Sample the square that a similarity ``matrix`` [2, 3] (picture → square) describes; see :func:`align`."""
    return Aligned(_soften_margin(_sample(picture, matrix, size), matrix, picture.shape), matrix)


def share_outside(matrix: Floats, size: int, shape: tuple[int, ...], *, zoom: float = 1.0) -> float:
    """The part of an aligned square that lies outside of the picture and is invented, in [0, 1].

    Args:
        matrix: picture → square, float32 [2, 3].
        size: side of the square in pixels.
        shape: of the picture: height, width, ….
        zoom: the part of the square's side that counts, around its middle.
    """
    back = cv2.invertAffineTransform(matrix.astype(np.float64))
    at = (size - 1) / 2 + (np.arange(64) - 31.5) / 64 * size * zoom
    x = back[0, 0] * at[None] + back[0, 1] * at[:, None] + back[0, 2]
    y = back[1, 0] * at[None] + back[1, 1] * at[:, None] + back[1, 2]
    inside = (x >= -0.5) & (x <= shape[1] - 0.5) & (y >= -0.5) & (y <= shape[0] - 0.5)
    return float(1 - inside.mean())


def ffhq_square(face: Face, size: int, scale: float = 1.0) -> Floats:
    """The square of FFHQ (Karras et al. 2019, appendix A): picture → square, float32 [2, 3].

    With e the vector between the eyes and m from the middle of the eyes to the mouth, its middle lies at the eyes'
    middle + 0.1 m, its x axis runs along e − m turned by 90°, and its side is the larger of 4 |e| and 3.6 |m|, times
    ``scale``.
    """
    left, right, mouth = (point.astype(np.float64) for point in (face.left_eye, face.right_eye, face.mouth))
    middle = (left + right) / 2
    across, down = right - left, mouth - middle
    axis = across + np.array([down[1], -down[0]])
    axis /= max(float(np.hypot(*axis)), 1e-9)
    side = max(4 * float(np.hypot(*across)), 3.6 * float(np.hypot(*down)), 1.0)
    return _square(middle + 0.1 * down, axis, side * scale, size)


def fixed_square(face: Face, size: int) -> Floats:
    """The turn, scale and shift that bring eyes and mouth nearest to :data:`FIXED` (least squares): float32 [2, 3]."""
    read = np.stack([face.left_eye, face.right_eye, face.mouth]).astype(np.float64)
    places = np.array(FIXED) * size - 0.5
    return similarity(read, places, np.array(FIXED_WEIGHTS))


def _square(centre: Doubles, axis: Doubles, side: float, size: int) -> Floats:
    scale = size / side
    turn = np.array([[axis[0], axis[1]], [-axis[1], axis[0]]]) * scale
    shift = (size - 1) / 2 - turn @ centre
    matrix: Floats = np.concatenate([turn, shift[:, None]], axis=1).astype(np.float32)
    return matrix


def _sample(picture: Pixels, matrix: Floats, size: int) -> Pixels:
    """Every pixel of the picture counts when shrinking: sample finer by a whole factor, then take means."""
    exact = matrix.astype(np.float64)
    shrink = 1 / max(float(np.sqrt(abs(np.linalg.det(exact[:, :2])))), 1e-9)
    while shrink > 8 and min(picture.shape[:2]) > 1:
        height, width = picture.shape[:2]
        rows, columns = max(1, height // 2), max(1, width // 2)
        picture = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        factor = np.array([width / columns, height / rows])
        exact[:, 2] += exact[:, :2] @ (factor / 2 - 0.5)
        exact[:, :2] *= factor
        shrink /= 2
    finer = max(1, int(np.ceil(shrink - 0.01)))
    grown = exact * finer
    grown[:, 2] += (finer - 1) / 2
    interpolation = cv2.INTER_CUBIC if shrink < 1 else cv2.INTER_LINEAR
    sampled = cv2.warpAffine(
        picture, grown, (size * finer, size * finer), flags=interpolation, borderMode=cv2.BORDER_REFLECT_101
    )
    if finer > 1:
        sampled = cv2.resize(sampled, (size, size), interpolation=cv2.INTER_AREA)
    pixels: Pixels = sampled.astype(np.uint8, copy=False)
    return pixels


def _soften_margin(square: Pixels, matrix: Floats, shape: tuple[int, ...]) -> Pixels:
    """Blur the area outside the picture, fading into the median colour of the square further out."""
    size = len(square)
    back = cv2.invertAffineTransform(matrix.astype(np.float64))
    side = size * float(np.sqrt(abs(np.linalg.det(back[:, :2]))))
    corners = np.array([[0, 0], [size - 1, 0], [0, size - 1], [size - 1, size - 1]]) @ back[:, :2].T + back[:, 2]
    limit = np.array([shape[1] - 1, shape[0] - 1])
    if corners.min() >= 0 and bool((corners <= limit).all()):
        return square
    at = np.arange(size)
    x = back[0, 0] * at[None] + back[0, 1] * at[:, None] + back[0, 2]
    y = back[1, 0] * at[None] + back[1, 1] * at[:, None] + back[1, 2]
    outside = np.maximum(np.maximum(-x, x - limit[0]), np.maximum(-y, y - limit[1])) / side
    blur = np.clip(outside / _BLUR, 0, 1)[:, :, None]
    fade = np.clip((outside - 2 * _BLUR) / _FADE, 0, 1)[:, :, None]
    exact = square.astype(np.float32)
    soft = cv2.GaussianBlur(exact, (0, 0), max(_BLUR * size, 0.5), borderType=cv2.BORDER_REFLECT_101)
    inside = square[outside <= 0]
    ground = np.median(inside if len(inside) else square.reshape(-1, 3), axis=0)
    mixed = exact + (soft - exact) * blur
    mixed += (ground - mixed) * fade
    softened: Pixels = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
    return softened

"""Soft masks of the identifying lines of a face: around eyes, nose, mouth, brows and jaw.

StarGAN v2 keeps the fine lines of its source there (Choi et al. 2020, appendix). Its authors draw the masks from the
heat maps of a network that finds 98 points; these are drawn from the 468 points of the mesh, with the same places,
shifts and widths.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ganvas.curate.faces.face import Face
from ganvas.curate.faces.landmarks import LEFT_BROW, LEFT_EYE, LIPS_INNER, OVAL, RIGHT_BROW, RIGHT_EYE
from ganvas.curate.faces.networks import Floats

_SIDE = 256  # shifts and widths below are pixels of a picture of this side
_WIDE = 6.0  # standard deviation of a heat map's spot; sharpened to the power p it is that over √p


class _Part(NamedTuple):
    points: tuple[int, ...]
    down: float
    width: float
    fine: bool  # also kept in fine maps


_EYES = (*LEFT_EYE[::2], *RIGHT_EYE[::2])
_PARTS = (
    _Part(OVAL[13:24], 0, _WIDE / 3**0.5, False),
    _Part((*LEFT_BROW[1:], *RIGHT_BROW[1:]), 7, _WIDE / 2**0.5, False),
    _Part((168,), 0, _WIDE, True),
    _Part((197, 5, 4), -4, _WIDE, True),
    _Part((98, 97, 2, 326, 327), -8, _WIDE / 2, True),
    _Part(_EYES, 8, _WIDE / 3**0.5, True),
    _Part(_EYES, 24, _WIDE, True),
    _Part((39, 37, 0, 267, 269), 8, _WIDE / 2, False),
    _Part((91, 84, 17, 314, 321), -8, _WIDE / 2, False),
    _Part(LIPS_INNER[::2], 2, _WIDE / 3**0.5, False),
)


def outlines(face: Face, side: int) -> Floats:
    """→ float32 [2, side, side] in [0, 1]: for coarse maps all lines, for fine ones eyes and nose alone.

    Args:
        face: of a square picture of ``side`` pixels.
    """
    found = np.zeros((2, side, side), np.float32)
    scale = side / _SIDE
    for part in _PARTS:
        points = face.landmarks[list(part.points), :2] + np.array([0, part.down * scale], np.float32)
        _add(found, points, part.width * scale, part.fine)
    _add(found, np.stack([face.left_eye, face.right_eye]), _WIDE * scale, True)
    return np.minimum(found, 1)


def _add(found: Floats, points: Floats, width: float, fine: bool) -> None:
    at = np.arange(found.shape[1], dtype=np.float32)
    across = np.exp(-((at - points[:, :1]) ** 2) / (2 * width**2))
    along = np.exp(-((at - points[:, 1:]) ** 2) / (2 * width**2))
    spots = along.T @ across  # every spot is a product of two curves: their sum is one product of matrices
    found[0] += spots
    if fine:
        found[1] += spots

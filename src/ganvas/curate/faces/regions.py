"""Regions of a face as soft masks, drawn through the points of the mesh."""

from __future__ import annotations

import cv2
import numpy as np

from ganvas.curate.faces.face import Face
from ganvas.curate.faces.landmarks import LEFT_BROW, LEFT_EYE, LIPS_INNER, LIPS_OUTER, NOSE, OVAL, RIGHT_BROW, RIGHT_EYE
from ganvas.curate.faces.networks import Floats
from ganvas.errors import UserError

# Between the upper lid (outer to inner corner) and the lower edge of the brow (inner to outer end).
LEFT_EYE_SHADOW = (33, 246, 161, 160, 159, 158, 157, 173, 133, 190, 55, 65, 52, 53, 46, 226)
RIGHT_EYE_SHADOW = (263, 466, 388, 387, 386, 385, 384, 398, 362, 414, 285, 295, 282, 283, 276, 446)

_Outlines = tuple[tuple[int, ...], ...]

# What is filled, then what is taken out again.
REGIONS: dict[str, tuple[_Outlines, _Outlines]] = {
    "face": ((OVAL,), ()),
    "skin": (
        (OVAL,),
        (LIPS_OUTER, LEFT_EYE, RIGHT_EYE, LEFT_BROW, RIGHT_BROW),
    ),
    "lips": ((LIPS_OUTER,), (LIPS_INNER,)),
    "mouth": ((LIPS_OUTER,), ()),
    "left_eye": ((LEFT_EYE,), ()),
    "right_eye": ((RIGHT_EYE,), ()),
    "left_eye_shadow": ((LEFT_EYE_SHADOW,), (LEFT_EYE,)),
    "right_eye_shadow": ((RIGHT_EYE_SHADOW,), (RIGHT_EYE,)),
    "nose": ((NOSE,), ()),
    "brows": ((LEFT_BROW, RIGHT_BROW), ()),
}


def region(face: Face, name: str, shape: tuple[int, ...]) -> Floats:
    """One part of a face as float32 [H, W] in [0, 1]: 1 inside, 0 outside, a pixel's share on the edge.

    Args:
        name: one of :data:`REGIONS`. Left and right are as seen in the picture. ``lips`` leaves the inside of an open
            mouth out, ``mouth`` has it; ``skin`` is the face without lips, eyes and brows.
        shape: of the picture: (H, W) or (H, W, 3).

    Raises:
        UserError: there is no such part.
    """
    if name not in REGIONS:
        raise UserError(f"A face has no region called '{name}': choose one of {', '.join(REGIONS)}.")
    kept, removed = REGIONS[name]
    mask = filled(face.landmarks, kept, shape)
    if removed:
        mask *= 1 - filled(face.landmarks, removed, shape)
    return mask


def filled(landmarks: Floats, outlines: _Outlines, shape: tuple[int, ...], finer: int = 4) -> Floats:
    """Closed outlines through points of the mesh, filled: float32 [H, W] in [0, 1], a pixel's share on the edge.

    Args:
        landmarks: float32 [468, 3] in pixels.
        outlines: Indices of the points of each outline, in order.
        shape: Of the picture: (H, W) or (H, W, 3).
        finer: Subdivisions of a pixel's side.
    """
    height, width = shape[:2]
    points = [landmarks[list(outline), :2] for outline in outlines]
    low = np.floor(np.min([part.min(axis=0) for part in points], axis=0)).astype(int) - 1
    high = np.ceil(np.max([part.max(axis=0) for part in points], axis=0)).astype(int) + 2
    low, high = np.clip(low, 0, (width, height)), np.clip(high, 0, (width, height))
    mask = np.zeros((height, width), np.float32)
    if (high <= low).any():
        return mask
    columns, rows = high - low
    canvas = np.zeros((rows * finer, columns * finer), np.uint8)
    for part in points:
        corners = np.round((part - low + 0.5) * finer - 0.5).astype(np.int32)
        cv2.fillPoly(canvas, [corners], 255)
    small = cv2.resize(canvas, (int(columns), int(rows)), interpolation=cv2.INTER_AREA)
    mask[low[1] : high[1], low[0] : high[0]] = small.reshape(rows, columns) / 255
    return mask

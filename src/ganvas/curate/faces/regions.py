"""The parts of a face as soft masks, drawn through the points of the mesh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.curate.faces import mesh
from ganvas.curate.faces.networks import Floats
from ganvas.errors import UserError

if TYPE_CHECKING:
    from ganvas.curate.faces.reader import Face

# Between the upper lid (outer to inner corner) and the lower edge of the brow (inner to outer end).
LEFT_EYE_SHADOW = (33, 246, 161, 160, 159, 158, 157, 173, 133, 190, 55, 65, 52, 53, 46, 226)
RIGHT_EYE_SHADOW = (263, 466, 388, 387, 386, 385, 384, 398, 362, 414, 285, 295, 282, 283, 276, 446)

_Outlines = tuple[tuple[int, ...], ...]

# What is filled, then what is taken out again.
REGIONS: dict[str, tuple[_Outlines, _Outlines]] = {
    "face": ((mesh.OVAL,), ()),
    "skin": ((mesh.OVAL,), (mesh.LIPS_OUTER, mesh.LEFT_EYE, mesh.RIGHT_EYE, mesh.LEFT_BROW, mesh.RIGHT_BROW)),
    "lips": ((mesh.LIPS_OUTER,), (mesh.LIPS_INNER,)),
    "mouth": ((mesh.LIPS_OUTER,), ()),
    "left_eye": ((mesh.LEFT_EYE,), ()),
    "right_eye": ((mesh.RIGHT_EYE,), ()),
    "left_eye_shadow": ((LEFT_EYE_SHADOW,), (mesh.LEFT_EYE,)),
    "right_eye_shadow": ((RIGHT_EYE_SHADOW,), (mesh.RIGHT_EYE,)),
    "nose": ((mesh.NOSE,), ()),
    "brows": ((mesh.LEFT_BROW, mesh.RIGHT_BROW), ()),
}


def region(face: Face, name: str, shape: tuple[int, ...]) -> Floats:
    """One part of a face as float32 [H, W] in [0, 1]: 1 inside, 0 outside, a pixel's share on the edge.

    :param name: one of :data:`REGIONS`. Left and right are as seen in the picture. ``lips`` leaves the inside of an
        open mouth out, ``mouth`` has it; ``skin`` is the face without lips, eyes and brows.
    :param shape: of the picture: (H, W) or (H, W, 3).
    :raises UserError: there is no such part.
    """
    if name not in REGIONS:
        raise UserError(f"A face has no part called '{name}': choose one of {', '.join(REGIONS)}.")
    filled, removed = REGIONS[name]
    mask = _filled(face.landmarks, filled, shape)
    if removed:
        mask *= 1 - _filled(face.landmarks, removed, shape)
    return mask


def moved(landmarks: Floats, matrix: npt.NDArray[np.floating]) -> Floats:
    """The same points after a similarity [2, 3], such as the one that aligned the face; z grows with the scale."""
    flat = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2].astype(np.float64)))))
    points: Floats = np.concatenate([flat, landmarks[:, 2:] * scale], axis=1).astype(np.float32)
    return points


def _filled(landmarks: Floats, outlines: _Outlines, shape: tuple[int, ...], finer: int = 4) -> Floats:
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

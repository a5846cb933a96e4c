"""Similarities between pictures and squares, and sampling by them. No faces are found here.

A similarity is a float32 [2, 3] matrix of a turn, one scale and a shift; whole numbers are the centres of pixels.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.curate.faces.networks import Floats

Pixels = npt.NDArray[np.uint8]
Doubles = npt.NDArray[np.float64]


def similarity(points: Doubles, places: Doubles, weights: Doubles | None = None) -> Floats:
    """The similarity [2, 3] that brings ``points`` [N, 2] nearest to ``places`` [N, 2] in weighted least squares."""
    share = np.ones(len(points)) if weights is None else weights
    share = share / share.sum()
    from_middle, to_middle = share @ points, share @ places
    centred, wanted = points - from_middle, places - to_middle
    spread = max(float((share * (centred**2).sum(axis=1)).sum()), 1e-9)
    cosine = float((share * (centred * wanted).sum(axis=1)).sum()) / spread
    sine = float((share * (centred[:, 0] * wanted[:, 1] - centred[:, 1] * wanted[:, 0])).sum()) / spread
    turn = np.array([[cosine, -sine], [sine, cosine]])
    matrix: Floats = np.concatenate([turn, (to_middle - turn @ from_middle)[:, None]], axis=1).astype(np.float32)
    return matrix


def transform_points(landmarks: Floats, matrix: npt.NDArray[np.floating]) -> Floats:
    """The same points after a similarity [2, 3], such as the one that aligned the face; z grows with the scale."""
    flat = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2].astype(np.float64)))))
    points: Floats = np.concatenate([flat, landmarks[:, 2:] * scale], axis=1).astype(np.float32)
    return points


def eye_centre(landmarks: Floats, outline: tuple[int, ...]) -> Floats:
    """The mean of an outline's points: float32 [2]."""
    centre: Floats = landmarks[list(outline), :2].mean(axis=0)
    return centre


def square_at(centre: Floats, side: float, along: Floats, pixels: int) -> Floats:
    """The matrix float32 [2, 3] from a crop of ``pixels`` × ``pixels`` to the picture.

    The crop's middle is ``centre``, its width ``side`` pixels of the picture, its rows run in the direction ``along``.
    """
    x, y = along / max(float(np.linalg.norm(along)), 1e-6) * (side / pixels)
    middle = (pixels - 1) / 2
    turn = np.array([[x, -y], [y, x]], np.float32)
    return np.concatenate([turn, (centre - turn @ np.array([middle, middle], np.float32))[:, None]], axis=1)


def sample_square(picture: Pixels, to_picture: Floats, side: int) -> Pixels:
    """Sample a square; the border is repeated outwards, and shrinking is antialiased by a blur of fitting width."""
    scale = float(np.sqrt(abs(np.linalg.det(to_picture[:, :2].astype(np.float64)))))
    matrix = to_picture.astype(np.float64)
    if scale >= 2:  # average whole blocks first, then sample what is left
        step = int(scale)
        height, width = (max(1, -(-length // step)) for length in picture.shape[:2])
        whole = cv2.resize(
            cv2.copyMakeBorder(
                picture, 0, height * step - picture.shape[0], 0, width * step - picture.shape[1], cv2.BORDER_REPLICATE
            ),
            (width, height),
            interpolation=cv2.INTER_AREA,
        )
        picture = whole.astype(np.uint8, copy=False)
        matrix = matrix / step
        matrix[:, 2] += 0.5 / step - 0.5
    crop = cv2.warpAffine(
        picture, matrix, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return crop.astype(np.uint8, copy=False)


def eye_openness(points: Floats) -> float:
    """Height over width of an eye's outline: lids at three places across."""
    corner, other = points[0], points[8]
    wide = max(float(np.linalg.norm(other - corner)), 1e-6)
    lower, upper = points[[3, 4, 5]], points[[11, 12, 13]]
    return float(np.linalg.norm(lower - upper, axis=1).mean()) / wide

"""The lines of a face as strokes of a pen, from the 468 points of the face mesh."""

from __future__ import annotations

import numpy as np

from ganvas.curate.images.filters import Float
from ganvas.curate.sketch.pen import Stroke
from ganvas.curate.sketch.strokes import smoothed

# Points of MediaPipe's face mesh along which people draw, and how firmly: brows, lids, nose, lips, jaw.
_DRAWN: tuple[tuple[float, tuple[int, ...]], ...] = (
    (1.0, (70, 63, 105, 66, 107)),
    (1.0, (300, 293, 334, 296, 336)),
    (1.0, (33, 246, 161, 160, 159, 158, 157, 173, 133)),
    (1.0, (263, 466, 388, 387, 386, 385, 384, 398, 362)),
    (0.5, (33, 7, 163, 144, 145, 153, 154, 155, 133)),
    (0.5, (263, 249, 390, 373, 374, 380, 381, 382, 362)),
    (0.7, (129, 98, 97, 2, 326, 327, 358)),
    (0.5, (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)),
    (1.0, (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)),
    (0.6, (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)),
    (0.9, (127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152)),
    (0.9, (356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152)),
)
_PUPILS = ((33, 133, 159, 145), (362, 263, 386, 374))


def features(landmarks: Float, height: int, width: int) -> list[Stroke]:
    """The lines of a face by its points: brows, lids, pupils, nose, lips and jaw.

    Args:
        landmarks: float [468, 2 or 3], in pixels of a picture of ``height`` × ``width`` (MediaPipe's order).

    Returns:
        poly-lines in shares of the shorter side.
    """
    places = (landmarks[:, :2].astype(np.float32) + np.float32(0.5)) / np.float32(min(height, width))
    strokes = []
    for firm, numbers in _DRAWN:
        corners = places[list(numbers)]
        at = np.linspace(0, len(corners) - 1, 6 * len(corners))
        line = np.stack([np.interp(at, np.arange(len(corners)), corners[:, axis]) for axis in (0, 1)], axis=1)
        strokes.append(Stroke(smoothed(line.astype(np.float32), 3.0), 0.3 * firm))
    turns = np.linspace(0, 4 * np.pi, 17)
    for outer, inner, upper, lower in _PUPILS:
        middle = (places[outer] + places[inner] + places[upper] + places[lower]) / 4
        radius = np.linspace(0.11, 0.02, 17) * np.linalg.norm(places[outer] - places[inner])
        curl = middle + np.stack([radius * np.cos(turns), radius * np.sin(turns)], axis=1)
        strokes.append(Stroke(curl.astype(np.float32), 0.35))
    return strokes

"""Slopes of lines between points of a face, which are directions without a sense: a line at θ is the line at θ + 180°.

Such axes have no smallest and no largest value, so that neither minimum and maximum nor mean and deviation can scale
them: the mean of 1° and 179° is not 90°. Doubled, they are points of a circle (Mardia and Jupp 2000, §1.1), where means
and differences are those of directions. The angles that the look-alike compares need none of that; slopes are here to
be measured beside them (``benchmarks/lookalike.py``).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ganvas.curate.faces.pose import frontal_points

Doubles = npt.NDArray[np.float64]

# Lines from the left side of the face, and from the right; the mirrored right one is averaged with the left one.
LINES = (
    *((33, 133), (46, 55), (70, 105), (105, 107), (172, 152), (136, 152)),
    *((61, 0), (61, 17), (234, 172), (50, 61), (129, 61)),
)
MIRRORED = (
    *((263, 362), (276, 285), (300, 334), (334, 336), (397, 152), (365, 152)),
    *((291, 0), (291, 17), (454, 397), (280, 291), (358, 291)),
)


def mean_axis(degrees: npt.ArrayLike, axis: int = -1) -> Doubles:
    """The mean of axes, degrees in (−90, 90]: half of the direction of the mean of the doubled angles."""
    doubled = np.radians(2 * np.asarray(degrees, np.float64))
    mean: Doubles = np.degrees(np.arctan2(np.sin(doubled).mean(axis), np.cos(doubled).mean(axis))) / 2
    return mean


def axis_difference(one: npt.ArrayLike, other: npt.ArrayLike) -> Doubles:
    """The turn from one axis to another, degrees in [−90, 90)."""
    difference: Doubles = (np.asarray(one, np.float64) - np.asarray(other, np.float64) + 90) % 180 - 90
    return difference


def slopes_of(landmarks: npt.NDArray[np.floating]) -> Doubles:
    """The slopes [lines] of a face's lines in the frontal pose, degrees, left and right averaged.

    Args:
        landmarks: float [468, 3] in pixels.
    """
    flat = frontal_points(landmarks.astype(np.float32))[:, :2]
    left, right = (flat[[b for _, b in lines]] - flat[[a for a, _ in lines]] for lines in (LINES, MIRRORED))
    own = np.degrees(np.arctan2(left[:, 1], left[:, 0]))
    twin = np.degrees(np.arctan2(right[:, 1], -right[:, 0]))
    return mean_axis(np.stack([own, twin], axis=1))

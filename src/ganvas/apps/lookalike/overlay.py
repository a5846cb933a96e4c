"""The outlines of two faces over each other, as a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from ganvas.apps.lookalike.angles import ANGLES
from ganvas.apps.lookalike.measure import line_through, outlines
from ganvas.curate.faces.networks import Floats

Pixels = npt.NDArray[np.uint8]

OWN, OTHER, GROUND = (29, 78, 216), (217, 119, 6), (255, 255, 255)
_FINER = 3  # lines are drawn finer by this factor, then averaged


def overlay(own: Floats, other: Floats, marked: Sequence[int] = (), side: int = 512) -> Pixels:
    """Both faces in the frontal pose and in one size, their means over each other: uint8 [side, side, 3].

    Args:
        own: Points [DRAWN, 2] of one face, drawn in blue.
        other: Of the other, drawn in orange.
        marked: Indices in ``ANGLES`` of angles to draw in both.
        side: Of the picture, in pixels.
    """
    canvas = Image.new("RGB", (side * _FINER, side * _FINER), GROUND)
    draw = ImageDraw.Draw(canvas)
    reach = 1.05 * max(float(np.abs(points).max()) for points in (own, other))
    for points, colour in ((other, OTHER), (own, OWN)):
        lines = [(line, 2) for line in outlines(points)]
        lines += [(line_through(points, ANGLES[index].points), 4) for index in marked]
        for line, width in lines:
            places = [((x / reach + 1) / 2 * canvas.width, (y / reach + 1) / 2 * canvas.height) for x, y in line]
            draw.line(places, fill=colour, width=width * _FINER, joint="curve")
    return np.asarray(canvas.resize((side, side), Image.Resampling.BOX))

"""What the tests of cards share: a drawn head, a printing condition, and coarse profiles that are quick to draw."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ganvas.apps.card.colour import PrintColours
from ganvas.apps.card.design import Design, Layout, examples
from ganvas.apps.card.profiles import PrintProfile
from support.colour_profiles import press_profile

FACE = (0.3, 0.2, 0.7, 0.8)  # of the head, in parts of its picture


def head(side: int = 800) -> npt.NDArray[np.uint8]:
    """A round head in red on a transparent ground, as high as its picture: uint8 [side, side, 4]."""
    picture = np.zeros((side, side, 4), np.uint8)
    axes = (round(0.3 * side), round(0.48 * side))
    cv2.ellipse(picture, (side // 2, side // 2), axes, 0, 0, 360, (200, 30, 30, 255), -1)
    picture[round(0.8 * side) :, side // 4 : -side // 4] = (40, 40, 60, 255)
    return picture


@cache
def press() -> PrintColours:
    """A press whose ICC profile the tests build themselves."""
    return PrintColours(press_profile(), "press.icc")


def coarse(**changes: float) -> PrintProfile:
    """The default print shop at 150 pixels per inch."""
    values = {"name": "coarse", "title": "Coarse", "width": 91.6, "height": 59.98, "safe": 4, "ink": 300, "ppi": 150}
    return PrintProfile.model_validate({**values, **changes})


def layout(template: str = "hills", **changes: object) -> Layout:
    """A card with the example texts of its template."""
    values: dict[str, object] = {"template": template, "texts": examples(template), "face": FACE}
    return Layout(Design.model_validate({**values, **changes}))


def write_press_profile(folder: Path) -> Path:
    """The press as a file."""
    path = folder / "press.icc"
    path.write_bytes(press_profile())
    return path

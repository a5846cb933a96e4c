"""The colours that regions of a portrait are moved to, and the file that says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
from PIL import ImageColor

from ganvas.apps.provenance import encode_marked
from ganvas.errors import UserError

Pixels = npt.NDArray[np.uint8]
Region = Literal["hair", "skin", "background"]
Colour = tuple[int, int, int]
Colours = Mapping[Region, Colour]
"""sRGB by region; regions that keep their colours are not in it."""

REGIONS: tuple[Region, ...] = get_args(Region)

# The colours that have names, as the Draw page offers them.
SWATCHES: Mapping[Region, Mapping[str, str]] = {
    "hair": {
        "black": "#262221",
        "brown": "#4f382c",
        "auburn": "#7a4638",
        "blond": "#ae946a",
        "grey": "#93908d",
        "white": "#d4d1cc",
    },
    "skin": {"fair": "#f0d5c3", "light": "#dfb294", "tan": "#c08e6c", "brown": "#8f5f43", "dark": "#5b3a29"},
    "background": {
        "white": "#f4f4f2",
        "grey": "#b9bec4",
        "blue": "#7fa7c9",
        "green": "#8fb39a",
        "sand": "#d9c7a8",
        "black": "#2b2d30",
    },
}


class Recoloured(NamedTuple):
    """``picture`` uint8 [H, W, 3], and the regions that were not found and keep their colours."""

    picture: Pixels
    missing: tuple[Region, ...]


def parse_colours(texts: Mapping[Region, str | None]) -> Colours:
    """The colours of regions; regions without a text are left out.

    Args:
        texts: Names of :data:`SWATCHES`, or colours as in style sheets: ``#c9a063``, ``rebeccapurple``.

    Raises:
        UserError: A text is not a colour.
    """
    colours: dict[Region, Colour] = {}
    for region, text in texts.items():
        if not text:
            continue
        names = SWATCHES[region]
        try:
            red, green, blue = ImageColor.getrgb(names.get(text.strip().lower(), text.strip()[:64]))[:3]
        except ValueError:
            raise UserError(
                f"{text[:64]!r} is not a colour for the {region}; choose one of {', '.join(names)}, or write it as "
                "#c9a063.",
                code="not-a-colour",
                params={"text": text[:64], "region": region},
            ) from None
        colours[region] = red, green, blue
    return colours


def encode_recoloured(done: Recoloured, colours: Colours, made_by: str) -> bytes:
    """A PNG whose XMP says how the picture was made, and which regions were moved to which colours.

    Args:
        done: The picture.
        colours: What was requested.
        made_by: Such as ``Made by the model NAME``; without a full stop.
    """
    moved = [f"{name} #{bytes(colour).hex()}" for name, colour in colours.items() if name not in done.missing]
    says = f"; colours changed afterwards: {', '.join(moved)}" if moved else ""
    return encode_marked(done.picture, "made", f"{made_by}{says}.")

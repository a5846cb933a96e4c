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


class Recoloured(NamedTuple):
    """``picture`` uint8 [H, W, 3], and the regions that were not found and keep their colours."""

    picture: Pixels
    missing: tuple[Region, ...]


def parse_colours(texts: Mapping[Region, str | None]) -> Colours:
    """The colours of regions from texts such as ``#c9a063`` or ``brown``; regions without a text are left out.

    Raises:
        UserError: A text is not a colour.
    """
    colours: dict[Region, Colour] = {}
    for region, text in texts.items():
        if not text:
            continue
        try:
            red, green, blue = ImageColor.getrgb(text.strip()[:64])[:3]
        except ValueError:
            raise UserError(
                f"{text[:64]!r} is not a colour for the {region}; write it as #c9a063, or as a name such as brown.",
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

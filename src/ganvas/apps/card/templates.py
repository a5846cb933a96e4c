"""Templates of cards: a JSON file and SVG drawings each, in ``templates/``.

``NAME.json`` holds colours, the frame of the picture and the texts; ``NAME-front.svg`` and ``NAME-back.svg`` are drawn
below the picture, ``NAME-front-over.svg``, where there is one, above it. Drawings are in millimetres and name colours
as ``{{ground}}``.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ganvas.apps.card.fonts import FontName
from ganvas.apps.card.geometry import Orientation, Rect, SideName
from ganvas.errors import UserError

FOLDER = Path(__file__).parent / "templates"

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$", description="sRGB, such as #1F5963")]
ColourName = Literal["ground", "accent", "second", "ink", "paper"]
Blend = Literal["normal", "multiply"]
Align = Literal["left", "centre", "right"]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PictureFrame(_Frozen):
    """Where the picture stands.

    ``fit`` is ``cover`` (it fills the frame, centred) or ``stand`` (it is as high as the frame and stands on its lower
    edge). With ``clip`` nothing of it is seen outside of the frame.
    """

    frame: tuple[float, float, float, float] = Field(description="x, y, width and height in mm")
    radius: float = Field(default=0, ge=0, description="of the frame's corners, in mm")
    clip: bool
    fit: Literal["cover", "stand"]
    blend: Blend = Field(description="multiply: white becomes transparent, for drawings on paper")

    @property
    def rect(self) -> Rect:
        """The frame."""
        return Rect(*self.frame)


class TextBox(_Frozen):
    """A line of text: ``x`` and ``y`` in mm are where its foot begins, is centred or ends."""

    id: str
    side: SideName
    x: float
    y: float
    width: float = Field(gt=0, description="mm; longer texts are set smaller")
    size: float = Field(gt=0, description="points")
    font: FontName
    colour: ColourName
    align: Align
    tracking: float = Field(default=0, description="space between letters, in parts of the size")
    example: dict[Literal["en", "ko"], str]


class Template(_Frozen):
    """A template."""

    name: str
    orientation: Orientation
    title: dict[Literal["en", "ko"], str]
    colours: dict[ColourName, Colour]
    picture: PictureFrame
    texts: tuple[TextBox, ...]

    def drawing(self, side: SideName, layer: Literal["under", "over"] = "under") -> str | None:
        """A drawing with the names of its colours; None where there is none."""
        path = FOLDER / f"{self.name}-{side}{'-over' if layer == 'over' else ''}.svg"
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def texts_of(self, side: SideName) -> tuple[TextBox, ...]:
        """The texts of a side."""
        return tuple(box for box in self.texts if box.side == side)


def names() -> list[str]:
    """The templates that ship with the package."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def template(name: str) -> Template:
    """A template by name.

    Raises:
        UserError: There is none.
    """
    if name not in names():
        raise UserError(
            f"There is no template {name!r}; choose one of {', '.join(names())}.",
            code="card-template",
            params={"template": name, "templates": ", ".join(names())},
        )
    content = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Template.model_validate({"name": name, **content})


def coloured(drawing: str, colours: dict[ColourName, str]) -> str:
    """A drawing with its colours in place."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: colours[found[1]], drawing)  # type: ignore[index]

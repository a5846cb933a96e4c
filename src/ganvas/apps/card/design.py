"""The design of a card: template, colours, texts, and where the picture is; and what follows from it."""

from __future__ import annotations

import math
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ganvas.apps.card.fonts import ASCENT, DESCENT, Font, own_font, shipped
from ganvas.apps.card.geometry import POINT, Orientation, Rect, SideName
from ganvas.apps.card.templates import Blend, Colour, ColourName, Template, TextBox, template
from ganvas.errors import UserError

LEAST_SIZE = 5.0  # points: smaller letters fill up in print
MOST_TEXT = 60  # characters per line

Text = Annotated[str, Field(max_length=MOST_TEXT)]


class Placement(BaseModel):
    """How the picture is moved away from where the template has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scale: float = Field(default=1.0, ge=0.2, le=5, description="1: as the template fits it")
    dx: float = Field(default=0.0, ge=-100, le=100, description="mm to the right")
    dy: float = Field(default=0.0, ge=-100, le=100, description="mm down")
    turn: float = Field(default=0.0, ge=-180, le=180, description="degrees clockwise")


class Design(BaseModel):
    """What a person chose for a card."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    template: str = "hills"
    colours: dict[ColourName, Colour] = Field(default={}, description="that differ from the template's")
    texts: dict[str, Text] = Field(default={}, description="by id; those left out are empty")
    placement: Placement = Placement()
    blend: Blend | None = Field(default=None, description="null: as the template says")
    chip: bool = Field(default=False, description="the card has a chip on its front")
    stripe: bool = Field(default=False, description="the card has a magnetic stripe on its back")
    face: tuple[float, float, float, float] | None = Field(
        default=None, description="of the picture: x0, y0, x1, y1 in parts of its width and height"
    )


class SetText(NamedTuple):
    """A text: ``size`` in points; ``x`` of its left end, ``y`` of its foot and ``ink``, its bounds, in mm."""

    box: TextBox
    text: str
    font: Font
    size: float
    x: float
    y: float
    colour: str
    ink: Rect


class Layout:
    """A design with its template, fonts and the size of its picture.

    Args:
        design: What was chosen.
        font: A font file in place of the template's fonts; None: those.

    Raises:
        UserError: The template, a text or a font cannot be used.
    """

    def __init__(self, design: Design, font: Path | None = None) -> None:
        self.design = design
        self.template: Template = template(design.template)
        self._font = font
        known = {box.id for box in self.template.texts}
        if unknown := sorted(set(design.texts) - known):
            raise UserError(
                f"The template {design.template} has no text {unknown[0]!r}; it has {', '.join(sorted(known))}.",
                code="card-text",
                params={"template": design.template, "text": unknown[0], "texts": ", ".join(sorted(known))},
            )

    @property
    def orientation(self) -> Orientation:
        """Landscape or portrait."""
        return self.template.orientation

    @cached_property
    def colours(self) -> dict[ColourName, str]:
        """All colours."""
        return {**self.template.colours, **self.design.colours}

    @property
    def blend(self) -> Blend:
        """How the picture is laid on the ground."""
        return self.design.blend or self.template.picture.blend

    def texts(self, side: SideName) -> list[SetText]:
        """The texts of a side that are not empty.

        Raises:
            UserError: A font lacks a character.
        """
        given = [(box, self.design.texts.get(box.id, "").strip()) for box in self.template.texts_of(side)]
        return [self._set(box, text) for box, text in given if text]

    def _set(self, box: TextBox, text: str) -> SetText:
        font = shipped(box.font) if self._font is None else own_font(self._font)
        if lacking := font.missing(text):
            raise UserError(
                f"The font of the card has no {' '.join(lacking)}; leave them out, or give a font that has them with "
                "--font.",
                code="card-characters",
                params={"characters": " ".join(lacking)},
            )
        ems = font.width(text, box.tracking)
        size = min(box.size, box.width / (ems * POINT))
        width = ems * size * POINT
        x = box.x - {"left": 0.0, "centre": 0.5, "right": 1.0}[box.align] * width
        height = size * POINT
        ink = Rect(x, box.y - ASCENT * height, width, (ASCENT + DESCENT) * height)
        return SetText(box, text, font, size, x, box.y, self.colours[box.colour], ink)

    def picture_matrix(self, width: int, height: int) -> NDArray[np.float64]:
        """Leads from places in the picture in pixels, (0, 0) its upper left corner, to mm on the front: [2, 3].

        The picture is fitted into the template's frame, turned and scaled around its centre, then moved.
        """
        frame, moved = self.template.picture.rect, self.design.placement
        if self.template.picture.fit == "cover":
            base = max(frame.width / width, frame.height / height)
            centre = np.array([frame.x + frame.width / 2, frame.y + frame.height / 2])
        else:
            base = frame.height / height
            centre = np.array([frame.x + frame.width / 2, frame.bottom - base * height / 2])
        angle, scale = math.radians(moved.turn), base * moved.scale
        turn = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        shift = centre + np.array([moved.dx, moved.dy]) - turn @ np.array([width / 2, height / 2])
        return np.concatenate([turn, shift[:, None]], axis=1)

    def face_rect(self, width: int, height: int) -> Rect | None:
        """The upright rectangle around the face on the front; None where it is not known."""
        if self.design.face is None:
            return None
        x0, y0, x1, y1 = self.design.face
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) * (width, height)
        matrix = self.picture_matrix(width, height)
        placed = corners @ matrix[:, :2].T + matrix[:, 2]
        low, high = placed.min(axis=0), placed.max(axis=0)
        return Rect(float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))


def examples(name: str, language: Literal["en", "ko"] = "en") -> dict[str, str]:
    """The texts that a template shows before one writes one's own."""
    return {box.id: box.example[language] for box in template(name).texts}

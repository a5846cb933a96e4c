"""Requests and answers about portraits from drawings, and about drawings shared by link."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from ganvas.apps.recolour import Region

MOST_SKETCHES = (
    100  # to compare a drawing with: the weights of more are tiny, and solving for them takes longer than painting
)


class Sketches(BaseModel):
    """How many real sketches each part of a drawing may be compared with."""

    least: int
    most: int
    usual: int


class Shares(BaseModel):
    """How much of the drawing itself may stay: 0 uses real sketches only, 1 the drawing unchanged."""

    least: float
    most: float
    usual: float


class Anchor(BaseModel):
    """A place on the paper, in shares of its side from the upper left corner."""

    x: float
    y: float


class DrawingPlacement(BaseModel):
    """How a drawing was moved before it was painted: scaled and turned about the middle of the paper, then shifted."""

    scale: float
    angle: float = Field(description="Degrees, clockwise.")
    x: float = Field(description="To the right, in sides of the paper.")
    y: float = Field(description="Downwards, in sides of the paper.")


class PortraitParts(BaseModel):
    """The options of a portrait."""

    parts: list[str] = Field(description="Parts of a face that have their own share; one part: the whole face.")
    resolution: int = Field(description="Side in pixels of the drawing as the model takes it.")
    sketches: int = Field(description="Number of real sketches that the model holds.")
    k: Sketches
    t: Shares
    anchors: dict[str, Anchor] = Field(description="Where the model expects the middles of eyes, nose and mouth.")


class PortraitAnswer(BaseModel):
    """A portrait."""

    portrait: str = Field(description="data:image/png;base64,…")
    shadow: str | None = Field(
        description="The nearest real sketches, grey on white, as data:image/png;base64,…; null when not requested."
    )
    placement: DrawingPlacement | None = Field(
        description="How the drawing was moved; null: it was not, since it stands where it should or placing is off."
    )
    uncoloured: list[Region] = Field(
        description="Regions whose colour was requested and that were not found in the portrait; they stay as painted."
    )
    milliseconds: float


class SharedDrawing(BaseModel):
    """A drawing and the settings it was painted with."""

    model: str = Field(description="Id of the bundle that painted it.")
    k: Annotated[int, Field(ge=1, le=MOST_SKETCHES)] | None = Field(
        None,
        description="Number of real sketches that each part was compared with; null: the model does not compare.",
    )
    t: dict[str, Annotated[float, Field(ge=0, le=1)]] | None = Field(
        None, description="Share of the drawing itself that stayed, by part."
    )
    colours: dict[Region, Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")]] | None = Field(
        None, description="Colours that regions of the portrait were moved to, as #rrggbb; null: none."
    )
    drawing: dict[str, Any] = Field(description="The drawing as the Draw page saves it in a file; strokes only.")


class SharedLink(BaseModel):
    """The id of a shared drawing."""

    id: str = Field(description="The same drawing with the same settings has the same id.")

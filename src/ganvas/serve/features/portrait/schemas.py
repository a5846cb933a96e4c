"""What the studio answers about portraits from drawings."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Sketches(BaseModel):
    """How many real sketches each part of a drawing may be compared with."""

    least: int
    most: int
    usual: int


class Shares(BaseModel):
    """How much of the drawing itself may stay: 0 is real sketches alone, 1 the drawing as it is."""

    least: float
    most: float
    usual: float


class PortraitParts(BaseModel):
    """What can be asked of a portrait."""

    parts: list[str] = Field(description="parts of a face that have their own share; one: the whole face")
    resolution: int = Field(description="pixels of the drawing's side that the model sees")
    sketches: int = Field(description="real sketches that it knows")
    k: Sketches
    t: Shares


class PortraitAnswer(BaseModel):
    """A portrait."""

    portrait: str = Field(description="data:image/png;base64,…")
    shadow: str | None = Field(description="grey on white, the nearest real sketches; null when not asked for")
    milliseconds: float

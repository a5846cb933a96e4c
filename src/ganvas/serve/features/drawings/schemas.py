"""What the studio takes and answers about drawings that are shared by link."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from ganvas.serve.features.portrait.routes import MOST


class SharedDrawing(BaseModel):
    """A drawing, and what it was painted with."""

    model: str = Field(description="id of the bundle that painted it")
    k: Annotated[int, Field(ge=1, le=MOST)] | None = Field(
        None, description="real sketches that each part was compared with; null: the model compares with none"
    )
    t: dict[str, Annotated[float, Field(ge=0, le=1)]] | None = Field(
        None, description="share of the drawing itself that stayed, by part"
    )
    drawing: dict[str, Any] = Field(description="as the Draw page saves it in a file: strokes alone")


class SharedLink(BaseModel):
    """Where a shared drawing is found."""

    id: str = Field(description="the same drawing with the same settings has the same")

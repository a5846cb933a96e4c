"""What the montage routes take and return."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from ganvas.apps.montage import LARGEST_ROUND, POPULATION

MOST_TRAY = 12
MOST_MORPH = 7

Face = Annotated[
    str,
    Field(max_length=1400, description="Code of a face, as an earlier answer gave it: the whole state of the face."),
]


class BreedMontage(BaseModel):
    """What the next page of faces is made of; the same request gives the same faces."""

    seed: int = Field(0, ge=0, lt=2**32)
    round: int = Field(0, ge=0, le=LARGEST_ROUND, description="Pages that were picked from; steps shrink with it.")
    picked: list[Face] = Field([], max_length=POPULATION, description="Up to six faces; none: new faces.")
    base: Face | None = Field(None, description="The face whose locked parts are kept; null: the first picked one.")
    locked: list[str] = Field([], max_length=8, description="Parts that all faces take from the base.")
    count: int = Field(POPULATION, ge=1, le=POPULATION, description="Faces of the page, at least those picked.")


class ChangePart(BaseModel):
    """A face, one part of which is to be exchanged."""

    face: Face
    part: str = Field(max_length=40, description="One of the parts of the answer.")
    seed: int = Field(0, ge=0, lt=2**32)
    count: int = Field(MOST_TRAY, ge=1, le=MOST_TRAY)


class MorphFaces(BaseModel):
    """Two faces, such as those of two witnesses."""

    first: Face
    second: Face
    count: int = Field(5, ge=3, le=MOST_MORPH)


class ExportFace(BaseModel):
    """A face to save as a file."""

    face: Face
    round: int = Field(0, ge=0, le=LARGEST_ROUND)
    visible: bool = Field(True, description="Write on the picture, too, that a model drew it.")


class MontageFace(BaseModel):
    """A face."""

    code: str = Field(description="The face as text; send it back to pick, lock, change, morph or save the face.")
    picture: str = Field(description="PNG as data URL.")


class MontageAnswer(BaseModel):
    """A page of faces, drawn by the model."""

    faces: list[MontageFace] = Field(description="Picked faces first, unchanged.")
    parts: list[str] = Field(description="Parts that can be locked and exchanged.")
    milliseconds: float

"""What the look-alike routes return."""

from __future__ import annotations

import datetime

from pydantic import BaseModel, Field

Line = list[tuple[float, float]]


class GallerySummary(BaseModel):
    """A gallery."""

    id: str
    name: str = Field(description="The name that is shown.")
    people: int = Field(description="Number of people.")
    photographs: int = Field(description="Number of photographs that they were measured in.")
    consent: str = Field(description="Who agreed to what, or why nobody needs to.")
    sources: list[str] = Field(description="Where the photographs come from, with their licences.")
    delete_after: datetime.date | None = Field(description="When the gallery is to be deleted.")
    has_pictures: bool = Field(description="It holds a picture of each person.")


class AngleReason(BaseModel):
    """An angle that speaks for or against a resemblance."""

    angle: str = Field(description="Key of the angle.")
    own: float = Field(description="Degrees in the picture that was sent.")
    other: float = Field(description="Degrees in the person of the gallery.")
    usual: float = Field(description="The median of the population, degrees.")
    own_line: Line = Field(description="Its three points in the face that was sent; the angle is at the middle one.")
    other_line: Line = Field(description="Its three points in the person of the gallery.")


class Resemblance(BaseModel):
    """A person of the gallery."""

    person: int = Field(description="Index in the gallery.")
    name: str
    shape: float = Field(description="Share of pairs of strangers that are less alike in shape.")
    overall: float = Field(description="The same by the embedding of the whole face.")
    together: float = Field(description="The same by both, weighted.")
    shared: list[AngleReason] = Field(description="Angles that both have unlike most people.")
    different: list[AngleReason] = Field(description="Angles in which they differ most.")
    outline: list[Line] = Field(description="Lines of the face in the frontal pose.")


class LookalikeAnswer(BaseModel):
    """The people whom a face resembles most."""

    matches: list[Resemblance] = Field(description="The most similar first.")
    outline: list[Line] = Field(description="Lines of the face that was sent, in the frontal pose.")
    left_out: int = Field(description="People left out, since both pictures may show the same person.")
    nearer_rivals: float | None = Field(
        description="Share of the people of the gallery who have somebody in it nearer to them than the first match; "
        "null for a small gallery."
    )
    milliseconds: float = Field(description="Time that the request took.")

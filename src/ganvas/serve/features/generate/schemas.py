"""Requests and answers about pictures from seeds, latent space, projection, and nearest training pictures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ganvas.serve.core.parameters import SEEDS

FRAMES = 240  # of one walk
Layer = Annotated[int, Field(ge=0)]
Psi = Annotated[float, Field(gt=0, le=1, description="truncation; 1: none")]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class GenerateRequest(BaseModel):
    """What to make."""

    model_config = {"extra": "forbid", "populate_by_name": True}

    seeds: list[int] = Field(min_length=1, max_length=64)
    label: int | None = Field(None, alias="class", description="null: each seed has its own class")
    psi: float = Field(1.0, gt=0, le=1, description="truncation; 1: none")


class GeneratedImage(BaseModel):
    """One picture, with the address that always gives it again."""

    seed: int
    label: int | None = Field(serialization_alias="class", description="null when the model knows no classes")
    url: str
    data: str = Field(description="data:image/png;base64,…")


class GenerateAnswer(BaseModel):
    """Pictures in the order of the seeds."""

    images: list[GeneratedImage]
    milliseconds: float


class Abilities(BaseModel):
    """What can be done with a model beside making pictures of seeds; a page offers no more than this."""

    layers: int = Field(description="of its latents; with one there is nothing to mix")
    direction_layers: int = Field(description="how many of them have directions; 0: none")
    films: list[Literal["mp4", "gif"]] = Field(description="what films can be written, the better first")
    neighbours: bool = Field(description="the model is a run's own, and the run's training pictures are there")


class Point(_Asked):
    """A place in latent space: a seed with its class, or the latent of a projection."""

    seed: int = Field(0, ge=0, lt=SEEDS)
    label: int | None = Field(None, alias="class", description="null: the seed's own class")
    latent: str | None = Field(
        None, max_length=200_000, description="base64 of float32, little-endian, as a projection gives it; seed is not"
    )


class InterpolateRequest(_Asked):
    """A walk from each point to the next."""

    points: list[Point] = Field(min_length=2, max_length=16)
    steps: int = Field(8, ge=1, le=120, description="from each point to the next")
    loop: bool = Field(False, description="go back to the first point at the end")
    psi: Psi = 1.0


class FilmRequest(InterpolateRequest):
    """A walk as a film."""

    format: Literal["mp4", "gif"] = "mp4"
    fps: int = Field(30, ge=1, le=60)


class Frames(BaseModel):
    """Pictures in order."""

    images: list[str] = Field(description="data:image/png;base64,…")
    milliseconds: float


class MixRequest(_Asked):
    """The rows' pictures with layers of the columns'."""

    rows: list[Point] = Field(min_length=1, max_length=8)
    columns: list[Point] = Field(min_length=1, max_length=8)
    first_layer: Layer = Field(0, description="the first that comes from the columns")
    last_layer: Layer | None = Field(None, description="the last one; null: the middle one")
    psi: Psi = 1.0


class MixAnswer(BaseModel):
    """All pictures as data:image/png;base64,…"""

    layers: int = Field(description="how many the model has")
    rows: list[str]
    columns: list[str]
    cells: list[list[str]] = Field(description="by row, then by column")
    milliseconds: float


class DirectionInfo(BaseModel):
    """Something the model can change."""

    number: int
    share: float = Field(description="of all the change that steps of one size can cause")


class DirectionsAnswer(BaseModel):
    """What the model can change, the strongest first."""

    layers: int = Field(description="how many layers have directions")
    first_layer: int
    last_layer: int
    strongest: float = Field(description="strengths go from minus this to this, in standard deviations")
    directions: list[DirectionInfo]


class Strength(_Asked):
    """A slider."""

    number: int = Field(ge=0)
    strength: float = Field(ge=-10, le=10, allow_inf_nan=False, description="in standard deviations")


class EditRequest(_Asked):
    """Pictures moved along directions."""

    points: list[Point] = Field(min_length=1, max_length=16)
    strengths: list[Strength] = Field([], max_length=64)
    first_layer: Layer | None = Field(None, description="as the directions were asked for")
    last_layer: Layer | None = None
    psi: Psi = 1.0


class ProjectionStarted(BaseModel):
    """A search has been queued."""

    id: str


class ProjectionState(BaseModel):
    """Where a search stands. Ask every second or so: a search that nobody asks about is given up after a minute."""

    id: str
    state: Literal["waiting", "running", "finished", "stopped", "failed"]
    step: int
    steps: int
    distance: float | None = Field(description="LPIPS on VGG16")
    psnr: float | None = Field(description="in dB, once finished")
    target: str = Field(description="what is looked for: data:image/png;base64,…")
    image: str | None = Field(description="what was found so far: data:image/png;base64,…")
    latent: str | None = Field(description="once finished: the latent of a point")
    sentence: str | None = Field(description="Why it failed or was stopped, in English.")
    code: str | None = Field(description="Name of the reason, as in the errors; null while it goes on.")
    params: dict[str, str | float] = Field(description="The values that stand in the sentence, by name.")


class NeighbourInfo(BaseModel):
    """A training picture near a sample."""

    distance: float = Field(description="features: one less the cosine; pixels: root of the mean square, of 255")
    image: str = Field(description="data:image/png;base64,…")


class NeighbourSample(BaseModel):
    """A sample with its nearest training pictures, nearest first."""

    seed: int
    image: str = Field(description="data:image/png;base64,…")
    copied: bool = Field(description="nearer to one than 99 % of them lie to each other")
    features: list[NeighbourInfo]
    pixels: list[NeighbourInfo]


class NeighboursAnswer(BaseModel):
    """Whether anything was learned by heart."""

    sentence: str
    usual: float = Field(description="median distance of a training picture to its nearest other one, in features")
    small: float = Field(description="the distance below which one in a hundred of them lies")
    samples: list[NeighbourSample]

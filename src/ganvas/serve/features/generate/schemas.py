"""Requests and answers about pictures from seeds, latent space, projection, and nearest training pictures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ganvas.serve.core.parameters import SEEDS

FRAMES = 240  # of one walk, at most
Layer = Annotated[int, Field(ge=0)]
Psi = Annotated[float, Field(ge=-2, le=2, description="Truncation; 1 means none, 0 no variation.")]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class GenerateRequest(BaseModel):
    """Pictures to make."""

    model_config = {"extra": "forbid", "populate_by_name": True}

    seeds: list[int] = Field(min_length=1, max_length=64)
    label: int | None = Field(None, alias="class", description="Number of the class; null: each seed decides its own.")
    psi: float = Field(1.0, ge=-2, le=2, description="Truncation; 1 means none, 0 no variation.")


class GeneratedImage(BaseModel):
    """One picture with its permanent address."""

    seed: int
    label: int | None = Field(
        serialization_alias="class", description="Number of the class; null: the model has no classes."
    )
    url: str
    data: str = Field(description="data:image/png;base64,…")


class GenerateAnswer(BaseModel):
    """Pictures in the order of the seeds."""

    images: list[GeneratedImage]
    milliseconds: float


class Abilities(BaseModel):
    """What a model supports on this machine besides pictures from seeds."""

    layers: int = Field(description="Number of layers of its latents; with one layer there is nothing to mix.")
    direction_layers: int = Field(description="Number of layers that have directions; 0: none.")
    films: list[Literal["mp4", "gif"]] = Field(description="Formats in which films can be written, the best first.")
    neighbours: bool = Field(description="The model belongs to a run whose training pictures are still there.")


class Point(_Request):
    """A point in latent space: a seed with its class, or the latent of a projection."""

    seed: int = Field(0, ge=0, lt=SEEDS)
    label: int | None = Field(
        None, alias="class", description="Number of the class; null: the one that the seed decides."
    )
    latent: str | None = Field(
        None,
        max_length=200_000,
        description="Base64 of little-endian float32, as a projection returns it; the seed is then unused.",
    )


class InterpolateRequest(_Request):
    """A walk from each point to the next."""

    points: list[Point] = Field(min_length=2, max_length=16)
    steps: int = Field(8, ge=1, le=120, description="Steps from each point to the next.")
    loop: bool = Field(False, description="Return to the first point at the end.")
    psi: Psi = 1.0


class FilmRequest(InterpolateRequest):
    """A walk as a film."""

    format: Literal["mp4", "gif"] = "mp4"
    fps: int = Field(30, ge=1, le=60)


class Frames(BaseModel):
    """Pictures in order."""

    images: list[str] = Field(description="data:image/png;base64,…")
    milliseconds: float


class MixRequest(_Request):
    """The pictures of the rows with layers of the columns."""

    rows: list[Point] = Field(min_length=1, max_length=8)
    columns: list[Point] = Field(min_length=1, max_length=8)
    first_layer: Layer = Field(0, description="The first layer that comes from the columns.")
    last_layer: Layer | None = Field(
        None, description="The last layer that comes from the columns; null: the middle one."
    )
    psi: Psi = 1.0


class MixAnswer(BaseModel):
    """All pictures as data:image/png;base64,…"""

    layers: int = Field(description="Number of layers of the model.")
    rows: list[str]
    columns: list[str]
    cells: list[list[str]] = Field(description="By row, then by column.")
    milliseconds: float


class DirectionInfo(BaseModel):
    """A direction in latent space."""

    number: int
    share: float = Field(description="Share of the change that steps of one size can cause in all directions together.")


class DirectionsAnswer(BaseModel):
    """The directions of a model, the strongest first."""

    layers: int = Field(description="Number of layers that have directions.")
    first_layer: int
    last_layer: int
    strongest: float = Field(description="Largest strength in either sense, in standard deviations.")
    directions: list[DirectionInfo]


class Strength(_Request):
    """How far to move along a direction."""

    number: int = Field(ge=0)
    strength: float = Field(ge=-10, le=10, allow_inf_nan=False, description="In standard deviations.")


class EditRequest(_Request):
    """Pictures moved along directions."""

    points: list[Point] = Field(min_length=1, max_length=16)
    strengths: list[Strength] = Field([], max_length=64)
    first_layer: Layer | None = Field(None, description="The first layer, as in the request of the directions.")
    last_layer: Layer | None = None
    psi: Psi = 1.0


class ProjectionStarted(BaseModel):
    """A projection has been queued."""

    id: str


class ProjectionState(BaseModel):
    """The progress of a projection. It stops when no client reads it for a minute, so read it about once a second."""

    id: str
    state: Literal["waiting", "running", "finished", "stopped", "failed"]
    step: int
    steps: int
    distance: float | None = Field(description="LPIPS on VGG16.")
    psnr: float | None = Field(description="In dB, once finished.")
    target: str = Field(description="The photograph as the model takes it: data:image/png;base64,…")
    image: str | None = Field(description="The best picture so far: data:image/png;base64,…")
    latent: str | None = Field(description="Once finished: the latent, to be used in a point.")
    sentence: str | None = Field(description="Why it failed or was stopped, in English.")
    code: str | None = Field(description="Name of the reason, as in the errors; null while it goes on.")
    params: dict[str, str | float] = Field(description="The values that stand in the sentence, by name.")


class NeighbourInfo(BaseModel):
    """A training picture near a sample."""

    distance: float = Field(description="Features: 1 − cosine similarity; pixels: root mean square, of 255.")
    image: str = Field(description="data:image/png;base64,…")


class NeighbourSample(BaseModel):
    """A sample with its nearest training pictures, nearest first."""

    seed: int
    image: str = Field(description="data:image/png;base64,…")
    copied: bool = Field(description="It is closer to a training picture than 99 % of those are to each other.")
    features: list[NeighbourInfo]
    pixels: list[NeighbourInfo]


class NeighboursAnswer(BaseModel):
    """Whether the model memorised any training picture."""

    sentence: str
    usual: float = Field(description="Median distance of a training picture to its nearest other one, in features.")
    small: float = Field(description="The distance below which one in a hundred of them lies.")
    samples: list[NeighbourSample]

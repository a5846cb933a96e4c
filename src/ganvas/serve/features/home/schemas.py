"""Answers about the studio and its models."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from ganvas.bundle import BundleFile, BundleMetric, Credit
from ganvas.spec import Crop
from ganvas.tasks.base import Capability, Direction, Input, Page, Summary


class Health(BaseModel):
    """How the studio is."""

    status: Literal["ok"] = "ok"
    version: str
    engine: Literal["onnxruntime", "torch"]
    bundles: int
    runs: int
    catalogue: str | None = Field(None, description="name of the catalogue that is open for review")
    shares: bool = Field(False, description="drawings may be shared by link, and are kept for that")


class BundleCard(BaseModel):
    """A trained model, in short."""

    id: str
    name: str
    family: str
    task: str = Field(description="name of the task, such as synthesis")
    resolution: int
    channels: int
    source_channels: int
    classes: list[str]
    degradation: str | None
    source_scale: int = Field(description="how many times larger answers are than what they are made from")
    enlarges: bool = Field(description="it takes whole pictures of any size and answers source_scale times as large")
    crop: Crop = Field(description="how a picture becomes square; face and face-fixed need a face in it")
    labels: int = Field(description="it takes maps of so many labels; 0: pictures")
    domains: list[str] = Field(description="translation without pairs: names of A and B; empty when not remembered")
    makes_up: bool = Field(description="it was trained to carry make-up over and to leave the person")
    z_dim: int
    truncates: bool
    directions: int = Field(
        description="translation: 2 when it goes both ways, else 1; 0: it makes pictures from seeds"
    )
    has_heatmap: bool = Field(description="it can tell where it looks when it translates")
    kimg: float
    created: str
    recipe: str | None = Field(description="the recipe's name")
    page: Page = Field(description="the page on which it is used")
    accepts: list[Input] = Field(description="what it takes, the most usual first")
    capabilities: list[Capability] = Field(description="what it can do beyond its task")
    drawing_direction: Direction | None = Field(description="the direction in which it takes drawings; null: none")
    summary: Summary = Field(description="what it does")
    parameters: dict[str, int]
    metrics: list[BundleMetric]
    preview_url: str


class BundleDetail(BundleCard):
    """A trained model, in full."""

    card_markdown: str
    config: dict[str, Any] = Field(description="the family's settings")
    recipe_settings: dict[str, Any] = Field(description="the resolved recipe")
    files: dict[str, BundleFile]
    credits: list[Credit]
    onnx_difference: float | None = Field(description="largest difference of the ONNX graph; null: no graph")


class RefusedBundle(BaseModel):
    """A folder that claims to be a bundle and is not used."""

    id: str
    reason: str = Field(description="Why, in English.")
    code: str = Field(description="Name of the reason, as in the errors.")
    params: dict[str, str | float] = Field(description="The values that stand in the reason, by name.")


class BundleList(BaseModel):
    """All bundles, the newest first."""

    bundles: list[BundleCard]
    refused: list[RefusedBundle]

"""Answers about the studio and its models."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from ganvas.bundle import BundleFile, BundleMetric, Credit
from ganvas.crops import Crop
from ganvas.tasks.base import Capability, Direction, Input, Page, Summary


class Health(BaseModel):
    """The state of the studio."""

    status: Literal["ok"] = "ok"
    version: str
    engine: Literal["onnxruntime", "torch"]
    bundles: int
    runs: int
    catalogue: str | None = Field(None, description="Name of the catalogue that is open for review; null: none.")
    shares: bool = Field(False, description="Drawings may be shared by link, and are kept for that.")


class Readiness(BaseModel):
    """The studio can answer."""

    status: Literal["ready"] = "ready"


class BundleCard(BaseModel):
    """A trained model in short."""

    id: str
    name: str
    family: str
    task: str = Field(description="Name of the task, such as synthesis.")
    resolution: int
    channels: int
    source_channels: int
    classes: list[str]
    degradation: str | None
    source_scale: int = Field(description="Side of an answer, as a multiple of the side of its source.")
    enlarges: bool = Field(description="It takes whole pictures of any size and enlarges them source_scale times.")
    crop: Crop = Field(description="How a picture is cropped to a square; those that begin with face need one in it.")
    labels: int = Field(description="Number of labels of the label maps that it takes; 0: it takes pictures.")
    domains: list[str] = Field(
        description="Translation without pairs: the names of A and B; empty where they are unknown."
    )
    makes_up: bool = Field(description="It was trained to transfer make-up and keep the identity.")
    z_dim: int
    truncates: bool
    directions: int = Field(
        description="Number of directions in which it translates, 1 or 2; 0: it makes pictures from seeds."
    )
    has_heatmap: bool = Field(description="It has an attention map of its translations.")
    kimg: float
    created: str
    recipe: str | None = Field(description="Name of the recipe.")
    page: Page = Field(description="The page of the studio on which it is used.")
    accepts: list[Input] = Field(description="What it takes, the most usual first.")
    capabilities: list[Capability] = Field(description="What it can do beyond its task.")
    drawing_direction: Direction | None = Field(description="The direction in which it takes drawings; null: none.")
    summary: Summary = Field(description="What it does.")
    parameters: dict[str, int]
    metrics: list[BundleMetric]
    preview_url: str


class BundleDetail(BundleCard):
    """A trained model in full."""

    card_markdown: str
    config: dict[str, Any] = Field(description="Settings of the family.")
    recipe_settings: dict[str, Any] = Field(description="The resolved recipe.")
    files: dict[str, BundleFile]
    credits: list[Credit]
    onnx_difference: float | None = Field(
        description="Largest difference between the ONNX graph and the model; null: no graph."
    )


class RefusedBundle(BaseModel):
    """A bundle that cannot be used."""

    id: str
    reason: str = Field(description="Why, in English.")
    code: str = Field(description="Name of the reason, as in the errors.")
    params: dict[str, str | float] = Field(description="The values that stand in the reason, by name.")


class BundleList(BaseModel):
    """All bundles, the newest first."""

    bundles: list[BundleCard]
    refused: list[RefusedBundle]

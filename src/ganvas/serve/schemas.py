"""What the studio answers, exactly: the OpenAPI schema, and with it the web app's types, are made from these."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from ganvas.bundle import BundleFile, BundleMetric, Credit
from ganvas.spec import Crop, Task

Number = float | None  # what is not finite is null
State = Literal["running", "finished", "stopped", "failed", "unknown"]


class Problem(BaseModel):
    """An error (RFC 9457): ``detail`` is one sentence that says what is wrong and what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


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
    task: Task
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
    reason: str


class BundleList(BaseModel):
    """All bundles, the newest first."""

    bundles: list[BundleCard]
    refused: list[RefusedBundle]


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


class HealthSentence(BaseModel):
    """What the health watch says of a run."""

    name: str
    level: Literal["info", "warning", "error"]
    sentence: str


class RunStatus(BaseModel):
    """What a run is doing."""

    state: State = Field("unknown", description="stopped: also when its process is gone without a word")
    pid: int | None = None
    family: str | None = None
    task: Task | None = None
    recipe: str | None = None
    stage: str | None = None
    nimg: int = 0
    kimg: Number = None
    total_kimg: Number = None
    progress: Number = None
    images_per_second: Number = None
    eta_seconds: Number = None
    memory_mb: Number = None
    started: str | None = None
    updated: str | None = None
    latest_sheet: str | None = None
    health: list[HealthSentence] = []


class RunCard(BaseModel):
    """A run, in short."""

    id: str
    name: str
    status: RunStatus


class RunList(BaseModel):
    """All runs, the last changed first."""

    runs: list[RunCard]


class SheetLink(BaseModel):
    """A grid of samples."""

    nimg: int
    url: str


class RunMetric(BundleMetric):
    """A line of ``metrics.jsonl``."""


class RunDetail(RunCard):
    """A run, in full."""

    recipe: dict[str, Any]
    health: list[HealthSentence]
    sheets: list[SheetLink]
    metrics: list[RunMetric]
    bundle: str | None = Field(description="id of the bundle it made")


class Stats(BaseModel):
    """Lines of ``stats.jsonl``; ``next`` is what to ask ``after`` the next time."""

    stats: list[dict[str, float | str | None]]
    next: int

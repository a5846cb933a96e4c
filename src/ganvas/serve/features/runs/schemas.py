"""Answers about training runs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from ganvas.bundle import BundleMetric

Number = float | None  # what is not finite is null
State = Literal["running", "finished", "stopped", "failed", "unknown"]


class HealthSentence(BaseModel):
    """A finding of the training diagnostics."""

    name: str = Field(description="Name of the finding; pages say it in their language by it.")
    level: Literal["info", "warning", "error"]
    sentence: str = Field(description="The finding and the advice, in English.")
    params: dict[str, str | float] = Field({}, description="The values in the finding, by name; empty in older runs.")
    advice: str = Field("", description="What to try, in English; empty in older runs.")


class RunTrainer(BaseModel):
    """The process that trains a run."""

    host: str = Field(description="Name of its machine.")
    pid: int = Field(description="Its number there.")
    started: str = Field(description="When it was started, ISO 8601 in UTC.")


class RunStatus(BaseModel):
    """The status of a run."""

    state: State = Field("unknown", description="A run whose process ended without a final state counts as stopped.")
    pid: int | None = None
    family: str | None = None
    task: str | None = None
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
    trainer: RunTrainer | None = Field(None, description="The process that trains the run now; null: none.")


class UnreadableFile(BaseModel):
    """A file of a run that exists but cannot be read."""

    reason: str = Field(description="Why, in English.")
    code: str = Field(description="Name of the reason, as in the errors.")
    params: dict[str, str | float] = Field(description="The values that stand in the reason, by name.")


class SheetLink(BaseModel):
    """A sample sheet."""

    nimg: int
    url: str
    music: str | None = Field(None, description="Address of the notes in it; null: none are stored.")


class RunMetric(BundleMetric):
    """A line of ``metrics.jsonl``."""


class RunCard(BaseModel):
    """A run in short."""

    id: str
    name: str
    status: RunStatus
    unreadable: UnreadableFile | None = Field(description="A file of the run that cannot be read; null: none.")
    sheet: SheetLink | None = Field(description="The newest sample sheet; null: none.")
    metric: RunMetric | None = Field(description="The first metric of the last evaluation; null: none.")


class RunList(BaseModel):
    """All runs, the last changed first."""

    runs: list[RunCard]


class RunDetail(RunCard):
    """A run in full."""

    recipe: dict[str, Any]
    health: list[HealthSentence]
    sheets: list[SheetLink]
    metrics: list[RunMetric]
    bundle: str | None = Field(description="Id of the bundle it made; null: none.")


class Stats(BaseModel):
    """Lines of ``stats.jsonl``; ``next`` is the value of ``after`` for the next request."""

    stats: list[dict[str, float | str | None]]
    next: int

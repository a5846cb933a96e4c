"""The manifest of a bundle, ``bundle.json``: its fields and its fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ganvas.bundle.tensors import WeightFormat
from ganvas.models.families import FAMILIES
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS
from ganvas.tasks.base import Capability, Direction, Input, Page, Summary
from ganvas.tasks.capabilities import capabilities_of

SCHEMA = 1
MANIFEST = "bundle.json"
ONNX, STATE, CARD, PREVIEW = "model.onnx", "state.safetensors", "card.md", "preview.png"
CODE_BANK = "memory.safetensors"  # codes of the training pictures


def weights_file(network: str) -> str:
    """The file that holds a network's weights."""
    return f"{network}.safetensors"


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BundleFile(_Frozen):
    """A file of the bundle."""

    sha256: str
    bytes: int


class BundleMetric(BaseModel):
    """A measured value, with the protocol that repeats it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    metric: str
    value: float
    std: float | None = None
    nimg: int | None = None
    protocol: dict[str, Any] = {}


class Credit(BaseModel):
    """The origin of pictures or weights that the model was made from."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    licence: str | None = None
    source: str | None = Field(None, description="where it can be found")
    count: int | None = Field(None, description="how many pictures")
    text: str = Field("", description="the licence or credits file found beside the pictures")


class OnnxReport(_Frozen):
    """How the ONNX graph compares with the model it was exported from."""

    opset: int
    max_difference: float = Field(description="largest difference of a number in [-1, 1]")
    batch_sizes: tuple[int, ...] = Field(description="that were compared")


class Int8Report(_Frozen):
    """What a subgraph loses and gains in int8."""

    kept: bool = Field(description="whether the bundle holds the int8 graph")
    lpips: float = Field(description="mean distance of its pictures from those of the graph in float32 (AlexNet)")
    most_lpips: float = Field(description="that was allowed")
    gain: float = Field(description="times faster on the machine that exported it, one thread")
    compared: int = Field(description="pictures")


def _capabilities(known: dict[str, Any]) -> tuple[Capability, ...]:
    return capabilities_of(FAMILIES.get(known["family"]), known["data"], known["config"])


def _drawing_direction(known: dict[str, Any]) -> Direction | None:
    declared = known["recipe"].get("data", {}).get("drawing_domain")
    spec = TASKS[known["task"]]
    return spec.drawing_direction(known["data"], known["config"], known["capabilities"], declared=declared)


def _page(known: dict[str, Any]) -> Page:
    return TASKS[known["task"]].page(known["drawing_direction"])


def _accepts(known: dict[str, Any]) -> tuple[Input, ...]:
    return TASKS[known["task"]].accepts(known["data"], known["drawing_direction"], known["capabilities"])


def _summary(known: dict[str, Any]) -> Summary:
    return TASKS[known["task"]].summary(known["data"], known["config"])


class BundleInfo(_Frozen):
    """The content of ``bundle.json``."""

    schema_version: Literal[1] = 1
    name: str
    task: str = Field(description="name of the task")
    family: str
    config: dict[str, Any] = Field(description="the family's settings")
    data: DataSpec
    z_dim: int
    truncates: bool
    kimg: float
    recipe: dict[str, Any]
    parameters: dict[str, int] = Field(description="of each network in the bundle")
    metrics: tuple[BundleMetric, ...] = ()
    credits: tuple[Credit, ...] = ()
    created: str
    ganvas: str = Field(description="the version that wrote it")
    onnx: OnnxReport | None = None
    weights: WeightFormat = Field("float32", description="how the networks are stored")
    int8: dict[str, Int8Report] = Field(default={}, description="steps whose graphs were tried in int8")
    # What older bundles lack is worked out by their task: see read, which checks the fingerprint of what was written.
    capabilities: tuple[Capability, ...] = Field(
        default_factory=_capabilities, description="what the model can do beyond its task"
    )
    drawing_direction: Direction | None = Field(
        default_factory=_drawing_direction, description="the direction in which it takes drawings; null: none"
    )
    page: Page = Field(default_factory=_page, description="the page of the studio on which it is used")
    accepts: tuple[Input, ...] = Field(default_factory=_accepts, description="what it takes, the most usual first")
    summary: Summary = Field(default_factory=_summary, description="what it does")
    files: dict[str, BundleFile]

    @field_validator("task")
    @classmethod
    def _is_known(cls, task: str) -> str:
        if task not in TASKS:
            raise ValueError(f"there is no task {task!r} in this version of Ganvas")
        return task

    @property
    def fingerprint(self) -> str:
        """Digest of the manifest, and so of all files: it changes whenever one of them does."""
        return fingerprint_of(self.model_dump(mode="json"))


def fingerprint_of(content: Mapping[str, Any]) -> str:
    """Digest of the content of ``bundle.json`` as read: fields added since a bundle was written do not change it."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

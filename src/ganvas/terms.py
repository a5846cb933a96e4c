"""The words every room shares. Nothing here imports torch, so that reading a run or a bundle stays cheap."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field


class UserError(Exception):
    """Something the user can put right: one sentence that says what is wrong and what to do.

    The command line prints it and exits with code 2; the studio answers with a problem detail.
    """


class Task(StrEnum):
    """What a family turns into what; it decides the batch, the request and the page of the studio."""

    SYNTHESIS = "synthesis"
    PAIRED = "paired"
    UNPAIRED = "unpaired"
    REFERENCE = "reference"
    MUSIC = "music"


Crop = Literal["center", "smart", "stretch", "face", "face-fixed"]


class DataSpec(BaseModel):
    """How pictures are prepared, in training and again at use; recorded in the run and in the bundle."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    resolution: int = Field(64, ge=4, le=2048, description="side of the square picture, in pixels")
    channels: Literal[1, 3] = Field(3, description="channels of the pictures made (1 grey, 3 RGB)")
    crop: Crop = Field("center", description="how a picture that is not square becomes square")
    flip: bool = Field(True, description="mirror pictures at random while training")
    classes: tuple[str, ...] = Field((), description="class names in label order; empty when unconditional")
    degradation: str | None = Field(None, description="paired only: what makes the source from the target")
    source_channels: Literal[1, 3, 6] = Field(3, description="paired only: channels of the source picture")
    source_scale: int = Field(1, ge=1, le=8, description="paired only: how many times smaller the source's sides are")
    labels: int = Field(0, ge=0, le=256, description="paired only: sources are maps of so many labels; 0: pictures")

    @property
    def source_resolution(self) -> int:
        """Side of the square source picture, in pixels."""
        return self.resolution // self.source_scale


@dataclass(frozen=True)
class RunDir:
    """The files of one training run. The trainer writes them, the studio only reads them."""

    root: Path

    @property
    def recipe(self) -> Path:
        """The resolved recipe, as YAML."""
        return self.root / "recipe.yaml"

    @property
    def stats(self) -> Path:
        """One JSON object a tick: step, kimg, speed, and every shown term as ``phase/term``."""
        return self.root / "stats.jsonl"

    @property
    def status(self) -> Path:
        """What the run is doing now: state, progress, time left, health sentences."""
        return self.root / "status.json"

    @property
    def metrics(self) -> Path:
        """One JSON object an evaluation, each with its protocol."""
        return self.root / "metrics.jsonl"

    @property
    def sheets(self) -> Path:
        """Grids of samples, ``NNNNNN.png`` by kimg × 1000 (that is, by nimg)."""
        return self.root / "sheets"

    @property
    def checkpoints(self) -> Path:
        """Resumable states, ``NNNNNNNNN.pt`` by nimg."""
        return self.root / "checkpoints"

    @property
    def bundle(self) -> Path:
        """The trained model, ready for use."""
        return self.root / "bundle"


def cache_dir() -> Path:
    """Where downloaded weights, packed folders and real statistics are kept (``GANVAS_CACHE`` moves it)."""
    chosen = os.environ.get("GANVAS_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "ganvas"


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write in the place of ``path``: a reader, or a kill in the middle, sees the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write a whole file at once; see :func:`replacing`."""
    with replacing(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)

"""``.trainings/queue.json`` in a folder of runs: the trainings that a studio starts, one at a time, in their order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ganvas.files import read_regular, write_atomically
from ganvas.runs.lock import Trainer

TrainingState = Literal["queued", "running", "paused", "finished", "failed", "stopped"]
Ending = Literal["paused", "stopped"]
MAX_BYTES = 10_000_000


class TrainingError(BaseModel):
    """Why a training failed."""

    model_config = ConfigDict(frozen=True)

    sentence: str
    code: str
    params: dict[str, str | float] = {}


class Training(BaseModel):
    """A training: what is trained on what, and where it stands."""

    model_config = ConfigDict(frozen=True)

    run: str = Field(description="name of the run's folder")
    recipe: str = Field(description="name of a shipped recipe")
    data: str = Field(description="name of the pictures in the folder of pictures")
    sets: tuple[str, ...] = Field(default=(), description="changes of settings, each KEY=VALUE")
    kimg: float = Field(description="length in kimg")
    start: str | None = Field(default=None, description="path of the bundle that it begins from; None: random weights")
    state: TrainingState = "queued"
    ending: Ending | None = Field(default=None, description="what a running training that was asked to stop becomes")
    process: Trainer | None = Field(default=None, description="the process of a running training; None: unknown")
    created: str = Field(description="ISO 8601 in UTC, as the other times")
    started: str | None = None
    ended: str | None = None
    error: TrainingError | None = None

    def changed(self, **changes: Any) -> Training:
        """The same training with other values in some fields."""
        return self.model_copy(update=changes)


class QueueFile:
    """The file of the queue. One process at a time may write it.

    Args:
        path: The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[Training]:
        """The trainings in their order; an entry that is not one is left out."""
        try:
            content = json.loads(read_regular(self.path, MAX_BYTES))
        except (OSError, ValueError, RecursionError):
            return []
        entries = content.get("trainings") if isinstance(content, dict) else None
        found = (_training(entry) for entry in (entries if isinstance(entries, list) else []))
        return [training for training in found if training is not None]

    def write(self, trainings: list[Training]) -> None:
        """Replace the content of the file, completely or not at all.

        Raises:
            OSError: It cannot be written.
        """
        content = {"trainings": [training.model_dump(mode="json") for training in trainings]}
        write_atomically(self.path, json.dumps(content, indent=1, ensure_ascii=False))


def _training(entry: object) -> Training | None:
    try:
        return Training.model_validate(entry)
    except ValidationError:
        return None

"""``datasets.json``: the data sets that a run was trained on, so that others do not replace them unnoticed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ganvas.files import write_atomically
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import read_bytes


class TrainedSet(BaseModel):
    """A packed data set that a run was trained on."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="as in credits")
    source: str | None = Field(default=None, description="the folder or file that was packed, as an absolute path")
    sha256: str | None = Field(default=None, description="digest of the packed set; null: unknown")
    train_sha256: str | None = Field(default=None, description="digest of the part that is trained on; null: unknown")
    pictures: int = Field(default=0, description="pictures trained on")
    classes: tuple[str, ...] = ()
    from_nimg: int = Field(default=0, description="pictures shown when training on this set began")
    credits: tuple[dict[str, Any], ...] = ()

    def is_same(self, other: TrainedSet) -> bool:
        """Whether two records name the same pictures, classes and training part."""
        mine, theirs = ((one.sha256, one.train_sha256, one.classes) for one in (self, other))
        return mine == theirs


def write_sets(run: RunDir, sets: list[TrainedSet]) -> None:
    """Write ``datasets.json``, oldest first."""
    content = [one.model_dump(mode="json") for one in sets]
    write_atomically(run.datasets, json.dumps({"sets": content}, indent=1, ensure_ascii=False))


def read_sets(run: RunDir) -> list[TrainedSet]:
    """The data sets of a run, oldest first; empty where none are recorded, as in runs of earlier versions."""
    try:
        content = json.loads(read_bytes(run.datasets))
        return [TrainedSet.model_validate(one) for one in content["sets"]]
    except (ValueError, RecursionError, KeyError, TypeError, ValidationError):
        return []


def belongs_to(run: RunDir, source: Path, sha256: str) -> bool:
    """Whether a run was trained on a folder, or on the packed set made from it.

    Args:
        run: The run's folder; it may be missing, or the run may record no data set: it then belongs to any.
        source: The folder or file of pictures.
        sha256: Digest of the packed set.
    """
    sets = read_sets(run)
    return not sets or any(one.source == str(source.resolve()) or one.sha256 == sha256 for one in sets)

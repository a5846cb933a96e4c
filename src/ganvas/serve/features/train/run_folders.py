"""Deleting runs with undo, and renaming them. A run that is being trained is never touched."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from ganvas.curate.file_names import is_writable
from ganvas.errors import UserError
from ganvas.files import read_regular, write_atomically
from ganvas.runs.folder import RunDir
from ganvas.runs.lock import hold
from ganvas.runs.log import now
from ganvas.runs.queue import Training
from ganvas.serve.core.errors import ConflictError, MissingError

TRASH = ".trash"  # in the folder of runs
KEPT_SECONDS = 7 * 86_400.0  # time in which a deleted run can be restored
NOTE = "deleted.json"
TOKEN = re.compile(r"[0-9a-f]{16}")
MAX_NAME = 100


class DeletedRun(BaseModel):
    """A run that was deleted and can be restored."""

    id: str
    run: str = Field(description="Name that it had.")
    deleted: str = Field(description="When, ISO 8601 in UTC.")
    training: Training | None = Field(None, exclude=True)


class _Note(BaseModel):
    run: str
    deleted: str
    training: Training | None


def checked_name(name: str) -> str:
    """A name that a run's folder can have.

    Raises:
        UserError: It cannot.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME or name[0] == "." or re.search(r'[/\\:*?"<>|]', name) or not is_writable(name):
        raise UserError(
            f'A name has 1 to {MAX_NAME} letters, does not begin with a dot, and holds none of / \\ : * ? " < > |.',
            code="run-name",
            params={"most": MAX_NAME},
        )
    return name


def delete(root: Path, name: str, training: Training | None) -> DeletedRun:
    """Move a run to the trash.

    Args:
        root: The folder of runs.
        name: Name of the run.
        training: What the queue knows of it.

    Raises:
        ConflictError: It is being trained.
    """
    token, moment = secrets.token_hex(8), now()
    place = root / TRASH / token
    place.mkdir(parents=True)
    note = _Note(run=name, deleted=moment, training=training)
    write_atomically(place / NOTE, note.model_dump_json())
    try:
        with _not_trained(root, name):
            (root / name).rename(place / "run")
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    (place / "run" / "lock.json").unlink(missing_ok=True)
    return DeletedRun(id=token, run=name, deleted=moment, training=training)


def deleted(root: Path) -> list[DeletedRun]:
    """The runs in the trash, the last deleted first."""
    places = [place for place in (root / TRASH).glob("*") if TOKEN.fullmatch(place.name)]
    found = (_read(place) for place in places)
    return sorted((run for run in found if run is not None), key=lambda run: run.deleted, reverse=True)


def restore(root: Path, token: str) -> DeletedRun:
    """Move a run back from the trash.

    Raises:
        MissingError: It is not there.
        ConflictError: Its name is taken.
    """
    place = root / TRASH / token
    found = _read(place) if TOKEN.fullmatch(token) else None
    if found is None:
        raise MissingError("This run can no longer be restored.", code="not-in-trash")
    if (root / found.run).exists():
        raise _taken(found.run)
    (place / "run").rename(root / found.run)
    shutil.rmtree(place, ignore_errors=True)
    return found


def rename(root: Path, name: str, new: str) -> None:
    """Give a run another name.

    Raises:
        ConflictError: It is being trained, or the name is taken.
    """
    with _not_trained(root, name):
        if (root / new).exists():
            raise _taken(new)
        (root / name).rename(root / new)
        (root / new / "lock.json").unlink(missing_ok=True)


def purge(root: Path) -> None:
    """Delete for good what has been in the trash for longer than ``KEPT_SECONDS``."""
    for place in (root / TRASH).glob("*"):
        if TOKEN.fullmatch(place.name) and time.time() - place.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(place, ignore_errors=True)


def _read(place: Path) -> DeletedRun | None:
    try:
        note = _Note.model_validate_json(read_regular(place / NOTE, 1_000_000))
    except (OSError, ValidationError, json.JSONDecodeError):
        return None
    if not (place / "run").is_dir():
        return None
    return DeletedRun(id=place.name, run=note.run, deleted=note.deleted, training=note.training)


@contextmanager
def _not_trained(root: Path, name: str) -> Iterator[None]:
    try:
        with hold(RunDir(root / name)):
            yield
    except (ConflictError, MissingError):
        raise
    except UserError:
        raise busy(name) from None


def busy(name: str) -> ConflictError:
    """The error for a run that is being trained."""
    return ConflictError(f"Run {name!r} is being trained; stop it first.", code="run-is-trained", params={"run": name})


def _taken(name: str) -> ConflictError:
    return ConflictError(f"There is a run {name!r} already.", code="run-name-taken", params={"run": name})

"""Describes runs as the API shows them.

The files may belong to a training that is in progress, that was killed, or that ran on another machine. What does not
have the documented form is left out.
"""

from __future__ import annotations

import math
import time
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from ganvas.errors import UserError
from ganvas.runs import reader
from ganvas.runs.folder import RunDir
from ganvas.runs.lock import lock_state
from ganvas.runs.reader import without_non_finite
from ganvas.serve.features.runs.schemas import (
    HealthSentence,
    RunCard,
    RunDetail,
    RunMetric,
    RunStatus,
    RunTrainer,
    SheetLink,
    Stats,
    UnreadableFile,
)

SILENT_SECONDS = 120.0  # a run whose process has ended counts as stopped once its status is this old

T = TypeVar("T", bound=BaseModel)


def card(name: str, run: RunDir) -> RunCard:
    """A run in short."""
    sheets, metrics = sheet_links(name, run), read_metrics(run)
    return RunCard(
        id=name,
        name=name,
        status=read_status(run),
        unreadable=_unreadable(name, run),
        sheet=sheets[-1] if sheets else None,
        metric=next((one for one in metrics if one.nimg == metrics[-1].nimg), None),
    )


def detail(name: str, run: RunDir, bundle: str | None) -> RunDetail:
    """A run in full.

    Args:
        name: Id of the run.
        run: Its folder.
        bundle: Id of the bundle it made; None: it has made none.
    """
    short = card(name, run)
    return RunDetail(
        **short.model_dump(),
        recipe=without_non_finite(reader.read_recipe(run)),
        health=short.status.health,
        sheets=sheet_links(name, run),
        metrics=read_metrics(run),
        bundle=bundle,
    )


def _unreadable(name: str, run: RunDir) -> UnreadableFile | None:
    path = reader.unreadable_file(run)
    if path is None:
        return None
    error = UserError(
        f"{path.name} of run {name!r} cannot be read.",
        code="run-file-unreadable",
        params={"run": name, "file": path.name},
    )
    return UnreadableFile(reason=str(error), code=error.code, params=error.params)


def read_status(run: RunDir) -> RunStatus:
    """The fields of ``status.json`` that have the documented form, the others with their defaults, and who trains."""
    content = reader.read_status(run)
    health = content.pop("health", None)
    content.pop("trainer", None)  # ``lock.json`` says it
    status = _valid_fields(content)
    found = [checked(HealthSentence, item) for item in health] if isinstance(health, list) else []
    status.health = [sentence for sentence in found if sentence is not None]
    lock = lock_state(run)
    if lock is not None and lock.held:
        status.trainer = checked(RunTrainer, lock.trainer.model_dump())
    elif status.state == "running" and (lock is not None or _is_silent(run, status)):
        status.state = "stopped"
    return status


def _is_silent(run: RunDir, status: RunStatus) -> bool:
    """Whether the process of a run without a lock, as earlier versions leave it, has ended."""
    silent = time.time() - reader.modified_at(run.status) > SILENT_SECONDS
    return silent and reader.process_has_ended(status.pid)


def _valid_fields(content: dict[str, Any]) -> RunStatus:
    known = {name: without_non_finite(value) for name, value in content.items() if name in RunStatus.model_fields}
    try:
        return RunStatus.model_validate(known)
    except ValidationError as error:
        wrong = {str(problem["loc"][0]) for problem in error.errors()}
        return RunStatus.model_validate({name: value for name, value in known.items() if name not in wrong})


def checked(kind: type[T], content: Any) -> T | None:
    """The content as a model; None when it does not have its form."""
    try:
        return kind.model_validate(without_non_finite(content))
    except ValidationError:
        return None


def read_metrics(run: RunDir) -> list[RunMetric]:
    """The measurements so far, oldest first."""
    found = (checked(RunMetric, line) for line in reader.read_lines(run.metrics))
    return [metric for metric in found if metric is not None and math.isfinite(metric.value)]


def read_stats(run: RunDir, after: int) -> Stats:
    """The lines of ``stats.jsonl`` of more than ``after`` images."""
    stats = [line for line in map(stats_line, reader.read_lines(run.stats)) if line and line["nimg"] > after]
    return Stats(stats=stats, next=max((int(line["nimg"]) for line in stats), default=after))


def stats_line(line: dict[str, Any]) -> dict[str, Any] | None:
    """A line of ``stats.jsonl`` with only its numbers and strings; None when it has no ``nimg``."""
    line = without_non_finite(line)
    nimg = line.get("nimg")
    if isinstance(nimg, bool) or not isinstance(nimg, int | float):
        return None
    kept = {key: value for key, value in line.items() if value is None or isinstance(value, int | float | str)}
    return kept | {"nimg": int(nimg)}


def sheet_links(name: str, run: RunDir) -> list[SheetLink]:
    """The sample sheets so far, oldest first."""
    address = f"/v1/runs/{quote(name, safe='')}/sheets"
    return [
        SheetLink(
            nimg=nimg,
            url=f"{address}/{nimg}.png",
            music=f"{address}/{nimg}/music" if reader.sheet_notes(path) else None,
        )
        for nimg, path in reader.sample_sheets(run).items()
    ]

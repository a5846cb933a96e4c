"""Reads runs while they are written: half a line, a torn file or nonsense in it never stops the studio.

The files may belong to a training on the same machine, to one that was killed, or to a copy from elsewhere.
"""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from ganvas.runs import reader as runs
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import (
    LineTail,
    modified_at,
    process_has_ended,
    read_lines,
    sample_sheets,
    without_non_finite,
)
from ganvas.serve.schemas import HealthSentence, RunCard, RunDetail, RunMetric, RunStatus, SheetLink, Stats

SILENT = 120.0  # seconds after which a run whose process is gone is taken for stopped

T = TypeVar("T", bound=BaseModel)


def folders(root: Path | None) -> dict[str, Path]:
    """The folders right under ``root``, by name. An id is looked up here and never joined to a path."""
    if root is None:
        return {}
    try:
        with os.scandir(root) as entries:
            return {entry.name: Path(entry.path) for entry in entries if entry.name[0] != "." and entry.is_dir()}
    except OSError:
        return {}


class Runs:
    """The runs in a folder."""

    def __init__(self, root: Path | None) -> None:
        self.root = root

    def ids(self) -> dict[str, RunDir]:
        """The runs by id, the last changed first."""
        found = {name: RunDir(path) for name, path in folders(self.root).items()}
        runs = {name: run for name, run in found.items() if any(map(Path.exists, (run.status, run.recipe, run.stats)))}
        return dict(sorted(runs.items(), key=lambda pair: (-_changed(pair[1]), pair[0])))

    def find(self, name: str) -> RunDir | None:
        """The run of this id, or None."""
        return self.ids().get(name)


def _changed(run: RunDir) -> float:
    return max(modified_at(run.status), modified_at(run.recipe))


# ── Parts of a run ──────────────────────────────────────────────────────────────────────────────────────────────────


def card(name: str, run: RunDir) -> RunCard:
    """A run, in short."""
    return RunCard(id=name, name=name, status=read_status(run))


def detail(name: str, run: RunDir, bundle: str | None) -> RunDetail:
    """A run, in full."""
    status = read_status(run)
    return RunDetail(
        id=name,
        name=name,
        status=status,
        recipe=without_non_finite(runs.read_recipe(run)),
        health=status.health,
        sheets=list_sheets(name, run),
        metrics=read_metrics(run),
        bundle=bundle,
    )


def read_status(run: RunDir) -> RunStatus:
    """What ``status.json`` says, as far as it can be understood."""
    content = runs.read_status(run)
    told = content.pop("health", None)
    status = _tolerant(RunStatus, content)
    health = [_checked(HealthSentence, said) for said in told] if isinstance(told, list) else []
    status.health = [said for said in health if said is not None]
    if status.state == "running" and process_has_ended(status.pid) and time.time() - modified_at(run.status) > SILENT:
        status.state = "stopped"
    return status


def _tolerant(kind: type[RunStatus], content: dict[str, Any]) -> RunStatus:
    """The fields that fit; the others keep their defaults."""
    known = {name: without_non_finite(value) for name, value in content.items() if name in kind.model_fields}
    try:
        return kind.model_validate(known)
    except ValidationError as error:
        wrong = {str(problem["loc"][0]) for problem in error.errors()}
        return kind.model_validate({name: value for name, value in known.items() if name not in wrong})


def _checked(kind: type[T], content: Any) -> T | None:
    try:
        return kind.model_validate(content)
    except ValidationError:
        return None


def read_metrics(run: RunDir) -> list[RunMetric]:
    """The measurements so far, oldest first."""
    found = (_checked(RunMetric, without_non_finite(line)) for line in read_lines(run.metrics))
    return [metric for metric in found if metric is not None and math.isfinite(metric.value)]


def read_stats(run: RunDir, after: int) -> Stats:
    """The lines of ``stats.jsonl`` of more than ``after`` pictures."""
    stats = [line for line in map(as_stats, read_lines(run.stats)) if line is not None and line["nimg"] > after]
    return Stats(stats=stats, next=max((int(line["nimg"]) for line in stats), default=after))


def list_sheets(name: str, run: RunDir) -> list[SheetLink]:
    """The sheets so far, oldest first."""
    from urllib.parse import quote

    return [
        SheetLink(nimg=nimg, url=f"/v1/runs/{quote(name, safe='')}/sheets/{nimg}.png") for nimg in sample_sheets(run)
    ]


# ── Lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def as_stats(line: dict[str, Any]) -> dict[str, Any] | None:
    """A line of ``stats.jsonl`` reduced to numbers and words; None when it does not say where it stands."""
    line = without_non_finite(line)
    nimg = line.get("nimg")
    if isinstance(nimg, bool) or not isinstance(nimg, int | float):
        return None
    kept = {key: value for key, value in line.items() if value is None or isinstance(value, int | float | str)}
    return kept | {"nimg": int(nimg)}


# ── Following ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Event(NamedTuple):
    """Something new in a run."""

    kind: Literal["stats", "status", "sheet", "metric", "rewind"]
    data: Any


@dataclass
class Follower:
    """What is new in a run at each look. A run that went back to a checkpoint gives ``rewind`` and then all lines.

    :param after: lines of ``stats.jsonl`` up to this nimg are known already.
    """

    name: str
    run: RunDir
    after: int = -1
    _stats: LineTail = field(init=False)
    _metrics: LineTail = field(init=False)
    _status: dict[str, Any] | None = None
    _sheets: set[int] | None = None

    def __post_init__(self) -> None:
        self._stats, self._metrics = LineTail(self.run.stats), LineTail(self.run.metrics)

    def look(self) -> list[Event]:
        """The events since the last look. The first look tells the status, and the lines after ``after``."""
        events: list[Event] = []
        lines, replaced = self._stats.read()
        if replaced:
            self.after = -1
            events.append(Event("rewind", {}))
        for line in map(as_stats, lines):
            if line is not None and line["nimg"] > self.after:
                self.after = line["nimg"]
                events.append(Event("stats", line))
        first = self._sheets is None
        known = self._sheets or set()
        links = list_sheets(self.name, self.run)
        self._sheets = {link.nimg for link in links}
        if not first:
            events += [Event("sheet", link.model_dump()) for link in links if link.nimg not in known]
        fresh, again = self._metrics.read()
        if not first and not again:
            checked = (_checked(RunMetric, without_non_finite(line)) for line in fresh)
            events += [Event("metric", metric.model_dump(mode="json")) for metric in checked if metric is not None]
        status = read_status(self.run).model_dump(mode="json")
        if status != self._status:
            self._status = status
            events.append(Event("status", status))
        return events

"""Reads runs while they are written: half a line, a torn file or nonsense in it never stops the studio.

The files may belong to a training on the same machine, to one that was killed, or to a copy from elsewhere.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from ganvas.runs.folder import RunDir
from ganvas.serve.schemas import HealthSentence, RunCard, RunDetail, RunMetric, RunStatus, SheetLink, Stats

SILENT = 120.0  # seconds after which a run whose process is gone is taken for stopped
LINE = 1 << 20  # bytes: a longer line is none of ours

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
    return max(_modified(run.status), _modified(run.recipe))


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


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
        recipe=read_recipe(run),
        health=status.health,
        sheets=list_sheets(name, run),
        metrics=read_metrics(run),
        bundle=bundle,
    )


def read_status(run: RunDir) -> RunStatus:
    """What ``status.json`` says, as far as it can be understood."""
    content = _json(_read(run.status))
    if not isinstance(content, dict):
        return RunStatus.model_validate({})
    told = content.pop("health", None)
    status = _tolerant(RunStatus, content)
    health = [_checked(HealthSentence, said) for said in told] if isinstance(told, list) else []
    status.health = [said for said in health if said is not None]
    if status.state == "running" and _is_gone(status.pid) and time.time() - _modified(run.status) > SILENT:
        status.state = "stopped"
    return status


def _tolerant(kind: type[RunStatus], content: dict[str, Any]) -> RunStatus:
    """The fields that fit; the others keep their defaults."""
    known = {name: _finite(value) for name, value in content.items() if name in kind.model_fields}
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


def _is_gone(pid: int | None) -> bool:
    if pid is None or pid <= 0 or os.name != "posix":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def read_recipe(run: RunDir) -> dict[str, Any]:
    """The resolved recipe; empty when it cannot be read."""
    try:
        content = yaml.safe_load(_read(run.recipe))
    except yaml.YAMLError:
        return {}
    return _finite(content) if isinstance(content, dict) else {}


def read_metrics(run: RunDir) -> list[RunMetric]:
    """The measurements so far, oldest first."""
    found = (_checked(RunMetric, line) for line in lines_of(_read(run.metrics)))
    return [metric for metric in found if metric is not None and math.isfinite(metric.value)]


def read_stats(run: RunDir, after: int) -> Stats:
    """The lines of ``stats.jsonl`` of more than ``after`` pictures."""
    stats = [line for line in map(as_stats, lines_of(_read(run.stats))) if line is not None and line["nimg"] > after]
    return Stats(stats=stats, next=max((int(line["nimg"]) for line in stats), default=after))


def list_sheets(name: str, run: RunDir) -> list[SheetLink]:
    """The sheets so far, oldest first."""
    from urllib.parse import quote

    return [SheetLink(nimg=nimg, url=f"/v1/runs/{quote(name, safe='')}/sheets/{nimg}.png") for nimg in sheets(run)]


def sheets(run: RunDir) -> dict[int, Path]:
    """The sheets by nimg, in order."""
    try:
        found = {
            int(path.stem): path for path in run.sheets.iterdir() if path.suffix == ".png" and path.stem.isdecimal()
        }
    except (OSError, ValueError):
        return {}
    return dict(sorted(found.items()))


# ── Lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _finite(value: Any) -> Any:
    """The same without NaN and infinity, which JSON has no words for, and with dates as text."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {str(key): _finite(item) for key, item in value.items()}
        case list() | tuple():
            return [_finite(item) for item in value]
        case None | bool() | int() | str():
            return value
        case _:
            return str(value)


def lines_of(content: bytes) -> Iterator[dict[str, Any]]:
    """The JSON objects, one a line; a line cut short, garbled or absurdly long is passed over."""
    for text in content.split(b"\n"):
        line = _json(text) if 0 < len(text) <= LINE else None
        if isinstance(line, dict):
            yield _finite(line)


def as_stats(line: dict[str, Any]) -> dict[str, Any] | None:
    """A line of ``stats.jsonl`` reduced to numbers and words; None when it does not say where it stands."""
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
class _Tail:
    """The whole lines that a growing file has got since the last look."""

    path: Path
    offset: int = 0
    inode: int = 0

    def look(self) -> tuple[list[dict[str, Any]], bool]:
        """→ the new lines, and whether the file was replaced or cut (then they are all of its lines)."""
        try:
            with self.path.open("rb") as file:
                now = os.fstat(file.fileno())
                replaced = self.inode != 0 and (now.st_ino != self.inode or now.st_size < self.offset)
                self.offset = 0 if replaced else self.offset
                self.inode = now.st_ino
                file.seek(self.offset)
                content = file.read()
        except OSError:
            return [], False
        whole = content[: content.rfind(b"\n") + 1]  # the rest is a line being written
        self.offset += len(whole)
        return list(lines_of(whole)), replaced


@dataclass
class Follower:
    """What is new in a run at each look. A run that went back to a checkpoint gives ``rewind`` and then all lines.

    :param after: lines of ``stats.jsonl`` up to this nimg are known already.
    """

    name: str
    run: RunDir
    after: int = -1
    _stats: _Tail = field(init=False)
    _metrics: _Tail = field(init=False)
    _status: dict[str, Any] | None = None
    _sheets: set[int] | None = None

    def __post_init__(self) -> None:
        self._stats, self._metrics = _Tail(self.run.stats), _Tail(self.run.metrics)

    def look(self) -> list[Event]:
        """The events since the last look. The first look tells the status, and the lines after ``after``."""
        events: list[Event] = []
        lines, replaced = self._stats.look()
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
        fresh, again = self._metrics.look()
        if not first and not again:
            checked = (_checked(RunMetric, line) for line in fresh)
            events += [Event("metric", metric.model_dump(mode="json")) for metric in checked if metric is not None]
        status = read_status(self.run).model_dump(mode="json")
        if status != self._status:
            self._status = status
            events.append(Event("status", status))
        return events

"""The log of a run: its events, and the writer of ``stats.jsonl``, ``metrics.jsonl`` and ``status.json``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ganvas.files import write_atomically
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import read_lines, read_status
from ganvas.runs.trackers import Tracker

State = Literal["running", "finished", "stopped", "failed"]
Level = Literal["info", "warning", "error"]


class Tick(NamedTuple):
    """One line of ``stats.jsonl``."""

    stats: dict[str, float | str | None]


class Sheet(NamedTuple):
    """A sample sheet was written."""

    path: Path


class Health(NamedTuple):
    """A diagnosis of the training, with advice.

    Attributes:
        name: Its name, which pages translate.
        level: How serious it is.
        sentence: The finding and the advice, in English.
        params: The values in the finding, by name.
        advice: What to try, in English; a part of the sentence.
    """

    name: str
    level: Level
    sentence: str
    params: Mapping[str, str | float] = {}
    advice: str = ""


class Metric(NamedTuple):
    """One line of ``metrics.jsonl``."""

    line: dict[str, Any]


class Saved(NamedTuple):
    """A checkpoint was written."""

    path: Path


class Resumed(NamedTuple):
    """Training resumes from a checkpoint."""

    nimg: int


class Note(NamedTuple):
    """Any other message."""

    sentence: str


Event = Tick | Sheet | Health | Metric | Saved | Resumed | Note
Listener = Callable[[Event], None]


class RunLog:
    """Writes a run's log files and passes each event on to a listener and to experiment trackers.

    Args:
        run: The run's folder.
        about: Fields of ``status.json`` that never change (family, task, recipe, total_kimg, …).
        listener: Called with every event.
        trackers: Where the scalars go as well.
        silent: Write nothing and call nobody, as in every process but the first.
    """

    def __init__(
        self, run: RunDir, about: dict[str, Any], listener: Listener | None, trackers: list[Tracker], *, silent: bool
    ) -> None:
        self.run = run
        self.silent = silent
        self._listener = listener
        self._trackers = trackers
        self._status: dict[str, Any] = {"state": "running", **about, "pid": os.getpid(), "health": [], "started": now()}

    def rewind(self, nimg: int) -> None:
        """Remove the lines and sheets after ``nimg``, where the run resumes, and keep when it was first started."""
        if self.silent:
            return
        before = read_status(self.run)
        self._status |= {key: before[key] for key in ("started", "latest_sheet", "memory_mb") if key in before}
        for path in (self.run.stats, self.run.metrics):
            if path.exists():
                lines = [line for line in read_lines(path) if line.get("nimg", 0) <= nimg]
                write_atomically(path, "".join(json.dumps(line) + "\n" for line in lines))
        for path in self.run.sheets.glob("[0-9]*.png"):
            if int(path.stem) > nimg:
                path.unlink()

    def record(self, event: Event) -> None:
        """Write an event to the files it belongs to, then pass it on."""
        if self.silent:
            return
        match event:
            case Tick(stats):
                self._append(self.run.stats, stats)
                for tracker in self._trackers:
                    tracker.log({k: v for k, v in stats.items() if isinstance(v, int | float)}, int(stats["nimg"] or 0))
                shown = ("nimg", "kimg", "stage", "progress", "images_per_second", "eta_seconds", "memory_mb")
                self.update_status(**{key: stats[key] for key in shown if key in stats})
            case Metric(line):
                self._append(self.run.metrics, line)
                for tracker in self._trackers:
                    tracker.log({line["metric"]: line["value"]}, int(line["nimg"]))
            case Sheet(path):
                self.update_status(latest_sheet=path.name)
            case Health():
                others = [other for other in self._status["health"] if other["name"] != event.name]
                self.update_status(health=[*others, event._asdict() | {"params": dict(event.params)}])
            case _:
                pass
        if self._listener is not None:
            self._listener(event)

    def withdraw(self, name: str) -> None:
        """Remove a diagnosis from ``status.json``: it no longer holds."""
        self.update_status(health=[other for other in self._status["health"] if other["name"] != name])

    def update_status(self, **changes: Any) -> None:
        """Change fields of ``status.json``."""
        if not self.silent:
            self._status |= changes | {"updated": now()}
            write_atomically(self.run.status, json.dumps(self._status, indent=1))

    def close(self, state: State, **changes: Any) -> None:
        """Write the final state and close the trackers."""
        self.update_status(state=state, eta_seconds=0.0 if state == "finished" else None, **changes)
        for tracker in self._trackers:
            tracker.close()

    def _append(self, path: Path, line: dict[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def now() -> str:
    """The current time as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")

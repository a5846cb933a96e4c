"""What a run tells: ``stats.jsonl``, ``status.json``, ``metrics.jsonl`` and the events that a console shows."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from ganvas.errors import UserError
from ganvas.files import write_atomically
from ganvas.runs.folder import RunDir

State = Literal["running", "finished", "stopped", "failed"]
Level = Literal["info", "warning", "error"]


class Tick(NamedTuple):
    """One line of ``stats.jsonl``."""

    stats: dict[str, float | str | None]


class Sheet(NamedTuple):
    """A sheet of samples was written."""

    path: Path


class Health(NamedTuple):
    """Something about the game that its player should know, with what to try."""

    name: str
    level: Level
    sentence: str


class Metric(NamedTuple):
    """One line of ``metrics.jsonl``."""

    line: dict[str, Any]


class Saved(NamedTuple):
    """A checkpoint was written."""

    path: Path


class Resumed(NamedTuple):
    """Training goes on from a checkpoint."""

    nimg: int


class Note(NamedTuple):
    """Anything else worth a sentence."""

    sentence: str


Event = Tick | Sheet | Health | Metric | Saved | Resumed | Note
Listener = Callable[[Event], None]


class Tracker(Protocol):
    """Another place where curves go."""

    def log(self, stats: dict[str, float], nimg: int) -> None: ...

    def close(self) -> None: ...


class Journal:
    """Writes a run's files. Other processes than the first hold one that writes nothing.

    :param about: what ``status.json`` always says (family, task, recipe, total_kimg, …).
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
        """Forget the lines after ``nimg``: the run goes on from there, and began when it first began."""
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

    def tell(self, event: Event) -> None:
        """Record an event in the files it belongs to and pass it on to the console."""
        if self.silent:
            return
        match event:
            case Tick(stats):
                self._append(self.run.stats, stats)
                for tracker in self._trackers:
                    tracker.log({k: v for k, v in stats.items() if isinstance(v, int | float)}, int(stats["nimg"] or 0))
                shown = ("nimg", "kimg", "stage", "progress", "images_per_second", "eta_seconds", "memory_mb")
                self.status(**{key: stats[key] for key in shown if key in stats})
            case Metric(line):
                self._append(self.run.metrics, line)
                for tracker in self._trackers:
                    tracker.log({line["metric"]: line["value"]}, int(line["nimg"]))
            case Sheet(path):
                self.status(latest_sheet=path.name)
            case Health():
                others = [said for said in self._status["health"] if said["name"] != event.name]
                self.status(health=[*others, event._asdict()])
            case _:
                pass
        if self._listener is not None:
            self._listener(event)

    def recovered(self, name: str) -> None:
        """Take a health sentence back: what it said is no longer so."""
        self.status(health=[said for said in self._status["health"] if said["name"] != name])

    def status(self, **changes: Any) -> None:
        """Change ``status.json``."""
        if not self.silent:
            self._status |= changes | {"updated": now()}
            write_atomically(self.run.status, json.dumps(self._status, indent=1))

    def close(self, state: State, **changes: Any) -> None:
        """Say how the run ended."""
        self.status(state=state, eta_seconds=0.0 if state == "finished" else None, **changes)
        for tracker in self._trackers:
            tracker.close()

    def _append(self, path: Path, line: dict[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The whole JSON lines of a file; one that a kill cut short is left out."""
    if not path.exists():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            continue
        if isinstance(line, dict):
            lines.append(line)
    return lines


def read_status(run: RunDir) -> dict[str, Any]:
    """What ``status.json`` says; nothing where there is none."""
    try:
        return dict(json.loads(run.status.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def now() -> str:
    """The time, as ISO 8601 in UTC to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def open_trackers(names: tuple[str, ...], run: RunDir, recipe: dict[str, Any]) -> list[Tracker]:
    """The trackers a recipe asks for.

    :raises UserError: one is not installed.
    """
    return [_TRACKERS[name](run, recipe) for name in names]


class _TensorBoard:
    def __init__(self, run: RunDir, recipe: dict[str, Any]) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            raise _missing("tensorboard") from None
        self._writer: Any = SummaryWriter(str(run.root / "tensorboard"))

    def log(self, stats: dict[str, float], nimg: int) -> None:
        for key, value in stats.items():
            self._writer.add_scalar(key, value, nimg)

    def close(self) -> None:
        self._writer.close()


class _WandB:
    def __init__(self, run: RunDir, recipe: dict[str, Any]) -> None:
        try:
            import wandb
        except ImportError:
            raise _missing("wandb") from None
        # WANDB_MODE=offline keeps everything on this machine; ``resume`` joins the curve of a run that was stopped.
        self._run: Any = wandb.init(
            project="ganvas", name=run.root.name, id=run.root.name, dir=run.root, config=recipe, resume="allow"
        )

    def log(self, stats: dict[str, float], nimg: int) -> None:
        self._run.log(stats, step=nimg)

    def close(self) -> None:
        self._run.finish()


_TRACKERS: dict[str, Callable[[RunDir, dict[str, Any]], Tracker]] = {"tensorboard": _TensorBoard, "wandb": _WandB}


def _missing(name: str) -> UserError:
    return UserError(f"The recipe tracks with {name}, which is not installed; run `pip install 'ganvas[tracking]'`.")

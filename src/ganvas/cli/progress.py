"""Live progress in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from ganvas.runs.log import Event, Health, Metric, Note, Resumed, Saved, Sheet, Tick

PLAIN_EVERY = 5.0  # seconds between two plain lines, so that a log stays readable


def duration(seconds: float) -> str:
    """``42 s``, ``3 min 20 s``, ``5 h 02 min``, ``3 d 4 h``."""
    whole = max(round(seconds), 0)
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if minutes < 1:
        return f"{whole} s"
    if hours < 1:
        return f"{minutes} min {whole % 60:02d} s"
    if days < 1:
        return f"{hours} h {minutes % 60:02d} min"
    return f"{days} d {hours % 24} h"


def losses(stats: dict[str, Any]) -> str:
    """The loss of each phase and how often the discriminator is right: ``G 0.81  D 1.20  right 78 %``."""
    shown = [f"{key.removesuffix('/loss')} {value:.3g}" for key, value in stats.items() if _is(key, "/loss", value)]
    right = [value for key, value in stats.items() if _is(key, "/accuracy", value)]
    return "  ".join([*shown, *(f"right {value:.0%}" for value in right[:1])])


def _is(key: str, ending: str, value: Any) -> bool:
    return key.endswith(ending) and isinstance(value, int | float)


class _Left(ProgressColumn):
    """Estimated time left."""

    def render(self, task: Any) -> Text:
        left = task.fields.get("left")
        return Text(f"{duration(left)} left" if left is not None else "", style="cyan")


class TrainingProgress:
    """Live progress of a training; a context manager, and a listener for the trainer."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self.console = console
        self.quiet = quiet
        self.saved: Path | None = None
        self.sentences: list[str] = []
        self._live = console.is_terminal and not quiet
        self._last = 0.0
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            TextColumn("{task.fields[kimg]}"),
            TextColumn("{task.fields[speed]}", style="green"),
            _Left(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[losses]}", style="dim"),
            console=console,
            disable=not self._live,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> TrainingProgress:
        self._progress.start()
        self._task = self._progress.add_task("starting", total=1.0, kimg="", speed="", losses="", left=None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        match event:
            case Tick(stats):
                self._tick(stats)
            case Health(_, level, sentence):
                self.sentences.append(sentence)
                self._say(sentence, "yellow" if level == "warning" else "red" if level == "error" else "")
            case Metric(line):
                self._say(f"{_number(line['nimg'] / 1000)} kimg: {line['metric']} {line['value']:.4g}")
            case Saved(path):
                self.saved = path
            case Resumed(nimg):
                self._say(f"Resuming from {_number(nimg / 1000)} kimg.")
            case Note(sentence):
                self._say(sentence)
            case Sheet():
                pass

    def _tick(self, stats: dict[str, Any]) -> None:
        kimg = f"{_number(stats['kimg'])} kimg"
        speed = f"{_number(stats['images_per_second'])} images/s"
        if self._live and self._task is not None:
            self._progress.update(
                self._task,
                completed=stats["progress"],
                description=str(stats["stage"]),
                kimg=kimg,
                speed=speed,
                left=stats["eta_seconds"],
                losses=losses(stats),
            )
        elif not self.quiet and (time.monotonic() - self._last > PLAIN_EVERY or stats["progress"] >= 1):
            self._last = time.monotonic()
            left = f"{duration(stats['eta_seconds'])} left"
            self._print(f"{kimg}  {stats['progress']:.0%}  {speed}  {left}  {losses(stats)}")

    def _say(self, sentence: str, style: str = "") -> None:
        if not self.quiet:
            self._print(sentence, style)

    def _print(self, text: str, style: str = "") -> None:
        self.console.print(escape(text), style=style or None, soft_wrap=True, highlight=False)


class CountProgress:
    """A progress bar for work that counts its items: called with ``(done, total)``."""

    def __init__(self, console: Console, what: str, *, quiet: bool = False) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            TextColumn("{task.completed:,}/{task.total:,}"),
            TextColumn("{task.fields[speed]}", style="green"),
            _Left(),
            console=console,
            disable=quiet or not console.is_terminal,
            transient=True,
        )
        self._task = self._progress.add_task(what, total=0, speed="", left=None)
        self._what, self._console = what, console
        self._plain = not quiet and not console.is_terminal
        self._start = self._last = time.monotonic()

    def __enter__(self) -> Callable[[int, int], None]:
        self._progress.start()
        self._start = self._last = time.monotonic()
        return self._count

    def _count(self, done: int, total: int) -> None:
        now = time.monotonic()
        rate = done / max(now - self._start, 1e-6)
        left = (total - done) / rate if done else None
        speed = f"{_number(rate)}/s"
        self._progress.update(self._task, completed=done, total=total, speed=speed, left=left)
        if self._plain and now - self._last > PLAIN_EVERY:
            self._last = now
            state = f"{self._what} {done:,}/{total:,}  {speed}" + ("" if left is None else f"  {duration(left)} left")
            self._console.print(escape(state), soft_wrap=True, highlight=False)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def _number(value: float) -> str:
    """Three digits or more, no exponent: ``0.512``, ``12.3``, ``1,234``."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"

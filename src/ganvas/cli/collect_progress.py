"""Progress and summary of `ganvas collect` in the terminal."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from ganvas.cli.progress import duration
from ganvas.collect.ingest import IngestCounts, readable

PLAIN_EVERY = 5.0  # seconds between two plain lines, so that a log stays readable
SHOWN_REASONS = 20


class CollectProgress:
    """Live progress of a collection; a context manager, and a listener for the taker."""

    def __init__(self, console: Console, *, quiet: bool = False, now: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._live = console.is_terminal and not quiet
        self._quiet = quiet
        self._now = now
        self._start = self._last = now()
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("collecting"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not self._live,
            transient=True,
        )
        self._task = self._progress.add_task("collecting", total=None, state="")

    def __enter__(self) -> CollectProgress:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Remove the progress bar."""
        self._progress.stop()

    def __call__(self, harvest: IngestCounts) -> None:
        now = self._now()
        if self._quiet or now - self._last < (0.1 if self._live else PLAIN_EVERY):
            return
        self._last = now
        state = self._line(harvest, now - self._start)
        if self._live:
            self._progress.update(self._task, completed=harvest.done, total=harvest.expected, state=state)
        else:
            self.say(state)

    def say(self, sentence: str) -> None:
        """One line; brackets in it are not markup."""
        if not self._quiet:
            self._console.print(sentence, markup=False, soft_wrap=True, highlight=False)

    def _line(self, harvest: IngestCounts, elapsed: float) -> str:
        speed = harvest.done / max(elapsed, 1e-6)
        many = f"{harvest.done:,}" + (f" of {harvest.expected:,}" if harvest.expected else "")
        parts = [f"{many}: {harvest.taken:,} new, {harvest.refusals:,} refused", f"{speed:,.1f} per second"]
        if harvest.received:
            parts.append(f"{harvest.received / 1e6:,.1f} MB")
        if harvest.expected and harvest.done and harvest.expected > harvest.done:
            parts.append(f"about {duration((harvest.expected - harvest.done) / speed)} left")
        return "   ".join(parts)


def summary(harvest: IngestCounts) -> Table:
    """A table of everything that was offered: taken, known, refused by reason with examples."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("pictures", justify="right")
    table.add_column("what became of them")
    table.add_column("for example", overflow="fold")
    table.add_row(f"{harvest.taken:,}", "taken", "", style="green" if harvest.taken else None)
    for count, what in (
        (harvest.known, "already known: the same bytes were stored before, only their origin was added"),
        (harvest.before, "stored by an earlier collection and not requested again (--refresh does)"),
        (harvest.unchanged, "unchanged since the last time, according to their host"),
    ):
        if count:
            table.add_row(f"{count:,}", what, "")
    reasons = sorted(harvest.refused.items(), key=lambda item: -item[1].count)
    for reason, refusals in reasons[:SHOWN_REASONS]:
        examples = "\n".join(refusals.examples)
        table.add_row(f"{refusals.count:,}", f"refused: {_plain(reason)}", _plain(examples), style="yellow")
    if len(reasons) > SHOWN_REASONS:
        rest = sum(refusals.count for _, refusals in reasons[SHOWN_REASONS:])
        table.add_row(f"{rest:,}", f"refused for {len(reasons) - SHOWN_REASONS} other reasons", "", style="yellow")
    if harvest.ignored:
        names = _plain("\n".join(harvest.ignored_names))
        table.add_row(f"{harvest.ignored:,}", "other files beside the pictures, ignored", names, style="dim")
    return table


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape("\n".join(readable(line) for line in text.split("\n")))

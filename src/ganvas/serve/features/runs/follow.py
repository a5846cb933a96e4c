"""Follows the files of a run and reports what is new in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from ganvas.runs.folder import RunDir
from ganvas.runs.reader import LineTail
from ganvas.serve.features.runs import cards
from ganvas.serve.features.runs.schemas import RunMetric


class Event(NamedTuple):
    """A change of a run; ``data`` is JSON."""

    kind: Literal["stats", "status", "sheet", "metric", "rewind"]
    data: Any


@dataclass
class Follower:
    """The changes of a run since the last read.

    A run that went back to a checkpoint gives ``rewind``, and then all lines of ``stats.jsonl`` again.

    Attributes:
        name: Id of the run.
        run: Its folder.
        after: Lines of ``stats.jsonl`` up to this number of images are not reported.
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

    def read(self) -> list[Event]:
        """The changes since the last call. The first call gives the status and the lines after ``after``."""
        events = self._new_stats()
        first = self._sheets is None
        sheets, metrics = self._new_sheets(), self._new_metrics()
        if not first:
            events += sheets + metrics
        status = cards.read_status(self.run).model_dump(mode="json")
        if status != self._status:
            self._status = status
            events.append(Event("status", status))
        return events

    def _new_stats(self) -> list[Event]:
        events = []
        lines, replaced = self._stats.read()
        if replaced:
            self.after = -1
            events.append(Event("rewind", {}))
        for line in map(cards.stats_line, lines):
            if line is not None and line["nimg"] > self.after:
                self.after = line["nimg"]
                events.append(Event("stats", line))
        return events

    def _new_sheets(self) -> list[Event]:
        links = cards.sheet_links(self.name, self.run)
        known = self._sheets or set()
        self._sheets = {link.nimg for link in links}
        return [Event("sheet", link.model_dump()) for link in links if link.nimg not in known]

    def _new_metrics(self) -> list[Event]:
        lines, replaced = self._metrics.read()
        if replaced:  # the same measurements again
            return []
        found = (cards.checked(RunMetric, line) for line in lines)
        return [Event("metric", metric.model_dump(mode="json")) for metric in found if metric is not None]

"""Results for people and for files: a table, and one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from ganvas.evaluate.fidelity import Result

# Lower is better for distances, higher for scores.
_BETTER = {"fid": "lower", "fd": "lower", "kid": "lower", "is": "higher", "precision": "higher", "recall": "higher"}
_FEW = 2048  # below, a Fréchet distance rests on a singular covariance


def record(result: Result, nimg: int) -> dict[str, Any]:
    """The object that stands for a result in ``metrics.jsonl`` and in a bundle."""
    found: dict[str, Any] = {"nimg": nimg, "metric": result.metric, "value": result.value}
    if result.std is not None:
        found["std"] = result.std
    return {**found, "protocol": result.protocol}


def append(path: Path, results: Iterable[Result], nimg: int) -> None:
    """Add results to ``metrics.jsonl``, one line each."""
    lines = "".join(json.dumps(record(result, nimg), sort_keys=False) + "\n" for result in results)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(lines)


def read(path: Path) -> list[tuple[int, Result]]:
    """(nimg, result) of every whole line of ``metrics.jsonl``; a line cut off by a kill is left out."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            item = json.loads(line)
            result = Result(item["metric"], float(item["value"]), item.get("std"), item["protocol"])
            found.append((int(item["nimg"]), result))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def table(results: Sequence[Result], title: str | None = None) -> Table:
    """A table for the terminal: metric, value with deviation, which way is better, and the pictures measured."""
    shown = Table(title=title)
    shown.add_column("metric")
    shown.add_column("value", justify="right")
    shown.add_column("better")
    shown.add_column("real", justify="right")
    shown.add_column("made", justify="right")
    shown.add_column("features")
    for result in results:
        protocol = result.protocol
        shown.add_row(
            result.metric,
            figure(result),
            better(result.metric),
            f"{protocol['real_count']:,}",
            f"{protocol['fake_count']:,}",
            f"{protocol['features']}, {protocol['resize']}",
        )
    return shown


def figure(result: Result) -> str:
    """The value with as many digits as mean something: ``0.0123 ± 0.0011``."""
    digits = 2 if abs(result.value) >= 10 else 5 if "kid" in result.metric else 3
    value = f"{result.value:.{digits}f}"
    return value if result.std is None else f"{value} ± {result.std:.{digits}f}"


def better(metric: str) -> str:
    """``lower`` or ``higher``: which way a metric improves."""
    return next(_BETTER[part] for part in metric.split("_") if part in _BETTER)


def notes(results: Sequence[Result]) -> list[str]:
    """What must be said beside the figures so that nobody misreads them."""
    said = []
    distances = [result for result in results if {"fid", "fd"} & set(result.metric.split("_"))]
    if any(min(r.protocol["real_count"], r.protocol["fake_count"]) < _FEW for r in distances):
        said.append(
            f"A Fréchet distance from fewer than {_FEW:,} pictures of each kind is biased upwards: "
            "compare it only with one from the same counts, and trust KID more."
        )
    if any(result.protocol["features"] == "effnet" for result in results):
        said.append("These are EfficientNet-Lite0's figures: not to be compared with published FID, KID or IS.")
    return said

"""Results for people and for files: a table, and one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from rich.table import Table

from ganvas.evaluate.fidelity import Result


class Meaning(NamedTuple):
    """What a reader must know of a metric: which way it improves, and what it says in one sentence."""

    better: Literal["lower", "higher"]
    says: str


MEANINGS: dict[str, Meaning] = {
    "psnr": Meaning("higher", "how small the pixels' errors are, in decibels; 30 is good, 20 visibly off"),
    "ssim": Meaning("higher", "how well local contrast and structure agree; 1 is equal"),
    "ms": Meaning("higher", "SSIM over five scales; 1 is equal"),  # of ms_ssim
    "gmsd": Meaning("lower", "how unevenly edges are spoilt; 0 is equal"),
    "lpips": Meaning("lower", "how different the pair looks to a network that agrees with people; 0 is equal"),
    "diversity": Meaning("higher", "how different the pictures made are from each other; near 0 is collapse"),
    "fid": Meaning("lower", "distance of all made pictures from all real ones, as Gaussians of features"),
    "fd": Meaning("lower", "distance of all made pictures from all real ones, as Gaussians of features"),
    "mifid": Meaning("lower", "the Fréchet distance, made worse where the pictures look learnt by heart"),
    "mifd": Meaning("lower", "the Fréchet distance, made worse where the pictures look learnt by heart"),
    "kid": Meaning("lower", "distance of all made pictures from all real ones; 0 is none, fair with few pictures"),
    "is": Meaning("higher", "how surely and how variedly a classifier names the pictures"),
    "precision": Meaning("higher", "share of made pictures that could be real ones"),
    "recall": Meaning("higher", "share of real pictures that the model could have made"),
}
_FEW = 2048  # below, a Fréchet distance rests on a singular covariance


def record(result: Result, nimg: int) -> dict[str, Any]:
    """The object that stands for a result in ``metrics.jsonl`` and in a bundle."""
    found: dict[str, Any] = {"nimg": nimg, "metric": result.metric, "value": result.value}
    if result.std is not None:
        found["std"] = result.std
    return {**found, "protocol": result.protocol}


def result_of(line: Mapping[str, Any]) -> Result:
    """The result that a line of ``metrics.jsonl`` stands for."""
    return Result(line["metric"], float(line["value"]), line.get("std"), line["protocol"])


def append(path: Path, results: Iterable[Result], nimg: int) -> None:
    """Add results to ``metrics.jsonl``, one line each; what its last measurement says already is not said again."""
    last = {_asked(was): json.dumps(record(was, at)) for at, was in read(path)}
    said = [(_asked(result), json.dumps(record(result, nimg))) for result in results]
    lines = "".join(line + "\n" for asked, line in said if last.get(asked) != line)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(lines)


def _asked(result: Result) -> tuple[str, str | None]:
    return result.metric, result.protocol.get("pictures")


def read(path: Path) -> list[tuple[int, Result]]:
    """(nimg, result) of every whole line of ``metrics.jsonl``; a line cut off by a kill is left out."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            item = json.loads(line)
            found.append((int(item["nimg"]), result_of(item)))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def table(results: Sequence[Result], title: str | None = None) -> Table:
    """A table for the terminal: metric, value with deviation, which way is better, the pictures; below, who looked."""
    against = [str(result.protocol.get("pictures", "")).replace("_", " ") for result in results]
    eyes: dict[str, dict[str, None]] = {}
    for result in results:
        eyes.setdefault(eye(result), {})[result.metric.split("_")[0]] = None
    by = "; ".join(f"{', '.join(metrics)}: {name}" for name, metrics in eyes.items())
    shown = Table(
        title=title, caption=by, caption_justify="left", box=None, pad_edge=False, header_style="bold"
    )  # fmt: skip
    for heading in ("metric", "value", "better", *(["against"] if any(against) else []), "real", "made"):
        shown.add_column(heading, justify="right" if heading in ("value", "real", "made") else "left", overflow="fold")
    for result, pictures in zip(results, against, strict=True):
        counts = (f"{result.protocol['real_count']:,}", f"{result.protocol['fake_count']:,}")
        named = [pictures] if any(against) else []
        shown.add_row(result.metric, figure(result), better(result.metric), *named, *counts)
    return shown


def eye(result: Result) -> str:
    """What looked, and at what: ``effnet, bicubic-antialiased 224`` or ``y-bt601 16-235, border 4``."""
    protocol = result.protocol
    if "space" not in protocol:
        return f"{protocol['features']}, {protocol['resize']}"
    words = [] if protocol["features"] == "pixels" else [protocol["features"]]
    words += [protocol["space"]] if protocol["features"] == "pixels" else []
    words += [f"border {protocol['border']}"] if protocol["border"] else []
    return ", ".join(words)


def figure(result: Result) -> str:
    """The value with as many digits as mean something: ``0.0123 ± 0.0011``."""
    digits = 2 if abs(result.value) >= 10 else 5 if "kid" in result.metric else 3
    value = f"{result.value:.{digits}f}"
    return value if result.std is None else f"{value} ± {result.std:.{digits}f}"


def better(metric: str) -> str:
    """``lower`` or ``higher``: which way a metric improves."""
    return meaning(metric).better


def meaning(metric: str) -> Meaning:
    """What a metric says, whatever features it was taken with."""
    return next(MEANINGS[part] for part in metric.split("_") if part in MEANINGS)


def notes(results: Sequence[Result]) -> list[str]:
    """What must be said beside the figures so that nobody misreads them."""
    said = []
    distances = [result for result in results if {"fid", "fd", "mifid", "mifd"} & set(result.metric.split("_"))]
    if any(min(r.protocol["real_count"], r.protocol["fake_count"]) < _FEW for r in distances):
        said.append(
            f"A Fréchet distance from fewer than {_FEW:,} pictures of each kind is biased upwards: "
            "compare it only with one from the same counts, and trust KID more."
        )
    if any(result.protocol["features"] == "effnet" for result in results):
        said.append("These are EfficientNet-Lite0's figures: not to be compared with published FID, KID or IS.")
    for result in results:
        if "memorization_distance" in result.protocol:
            said.append(_memory(result))
        elif "real_value" in result.protocol:
            said.append(f"{result.metric} between real pictures is {result.protocol['real_value']:.3f}.")
    return said


def _memory(result: Result) -> str:
    """What MiFID found about learning by heart."""
    distance, threshold = result.protocol["memorization_distance"], result.protocol["threshold"]
    found = (
        f"A made picture is {distance:.3f} from the nearest training picture on average (a training picture "
        f"{result.protocol['real_distance']:.3f} from the nearest other one)"
    )
    if distance < threshold:
        return (
            f"{found}, below the threshold of {threshold:g}: the model seems to copy, so {result.metric} is made worse "
            f"by 1/{distance:.3f}; look at the nearest pictures."
        )
    return f"{found}, above the threshold of {threshold:g}: no sign of copying, so {result.metric} has no penalty."

"""Evaluation results as a table for people, and as lines of ``metrics.jsonl``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from rich.table import Table

from ganvas.evaluate.fidelity import Result


class Meaning(NamedTuple):
    """The direction in which a metric improves, and what it measures in one clause. Equal: to that of real music."""

    better: Literal["lower", "higher", "equal"]
    sentence: str


MEANINGS: dict[str, Meaning] = {
    "psnr": Meaning("higher", "how small the pixels' errors are, in decibels; 30 is good, 20 visibly off"),
    "ssim": Meaning("higher", "how well local contrast and structure agree; 1 is equal"),
    "ms": Meaning("higher", "SSIM over five scales; 1 is equal"),  # of ms_ssim
    "gmsd": Meaning("lower", "how unevenly edges are degraded; 0 is equal"),
    "lpips": Meaning("lower", "how different the pair looks to a network that agrees with people; 0 is equal"),
    "diversity": Meaning("higher", "how different the generated pictures are from each other; near 0 is mode collapse"),
    "fid": Meaning("lower", "distance of the generated from the real pictures, as Gaussians of features"),
    "fd": Meaning("lower", "distance of the generated from the real pictures, as Gaussians of features"),
    "mifid": Meaning("lower", "the Fréchet distance, increased where pictures seem memorised"),
    "mifd": Meaning("lower", "the Fréchet distance, increased where pictures seem memorised"),
    "kid": Meaning("lower", "distance of the generated from the real pictures; 0 is none; unbiased with few pictures"),
    "is": Meaning("higher", "how confident and how varied a classifier's labels of the pictures are"),
    "precision": Meaning("higher", "share of generated pictures that could be real ones"),
    "recall": Meaning("higher", "share of real pictures that the model could have generated"),
    "eb": Meaning("equal", "share of bars in which the track is silent"),
    "upc": Meaning("equal", "pitch classes that the track uses in a bar, of 12"),
    "qn": Meaning("equal", "share of notes that are no mere fragments; far below that of real music is fragmented"),
    "pp": Meaning("equal", "share of time steps at which the track has two or more notes"),
    "dp": Meaning("equal", "share of drum beats that lie on sixteenth notes"),
    "td": Meaning("equal", "tonal distance of two tracks; small is harmony"),
    "sc": Meaning("equal", "share of what sounds in a phrase that belongs to one major or minor scale"),
    "copies": Meaning("lower", "share of phrases that are nearly a training phrase"),
}
_FEW = 2048  # below, the covariance of a Fréchet distance is singular


def record(result: Result, nimg: int) -> dict[str, Any]:
    """A result as a line of ``metrics.jsonl``; ``nimg`` is the number of pictures trained on."""
    return {"nimg": nimg, **result._asdict()}


def result_of(line: Mapping[str, Any]) -> Result:
    """The result of a line of ``metrics.jsonl``."""
    return Result(line["metric"], float(line["value"]), line.get("std"), line["protocol"])


def append(path: Path, results: Iterable[Result], nimg: int) -> None:
    """Add results to ``metrics.jsonl``, one line each, except those that equal the last measurement."""
    last = {_key(result): json.dumps(record(result, at)) for at, result in read(path)}
    new = [(_key(result), json.dumps(record(result, nimg))) for result in results]
    lines = "".join(line + "\n" for key, line in new if last.get(key) != line)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(lines)


def _key(result: Result) -> tuple[str, str | None]:
    return result.metric, result.protocol.get("pictures")


def read(path: Path) -> list[tuple[int, Result]]:
    """(nimg, result) of every complete line of ``metrics.jsonl``; a line cut off by a kill is left out."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            item = json.loads(line)
            found.append((int(item["nimg"]), result_of(item)))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def table(results: Sequence[Result], title: str | None = None) -> Table:
    """A table for the terminal: metric, value ± deviation, better direction, pictures; below, the feature networks."""
    against = [str(result.protocol.get("pictures", "")).replace("_", " ") for result in results]
    networks: dict[str, dict[str, None]] = {}
    for result in results:
        networks.setdefault(feature_network(result), {})[result.metric.split("_")[0]] = None
    by = "; ".join(f"{', '.join(metrics)}: {name}" for name, metrics in networks.items())
    shown = Table(
        title=title, caption=by, caption_justify="left", box=None, pad_edge=False, header_style="bold"
    )  # fmt: skip
    beside = any(better(result.metric) == "equal" for result in results)
    optional = [*(["of real"] if beside else []), "better", *(["against"] if any(against) else [])]
    for heading in ("metric", "value", *optional, "real", "generated"):
        right = heading in ("value", "of real", "real", "generated")
        shown.add_column(heading, justify="right" if right else "left", overflow="fold")
    for result, pictures in zip(results, against, strict=True):
        counts = (f"{result.protocol['real_count']:,}", f"{result.protocol['fake_count']:,}")
        named = [better(result.metric), *([pictures] if any(against) else [])]
        real = [format_value(result._replace(value=result.protocol["real_value"], std=None))] if beside else []
        shown.add_row(result.metric, format_value(result), *real, *named, *counts)
    return shown


def feature_network(result: Result) -> str:
    """What a result was measured by, such as ``effnet, bicubic-antialiased 224`` or ``y-bt601 16-235, border 4``."""
    protocol = result.protocol
    if "space" not in protocol:
        return f"{protocol['features']}, {protocol['resize']}"
    words = [] if protocol["features"] == "pixels" else [protocol["features"]]
    words += [protocol["space"]] if protocol["features"] == "pixels" else []
    words += [f"border {protocol['border']}"] if protocol["border"] else []
    return ", ".join(words)


def format_value(result: Result) -> str:
    """The value with its significant digits: ``0.0123 ± 0.0011``."""
    digits = 2 if abs(result.value) >= 10 else 5 if "kid" in result.metric else 3
    value = f"{result.value:.{digits}f}"
    return value if result.std is None else f"{value} ± {result.std:.{digits}f}"


def better(metric: str) -> str:
    """``lower``, ``higher`` or ``equal`` (to that of real music): where a metric is better."""
    return meaning(metric).better


def meaning(metric: str) -> Meaning:
    """The meaning of a metric, whatever its feature network."""
    return next(MEANINGS[part] for part in metric.split("_") if part in MEANINGS)


def notes(results: Sequence[Result]) -> list[str]:
    """Remarks without which the values are easily misread."""
    said = _unequal(results)
    distances = [result for result in results if {"fid", "fd", "mifid", "mifd"} & set(result.metric.split("_"))]
    if any(min(r.protocol["real_count"], r.protocol["fake_count"]) < _FEW for r in distances):
        said.append(
            f"A Fréchet distance from fewer than {_FEW:,} pictures of each kind is biased upwards: "
            "compare it only with one from the same counts, and trust KID more."
        )
    if any(result.protocol["features"] == "effnet" for result in results):
        said.append(
            "These values were measured on EfficientNet-Lite0: do not compare them with published FID, KID or IS."
        )
    for result in results:
        if "memorization_distance" in result.protocol:
            said.append(_memorization(result))
        elif "real_value" in result.protocol and better(result.metric) == "higher":
            said.append(f"{result.metric} between real pictures is {result.protocol['real_value']:.3f}.")
    return said


def _unequal(results: Sequence[Result]) -> list[str]:
    """What differs between two folders beside their content: the number and the sizes of their pictures."""
    compared = next((result for result in results if "real_size" in result.protocol), None)
    if compared is None:
        return []
    said, protocol = [], compared.protocol
    fakes, reals = protocol["fake_count"], protocol["real_count"]
    if fakes != reals:
        said.append(
            f"{fakes:,} pictures are compared with {reals:,}: the smaller number decides how far FID is biased upwards "
            "and how uncertain KID is; compare values only at equal counts."
        )
    if protocol["fake_size"] != protocol["real_size"]:
        said.append(
            f"The pictures have different sizes ({protocol['fake_size']} and {protocol['real_size']}): each is resized "
            "for the network, so the values also measure the difference in sharpness; bring both folders to one size."
        )
    return said


def _memorization(result: Result) -> str:
    """What MiFID found about memorisation."""
    distance, threshold = result.protocol["memorization_distance"], result.protocol["threshold"]
    found = (
        f"A generated picture is {distance:.3f} from the nearest training picture on average (a training picture "
        f"{result.protocol['real_distance']:.3f} from the nearest other one)"
    )
    if distance < threshold:
        return (
            f"{found}, below the threshold of {threshold:g}: the model seems to copy, so {result.metric} is increased "
            f"by the factor 1/{distance:.3f}; look at the nearest pictures."
        )
    return f"{found}, above the threshold of {threshold:g}: no sign of copying, so {result.metric} has no penalty."

"""The measured figures of a model, and whether they lie within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ganvas.bundle import Bundle, read_bundle
from ganvas.errors import UserError
from ganvas.evaluate.protocol import Subset
from ganvas.inference.load import is_bundle
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import read_lines


class Figure(NamedTuple):
    """One measurement of a model by the full protocol (not a quick metric)."""

    metric: str
    value: float
    nimg: int
    protocol: Mapping[str, Any]

    @property
    def pictures(self) -> Subset:
        """Which pictures the model was compared with."""
        part: Subset = self.protocol["pictures"]
        return part

    def __str__(self) -> str:
        against = self.pictures.replace("_", "-")
        return f"{self.metric} {self.value:.4g} against the {against} pictures at {self.nimg / 1000:.4g} kimg"


def figures(path: Path) -> list[Figure]:
    """The measurements of a run or a bundle at its present nimg, without quick metrics.

    Raises:
        UserError: There is no run or bundle, or a run has no checkpoint yet.
    """
    if is_bundle(path):
        return figures_of_bundle(read_bundle(path))
    run = RunDir(path)
    if not run.recipe.is_file():
        raise UserError(f"{path} is neither a run nor a bundle; give a folder that `ganvas train` made.")
    saved = checkpoint.listing(run.checkpoints)
    if not saved:
        raise UserError(f"The run {path} has no checkpoint yet; train it first.")
    return _full_protocol(read_lines(run.metrics), int(saved[-1].stem))


def figures_of_bundle(opened: Bundle) -> list[Figure]:
    """The measurements that a bundle was written with."""
    return _full_protocol([metric.model_dump() for metric in opened.info.metrics], round(opened.info.kimg * 1000))


def _full_protocol(lines: list[dict[str, Any]], nimg: int) -> list[Figure]:
    found: dict[tuple[str, str], Figure] = {}
    for line in lines:
        part = (line.get("protocol") or {}).get("pictures")
        if part and line.get("nimg") == nimg:  # the quick metric names no pictures
            found[line["metric"], part] = Figure(line["metric"], float(line["value"]), nimg, line["protocol"])
    return list(found.values())


def figure(path: Path, metric: str, pictures: Subset | None = None) -> Figure:
    """One measurement of a run or a bundle.

    Args:
        path: The run or bundle.
        metric: Name of the metric, such as ``kid_effnet``.
        pictures: What it was compared with; None: the held-out pictures where there are any, else the training's.

    Raises:
        UserError: It was not measured; the sentence names what was.
    """
    measured = figures(path)
    found = select_figure(measured, metric, pictures)
    if found is None:
        has = ", ".join(sorted({one.metric for one in measured})) or "nothing"
        against = f" against the {pictures.replace('_', '-')} pictures" if pictures else ""
        raise UserError(
            f"{metric} of {path} was not measured at its present length{against} (measured: {has}); run "
            "`ganvas evaluate RUN`, then export."
        )
    return found


def select_figure(measured: list[Figure], metric: str, pictures: Subset | None) -> Figure | None:
    """One metric among measurements; see :func:`figure`. None where it is missing."""
    order: tuple[Subset, ...] = (pictures,) if pictures else ("held_out", "train")
    for part in order:
        for one in measured:
            if one.metric == metric and one.pictures == part:
                return one
    return None


def passes(found: Figure, at_most: float | None, at_least: float | None) -> bool:
    """Whether a figure lies within bounds. NaN never does."""
    return (at_most is None or found.value <= at_most) and (at_least is None or found.value >= at_least)

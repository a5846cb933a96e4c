"""How good a run or a bundle is: its whole protocol in one call, with the figures kept and what a report shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from ganvas.bundle import read_bundle
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.evaluate import report
from ganvas.evaluate.fidelity import Progress
from ganvas.evaluate.monitor import metric_line
from ganvas.evaluate.protocol import Judgement, Part, judge
from ganvas.evaluate.report_markdown import write_page
from ganvas.evaluate.similarity import Similarity
from ganvas.evaluate.super_resolution import USUAL, benchmark
from ganvas.inference.load import RunModel, is_bundle, load_bundle, load_run
from ganvas.models.capabilities import Enlarges
from ganvas.models.families import FAMILIES
from ganvas.models.family import Family
from ganvas.models.features import load_features
from ganvas.recipe import EvaluateSettings, load
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import read_status
from ganvas.tasks import TASKS


class Verdict(NamedTuple):
    """The lines for ``metrics.jsonl``, and the report where one was asked for."""

    lines: list[dict[str, Any]]
    report: Path | None


class _Case(NamedTuple):
    """A model and the pictures it is judged by, under what they are called (None: others than a run's own)."""

    family: Family
    against: dict[Part | None, Dataset]
    settings: EvaluateSettings
    nimg: int
    place: Path  # of the report


def evaluate(
    path: Path,
    data: Path | None = None,
    *,
    count: int | None = None,
    features: str | None = None,
    everything: bool = False,
    progress: Progress | None = None,
) -> Verdict:
    """Measure a run by its recipe's protocol, or a bundle against the pictures in ``data``.

    A run's figures on its own pictures are added to its ``metrics.jsonl``.

    :param data: pictures to compare with; None: those a run was trained on and those it held out. Others than those
        are compared with all together. Of a model that enlarges they are taken whole, and pairs of large and small
        ones as they are.
    :param count: pictures to make; None: the recipe's.
    :param features: the network that looks; None: the recipe's.
    :param everything: every metric that applies, and a report: ``evaluation`` in the run's folder, or beside a bundle.
    :raises UserError: there is no model, there are no pictures to compare with, or the weights cannot be had.
    """
    changes: dict[str, Any] = {}
    if count is not None:
        if count < 2:
            raise UserError(f"--count must be 2 or more, not {count}.")
        changes["count"] = count
    if features is not None:
        changes["features"] = features
    run = None if is_bundle(path) else RunDir(path)
    if data is not None and _enlarges(path, run):
        return _benchmarked(path, run, data, everything)
    case = _of_bundle(path, data, changes) if run is None else _of_run(run, data, changes)
    judgements = _judged(case, everything, progress)
    lines = [metric_line(result, case.nimg) for found in judgements.values() for result in found.results]
    if run is not None and None not in case.against:
        report.append(run.metrics, [result for found in judgements.values() for result in found.results], case.nimg)
    page = None
    if everything:
        parts = [(part, case.against[part], found) for part, found in judgements.items()]
        page = write_page(case.place, path.resolve().name, case.family, parts, case.settings, case.nimg)
    return Verdict(lines, page)


def _enlarges(path: Path, run: RunDir | None) -> bool:
    if run is not None:
        return run.recipe.is_file() and issubclass(FAMILIES[load(run.recipe).family], Enlarges)
    return issubclass(FAMILIES[read_bundle(path).info.family], Enlarges)


def _benchmarked(path: Path, run: RunDir | None, data: Path, everything: bool) -> Verdict:
    """Whole pictures, as papers on super-resolution measure: see :mod:`ganvas.evaluate.super_resolution`."""
    model = load_bundle(path) if run is None else load_run(run)
    family, nimg = model.family, model.nimg
    more: tuple[Similarity, ...] = ("psnr", "ssim", "lpips_alex") if everything else ()
    results = benchmark(family, data, (*USUAL, *more))
    if run is not None:
        report.append(run.metrics, results, nimg)
    return Verdict([metric_line(result, nimg) for result in results], None)


def _judged(case: _Case, everything: bool, progress: Progress | None) -> dict[Part | None, Judgement]:
    features = load_features(case.settings.features)
    return {
        part: judge(case.family, pictures, case.settings, features, part=part, everything=everything, progress=progress)
        for part, pictures in case.against.items()
    }


def _parts(model: RunModel) -> dict[Part | None, Dataset]:
    """Synthesis is compared with the pictures it was trained on *and*, where some were held out, with those: a small
    distance to the first alone is what learning by heart looks like. Translation is judged on held-out pictures, if
    there are any."""
    held_out = model.held_out is not model.dataset
    against: dict[Part | None, Dataset] = {}
    if TASKS[model.family.task].from_seeds or not held_out:
        against["train"] = model.dataset
    if held_out:
        against["held_out"] = model.held_out
    return against


def _of_run(run: RunDir, data: Path | None, changes: dict[str, Any]) -> _Case:
    packed = _packed_for_run(run, data)
    own = data is None or packed is None or _is_own(run, data, packed)
    model = load_run(run, packed if own or not _known(run).is_file() else None)
    settings = model.recipe.evaluate.model_copy(update=changes)
    if own:
        return _Case(model.family, _parts(model), settings, model.nimg, run.root / "evaluation")
    assert data is not None
    assert packed is not None
    place = run.root / f"evaluation-{data.resolve().name}"
    return _Case(model.family, {None: Dataset(packed)}, settings, model.nimg, place)


def _is_own(run: RunDir, data: Path, packed: Path) -> bool:
    """Whether these are the pictures of the run: packed the same, or of the same name where those are gone."""
    known = _known(run)
    same_name = data.resolve().name == read_status(run).get("dataset_name")
    return packed.name == known.name or (not known.is_file() and same_name)


def _known(run: RunDir) -> Path:
    """The packed pictures that the run was trained on, as it remembers."""
    return Path(read_status(run).get("dataset", ""))


def _of_bundle(path: Path, data: Path | None, changes: dict[str, Any]) -> _Case:
    if data is None:
        raise UserError(f"The bundle {path} does not hold its pictures; say with --data what to compare it with.")
    model = load_bundle(path)
    spec = model.family.data
    packed = pack(data, resolution=spec.resolution, crop=spec.crop, channels=spec.channels)
    settings = EvaluateSettings().model_copy(update=changes)  # type: ignore[call-arg]
    place = path.with_name(path.name + "-evaluation")
    return _Case(model.family, {None: Dataset(packed.path)}, settings, model.nimg, place)


def _packed_for_run(run: RunDir, data: Path | None) -> Path | None:
    if data is None or not run.recipe.is_file():
        return None
    wanted = load(run.recipe).data
    packed = pack(
        data,
        resolution=wanted.resolution,
        crop=wanted.crop,
        channels=wanted.channels,
        side_by_side=wanted.side_by_side,
        labels=wanted.labels > 0,
        frames=wanted.frames,
    )
    return packed.path

"""Evaluation of a run or a bundle: the whole protocol in one call, recorded and with a report on demand."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from ganvas.bundle import read_bundle
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.music.pack import pack_rolls
from ganvas.errors import UserError
from ganvas.evaluate import report
from ganvas.evaluate.fidelity import Progress
from ganvas.evaluate.music import evaluate_music
from ganvas.evaluate.protocol import Evaluation, Subset, evaluate_family
from ganvas.evaluate.report_markdown import write_report
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
from ganvas.tasks.preparation import settings_of_model, settings_of_recipe


class EvaluationOutcome(NamedTuple):
    """The lines of ``metrics.jsonl``, and the path of the report where one was written."""

    lines: list[dict[str, Any]]
    report: Path | None


class _Setup(NamedTuple):
    """A model and the pictures that it is compared with, by subset (None: others than a run's own)."""

    family: Family
    against: dict[Subset | None, Dataset]
    settings: EvaluateSettings
    nimg: int
    report_folder: Path


def evaluate(
    path: Path,
    data: Path | None = None,
    *,
    count: int | None = None,
    features: str | None = None,
    everything: bool = False,
    progress: Progress | None = None,
) -> EvaluationOutcome:
    """Measure a run by its recipe's protocol, or a bundle against the pictures in ``data``.

    Results of a run on its own pictures are added to its ``metrics.jsonl``.

    Args:
        path: A run or a bundle.
        data: Pictures to compare with; None: those a run was trained on and those held out from it. Others are compared
            with as one set. For a model that enlarges they are read whole, and pairs of large and small ones as they
            are.
        count: Pictures to generate; None: the recipe's.
        features: The feature network; None: the recipe's.
        everything: Measure every metric that applies, and write a report: ``evaluation`` in the run's folder, or beside
            a bundle.
        progress: Called after each chunk of pictures.

    Raises:
        UserError: There is no model, there are no pictures to compare with, or the weights cannot be had.
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
    setup = _of_bundle(path, data, changes) if run is None else _of_run(run, data, changes)
    return _evaluate(setup, path, run, everything=everything, progress=progress)


def evaluate_run(model: RunModel) -> EvaluationOutcome:
    """Measure a run that is loaded already by its recipe's protocol, and add the results to its ``metrics.jsonl``.

    Raises:
        UserError: The weights of the feature network cannot be had.
    """
    return _evaluate(_own_setup(model, model.recipe.evaluate), model.path, model.run)


def _evaluate(
    setup: _Setup, path: Path, run: RunDir | None, *, everything: bool = False, progress: Progress | None = None
) -> EvaluationOutcome:
    evaluations = _evaluate_subsets(setup, everything, progress)
    lines = [report.record(result, setup.nimg) for found in evaluations.values() for result in found.results]
    if run is not None and None not in setup.against:
        report.append(run.metrics, [result for found in evaluations.values() for result in found.results], setup.nimg)
    report_path = None
    if everything:
        subsets = [(subset, setup.against[subset], found) for subset, found in evaluations.items()]
        report_path = write_report(
            setup.report_folder, path.resolve().name, setup.family, subsets, setup.settings, setup.nimg
        )
    return EvaluationOutcome(lines, report_path)


def _enlarges(path: Path, run: RunDir | None) -> bool:
    if run is not None:
        return run.recipe.is_file() and issubclass(FAMILIES[load(run.recipe).family], Enlarges)
    return issubclass(FAMILIES[read_bundle(path).info.family], Enlarges)


def _benchmarked(path: Path, run: RunDir | None, data: Path, everything: bool) -> EvaluationOutcome:
    """Measure whole pictures, as papers on super-resolution do: see :mod:`ganvas.evaluate.super_resolution`."""
    model = load_bundle(path) if run is None else load_run(run)
    family, nimg = model.family, model.nimg
    more: tuple[Similarity, ...] = ("psnr", "ssim", "lpips_alex") if everything else ()
    results = benchmark(family, data, (*USUAL, *more))
    if run is not None:
        report.append(run.metrics, results, nimg)
    return EvaluationOutcome([report.record(result, nimg) for result in results], None)


def _evaluate_subsets(setup: _Setup, everything: bool, progress: Progress | None) -> dict[Subset | None, Evaluation]:
    if setup.family.data.roll is not None:
        return {
            subset: Evaluation(*evaluate_music(setup.family, phrases, setup.settings, subset=subset))
            for subset, phrases in setup.against.items()
        }
    features = load_features(setup.settings.features)
    return {
        subset: evaluate_family(
            setup.family, pictures, setup.settings, features, subset=subset, everything=everything, progress=progress
        )
        for subset, pictures in setup.against.items()
    }


def _subsets(model: RunModel) -> dict[Subset | None, Dataset]:
    """The pictures to compare with, by subset.

    Synthesis is compared with the pictures it was trained on and, where some were held out, with those: a small
    distance to the first alone is a sign of memorisation. Translation is compared on held-out pictures, if there are
    any.
    """
    held_out = model.held_out is not model.dataset
    against: dict[Subset | None, Dataset] = {}
    if TASKS[model.family.task].from_seeds or not held_out:
        against["train"] = model.dataset
    if held_out:
        against["held_out"] = model.held_out
    return against


def _of_run(run: RunDir, data: Path | None, changes: dict[str, Any]) -> _Setup:
    packed = _packed_for_run(run, data)
    own = data is None or packed is None or _is_own(run, data, packed)
    model = load_run(run, packed if own or not _known(run).is_file() else None)
    settings = model.recipe.evaluate.model_copy(update=changes)
    if own:
        return _own_setup(model, settings)
    assert data is not None
    assert packed is not None
    place = run.root / f"evaluation-{data.resolve().name}"
    return _Setup(model.family, {None: Dataset(packed)}, settings, model.nimg, place)


def _own_setup(model: RunModel, settings: EvaluateSettings) -> _Setup:
    return _Setup(model.family, _subsets(model), settings, model.nimg, model.run.root / "evaluation")


def _is_own(run: RunDir, data: Path, packed: Path) -> bool:
    """Whether these are the pictures of the run: packed the same, or of the same name where those are gone."""
    known = _known(run)
    same_name = data.resolve().name == read_status(run).get("dataset_name")
    return packed.name == known.name or (not known.is_file() and same_name)


def _known(run: RunDir) -> Path:
    """The packed pictures that the run was trained on, as its status says."""
    return Path(read_status(run).get("dataset", ""))


def _of_bundle(path: Path, data: Path | None, changes: dict[str, Any]) -> _Setup:
    if data is None:
        raise UserError(f"The bundle {path} does not hold its pictures; give pictures to compare it with by --data.")
    model = load_bundle(path)
    roll = model.family.data.roll
    packed = pack(data, **settings_of_model(model.family)) if roll is None else pack_rolls(data, roll=roll)
    settings = EvaluateSettings().model_copy(update=changes)  # type: ignore[call-arg]
    place = path.with_name(path.name + "-evaluation")
    return _Setup(model.family, {None: Dataset(packed.path)}, settings, model.nimg, place)


def _packed_for_run(run: RunDir, data: Path | None) -> Path | None:
    if data is None or not run.recipe.is_file():
        return None
    recipe = load(run.recipe)
    if recipe.data.roll is not None:
        return pack_rolls(data, roll=recipe.data.roll).path
    return pack(data, **settings_of_recipe(recipe) | {"minimum": 1}).path

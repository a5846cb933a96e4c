"""The pipeline from pictures to a bundle: pack, train, evaluate, export. It prints nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ganvas.bundle import Bundle
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import PackReport, pack
from ganvas.curate.music.pack import pack_rolls
from ganvas.errors import UserError
from ganvas.evaluate.run import EvaluationOutcome, evaluate_run
from ganvas.inference.load import load_run
from ganvas.recipe import Recipe
from ganvas.release.export import export_run
from ganvas.runs.folder import RunDir
from ganvas.runs.lock import hold
from ganvas.runs.log import Listener
from ganvas.runs.trained_sets import belongs_to
from ganvas.tasks.preparation import settings_of_recipe
from ganvas.train.trainer import Summary, train


class NotEvaluated(NamedTuple):
    """The run was not evaluated, for instance because the weights of the feature network are missing."""

    reason: str


PipelineResult = Summary | EvaluationOutcome | NotEvaluated | Bundle


def pack_for(
    recipe: Recipe,
    data: Path,
    progress: Callable[[int, int], None] | None = None,
    *,
    output: Path | None = None,
    zip_encoding: str | None = None,
) -> PackReport:
    """Pack pictures or music as a recipe needs them.

    Args:
        recipe: The resolved recipe.
        data: A folder or zip of pictures; a video where the recipe trains on frames.
        progress: Called with how many pictures are done and how many there are.
        output: Where the packed pictures are written; None: a place in the cache.
        zip_encoding: Of the names in a zip that are not marked as UTF-8; None: detected.

    Raises:
        UserError: There are no pictures, too few, or they are not arranged as the recipe needs them.
    """
    settings, pictures = recipe.data, data
    if settings.roll is not None:
        return pack_rolls(
            data, output, roll=settings.roll, minimum=settings.minimum, processes=os.cpu_count() or 1, progress=progress
        )
    if settings.frames is not None and data.is_file() and data.suffix.lower() != ".zip":
        from ganvas.collect.frames import extracted

        pictures = extracted(data)
    return pack(
        pictures,
        output,
        **settings_of_recipe(recipe),
        zip_encoding=zip_encoding,
        processes=os.cpu_count() or 1,
        progress=progress,
    )


class DefaultRun(NamedTuple):
    """The run's folder where none is chosen.

    Attributes:
        run: The folder.
        taken: The folder with the plain name, where a run of other pictures is in it; else None.
    """

    run: RunDir
    taken: RunDir | None


def default_run(recipe: Recipe, data: Path, dataset: Path) -> DefaultRun:
    """Where a run is kept for which no folder is chosen: ``runs/RECIPE-DATA``.

    Where that is a run of another folder of the same name, digits that stand for the path of this one are added.

    Args:
        recipe: The resolved recipe.
        data: The folder or file of pictures.
        dataset: The packed pictures; see :func:`pack_for`.
    """
    source = data.expanduser().resolve()
    plain = RunDir(Path("runs") / f"{recipe.name}-{source.stem}")
    if belongs_to(plain, source, Dataset(dataset).sha256):
        return DefaultRun(plain, None)
    digits = hashlib.sha256(os.fsencode(source)).hexdigest()[:8]
    return DefaultRun(RunDir(plain.root.with_name(f"{plain.root.name}-{digits}")), plain)


def run_pipeline(
    recipe: Recipe,
    run: RunDir,
    dataset: Path,
    *,
    data: Path | None = None,
    fresh: bool = False,
    more_data: bool = False,
    train_only: bool = False,
    listener: Listener | None = None,
) -> Iterator[PipelineResult]:
    """Train or resume a run, then evaluate it and export it as a bundle; yields each result when it is there.

    A run that was stopped, or whose process is not the first one, ends after its summary.

    Args:
        recipe: The resolved recipe.
        run: The run's folder.
        dataset: The packed pictures; see :func:`pack_for`.
        data: The folder or file that was packed; its name is that of the data set in credits.
        fresh: Delete what the run's folder contains and start again.
        more_data: Resume also with other pictures of the same classes than the run was trained on before.
        train_only: Neither evaluate nor export.
        listener: Called with every event of the training.

    Raises:
        UserError: The recipe, the data and the run do not fit together, or a step fails.
    """
    name = None if data is None else data.expanduser().resolve().stem
    summary = train(
        recipe, run, dataset, dataset_name=name, source=data, fresh=fresh, more_data=more_data, listener=listener
    )
    yield summary
    if summary.state != "finished" or train_only or os.environ.get("LOCAL_RANK", "0") != "0":
        return
    with hold(run):
        model = load_run(run)
        try:
            evaluation: EvaluationOutcome | NotEvaluated = evaluate_run(model)
        except UserError as error:
            evaluation = NotEvaluated(str(error))
        yield evaluation
        yield export_run(model)

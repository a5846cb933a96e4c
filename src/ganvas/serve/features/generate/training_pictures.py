"""Training pictures near samples of a run: whether the model memorised any."""

from __future__ import annotations

import numpy as np

from ganvas.apps.latent_space import LatentPoint, latent_space, latents_of, pictures, point_of_seed
from ganvas.apps.nearest_neighbours import Compared, TrainingPictures, neighbours_of
from ganvas.curate.dataset.dataset import Dataset, hold_out
from ganvas.errors import UserError
from ganvas.inference.generate import class_number
from ganvas.inference.worker import BusyError
from ganvas.models.family import Family
from ganvas.models.features import load_features
from ganvas.recipe import load
from ganvas.runs.checkpoint import listing
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import dataset_path
from ganvas.serve.core.context import StudioContext
from ganvas.serve.features.generate.state import GenerateState
from ganvas.tasks.pictures import Pictures


def has_training_pictures(context: StudioContext, name: str) -> bool:
    """Whether the bundle of an id was made by a run of the studio whose training pictures are still there."""
    run = context.runs.find(name)
    if run is None or context.bundles.paths().get(name) != run.bundle:
        return False
    return dataset_path(run) is not None and bool(listing(run.checkpoints))


def compare(context: StudioContext, name: str, seeds: range, class_name: str | None, psi: float) -> Compared:
    """Compare samples of a run with its training pictures.

    The samples come from the bundle of the run, or from its newest checkpoint where there is no such bundle.

    Args:
        context: The studio.
        name: Id of the run.
        seeds: Seeds of the samples.
        class_name: Class of the samples; None: each seed decides its own.
        psi: Truncation; 1 means none.

    Raises:
        BusyError: Another comparison is in progress.
        UserError: The run cannot be compared.
    """
    state = context.state(GenerateState)
    if not state.comparing.acquire(blocking=False):
        raise BusyError("Another comparison is in progress; try again in a moment.", code="comparison-busy")
    try:
        return _compare(context, state, name, seeds, class_name, psi)
    finally:
        state.comparing.release()


def _compare(
    context: StudioContext, state: GenerateState, name: str, seeds: range, class_name: str | None, psi: float
) -> Compared:
    run = context.run(name)
    _check_run(run)
    if context.bundles.paths().get(name) != run.bundle:
        return neighbours_of(run.root, None, seeds=seeds, class_name=class_name, psi=psi)
    opened = context.bundle(name)
    label = class_number(opened.info.data.classes, class_name)

    def work(family: Family) -> tuple[list[LatentPoint], Pictures]:
        latent_space(family)
        places = [point_of_seed(family, seed, label) for seed in seeds]
        return places, np.stack(list(pictures(family, latents_of(family, places, psi))))

    places, samples = context.engine.submit_family(opened, work).result()
    known = _training_pictures(state, run)
    return Compared(places, samples, known.dataset, known.near(samples))


def _check_run(run: RunDir) -> None:
    name = run.root.name
    if not listing(run.checkpoints):
        raise UserError(
            f"Run {name!r} has no checkpoint yet; wait for the first one.",
            code="run-without-checkpoint",
            params={"run": name},
        )
    if dataset_path(run) is None:
        raise UserError(
            f"The training pictures of run {name!r} are no longer on this machine.",
            code="training-pictures-missing",
            params={"run": name},
        )


def _training_pictures(state: GenerateState, run: RunDir) -> TrainingPictures:
    path = dataset_path(run)
    assert path is not None
    key = (run.root, path.stat().st_mtime_ns)
    if key not in state.training_pictures:
        recipe, dataset = load(run.recipe), Dataset(path)
        part = hold_out(dataset, recipe.data.held_out, recipe.train.seed).train
        state.training_pictures.clear()
        state.training_pictures[key] = TrainingPictures(dataset.subset(part), load_features("auto"))
    return state.training_pictures[key]

"""Opens a trained model: a run (at a checkpoint) or a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ganvas.bundle import MANIFEST, Bundle, read_bundle
from ganvas.curate.dataset.dataset import Dataset, hold_out
from ganvas.errors import UserError
from ganvas.inference.model import Model
from ganvas.models.capabilities import HasStandingStatistics
from ganvas.models.families import build
from ganvas.recipe import Recipe, load
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import dataset_path, read_status

Which = Literal["newest", "best"]


@dataclass(frozen=True)
class RunModel(Model):
    """The model of a run, with what it was trained on.

    Attributes:
        run: The run's folder.
        recipe: The resolved recipe.
        dataset: The pictures of the training.
        held_out: The pictures left out of the training; all pictures where none were left out.
    """

    run: RunDir
    recipe: Recipe
    dataset: Dataset
    held_out: Dataset


@dataclass(frozen=True)
class BundleModel(Model):
    """The model of a bundle, whose files have been verified."""

    bundle: Bundle


def is_bundle(path: Path) -> bool:
    """Whether a folder contains a bundle's manifest."""
    return (path / MANIFEST).is_file()


def load_model(path: Path) -> RunModel | BundleModel:
    """Open the model of a run (newest checkpoint) or of a bundle.

    Raises:
        UserError: The folder is neither, the run has no checkpoint, or its files are missing or damaged.
    """
    if not path.is_dir():
        raise UserError(f"There is no folder {path}; name the folder of a run or of a bundle.")
    if is_bundle(path):
        return load_bundle(path)
    if not RunDir(path).recipe.is_file():
        raise UserError(f"{path} is neither a run (no recipe.yaml) nor a bundle (no bundle.json); name one of these.")
    return load_run(RunDir(path))


def load_bundle(path: Path) -> BundleModel:
    """Open the model of a bundle.

    Raises:
        UserError: There is no bundle, or its files are missing or damaged.
    """
    opened = read_bundle(path)
    return BundleModel(path, opened.info.name, opened.load_family(), opened.info.kimg, opened)


def load_run(run: RunDir, dataset: Path | None = None, which: Which = "newest") -> RunModel:
    """Open the model of a run.

    Args:
        run: The run's folder.
        dataset: The packed pictures; None: those named in the run's ``status.json``.
        which: The newest checkpoint, or the one with the best quick metric.

    Raises:
        UserError: The folder is not a run, its pictures are missing, or its checkpoint is damaged.
    """
    if not run.recipe.exists():
        raise UserError(f"{run.root} is not a run; give a folder that `ganvas train` made, such as runs/NAME.")
    found = checkpoint.listing(run.checkpoints)
    if not found:
        raise UserError(f"The run {run.root} has no checkpoint yet; train it first.")
    recipe = load(run.recipe)
    content = checkpoint.read(found[-1])
    best = content["notes"].get("best")
    if which == "best" and best:
        content = checkpoint.read(run.checkpoints / f"{best[1]:09d}.pt")
    pictures = Dataset(_stated_dataset(run) if dataset is None else dataset)
    family = build(
        recipe.family,
        recipe.model,
        recipe.data_spec(pictures.classes, pictures.manifest.performance),
        recipe.train.kimg,
    )
    family.load_state_dict(content["family"])
    for name, state in content["average"].items():
        family.get_submodule(name).load_state_dict(state)
    family.eval()
    if isinstance(family, HasStandingStatistics):
        family.measure_standing_statistics()
    parts = hold_out(pictures, recipe.data.held_out, recipe.train.seed)
    trained_on = pictures.subset(parts.train)
    held_out = pictures.subset(parts.held_out) if len(parts.held_out) else trained_on
    kimg = content["clock"]["nimg"] / 1000
    return RunModel(run.root, run.root.name, family, kimg, run, recipe, trained_on, held_out)


def _stated_dataset(run: RunDir) -> Path:
    path = dataset_path(run)
    if path is None:
        stated = read_status(run).get("dataset", "")
        raise UserError(f"The pictures of run {run.root} are no longer at {stated}; give their path with --data.")
    return path

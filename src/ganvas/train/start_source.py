"""The trained weights that a run can begin from: a run, one of its checkpoints, a bundle, or a published file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, NamedTuple

from torch import Tensor

from ganvas.bundle import Credit, read_bundle
from ganvas.curate.dataset.dataset import Dataset
from ganvas.errors import UserError
from ganvas.inference.credits import credits_of_run
from ganvas.inference.load import is_bundle
from ganvas.models import imports
from ganvas.models.families import FAMILIES
from ganvas.recipe import load
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import dataset_path, read_status


class StartSource(NamedTuple):
    """The weights of a trained family, under the names of ``Family.state_dict``, on the CPU.

    Attributes:
        name: Name of the run, bundle or file.
        kind: Which of these it is.
        family: Name of the family.
        config: The family's settings.
        classes: Names of its classes in label order.
        kimg: Length of its training.
        weights: All tensors.
        averaged: The tensors of the averaged networks; ``weights`` itself where no averages were kept.
        credits: Whose pictures and weights it was made from.
    """

    name: str
    kind: Literal["run", "bundle", "file"]
    family: str
    config: dict[str, Any]
    classes: tuple[str, ...]
    kimg: float
    weights: dict[str, Tensor]
    averaged: dict[str, Tensor]
    credits: tuple[Credit, ...]


def open_source(path: Path) -> StartSource:
    """Read the weights of a run (its newest checkpoint), of a checkpoint in a run, of a bundle, or of a published file.

    Raises:
        UserError: The path names none of these, or the file is damaged.
    """
    path = path.expanduser()
    if is_bundle(path):
        return _from_bundle(path)
    if path.is_dir():
        found = checkpoint.listing(RunDir(path).checkpoints)
        if RunDir(path).recipe.is_file() and found:
            return _from_run(RunDir(path), found[-1])
        what = "is a run without a checkpoint" if RunDir(path).recipe.is_file() else "is neither a run nor a bundle"
        raise UserError(f"{path} {what}; begin from a trained run, a bundle, or a file that `ganvas import` reads.")
    if not path.exists():
        raise UserError(f"There is no {path} to begin from; name a run, one of its checkpoints, a bundle or a file.")
    run = RunDir(path.resolve().parent.parent)
    if path.suffix == ".pt" and path.resolve().parent == run.checkpoints and run.recipe.is_file():
        return _from_run(run, path)
    return _from_file(path)


def _from_run(run: RunDir, path: Path) -> StartSource:
    content = checkpoint.read(path)
    recipe = load(run.recipe)
    weights: dict[str, Tensor] = content["family"]
    averaged = {f"{name}.{key}": value for name, state in content["average"].items() for key, value in state.items()}
    root = run.root.resolve()
    credits_, classes = credits_of_run(run), _classes_of_run(run) if recipe.data.conditional else ()
    kimg = content["clock"]["nimg"] / 1000
    own = Credit(  # type: ignore[call-arg]
        name=f"weights of {root.name}", source=root.name, text=f"Trained as {recipe.name} for {kimg:g} kimg."
    )
    return StartSource(
        root.name, "run", recipe.family, recipe.model, classes, kimg, weights, averaged or weights, (own, *credits_)
    )


def _from_bundle(path: Path) -> StartSource:
    opened = read_bundle(path)
    info, weights = opened.info, opened.load_family().state_dict()
    text = f"Trained for {info.kimg:g} kimg; the bundle's fingerprint is {opened.fingerprint}."
    own = Credit(name=f"weights of {info.name}", source=path.resolve().name, text=text)  # type: ignore[call-arg]
    found = (own, *info.credits)
    return StartSource(
        info.name, "bundle", info.family, info.config, info.data.classes, info.kimg, weights, weights, found
    )


def _from_file(path: Path) -> StartSource:
    imported = imports.read(path)
    family = imported.family
    weights = family.state_dict()
    if not imported.has_discriminator:
        weights = {key: value for key, value in weights.items() if key.split(".")[0] in family.averaged}
    name = next(name for name, kind in FAMILIES.items() if type(family) is kind)
    text = f"sha256 {imported.sha256}\nTheir licence is that of whoever published them."
    own = Credit(name=f"weights of {imported.origin}", source=path.name, text=text)  # type: ignore[call-arg]
    config = family.config.model_dump()
    return StartSource(path.name, "file", name, config, family.data.classes, imported.kimg, weights, weights, (own,))


def _classes_of_run(run: RunDir) -> tuple[str, ...]:
    known = read_status(run).get("classes")
    if known:
        return tuple(known)
    path = dataset_path(run)
    try:
        return Dataset(path).classes if path is not None else ()
    except UserError:
        return ()

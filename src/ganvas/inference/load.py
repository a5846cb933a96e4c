"""After the loop: the trained family of a run, and its bundle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ganvas.bundle import Bundle, write
from ganvas.curate.dataset.dataset import Dataset, divide
from ganvas.errors import UserError
from ganvas.models.families import build
from ganvas.models.family import Family
from ganvas.recipe import Recipe, load
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.log import read_lines, read_status
from ganvas.spec import Task
from ganvas.tasks.reference import in_turn
from ganvas.tasks.samples import Pictures, asked, shown, sources, targets
from ganvas.train.warm_start import picture_credits, start_credits

Which = Literal["newest", "best"]


class Trained(NamedTuple):
    """What a run has come to."""

    recipe: Recipe
    family: Family  # on the CPU, averaged weights in place, evaluation mode
    dataset: Dataset  # the pictures it was trained on
    held_out: Dataset  # those it never saw (all pictures, when none were held out)
    nimg: int


def open_run(run: RunDir, dataset: Path | None = None, which: Which = "newest") -> Trained:
    """Read a run back.

    :param dataset: the packed pictures; None: those the run says it was trained on.
    :param which: the newest checkpoint, or the one with the best quick metric.
    :raises UserError: the folder holds no run, its pictures are gone, or its checkpoint is damaged.
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
    if dataset is None:
        dataset = _dataset_of(run)
    pictures = Dataset(dataset)
    family = build(recipe.family, recipe.model, recipe.data_spec(pictures.classes), recipe.train.kimg)
    family.load_state_dict(content["family"])
    for name, state in content["average"].items():
        family.get_submodule(name).load_state_dict(state)
    family.eval().settle()
    parts = divide(pictures, recipe.data.held_out, recipe.train.seed)
    trained_on = pictures.subset(parts.train)
    held_out = pictures.subset(parts.held_out) if len(parts.held_out) else trained_on
    return Trained(recipe, family, trained_on, held_out, content["clock"]["nimg"])


def export_run(
    run: RunDir,
    trained: Trained,
    directory: Path | None = None,
    *,
    onnx: bool | None = None,
    whole: bool = False,
    int8: bool = False,
) -> Bundle:
    """Write a run's trained family as a bundle (``RUN/bundle`` by default), with metrics and credits.

    :param whole: also the networks that only training needs, so that others can begin from the bundle.
    :param int8: see :func:`ganvas.bundle.write`.
    """
    last = {(m["metric"], m.get("protocol", {}).get("pictures")): m for m in read_lines(run.metrics)}
    return write(
        directory or run.bundle,
        trained.family,
        name=run.root.name,
        kimg=trained.nimg / 1000,
        recipe=trained.recipe.model_dump(mode="json"),
        metrics=list(last.values()),
        credits=[
            *picture_credits(trained.dataset, read_status(run).get("dataset_name") or trained.dataset.path.stem),
            *start_credits(run),
        ],
        sources=_preview_sources(trained),
        onnx=onnx,
        whole=whole,
        int8=int8,
        memory=trained.family.remember(_once_each(trained)),
    )


def _once_each(trained: Trained, at_once: int = 32) -> Iterator[Any]:
    """Requests for all pictures that were trained on, in batches."""
    count = len(trained.dataset)
    for start in range(0, count, at_once):
        yield asked(trained.family, trained.dataset, range(start, min(start + at_once, count)))


def _preview_sources(trained: Trained) -> Pictures | None:
    """Pictures that the preview shows translated; without pairs of domain A, by reference of each in turn."""
    family = trained.family
    about = shown(family, trained.held_out, 16)
    match family.task:
        case Task.PAIRED:
            return sources(trained.held_out, family.data, about)
        case Task.REFERENCE:
            return targets(trained.held_out, in_turn(trained.held_out, 16))
        case Task.UNPAIRED:
            return targets(trained.held_out, [index for index in about if trained.held_out.labels[index] == 0])
        case _:
            return None


def _dataset_of(run: RunDir) -> Path:
    path = Path(read_status(run).get("dataset", ""))
    if not path.is_file():
        raise UserError(f"The pictures of run {run.root} are no longer at {path}; say where they are with --data.")
    return path

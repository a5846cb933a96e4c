"""A photograph drawn by a model on this machine, with what is known about the model."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from ganvas.apps.card.cartoon import (
    LARGEST_WHOLE,
    LONGEST_SIDE,
    Background,
    Cartoon,
    Pixels,
    Scope,
    find_head,
    finish,
    finish_whole,
    reduced,
    resized,
)
from ganvas.apps.card.statement import ModelCredit, Provenance
from ganvas.apps.consent import only_face
from ganvas.bundle import Credit
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.faces import FaceReader
from ganvas.errors import UserError
from ganvas.inference.credits import credits_of_run
from ganvas.inference.load import BundleModel, RunModel
from ganvas.inference.model import Model
from ganvas.inference.whole import takes_any_size
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import dataset_path
from ganvas.tasks import TASKS

FINE = 768  # pixels of the square for models whose networks take any size


class CartoonOptions(NamedTuple):
    """How a photograph is drawn; ``detail`` in pixels of the square, None: what suits the model."""

    scope: Scope = "head"
    background: Background = "remove"
    detail: int | None = None
    to: str | None = None
    seed: int = 0


def draw_cartoon(model: Model, photo: Pixels, reader: FaceReader, options: CartoonOptions) -> Cartoon:
    """The cartoon of a photograph; see :mod:`ganvas.apps.card.cartoon`.

    Args:
        model: It takes pictures.
        photo: uint8 [H, W, 3] RGB.
        reader: Of faces.
        options: See there.

    Raises:
        UserError: The model takes no pictures, or there is not exactly one face.
    """
    check_draws(model)
    photo = reduced(photo, LONGEST_SIDE)
    data, any_size = model.data, takes_any_size(model.family)
    if options.scope == "photograph" and any_size:
        whole = resized(photo, options.detail or min(max(*photo.shape[:2], FINE), LARGEST_WHOLE))
        face = only_face(reader.faces(whole))
        return finish_whole(whole, face, _drawn(model, whole, options, keep=True), reader, options.background)
    detail = options.detail or (FINE if any_size else data.resolution)
    side = detail if any_size else max(detail, data.resolution)
    head = find_head(photo, reader, data, detail=side, background=options.background)
    drawn = _drawn(model, head.square, options, keep=any_size)
    return finish(photo, head, drawn, scope=options.scope, background=options.background)


def check_draws(model: Model) -> None:
    """Check that a model takes pictures.

    Raises:
        UserError: It does not.
    """
    data = model.data
    if data.labels or "picture" not in TASKS[model.task].accepts(data, None, ()):
        raise UserError(f"{model.name} takes no photographs; choose a model that translates pictures.")


def provenance_of(model: Model) -> Provenance:
    """What the statement says about a model."""
    return Provenance(model.name, type(model.family).__name__.lower(), tuple(map(as_credit, credits_of(model))))


def credits_of(model: Model) -> list[Credit]:
    """The pictures and weights that a model was made from."""
    if isinstance(model, BundleModel):
        return list(model.bundle.info.credits)
    return credits_of_run(model.run, model.dataset) if isinstance(model, RunModel) else []


def as_credit(credit: Credit) -> ModelCredit:
    """A credit as the statement prints it."""
    return ModelCredit(credit.name, credit.licence, credit.count)


def training_pictures(model: Model) -> Dataset | None:
    """The pictures that a model learned from, where they are on this machine."""
    if isinstance(model, RunModel):
        return model.dataset
    return pictures_of_run(RunDir(model.path.parent))


def pictures_of_run(run: RunDir) -> Dataset | None:
    """The packed pictures of a run; None where they are no longer there, or cannot be read."""
    path = dataset_path(run) if run.status.is_file() else None
    try:
        return Dataset(path) if path is not None else None
    except UserError:
        return None


def _drawn(model: Model, picture: Pixels, options: CartoonOptions, *, keep: bool) -> Pixels:
    data = model.data
    made = model.translate(
        Image.fromarray(picture),
        to=options.to,
        seed=options.seed,
        prepared=data.degradation is None,
        size="keep" if keep else "square",
    )
    return np.asarray(made.convert("RGB"))

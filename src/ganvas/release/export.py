"""Writes the model of a run as a bundle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ganvas.bundle import Bundle, write_bundle
from ganvas.bundle.tensors import WeightFormat
from ganvas.files import clear_leftovers
from ganvas.inference.credits import credits_of_run
from ganvas.inference.load import RunModel
from ganvas.models.capabilities import HasCodes
from ganvas.runs.reader import latest_metrics
from ganvas.tasks import TASKS

BATCH_SIZE = 32


def export_run(
    model: RunModel,
    directory: Path | None = None,
    *,
    onnx: bool | None = None,
    whole: bool = False,
    int8: bool = False,
    weights: WeightFormat = "float32",
) -> Bundle:
    """Write a run's model as a bundle, with metrics and credits.

    Args:
        model: The run's model.
        directory: The bundle's folder; None: ``RUN/bundle``.
        onnx: Whether to add ONNX graphs; None: where the ``export`` extra is installed.
        whole: Also keep the networks that only training needs, so that others can continue training from the bundle.
        int8: See :func:`ganvas.bundle.write_bundle`.
        weights: How the networks are stored.

    Raises:
        UserError: See :func:`ganvas.bundle.write_bundle`.
    """
    run, spec = model.run, TASKS[model.family.task]
    clear_leftovers(run.root, earlier=True)
    return write_bundle(
        directory or run.bundle,
        model.family,
        name=run.root.name,
        kimg=model.kimg,
        recipe=model.recipe.model_dump(mode="json"),
        metrics=latest_metrics(run),
        credits=credits_of_run(run, model.dataset),
        sources=spec.preview_sources(model.family, model.held_out),
        pictures=model.dataset,
        onnx=onnx,
        whole=whole,
        int8=int8,
        weights=weights,
        code_bank=model.family.code_bank(_training_requests(model)) if isinstance(model.family, HasCodes) else None,
    )


def _training_requests(model: RunModel) -> Iterator[Any]:
    """One request per training picture, in batches."""
    spec, count = TASKS[model.family.task], len(model.dataset)
    for start in range(0, count, BATCH_SIZE):
        yield spec.request_for(model.family, model.dataset, range(start, min(start + BATCH_SIZE, count)))

"""Warm start: begins a run from trained weights, and records where they came from.

Schedules, optimisers, augmentation and the clock always start anew, as in fine-tuning by Karras et al. 2020, "Training
generative adversarial networks with limited data". The source is read only when a run begins; from its first checkpoint
on, the run does not depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from ganvas.errors import UserError
from ganvas.models.family import Family
from ganvas.recipe import Recipe
from ganvas.runs.folder import RunDir
from ganvas.runs.start import read_start, write_start
from ganvas.train.step import Stepper
from ganvas.train.weight_matching import MatchedWeights


def with_recorded_start(recipe: Recipe, run: RunDir) -> Recipe:
    """The recipe of a run that resumes, with the start that the run recorded. The source is not read again.

    Raises:
        UserError: The recipe names another start than the run began from.
    """
    recorded = read_start(run).get("start")
    start = recipe.train.start
    if start is not None and (
        recorded is None or Path(start).expanduser().resolve() != Path(recorded).expanduser().resolve()
    ):
        how = f"from {recorded}" if recorded else "from nothing"
        raise UserError(
            f"The run {run.root} was begun {how}, not from {start}; choose another --run folder, or --fresh to begin "
            "anew."
        )
    return recipe.model_copy(update={"train": recipe.train.model_copy(update={"start": recorded})})


def load_weights(stepper: Stepper, matched: MatchedWeights) -> None:
    """Copy matched weights into the networks that are trained and into their averages."""
    _copy(stepper.family, matched.weights)
    if stepper.average is not stepper.family:
        _copy(stepper.average, matched.averaged)


@torch.no_grad()
def _copy(family: Family, values: Mapping[str, Tensor]) -> None:
    state = family.state_dict()
    for key, value in values.items():
        state[key].copy_(value)


def record(run: RunDir, start: str, matched: MatchedWeights) -> None:
    """Write ``start.json``: what a run begins from, how much of it is taken, and whom to credit."""
    source = matched.source
    content = {
        "start": start,
        "name": source.name,
        "kind": source.kind,
        "family": source.family,
        "kimg": source.kimg,
        "parts": [part._asdict() for part in matched.parts],
        "credits": [credit.model_dump() for credit in source.credits],
    }
    write_start(run, content)


def refuse_untrained(family: Family) -> None:
    """Refuse to freeze layers that are not trained.

    Raises:
        UserError: The family freezes layers although the training begins from random weights.
    """
    if family.frozen:
        raise UserError(
            "model.freeze_d and model.freeze_mapping freeze layers, which must be trained already; name a trained "
            "model with --from."
        )

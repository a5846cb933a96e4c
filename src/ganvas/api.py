"""The Python API: load, generate, translate, train and evaluate models.

Functions are exported by the package ``ganvas``::

    import ganvas

    model = ganvas.load("runs/dcgan-64-photos")
    model.generate(seeds=range(4))[0].save("0.png")
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from ganvas.errors import UserError
from ganvas.evaluate.run import evaluate
from ganvas.inference.load import load_model
from ganvas.inference.model import Model
from ganvas.pipeline import default_run, pack_for, run_pipeline
from ganvas.recipe import load as load_recipe
from ganvas.runs.folder import RunDir

__all__ = ["Model", "UserError", "evaluate_model", "generate", "load", "train_model", "translate"]


def load(path: Path | str) -> Model:
    """Open a trained model: a run (its newest checkpoint) or a bundle.

    Args:
        path: The folder of the run or of the bundle.

    Raises:
        UserError: The folder is neither, or its files are missing or damaged.
    """
    return load_model(Path(path))


def generate(
    path: Path | str, seeds: Iterable[int], class_: str | int | None = None, psi: float = 1.0
) -> list[Image.Image]:
    """Generate one picture per seed; see :meth:`Model.generate`."""
    return load(path).generate(seeds, class_, psi)


def translate(
    path: Path | str,
    image: Image.Image | Path | str,
    *,
    to: str | None = None,
    reference: Image.Image | Path | str | None = None,
    seed: int = 0,
    prepared: bool = False,
    size: Literal["square", "keep"] | int = "square",
) -> Image.Image:
    """Translate or enlarge one picture; see :meth:`Model.translate`."""
    return load(path).translate(image, to=to, reference=reference, seed=seed, prepared=prepared, size=size)


def train_model(
    recipe: str | Path,
    data: Path | str,
    run: Path | str | None = None,
    *,
    train_only: bool = False,
    fresh: bool = False,
    more_data: bool = False,
    **settings: Any,
) -> Model:
    """Train a model, evaluate it and export it as ``RUN/bundle``. The same call resumes a run that was stopped.

    Args:
        recipe: Name of a recipe (``dcgan-64``), or path of a YAML file.
        data: A folder or zip of pictures.
        run: The run's folder; None: ``runs/RECIPE-DATA``.
        train_only: Neither evaluate nor export.
        fresh: Delete what the run's folder contains and start again.
        more_data: Resume also with other pictures of the same classes than the run was trained on before.
        **settings: Settings of the recipe, with two underscores for the dot: ``train__kimg=100``.

    Returns:
        The model of the run's newest checkpoint.

    Raises:
        UserError: The recipe, the data and the run do not fit together.
    """
    changes = [f"{name.replace('__', '.')}={json.dumps(value)}" for name, value in settings.items()]
    resolved, pictures = load_recipe(recipe, changes), Path(data)
    report = pack_for(resolved, pictures)
    folder = default_run(resolved, pictures, report.path).run if run is None else RunDir(Path(run))
    for _ in run_pipeline(
        resolved, folder, report.path, data=pictures, fresh=fresh, more_data=more_data, train_only=train_only
    ):
        pass
    return load(folder.root)


def evaluate_model(
    path: Path | str,
    data: Path | str | None = None,
    *,
    count: int | None = None,
    features: str | None = None,
    everything: bool = False,
) -> list[dict[str, Any]]:
    """Measure a run or a bundle against real pictures.

    Args:
        path: The run or bundle.
        data: Pictures to compare with; None: those of the run.
        count: How many pictures to generate; None: the recipe's number.
        features: The feature network; None: the recipe's.
        everything: Compute every metric that applies, and write a report with pictures.

    Returns:
        One dictionary per metric, as in ``metrics.jsonl``: ``metric``, ``value``, ``std`` where there is one, ``nimg``
        and ``protocol``.

    Raises:
        UserError: There is no model, there are no pictures, or the feature network is missing.
    """
    place = None if data is None else Path(data)
    return evaluate(Path(path), place, count=count, features=features, everything=everything).lines

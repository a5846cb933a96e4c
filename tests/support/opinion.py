"""Small studies, and raters of known bias."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ganvas.apps.opinion import Source, Study, StudyOptions, create_study
from ganvas.apps.opinion.order import Trial
from ganvas.apps.opinion.study import Mode, grid

PLANTED = ("best", "middle", "worst")
QUALITY = {"best": 4.2, "middle": 3.1, "worst": 1.9}


def pictures(folder: Path, count: int, side: int = 32, start: int = 0) -> Path:
    """A folder of ``count`` coloured pictures, named by number."""
    folder.mkdir(parents=True)
    for number in range(count):
        colour = np.random.default_rng(start + number).integers(0, 256, 3)
        Image.fromarray(np.full((side, side, 3), colour, np.uint8)).save(folder / f"{number:02}.png")
    return folder


def study(folder: Path, mode: Mode = "acr", **changes: Any) -> Study:
    """A study of three conditions with the same names of pictures."""
    sources = [
        Source(name, pictures(folder / "sources" / name, 8, start=10 * place)) for place, name in enumerate(PLANTED)
    ]
    real = folder / "sources" / "best" if mode == "dcr" else None
    chosen = sources[1:] if mode == "dcr" else sources
    options = {"title": "Pictures", "mode": mode, "sources": chosen, "real": real, "contents": 5, "training": 3}
    return create_study(folder / "studies" / "first", StudyOptions(**(options | changes)))


def rater(study: Study, bias: float, seed: int, noise: float = 0.4) -> Callable[[Trial], int]:
    """Somebody who answers checks rightly, and the rest by the planted quality with a bias and some noise."""
    rng = np.random.default_rng(seed)
    manifest, by_id = study.manifest, grid(study.manifest).by_id

    def quality(picture: str) -> float:
        condition = by_id[picture].condition
        assert condition is not None
        name = manifest.conditions[condition].name
        return QUALITY["best" if name == "real" else name] + float(rng.normal(0, noise))

    def answer(trial: Trial) -> int:
        if trial.answers:
            return trial.answers[0]
        if manifest.mode == "pairs":
            apart = quality(trial.pictures[0]) - quality(trial.pictures[1]) + bias
            return 0 if abs(apart) < 0.2 else 1 if apart > 0 else 2
        return int(np.clip(round(quality(trial.pictures[-1]) + bias), 1, 5))

    return answer


def take_part(study: Study, answer: Callable[[Trial], int]) -> str:
    """Answer every question; returns the rater's secret."""
    token = study.join()
    standing = study.standing(token)
    while standing.trial is not None:
        standing = study.rate(token, standing.position, answer(standing.trial), 1500)
    return token

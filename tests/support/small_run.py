"""A DCGAN of 16 px that trains for a few steps, and pictures for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ganvas.recipe import Recipe

BATCH = 8
SMALL = ["train.batch_size=8", "train.workers=0", "train.tick_kimg=0.008", "model.width=4", "data.minimum=4"]
SMALL += ["data.resolution=16", "data.held_out=0"]


def recipe(steps: int = 6, data: dict[str, Any] | None = None, **train_settings: Any) -> Recipe:
    """A recipe that trains for ``steps`` steps and writes a tick and a checkpoint after each."""
    settings = {
        "kimg": steps * BATCH / 1000,
        "batch_size": BATCH,
        "ema_kimg": 0.05,
        "tick_kimg": BATCH / 1000,
        "sheet_kimg": 3 * BATCH / 1000,
        "checkpoint_kimg": BATCH / 1000,
        "metric_kimg": 0,
        "workers": 0,
    }
    return Recipe.model_validate(
        {
            "name": "test",
            "family": "dcgan",
            "data": {"resolution": 16, "minimum": 2} | (data or {}),
            "model": {"width": 4, "z_dim": 8},
            "train": settings | train_settings,
        }
    )


def train_command(data: Path, *more: str) -> list[str]:
    """The words of ``ganvas train`` for a few steps of the smallest shipped recipe, without evaluation and export."""
    sets = [part for change in SMALL for part in ("--set", change)]
    return ["train", "dcgan-quick", "-d", str(data), "--train-only", *sets, *more]


def draw_pictures(folder: Path, count: int = 8, *, seed: int = 0) -> Path:
    """A folder of noise pictures of 16 px."""
    folder.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(seed)
    for index in range(count):
        pixels = generator.integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{index}.png")
    return folder

"""One training per task, and one that paints portraits from drawings, by the command line.

Each takes a shipped recipe, made narrow, and is evaluated, exported and published.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from golden.outside import run

COMMON = {
    "data.minimum": 4,
    "data.held_out": 0.4,
    "train.kimg": 0.024,
    "train.batch_size": 8,
    "train.ema_kimg": 0.05,
    "train.tick_kimg": 0.008,
    "train.sheet_kimg": 0.016,
    "train.checkpoint_kimg": 0.016,
    "train.metric_kimg": 0.016,
    "train.workers": 0,
    "train.seed": 3,
    "evaluate.count": 16,
    "evaluate.quick_count": 16,
    "evaluate.features": "effnet",  # the only features whose weights come with a package
}
CHANGES: dict[str, tuple[str, dict[str, object]]] = {
    "synthesis": (
        "stylegan2-64-quick",
        {"data.resolution": 16, "model.z_dim": 8, "model.w_dim": 8, "model.base": 128, "model.most": 8},
    ),
    "paired": ("pix2pix-64-sketch", {"model.width": 4}),
    "portrait": (
        "sketch-portrait-64",
        {
            "data.crop": "center",
            "model.width": 2,
            "model.code_dim": 8,
            "model.maps": 2,
            "model.generator_width": 2,
            "model.downs": 2,
            "model.blocks": 1,
            "model.discriminator_width": 2,
            "model.perceptual": 0,
        },
    ),
    "unpaired": (
        "ugatit-light-64",
        {"data.resolution": 16, "model.width": 4, "model.blocks": 1, "model.global_layers": 4, "model.local_layers": 3},
    ),
    "reference": (
        "starganv2-128-small",
        {
            "data.resolution": 32,
            "model.z_dim": 4,
            "model.style_dim": 4,
            "model.hidden": 8,
            "model.width": 4,
            "model.widest": 8,
        },
    ),
}
# Their graphs take longest to write by far, and the contract tests write them anyway.
IN_STEPS = {"portrait", "reference", "unpaired"}


class Trained(NamedTuple):
    """What a training left."""

    runs: Path  # folder with one run, `golden`, and its bundle in it
    bundles: Path  # folder with the same bundle, published as `shelf`

    @property
    def run(self) -> Path:
        """The folder of the run."""
        return self.runs / "golden"


def train(name: str, pictures: Path, folder: Path) -> Trained:
    """Train one of ``CHANGES`` below ``folder``."""
    trained = Trained(folder / "runs", folder / "bundles")
    recipe, changes = CHANGES[name]
    sets = [part for key, value in {**COMMON, **changes}.items() for part in ("--set", f"{key}={value}")]
    options = ["--data", pictures, "--run", trained.run, "--quiet", *sets]
    if name in IN_STEPS:
        _do("train", recipe, "--train-only", *options)
        _do("evaluate", trained.run)
        _do("export", trained.run, "--no-onnx")
    else:
        _do("train", recipe, *options)
    _do("publish", trained.run, "--to", trained.bundles, "--name", "shelf", "--quiet")
    return trained


def _do(*arguments: str | Path) -> None:
    ended = run(*arguments)
    assert (ended.code, ended.err) == (0, ""), ended

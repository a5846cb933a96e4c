"""A short training of every family, to the last bit: its losses in ``stats.jsonl``, its weights in the checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from golden.outside import run
from golden.readings import checkpoint, stats
from golden.records import Records

BATCH = 8
CLASSES = {"conditional": True}
SKETCHES = {"degradation": "sketch"}
TUNES = {"bars": 2, "beats": 2, "beat_steps": 4, "lowest": 36, "octaves": 3, "key": "common", "voices": "one"}
# As small as each family can be, with every phase and every stage in a few steps.
GAMES: dict[str, dict[str, Any]] = {
    "biggan": {
        "data": {"resolution": 32, **CLASSES},
        "model": {"z_dim": 8, "channels": 2, "shared_dim": 4, "orthogonal": 1e-4, "standing_batches": 2},
    },
    "cut": {
        "data": {"resolution": 16, **CLASSES},
        "model": {"width": 4, "blocks": 2, "layers": 1, "patches": 16, "dim": 8},
    },
    "cyclegan": {
        "data": {"resolution": 16, **CLASSES},
        "model": {"width": 4, "blocks": 1, "layers": 1, "pool": 3},
    },
    "dcgan": {"data": {"resolution": 16}, "model": {"z_dim": 8, "width": 4}},
    "musegan": {
        "data": {"flip": False, "roll": {**TUNES, "tracks": [{"name": "high"}, {"name": "low"}]}},
        "model": {
            "variant": "shared_trunk",
            "z_dim": 8,
            "width": 2,
            "game": "relativistic",
            "gradient_penalty": 0.0,
            "r1": 0.2,
            "r2": 0.2,
            "d_repeat": 2,
            "d_width": 3,
            "stddev_group": 4,
            "diversity": 1.0,
            "hold_notes": True,
            "trunk_steps": 1,
            "binary": "one_hot",
        },
        "of": "played",
    },
    "pix2pix": {"data": {"resolution": 64, **SKETCHES}, "model": {"width": 4}},
    "pix2pixhd": {
        "data": {"resolution": 32, **SKETCHES},
        "model": {
            "width": 8,
            "downs": 2,
            "blocks": 1,
            "local_blocks": 1,
            "discriminator_width": 4,
            "layers": 1,
            "perceptual": 0,
        },
    },
    "progan": {
        "data": {"resolution": 16, **CLASSES},
        "model": {"z_dim": 8, "base": 64, "widest": 8, "batch_sizes": {4: BATCH, 8: BATCH, 16: BATCH}},
        "steps": 6,
    },
    "r3gan": {
        "data": {"resolution": 16},
        "model": {"z_dim": 8, "widths": [8, 8, 8], "group_width": 4, "gamma": [0.2, 0.02], "lr": [2e-3, 5e-4]},
    },
    "sagan": {"data": {"resolution": 32, **CLASSES}, "model": {"z_dim": 8, "channels": 2, "shared_dim": 4}},
    "sketchportrait": {
        "data": {"resolution": 64, **SKETCHES},
        "model": {
            "width": 2,
            "code_dim": 8,
            "maps": 2,
            "generator_width": 2,
            "downs": 2,
            "blocks": 1,
            "discriminator_width": 2,
            "perceptual": 0,
        },
        "steps": 4,
    },
    "srgan": {
        "data": {"resolution": 32, "degradation": "downscale-x2"},
        "model": {"width": 8, "blocks": 1, "crop": 16, "discriminator_width": 8, "perceptual": 0, "pixel": 1},
        "steps": 4,
    },
    "starganv2": {
        "data": {"resolution": 32, **CLASSES},
        "model": {"z_dim": 4, "style_dim": 4, "hidden": 8, "width": 4, "widest": 8, "lr": 1e-3},
    },
    "stylegan2": {
        "data": {"resolution": 16},
        "model": {"z_dim": 8, "w_dim": 8, "base": 128, "most": 8, "ada_p": 0.3, "r1": 0.1},
    },
    "ugatit": {
        "data": {"resolution": 16, **CLASSES},
        "model": {"width": 4, "blocks": 1, "global_layers": 4, "local_layers": 3},
    },
}


@pytest.mark.parametrize("family", sorted(GAMES))
def test_a_family_descends_as_recorded(
    family: str, request: pytest.FixtureRequest, tmp_path: Path, records: Records
) -> None:
    game = GAMES[family]
    train = {
        "kimg": game.get("steps", 3) * BATCH / 1000,
        "batch_size": BATCH,
        "ema_kimg": 0.05,
        "tick_kimg": BATCH / 1000,
        "sheet_kimg": 1000,
        "checkpoint_kimg": 1000,
        "metric_kimg": 0,
        "workers": 0,
        "seed": 1,
    }
    recipe = {"family": family, "data": {"minimum": 2, **game["data"]}, "model": game["model"], "train": train}
    path = tmp_path / f"golden-{family}.yaml"
    path.write_text(yaml.safe_dump(recipe))
    ended = run(
        "train",
        path,
        "--data",
        request.getfixturevalue(game.get("of", "drawn")),
        "--run",
        tmp_path / "run",
        "--train-only",
        "--quiet",
    )
    assert ended == (0, "", "")
    left = checkpoint(tmp_path / "run")
    records.check_numbers(f"losses-{family}", {"stats": stats(tmp_path / "run"), "checkpoint": left})

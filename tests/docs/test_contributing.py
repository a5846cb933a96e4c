"""CONTRIBUTING.md says how to add a family; this does what it says, to the letter."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch
from support.harness import Game

from ganvas.bundle import read_bundle
from ganvas.curate.dataset.pack import pack
from ganvas.inference.load import load_run
from ganvas.models.families import FAMILIES
from ganvas.recipe import load
from ganvas.release.export import export_run
from ganvas.runs.folder import RunDir
from ganvas.train.trainer import train

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The page's code by title, its two modules importable and its line executed for the length of a test."""
    found = dict(re.findall(r"```\w+ title=(\S+)\n(.*?)```", PAGE.read_text(), re.DOTALL))
    for name in ("networks/mlp", "families/mlpgan"):
        module = ModuleType(f"ganvas.models.{name.replace('/', '.')}")
        exec(compile(found[f"{name}.py"], f"CONTRIBUTING.md:{name}.py", "exec"), module.__dict__)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    before = dict(FAMILIES)
    exec(found["line"], {"FAMILIES": FAMILIES, "MLPGAN": module.__dict__["MLPGAN"]})
    yield found
    FAMILIES.clear()
    FAMILIES.update(before)


def test_the_worked_example_trains_and_bundles(blocks: dict[str, str], pictures: Path, tmp_path: Path) -> None:
    path = tmp_path / "mlpgan-32.yaml"
    path.write_text(blocks["recipes/synthesis/mlpgan-32.yaml"])
    recipe = load(path, ["train.kimg=0.128", "train.workers=0", "train.metric_kimg=0", "data.minimum=2"])
    run = RunDir(tmp_path / "run")
    assert train(recipe, run, pack(pictures, resolution=32).path).state == "finished"
    bundle = export_run(load_run(run), onnx=False)
    assert read_bundle(bundle.path).info.family == "mlpgan"


def test_the_worked_example_keeps_the_contract(blocks: dict[str, str], pictures: Path) -> None:
    whole, parts = Game("mlpgan", pictures, exact=True), Game("mlpgan", pictures, micro=2, exact=True)
    for game in (whole, parts):
        for _ in range(3):
            game.play()
    for one, two in zip(whole.family.parameters(), parts.family.parameters(), strict=True):
        torch.testing.assert_close(one, two)

"""The worked examples of CONTRIBUTING.md, executed as they are written."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
import yaml
from support.harness import Game
from support.studio import served

from ganvas import tasks
from ganvas.bundle import read_bundle
from ganvas.curate.dataset.pack import pack
from ganvas.inference.load import load_run
from ganvas.models import batches, families, imports
from ganvas.recipe import load
from ganvas.release.export import export_run
from ganvas.runs.folder import RunDir
from ganvas.serve import features
from ganvas.serve.app import create_app
from ganvas.serve.core.settings import StudioSettings
from ganvas.train.trainer import train

ROOT = Path(__file__).parents[2]
SHORT = ["train.kimg=0.128", "train.workers=0", "train.metric_kimg=0", "data.minimum=2", "evaluate.count=8"]


@pytest.fixture(scope="module")
def blocks() -> dict[str, str]:
    """The code of the page by its title."""
    page = (ROOT / "CONTRIBUTING.md").read_text()
    return dict(re.findall(r"```\w+ title=\"([^\"\n]+)\"\n(.*?)```", page, re.DOTALL))


@pytest.fixture
def install(blocks: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> object:
    """Makes a Python file of the page importable for the length of a test; returns the module."""

    def installed(title: str, name: str) -> ModuleType:
        module = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, module)
        exec(compile(blocks[title], f"CONTRIBUTING.md:{title}", "exec"), module.__dict__)
        return module

    return installed


@pytest.fixture
def family(blocks: dict[str, str], install: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of a family, registered."""
    assert callable(install)
    install("networks/mlp.py", "ganvas.models.networks.mlp")
    module = install("families/mlpgan.py", "ganvas.models.families.mlpgan")
    monkeypatch.setattr(families, "FAMILIES", families.FAMILIES)
    monkeypatch.setitem(families.FAMILIES, "mlpgan", module.MLPGAN)
    assert blocks["line"].strip() == 'FAMILIES["mlpgan"] = MLPGAN'


@pytest.mark.usefixtures("family")
def test_the_family_trains_and_becomes_a_bundle(blocks: dict[str, str], pictures: Path, tmp_path: Path) -> None:
    path = tmp_path / "mlpgan-32.yaml"
    path.write_text(blocks["recipes/synthesis/mlpgan-32.yaml"])
    run = RunDir(tmp_path / "run")
    assert train(load(path, SHORT), run, pack(pictures, resolution=32).path).state == "finished"
    bundle = export_run(load_run(run), onnx=False)
    assert read_bundle(bundle.path).info.family == "mlpgan"


@pytest.mark.usefixtures("family")
def test_the_family_keeps_the_contract(pictures: Path) -> None:
    whole, parts = Game("mlpgan", pictures, exact=True), Game("mlpgan", pictures, micro=2, exact=True)
    for game in (whole, parts):
        for _ in range(3):
            game.play()
    for one, two in zip(whole.family.parameters(), parts.family.parameters(), strict=True):
        torch.testing.assert_close(one, two)


def test_the_task_trains_and_becomes_a_bundle(
    blocks: dict[str, str], install: object, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(install)
    added: dict[str, object] = {}
    exec(blocks["models/batches.py (added)"], batches.__dict__, added)
    for name, value in added.items():
        monkeypatch.setattr(batches, name, value, raising=False)
    task = install("tasks/reconstruction.py", "ganvas.tasks.reconstruction").Reconstruction()
    monkeypatch.setitem(tasks.TASKS, "reconstruction", task)
    assert blocks["tasks/__init__.py (added)"].strip() == 'TASKS["reconstruction"] = Reconstruction()'
    family = install("families/autoencoder.py", "ganvas.models.families.autoencoder").Autoencoder
    monkeypatch.setitem(families.FAMILIES, "autoencoder", family)
    path = tmp_path / "autoencoder.yaml"
    path.write_text("family: autoencoder\ndata: {resolution: 16}\ntrain: {batch_size: 8}\n")
    run = RunDir(tmp_path / "run")
    assert train(load(path, SHORT), run, pack(pictures, resolution=16).path).state == "finished"
    info = export_run(load_run(run), onnx=False).info
    assert (info.task, info.page, info.accepts) == ("reconstruction", "translate", ("picture",))


def _with_credits(
    blocks: dict[str, str], install: object, monkeypatch: pytest.MonkeyPatch
) -> tuple[features.Feature, ...]:
    assert callable(install)
    package = ModuleType("ganvas.serve.features.credits")
    monkeypatch.setitem(sys.modules, package.__name__, package)
    package.__dict__["routes"] = install("serve/features/credits/routes.py", f"{package.__name__}.routes")
    exec(blocks["serve/features/credits/__init__.py"], package.__dict__)
    space = {"FEATURES": features.FEATURES, "CREDITS": package.__dict__["CREDITS"]}
    exec(blocks["serve/features/__init__.py (added)"], space)
    found: tuple[features.Feature, ...] = space["FEATURES"]
    return found


def test_the_page_is_served(
    blocks: dict[str, str], install: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = create_app(_with_credits(blocks, install, monkeypatch), StudioSettings(bundles=tmp_path, runs=tmp_path))
    with served(studio) as (client, _):
        answer = client.get("/v1/credits")
    assert (answer.status_code, answer.json()) == (200, [])


def test_the_page_passes_the_checks_of_the_web_app(
    blocks: dict[str, str], install: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = ROOT / "web" / "node_modules"
    if not modules.is_dir():
        pytest.skip("the web app's packages are not installed")
    studio = create_app(_with_credits(blocks, install, monkeypatch))
    web = tmp_path / "web"
    shutil.copytree(ROOT / "web", web, ignore=shutil.ignore_patterns("node_modules"))
    (web / "node_modules").symlink_to(modules.resolve())
    (web / "openapi.json").write_text(json.dumps(studio.openapi()))
    for title, code in blocks.items():
        if title.startswith("features/credits/"):
            path = web / "src" / title
            path.parent.mkdir(exist_ok=True)
            path.write_text(code)
    listed = web / "src" / "features.ts"
    text = blocks["features.ts (added)"] + listed.read_text()
    listed.write_text(re.sub(r"(FEATURES: readonly Feature\[\] = \[)", r"\1credits, ", text))
    node = Path(os.environ.get("GANVAS_NODE", shutil.which("node") or Path(sys.executable).parent / "node"))
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
    for command in (
        ["node", "generate-schema.js", "openapi.json", "src/api/schema.ts"],
        ["node_modules/.bin/tsc", "--noEmit"],
        ["node_modules/.bin/biome", "check", "--error-on-warnings", "src/features/credits"],
        ["node_modules/.bin/vitest", "run", "src/features.test.ts"],
    ):
        done = subprocess.run(command, cwd=web, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"


def test_the_check_judges_pictures(blocks: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ganvas.curate.faces", reason="the faces extra is not installed")
    from ganvas.curate.checks import measure as step
    from ganvas.curate.checks import picture_measures
    from ganvas.curate.checks.rules import Rule

    added: dict[str, object] = {}
    exec(blocks["curate/checks/picture_measures.py (added)"], picture_measures.__dict__, added)
    monkeypatch.setattr(picture_measures, "flatness", added["flatness"], raising=False)
    monkeypatch.setattr(step, "PICTURE_MEASUREMENTS", dict(step.PICTURE_MEASUREMENTS))
    exec(blocks["curate/checks/measure.py (added)"], step.__dict__)
    entry = yaml.safe_load(blocks["curate/checks/rules/portrait.yaml (added)"])
    rule = Rule.model_validate(entry["flat"])

    class NoFaces:
        def faces(self, picture: object) -> list[object]:
            return []

    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    for picture, score in ((np.full((64, 64, 3), 255, np.uint8), 0.0), (noise, 1.0)):
        raw = step.measure(picture, NoFaces()).raws["flat"]  # type: ignore[arg-type]
        assert rule.score(raw) == score


@pytest.mark.usefixtures("family")
def test_the_format_is_read(
    blocks: dict[str, str], install: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(install)
    mlp = install("imports/mlp.py", "ganvas.models.imports.mlp")
    space = {"READERS": imports.READERS, "mlp": mlp}
    exec(blocks["models/imports/__init__.py (added)"], space)
    monkeypatch.setattr(imports, "READERS", space["READERS"])
    written = families.build("mlpgan", {"width": 16, "z_dim": 4}, families.FAMILIES["mlpgan"].tiny()[1], 1.0)
    path = tmp_path / "weights.pt"
    torch.save(written.get_submodule("generator.layers").state_dict(), path)
    found = imports.read(path)
    assert found.origin == "mlp-gan"
    same, read = (family.get_submodule("generator").state_dict() for family in (written, found.family))
    torch.testing.assert_close(read, same, rtol=0, atol=0)

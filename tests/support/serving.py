"""A studio with bundles and runs, and its answers."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import torch
import yaml
from PIL import Image

from ganvas.bundle import write_bundle
from ganvas.models.families import FAMILIES, build
from ganvas.runs.folder import RunDir
from ganvas.serve.app import create_app
from ganvas.serve.core.decode_pool import UploadLimits
from ganvas.serve.core.settings import StudioSettings
from support.studio import served

RECIPE = {"name": "dcgan-quick", "family": "dcgan", "train": {"kimg": 4.0}}


def line(nimg: int, **terms: float) -> str:
    return json.dumps({"nimg": nimg, "kimg": nimg / 1000, "stage": "all", "G/loss": 1.5, **terms}) + "\n"


def make_run(root: Path, *, state: str = "running", pid: int | None = None) -> RunDir:
    run = RunDir(root)
    run.sheets.mkdir(parents=True)
    run.recipe.write_text(yaml.safe_dump(RECIPE))
    run.stats.write_text("".join(line(nimg) for nimg in (1000, 2000, 3000)))
    health = [{"name": "collapse", "level": "warning", "sentence": "Samples look alike."}]
    status = {"state": state, "pid": pid or os.getpid(), "nimg": 3000, "progress": 0.75, "health": health}
    run.status.write_text(json.dumps(status))
    run.metrics.write_text(json.dumps({"nimg": 2000, "metric": "kid_effnet", "value": 0.1, "protocol": {"seed": 0}}))
    for nimg in (0, 2000):
        Image.new("RGB", (8, 8), (nimg % 255, 0, 0)).save(run.sheets / f"{nimg:09d}.png")
    return run


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    (root / "secret.txt").write_text("not for the web")
    config, data = FAMILIES["dcgan"].tiny()
    torch.manual_seed(0)
    dcgan = build("dcgan", config.model_dump(mode="json"), data.model_copy(update={"classes": ("cat", "dog")}), 1.0)
    pix2pix = FAMILIES["pix2pix"](*FAMILIES["pix2pix"].tiny(), 1.0)
    write_bundle(root / "bundles" / "animals", dcgan, name="Animals", kimg=4, recipe=RECIPE, onnx=False)
    write_bundle(root / "bundles" / "고양이 sketch", pix2pix, name="Sketches", kimg=4, onnx=False)
    (root / "bundles" / "torn").mkdir()
    (root / "bundles" / "torn" / "bundle.json").write_text("{")
    run = make_run(root / "runs" / "first", state="finished")
    write_bundle(run.bundle, dcgan, name="First", kimg=4, recipe=RECIPE, onnx=False)
    make_run(root / "runs" / "second")
    (root / "runs" / "not a run").mkdir()
    pages = root / "static"
    (pages / "assets").mkdir(parents=True)
    (pages / "index.html").write_text("<!doctype html><title>Ganvas</title>")
    (pages / "assets" / "app-1a2b.js").write_text("export {}")
    return root


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[httpx.Client]:
    app = create_app(
        settings=StudioSettings(
            bundles=home / "bundles", runs=home / "runs", limits=UploadLimits(bytes=2_000_000, workers=1)
        ),
        static=home / "static",
    )
    with served(app) as (opened, _):
        yield opened


def sentence(response: httpx.Response, status: int) -> str:
    """The detail of an answer that must be a problem with this status."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert set(body) == {"type", "title", "status", "detail", "code", "params"}
    assert body["status"] == status
    assert body["detail"].endswith(".")
    return str(body["detail"])


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))


def events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    kind = ""
    for text in lines:
        if text.startswith("event: "):
            kind = text.removeprefix("event: ")
        elif text.startswith("data: "):
            yield kind, json.loads(text.removeprefix("data: "))

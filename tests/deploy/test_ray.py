"""The programs of deploy/ray on a local Ray: `make test-ray`, in an environment of its own."""

from __future__ import annotations

import importlib
import io
import os
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import httpx
import numpy as np
import pytest
from PIL import Image
from support.database import picture

from ganvas import load, starters
from ganvas.curate.catalog import Catalog

ray = pytest.importorskip("ray", reason="needs Ray in an environment of its own: make test-ray")
pytestmark = pytest.mark.slow
PROGRAMS = Path(__file__).parents[2] / "deploy" / "ray"


def program(name: str) -> ModuleType:
    """A program of deploy/ray as a module that Ray's workers import by name."""
    sys.path.insert(0, str(PROGRAMS))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.pop(0)


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    paths = os.pathsep.join([str(PROGRAMS), *sys.path])
    ray.init(num_cpus=2, include_dashboard=False, runtime_env={"env_vars": {"PYTHONPATH": paths}})
    yield
    ray.shutdown()


def test_shards_are_checked_into_a_catalogue_and_not_twice(cluster: None, tmp_path: Path) -> None:
    shards = []
    for number in range(3):
        shards.append(str(tmp_path / f"{number:05d}.tar"))
        with tarfile.open(shards[-1], "w") as archive:
            for seed in range(4):
                content = b"damaged" if seed == 3 else picture(10 * number + seed)
                entry = tarfile.TarInfo(f"{seed}.png")
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    checker = program("check_shards")
    first = checker.check_shards(tmp_path / "catalogue", shards, rules="object")
    assert sorted((row["measured"], row["known"], row["refused"]) for row in first) == [(3, 0, 1)] * 3
    again = checker.check_shards(tmp_path / "catalogue", shards, rules="object")
    assert sorted((row["measured"], row["known"], row["refused"]) for row in again) == [(0, 3, 1)] * 3
    with Catalog.open(tmp_path / "catalogue") as catalog:
        assert len(catalog) == 9
        assert all(catalog.checks_of([image.id])[image.id] for image in catalog.images())


def test_a_bundle_is_served_and_gives_the_model_s_own_pictures(cluster: None, tmp_path: Path) -> None:
    from ray import serve

    (tmp_path / "portraits-64").symlink_to(starters.FOLDER / "portraits-64")
    (tmp_path / "pencil-256").symlink_to(starters.FOLDER / "pencil-256")
    serve.start(http_options={"port": 8765})
    assert program("serve_bundles").start(tmp_path, 1) == ["pencil-256", "portraits-64"]
    with httpx.Client(base_url="http://127.0.0.1:8765", timeout=60) as client:
        served = Image.open(io.BytesIO(client.get("/portraits-64", params={"seed": 7}).content))
        [own] = load(starters.FOLDER / "portraits-64").generate([7])
        assert np.abs(np.asarray(served, int) - np.asarray(own, int)).max() <= 1
        photo = picture(1, (300, 280))
        assert Image.open(io.BytesIO(client.post("/pencil-256", content=photo).content)).size == (256, 256)
        for answer in (client.get("/portraits-64", params={"seed": "x"}), client.post("/pencil-256", content=b"no")):
            assert answer.status_code == 422, answer.text
            assert answer.text
        assert client.get("/elsewhere").status_code == 404
    serve.shutdown()

"""What others may read: every file of a run, a bundle and its publication has the permissions of the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.small_run import draw_pictures, recipe

from ganvas import starters
from ganvas.curate.dataset.pack import pack
from ganvas.inference.load import load_run
from ganvas.release.export import export_run
from ganvas.release.publish import publish
from ganvas.runs.folder import RunDir
from ganvas.train.trainer import train


@pytest.fixture
def umask() -> Iterator[int]:
    """Not the usual one, and not the one of files that only their owner may read."""
    before = os.umask(0o013)
    yield 0o013
    os.umask(before)


def test_a_run_its_bundle_and_its_publication_follow_the_umask(tmp_path: Path, umask: int) -> None:
    packed = pack(draw_pictures(tmp_path / "data"), tmp_path / "made" / "set.zip", resolution=16).path
    run = RunDir(tmp_path / "made" / "run")
    train(recipe(1), run, packed)
    bundle = export_run(load_run(run), onnx=False)
    private = next(path for path in bundle.path.iterdir() if path.suffix == ".safetensors")
    assert stat.S_IMODE(private.stat().st_mode) == 0o666 & ~umask
    private.chmod(0o600)  # as an earlier version wrote it
    published = publish(bundle.path, tmp_path / "made" / "models")
    starters.copy(starters.names()[0], tmp_path / "made" / "starters")
    private.chmod(0o666 & ~umask)
    assert published.state == "published"
    for path in (tmp_path / "made").rglob("*"):
        wanted = (0o777 if path.is_dir() else 0o666) & ~umask
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path

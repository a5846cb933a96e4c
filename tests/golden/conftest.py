"""What the golden tests share: recorded values, pictures, and one training per task for all processes of a test run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from golden.outside import weights_here
from golden.pictures import picture, png
from golden.records import Records
from golden.trainings import Trained, train


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="golden tests: write what they find in place of comparing")


@pytest.fixture(scope="session")
def records(pytestconfig: pytest.Config) -> Records:
    # The option is unknown when pytest was started on another folder.
    return Records(bool(pytestconfig.getoption("record", default=False)))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "golden-world"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def drawn(world: Path) -> Path:
    """24 pictures of 48 × 40 in two folders, discs and squares, made of numbers alone: the same on every machine."""
    folder = world / "drawn"
    with FileLock(world / "drawn.lock"):
        if not folder.exists():
            for index in range(24):
                label = ("disc", "square")[index % 2]
                path = folder / label / f"{index:03d}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(png(picture(index)))
    return folder


@pytest.fixture(scope="session")
def played(world: Path) -> Path:
    """16 phrases of two voices, a quarter note each, made of numbers alone."""
    path = world / "played" / "phrases.npz"
    with FileLock(world / "played.lock"):
        if not path.exists():
            path.parent.mkdir()
            number, step = np.arange(16)[:, None], np.arange(16) // 4
            high, low = 56 + (3 * number + 5 * step) % 13, 38 + (5 * number + 7 * step * number) % 11
            np.savez(path, pitches=np.stack([high, low], axis=-1), lowest=36, beats=2, beat_steps=4)
    return path.parent


@pytest.fixture(scope="session")
def trained(world: Path, drawn: Path) -> Callable[[str], Trained]:
    """The training of a task, made by the first test that asks; skipped without the weights that measure."""
    missing = {"efficientnet-lite0", "lpips-alexnet"} - weights_here()

    def made(task: str) -> Trained:
        if missing:
            pytest.skip(f"these weights are not here: {', '.join(sorted(missing))}; see `ganvas weights`")
        folder = world / task
        with FileLock(world / f"{task}.lock"):
            if not (folder / "done").exists():
                train(task, drawn, folder)
                (folder / "done").touch()
        return Trained(folder / "runs", folder / "bundles")

    return made

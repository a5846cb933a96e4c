"""The processes of a training, as ``torchrun`` starts them on one or on several machines."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.recipe import Recipe
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.runs.reader import read_lines
from ganvas.train import launch as launching
from ganvas.train.launch import launch
from ganvas.train.trainer import train


def recipe() -> Recipe:
    train = {"kimg": 0.016, "batch_size": 8, "tick_kimg": 0.008, "sheet_kimg": 1, "metric_kimg": 0, "workers": 0}
    model = {"z_dim": 8, "widths": [8, 8, 8], "group_width": 4}
    data = {"resolution": 16, "minimum": 2}
    return Recipe.model_validate({"name": "test", "family": "r3gan", "data": data, "model": model, "train": train})


TRAINING = (
    "import sys, torch; from pathlib import Path\n"
    "from ganvas.recipe import load; from ganvas.runs.folder import RunDir\n"
    "from ganvas.train.trainer import train\ntorch.set_num_threads(1)\n"
    "print(train(load(sys.argv[1]), RunDir(Path(sys.argv[2])), Path(sys.argv[3])).state)\n"
)


def node(rank: int, port: int) -> dict[str, str]:
    """The environment of the one process of a machine, as ``torchrun --nnodes 2 --nproc-per-node 1`` sets it."""
    machine = {"GROUP_RANK": rank, "RANK": rank, "LOCAL_RANK": 0, "WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 1}
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "TORCHELASTIC_RUN_ID": "none", "OMP_NUM_THREADS": 1}
    return os.environ | {name: str(value) for name, value in (machine | meeting).items()}


def test_two_machines_train_together(pictures: Path, tmp_path: Path) -> None:
    wanted, packed, path = recipe(), pack(pictures, resolution=16).path, tmp_path / "recipe.yaml"
    path.write_text(wanted.to_yaml())
    run, alone = RunDir(tmp_path / "run"), RunDir(tmp_path / "alone")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", TRAINING, str(path), str(run.root), str(packed)]
    processes = [
        subprocess.Popen(command, env=node(rank, port), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for rank in range(2)
    ]
    said = [process.communicate() for process in processes]
    assert [out for out, _ in said] == ["finished\n"] * 2, said
    train(wanted, alone, packed)
    both, one = (read_lines(folder.stats) for folder in (run, alone))
    assert [line["nimg"] for line in both] == [line["nimg"] for line in one] == [8, 16]
    for together, single in zip(both, one, strict=True):
        for term in ("D/loss", "G/loss"):
            assert together[term] == pytest.approx(single[term], rel=1e-2)  # Adam enlarges rounding errors
    assert len(checkpoint.listing(run.checkpoints)) == len(checkpoint.listing(alone.checkpoints))


@pytest.mark.parametrize(("local", "nodes"), [(1, 2), (2, 1)])
def test_the_number_of_machines_is_that_of_torchrun(monkeypatch: pytest.MonkeyPatch, local: int, nodes: int) -> None:
    asked: dict[str, Any] = {}

    class Recorded:
        def __init__(self, **settings: Any) -> None:
            asked.update(settings)

        def launch(self) -> None:
            pass

    monkeypatch.setattr(launching, "Fabric", Recorded)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", str(local))
    launch(recipe())
    assert (asked["devices"], asked["num_nodes"], asked["strategy"]) == (local, nodes, "ddp")


def test_machines_with_different_numbers_of_processes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setenv("WORLD_SIZE", "3")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    with pytest.raises(UserError, match="same --nproc-per-node"):
        launch(recipe())

"""``ganvas status``: a run's state, advice and measurements as text."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ganvas.cli import main
from ganvas.runs.folder import RunDir
from ganvas.runs.lock import hold

SENTENCE = "The samples are alike; try a larger train.batch_size."


def write(root: Path, **changes: Any) -> Path:
    root.mkdir(parents=True)
    status = {
        "state": "running",
        "pid": os.getpid(),
        "recipe": "dcgan-64",
        "family": "dcgan",
        "nimg": 12_000,
        "total_kimg": 120.0,
        "progress": 0.1,
        "images_per_second": 50.0,
        "eta_seconds": 2160.0,
        "health": [],
    }
    (root / "status.json").write_text(json.dumps(status | changes))
    return root


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["status", *arguments]) == 0
    return capsys.readouterr().out


def test_a_living_run_says_where_it_stands_and_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write(tmp_path / "a", health=[{"name": "collapse", "level": "warning", "sentence": SENTENCE}])
    line = {"nimg": 10_000, "metric": "kid_effnet", "std": 0.002, "protocol": {"pictures": "held_out"}}
    metrics = [line | {"value": 0.09}, line | {"value": 0.067}]
    (run / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in metrics) + '{"cut')
    out = told(capsys, str(run))
    assert f"{run}: running" in out
    assert "12 of 120 kimg (10%)" in out
    assert "50 images/s, 36 min 00 s left" in out
    assert SENTENCE in out
    assert "kid_effnet 0.067 ± 0.002 at 10 kimg against the held-out pictures" in out
    assert "0.09" not in out


def test_a_run_whose_process_is_gone_was_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write(tmp_path / "a", pid=2**22 + 1)  # above the largest pid there can be
    out = told(capsys, str(run))
    assert ": killed" in out
    assert "to resume from the newest checkpoint" in out
    assert " left" not in out
    assert "nothing unusual" in out


def test_who_trains_is_told_and_a_lock_left_behind_means_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = RunDir(write(tmp_path / "a"))
    with hold(run):
        left = run.lock.read_bytes()
        assert f"process {os.getpid()} on " in told(capsys, str(run.root))
    run.lock.write_bytes(left)
    out = told(capsys, str(run.root))
    assert ": killed" in out
    assert "trainer" not in out


def test_all_runs_of_a_folder_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a", state="finished")
    write(tmp_path / "b", state="failed", error="The disk is full.")
    out = told(capsys, str(tmp_path))
    assert out.index("a: finished") < out.index("b: failed")
    assert "The disk is full." in out
    listed = json.loads(told(capsys, str(tmp_path), "--json"))
    assert [run["state"] for run in listed] == ["finished", "failed"]
    assert json.loads(told(capsys, str(tmp_path / "a"), "--json"))["state"] == "finished"


def test_no_run_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", str(tmp_path)]) == 2
    assert "is not a run and contains none" in capsys.readouterr().err

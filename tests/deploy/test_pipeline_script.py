"""The script for cron, from drawn pictures to a published bundle, with real commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ganvas.bundle import read_bundle
from ganvas.weights import find

SCRIPT = Path(__file__).parents[2] / "deploy" / "cron" / "ganvas-pipeline.sh"
GANVAS = Path(sys.executable).with_name("ganvas")
CHANGES = (
    "data.resolution=16 data.minimum=4 data.held_out=0 train.batch_size=8 train.workers=0 "
    "evaluate.count=16 train.sheet_kimg=1"
)
pytestmark = pytest.mark.skipif(os.name != "posix", reason="cron and bash are POSIX's")


def settings(home: Path, pictures: Path, **more: str) -> Path:
    """The settings of a road of seconds."""
    home.mkdir(exist_ok=True)
    (home / "rules.yaml").write_text("curate: {drop_below: 0}\n")
    given = {
        "HOME_FOLDER": f"'{home}'",
        "GANVAS": f"'{GANVAS}'",
        "SOURCES": f"(\"'{pictures}'\")",
        "RULES": "rules.yaml",
        "WAIT_FOR_REVIEW": "no",
        "RECIPE": "dcgan-quick",
        "SETTINGS": f"({CHANGES} model.width=4)",
        "KIMG": "0.032",
        "AT_MOST": "100",
        "TRIES": "2",
        "PAUSE": "0",
    }
    path = home / "settings.sh"
    path.write_text("".join(f"{key}={value}\n" for key, value in (given | more).items()))
    return path


def start(path: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        ["bash", str(SCRIPT), str(path)], capture_output=True, text=True, env=environment, check=False
    )


def log(home: Path) -> str:
    return "".join(file.read_text() for file in sorted((home / "logs").iterdir()))


def folders(place: Path) -> list[str]:
    return sorted(entry.name for entry in place.iterdir() if entry.name[0] != ".")


@pytest.mark.slow
@pytest.mark.skipif(find("efficientnet-lite0") is None, reason="the weights that look at pictures are not here")
def test_a_gate_that_stays_shut_then_the_whole_road_and_nothing_new(pictures: Path, tmp_path: Path) -> None:
    home = tmp_path / "a home"
    shut = start(settings(home, pictures, AT_MOST="-1"))
    assert (shut.returncode, shut.stdout) == (3, ""), log(home)
    assert "gate ended with exit code 3" in shut.stderr
    assert "does not pass" in shut.stderr
    assert not (home / "bundles").exists()
    (run,) = folders(home / "runs")
    trained = (home / "runs" / run / "stats.jsonl").read_bytes()

    done = start(settings(home, pictures))  # goes on with the same set and the same run
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), log(home)
    first = read_bundle(home / "bundles" / "portraits")
    assert [metric.metric for metric in first.info.metrics] == ["kid_effnet"]
    assert folders(home / "runs") == [run] == [Path(name).stem for name in folders(home / "sets")]
    assert (home / "runs" / run / "stats.jsonl").read_bytes() == trained
    assert not {"\x1b", "\r"} & set(log(home))

    # Nothing is new: of the commands only the last has something to say, the others answer as they did.
    again = home / "again"
    again.write_text(f"#!/bin/sh\ncase $1 in publish) exec '{GANVAS}' \"$@\" ;; pack) echo sets/{run}.zip ;; esac\n")
    again.chmod(0o755)
    assert start(settings(home, pictures, GANVAS=f"'{again}'")).returncode == 0
    assert read_bundle(home / "bundles" / "portraits").fingerprint == first.fingerprint
    assert "the same model is already there" in log(home)


@pytest.mark.slow
def test_people_are_waited_for(pictures: Path, tmp_path: Path) -> None:
    done = start(settings(tmp_path, pictures, WAIT_FOR_REVIEW="yes"))
    assert (done.returncode, done.stderr) == (0, ""), log(tmp_path)
    assert "waiting for the review: Round 1: 0 of 24" in log(tmp_path)
    assert not (tmp_path / "sets").exists()


def test_what_fails_is_tried_again_and_then_told(pictures: Path, tmp_path: Path) -> None:
    path = settings(tmp_path, pictures, GANVAS=f"'{tmp_path}/broken'", TRIES="3")
    broken = tmp_path / "broken"
    broken.write_text('#!/bin/sh\necho "$1" >> calls\necho "no network" >&2\nexit 2\n')
    broken.chmod(0o755)
    done = start(path)
    assert done.returncode == 2
    assert done.stderr.startswith("ganvas pipeline: collect ended with exit code 2:")
    assert "no network" in done.stderr
    assert (tmp_path / "calls").read_text().split() == ["collect"] * 3

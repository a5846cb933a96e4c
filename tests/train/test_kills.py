"""kill -9 in the middle of a training, a checkpoint, an export and an ingest: nothing is lost, nothing is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the system has no fork")
TRAININGS = ("training", "checkpoint", "before the rename")


@pytest.fixture(scope="module")
def kills(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What happened in each kill; see :mod:`killed_runs`."""
    tests = Path(__file__).parents[1]
    path = os.pathsep.join([str(tests), *sys.path])
    command = [sys.executable, str(Path(__file__).with_name("killed_runs.py")), str(tmp_path_factory.mktemp("kills"))]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("what", [*TRAININGS, "export", "collect"])
def test_the_next_command_cleans_up_after_a_kill(what: str, kills: dict[str, dict[str, Any]]) -> None:
    one = kills[what]
    assert one["killed"] == signal.SIGKILL
    assert bool(one["left"]) == (what != "training"), "the kill came in the middle of a write"
    assert one["resumed"] == 0
    assert one["after"] == []


@pytest.mark.parametrize("what", TRAININGS)
def test_a_killed_training_resumes_as_if_nothing_had_been(what: str, kills: dict[str, dict[str, Any]]) -> None:
    one = kills[what]
    assert not one["held"], "the lock ended with the process"
    assert not one["lock"]
    assert one["equal"], "the weights are those of an unbroken run"
    assert one["steps"] == [1, 2, 3, 4, 5], "no line is lost, none is twice"


def test_a_killed_export_leaves_the_earlier_bundle(kills: dict[str, dict[str, Any]]) -> None:
    assert kills["export"]["equal"]


def test_a_killed_ingest_goes_on(kills: dict[str, dict[str, Any]]) -> None:
    assert kills["collect"]["count"] == 8

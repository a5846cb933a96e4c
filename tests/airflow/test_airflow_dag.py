"""The DAG of `deploy/airflow` in a real Airflow on SQLite, with real commands: `make test-airflow`.

Airflow lives in an environment of its own and knows nothing of Ganvas; it is called from here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ganvas.bundle import read_bundle
from ganvas.curate.catalog import Catalog
from ganvas.curate.review.review import Review
from ganvas.curate.review.schema import Verdict

ROOT = Path(__file__).parents[2]
AIRFLOW = os.environ.get("GANVAS_AIRFLOW")
pytestmark = [
    pytest.mark.airflow,
    pytest.mark.slow,
    pytest.mark.skipif(not AIRFLOW, reason="needs Airflow in an environment of its own: make test-airflow"),
]
CHANGES = ["model.width=4", "data.resolution=16", "data.minimum=4", "data.held_out=0", "train.batch_size=8"]
CONF: dict[str, Any] = {
    "sources": ["--collection avatars --count 60"],
    "rules": "rules.yaml",
    "wait_for_review": False,
    "recipe": "dcgan-quick",
    "settings": [*CHANGES, "train.workers=0", "evaluate.count=32"],
    "kimg": 0.064,
    "at_most": 100,
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "a home"
    place.mkdir()
    (place / "rules.yaml").write_text("curate: {drop_below: 0}\n")
    (tmp_path / "airflow").mkdir()
    assert airflow(place, "db", "migrate").returncode == 0
    return place


def airflow(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "GANVAS_RE"))}
    environment |= {
        "AIRFLOW_HOME": str(home.parent / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "deploy" / "airflow"),
        "AIRFLOW_VAR_GANVAS_EXECUTABLE": str(Path(sys.executable).with_name("ganvas")),
        "AIRFLOW_VAR_GANVAS_HOME": str(home),
        "GANVAS_RETRIES": "0",
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run([str(AIRFLOW), *arguments], capture_output=True, text=True, env=environment, check=False)
    print(done.stdout[-20_000:], done.stderr[-5_000:])  # noqa: T201 - what pytest shows of a failure
    return done


def road(home: Path, **changes: Any) -> subprocess.CompletedProcess[str]:
    return airflow(home, "dags", "test", "ganvas", "--conf", json.dumps(CONF | changes))


def names(place: Path) -> list[str]:
    return sorted(entry.name for entry in place.iterdir() if entry.name[0] != ".")


def test_from_nothing_to_a_published_bundle(home: Path) -> None:
    done = road(home)
    assert done.returncode == 0
    assert "\x1b" not in "".join(line.split("loc=")[0] for line in done.stdout.splitlines() if "GanvasOperator" in line)
    first = read_bundle(home / "bundles" / "portraits")
    assert [metric.metric for metric in first.info.metrics] == ["kid_effnet"]
    assert first.info.kimg == 0.064
    with Catalog.open(home / "catalogue") as catalog:
        assert len(catalog) == 60
    assert [f"{name}.zip" for name in names(home / "runs")] == names(home / "sets")
    run = home / "runs" / names(home / "runs")[0]
    before = {name: (run / name).read_text() for name in ("metrics.jsonl", "stats.jsonl", "recipe.yaml")}

    assert road(home).returncode == 0  # all of it again: the same, and nothing twice
    assert read_bundle(home / "bundles" / "portraits").fingerprint == first.fingerprint
    assert {name: (run / name).read_text() for name in before} == before
    assert len(names(home / "runs")) == len(names(home / "sets")) == 1
    with Catalog.open(home / "catalogue") as catalog:
        assert len(catalog) == 60

    shut = road(home, at_most=-1, settings=[*CONF["settings"], "model.game=non_saturating"])
    assert shut.returncode != 0
    assert "does not pass (at most -1)" in shut.stdout
    assert read_bundle(home / "bundles" / "portraits").fingerprint == first.fingerprint
    assert len(names(home / "runs")) == 2


def test_the_sensor_waits_until_the_round_is_settled(home: Path) -> None:
    def task(name: str) -> str:
        params = json.dumps(CONF | {"wait_for_review": True, "sources": ["--collection avatars --count 4"]})
        done = airflow(home, "tasks", "test", "ganvas", name, "2026-01-01", "--task-params", params)
        return done.stdout + done.stderr

    task("collect")
    waiting = task("review")
    assert "Round 1: 0 of 4 pictures settled" in waiting
    assert "Success criteria met" not in waiting
    with Catalog.open(home / "catalogue") as catalog:
        review = Review(catalog)
        said = [Verdict(one.image.id, "keep", None, str(one.image.id)) for one in review.queue(1, "Ann")]
        review.decide(1, "Ann", said)
    settled = task("review")
    assert "Round 1: 4 of 4 pictures settled" in settled
    assert "Success criteria met" in settled

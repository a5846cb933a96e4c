"""Training runs over HTTP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import torch
import uvicorn
from PIL import Image
from support.serving import (  # noqa: F401 - fixtures
    RECIPE,
    client,
    events,
    home,
    line,
    make_run,
    pixels,
    sentence,
)
from support.studio import served

from ganvas.runs.folder import RunDir
from ganvas.runs.lock import hold
from ganvas.serve.app import create_app
from ganvas.serve.core.settings import StudioSettings

torch.set_num_threads(1)


def test_a_run_shows_its_state_recipe_health_sheets_and_bundle(client: httpx.Client) -> None:
    listed = client.get("/v1/runs").json()["runs"]
    assert {run["id"]: run["status"]["state"] for run in listed} == {"first": "finished", "second": "running"}
    run = client.get("/v1/runs/first").json()
    assert run["recipe"] == RECIPE
    assert run["health"][0]["sentence"] == "Samples look alike."
    assert [sheet["nimg"] for sheet in run["sheets"]] == [0, 2000]
    assert run["metrics"][0]["protocol"] == {"seed": 0}
    assert run["bundle"] == "first"
    assert client.get("/v1/runs/second").json()["bundle"] is None
    assert pixels(client.get(run["sheets"][1]["url"]).content).shape == (8, 8, 3)


def test_stats_are_asked_for_from_where_one_stands(client: httpx.Client) -> None:
    first = client.get("/v1/runs/first/stats").json()
    assert [entry["nimg"] for entry in first["stats"]] == [1000, 2000, 3000]
    assert first["stats"][0]["G/loss"] == 1.5
    assert first["next"] == 3000
    later = client.get("/v1/runs/first/stats", params={"after": 2000}).json()
    assert [entry["nimg"] for entry in later["stats"]] == [3000]
    assert client.get("/v1/runs/first/stats", params={"after": 3000}).json() == {"stats": [], "next": 3000}


def test_torn_and_garbled_files_of_a_run_never_stop_the_studio(tmp_path: Path) -> None:
    run = make_run(tmp_path / "odd")
    run.stats.write_bytes(
        line(1000, **{"D/loss": float("nan")}).encode()
        + b'{"nimg": "many"}\n[1]\nnull\n\xff\xfe\n{"nimg": 2000, "D/loss": Infin\n'
        + line(3000).encode()
        + b'{"nimg": 40'
    )
    run.metrics.write_text('{"metric": "kid"}\n{"metric": "kid", "value": NaN}\n{"metric": "kid", "value": 1}\n{')
    run.recipe.write_text("a: [1,")
    (run.sheets / "notes.txt").write_text("x")
    with served(create_app(settings=StudioSettings(runs=tmp_path))) as (opened, _):
        stats = opened.get("/v1/runs/odd/stats").json()
        assert [entry["nimg"] for entry in stats["stats"]] == [1000, 3000]
        assert stats["stats"][0]["D/loss"] is None
        detail = opened.get("/v1/runs/odd").json()
        assert [metric["value"] for metric in detail["metrics"]] == [1]
        assert detail["recipe"] == {}
        for content in (
            "",
            "{",
            "[]",
            "null",
            '{"state": "exploded", "pid": "x", "health": [1, {"name": 2}], "nimg": 5}',
        ):
            run.status.write_text(content)
            status = opened.get("/v1/runs/odd").json()["status"]
            assert status["state"] == "unknown"
        assert status["nimg"] == 5


def test_a_run_that_was_killed_is_not_shown_as_running(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    run = make_run(tmp_path / "killed", pid=ended.pid)
    with served(create_app(settings=StudioSettings(runs=tmp_path))) as (opened, _):
        assert opened.get("/v1/runs/killed").json()["status"]["state"] == "running", "it may just have restarted"
        os.utime(run.status, (1, 1))
        assert opened.get("/v1/runs/killed").json()["status"]["state"] == "stopped"


def test_a_run_says_who_trains_it(tmp_path: Path) -> None:
    run = make_run(tmp_path / "now")
    invented = {"trainer": {"host": "invented", "pid": 1, "started": "long ago"}}
    run.status.write_text(json.dumps(json.loads(run.status.read_text()) | invented))
    with served(create_app(settings=StudioSettings(runs=tmp_path))) as (opened, _):
        assert opened.get("/v1/runs/now").json()["status"]["trainer"] is None
        with hold(run):
            left = run.lock.read_bytes()
            listed = opened.get("/v1/runs").json()["runs"]
            assert listed[0]["status"]["trainer"]["pid"] == os.getpid()
            assert listed[0]["status"]["trainer"]["host"] == socket.gethostname()
            assert listed[0]["status"]["state"] == "running"
        run.lock.write_bytes(left)  # as if it had been killed
        status = opened.get("/v1/runs/now").json()["status"]
        assert (status["trainer"], status["state"]) == (None, "stopped")


@pytest.fixture
def live(tmp_path: Path) -> Iterator[tuple[str, RunDir, uvicorn.Server]]:
    run = make_run(tmp_path / "runs" / "now")
    with served(create_app(settings=StudioSettings(runs=tmp_path / "runs", poll=0.02))) as (client, server):
        yield str(client.base_url), run, server


def test_a_page_follows_a_run_as_it_is_written(live: tuple[str, RunDir, uvicorn.Server]) -> None:
    url, run, _ = live
    with httpx.stream("GET", f"{url}/v1/runs/now/events?after=2000", timeout=20) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        heard = events(response.iter_lines())
        assert next(heard)[1]["nimg"] == 3000
        assert next(heard)[0] == "status"
        with run.stats.open("a") as file:
            file.write(line(4000)[:20])  # half a line is no news
            file.flush()
            Image.new("RGB", (8, 8)).save(run.sheets / "000004000.png")
            kind, sheet = next(heard)
            assert (kind, sheet["url"]) == ("sheet", "/v1/runs/now/sheets/4000.png")
            file.write(line(4000)[20:])
            file.flush()
        kind, stats = next(heard)
        assert (kind, stats["nimg"], stats["G/loss"]) == ("stats", 4000, 1.5)
        run.status.write_text(json.dumps({"state": "finished", "nimg": 4000}))
        while True:  # a look between truncating and writing sees an unknown state, and that is well
            kind, status = next(heard)
            assert kind == "status"
            if status["state"] == "finished":
                break
        fresh = run.root / "stats.new"  # back to a checkpoint: the file is replaced
        fresh.write_text(line(1000) + line(1500))
        fresh.replace(run.stats)
        assert next(heard)[0] == "rewind"
        assert [next(heard)[1]["nimg"] for _ in range(2)] == [1000, 1500]


def test_a_browser_that_comes_back_goes_on_where_it_was(live: tuple[str, RunDir, uvicorn.Server]) -> None:
    url, _, _ = live
    with httpx.stream("GET", f"{url}/v1/runs/now/events", headers={"Last-Event-ID": "2000"}, timeout=20) as response:
        assert next(events(response.iter_lines()))[1]["nimg"] == 3000


def test_followers_that_left_are_let_go_and_others_are_served(live: tuple[str, RunDir, uvicorn.Server]) -> None:
    url, _, server = live
    for _ in range(5):
        with httpx.stream("GET", f"{url}/v1/runs/now/events", timeout=20) as response:
            next(response.iter_lines())
    with httpx.stream("GET", f"{url}/v1/runs/now/events", timeout=20) as response:
        heard = events(response.iter_lines())
        next(heard)
        assert httpx.get(f"{url}/v1/health", timeout=20).json()["runs"] == 1
        for _ in range(400):
            if len(server.server_state.tasks) <= 2:
                break
            httpx.get(f"{url}/v1/health", timeout=20)
        assert len(server.server_state.tasks) <= 2

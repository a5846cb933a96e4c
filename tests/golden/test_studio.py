"""One answer per route of the studio: status, type, headers and JSON keys; pictures by size, and by pixel."""

from __future__ import annotations

import base64
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from golden.asks import ASKS, ASKS_OF_A_REVIEW, DRAWING, PHOTO, VALUES, Ask
from golden.outside import run, studio, weights_here
from golden.readings import picture_digest, picture_shape
from golden.records import Records, structure
from golden.trainings import Trained

# Set by the server, not by the studio.
SERVERS = {"date", "server", "content-length", "transfer-encoding", "connection"}
# Parts of sentences: what an error names, and what the health watch says (which may also hang on rounding).
WORDING = {"params", "health"}


@pytest.mark.parametrize("task", sorted(ASKS))
def test_routes_answer_as_recorded(
    task: str, trained: Callable[[str], Trained], records: Records, tmp_path: Path
) -> None:
    left = trained(task)
    with studio(left.bundles, left.runs, shared=tmp_path / "shared") as client:
        found = {name: answer(client, ask) for name, ask in ASKS[task].items()}
        found |= {name: flow(client) for name, flow in FLOWS.get(task, {}).items()}
    records.check_numbers(f"answers-{task}", found)


def test_an_empty_studio_answers_as_recorded(records: Records) -> None:
    paths = ["/v1/health", "/v1/bundles", "/v1/runs", "/v1/review", "/v1/pictures/1", "/v1/drawings/abc"]
    with studio(None, None) as client:
        found = {path: answer(client, Ask("GET", path)) for path in paths}
        found["a projection that is not there"] = answer(client, Ask("GET", "/v1/projections/nowhere"))
        found["no projection to stop"] = answer(client, Ask("DELETE", "/v1/projections/nowhere"))
    records.check("answers-empty", found)


def test_a_review_answers_as_recorded(drawn: Path, tmp_path: Path, records: Records) -> None:
    root = tmp_path / "catalogue"
    assert run("collect", drawn, "--catalog", root, "--quiet", "--workers", "1").code == 0
    found: dict[str, Any] = {}
    with studio(None, None, catalogue=root) as client:
        for name, ask in ASKS_OF_A_REVIEW.items():
            found[name] = answer(client, ask)
    records.check("answers-review", found)


def test_a_run_is_followed_as_recorded(trained: Callable[[str], Trained], records: Records, tmp_path: Path) -> None:
    """The events of a run: first where it stands, then a sheet and a measurement as they come."""
    run_folder = tmp_path / "runs" / "golden"
    shutil.copytree(trained("synthesis").run, run_folder)
    heard: dict[str, Any] = {}
    with studio(None, tmp_path / "runs") as client, client.stream("GET", "/v1/runs/golden/events?after=8") as response:
        told = {"status": response.status_code, "type": response.headers["content-type"]}
        name = ""
        for line in response.iter_lines():
            assert not line.startswith(":"), f"nothing more is told after {sorted(heard)}"
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                heard.setdefault(name, []).append(json.loads(value))
                if name == "status" and len(heard) == 2:
                    shutil.copy(run_folder / "sheets" / "000000024.png", run_folder / "sheets" / "000000032.png")
                    measured = {"nimg": 32, "metric": "kid_effnet", "value": 0.5, "protocol": {"seed": 0}}
                    with (run_folder / "metrics.jsonl").open("a") as file:
                        file.write(json.dumps(measured) + "\n")
            if {"stats", "status", "sheet", "metric"} <= set(heard):
                break
    counts = {kind: len(events) for kind, events in heard.items() if kind != "status"}
    keys = {kind: structure(_without_pictures(events, [])) for kind, events in heard.items()}
    records.check("events", {**told, "counts": counts, "keys": keys})


# ── What an answer is ───────────────────────────────────────────────────────────────────────────────────────────────


def answer(client: httpx.Client, ask: Ask) -> dict[str, Any]:
    """Ask, and describe the answer without times, identifiers and words."""
    response = client.request(ask.method, ask.path, **ask.more)
    return described(response, values=ask.method == "GET" and ask.path in VALUES and response.status_code == 200)


def described(response: httpx.Response, *, values: bool = False) -> dict[str, Any]:
    """An answer: its status, type and headers, the keys of its JSON, and its pictures."""
    kind = response.headers.get("content-type", "")
    found: dict[str, Any] = {
        "status": response.status_code,
        "type": kind,
        "cache": response.headers.get("cache-control"),
        "headers": sorted(name for name in response.headers if name not in SERVERS),
    }
    if kind.startswith("image/"):
        found["picture"] = picture_shape(response.content)
        found["pixels"] = picture_digest(response.content)
    elif "json" in kind:
        pictures: list[str] = []
        told = _without_pictures(response.json(), pictures)
        found["keys"] = structure(told)
        if values:
            found["values"] = told
        if pictures:
            found["pictures"] = sorted({text.partition(" sha256:")[0] for text in pictures})
            found["pixels"] = [f"sha256:{text.partition(' sha256:')[2]}" for text in pictures]
    return found


def _without_pictures(value: Any, pictures: list[str]) -> Any:
    """Each picture in the JSON moves into ``pictures``, as its shape and its digest."""
    if isinstance(value, dict):
        return {key: "…" if key in WORDING else _without_pictures(item, pictures) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_pictures(item, pictures) for item in value]
    if isinstance(value, str) and value.startswith("data:image/"):
        content = base64.b64decode(value.partition(",")[2])
        pictures.append(f"{picture_shape(content)} {picture_digest(content)}")
        return "picture"
    return value


# ── Questions that follow from an answer ────────────────────────────────────────────────────────────────────────────


def _known_already(client: httpx.Client) -> Any:
    path = "/v1/bundles/shelf/preview.png"
    etag = client.get(path).headers["etag"]
    return described(client.get(path, headers={"If-None-Match": etag}))


def _generated_address(client: httpx.Client) -> Any:
    """The address that `generate` gives with a picture shows the same picture."""
    made = client.post("/v1/bundles/shelf/generate", json={"seeds": [11]}).json()["images"][0]
    return {"picture": described(client.get(made["url"])), "url": made["url"].partition("&v=")[0]}


def _projection(client: httpx.Client) -> Any:
    if "lpips-vgg16" not in weights_here():
        pytest.skip("the weights that compare pictures are not here; see `ganvas weights`")
    started = client.request("POST", "/v1/bundles/shelf/project", **PHOTO, data={"steps": 2})
    path = f"/v1/projections/{started.json()['id']}"
    until = time.monotonic() + 300
    while (state := client.get(path)).json()["state"] in ("waiting", "running"):
        assert time.monotonic() < until, "the projection did not end"
        time.sleep(0.02)
    ended = described(state)
    return {"started": described(started), "ended": ended, "state": state.json()["state"]}


def _shared_drawing(client: httpx.Client) -> Any:
    told = {"model": "shelf", "k": 3, "t": None, "drawing": DRAWING}
    kept = client.post("/v1/drawings", json=told)
    return {"kept": described(kept), "found": described(client.get(f"/v1/drawings/{kept.json()['id']}"), values=True)}


FLOWS: dict[str, dict[str, Callable[[httpx.Client], Any]]] = {
    "synthesis": {
        "a picture that is known already": _known_already,
        "the address of a generated picture": _generated_address,
        "a projection": _projection,
    },
    "portrait": {"a shared drawing": _shared_drawing},
}

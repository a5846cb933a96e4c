"""The review over HTTP, as `ganvas review` serves it: a real process, a real socket, on SQLite and PostgreSQL."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from support.database import encoded, filled, picture, turned

from ganvas.cli import main
from ganvas.curate.catalog import Catalog, Check, Origin, Proposal
from ganvas.curate.review.propose import propose
from ganvas.serve.app import openapi_json


@contextmanager
def reviewing(*arguments: str) -> Iterator[httpx.Client]:
    """`ganvas review …` on a free port."""
    command = [sys.executable, "-m", "ganvas.cli", "review", "--port", "0", *arguments]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as one:
        assert one.stdout is not None
        try:
            said = ""
            while (found := re.search(r"http://\S+", said)) is None:
                line = one.stdout.readline()
                assert line, said
                said += line
            with httpx.Client(base_url=found[0], timeout=60) as client:
                yield client
        finally:
            one.terminate()
            one.wait(30)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    root = tmp_path_factory.mktemp("review") / "faces of 2021"
    with filled(root, None, 12) as catalog:
        catalog.add(encoded(turned(picture(3)), "JPEG"), Origin("search", "https://a.example/x.jpg", keyword="mayor"))
        catalog.record(1, [Check("turned", 31.5, 0.01, "1", {"yaw": 31.5})])
        propose(catalog, [Proposal(1, False, "turned")])
        tall = Image.open(io.BytesIO(picture(70))).resize((300, 900))
        catalog.add(encoded(tall, "JPEG"), Origin("upload"))
    with reviewing(str(root), "--reviewer", " Ann  Lee ", "--overlap", "0.5") as opened:
        yield opened


def get(client: httpx.Client, path: str, **query: Any) -> Any:
    response = client.get(path, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def join(client: httpx.Client, reviewer: str) -> None:
    response = client.post("/v1/review/1/reviewers", json={"reviewer": reviewer})
    assert response.status_code == 200, response.text


def problem(response: httpx.Response, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return str(response.json()["detail"])


def test_the_page_learns_all_it_needs(client: httpx.Client) -> None:
    state = get(client, "/v1/review")
    assert (state["catalogue"], state["reviewer"]) == ("faces of 2021", "Ann Lee")
    assert [one["number"] for one in state["rounds"]] == [1]
    assert state["rounds"][0]["pictures"] == state["counts"]["images"] == 14
    assert {reason["digit"] for reason in state["reasons"]} == set(range(10))

    join(client, "Look")
    queue = get(client, "/v1/review/1/queue", reviewer="Look", count=14)["pictures"]
    first, fourth = queue[0], queue[3]
    assert [one["id"] for one in queue] == [*range(1, 13), 13, 14]
    assert first["score"] == 0.01
    assert [check["name"] for check in first["checks"]] == ["turned", "sharpness"]
    assert first["checks"][0] == {
        "name": "turned", "raw": 31.5, "score": 0.01, "version": "1", "detail": {"yaw": 31.5},
    }  # fmt: skip
    assert (first["proposal"], first["before"]) == ({"keep": False, "reason": "turned"}, "drop")
    twin = fourth["duplicates"][0]
    assert (twin["id"], twin["mirrored"]) == (13, True)
    assert queue[12]["origins"][0]["keyword"] == "mayor"
    assert client.get(twin["thumbnail_url"]).status_code == 200


def test_verdicts_undo_and_agreement(client: httpx.Client) -> None:
    opened = client.post("/v1/review/rounds", json={"scope": "all", "overlap": 1}).json()
    path = f"/v1/review/{opened['number']}"
    send = {"reviewer": "Ann", "verdicts": [
        {"id": 1, "verdict": "drop", "reason": "eyes", "client_id": "1"},
        {"id": 2, "verdict": "keep", "client_id": "2"},
        {"id": 99, "verdict": "keep", "client_id": "3"},
    ]}  # fmt: skip
    answer = client.post(f"{path}/verdicts", json=send).json()
    assert [one["status"] for one in answer["answers"]] == ["saved", "saved", "refused"]
    assert answer["progress"] == {"kept": 1, "dropped": 1, "skipped": 0, "waiting": 12}
    assert client.post(f"{path}/verdicts", json=send).json()["answers"][0]["status"] == "repeated"
    send["reviewer"] = "Bob"
    client.post(f"{path}/verdicts", json=send | {"verdicts": [
        {"id": 1, "verdict": "keep", "client_id": "1"}, {"id": 2, "verdict": "keep", "client_id": "2"},
    ]})  # fmt: skip
    agreement = get(client, f"{path}/agreement")
    assert (agreement["method"], agreement["pictures"], agreement["same"], agreement["disputed"]) == (
        "cohen",
        2,
        1,
        [1],
    )
    detail = get(client, path)
    assert [(one["reviewer"], one["kept"], one["dropped"]) for one in detail["progress"]] == [
        ("Ann", 1, 1),
        ("Bob", 2, 0),
    ]
    assert {"before": "drop", "after": "disputed", "pictures": 1} in detail["changes"]
    assert get(client, "/v1/pictures/1")["result"] == "disputed"

    undone = client.post(f"{path}/undo", json={"reviewer": "Bob", "client_id": "u1"}).json()
    assert undone["picture"]["id"] == 2
    client.post(f"{path}/undo", json={"reviewer": "Bob", "client_id": "u2"})
    undone = client.post(f"{path}/undo", json={"reviewer": "Bob", "client_id": "u3"}).json()
    assert undone["picture"] is None
    assert undone["progress"]["waiting"] == 14
    assert get(client, "/v1/pictures/1")["result"] == "drop"


def test_thumbnails_are_small_upright_and_kept_for_ever(client: httpx.Client) -> None:
    address = get(client, "/v1/pictures/14")["thumbnail_url"]
    answer = client.get(address, params={"size": 200} | dict(httpx.URL(address).params))
    image = Image.open(io.BytesIO(answer.content))
    assert (image.format, image.size) == ("WEBP", (85, 256))
    assert "immutable" in answer.headers["cache-control"]
    again = client.get(
        address, params=dict(httpx.URL(address).params), headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    large = Image.open(io.BytesIO(client.get("/v1/pictures/14/thumbnail?size=2048").content))
    assert large.size == (300, 900), "never larger than it is"
    assert client.get("/v1/pictures/14/thumbnail").headers["cache-control"] == "no-cache"


def test_mistakes_are_problems(client: httpx.Client) -> None:
    assert "no round 77" in problem(client.get("/v1/review/77/queue", params={"reviewer": "Ann"}), 404)
    assert "no picture 999" in problem(client.get("/v1/pictures/999"), 404)
    assert problem(client.get(f"/v1/pictures/{2**31}"), 422)
    assert problem(client.get("/v1/review/1/queue"), 422)
    assert "needs a name" in problem(client.get("/v1/review/1/queue", params={"reviewer": "checks"}), 422)
    assert problem(client.post("/v1/review/1/verdicts", json={"reviewer": "Ann", "verdicts": []}), 422)
    assert problem(client.post("/v1/review/rounds", json={"overlap": 2}), 422)


def test_reading_adds_no_reviewer_and_other_sites_change_nothing(client: httpx.Client) -> None:
    before = get(client, "/v1/review/1")["reviewers"]
    assert "join it first" in problem(client.get("/v1/review/1/queue", params={"reviewer": "Stranger"}), 409)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = client.post("/v1/review/1/reviewers", json={"reviewer": "Stranger"}, headers=headers)
        assert "another site" in problem(answer, 403)
    assert get(client, "/v1/review/1")["reviewers"] == before
    own = {"Sec-Fetch-Site": "same-origin", "Origin": str(client.base_url).rstrip("/")}
    assert client.post("/v1/review/1/reviewers", json={"reviewer": "Zoe"}, headers=own).status_code == 200
    assert get(client, "/v1/review/1")["reviewers"] == [*before, "Zoe"]


@pytest.mark.slow
def test_two_reviewers_at_once_lose_no_verdict(tmp_path: Path, database: str | None) -> None:
    filled(tmp_path, database, 30).close()
    given = [str(tmp_path), "--overlap", "1"] + (["--database", database] if database else [])
    failures: list[BaseException] = []

    def review(client: httpx.Client, name: str) -> None:
        try:
            join(client, name)
            while found := get(client, "/v1/review/1/queue", reviewer=name, count=4)["pictures"]:
                for one in found:  # as by keyboard: one after the other
                    said = {"id": one["id"], "verdict": "keep", "client_id": f"{name}{one['id']}"}
                    body = {"reviewer": name, "verdicts": [said]}
                    answer = client.post("/v1/review/1/verdicts", json=body).json()
                    assert answer["answers"][0]["status"] == "saved"
        except BaseException as failure:  # noqa: BLE001 - told to the main thread
            failures.append(failure)

    with reviewing(*given) as client:
        threads = [threading.Thread(target=review, args=(client, name)) for name in ("Ann", "Bob")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert get(client, "/v1/review/1/agreement")["same"] == 30
    with Catalog.open(tmp_path, database) as catalog:
        assert catalog.counts().keep == 30


def test_a_studio_without_a_catalogue_says_how_to_open_one() -> None:
    paths = json.loads(openapi_json())["paths"]
    assert {"/v1/review", "/v1/review/{round}/queue", "/v1/pictures/{id}/thumbnail"} <= set(paths)


def test_a_folder_that_is_no_catalogue_is_not_made_into_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(tmp_path / "typo")]) == 2
    assert "There is no catalogue" in capsys.readouterr().err
    assert not (tmp_path / "typo").exists()

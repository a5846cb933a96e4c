"""The studio's API as its pages use it: over ASGI, and over a real socket where connections matter."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import torch
import uvicorn
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from support.studio import served

from ganvas.bundle import write_bundle
from ganvas.errors import UserError
from ganvas.models.families import FAMILIES, build
from ganvas.runs.folder import RunDir
from ganvas.serve.app import create_app, openapi_json
from ganvas.serve.core.decode_pool import UploadLimits
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.server import serve

torch.set_num_threads(1)


RECIPE = {"name": "dcgan-quick", "family": "dcgan", "train": {"kimg": 4.0}}


def line(nimg: int, **terms: float) -> str:
    return json.dumps({"nimg": nimg, "kimg": nimg / 1000, "stage": "all", "G/loss": 1.5, **terms}) + "\n"


def make_run(root: Path, *, state: str = "running", pid: int | None = None) -> RunDir:
    run = RunDir(root)
    run.sheets.mkdir(parents=True)
    run.recipe.write_text(yaml.safe_dump(RECIPE))
    run.stats.write_text("".join(line(nimg) for nimg in (1000, 2000, 3000)))
    health = [{"name": "collapse", "level": "warning", "sentence": "Samples look alike."}]
    status = {"state": state, "pid": pid or os.getpid(), "nimg": 3000, "progress": 0.75, "health": health}
    run.status.write_text(json.dumps(status))
    run.metrics.write_text(json.dumps({"nimg": 2000, "metric": "kid_effnet", "value": 0.1, "protocol": {"seed": 0}}))
    for nimg in (0, 2000):
        Image.new("RGB", (8, 8), (nimg % 255, 0, 0)).save(run.sheets / f"{nimg:09d}.png")
    return run


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    (root / "secret.txt").write_text("not for the web")
    config, data = FAMILIES["dcgan"].tiny()
    torch.manual_seed(0)
    dcgan = build("dcgan", config.model_dump(mode="json"), data.model_copy(update={"classes": ("cat", "dog")}), 1.0)
    pix2pix = FAMILIES["pix2pix"](*FAMILIES["pix2pix"].tiny(), 1.0)
    write_bundle(root / "bundles" / "animals", dcgan, name="Animals", kimg=4, recipe=RECIPE, onnx=False)
    write_bundle(root / "bundles" / "고양이 sketch", pix2pix, name="Sketches", kimg=4, onnx=False)
    (root / "bundles" / "torn").mkdir()
    (root / "bundles" / "torn" / "bundle.json").write_text("{")
    run = make_run(root / "runs" / "first", state="finished")
    write_bundle(run.bundle, dcgan, name="First", kimg=4, recipe=RECIPE, onnx=False)
    make_run(root / "runs" / "second")
    (root / "runs" / "not a run").mkdir()
    pages = root / "static"
    (pages / "assets").mkdir(parents=True)
    (pages / "index.html").write_text("<!doctype html><title>Ganvas</title>")
    (pages / "assets" / "app-1a2b.js").write_text("export {}")
    return root


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[httpx.Client]:
    app = create_app(
        settings=StudioSettings(
            bundles=home / "bundles", runs=home / "runs", limits=UploadLimits(bytes=2_000_000, workers=1)
        ),
        static=home / "static",
    )
    with served(app) as (opened, _):
        yield opened


def sentence(response: httpx.Response, status: int) -> str:
    """The detail of an answer that must be a problem with this status."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert set(body) == {"type", "title", "status", "detail", "code", "params"}
    assert body["status"] == status
    assert body["detail"].endswith(".")
    return str(body["detail"])


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))


def png(width: int = 50, height: int = 40) -> bytes:
    content = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)).save(content, "PNG")
    return content.getvalue()


# ── Bundles ──


def test_health_counts_what_there_is(client: httpx.Client) -> None:
    health = client.get("/v1/health").json()
    assert health["status"] == "ok"
    assert (health["engine"], health["bundles"], health["runs"]) == ("onnxruntime", 4, 2)


def test_bundles_are_listed_with_those_of_runs_and_damaged_ones_named(client: httpx.Client, home: Path) -> None:
    listed = client.get("/v1/bundles").json()
    assert {card["id"] for card in listed["bundles"]} == {"animals", "고양이 sketch", "first"}
    card = next(card for card in listed["bundles"] if card["id"] == "animals")
    assert card["classes"] == ["cat", "dog"]
    assert (card["task"], card["recipe"], card["kimg"], card["truncates"]) == ("synthesis", "dcgan-quick", 4, False)
    assert client.get(card["preview_url"]).headers["content-type"] == "image/png"
    assert [refused["id"] for refused in listed["refused"]] == ["torn"]
    assert str(home) not in listed["refused"][0]["reason"]
    assert "no JSON" in sentence(client.get("/v1/bundles/torn"), 422)


def test_a_bundle_tells_all_about_itself(client: httpx.Client) -> None:
    detail = client.get("/v1/bundles/고양이 sketch").json()
    assert detail["card_markdown"].startswith("# Sketches")
    assert (detail["degradation"], detail["source_channels"]) == ("sketch", 1)
    assert detail["config"]["width"] == 4
    assert set(detail["files"]["generator.safetensors"]) == {"sha256", "bytes"}
    assert client.get(detail["preview_url"]).status_code == 200


def test_a_permalink_is_the_generated_picture_and_is_kept(client: httpx.Client) -> None:
    asked = client.post("/v1/bundles/animals/generate", json={"seeds": [4, 9], "class": 1})
    images = asked.json()["images"]
    assert [(image["seed"], image["class"]) for image in images] == [(4, 1), (9, 1)]
    for image in images:
        linked = client.get(image["url"])
        assert "immutable" in linked.headers["cache-control"]
        shown = pixels(b64decode(image["data"].removeprefix("data:image/png;base64,")))
        assert np.abs(shown.astype(int) - pixels(linked.content)).max() <= 1
        again = client.get(image["url"], headers={"If-None-Match": linked.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    by_hand = client.get("/v1/bundles/animals/image.png?seed=4&class=1")
    assert "immutable" not in by_hand.headers["cache-control"], "the model behind this address may change"


def test_a_seed_without_a_class_has_its_own(client: httpx.Client) -> None:
    images = client.post("/v1/bundles/animals/generate", json={"seeds": list(range(20))}).json()["images"]
    assert {image["class"] for image in images} == {0, 1}
    assert (
        pixels(client.get("/v1/bundles/animals/image.png?seed=3").content).shape
        == pixels(client.get(images[3]["url"]).content).shape
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "seeds"),
        ({"seeds": []}, "seeds"),
        ({"seeds": list(range(65))}, "seeds"),
        ({"seeds": ["cat"]}, "seeds"),
        ({"seeds": [-1]}, "Seeds"),
        ({"seeds": [2**53]}, "Seeds"),
        ({"seeds": [1], "class": 2}, "classes 0 to 1"),
        ({"seeds": [1], "psi": 0.5}, "truncation"),
        ({"seeds": [1], "psi": 2}, "psi"),
        ({"seeds": [1], "size": 9000}, "size"),
    ],
)
def test_what_cannot_be_generated_is_one_sentence(client: httpx.Client, body: dict[str, Any], said: str) -> None:
    assert said in sentence(client.post("/v1/bundles/animals/generate", json=body), 422)


def test_a_photo_and_a_drawing_are_translated(client: httpx.Client) -> None:
    answers = []
    for form in ({}, {"prepared": "true"}):
        made = client.post("/v1/bundles/고양이 sketch/translate", files={"image": ("any.txt", png())}, data=form)
        assert made.headers["content-type"] == "image/png"
        assert float(made.headers["x-milliseconds"]) > 0
        answers.append(pixels(made.content))
        assert answers[-1].shape == (64, 64, 3)
    assert (answers[0] != answers[1]).any(), "a photo becomes a sketch first, a drawing is one"


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"MZ\x90\0 not a picture", 415), (b"<svg/>", 415), (b"", 422), (png()[:200], 422), (png(1, 1), 422)],
)
def test_what_is_no_picture_is_refused(client: httpx.Client, content: bytes, status: int) -> None:
    files = {"image": ("photo.png", content, "image/png")}
    sentence(client.post("/v1/bundles/고양이 sketch/translate", files=files), status)


def test_an_upload_that_is_too_large_is_refused_with_and_without_its_length(client: httpx.Client) -> None:
    for size in (2_000_001, 3_000_000):
        files = {"image": ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * size)}
        assert "2 MB" in sentence(client.post("/v1/bundles/고양이 sketch/translate", files=files), 413)

    def endless() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
        for _ in range(300):
            yield b"\0" * 100_000

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    said = client.post("/v1/bundles/고양이 sketch/translate", content=endless(), headers=headers)
    assert "2 MB" in sentence(said, 413)


def test_questions_to_the_wrong_kind_of_bundle_are_told_so(client: httpx.Client) -> None:
    said = sentence(client.post("/v1/bundles/고양이 sketch/generate", json={"seeds": [1]}), 422)
    assert "translates" in said
    files = {"image": ("a.png", png())}
    assert "seeds" in sentence(client.post("/v1/bundles/animals/translate", files=files), 422)
    assert "image" in sentence(client.post("/v1/bundles/고양이 sketch/translate"), 422)


# ── Errors, addresses, headers ──


def test_unknown_addresses_and_methods_are_problems(client: httpx.Client) -> None:
    for path in ("/v1/nothing", "/v1", "/v1/bundles/none", "/v1/runs/none", "/v1/runs/first/sheets/7.png"):
        sentence(client.get(path), 404)
    assert client.delete("/v1/bundles").headers["allow"] == "GET"
    sentence(client.delete("/v1/bundles"), 405)
    sentence(client.get("/v1/bundles/animals/generate"), 405)
    sentence(client.get("/v1/runs/first/sheets/x.png"), 422)


def test_what_breaks_inside_is_a_problem_without_a_traceback(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(settings=StudioSettings(bundles=home / "bundles", runs=home / "runs"), static=home / "static")
    monkeypatch.setattr(app.state.context.bundles, "all", lambda: 1 / 0)
    with served(app) as (opened, _):
        answer = opened.get("/v1/bundles")
    assert "division" not in sentence(answer, 500)
    assert answer.json()["code"] == "internal"
    assert {"content-security-policy", "x-content-type-options", "referrer-policy"} <= set(answer.headers)


SEGMENT = st.one_of(
    st.sampled_from(
        ["..", ".", "%2e%2e", "..%2f..", "secret.txt", "../secret.txt", "..\\..", "\0", "", "~", "C:", "torn"]
    ),
    st.text(max_size=12),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SEGMENT, min_size=1, max_size=4), st.sampled_from(["bundles", "runs", "page"]))
def test_no_id_or_path_leads_out_of_the_folders(client: httpx.Client, parts: list[str], where: str) -> None:
    from urllib.parse import quote

    path = "/" + "/".join(quote(part, safe="%") for part in ([] if where == "page" else ["v1", where]) + parts)
    answer = client.get(str(client.base_url).rstrip("/") + path)  # whole: a path may begin with two slashes
    assert answer.status_code in (200, 307, 404, 405, 422), path
    assert b"not for the web" not in answer.content
    assert b"root:" not in answer.content


@pytest.mark.parametrize("path", ["/../secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "//etc/passwd"])
def test_pages_stay_in_their_folder(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert b"not for the web" not in answer.content
    assert b"root:" not in answer.content


def test_pages_and_their_addresses(client: httpx.Client) -> None:
    for page in ("/", "/generate", "/runs/first", "/v1x"):
        answer = client.get(page)
        assert "<title>Ganvas</title>" in answer.text
        assert answer.headers["cache-control"] == "no-cache"
    script = client.get("/assets/app-1a2b.js")
    assert "javascript" in script.headers["content-type"]
    assert "immutable" in script.headers["cache-control"]
    sentence(client.get("/assets/gone.js"), 404)
    assert client.head("/").status_code == 200


def test_every_answer_keeps_the_page_to_this_host(client: httpx.Client) -> None:
    for path in ("/", "/v1/health", "/v1/nothing", "/assets/app-1a2b.js"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy
        assert "unsafe-eval" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_without_built_pages_the_api_works_and_a_page_says_what_to_do(tmp_path: Path) -> None:
    with served(create_app(static=tmp_path)) as (opened, _):
        assert "make web" in opened.get("/").text
        assert opened.get("/v1/bundles").json() == {"bundles": [], "refused": []}
        assert opened.get("/v1/runs").json() == {"runs": []}
        sentence(opened.get("/draw"), 404)


def test_a_local_studio_answers_to_its_own_name_alone(home: Path) -> None:
    app = create_app(settings=StudioSettings(bundles=home / "bundles", hosts=("localhost", "127.0.0.1")))
    with served(app) as (opened, _):
        assert opened.get("/v1/health").status_code == 200
        sentence(opened.get("/v1/health", headers={"Host": "rebound.example"}), 421)


def test_the_schema_says_what_the_pages_need() -> None:
    schema = json.loads(openapi_json())
    models = schema["components"]["schemas"]
    assert {"BundleCard", "BundleDetail", "GenerateAnswer", "RunDetail", "RunStatus", "Problem"} <= set(models)
    assert not {"HTTPValidationError", "ValidationError"} & set(models)
    assert set(models["GeneratedImage"]["properties"]) == {"seed", "class", "url", "data"}
    assert set(models["GenerateRequest"]["properties"]) == {"seeds", "class", "psi"}
    for path, operations in schema["paths"].items():
        assert path.startswith("/v1/")
        for operation in operations.values():
            problem = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
            assert problem == {"$ref": "#/components/schemas/Problem"}


# ── Runs ──


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


# ── Over a real socket ──


@pytest.fixture
def live(tmp_path: Path) -> Iterator[tuple[str, RunDir, uvicorn.Server]]:
    run = make_run(tmp_path / "runs" / "now")
    with served(create_app(settings=StudioSettings(runs=tmp_path / "runs", poll=0.02))) as (client, server):
        yield str(client.base_url), run, server


def events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    kind = ""
    for text in lines:
        if text.startswith("event: "):
            kind = text.removeprefix("event: ")
        elif text.startswith("data: "):
            yield kind, json.loads(text.removeprefix("data: "))


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


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"Port {port} is in use"):
            serve(StudioSettings(), port=port)
    with pytest.raises(UserError, match="0 to 65535"):
        serve(StudioSettings(), port=70000)
    with pytest.raises(UserError, match="no host"):
        serve(StudioSettings(), host="256.0.0.1", port=0)


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_the_studio_says_where_it_is_and_stops_when_interrupted(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ganvas.serve.server import serve\n"
        "from ganvas.serve.core.settings import StudioSettings\n"
        "serve(StudioSettings(runs=Path(sys.argv[1])), port=0, on_ready=lambda url: print(url, flush=True))\n"
        "print('stopped', flush=True)"
    )
    make_run(tmp_path / "now")
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    with httpx.stream("GET", f"{url}/v1/runs/now/events", timeout=30) as response:
        next(response.iter_lines())
        process.send_signal(2)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "stopped\n", "")

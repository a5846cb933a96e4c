"""The studio's API as its pages use it: over ASGI, and over a real socket where connections matter."""

from __future__ import annotations

import io
import json
import os
import shutil
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
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from support.serving import (  # noqa: F401 - fixtures
    client,
    events,
    home,
    make_run,
    pixels,
    sentence,
)
from support.studio import served

from ganvas.errors import UserError
from ganvas.serve.app import create_app, openapi_json
from ganvas.serve.core.hosts import HostNames
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.server import serve

torch.set_num_threads(1)


def png(width: int = 50, height: int = 40) -> bytes:
    content = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)).save(content, "PNG")
    return content.getvalue()


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


def test_a_bundle_is_listed_where_nothing_else_of_its_run_is_left(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "runs" / "first" / "bundle", tmp_path / "moved" / "bundle")
    with served(create_app(settings=StudioSettings(runs=tmp_path))) as (client, _):
        assert [card["id"] for card in client.get("/v1/bundles").json()["bundles"]] == ["moved"]
        assert client.get("/v1/runs").json()["runs"] == []
        assert client.get("/v1/bundles/moved").status_code == 200


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
    app = create_app(
        settings=StudioSettings(bundles=home / "bundles", hosts=HostNames(frozenset({"localhost", "127.0.0.1"})))
    )
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
        assert path.startswith("/v1/") or path == "/metrics"  # where Prometheus looks for them
        for operation in operations.values():
            problem = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
            assert problem == {"$ref": "#/components/schemas/Problem"}


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
        "serve(StudioSettings(runs=Path(sys.argv[1])), port=0, on_ready=lambda url, _: print(url, flush=True))\n"
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

"""Portraits over HTTP: what can be asked, what k and t do, what is refused, and who is dropped."""

from __future__ import annotations

import io
import json
import shutil
import socket
import threading
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest
import torch
import uvicorn
from PIL import Image
from support.face_pictures import networks  # noqa: F401 - a fixture
from support.portrait import drawing, portrait_bundle  # noqa: F401 - a fixture

from ganvas.apps.portrait import PortraitGenerator, PortraitRequest
from ganvas.bundle import read_bundle, write_bundle
from ganvas.errors import UserError
from ganvas.models.families import FAMILIES
from ganvas.serve.app import create_app
from ganvas.serve.core.decode_pool import UploadLimits
from ganvas.serve.core.engine import Engine
from ganvas.serve.core.settings import StudioSettings

torch.set_num_threads(1)
PARTS = ["remainder", "mouth", "nose", "left_eye", "right_eye"]


def png(sketch: np.ndarray) -> bytes:
    content = io.BytesIO()
    Image.fromarray(sketch[:, :, 0]).save(content, "PNG")
    return content.getvalue()


@pytest.fixture(scope="module")
def bundles(portrait_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("bundles")
    shutil.copytree(portrait_bundle, root / "faces")
    family = read_bundle(portrait_bundle).load_family()
    write_bundle(root / "bare", family, name="Bare", kimg=1, onnx=False)
    pix2pix = FAMILIES["pix2pix"](*FAMILIES["pix2pix"].tiny(), 1.0)
    write_bundle(root / "other", pix2pix, name="Other", kimg=1, onnx=False)
    return root


@pytest.fixture(scope="module")
def client(bundles: Path) -> Iterator[httpx.Client]:
    app = create_app(settings=StudioSettings(bundles=bundles, limits=UploadLimits(bytes=2_000_000, workers=1)))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=60) as opened:
            yield opened
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


def ask(client: httpx.Client, sketch: np.ndarray, name: str = "faces", **wishes: object) -> httpx.Response:
    return client.post(f"/v1/bundles/{name}/portrait", files={"image": ("a.png", png(sketch))}, data=wishes)


def test_a_face_in_a_corner_is_placed_when_asked_and_the_answer_says_how(client: httpx.Client) -> None:
    """The tiny model's sketches are noise: here only that the request reaches it. Placing has its own tests."""
    asked = ask(client, drawing(1), place=True)
    assert asked.status_code == 200
    placement = asked.json()["placement"]
    assert placement is None or placement.keys() == {"scale", "angle", "x", "y"}
    assert ask(client, drawing(1)).json()["placement"] is None
    anchors = client.get("/v1/bundles/faces/portrait").json()["anchors"]
    assert anchors.keys() == set(PARTS) - {"remainder"}
    assert anchors["left_eye"]["x"] < 0.5 < anchors["right_eye"]["x"]


def pixels(address: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(b64decode(address.removeprefix("data:image/png;base64,")))))


def portrait(response: httpx.Response) -> np.ndarray:
    assert response.status_code == 200, response.text
    return pixels(response.json()["portrait"])


def near(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and int(np.abs(one.astype(int) - other).max()) <= 1


def test_it_says_what_can_be_asked(client: httpx.Client) -> None:
    told = client.get("/v1/bundles/faces/portrait").json()
    assert sorted(told["parts"]) == sorted(PARTS)
    assert told["sketches"] == 12
    assert told["k"] == {"least": 1, "most": 12, "usual": 10}
    assert told["t"] == {"least": 0.0, "most": 1.0, "usual": 0.4}
    assert told["resolution"] == 64


def test_the_portrait_is_what_the_painter_paints(client: httpx.Client, bundles: Path) -> None:
    model = PortraitGenerator(read_bundle(bundles / "faces"), onnx=False)
    sketch = np.minimum(drawing(0), drawing(1))
    for t in (0.0, 0.4, 1.0):
        assert near(portrait(ask(client, sketch, k=3, t=t)), model.generate(sketch, k=3, t=t).portrait)
    shares = {"mouth": 1.0, "nose": 0.0}
    answer = portrait(ask(client, sketch, k=2, t=json.dumps(shares)))
    assert near(answer, model.generate(sketch, k=2, t=shares).portrait)
    assert not np.array_equal(model.generate(sketch, k=2, t=shares).portrait, model.generate(sketch, k=2).portrait)
    assert not near(model.generate(sketch, k=3, t=0).portrait, model.generate(sketch, k=3, t=1).portrait)


def test_the_shadow_comes_when_asked_for(client: httpx.Client) -> None:
    assert ask(client, drawing(0)).json()["shadow"] is None
    shadow = pixels(ask(client, drawing(0), shadow="true").json()["shadow"])
    assert shadow.shape == (64, 64)
    assert shadow.min() < 255


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"k": 0}, "1 or more"),
        ({"k": 101}, "1 to 100"),
        ({"t": 1.5}, "from 0 to 1"),
        ({"t": "much"}, "JSON object"),
        ({"t": "NaN"}, "JSON object"),
        ({"t": "[" * 100_000}, "JSON object"),
        ({"t": "true"}, "JSON object"),
        ({"t": '{"mouth": "half"}'}, "JSON object"),
        ({"t": '{"mouth": -1}'}, "from 0 to 1"),
        ({"t": '{"ear": 0.5}'}, "no part 'ear'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(client: httpx.Client, wishes: dict[str, object], said: str) -> None:
    refused = ask(client, drawing(0), **wishes)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert said in refused.json()["detail"]
    assert refused.json()["detail"].endswith(".")


@pytest.mark.parametrize(("name", "said"), [("other", "no codes"), ("bare", "export it again")])
def test_bundles_that_cannot_are_refused(client: httpx.Client, name: str, said: str) -> None:
    refused = client.get(f"/v1/bundles/{name}/portrait")
    assert refused.status_code == 422
    assert said in refused.json()["detail"]
    assert ask(client, drawing(0), name).status_code == 422


def test_no_picture_and_no_bundle_are_said(client: httpx.Client) -> None:
    sent = client.post("/v1/bundles/faces/portrait", files={"image": ("a.png", b"no picture")})
    assert sent.status_code == 415
    assert client.get("/v1/bundles/nowhere/portrait").status_code == 404


def test_many_at_once_get_what_each_alone_gets(client: httpx.Client) -> None:
    alone = [portrait(ask(client, drawing(seed), t=0.5)) for seed in range(6)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda seed: portrait(ask(client, drawing(seed), t=0.5)), range(6)))
    assert all(near(one, other) for one, other in zip(alone, together, strict=True))


def test_a_photo_becomes_a_drawing_to_go_on_from(client: httpx.Client) -> None:
    rows, columns = np.mgrid[:90, :120]
    photo = np.where((rows - 45) ** 2 + (columns - 60) ** 2 < 900, 60, 220).astype(np.uint8)
    sent = client.post("/v1/bundles/faces/sketch", files={"image": ("a.png", png(photo[:, :, None]))})
    assert sent.status_code == 200, sent.text
    sketch = np.asarray(Image.open(io.BytesIO(sent.content)))
    assert sketch.shape == (512, 512)
    assert sketch[256, 256] > 200  # neither inside nor outside of the disc there are strokes
    assert sketch[10, 10] > 200
    assert sketch.min() < 120
    assert client.post("/v1/bundles/faces/sketch", files={"image": ("a.png", b"no")}).status_code == 415


# ── In the engine ──


def test_the_painter_counts_in_the_memory_given_and_is_dropped_with_it(bundles: Path) -> None:
    faces, other = read_bundle(bundles / "faces"), read_bundle(bundles / "other")
    engine = Engine(memory=1)
    try:
        engine.submit_portrait(faces, PortraitRequest(drawing(0))).result()
        assert engine.loaded == (faces.fingerprint,)
        engine.translate(other, Image.new("RGB", (64, 64)))
        assert engine.loaded == (other.fingerprint,)
    finally:
        engine.close()


def test_a_bundle_without_its_bank_fails_each_question_and_not_for_ever(bundles: Path) -> None:
    engine = Engine()
    try:
        for _ in range(2):
            asked = engine.submit_portrait(read_bundle(bundles / "bare"), PortraitRequest(drawing(0)))
            with pytest.raises(UserError, match="export it again"):
                asked.result()
    finally:
        engine.close()


def test_colours_that_find_no_region_leave_the_portrait_and_are_named(client: httpx.Client, networks: None) -> None:
    """The tiny model paints no faces; what becomes of those that are found has its own tests."""
    answer = ask(client, drawing(2), hair="#ae946a", background="white")
    assert near(portrait(answer), portrait(ask(client, drawing(2)))[..., :3])
    assert answer.json()["uncoloured"] == ["hair", "background"]
    content = b64decode(answer.json()["portrait"].partition(",")[2])
    assert b"Drawn by the model Faces, which learned from pictures without credits." in content
    assert ask(client, drawing(2)).json()["uncoloured"] == []


def test_what_is_no_colour_is_refused(client: httpx.Client) -> None:
    refused = ask(client, drawing(2), skin="#12")
    assert refused.status_code == 422
    assert refused.json()["code"] == "not-a-colour"

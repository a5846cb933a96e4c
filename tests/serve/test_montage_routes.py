"""Montages over HTTP: rounds whose state is in the requests, parts, morphs, the file, and what is refused."""

from __future__ import annotations

import io
import shutil
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from support.exported import tiny
from support.portrait import portrait_bundle  # noqa: F401 - a fixture
from support.studio import served_with

from ganvas.bundle import write_bundle
from ganvas.serve.core.settings import StudioSettings


@pytest.fixture(scope="module")
def client(portrait_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    root = tmp_path_factory.mktemp("bundles")
    shutil.copytree(portrait_bundle, root / "faces")
    write_bundle(root / "other", tiny("dcgan"), name="Other", kimg=1, onnx=False)
    with served_with(StudioSettings(bundles=root)) as opened:
        yield opened


def ask(client: httpx.Client, path: str = "", model: str = "faces", **body: object) -> httpx.Response:
    return client.post(f"/v1/bundles/{model}/montage{path}", json=body)


def codes(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [face["code"] for face in answer.json()["faces"]]


def pixels(address: str) -> np.ndarray:
    with Image.open(io.BytesIO(b64decode(address.partition(",")[2]))) as picture:
        return np.asarray(picture.convert("RGB"), np.int16)


def test_a_montage_is_in_its_requests(client: httpx.Client) -> None:
    first = ask(client, seed=4)
    assert first.json()["parts"] == ["eyes", "nose", "mouth", "face"]
    page = codes(first)
    assert len(set(page)) == 18
    assert codes(ask(client, seed=4)) == page
    assert first.json()["faces"][0]["picture"].startswith("data:image/png;base64,")
    request = {"seed": 5, "round": 1, "picked": page[2:4], "base": page[7], "locked": ["eyes"]}
    children = codes(ask(client, **request))
    assert children[:2] == page[2:4]
    assert children == codes(ask(client, **request))
    [alone] = ask(client, round=1, picked=page[:1], count=1).json()["faces"]
    shown = pixels(first.json()["faces"][0]["picture"])
    assert np.abs(pixels(alone["picture"]) - shown).max() <= 2, "a face does not depend on its page, up to rounding"
    tray = codes(ask(client, "/part", face=page[0], part="mouth", count=4))
    assert len(set(tray)) == 4
    between = codes(ask(client, "/morph", first=page[0], second=page[1], count=3))
    assert (between[0], between[2]) == (page[0], page[1])


def test_the_file_says_who_drew_the_face(client: httpx.Client) -> None:
    face = codes(ask(client))[0]
    plain, marked = (ask(client, "/export", face=face, round=3, visible=visible) for visible in (False, True))
    assert plain.headers["content-type"] == "image/png"
    for answer in (plain, marked):
        about = Image.open(io.BytesIO(answer.content)).info["XML:com.adobe.xmp"]
        assert "trainedAlgorithmicMedia" in about
        assert "Drawn by the model Faces" in about
        assert f"in 3 rounds. It shows no real person and proves nothing about anybody. Face: {face}" in about
    one, other = (Image.open(io.BytesIO(answer.content)).convert("RGB") for answer in (plain, marked))
    assert one.crop((0, 0, 384, 300)).tobytes() == other.crop((0, 0, 384, 300)).tobytes()
    assert one.tobytes() != other.tobytes()


def test_what_is_refused(client: httpx.Client) -> None:
    page = codes(ask(client))
    assert ask(client, picked=page[:7]).json()["code"] == "montage-picked"
    assert ask(client, locked=["eyes"]).json()["code"] == "montage-lock"
    assert ask(client, picked=page[:1], locked=["ears"]).json()["code"] == "unknown-part"
    assert ask(client, picked=["nonsense!"]).json()["code"] == "montage-other-model"
    assert ask(client, "/part", face="", part="nose").json()["code"] == "montage-face"
    assert ask(client, model="other").json()["code"] == "no-portraits"
    for answer in (ask(client, picked=["a" * 2000]), ask(client, round=-1), ask(client, seed=2**40)):
        assert answer.status_code == 422
    assert ask(client, model="nobody").status_code == 404

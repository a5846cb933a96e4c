"""Walks in latent space over HTTP: frames, films, mixtures, sliders, and projections in the background."""

from __future__ import annotations

import io
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import httpx
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from support.studio import served
from torch import Tensor

from ganvas.bundle import read_bundle, write_bundle
from ganvas.cli import main
from ganvas.models.families import FAMILIES
from ganvas.serve.app import create_app
from ganvas.serve.core.settings import StudioSettings
from ganvas.serve.features.generate.projections import Projections
from ganvas.serve.features.generate.state import GenerateState
from ganvas.weights import find


def pyramid(a: Tensor, b: Tensor) -> Tensor:
    total = torch.zeros(len(a))
    for _ in range(3):
        total = total + (a - b).abs().mean((1, 2, 3))
        a, b = F.avg_pool2d(a, 2), F.avg_pool2d(b, 2)
    return total


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    for name, classes in (("stylegan2", ()), ("dcgan", ("cat", "dog")), ("pix2pix", ())):
        config, data = FAMILIES[name].tiny()
        torch.manual_seed(0)
        data = data.model_copy(update={"classes": classes}) if name != "pix2pix" else data
        write_bundle(root / name, FAMILIES[name](config, data, 1.0).eval(), name=name, kimg=1, onnx=False)
    return root


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[httpx.Client]:
    app = create_app(settings=StudioSettings(bundles=home))
    app.state.context.state(GenerateState).projections = Projections(pyramid)
    with served(app) as (opened, _):
        yield opened


def picture(url: str) -> np.ndarray:
    head, content = url.split(",", 1)
    assert head == "data:image/png;base64"
    with Image.open(io.BytesIO(b64decode(content))) as image:
        return np.asarray(image.convert("RGB"), np.int16)


def near(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.abs(one - other).max() <= 1)


def seeds(client: httpx.Client, name: str, *wanted: int, psi: float = 1) -> list[np.ndarray]:
    answer = client.post(f"/v1/bundles/{name}/generate", json={"seeds": wanted, "psi": psi}).json()
    return [picture(image["data"]) for image in answer["images"]]


def test_what_a_model_can_do_is_told(client: httpx.Client) -> None:
    style = client.get("/v1/bundles/stylegan2/abilities").json()
    assert style["layers"] == style["direction_layers"] == 6
    assert "gif" in style["films"]
    assert not style["neighbours"]
    plain = client.get("/v1/bundles/dcgan/abilities").json()
    assert (plain["layers"], plain["direction_layers"]) == (1, 1)
    assert client.get("/v1/bundles/pix2pix/abilities").status_code == 422


@pytest.mark.parametrize("name", ["stylegan2", "dcgan"])
def test_a_walk_begins_and_ends_at_the_seeds_own_pictures(client: httpx.Client, name: str) -> None:
    asked = {"points": [{"seed": 3}, {"seed": 4}], "steps": 4}
    answer = client.post(f"/v1/bundles/{name}/interpolate", json=asked)
    assert answer.status_code == 200, answer.text
    frames = [picture(url) for url in answer.json()["images"]]
    assert len(frames) == 5
    first, last = seeds(client, name, 3, 4)
    assert near(frames[0], first)
    assert near(frames[-1], last)
    loop = client.post(f"/v1/bundles/{name}/interpolate", json=asked | {"loop": True}).json()["images"]
    assert len(loop) == 8


def test_a_walk_as_a_film(client: httpx.Client) -> None:
    asked = {"points": [{"seed": 3}, {"seed": 4}], "steps": 2, "format": "gif"}
    answer = client.post("/v1/bundles/stylegan2/film", json=asked)
    assert answer.headers["content-type"] == "image/gif"
    with Image.open(io.BytesIO(answer.content)) as film:
        assert film.n_frames == 3


@pytest.mark.skipif(find_spec("av") is None, reason="PyAV is not installed")
def test_a_walk_as_an_mp4_plays_in_another_decoder(client: httpx.Client, tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    asked = {"points": [{"seed": 3}, {"seed": 4}], "steps": 4, "format": "mp4", "fps": 10}
    answer = client.post("/v1/bundles/stylegan2/film", json=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.content.index(b"moov") < answer.content.index(b"mdat"), "a browser plays it while it loads"
    (tmp_path / "film.mp4").write_bytes(answer.content)
    film = cv2.VideoCapture(str(tmp_path / "film.mp4"))
    frames = 0
    while film.read()[0]:
        frames += 1
    assert frames == 5
    assert film.get(cv2.CAP_PROP_FPS) == 10


def test_mixtures(client: httpx.Client) -> None:
    asked = {"rows": [{"seed": 0}, {"seed": 1}], "columns": [{"seed": 2}], "first_layer": 0, "last_layer": 5}
    answer = client.post("/v1/bundles/stylegan2/mix", json=asked).json()
    assert answer["layers"] == 6
    assert [len(row) for row in answer["cells"]] == [1, 1]
    assert near(picture(answer["cells"][1][0]), picture(answer["columns"][0]))  # all its layers were taken
    some = client.post("/v1/bundles/stylegan2/mix", json=asked | {"last_layer": 2}).json()
    assert not near(picture(some["cells"][1][0]), picture(some["columns"][0]))
    assert not near(picture(some["cells"][1][0]), picture(some["rows"][1]))


def test_sliders(client: httpx.Client) -> None:
    known = client.get("/v1/bundles/stylegan2/directions", params={"count": 3}).json()
    assert [one["number"] for one in known["directions"]] == [0, 1, 2]
    assert known["layers"] == 6

    def moved(*strengths: tuple[int, float]) -> np.ndarray:
        wanted = [{"number": number, "strength": strength} for number, strength in strengths]
        answer = client.post("/v1/bundles/stylegan2/edit", json={"points": [{"seed": 3}], "strengths": wanted})
        assert answer.status_code == 200, answer.text
        return picture(answer.json()["images"][0])

    assert near(moved(), seeds(client, "stylegan2", 3)[0])
    assert not near(moved((0, 3)), moved())
    assert near(moved((0, 0)), moved())


def test_a_photograph_is_projected_and_walked_from(client: httpx.Client) -> None:
    content = io.BytesIO()
    target = seeds(client, "stylegan2", 77)[0]
    Image.fromarray(target.astype(np.uint8)).save(content, "PNG")
    answer = client.post("/v1/bundles/stylegan2/project", files={"image": content.getvalue()}, data={"steps": "80"})
    assert answer.status_code == 202, answer.text
    name = answer.json()["id"]
    state = follow(client, name)
    assert state["state"] == "finished", state["sentence"]
    assert state["step"] == 80
    assert state["psnr"] > 20
    shown = client.post("/v1/bundles/stylegan2/edit", json={"points": [{"latent": state["latent"]}]}).json()["images"]
    assert near(picture(shown[0]), picture(state["image"]))
    assert client.delete(f"/v1/projections/{name}").status_code == 204
    assert client.get(f"/v1/projections/{name}").status_code == 404


def follow(client: httpx.Client, name: str) -> dict[str, object]:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        state = client.get(f"/v1/projections/{name}").json()
        if state["state"] not in ("waiting", "running"):
            return state
    raise AssertionError("the search did not end")


def test_the_newest_search_of_a_client_counts(home: Path) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(a: Tensor, b: Tensor) -> Tensor:
        started.set()
        go_on.wait(20)
        return pyramid(a, b)

    searches = Projections(slow)
    opened = read_bundle(home / "stylegan2")
    target = np.zeros((16, 16, 3), np.uint8)

    def start() -> str:
        return searches.start(opened, target, client="me", steps=3, space="shared", label=None)

    first = start()
    assert started.wait(20)
    second = start()
    old = searches.find(first)
    assert old is not None
    assert old.state == "stopped"
    assert searches.stop(second)
    assert searches.find(second) is None
    go_on.set()
    searches.close()


@pytest.mark.parametrize(
    ("path", "asked", "said"),
    [
        ("pix2pix/interpolate", {"points": [{}, {}]}, "no latent space"),
        ("dcgan/mix", {"rows": [{}], "columns": [{}]}, "one layer"),
        ("dcgan/interpolate", {"points": [{}, {}], "psi": 0.5}, "no truncation"),
        ("dcgan/interpolate", {"points": [{"class": 9}, {}]}, "classes 0 to 1"),
        ("stylegan2/interpolate", {"points": [{}] * 16, "steps": 100}, "at most 240 frames"),
        ("stylegan2/mix", {"rows": [{}], "columns": [{}], "first_layer": 4, "last_layer": 9}, "Layers go from 0 to 5"),
        ("stylegan2/edit", {"points": [{"latent": "no!"}]}, "base64"),
        ("stylegan2/edit", {"points": [{"latent": "AAAAAA=="}]}, "does not fit"),
        ("stylegan2/edit", {"points": [{}], "strengths": [{"number": 60, "strength": 1}]}, "no direction 60"),
        ("stylegan2/interpolate", {"points": [{}]}, "points"),
    ],
)
def test_what_makes_no_sense_is_refused(client: httpx.Client, path: str, asked: dict[str, object], said: str) -> None:
    answer = client.post(f"/v1/bundles/{path}", json=asked)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_what_is_no_picture_is_not_projected(client: httpx.Client) -> None:
    answer = client.post("/v1/bundles/stylegan2/project", files={"image": b"text"})
    assert answer.status_code == 415
    assert client.get("/v1/projections/none").status_code == 404


@pytest.mark.skipif(find("efficientnet-lite0") is None, reason="the weights that look at pictures are not here")
def test_neighbours_of_a_run(pictures: Path, tmp_path: Path) -> None:
    run = tmp_path / "runs" / "first"
    small = ["train.batch_size=8", "train.workers=0", "model.width=4", "data.minimum=4", "data.resolution=16"]
    sets = [part for change in small for part in ("--set", change)]
    command = ["train", "dcgan-quick", "-d", str(pictures), "--run", str(run), "--kimg", "0.008", "--train-only", "-q"]
    assert main([*command, *sets]) == 0
    with served(create_app(settings=StudioSettings(runs=tmp_path / "runs"))) as (client, _):
        answer = client.get("/v1/runs/first/neighbours", params={"count": 2, "seed": 5})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert [sample["seed"] for sample in found["samples"]] == [5, 6]
        first = found["samples"][0]
        assert len(first["features"]) == len(first["pixels"]) == 3
        assert picture(first["pixels"][0]["image"]).shape == (16, 16, 3)
        refused = client.get("/v1/runs/first/neighbours", params={"class_name": "cat"})
        assert refused.status_code == 422
        assert "no classes" in refused.json()["detail"]
        (run / "status.json").write_text("{}")
        assert client.get("/v1/runs/first/neighbours").status_code == 422

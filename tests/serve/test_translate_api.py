"""What the Translate page asks of the studio: cards, pictures cut as the model takes them, refusals in a sentence."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import torch
from PIL import Image
from support.face_pictures import astronaut, networks  # noqa: F401 - fixtures
from support.studio import served

from ganvas.bundle import write_bundle
from ganvas.models.families import FAMILIES
from ganvas.serve.app import create_app
from ganvas.serve.core.settings import StudioSettings

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def write(root: Path, name: str, kind: str, *, config: dict[str, Any] | None = None, **data: Any) -> None:
    """An untrained family of the smallest size."""
    torch.manual_seed(0)
    settings, spec = FAMILIES[kind].tiny()
    family = FAMILIES[kind](settings.model_copy(update=config or {}), spec.model_copy(update=data), 1.0)
    write_bundle(root / name, family, name=name.title(), kimg=1.0, onnx=False)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("bundles")
    write(root, "anime", "ugatit", classes=("selfie", "anime"), resolution=32)
    write(root, "made-up", "starganv2", crop="face")
    write(root, "faces", "cyclegan", crop="face", resolution=32)
    write(root, "larger", "srgan")
    write(root, "colours", "pix2pix", degradation="grayscale", source_channels=1)
    write(root, "plain", "dcgan")
    return root


@pytest.fixture(scope="module")
def client(root: Path) -> Iterator[httpx.Client]:
    with served(create_app(settings=StudioSettings(bundles=root))) as (client, _):
        yield client


def encoded(picture: Pixels | Image.Image, kind: str = "PNG") -> bytes:
    content = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(content, kind)
    return content.getvalue()


def noise(width: int, height: int) -> Pixels:
    return np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)


def ask(client: httpx.Client, path: str, **files: bytes) -> httpx.Response:
    return client.post(f"/v1/bundles/{path}", files={name: ("any", content) for name, content in files.items()})


def shown(answer: httpx.Response) -> Pixels:
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)))


def refused(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = str(answer.json()["detail"])
    assert said.endswith(".")
    assert "Traceback" not in said
    return said


def test_cards_tell_what_a_page_must_know(client: httpx.Client) -> None:
    cards = {card["id"]: card for card in client.get("/v1/bundles").json()["bundles"]}
    anime = cards["anime"]
    assert (anime["domains"], anime["directions"], anime["has_heatmap"]) == (["selfie", "anime"], 2, True)
    assert cards["faces"]["domains"] == []
    assert cards["faces"]["crop"] == "face"
    assert (cards["larger"]["enlarges"], cards["larger"]["source_scale"]) == (True, 2)
    assert not cards["colours"]["enlarges"]
    assert cards["made-up"]["domains"] == [], "domains of references are classes"
    assert cards["made-up"]["makes_up"] is False


def test_a_prepared_picture_is_answered_like_the_picture_it_came_from(client: httpx.Client) -> None:
    whole = encoded(noise(70, 40))
    cut = ask(client, "anime/prepare", image=whole)
    assert shown(cut).shape == (32, 32, 3)
    for question in ("translate", "heatmap"):
        for direction in ("a_to_b", "b_to_a"):
            answers = [
                shown(
                    client.post(
                        f"/v1/bundles/anime/{question}",
                        files={"image": ("any", content)},
                        data={"prepared": prepared, "direction": direction},
                    )
                )
                for content, prepared in ((whole, "false"), (cut.content, "true"))
            ]
            assert np.array_equal(*answers)


def test_what_a_model_colours_is_shown_grey(client: httpx.Client) -> None:
    assert shown(ask(client, "colours/prepare", image=encoded(noise(80, 64)))).ndim == 2


def test_what_is_to_be_enlarged_stays_whole_beside_its_bicubic_enlargement(client: httpx.Client) -> None:
    picture = Image.fromarray(noise(30, 20))
    beside = shown(ask(client, "larger/prepare", image=encoded(picture)))
    assert np.array_equal(beside, np.asarray(picture.resize((60, 40), Image.Resampling.BICUBIC)))
    assert shown(ask(client, "larger/translate", image=encoded(picture))).shape == (40, 60, 3)
    said = refused(ask(client, "larger/prepare", image=encoded(Image.new("RGB", (5000, 2100)))), 422)
    assert "5000 × 2100" in said


def test_models_that_take_no_picture_say_so(client: httpx.Client) -> None:
    assert "seeds" in refused(ask(client, "plain/prepare", image=encoded(noise(40, 40))), 422)


@pytest.mark.parametrize(
    "path", ["anime/prepare", "anime/translate", "anime/heatmap", "made-up/reference", "larger/prepare"]
)
def test_hostile_uploads_get_a_sentence(client: httpx.Client, path: str) -> None:
    program = b"MZ\x90\0\3\0\0\0" + bytes(2000)
    assert "not a picture" in refused(ask(client, path, image=program), 415)
    assert "1 × 1" in refused(ask(client, path, image=encoded(noise(1, 1))), 422)
    assert "40 million" in refused(ask(client, path, image=encoded(Image.new("1", (8001, 5000)))), 413)
    assert "empty" in refused(ask(client, path, image=b""), 422)
    bomb = encoded(Image.new("1", (30_000, 30_000)))  # a few kilobytes that would fill memory
    assert len(bomb) < 300_000
    refused(ask(client, path, image=bomb), 413)


def test_forty_megapixels_are_taken(client: httpx.Client) -> None:
    large = encoded(Image.new("RGB", (8000, 5000), (200, 80, 40)), "JPEG")
    assert shown(ask(client, "anime/translate", image=large)).shape == (32, 32, 3)


@pytest.mark.usefixtures("networks")
def test_a_picture_without_a_face_is_refused_where_one_is_needed(
    client: httpx.Client,
    astronaut: Pixels,
) -> None:
    flat, face = encoded(noise(64, 64)), encoded(astronaut)
    for path in ("faces/prepare", "faces/translate", "made-up/prepare"):
        assert "No face was found in this picture" in refused(ask(client, path, image=flat), 422)
    form = {"class": "1"}
    files = {"image": ("any", face), "reference": ("any", flat)}
    said = refused(client.post("/v1/bundles/made-up/reference", files=files, data=form), 422)
    assert "No face was found in the reference" in said
    cut = ask(client, "made-up/prepare", image=face).content
    files = {"image": ("any", cut), "reference": ("any", cut)}
    answer = client.post("/v1/bundles/made-up/reference", files=files, data={**form, "prepared": "true"})
    assert shown(answer).shape == (32, 32, 3)


@pytest.mark.usefixtures("networks")
def test_a_small_face_in_a_large_photograph_is_found(
    client: httpx.Client,
    astronaut: Pixels,
) -> None:
    ground = Image.new("RGB", (2400, 1600), (90, 110, 100))
    ground.paste(Image.fromarray(astronaut).resize((400, 400)), (900, 500))
    assert shown(ask(client, "faces/prepare", image=encoded(ground, "JPEG"))).shape == (32, 32, 3)

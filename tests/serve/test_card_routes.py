"""The routes of cards: kit, cartoon, checks and files; and what they refuse."""

from __future__ import annotations

import io
import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pikepdf
import pytest
from PIL import Image
from support.cards import FACE, head
from support.colour_profiles import press_profile
from support.face_pictures import astronaut, networks  # noqa: F401 - fixtures
from support.serving import sentence
from support.studio import served_with

from ganvas.apps import card
from ganvas.bundle import write_bundle
from ganvas.models.families import FAMILIES
from ganvas.serve.core.settings import StudioSettings


def png(pixels: Any, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    root = tmp_path_factory.mktemp("bundles")
    config, data = FAMILIES["pix2pix"].tiny()
    colour = data.model_copy(update={"degradation": None, "source_channels": 3})
    write_bundle(root / "tiny", FAMILIES["pix2pix"](config, colour, 1.0), name="Tiny", kimg=1.0, onnx=False)
    styled, spec = FAMILIES["starganv2"].tiny()
    write_bundle(root / "styled", FAMILIES["starganv2"](styled, spec, 1.0), name="Styled", kimg=1.0, onnx=False)
    seeds, noise = FAMILIES["dcgan"].tiny()
    write_bundle(root / "seeds", FAMILIES["dcgan"](seeds, noise, 1.0), name="Seeds", kimg=1.0, onnx=False)
    with served_with(StudioSettings(bundles=root)) as opened:
        yield opened


def send(client: httpx.Client, route: str, files: dict[str, bytes] | None = None, **data: Any) -> httpx.Response:
    given = {name: (name, content) for name, content in (files or {"picture": png(head())}).items()}
    return client.post(f"/v1/card/{route}", files=given, data=data)


def design(**changes: Any) -> str:
    return json.dumps({"template": "hills", "texts": {"name": "김민지"}, "face": FACE, **changes})


def test_the_kit_has_all_that_a_page_needs_and_its_fonts_can_be_loaded(client: httpx.Client) -> None:
    kit = client.get("/v1/card").json()
    assert len(kit["templates"]) == 6
    assert all("{{ground}}" in one["front"] or "{{paper}}" in one["front"] for one in kit["templates"])
    assert kit["landscape"]["trim"] == [0, 0, 85.6, 53.98]
    assert kit["portrait"]["chip"] == pytest.approx([23.98, 9, 13, 13])
    assert kit["shops"][0]["name"] == kit["banks"][0]["name"] == "default"
    font = client.get(kit["fonts"][0]["url"])
    assert font.headers["content-type"] == "font/ttf"
    assert "immutable" in font.headers["cache-control"]
    assert font.content[:4] == b"\0\1\0\0"
    assert client.get("/v1/card/fonts/..%2f..%2fsecret").status_code in (404, 422)


def test_a_photograph_becomes_a_cartoon(networks: None, astronaut: Any, client: httpx.Client) -> None:
    answer = send(client, "cartoon", {"image": png(astronaut)}, bundle="tiny", detail=96).json()
    picture = Image.open(io.BytesIO(b64decode(answer["picture"].partition(",")[2])))
    assert (picture.mode, picture.size) == ("RGBA", (answer["width"], answer["height"]))
    assert "drawn by the model Tiny" in picture.text["XML:com.adobe.xmp"]
    assert np.asarray(picture)[..., 3].min() == 0, "the background is removed"
    x0, y0, x1, y1 = answer["face"]
    assert 0 < x0 < x1 < 1
    assert 0 < y0 < y1 < 1
    assert {one["code"] for one in answer["findings"]} >= {"age-not-checked", "not-compared"}
    assert answer["colours"][0].startswith("#")
    whole = send(
        client, "cartoon", {"image": png(astronaut)}, bundle="tiny", detail=96, scope="photograph", background="keep"
    ).json()
    assert (whole["width"], whole["height"]) == (96, 96)
    styled = send(client, "cartoon", {"image": png(astronaut)}, bundle="styled", **{"class": 1}, seed=3)
    assert styled.status_code == 200, styled.text


def moving() -> bytes:
    file = io.BytesIO()
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], loop=0)
    return file.getvalue()


def test_what_is_no_photograph_of_one_person_is_refused_in_a_sentence(
    networks: None,
    astronaut: Any,
    client: httpx.Client,
) -> None:
    crowd = np.concatenate([astronaut[:300, 100:400]] * 5, axis=1)
    large = io.BytesIO()
    Image.new("1", (8001, 5000)).save(large, "PNG")
    refused = {
        "No face was found": (png(np.full((90, 90, 3), 128, np.uint8)), 422),
        "There are 5 faces": (png(crowd, "JPEG"), 422),
        "has only 1 × 1 pixels": (png(np.zeros((1, 1, 3), np.uint8)), 422),
        "8001 × 5000 pixels": (large.getvalue(), 413),
        "This is an animation": (moving(), 422),
        "not a picture": (b"Dear studio, please draw me.", 415),
        "is empty": (b"", 422),
    }
    for said, (content, status) in refused.items():
        assert said in sentence(send(client, "cartoon", {"image": content}, bundle="tiny"), status)
    photo = {"image": png(astronaut)}
    assert "takes no photographs" in sentence(send(client, "cartoon", photo, bundle="seeds"), 422)
    assert "no bundle 'gone'" in sentence(send(client, "cartoon", photo, bundle="gone"), 404)
    assert "one direction only" in sentence(send(client, "cartoon", photo, bundle="tiny", direction="b_to_a"), 422)


def test_checks_are_sentences_with_codes(client: httpx.Client) -> None:
    small = {"picture": png(head(200))}
    found = send(client, "check", small, design=design(chip=True)).json()["findings"]
    assert [(one["code"], one["level"]) for one in found] == [
        ("picture-resolution", "error"),
        ("ink-not-measured", "info"),
    ]
    with_icc = send(client, "check", {"picture": png(head()), "icc": press_profile()}, design=design()).json()
    assert with_icc["findings"] == []
    bank = send(client, "check", design=design(template="garland"), purpose="bank", profile="aktia").json()["findings"]
    assert {one["code"] for one in bank} == {"bank-text", "bank-light-ground"}


def test_the_pdf_and_the_jpeg_are_those_of_the_design(client: httpx.Client) -> None:
    files = {"picture": png(head()), "icc": press_profile()}
    answer = send(client, "print", files, design=design(), profile="pps-print", bundle="tiny", language="ko")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == 3
        box = [float(value) / 72 * 25.4 for value in pdf.pages[0].trimbox]
        assert box == pytest.approx([1.7, 2.01, 87.3, 55.99], abs=0.02)
    jpeg = send(client, "bank", design=design(), profile="cajamar", bundle="tiny")
    with Image.open(io.BytesIO(jpeg.content)) as image:
        assert image.size == (1616, 1019)
        assert b"drawn by the model Tiny" in image.info["xmp"]


def test_designs_that_cannot_be_are_refused(client: httpx.Client, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("title: X\nwidth: 90\nheight: 57\nsafe: 3\nink: 300\n")
    for said, data in {
        "design: Invalid JSON": {"design": "{"},
        "design.placement.scale": {"design": design(placement={"scale": 99})},
        "design.colours.ground": {"design": design(colours={"ground": '"/><script>'})},
        "no template 'moon'": {"design": design(template="moon")},
        "no text 'nam'": {"design": design(texts={"nam": "x"})},
        "has no 漢": {"design": design(texts={"name": "漢"})},
        "no profile": {"design": design(), "profile": str(own)[:40]},
        "no sheet 'b5'": {"design": design(), "sheet": "b5"},
    }.items():
        assert said in sentence(send(client, "print", **data), 422), said
    no_icc = {"picture": png(head()), "icc": b"no profile"}
    assert "no ICC profile of a CMYK printer" in sentence(send(client, "print", no_icc, design=design()), 422)


def test_without_the_extra_the_studio_says_what_to_install(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card, "NEEDED", ("reportlab", "a_package_that_is_missing"))
    assert "pip install 'ganvas[card]'" in sentence(client.get("/v1/card"), 422)
    assert "pip install 'ganvas[card]'" in sentence(send(client, "check", design=design()), 422)

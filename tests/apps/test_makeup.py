"""Make-up from a reference: colours go over, the person, the ground and the earrings stay; served and by command."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
import torch
from PIL import Image
from support.exported import exported  # noqa: F401 - a fixture
from support.face_pictures import astronaut, networks  # noqa: F401 - fixtures
from support.requests import example_request
from support.studio import served

from ganvas.bundle import Bundle, read_bundle
from ganvas.cli import main
from ganvas.curate.faces import Face, region
from ganvas.errors import UserError
from ganvas.models.batches import to_uint8
from ganvas.serve.app import create_app
from ganvas.serve.core.settings import StudioSettings

Pixels = np.ndarray[Any, np.dtype[np.uint8]]

FLOOR = 0.6  # of the likeness; SFace takes two pictures for one person above 0.36


@pytest.fixture(scope="module")
def artist(networks: None) -> Any:
    from ganvas.apps.makeup import Makeup

    return Makeup()


@pytest.fixture(scope="module")
def bare(astronaut: Pixels) -> Pixels:
    return cv2.resize(astronaut[:320, 60:380], (256, 256), interpolation=cv2.INTER_AREA).astype(np.uint8)


@pytest.fixture(scope="module")
def painted(artist: Any, bare: Pixels) -> Pixels:
    """The same person, mirrored, with dark red lips and green lids."""
    face: Face = artist.face(bare, "source")
    picture = bare.astype(np.float32)
    for names, colour in ((["lips"], (150, 10, 40)), (["left_eye_shadow", "right_eye_shadow"], (20, 140, 90))):
        mask = np.clip(sum(region(face, name, bare.shape) for name in names), 0, 1)[..., None] * 0.8
        picture = picture * (1 - mask) + np.array(colour, np.float32) * mask
    return np.ascontiguousarray(picture.round().astype(np.uint8)[:, ::-1])


def colour_of(picture: Pixels, face: Face, *names: str) -> Any:
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    inside = sum(region(face, name, picture.shape) for name in names) > 0.9
    return lab[inside].mean(0)


def test_lips_and_lids_take_the_references_colours(artist: Any, bare: Pixels, painted: Pixels) -> None:
    done = artist.transfer(bare, painted)
    face, model = artist.face(bare, "source"), artist.face(painted, "reference")
    for names, least in ((("lips",), 0.5), (("left_eye_shadow", "right_eye_shadow"), 0.35)):
        wanted = colour_of(painted, model, *names)
        before, after = (np.linalg.norm((colour_of(p, face, *names) - wanted)[1:]) for p in (bare, done.picture))
        assert after < before * (1 - least), names


def test_the_person_stays_and_nothing_but_the_face_changes(artist: Any, bare: Pixels, painted: Pixels) -> None:
    done = artist.transfer(bare, painted)
    assert done.likeness > FLOOR
    face = artist.face(bare, "source")
    outside = region(face, "face", bare.shape) == 0
    assert outside.mean() > 0.3
    assert np.array_equal(done.picture[outside], bare[outside])
    assert np.array_equal(done.picture[done.region == 0], bare[done.region == 0])
    eyes = (region(face, "left_eye", bare.shape) + region(face, "right_eye", bare.shape)) == 1
    assert np.array_equal(done.picture[eyes], bare[eyes])


def test_strength_goes_from_nothing_to_all(artist: Any, bare: Pixels, painted: Pixels) -> None:
    change = [
        np.abs(artist.transfer(bare, painted, strength).picture.astype(int) - bare).mean() for strength in (0, 0.5, 1)
    ]
    assert change[0] < 0.01  # there and back through Lab
    assert change[0] < change[1] < change[2]
    with pytest.raises(UserError, match="from 0 \\(none\\) to 1"):
        artist.transfer(bare, painted, 1.5)


def test_pictures_of_any_size_serve(artist: Any, bare: Pixels, painted: Pixels) -> None:
    small = cv2.resize(bare, (128, 128), interpolation=cv2.INTER_AREA).astype(np.uint8)
    assert artist.transfer(small, painted).picture.shape == (128, 128, 3)


def test_who_shows_no_face_is_told_which_picture(artist: Any, bare: Pixels) -> None:
    blank = np.full((128, 128, 3), 200, np.uint8)
    with pytest.raises(UserError, match="in the source picture"):
        artist.transfer(blank, bare)
    with pytest.raises(UserError, match="in the reference"):
        artist.transfer(bare, blank)


def test_a_models_answer_is_held_to_the_face(artist: Any, bare: Pixels) -> None:
    answer = cv2.resize(bare, (64, 64), interpolation=cv2.INTER_AREA) + np.array([-30, -20, 0])
    done = artist.keep_person(bare, answer.clip(0, 255).astype(np.uint8))
    assert np.array_equal(done.picture[done.region == 0], bare[done.region == 0])
    change = (done.picture.astype(int) - bare)[done.region > 0.95]
    assert np.abs(np.median(change, axis=0) - (-30, -20, 0)).max() <= 3
    assert done.picture.shape == bare.shape


@pytest.mark.shared_data
@pytest.mark.slow
@pytest.mark.usefixtures("networks")
def test_it_comes_nearer_to_the_teacher_than_the_untouched_face(artist: Any, shared_data: Path) -> None:
    from ganvas.evaluate.similarity import lpips

    folder = shared_data / "makeup"
    references = sorted((folder / "makeup").iterdir())  # pairs count the files in this order
    sources = sorted({path.stem.rsplit("_", 1)[0] for path in (folder / "pairs").iterdir()})[1::4]
    ours, untouched, likeness = [], [], []
    for turn, source in enumerate(sources):
        number = 4 * turn % 40 + 1
        pair = np.asarray(Image.open(folder / "pairs" / f"{source}_{number}.jpg").convert("RGB"))
        given, teacher = np.ascontiguousarray(pair[:, :128]), np.ascontiguousarray(pair[:, 128:])
        done = artist.transfer(given, np.asarray(Image.open(references[number]).convert("RGB")))
        likeness.append(done.likeness)
        made, was, right = (torch.from_numpy(picture)[None] for picture in (done.picture, given, teacher))
        ours.append(float(lpips(made, right)))
        untouched.append(float(lpips(was, right)))
    assert np.mean(ours) < np.mean(untouched)
    assert min(likeness) > FLOOR


# ── Served, and by command ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def written(exported: Callable[[str], Path]) -> Bundle:
    return read_bundle(exported("starganv2"))


@pytest.fixture
def client(written: Bundle) -> Iterator[httpx.Client]:
    with served(create_app(settings=StudioSettings(bundles=written.path.parent))) as (client, _):
        yield client


def png(picture: Pixels) -> tuple[str, bytes]:
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    return "a.png", content.getvalue()


def pixels(answer: httpx.Response) -> Pixels:
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)))


@pytest.fixture
def noise() -> tuple[Pixels, Pixels]:
    draw = np.random.default_rng(0)
    one, two = (draw.integers(0, 255, (32, 32, 3), dtype=np.uint8) for _ in range(2))
    return one, two


def test_the_api_answers_by_reference_and_by_seed(
    client: httpx.Client, written: Bundle, noise: tuple[Pixels, Pixels]
) -> None:
    address, one, two = "/v1/bundles/starganv2/reference", *noise
    files = {"image": png(one), "reference": png(two)}
    by_reference = pixels(client.post(address, files=files, data={"class": "1"}))
    family: Any = written.load_family()
    request: Any = example_request(family, 1)
    given, wanted = (torch.from_numpy(p.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1 for p in (one, two))
    request = request._replace(source=given, reference=wanted, y=torch.ones(1).long(), share=torch.zeros(1))
    right = to_uint8(family.generate(request)).numpy()[0]
    assert np.abs(by_reference.astype(int) - right).max() <= 1
    seeds = [
        pixels(client.post(address, files={"image": png(one)}, data={"seed": seed, "class": "1"}))
        for seed in ("3", "3", "4")
    ]
    assert np.array_equal(seeds[0], seeds[1])
    assert not np.array_equal(seeds[0], seeds[2])


def test_the_api_says_what_is_missing(client: httpx.Client, noise: tuple[Pixels, Pixels]) -> None:
    address, files = "/v1/bundles/starganv2/reference", {"image": png(noise[0]), "reference": png(noise[1])}
    missing = client.post(address, files=files)
    assert missing.status_code == 422
    assert "0: disc, 1: square" in missing.json()["detail"]
    assert client.post(address, files=files, data={"class": "7"}).status_code == 422
    assert client.post(address, files=files, data={"class": "0", "share": "2"}).status_code == 422
    assert client.post(address, files={"image": ("a.png", b"MZ\x90")}).status_code == 415


@pytest.mark.usefixtures("networks")
def test_the_api_makes_up_without_a_model(client: httpx.Client, bare: Pixels, painted: Pixels) -> None:
    answer = client.post("/v1/makeup", files={"image": png(bare), "reference": png(painted)})
    assert pixels(answer).shape == bare.shape
    assert float(answer.headers["X-Likeness"]) > FLOOR
    blank = np.full((64, 64, 3), 128, np.uint8)
    refused = client.post("/v1/makeup", files={"image": png(blank), "reference": png(painted)})
    assert refused.status_code == 422
    assert "No face was found in the source picture" in refused.json()["detail"]


@pytest.mark.usefixtures("networks")
def test_the_api_makes_up_the_regions_that_are_asked_for(
    client: httpx.Client, artist: Any, bare: Pixels, painted: Pixels
) -> None:
    files, none = {"image": png(bare), "reference": png(painted)}, {"lips": "0", "eyes": "0", "skin": "0"}
    face = artist.face(bare)
    lips = region(face, "mouth", bare.shape) > 0
    for wanted, where in (("lips", lips), ("eyes", ~lips)):
        asked = {name: amount for name, amount in none.items() if name != wanted}
        change = np.abs(pixels(client.post("/v1/makeup", files=files, data=asked)).astype(int) - bare).max(2) > 3
        assert change.any()
        assert not (change & ~where).any(), f"{wanted} alone were asked for"
    assert client.post("/v1/makeup", files=files, data={"lips": "1.5"}).status_code == 422


@pytest.mark.usefixtures("networks")
def test_the_api_prepares_what_shows_a_face(client: httpx.Client, bare: Pixels) -> None:
    assert np.array_equal(pixels(client.post("/v1/makeup/prepare", files={"image": png(bare)})), bare)
    large = cv2.resize(bare, (2400, 1200)).astype(np.uint8)
    assert pixels(client.post("/v1/makeup/prepare", files={"image": png(large)})).shape == (1024, 2048, 3)
    blank = np.full((64, 64, 3), 128, np.uint8)
    refused = client.post("/v1/makeup/prepare", files={"image": png(blank)})
    assert refused.status_code == 422
    assert "No face was found in this picture" in refused.json()["detail"]


def test_the_command_carries_every_source_onto_every_reference(
    written: Bundle, noise: tuple[Pixels, Pixels], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    references = tmp_path / "square"
    references.mkdir()
    for name, picture in (("one", noise[0]), ("two", noise[1])):
        Image.fromarray(picture).save(references / f"{name}.png")
    source = tmp_path / "me.png"
    Image.fromarray(noise[0]).save(source)
    command = ["generate", str(written.path), "--source", str(source)]
    assert main([*command, "--reference", str(references), "-o", str(tmp_path / "a")]) in (0, None)
    assert sorted(file.stem for file in (tmp_path / "a").iterdir()) == ["me-one", "me-two"]
    assert main([*command, "--count", "3", "--seed", "5", "--to", "disc", "-o", str(tmp_path / "b")]) in (0, None)
    assert sorted(file.stem for file in (tmp_path / "b").iterdir()) == [f"me-seed00000{n}-disc" for n in (5, 6, 7)]
    assert main([*command, "--reference", str(source), "-o", str(tmp_path / "c")]) == 2
    assert "give it with --to: disc, square." in " ".join(capsys.readouterr().err.split())
    assert main(["generate", str(written.path)]) == 2

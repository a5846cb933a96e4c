"""Make-up from a reference: colours go over, the person, the ground and the earrings stay; served and by command."""

from __future__ import annotations

import dataclasses
import io
import re
import shutil
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

from ganvas.apps.makeup import MOST_REFERENCES, Amounts
from ganvas.apps.makeup.faces import check_turn, turn_between
from ganvas.bundle import Bundle, read_bundle
from ganvas.cli import main
from ganvas.curate.faces import Face, region
from ganvas.curate.faces.landmarks import LEFT_NOSTRIL, RIGHT_NOSTRIL
from ganvas.curate.faces.regions import filled
from ganvas.errors import UserError
from ganvas.models.batches import to_uint8
from ganvas.serve.app import create_app
from ganvas.serve.core.settings import StudioSettings

Pixels = np.ndarray[Any, np.dtype[np.uint8]]

FLOOR = 0.9  # of the likeness; SFace takes two pictures for one person above 0.36


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
    for names, least in ((("lips",), 0.5), (("left_eye_shadow", "right_eye_shadow"), 0.25)):
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
    assert change[0] == 0, "not a bit"
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


def test_references_are_mixed_by_their_weights(artist: Any, bare: Pixels, painted: Pixels) -> None:
    lips = region(artist.face(bare), "lips", bare.shape) > 0.9
    plain = np.ascontiguousarray(bare[:, ::-1])

    def redness(weights: tuple[float, float]) -> float:
        made = artist.transfer(bare, [painted, plain], weights=weights).picture
        return float(cv2.cvtColor(made, cv2.COLOR_RGB2LAB)[lips][:, 1].mean())

    assert redness((1, 0)) > redness((1, 1)) + 2 > redness((0, 1)) + 4
    for weights in ((1.0,), (0.0, 0.0), (float("nan"), 1.0)):
        with pytest.raises(UserError, match="one weight per reference"):
            artist.transfer(bare, [painted, plain], weights=weights)


def test_the_other_half_stands_in_for_what_is_hidden(artist: Any, bare: Pixels, painted: Pixels) -> None:
    """A hand over one eye of the reference: its shadow is taken from the other eye."""
    covered = painted.copy()
    face = artist.face(painted)
    x, y = (int(value) for value in face.left_eye)
    covered[y - 24 : y + 9, x - 20 : x + 24] = (60, 90, 200)
    seen, hidden = (artist.transfer(bare, one, amounts=Amounts(0, 1, 0, 0, 0, 0)) for one in (painted, covered))
    lids = np.maximum(region(face, "left_eye_shadow", bare.shape), region(face, "right_eye_shadow", bare.shape))
    change = [np.abs(one.picture[:, ::-1].astype(int) - bare[:, ::-1]).max(2) for one in (seen, hidden)]
    both = (lids > 0.9) & (change[0] > 8)
    assert both.sum() > 50
    blue = hidden.picture[..., 2].astype(int) - bare[..., 2]
    assert np.percentile(blue, 99.9) < 40, "the hand is not painted on"


def test_heads_that_look_apart_are_refused(artist: Any, bare: Pixels) -> None:
    face = artist.face(bare)
    turned = [dataclasses.replace(face, yaw=face.yaw + turn) for turn in (29, 31)]
    check_turn(face, turned[0])
    with pytest.raises(UserError, match="31° from each other") as refused:
        check_turn(face, turned[1])
    assert refused.value.code == "turned-apart"
    assert turn_between(face, dataclasses.replace(face, roll=face.roll + 45)) < 1e-3, "tilting does not count"


def test_teeth_irises_and_nostrils_stay_and_make_up_reaches_the_lids(
    artist: Any, bare: Pixels, painted: Pixels
) -> None:
    done = artist.transfer(bare, painted)
    face = artist.face(bare)
    inside = region(face, "mouth", bare.shape) * (1 - region(face, "lips", bare.shape))
    nostrils = filled(face.landmarks, (LEFT_NOSTRIL, RIGHT_NOSTRIL), bare.shape)
    eyeballs = np.maximum(region(face, "left_eye", bare.shape), region(face, "right_eye", bare.shape))
    for kept in (inside, nostrils, eyeballs):
        assert (kept == 1).any()
        assert np.array_equal(done.picture[kept == 1], bare[kept == 1])
    rim = (cv2.dilate(eyeballs, np.ones((3, 3))) > 0) & (eyeballs == 0)
    assert (done.region[rim] > 0.5).mean() > 0.95, "no unpainted edge round the eyes"


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
        try:
            done = artist.transfer(given, np.asarray(Image.open(references[number]).convert("RGB")))
        except UserError as error:
            if error.code != "turned-apart":
                raise
            continue
        likeness.append(done.likeness)
        made, was, right = (torch.from_numpy(picture)[None] for picture in (done.picture, given, teacher))
        ours.append(float(lpips(made, right)))
        untouched.append(float(lpips(was, right)))
    assert len(ours) > 5, "the others are turned too far from their references"
    assert np.mean(ours) < np.mean(untouched)
    assert min(likeness) >= 0.9


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


AGREED = {"consent": "true"}


@pytest.mark.usefixtures("networks")
def test_the_api_makes_up_the_regions_that_are_asked_for(
    client: httpx.Client, artist: Any, bare: Pixels, painted: Pixels
) -> None:
    files = [("image", png(bare)), ("reference", png(painted))]
    answer = client.post("/v1/makeup", files=[*files, ("reference", png(bare))], data=AGREED | {"weight": ["1", "0"]})
    assert pixels(answer).shape == bare.shape
    assert float(answer.headers["X-Likeness"]) >= 0.9
    assert 0 < float(answer.headers["X-Make-Up-Eyes"]) <= float(answer.headers["X-Make-Up-Share"]) == 1
    assert answer.headers["X-Make-Up-Missing"] == ""
    assert b"algorithmicallyEnhanced" in answer.content, "the picture says what was done to it"
    none = AGREED | {"lips": "0", "eyes": "0", "skin": "0"}
    lips = cv2.dilate(region(artist.face(bare), "mouth", bare.shape), np.ones((9, 9))) > 0
    for wanted, where in (("lips", lips), ("eyes", ~lips)):
        asked = {name: amount for name, amount in none.items() if name != wanted}
        change = np.abs(pixels(client.post("/v1/makeup", files=files, data=asked)).astype(int) - bare).max(2) > 3
        assert change.any()
        assert not (change & ~where).any(), f"{wanted} alone were asked for"


def test_the_api_refuses_what_cannot_be_made_up(
    client: httpx.Client, networks: None, bare: Pixels, painted: Pixels
) -> None:
    def ask(image: tuple[str, bytes], *references: tuple[str, bytes], **data: Any) -> tuple[int, str]:
        files = [("image", image), *(("reference", one) for one in references)]
        answer = client.post("/v1/makeup", files=files, data=AGREED | data)
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code, answer.json()["code"]

    face, style, blank = png(bare), png(painted), png(np.full((64, 64, 3), 128, np.uint8))
    assert ask(face, style, consent="false") == (422, "consent-needed")
    assert ask(blank, style) == (422, "no-face-in-source")
    assert ask(face, blank) == (422, "no-face-in-reference")
    assert ask(png(np.concatenate([bare] * 5, 1)), style) == (422, "several-faces")
    assert ask(png(np.zeros((1, 1, 3), np.uint8)), style) == (422, "picture-too-small")
    assert ask(("a.png", b"a text, and no picture"), style) == (415, "not-a-picture")
    large = io.BytesIO()
    Image.new("1", (8000, 5001)).save(large, "PNG")
    assert ask(("a.png", large.getvalue()), style) == (413, "picture-too-large")
    assert ask(face, *[style] * 7) == (422, "references-count")
    assert ask(face, style, weight=["-1"]) == (422, "reference-weights")
    assert ask(face, style, lips="1.5") == (422, "invalid-request")
    film = io.BytesIO()
    Image.fromarray(bare).save(film, "GIF", save_all=True, append_images=[Image.fromarray(painted)], loop=0)
    assert ask(("a.gif", film.getvalue()), style) == ask(face, ("a.gif", film.getvalue())) == (422, "animation")


@pytest.mark.usefixtures("networks")
def test_the_api_prepares_what_shows_a_face(client: httpx.Client, bare: Pixels) -> None:
    def prepared(picture: Pixels, **data: str) -> httpx.Response:
        return client.post("/v1/makeup/prepare", files={"image": png(picture)}, data=AGREED | data)

    assert np.array_equal(pixels(prepared(bare)), bare)
    large = cv2.resize(bare, (2400, 1200)).astype(np.uint8)
    assert pixels(prepared(large)).shape == (1024, 2048, 3)
    assert prepared(np.full((64, 64, 3), 128, np.uint8)).json()["code"] == "no-face"
    assert prepared(bare, consent="false").json()["code"] == "consent-needed"


@pytest.mark.usefixtures("networks")
def test_the_command_makes_up_faces(
    bare: Pixels, painted: Pixels, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, picture in (("me", bare), ("star", painted)):
        Image.fromarray(picture).save(tmp_path / f"{name}.png")
    me, star, text = str(tmp_path / "me.png"), str(tmp_path / "star.png"), tmp_path / "text.png"
    text.write_text("no picture")
    command = ["makeup", me, "-r", star, "-o", str(tmp_path / "out")]
    assert main(command) == 2
    assert "18 or older" in " ".join(capsys.readouterr().err.split())
    assert main([*command, "--agree", "--eyes", "0"]) in (0, None)
    assert "likeness 0.9" in capsys.readouterr().out
    made = np.asarray(Image.open(tmp_path / "out" / "me.png"))
    assert made.shape == bare.shape
    assert (made != bare).any()
    sheet = tmp_path / "sheet.png"
    assert main(["makeup", me, "-r", star, "--agree", "--sheet", "-o", str(sheet), "-q"]) in (0, None)
    plain = np.asarray(Image.open(sheet)).shape
    assert plain[1] > 2 * 192
    long = shutil.copy(star, tmp_path / "김민지.png")
    assert main(["makeup", me, me, "-r", star, "-r", str(long), "--agree", "--sheet", "-o", str(sheet), "-q"]) in (
        0,
        None,
    )
    assert np.asarray(Image.open(sheet)).shape[0] > plain[0] + 192, "a row for each, also of one file"
    assert np.asarray(Image.open(sheet)).shape[1] > plain[1] + 192, (
        "the two faces have one name, so their paths stand there"
    )
    assert main(["makeup", str(text), "-r", star, "--agree"]) == 2
    assert "text.png cannot be used" in " ".join(capsys.readouterr().err.split())


def test_the_page_begins_with_the_amounts_of_the_command() -> None:
    folder = Path(__file__).parents[2] / "web" / "src" / "features" / "translate"
    given = re.search(r"AMOUNTS = \{(.*?)\}", (folder / "api.ts").read_text(), re.S)
    assert given is not None
    assert {name: float(value) for name, value in re.findall(r"(\w+): ([\d.]+)", given[1])} == Amounts()._asdict()
    assert f"MOST_MIXED = {MOST_REFERENCES};" in (folder / "pictures.ts").read_text()


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

"""Hair, skin and background of a portrait in chosen colours: what moves, what stays, and what the files say."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import typer
from PIL import Image
from support.exported import tiny
from support.face_pictures import astronaut, networks  # noqa: F401 - fixtures

from ganvas.apps.recolour import REGIONS, SWATCHES, Recoloured, encode_recoloured, parse_colours
from ganvas.bundle import write_bundle
from ganvas.cli import app, main
from ganvas.errors import UserError
from ganvas.inference.images import ImageStream, NamedImage, write_images
from ganvas.inference.source_report import SourceReport

Pixels = np.ndarray[Any, np.dtype[np.uint8]]

COLOURS = {"hair": "#ae946a", "skin": "#8f5f43", "background": "#8fb39a"}


@pytest.fixture(scope="module")
def portrait(astronaut: Pixels) -> Pixels:
    return cv2.resize(astronaut[:300, 80:380], (192, 192), interpolation=cv2.INTER_AREA).astype(np.uint8)


@pytest.fixture(scope="module")
def mattes(networks: None, portrait: Pixels) -> Any:
    from ganvas.apps.makeup.colour import to_lab
    from ganvas.apps.makeup.faces import read_face
    from ganvas.apps.recolour.mattes import mattes_of
    from ganvas.curate.faces import FaceReader

    reader = FaceReader()
    face = read_face(portrait, reader)
    return mattes_of(to_lab(portrait), face, reader.person(portrait)), face, reader


def test_regions_lie_where_they_belong_and_leave_the_features_out(mattes: Any, portrait: Pixels) -> None:
    found, face, _ = mattes
    assert tuple(found) == REGIONS
    hair, skin, ground = (found[name] for name in REGIONS)
    left, top, right, _bottom = face.box.round().astype(int)
    middle = (left + right) // 2
    assert hair[max(top - 8, 0) : top, middle - 10 : middle + 10].mean() > 0.6
    nose = face.nose.round().astype(int)
    assert skin[nose[1] - 12 : nose[1] - 4, nose[0]].min() > 0.9
    assert hair[nose[1], nose[0]] < 0.02
    for eye in (face.left_eye, face.right_eye):
        x, y = eye.round().astype(int)
        assert max(matte[y, x] for matte in found.values()) < 0.2
    assert ground[: top // 2, :20].mean() > 0.6
    assert ground[nose[1], nose[0]] < 0.02
    assert float((hair + skin + ground).max()) < 1.6, "a pixel belongs to one region, apart from borders"


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_gets_its_mean_colour_keeps_its_texture_and_no_other_changes(
    mattes: Any, portrait: Pixels, region: str
) -> None:
    from ganvas.apps.makeup.colour import to_lab
    from ganvas.apps.recolour.recolour import recolour

    found, _, reader = mattes
    colours = parse_colours({region: COLOURS[region]})  # type: ignore[dict-item]
    done = recolour(portrait, colours, reader)
    assert done.missing == ()
    sure = found[region] > 0.9
    wanted = to_lab(np.array([[colours[region]]], np.uint8))[0, 0]  # type: ignore[index]
    before, after = to_lab(portrait)[sure], to_lab(done.picture)[sure]
    assert np.abs(after.mean(0) - wanted).max() < 5
    assert np.corrcoef(before[:, 0], after[:, 0])[0, 1] > 0.9, "light and texture stay"
    outside = found[region] == 0
    assert outside.any()
    assert np.array_equal(done.picture[outside], portrait[outside])


def test_light_hair_has_no_bright_rim_on_the_skin_and_no_dark_one_on_the_ground() -> None:
    """A dark disc of hair on skin and ground, with a matte that runs over its border, and one that ends before it."""
    from ganvas.apps.makeup.colour import to_lab
    from ganvas.apps.recolour.mattes import _by_colour

    y, x = np.mgrid[:80, :80]
    far = np.hypot(y - 40, x - 40)
    picture = np.where(x[..., None] < 40, (205, 160, 135), (120, 140, 165)).astype(np.uint8)
    picture[far < 20] = (30, 25, 22)
    ground = (x >= 40).astype(np.float32)
    for reach in (17, 23):
        drawn = (far < reach).astype(np.float32)
        share = _by_colour(drawn, ground, to_lab(picture), 4.0)
        assert share[far > 21].max() < 0.1
        assert share[(far < 19)].min() > 0.9
    unclear = np.full_like(picture, 90)
    assert np.array_equal(_by_colour(drawn, ground, to_lab(unclear), 4.0), drawn), "without a contrast it stays"


def test_without_a_face_nothing_changes_and_that_is_said(mattes: Any, tmp_path: Path, portrait: Pixels) -> None:
    """Files of a stream: with a face the XMP names the colours, without one a sentence names the picture."""
    from ganvas.apps.recolour.files import Recolouring

    flat = np.full((64, 64, 1), 90, np.uint8)
    recolouring = Recolouring(parse_colours({"hair": "#AE946A", "skin": None}), "Made by the model Faces")
    stream = ImageStream(2, iter([NamedImage("face", portrait), NamedImage("flat", flat)]))
    write_images(recolouring.of(stream), tmp_path / "made", encode=recolouring.encode)
    assert recolouring.sentences() == ["The hair was not found in 1 picture and keeps its colour: flat."]
    with Image.open(tmp_path / "made" / "flat.png") as written:
        assert (np.asarray(written) == 90).all()
        assert "Made by the model Faces." in written.info["XML:com.adobe.xmp"]
    with Image.open(tmp_path / "made" / "face.png") as written:
        assert "colours changed afterwards: hair #ae946a." in written.info["XML:com.adobe.xmp"]
        assert not np.array_equal(np.asarray(written), portrait)


def test_without_colours_pictures_pass_as_they_are(tmp_path: Path) -> None:
    from ganvas.apps.recolour.files import Recolouring

    recolouring = Recolouring({}, "")
    grey = np.full((8, 8, 1), 3, np.uint8)
    stream = recolouring.of(ImageStream(1, iter([NamedImage("a", grey)])))
    write_images(stream, tmp_path / "a.zip", encode=recolouring.encode)
    assert zipfile.ZipFile(tmp_path / "a.zip").namelist() == ["a.png"]
    assert recolouring.sentences() == []


def test_the_names_are_those_of_the_page_and_of_the_help() -> None:
    page = (Path(__file__).parents[2] / "web" / "src" / "features" / "draw" / "colours.tsx").read_text(encoding="utf-8")
    [shown] = re.findall(r"SWATCHES: .*? = \{(.*?)\n\};", page, re.S)
    regions = re.findall(r"(\w+): \{(.*?)\}", shown, re.S)
    assert {region: dict(re.findall(r'(\w+): "(#\w+)"', given)) for region, given in regions} == SWATCHES
    assert parse_colours({"hair": "blond", "skin": "Brown", "background": "grey"}) == {
        "hair": (174, 148, 106),
        "skin": (143, 95, 67),
        "background": (185, 190, 196),
    }
    command = typer.main.get_command(app).commands["translate"]  # type: ignore[attr-defined]
    helps = {option.name: option.help for option in command.params if option.name in REGIONS}
    for region in REGIONS:
        assert ", ".join(SWATCHES[region]) in helps[region]


def test_the_options_of_the_command_change_portraits_and_name_the_colours(
    networks: None,
    portrait: Pixels,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_bundle(tmp_path / "faces", tiny("ugatit"), name="Faces", kimg=1, onnx=False)
    made = NamedImage("a", portrait)
    monkeypatch.setattr("ganvas.inference.images.make_images", lambda *_: ImageStream(1, iter([made]), SourceReport()))
    Image.fromarray(portrait).save(tmp_path / "me.png")
    command = ["translate", str(tmp_path / "faces"), str(tmp_path / "me.png"), "-o", str(tmp_path / "a.png")]
    assert main([*command, "--hair", "blnd"]) == 2
    assert "choose one of black, brown, auburn, blond, grey, white, or write it as #c9a063." in capsys.readouterr().err
    assert main([*command, "--hair", "blond", "--skin", "#8f5f43"]) in (0, None)
    with Image.open(tmp_path / "a.png") as written:
        assert "changed afterwards: hair #ae946a, skin #8f5f43." in written.info["XML:com.adobe.xmp"]
        assert not np.array_equal(np.asarray(written), portrait)
    assert main([*command[:2], "film.mp4", "--background", "sand"]) == 2
    assert "not in videos" in capsys.readouterr().err


def test_colours_are_read_as_in_style_sheets_and_what_is_none_is_refused() -> None:
    assert parse_colours({"hair": " purple ", "skin": "", "background": "#ABC"}) == {
        "hair": (128, 0, 128),
        "background": (170, 187, 204),
    }
    for text in ("#12", "no colour", "9" * 500):
        with pytest.raises(UserError, match="not a colour for the skin") as refused:
            parse_colours({"skin": text})
        assert refused.value.code == "not-a-colour"
        assert len(str(refused.value)) < 200
    picture = np.zeros((4, 4, 3), np.uint8)
    said = encode_recoloured(Recoloured(picture, ("hair",)), {"hair": (1, 2, 3)}, "Made by the model Faces")
    assert b"colours changed" not in said, "what was not found is not said to be changed"

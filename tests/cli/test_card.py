"""``ganvas card``: files, sentences and refusals."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from support.cards import head, write_press_profile
from support.face_pictures import astronaut, networks  # noqa: F401 - fixtures
from typer.testing import CliRunner

import ganvas.cli
from ganvas.bundle import write_bundle
from ganvas.cli import app
from ganvas.models.families import FAMILIES


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["card", *map(str, arguments)])
    assert result.exit_code == 0, (result.output, result.exception)
    return " ".join(result.output.split())


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    path = tmp_path / "head.png"
    Image.fromarray(head()).save(path)
    return path


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    path = tmp_path / "quick.yaml"
    path.write_text("title: Quick\nwidth: 90\nheight: 57\nsafe: 3\nink: 300\nppi: 150\n")
    return path


def test_a_card_for_print_in_cmyk(drawn: Path, quick: Path, tmp_path: Path) -> None:
    icc, output = write_press_profile(tmp_path), tmp_path / "card.pdf"
    said = run(
        *("make", drawn, "--drawn", "--template", "moonlight", "--text", "name=김민지", "--colour", "accent=#FFD700"),
        *("--profile", quick, "--icc", icc, "--language", "ko", "-o", output),
    )
    assert "90 × 57 mm with bleed, CMYK by press.icc, for Quick" in said
    assert "ink of the front: at most" in said
    with pikepdf.open(output) as pdf:
        assert len(pdf.pages) == 3
        assert float(pdf.pages[0].mediabox[3]) == pytest.approx(90 / 25.4 * 72, abs=0.01)


def test_a_face_is_drawn_by_a_model_and_uploaded_to_a_bank(
    networks: None,
    astronaut: object,
    tmp_path: Path,
) -> None:
    config, data = FAMILIES["pix2pix"].tiny()
    family = FAMILIES["pix2pix"](config, data.model_copy(update={"degradation": None, "source_channels": 3}), 1.0)
    write_bundle(tmp_path / "model", family, name="Tiny", kimg=1.0, onnx=False)
    photo, output = tmp_path / "photo.png", tmp_path / "card.jpg"
    Image.fromarray(astronaut).save(photo)  # type: ignore[arg-type]
    said = run("make", photo, "--model", tmp_path / "model", "--profile", "mastercard-us", "-o", output)
    assert "1333 × 840 px" in said or "1332 × 840 px" in said or "1333 × 841 px" in said
    assert "not compared with the pictures" in said
    assert b"drawn by the model Tiny" in output.read_bytes()
    cartoon = tmp_path / "cartoon.png"
    assert "drawn by Tiny" in run("cartoon", photo, "--model", tmp_path / "model", "-o", cartoon)
    with Image.open(cartoon) as image:
        assert image.mode == "RGBA"


def test_templates_and_profiles_are_listed_and_drawn(tmp_path: Path) -> None:
    assert "moonlight portrait name, line, message, small" in run("templates", "-o", tmp_path / "all.png")
    with Image.open(tmp_path / "all.png") as image:
        assert image.width > 1200
    assert "pps-print" in run("profiles")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("make", "no.png", "--drawn"), "There is no picture no.png"),
        (("make", "{text}", "--drawn"), "note.txt cannot be used"),
        (("make", "{drawn}", "--drawn", "-o", "card.png"), "--output is a .pdf for a print shop or a .jpg for a bank"),
        (("make", "{drawn}", "--drawn", "--colour", "ground=blue"), "The card cannot be laid out so (colours.ground"),
        (("make", "{drawn}", "--drawn", "--text", "Kim"), "--text takes a name and a value"),
        (("make", "{drawn}", "--drawn", "--place", "1,2"), "--place is four numbers"),
        (("make", "{drawn}", "--drawn", "--place", "9,0,0,0"), "The card cannot be laid out so (scale"),
        (("make", "{drawn}", "--drawn", "--icc", "{drawn}"), "head.png is no ICC profile of a CMYK printer"),
        (("make", "{drawn}", "--drawn", "--language", "fr"), "--language is en or ko"),
        (("make", "{drawn}", "--drawn", "--sheet", "a4:x"), "--sheet is a size and a number of cards"),
        (("cartoon", "{drawn}", "-o", "a.jpg"), "--output is a PNG"),
        (("cartoon", "{drawn}", "--detail", "9000"), "--detail is a number from 64 to 2048"),
    ],
)
def test_mistakes_are_one_sentence(
    arguments: tuple[str, ...], sentence: str, drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note.txt").write_text("not a picture")
    places = {"drawn": drawn, "text": tmp_path / "note.txt"}
    given = [argument.format(**places) for argument in arguments]
    assert ganvas.cli.main(["card", *given]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1

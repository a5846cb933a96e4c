"""Files that are translated: what is left out and what decoding changes is counted and named."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image
from support.colour_profiles import rgb_profile
from support.packing import picture

from ganvas.cli.output import Output
from ganvas.inference.images import ImageOptions, make_images
from ganvas.models.families import FAMILIES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "in" / "disc"
    picture(place / "a.png")
    Image.new("RGB", (20, 20), "red").save(place / "phone.png", icc_profile=rgb_profile("display-p3"))
    picture(place / "clear.png", (0, 0, 0, 0), mode="RGBA")
    (place / "page.jpg").write_bytes(b"<!doctype html>")
    (place / "scan.jxl").write_bytes(b"\xff\x0a" + bytes(9))
    (place / "notes.txt").write_text("hello")
    return tmp_path / "in"


@pytest.mark.parametrize(("name", "referenced"), [("cut", False), ("pix2pix", False), ("starganv2", True)])
def test_what_becomes_of_the_files_is_said(
    folder: Path, name: str, referenced: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    config, data = FAMILIES[name].tiny()
    torch.manual_seed(0)
    family = FAMILIES[name](config, data, kimg=1.0).eval()
    stream = make_images(family, ImageOptions(source=folder, count=99, reference=folder if referenced else None))
    assert len(list(stream.images)) == (9 if referenced else 3)
    Output().source_report(stream.report)
    said = capsys.readouterr().out
    assert "by the colour profiles of the files: 1 picture" in said
    assert "With transparent parts, which are white now" in said
    assert "2 files could not be used:" in said
    assert "page.jpg: a web page, not a picture" in said
    assert "scan.jxl: JPEG XL is not decoded" in said
    assert "1 other file is no picture" in said
    assert said.count("notes.txt") == 1


def test_nothing_is_said_where_nothing_is_translated(capsys: pytest.CaptureFixture[str]) -> None:
    config, data = FAMILIES["dcgan"].tiny()
    stream = make_images(FAMILIES["dcgan"](config, data, kimg=1.0), ImageOptions(count=1))
    Output().source_report(stream.report)
    assert capsys.readouterr().out == ""

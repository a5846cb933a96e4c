"""Pixel art, padding, grey sets and transparent pictures: what is suggested, and what the settings do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.packing import cache, folder_of, picture  # noqa: F401 - a fixture
from typer.testing import CliRunner

from ganvas.cli import app
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack, pack_like
from ganvas.curate.images.decode import DecodeOptions, open_image
from ganvas.curate.images.prepare import prepare_image
from ganvas.curate.images.remarks import sentences
from ganvas.curate.label_maps import LabelMaps
from ganvas.errors import UserError
from ganvas.inference.translate import prepare_picture
from ganvas.recipe import load
from ganvas.serve.core.decode_pool import DecodePool, UploadLimits
from ganvas.spec import DataSpec

COLOURS = np.random.default_rng(0).integers(0, 256, (9, 3)).astype(np.uint8)


def sprite(path: Path, seed: int, size: tuple[int, int] = (16, 24)) -> Path:
    """Pixel art of nine colours, on a transparent border of a pixel."""
    width, height = size
    pixels = COLOURS[np.random.default_rng(seed).integers(0, 9, (height, width))]
    alpha = np.zeros((height, width, 1), np.uint8)
    alpha[1:-1, 1:-1] = 255
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate([pixels, alpha], axis=2)).save(path)
    return path


def colours_of(pixels: np.ndarray) -> int:
    return len(np.unique(pixels.reshape(-1, pixels.shape[-1]), axis=0))


def test_pixel_art_is_recognised_and_the_settings_keep_its_colours(tmp_path: Path) -> None:
    for number in range(4):
        sprite(tmp_path / "in" / f"{number}.png", number)
    usual = pack(tmp_path / "in", resolution=48)
    assert colours_of(Dataset(usual.path).image(0)) > 100
    assert any("--resize nearest" in sentence and "--crop pad" in sentence for sentence in sentences(usual.remarks))
    kept = pack(tmp_path / "in", resolution=48, resize="nearest", crop="pad")
    pixels = Dataset(kept.path).image(0)
    assert colours_of(pixels) <= 10
    assert "few-colours" not in kept.remarks
    whole = np.asarray(open_image(tmp_path / "in" / "0.png"))  # 16 × 24, twice as large, with white at the sides
    assert (pixels[::2, 8:40:2] == whole).all()
    assert (pixels[:, :8] == 255).all()
    assert (pixels[:, 40:] == 255).all()


def test_photographs_are_not_taken_for_pixel_art(tmp_path: Path) -> None:
    for number in range(4):
        values = np.random.default_rng(number).integers(0, 256, (20, 20, 3)).astype(np.uint8)
        Image.fromarray(values).save(picture(tmp_path / "in" / f"{number}.png"))
    assert pack(tmp_path / "in", resolution=48).remarks == {}


def test_a_model_takes_pictures_as_its_training_did(tmp_path: Path) -> None:
    path = sprite(tmp_path / "in" / "a.png", 0)
    data = DataSpec.model_validate({"resolution": 48, "crop": "pad", "resize": "nearest", "background": "#203040"})
    packed = Dataset(pack_like(tmp_path / "in", data).path).image(0)
    taken = prepare_picture(data, open_image(path, DecodeOptions.of(data)))
    assert (taken == packed).all()
    assert packed[0, 0].tolist() == packed[2, 9].tolist() == [0x20, 0x30, 0x40]
    opener = DecodePool(UploadLimits(workers=1))
    try:
        uploaded = opener.open(path.read_bytes(), least=48, options=DecodeOptions.of(data))
    finally:
        opener.close()
    assert (prepare_picture(data, uploaded) == packed).all()


@pytest.mark.parametrize("size", [(30, 10), (10, 30)])
def test_padding_keeps_the_whole_picture(size: tuple[int, int]) -> None:
    pixels = prepare_image(Image.new("RGB", size, "red"), 30, "pad", 3, background="blue")
    red = (pixels == (255, 0, 0)).all(2)
    rows, columns = np.nonzero(red)
    assert red.sum() == 300
    assert (np.ptp(columns) + 1, np.ptp(rows) + 1) == size
    assert abs(rows.mean() - 14.5) <= 0.5
    assert abs(columns.mean() - 14.5) <= 0.5
    assert (pixels[~red] == (0, 0, 255)).all()


def test_pairs_are_padded_alike(tmp_path: Path) -> None:
    for half in ("source", "target"):
        picture(tmp_path / "in" / half / "a.png", (9, 9, 9), (40, 20))
    dataset = Dataset(pack(tmp_path / "in", resolution=16, crop="pad").path)
    assert (dataset.image(0) == dataset.source(0)).all()
    assert dataset.image(0)[0, 0].tolist() == [255, 255, 255]


def test_labels_are_padded_with_label_0(tmp_path: Path) -> None:
    picture(tmp_path / "in" / "target" / "a.png", (9, 9, 9), (40, 20))
    picture(tmp_path / "in" / "source" / "a.png", 5, (40, 20), mode="L")
    dataset = Dataset(pack(tmp_path / "in", resolution=16, crop="pad", labels=LabelMaps(6)).path)
    assert dataset.source(0)[0, 0].tolist() == [0, 0, 0]
    assert dataset.source(0)[8, 8].tolist() == [5, 5, 5]


def test_a_grey_set_is_told_to_use_one_channel(tmp_path: Path) -> None:
    for number in range(10):
        values = np.random.default_rng(number).integers(0, 256, (20, 20)).astype(np.uint8)
        Image.fromarray(values).resize((90, 90)).save(picture(tmp_path / "in" / f"{number}.jpg"))
    report = pack(tmp_path / "in", resolution=16)
    assert report.remarks["grey"].count == 10
    assert "data.channels=1" in sentences(report.remarks)[0]
    assert "grey" not in pack(tmp_path / "in", resolution=16, channels=1).remarks
    picture(tmp_path / "in" / "red.png", "red")
    picture(tmp_path / "in" / "blue.png", "blue")
    assert "grey" not in pack(tmp_path / "in", resolution=16).remarks


def test_what_became_of_transparent_parts_is_said(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", 2)
    picture(tmp_path / "in" / "clear.png", (255, 0, 0, 0), mode="RGBA")
    picture(tmp_path / "in" / "opaque.png", (255, 0, 0, 255), mode="RGBA")
    report = pack(tmp_path / "in", resolution=8)
    assert report.remarks["transparent"].examples == ("clear.png",)
    assert "1 picture (clear.png)" in sentences(report.remarks)[0]
    runner = CliRunner()
    done = runner.invoke(
        app, ["pack", str(tmp_path / "in"), "-o", str(tmp_path / "set.zip"), "--background", "#102030"]
    )
    assert done.exit_code == 0
    assert "which are #102030 now" in done.output
    assert Dataset(tmp_path / "set.zip").image(2)[0, 0].tolist() == [0x10, 0x20, 0x30]


@pytest.mark.parametrize(
    ("option", "value"),
    [("--background", "no-colour"), ("--resize", "cubic"), ("--white-level", "-3"), ("--crop", "x")],
)
def test_wrong_options_are_one_sentence(tmp_path: Path, option: str, value: str) -> None:
    folder_of(tmp_path / "in", 2)
    done = CliRunner().invoke(app, ["pack", str(tmp_path / "in"), option, value])
    assert isinstance(done.exception, UserError)
    assert not (tmp_path / "cache").exists()


def test_recipes_hold_the_settings() -> None:
    data = load("dcgan-quick", ["data.resize=nearest", "data.crop=pad", "data.background=black"]).data_spec()
    assert (data.resize, data.crop, data.background) == ("nearest", "pad", "black")

"""More than 8 bits, and floating point: white is guessed over the set, said, and can be set."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from support.packing import cache  # noqa: F401 - a fixture
from typer.testing import CliRunner

from ganvas.cli import app
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.images.bit_depth import Levels, ValueRange, guess_levels
from ganvas.curate.images.decode import DecodeOptions, PictureError, decode_picture, open_image
from ganvas.curate.images.remarks import Remark
from ganvas.recipe import load


def deep(path: Path, values: npt.NDArray[np.generic], **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(values).save(path, **options)
    return path


def ramp(most: float, kind: type = np.uint16) -> npt.NDArray[np.generic]:
    return np.linspace(0, most, 64 * 64).reshape(64, 64).astype(kind)


@pytest.mark.parametrize("most", [255, 1023, 4095, 16383, 65535])
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_the_bits_that_are_used_become_the_whole_range(tmp_path: Path, most: int, suffix: str) -> None:
    decoded = decode_picture(deep(tmp_path / f"a.{suffix}", ramp(most)))
    pixels = np.asarray(decoded.image)
    assert (pixels.min(), pixels.max()) == (0, 255)
    assert abs(pixels.mean() - 127.5) < 2
    assert decoded.remarks == {Remark.DEEP}


@pytest.mark.parametrize(
    ("low", "high", "floating", "expected"),
    [
        (0, 300, False, (0, 1023)),
        (0, 70_000, False, (0, 70_000)),
        (-100, 900, False, (-100, 1023)),
        (0.1, 0.7, True, (0, 1)),
        (-0.01, 1.05, True, (0, 1)),
        (0, 3.5, True, (0, 3.5)),
        (0, 200, True, (0, 255)),
        (0, 4000, True, (0, 4095)),
        (-1, 1, True, (-1, 1)),
        (0, 0, False, (0, 255)),
    ],
)
def test_the_guess(low: float, high: float, floating: bool, expected: tuple[float, float]) -> None:
    assert guess_levels(ValueRange(low, high, floating)) == Levels(*expected)


@pytest.mark.parametrize(("kind", "most"), [(np.uint16, 4095), (np.float32, 4095), (np.float32, 1)])
def test_one_white_for_the_whole_set(tmp_path: Path, kind: type, most: float) -> None:
    """A dark picture of a set stays dark beside a bright one."""
    deep(tmp_path / "in" / "bright.tif", ramp(most, kind))
    deep(tmp_path / "in" / "dark.tif", ramp(most / 16, kind))
    report = pack(tmp_path / "in", resolution=64)
    dataset = Dataset(report.path)
    assert dataset.image(0).max() == 255
    assert abs(int(dataset.image(1).max()) - 16) <= 1
    said = report.remarks["deep"]
    assert (said.count, said.examples) == (2, ("bright.tif", "dark.tif"))
    assert said.value == ("4,095" if most > 1 else "1")


def test_white_can_be_set_and_what_is_above_is_counted(tmp_path: Path) -> None:
    deep(tmp_path / "in" / "a.tif", ramp(4095))
    deep(tmp_path / "in" / "b.tif", ramp(1000))
    report = pack(tmp_path / "in", resolution=64, decoding=DecodeOptions(white_level=2047))
    assert abs(float(Dataset(report.path).image(0)[32].mean()) - 255) < 2
    assert "deep" not in report.remarks
    assert report.remarks["clipped"].examples == ("a.tif",)


def test_the_setting_in_commands_and_recipes(tmp_path: Path) -> None:
    deep(tmp_path / "in" / "a.tif", ramp(4095))
    runner = CliRunner()
    done = runner.invoke(app, ["pack", str(tmp_path / "in"), "-o", str(tmp_path / "set.zip")])
    assert done.exit_code == 0
    assert "white level of 4,095, guessed from their values" in done.output
    done = runner.invoke(app, ["pack", str(tmp_path / "in"), "-o", str(tmp_path / "set.zip"), "--white-level", "65535"])
    assert done.exit_code == 0
    assert Dataset(tmp_path / "set.zip").image(0).max() == 16
    recipe = load("dcgan-quick", ["data.white_level=4095"])
    assert DecodeOptions.of(recipe.data_spec()).white_level == 4095


def test_white_is_zero_in_a_tiff_of_16_bits(tmp_path: Path) -> None:
    path = deep(tmp_path / "a.tif", np.full((8, 8), 65535, np.uint16), tiffinfo={262: 0})
    assert open_image(path).getpixel((3, 3)) == (0, 0, 0)


def test_values_that_are_not_finite(tmp_path: Path) -> None:
    values = ramp(1, np.float32)
    values[0, 0], values[0, 1] = np.nan, np.inf  # type: ignore[index]
    content = io.BytesIO()
    Image.fromarray(values).save(content, "TIFF")
    assert np.asarray(open_image(content.getvalue())).max() == 255


def colours(path: Path, most: int, opacity: bool = False, **options: object) -> Path:
    """A picture of 16 bits per channel: red rises to the right, green downwards, blue is dark."""
    cv2 = pytest.importorskip("cv2")
    across = np.tile(ramp_of(most), (48, 1))
    down = np.tile(ramp_of(most)[:48, None], (1, 64))
    channels = [np.full((48, 64), most // 8), down, across] + ([np.full((48, 64), 65535)] if opacity else [])
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.dstack(channels).astype(np.uint16))
    return path


def ramp_of(most: int) -> npt.NDArray[np.float64]:
    return np.linspace(0, most, 64)


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("opacity", [False, True])
@pytest.mark.parametrize("most", [1023, 4095, 65535])
def test_colours_of_16_bits(tmp_path: Path, suffix: str, opacity: bool, most: int) -> None:
    decoded = decode_picture(colours(tmp_path / f"a.{suffix}", most, opacity))
    pixels = np.asarray(decoded.image).astype(int)
    assert np.abs(pixels[10, :, 0] - ramp_of(255)).max() <= 1.5  # every step is there
    assert np.abs(pixels[:, 10, 1] - ramp_of(255)[:48]).max() <= 1.5
    assert abs(pixels[5, 5, 2] - 32) <= 1
    assert decoded.remarks == {Remark.DEEP}


def test_colours_of_16_bits_without_opencv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    colours(tmp_path / "in" / "a.png", 4095)
    colours(tmp_path / "in" / "b.png", 255)
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "cv2", None)
        report = pack(tmp_path / "in", resolution=48)
    assert Dataset(report.path).image(0).max() >= 200
    assert Dataset(report.path).image(1).max() <= 16  # one white level for the set
    assert report.remarks["coarse"].count == 2
    assert report.remarks["deep"].value == "4,095"


@pytest.mark.parametrize("kind", ["grey", "colours"])
def test_deep_pictures_are_turned_upright(tmp_path: Path, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    if kind == "grey":
        path = deep(tmp_path / "a.png", ramp(4095)[:32], exif=exif)
    else:
        path = tmp_path / "a.png"
        content = colours(path, 4095).read_bytes()
        whole = io.BytesIO()
        Image.new("L", (1, 1)).save(whole, "PNG", exif=exif)
        chunk = whole.getvalue()
        start = chunk.index(b"eXIf") - 4
        length = int.from_bytes(chunk[start : start + 4], "big") + 12
        path.write_bytes(content[:33] + chunk[start : start + length] + content[33:])
    decoded = decode_picture(path)
    assert decoded.image.size == decoded.size
    assert decoded.image.height > decoded.image.width
    assert decoded.image.height == 64


def test_a_turned_tiff_keeps_its_size_and_bits(tmp_path: Path) -> None:
    path = deep(tmp_path / "a.tif", ramp(4095)[:32], tiffinfo={0x0112: 6})
    decoded = decode_picture(path)
    assert decoded.image.size == decoded.size == (32, 64)


def test_colours_in_floating_point_are_refused_with_what_to_do(tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    cv2.imwrite(str(tmp_path / "a.tif"), np.zeros((8, 8, 3), np.float32))
    with pytest.raises(PictureError, match="save it with 8 bits"):
        open_image(tmp_path / "a.tif")

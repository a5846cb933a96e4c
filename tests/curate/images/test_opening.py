"""Opening: long texts, very many pixels, and what a file is instead of a picture."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from support.packing import cache, zip_of  # noqa: F401 - a fixture
from typer.testing import CliRunner

from ganvas.cli import app
from ganvas.curate.catalog import Catalog, Origin
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.images.decode import DecodeOptions, PictureError, decode_picture, open_image, picture_size
from ganvas.curate.images.remarks import Remark
from ganvas.serve.core.decode_pool import DecodePool, UploadLimits


def image(width: int = 48, height: int = 32) -> Image.Image:
    across = np.linspace(0, 255, width).astype(np.uint8)
    return Image.fromarray(np.broadcast_to(across[None, :, None], (height, width, 3)).copy())


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def with_text(kind: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    if kind == "many":
        for number in range(7):
            info.add_text(f"text {number}", "x" * 1_000_000)
    elif kind == "iTXt":
        info.add_itxt("workflow", "x" * 2_000_000, zip=True)
    else:
        info.add_text("parameters", "x" * 2_000_000, zip=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(image(), "PNG", pnginfo=info, exif=exif)


@pytest.mark.parametrize("kind", ["zTXt", "iTXt", "many"])
def test_a_png_with_long_texts_is_a_picture_everywhere(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PngImagePlugin, "MAX_TEXT_MEMORY", 6_000_000)  # a tenth, for speed
    content = with_text(kind)
    upright = open_image(saved(image().transpose(Image.Transpose.ROTATE_270), "PNG"))
    assert open_image(content).tobytes() == upright.tobytes()
    (tmp_path / "a.png").write_bytes(content)
    assert open_image(tmp_path / "a.png").size == (32, 48)
    assert picture_size(content) == (48, 32)
    with Catalog.open(tmp_path / "catalogue") as catalogue:
        assert catalogue.add(content, Origin("folder", path="a.png")).new
    report = pack(zip_of(tmp_path / "in.zip", {"a.png": content}), resolution=8)
    assert (report.count, report.skipped) == (1, [])


def test_the_studio_takes_a_png_with_long_texts() -> None:
    opener = DecodePool(UploadLimits(workers=1))
    try:
        assert opener.open(with_text("zTXt")).size == (32, 48)
    finally:
        opener.close()


FEW = DecodeOptions(max_pixels=10_000)


def test_a_jpeg_may_have_four_times_the_pixels() -> None:
    decoded = decode_picture(saved(image(200, 180), "JPEG"), FEW)
    assert (decoded.image.size, decoded.size) == ((100, 90), (200, 180))
    assert decoded.remarks == {Remark.REDUCED}
    assert decode_picture(saved(image(200, 180), "JPEG"), FEW, least=10).remarks == frozenset()
    with pytest.raises(PictureError, match=r"\(210 × 200: 0.042 million, and the limit is 0.04 million\)"):
        decode_picture(saved(image(210, 200), "JPEG"), FEW)


def test_other_files_and_the_message() -> None:
    with pytest.raises(PictureError, match=r"\(110 × 100: 0.011 million, and the limit is 0.01 million\)"):
        decode_picture(saved(image(110, 100), "PNG"), FEW)
    assert decode_picture(saved(image(110, 100), "PNG"), FEW._replace(max_pixels=11_000)).image.size == (110, 100)


def test_the_usual_limit_lets_a_phones_108_megapixels_pass() -> None:
    """A header is enough: the file ends after it, and Pillow says so, having accepted its size."""
    head = saved(image(), "JPEG")
    at = head.index(b"\xff\xc0") + 5
    large = head[:at] + (9000).to_bytes(2, "big") + (12000).to_bytes(2, "big") + head[at + 4 :]
    with pytest.raises(PictureError, match=r"(?i)truncated"):
        decode_picture(large[: len(large) // 2], least=8)
    with pytest.raises(PictureError, match="limit is 80 million"):
        decode_picture(saved(image(), "BMP").replace((48).to_bytes(4, "little"), (4_000_000).to_bytes(4, "little"), 1))


def test_boxes_are_in_pixels_of_the_whole_picture(tmp_path: Path) -> None:
    pixels = np.zeros((200, 200, 3), np.uint8)
    pixels[100:, 100:] = 255
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.jpg").write_bytes(saved(Image.fromarray(pixels), "JPEG"))
    boxes = tmp_path / "boxes.csv"
    boxes.write_text("filename,xmin,ymin,xmax,ymax\na.jpg,120,120,180,180\n")
    report = pack(source, resolution=8, boxes=boxes, margin=0, decoding=FEW)
    assert Dataset(report.path).image(0).min() > 250
    assert report.remarks["reduced"].count == 1


def test_the_limit_is_a_setting_of_pack_and_collect(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").write_bytes(saved(image(200, 100), "PNG"))
    (tmp_path / "in" / "b.jpg").write_bytes(saved(image(200, 100), "JPEG"))
    runner = CliRunner()
    limit = ["--max-megapixels", "0.01"]
    done = runner.invoke(app, ["pack", str(tmp_path / "in"), "-o", str(tmp_path / "set.zip"), *limit])
    assert done.exit_code == 0
    assert "a.png: too many pixels (200 × 100: 0.02 million, and the limit is 0.01 million)" in done.output
    assert "--max-megapixels raises the limit" in done.output
    done = runner.invoke(app, ["collect", str(tmp_path / "in"), "-c", str(tmp_path / "catalogue"), *limit])
    assert done.exit_code == 0
    assert "--max-megapixels raises the limit" in done.output
    with Catalog.open(tmp_path / "catalogue") as catalogue:
        (only,) = catalogue.images()
        assert (only.width, only.height) == (200, 100)
    done = runner.invoke(app, ["pack", str(tmp_path / "in"), "-o", str(tmp_path / "set.zip")])
    assert Dataset(tmp_path / "set.zip").manifest.skipped == ()


@pytest.mark.parametrize("content", [b"<!doctype html><html>", b"%PDF-1.7", b"%!PS-Adobe", b""])
def test_what_a_file_is_instead_of_a_picture_is_said(tmp_path: Path, content: bytes) -> None:
    report = pack(zip_of(tmp_path / "in.zip", {"a.jpg": content, "b.png": saved(image(), "PNG")}), resolution=8)
    (skipped,) = report.skipped
    assert skipped.reason not in ("not a picture", "")
    assert "damaged" not in skipped.reason

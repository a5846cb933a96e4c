"""Colour profiles: every way in gives the colours that the file shows, and what cannot be converted is counted."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.colour_profiles import cmyk_profile, grey_profile, rgb_profile
from support.packing import cache, zip_of  # noqa: F401 - a fixture

from ganvas.cli.output import Output
from ganvas.curate.catalog import Catalog, Origin
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.images.decode import decode_picture, open_image
from ganvas.curate.images.remarks import Remark
from ganvas.serve.core.decode_pool import DecodePool, UploadLimits

PHONE, SHOWN = (212, 75, 42), (230, 60, 20)  # one colour, in Display P3 and in sRGB
KINDS = ["PNG", "JPEG", "TIFF", "WEBP", "AVIF", "HEIF"]


def saved(image: Image.Image, kind: str, profile: bytes | None, **options: object) -> bytes:
    content = io.BytesIO()
    if kind == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    if kind in ("JPEG", "WEBP", "AVIF", "HEIF"):
        options |= {"quality": 98}
    image.save(content, kind, icc_profile=profile, **options)
    return content.getvalue()


def phone(kind: str = "PNG", colour: tuple[int, int, int] = PHONE) -> bytes:
    return saved(Image.new("RGB", (48, 48), colour), kind, rgb_profile("display-p3"))


def colour_of(image: Image.Image) -> list[int]:
    assert image.mode == "RGB"
    assert "icc_profile" not in image.info
    colour: list[int] = np.asarray(image)[20, 20].tolist()
    return colour


@pytest.mark.parametrize("kind", KINDS)
def test_a_phones_colours_become_srgb(kind: str) -> None:
    decoded = decode_picture(phone(kind))
    assert np.allclose(colour_of(decoded.image), SHOWN, atol=1 if kind in ("PNG", "TIFF") else 4)
    assert decoded.remarks == {Remark.PROFILE}


def test_a_jpeg_decoded_at_a_lower_scale_is_converted() -> None:
    content = saved(Image.new("RGB", (400, 400), PHONE), "JPEG", rgb_profile("display-p3"))
    assert np.allclose(colour_of(open_image(content, least=40)), SHOWN, atol=4)


def test_packed_pixels_are_srgb_and_the_report_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = zip_of(tmp_path / "in.zip", {f"{number}.png": phone() for number in range(5)})
    report = pack(source, resolution=16)
    assert np.allclose(Dataset(report.path).image(0)[8, 8], SHOWN, atol=1)
    assert report.remarks["profile"].count == 5
    again = pack(source, resolution=16)
    assert again.reused
    assert again.remarks == report.remarks
    Output().pack_report(again)
    assert "by the colour profiles of the files: 5 pictures (0.png, 1.png, 2.png, …)." in capsys.readouterr().out


def test_the_studio_and_the_catalogue_show_the_same_colours(tmp_path: Path) -> None:
    opener = DecodePool(UploadLimits(workers=1))
    try:
        assert np.allclose(colour_of(opener.open(phone("JPEG"), least=16)), SHOWN, atol=4)
    finally:
        opener.close()
    with Catalog.open(tmp_path / "catalogue") as catalogue:
        catalogue.add(phone(), Origin("folder", path="a.png"))
        thumbnail = catalogue.thumbnails.get(next(iter(catalogue.images())), 64)
    assert thumbnail is not None
    with Image.open(io.BytesIO(thumbnail)) as shown:
        assert np.allclose(np.asarray(shown.convert("RGB"))[20, 20], SHOWN, atol=8)


def test_transparency_survives_the_conversion() -> None:
    image = Image.new("RGBA", (48, 48), (*PHONE, 255))
    image.paste((0, 0, 0, 0), (0, 0, 10, 10))
    opened = open_image(saved(image, "PNG", rgb_profile("display-p3")))
    assert np.allclose(colour_of(opened), SHOWN, atol=1)
    assert opened.getpixel((3, 3)) == (255, 255, 255)


def test_a_palette_has_a_profile_as_well() -> None:
    image = Image.new("P", (48, 48), 1)
    image.putpalette([0, 0, 0, *PHONE])
    assert np.allclose(colour_of(open_image(saved(image, "PNG", rgb_profile("display-p3")))), SHOWN, atol=1)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_inks_are_converted_by_their_own_profile(kind: str) -> None:
    inks = Image.new("CMYK", (48, 48), (0, 255, 255, 0))
    decoded = decode_picture(saved(inks, kind, cmyk_profile((50, 60, 40))))
    red, green, blue = colour_of(decoded.image)
    # L* 50, a* 60, b* 40 is a dull red, rgb(210, 50, 55); black-point compensation moves it a little.
    assert abs(red - 210) < 25
    assert 30 < green < 80
    assert 30 < blue < 80
    assert decoded.remarks == {Remark.PROFILE}
    plain = decode_picture(saved(inks, kind, None))
    assert np.allclose(colour_of(plain.image), (255, 0, 0), atol=6)
    assert plain.remarks == {Remark.CMYK_GUESSED}


def test_grey_by_a_profile_of_grey_and_by_one_of_colours() -> None:
    grey = Image.new("L", (48, 48), 100)
    assert np.allclose(colour_of(open_image(saved(grey, "PNG", grey_profile(1.0)))), [168] * 3, atol=3)
    decoded = decode_picture(saved(grey, "PNG", rgb_profile("adobe-rgb")))
    assert decoded.remarks == {Remark.PROFILE}
    assert np.allclose(colour_of(decoded.image), [99] * 3, atol=3)


def test_the_profile_of_srgb_changes_no_pixel() -> None:
    values = np.random.default_rng(0).integers(0, 256, (48, 48, 3)).astype(np.uint8)
    decoded = decode_picture(saved(Image.fromarray(values), "PNG", rgb_profile("srgb")))
    assert (np.asarray(decoded.image) == values).all()
    assert decoded.remarks == frozenset()


@pytest.mark.parametrize(
    "profile", [b"nonsense" * 20, rgb_profile("display-p3")[:200], grey_profile(2.2), cmyk_profile((50, 60, 40))]
)
def test_a_profile_that_cannot_be_used_changes_nothing_and_is_counted(tmp_path: Path, profile: bytes) -> None:
    content = saved(Image.new("RGB", (48, 48), PHONE), "PNG", profile)
    report = pack(zip_of(tmp_path / "in.zip", {"a.png": content, "b.png": phone()}), resolution=8)
    pixels = Dataset(report.path).image(0)[4, 4]
    assert pixels.tolist() == list(PHONE)
    assert report.remarks["profile-unusable"].examples == ("a.png",)
    assert report.remarks["profile"].count == 1

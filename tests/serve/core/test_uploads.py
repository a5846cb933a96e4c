"""Hostile and clumsy uploads: each gets one sentence, and the next picture is opened as if nothing had been."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ganvas.curate import file_kinds
from ganvas.curate.images.decode import open_image
from ganvas.serve.core.decode_pool import DecodePool, UploadLimits
from ganvas.serve.core.errors import UploadError


@pytest.fixture(scope="module")
def opener() -> Iterator[DecodePool]:
    made = DecodePool(UploadLimits(workers=1))
    yield made
    made.close()


def picture(width: int = 40, height: int = 30, mode: str = "RGB") -> Image.Image:
    values = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    return Image.fromarray(values).convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG header for a picture of this size with hardly any content: a decompression bomb."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def refused(opener: DecodePool, content: bytes) -> UploadError:
    with pytest.raises(UploadError) as caught:
        opener.open(content)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return caught.value


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_pictures_people_have_are_opened_as_in_training(opener: DecodePool, kind: str) -> None:
    content = saved(picture(), kind)
    assert opener.open(content).tobytes() == open_image(content).tobytes()


def test_heic_of_phones_is_opened(opener: DecodePool) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    heif = pillow_heif.from_pillow(picture(64, 48))
    content = io.BytesIO()
    heif.save(content)
    assert opener.open(content.getvalue()).size == (64, 48)


def test_exif_turns_the_picture_and_is_then_gone(opener: DecodePool) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise
    exif[0x010E] = "taken at home"
    opened = opener.open(saved(picture(40, 30), "JPEG", exif=exif))
    assert opened.size == (30, 40)
    assert not opened.getexif()
    assert not opened.info


def test_transparency_lies_on_white(opener: DecodePool) -> None:
    assert opener.open(saved(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG")).getpixel((3, 3)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Windows program", b"MZ\x90\x00" + b"\0" * 500),
        ("Linux program", b"\x7fELF\x02\x01\x01" + b"\0" * 500),
        ("SVG", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("SVG after a declaration", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("page", b"<!doctype html><script>1</script>"),
        ("PDF", b"%PDF-1.7\n" + b"\0" * 100),
        ("PostScript, which Pillow hands to another program", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
        ("zip", b"PK\x03\x04" + b"\0" * 100),
        ("film", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
        ("sound", b"RIFF\x24\0\0\0WAVEfmt "),
        ("text", b"hello"),
        ("PPM, a picture but not one browsers send", saved(picture(), "PPM")),
        ("JPEG2000", b"\0\0\0\x0cjP  \r\n\x87\n"),
        ("picture behind a PDF's head", b"%PDF-1.4\n" + saved(picture(), "PNG")),
    ],
)
def test_what_is_no_picture_is_told_by_content(opener: DecodePool, name: str, content: bytes) -> None:
    assert refused(opener, content).status == 415


def test_a_picture_with_something_hidden_behind_it_is_only_a_picture(opener: DecodePool) -> None:
    whole = saved(picture(), "GIF") + b"<script>alert(1)</script>PK\x03\x04"
    assert opener.open(whole).tobytes() == open_image(saved(picture(), "GIF")).tobytes()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "AVIF"])
@pytest.mark.parametrize("share", [0.05, 0.5])
def test_a_truncated_picture_is_refused(opener: DecodePool, kind: str, share: float) -> None:
    content = saved(picture(200, 200), kind)
    assert refused(opener, content[: max(int(len(content) * share), 13)]).status in (415, 422)


def test_an_empty_upload_is_refused(opener: DecodePool) -> None:
    assert refused(opener, b"").status == 422


def test_a_picture_of_one_pixel_is_refused(opener: DecodePool) -> None:
    error = refused(opener, saved(picture(1, 1), "PNG"))
    assert error.status == 422
    assert "1 × 1" in str(error)


def test_forty_megapixels_pass_and_one_more_does_not() -> None:
    limits = UploadLimits(pixels=40_000, workers=1)  # the same code at a thousandth
    opener = DecodePool(limits)
    try:
        assert opener.open(saved(picture(200, 200), "PNG")).size == (200, 200)
        assert refused(opener, saved(picture(201, 200), "PNG")).status == 413
    finally:
        opener.close()
    assert UploadLimits().pixels == 40_000_000


@pytest.mark.parametrize(("width", "height"), [(40_000_001, 1), (6325, 6325), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_header(opener: DecodePool, width: int, height: int) -> None:
    assert refused(opener, png_claiming(width, height)).status in (413, 422)


def test_too_many_bytes_are_refused() -> None:
    opener = DecodePool(UploadLimits(bytes=1000, workers=1))
    error = refused(opener, saved(picture(200, 200), "PNG"))
    assert error.status == 413
    assert "0.001 MB" in str(error)


def test_a_decoder_that_takes_too_long_or_dies_is_replaced() -> None:
    slow = DecodePool(UploadLimits(workers=1, seconds=0.0))
    try:
        assert "took more than" in str(refused(slow, saved(picture(), "PNG")))
        object.__setattr__(slow, "limits", UploadLimits(workers=1))
        assert slow.open(saved(picture(), "PNG")).size == (40, 30)
        process = slow._all[0]._process
        assert process is not None
        process.kill()
        process.wait()
        assert slow.open(saved(picture(), "PNG")).size == (40, 30)
    finally:
        slow.close()


MAGIC = [magic for magic, _ in file_kinds._PICTURES] + [
    b"RIFF\0\0\0\0WEBPVP8 ",
    b"\0\0\0\x1cftypavif",
    b"\0\0\0\x18ftypheic",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(MAGIC), st.binary(max_size=300))
def test_nonsense_behind_a_true_beginning_never_breaks_it(opener: DecodePool, magic: bytes, rest: bytes) -> None:
    with contextlib.suppress(UploadError):  # whatever else it raises would reach the user as a failure
        opener.open(magic + rest)
    assert opener.open(saved(picture(), "PNG")).size == (40, 30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "TIFF"]), st.data())
def test_flipped_bytes_never_break_it(opener: DecodePool, kind: str, data: st.DataObject) -> None:
    content = bytearray(saved(picture(), kind))
    for _ in range(5):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(UploadError):  # whatever else it raises would reach the user as a failure
        opener.open(bytes(content))
    assert opener.open(saved(picture(), "PNG")).size == (40, 30)

"""Packing: whatever lies in a folder becomes one archive, and what cannot is named."""

from __future__ import annotations

import os
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.packing import (  # noqa: F401 - fixtures
    cache,
    folder_of,
    picture,
    png,
    zip_of,
)

from ganvas.curate.dataset.dataset import Dataset, random_hold_out
from ganvas.curate.dataset.pack import pack
from ganvas.curate.images.crop import crop_box
from ganvas.curate.images.decode import open_image
from ganvas.curate.images.prepare import prepare_image
from ganvas.errors import UserError


@pytest.mark.parametrize(
    ("mode", "colour", "suffix", "expected"),
    [
        ("RGB", (200, 30, 60), "png", (200, 30, 60)),
        ("RGB", (200, 30, 60), "webp", (200, 30, 60)),
        ("RGB", (200, 30, 60), "avif", (200, 30, 60)),
        ("L", 77, "png", (77, 77, 77)),
        ("1", 1, "png", (255, 255, 255)),
        ("RGBA", (0, 0, 255, 0), "png", (255, 255, 255)),
        ("RGBA", (0, 0, 0, 128), "png", (127, 127, 127)),
        ("LA", (0, 0), "png", (255, 255, 255)),
        ("CMYK", (0, 255, 255, 0), "tif", (255, 0, 0)),
        ("CMYK", (0, 255, 255, 0), "jpg", (255, 0, 0)),
        ("I;16", 0x8080, "png", (128, 128, 128)),
        ("I;16", 300, "tif", (75, 75, 75)),  # 10 bits in a file of 16
        ("F", 0.5, "tif", (128, 128, 128)),
    ],
)
def test_every_mode_becomes_rgb_with_its_colour(
    tmp_path: Path, mode: str, colour: object, suffix: str, expected: tuple[int, int, int]
) -> None:
    image = open_image(picture(tmp_path / f"a.{suffix}", colour, mode=mode))
    assert image.mode == "RGB"
    assert np.allclose(np.asarray(image)[15, 20], expected, atol=6 if suffix in ("jpg", "webp", "avif") else 1)


def test_heic_is_read(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    heif.from_pillow(Image.new("RGB", (64, 64), (10, 200, 90))).save(tmp_path / "a.heic")
    assert np.allclose(np.asarray(open_image(tmp_path / "a.heic"))[30, 30], (10, 200, 90), atol=8)


def test_palette_transparency_is_white(tmp_path: Path) -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 9, 9, 9])
    image.save(tmp_path / "a.png", transparency=1)
    assert np.asarray(open_image(tmp_path / "a.png"))[0, 0].tolist() == [255, 255, 255]


def test_exif_turns_the_picture_upright(tmp_path: Path) -> None:
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[:, :20] = 255  # bright left half; orientation 6 turns it clockwise, so it comes to stand above
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(tmp_path / "a.jpg", exif=exif, quality=95)
    upright = np.asarray(open_image(tmp_path / "a.jpg"))
    assert upright.shape == (40, 20, 3)
    assert upright[:15].min() > 200
    assert upright[25:].max() < 60


def test_first_frame_of_an_animation(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "lime", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert np.asarray(open_image(tmp_path / "a.gif"))[4, 4].tolist() == [255, 0, 0]


def test_bytes_and_path_give_the_same(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    assert open_image(path).tobytes() == open_image(path.read_bytes()).tobytes()


def test_shrinking_is_antialiased() -> None:
    board = (np.indices((256, 256)).sum(0) % 2 * 255).astype(np.uint8)
    small = prepare_image(Image.fromarray(board).convert("RGB"), 32, "center", 3)
    assert small.shape == (32, 32, 3)
    assert np.abs(small.astype(int) - 128).max() <= 3


def test_crops(tmp_path: Path) -> None:
    pixels = np.full((300, 100, 3), 90, np.uint8)
    pixels[40:110:4, 10:90] = 250  # what there is to see stands above the middle
    image = Image.fromarray(pixels)
    assert crop_box(image, "center") == (0, 100, 100, 200)
    assert crop_box(image, "stretch") == (0, 0, 100, 300)
    top = crop_box(image, "smart")[1]
    assert 0 <= top <= 40
    sideways = crop_box(image.transpose(Image.Transpose.ROTATE_270), "smart")
    assert sideways[0] >= 160
    assert crop_box(image, "smart") == crop_box(image.copy(), "smart")
    assert prepare_image(image, 16, "smart", 1).shape == (16, 16, 1)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_broken_files_are_named_and_the_rest_is_packed(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", 5)
    (source / "empty.jpg").write_bytes(b"")
    (source / "text.png").write_text("hello")
    whole = (source / "0.png").read_bytes()
    (source / "cut.png").write_bytes(whole[: len(whole) // 2])
    for name, side in (("bomb.png", 60_000), ("large.png", 9_300)):
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
        (source / name).write_bytes(b"\x89PNG\r\n\x1a\n" + header + pixels)
    (source / "away.png").symlink_to(tmp_path / "nothing")
    (source / "notes.txt").write_text("no picture, and does not look like one")
    (source / "Thumbs.db").write_bytes(b"x")
    (source / "__MACOSX").mkdir()
    picture(source / "__MACOSX" / "a.png")
    picture(source / ".hidden" / "a.png")
    report = pack(source, resolution=16)
    assert report.count == 5
    reasons = dict(report.skipped)
    assert set(reasons) == {"empty.jpg", "text.png", "cut.png", "bomb.png", "large.png", "away.png"}
    assert "too many pixels" in reasons["bomb.png"]
    assert "too many pixels" in reasons["large.png"]
    assert "not a picture" in reasons["text.png"]
    assert all(reasons.values())


def test_a_class_for_each_sub_folder(tmp_path: Path) -> None:
    source = tmp_path / "in"
    folder_of(source / "cats" / "deep" / "deeper", 2)
    folder_of(source / "ants", 3)
    picture(source / "cover.png")
    (source / "empty").mkdir()
    report = pack(source, resolution=8)
    dataset = Dataset(report.path)
    assert report.classes == dataset.classes == ("ants", "cats")
    assert dataset.labels.dtype == np.int64
    assert dataset.labels.tolist() == [0, 0, 0, 1, 1]
    assert {skipped.path for skipped in report.skipped} == {"cover.png", "empty"}


@pytest.mark.parametrize("inner", ["", "only"])
def test_one_folder_has_no_classes(tmp_path: Path, inner: str) -> None:
    folder_of(tmp_path / "in" / inner, 2)
    report = pack(tmp_path / "in", resolution=8)
    assert report.classes == ()
    assert Dataset(report.path).labels.tolist() == [0, 0]


def test_many_loose_pictures_are_not_lost_for_a_few_folders(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", 6)
    folder_of(tmp_path / "in" / "a", 1)
    folder_of(tmp_path / "in" / "b", 1)
    report = pack(tmp_path / "in", resolution=8)
    assert (report.count, report.classes) == (8, ())


def test_pixels_grey_and_enlarged(tmp_path: Path) -> None:
    picture(tmp_path / "in" / "a.png", (255, 0, 0), (10, 10))
    report = pack(tmp_path / "in", resolution=32, channels=1)
    assert report.enlarged == 1
    pixels = Dataset(report.path).image(0)
    assert pixels.shape == (32, 32, 1)
    assert np.unique(pixels).tolist() == [76]


def test_licences_travel_with_their_pictures(tmp_path: Path) -> None:
    source = tmp_path / "in"
    folder_of(source / "a", 1)
    folder_of(source / "b", 1)
    (source / "b" / "LICENSE.txt").write_text("CC BY 4.0, Ada")
    (source / "CREDITS").write_text("by friends")
    dataset = Dataset(pack(source, resolution=8).path)
    assert [item.licence for item in dataset.items] == ["CREDITS", "b/LICENSE.txt"]
    assert {licence.text for licence in dataset.manifest.licences} == {"CC BY 4.0, Ada", "by friends"}


@pytest.mark.parametrize("zipped", [False, True])
def test_files_without_suffix_are_told_by_content(tmp_path: Path, zipped: bool) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a1b2c3").write_bytes(png())
    (source / "Makefile").write_text("all:")
    os.mkfifo(source / "pipe")
    if zipped:
        source = zip_of(tmp_path / "in.zip", {"a1b2c3": png(), "Makefile": b"all:"})
    report = pack(source, resolution=8)
    assert (report.count, report.skipped) == (1, [])


def test_links_in_circles_end(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", 2)
    (source / "round").symlink_to(source)
    assert pack(source, resolution=8).count == 2


def test_the_archive_is_stored_manifest_first_and_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", 40)
    one, many = tmp_path / "one.zip", tmp_path / "many.zip"
    seen: list[tuple[int, int]] = []
    pack(source, one, resolution=16, workers=1, progress=lambda done, total: seen.append((done, total)))
    pack(source, many, resolution=16, workers=5)
    assert one.read_bytes() == many.read_bytes()
    assert seen == [(done, 40) for done in range(1, 41)]
    with zipfile.ZipFile(one) as archive:
        assert archive.infolist()[0].filename == "dataset.json"
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
    assert sorted(path.name for path in tmp_path.glob("*.zip")) == ["many.zip", "one.zip"]
    assert not list(tmp_path.glob(".*tmp"))


@pytest.mark.parametrize("to_cache", [True, False])
def test_packing_again_costs_nothing_until_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to_cache: bool
) -> None:
    source = folder_of(tmp_path / "in", 3)
    output = None if to_cache else tmp_path / "out.zip"
    first = pack(source, output, resolution=8)
    assert not first.reused
    before = first.path.stat()
    with monkeypatch.context() as patch:
        patch.setattr(
            "ganvas.curate.dataset.encode.decode_picture", lambda *_, **__: pytest.fail("a picture was decoded")
        )
        again = pack(source, output, resolution=8)
    after = again.path.stat()
    assert again.reused
    assert (again.path, again.count) == (first.path, first.count)
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    information = (source / "1.png").stat()
    picture(source / "1.png", (1, 2, 3))
    os.utime(source / "1.png", ns=(information.st_atime_ns, information.st_mtime_ns + 1))
    changed = pack(source, output, resolution=8)
    assert not changed.reused
    assert Dataset(changed.path).image(1)[0, 0].tolist() == [1, 2, 3]
    assert not pack(source, output, resolution=16).reused
    assert not pack(source, output, resolution=16, crop="smart").reused


def test_a_broken_cache_is_packed_again(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", 2)
    first = pack(source, resolution=8)
    first.path.write_bytes(first.path.read_bytes()[:100])
    assert not pack(source, resolution=8).reused
    assert len(Dataset(first.path)) == 2


def test_a_data_set_is_a_source(tmp_path: Path) -> None:
    folder_of(tmp_path / "in" / "a", 2)
    folder_of(tmp_path / "in" / "b", 1)
    packed = pack(tmp_path / "in", tmp_path / "set.zip", resolution=32).path
    same = pack(packed, resolution=32)
    assert (same.path, same.reused) == (packed, True)
    smaller = pack(packed, resolution=8)
    assert smaller.path != packed
    assert smaller.classes == ("a", "b")
    assert Dataset(smaller.path).labels.tolist() == [0, 0, 1]


def test_dataset_reads_after_pickling_and_finds_damage(tmp_path: Path) -> None:
    dataset = Dataset(pack(folder_of(tmp_path / "in", 3), tmp_path / "set.zip", resolution=8).path)
    other = pickle.loads(pickle.dumps(dataset))
    assert (other.image(2) == dataset.image(2)).all()
    content = bytearray(dataset.path.read_bytes())
    at = content.rindex(b"IDAT") + 6
    content[at] ^= 255
    dataset.path.write_bytes(content)
    with pytest.raises(UserError, match="changed or damaged"):
        dataset.image(2)


def test_a_data_set_zipped_again_still_reads(tmp_path: Path) -> None:
    dataset = Dataset(pack(folder_of(tmp_path / "in", 2), tmp_path / "set.zip", resolution=8).path)
    with zipfile.ZipFile(dataset.path) as old, zipfile.ZipFile(tmp_path / "new.zip", "w", zipfile.ZIP_DEFLATED) as new:
        for name in reversed(old.namelist()):
            new.writestr(name, old.read(name))
    again = Dataset(tmp_path / "new.zip")
    assert again.sha256 == dataset.sha256
    assert (again.image(1) == dataset.image(1)).all()


def test_subset_and_split(tmp_path: Path) -> None:
    dataset = Dataset(pack(folder_of(tmp_path / "in", 5), resolution=8).path)
    kept, held = random_hold_out(len(dataset), 0.4, seed=3)
    assert sorted([*kept, *held]) == list(range(5))
    assert len(held) == 2
    assert (random_hold_out(5, 0.4, 3).held_out == held).all()
    part = dataset.subset(held)
    assert len(part) == len(part.labels) == 2
    assert (part.image(1) == dataset.image(int(held[1]))).all()
    assert part.sha256 != dataset.sha256
    assert dataset.subset(range(5)).sha256 == dataset.sha256
    assert len(random_hold_out(5, 0.0, 3).held_out) == 0
    for share in (1.0, -0.1, 0.95):
        with pytest.raises(UserError):
            random_hold_out(5, share, 0)

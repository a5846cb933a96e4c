"""Packing pairs, archives, catalogues and faces."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

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

from ganvas.curate.dataset import pack as packing
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.images.decode import PictureError, open_image
from ganvas.curate.images.prepare import prepare_image
from ganvas.errors import UserError


def test_source_and_target_folders_make_pairs_cut_alike(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (60, 30, 3)).astype(np.uint8)
    noise[30:] = 128
    for half in ("source", "target"):
        (tmp_path / "in" / half).mkdir(parents=True)
        Image.fromarray(noise).save(tmp_path / "in" / half / f"a.{'png' if half == 'source' else 'bmp'}")
    picture(tmp_path / "in" / "source" / "alone.png")
    report = pack(tmp_path / "in", resolution=16, crop="smart")
    dataset = Dataset(report.path)
    assert (report.paired, report.count, report.classes) == (True, 1, ())
    assert (dataset.source(0) == dataset.image(0)).all()
    assert [tuple(skipped) for skipped in report.skipped] == [("source/alone.png", "has no partner in target")]


@pytest.mark.parametrize("half", ["left", "right"])
def test_side_by_side(tmp_path: Path, half: str) -> None:
    both = np.zeros((20, 40, 3), np.uint8)
    both[:, 20:] = 255
    (tmp_path / "in").mkdir()
    Image.fromarray(both).save(tmp_path / "in" / "a.png")
    picture(tmp_path / "in" / "square.png", size=(20, 20))
    report = pack(tmp_path / "in", resolution=8, side_by_side=half)  # type: ignore[arg-type]
    dataset = Dataset(report.path)
    assert dataset.paired
    assert (dataset.source(0).max() == 0) == (half == "left")
    assert (dataset.image(0).min() == 255) == (half == "left")
    assert report.skipped[0].path == "square.png"


def test_a_zip_of_pictures(tmp_path: Path) -> None:
    path = zip_of(
        tmp_path / "in.zip",
        {"my/a/1.png": png(), "my/b/2.png": png("blue"), "my/b/bad.png": b"x", "__MACOSX/my/a/._1.png": b"x"},
    )
    report = pack(path, resolution=8, workers=3)
    assert (report.count, report.classes) == (2, ("a", "b"))
    assert [skipped.path for skipped in report.skipped] == ["my/b/bad.png"]
    assert pack(path, resolution=8).reused


@pytest.mark.parametrize("name", ["../evil.png", "/etc/evil.png", "a/../../evil.png", "C:/evil.png", "..\\evil.png"])
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="leads outside"):
        pack(zip_of(tmp_path / "in.zip", {name: png(), "good.png": png()}), resolution=8)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    zeros = bytes(2**20 * 300)
    bomb = zip_of(tmp_path / "bomb.zip", {"a.png": zeros, "good.png": png()})
    with pytest.raises(UserError, match="unpack to"):
        pack(bomb, resolution=8)


def wrong(tmp_path: Path) -> dict[str, tuple[Path, Path | None, int, int]]:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "a.md").write_text("x")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.jpg").write_text("x")
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "cut.zip").write_bytes(zip_of(tmp_path / "w.zip", {"a.png": png()}).read_bytes()[:-30])
    good = folder_of(tmp_path / "good", 2)
    return {
        "There is no folder": (tmp_path / "missing", None, 8, 1),
        "There are no pictures": (tmp_path / "empty", None, 8, 1),
        "no pictures": (tmp_path / "text", None, 8, 1),
        "None of the pictures": (tmp_path / "broken", None, 8, 1),
        "neither a folder nor": (tmp_path / "file.txt", None, 8, 1),
        "neither a folder": (tmp_path / "cut.zip", None, 8, 1),
        "neither a": (picture(tmp_path / "one.png"), None, 8, 1),
        "the system": (Path("/"), None, 8, 1),
        "at least 50": (good, None, 8, 50),
        "resolution": (good, None, 2, 1),
        "is not a packed data set": (good, tmp_path / "file.txt", 8, 1),
        "is a folder": (good, tmp_path / "empty", 8, 1),
        "cannot be written": (good, tmp_path / "file.txt" / "x.zip", 8, 1),
    }


def test_mistakes_are_one_sentence_and_lose_nothing(tmp_path: Path) -> None:
    cases = wrong(tmp_path)
    for match, (source, output, resolution, minimum) in cases.items():
        with pytest.raises(UserError, match=match) as caught:
            pack(source, output, resolution=resolution, minimum=minimum)
        assert "\n" not in str(caught.value)
        assert str(caught.value).endswith(".")
    assert (tmp_path / "file.txt").read_text() == "x"


def test_too_few_is_an_error_on_reuse_as_well(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", 2)
    pack(source, resolution=8)
    with pytest.raises(UserError, match="at least 3"):
        pack(source, resolution=8, minimum=3)


def test_wrong_data_sets(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("x")
    newer = zip_of(tmp_path / "newer.zip", {"dataset.json": b'{"schema_version": 99}'})
    odd = zip_of(tmp_path / "odd.zip", {"dataset.json": b"[1]"})
    plain = zip_of(tmp_path / "plain.zip", {"a.png": png()})
    for path, match in (
        (tmp_path / "none.zip", "There is no data set"),
        (tmp_path / "text.zip", "damaged"),
        (tmp_path, "cannot be read"),
        (newer, "newer Ganvas"),
        (odd, "invalid"),
        (plain, "not a packed data set"),
    ):
        with pytest.raises(UserError, match=match):
            Dataset(path)
    with pytest.raises(UserError, match="newer Ganvas"):
        pack(newer, resolution=8)


def test_content_that_is_no_picture_is_told_by_reason() -> None:
    with pytest.raises(PictureError, match="PostScript"):
        open_image(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")


@pytest.mark.shared_data
def test_real_portraits_and_pairs(shared_data: Path) -> None:
    portraits = pack(shared_data / "portraits", resolution=32, crop="smart")
    assert (portraits.count, portraits.skipped, portraits.classes) == (879, [], ())
    facades = pack(shared_data / "facades" / "val", resolution=32, side_by_side="right")
    assert (facades.count, facades.paired) == (100, True)


def test_processes_pack_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = folder_of(tmp_path / "in", 9)
    (source / "bad.png").write_text("x")
    pack(source, tmp_path / "one.zip", resolution=16)
    monkeypatch.setattr(packing, "ENOUGH", (1, 1))
    pack(source, tmp_path / "two.zip", resolution=16, processes=2)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    zipped = zip_of(tmp_path / "in.zip", {"a.png": png(), "b.png": png("blue")})
    assert pack(zipped, resolution=8, processes=2).count == 2


def catalogue_of(root: Path, keep: list[bool]) -> list[int]:
    catalog = pytest.importorskip("ganvas.curate.catalog")
    from ganvas.curate.review.propose import propose

    ids = []
    with catalog.Catalog.open(root) as opened:
        for number, kept in enumerate(keep):
            rng = np.random.default_rng(number)
            content = io.BytesIO()
            Image.fromarray(rng.integers(0, 256, (20, 20, 3)).astype(np.uint8)).save(content, "PNG")
            origin = catalog.Origin("search:test", url=f"https://example.org/{number}", licence="CC0")
            ids.append(opened.add(content.getvalue(), origin).id)
            propose(opened, [catalog.Proposal(ids[-1], kept, None if kept else "blur")])
    return ids


def test_a_catalogue_gives_what_is_kept_with_its_credits_and_parts(tmp_path: Path) -> None:
    root = tmp_path / "catalogue"
    catalogue_of(root, [True, False, True])
    report = pack(root, resolution=16)
    dataset = Dataset(report.path)
    assert len(dataset) == 2
    assert [item.origin and (item.origin.url, item.origin.licence) for item in dataset.items] == [
        ("https://example.org/0", "CC0"),
        ("https://example.org/2", "CC0"),
    ]
    assert "2 of 3 pictures" in report.layout
    assert pack(root, resolution=16).reused
    paths = [item.source for item in dataset.items]
    (root / "split.csv").write_text(f"path,part\n{paths[0]},test\n{paths[1]},train\n")
    divided = pack(root, resolution=16)
    assert not divided.reused
    assert [item.split for item in Dataset(divided.path).items] == ["test", "train"]


def test_a_catalogue_without_kept_pictures_says_what_to_do(tmp_path: Path) -> None:
    catalogue_of(tmp_path / "catalogue", [False])
    with pytest.raises(UserError, match=r"None of the 1 pictures .* `ganvas curate") as caught:
        pack(tmp_path / "catalogue", resolution=16)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.shared_data
@pytest.mark.parametrize("crop", ["face", "face-fixed"])
def test_faces_are_packed_upright_and_what_has_none_is_skipped(shared_data: Path, tmp_path: Path, crop: str) -> None:
    faces = pytest.importorskip("ganvas.curate.faces")
    source = tmp_path / "in"
    source.mkdir()
    portraits = sorted((shared_data / "portraits").glob("*.jpg"))[::150]
    for number, path in enumerate(portraits):
        tilted = open_image(path).rotate(12 * (number % 3 - 1), fillcolor="gray", resample=Image.Resampling.BICUBIC)
        tilted.save(source / f"{number}.png")
    picture(source / "nobody.png", size=(200, 200))
    report = pack(source, resolution=128, crop=crop)  # type: ignore[arg-type]
    dataset = Dataset(report.path)
    assert len(dataset) == len(portraits)
    assert [tuple(skipped) for skipped in report.skipped] == [("nobody.png", "no face was found")]
    assert dataset.manifest.crop == crop
    reader = faces.FaceReader()
    for index in range(len(dataset)):
        face = reader.faces(dataset.image(index))[0]
        assert abs(face.roll) < 4
        if crop == "face-fixed":
            for point, place in zip((face.left_eye, face.right_eye), faces.FIXED, strict=False):
                assert np.abs(point - np.array(place) * 128).max() < 4
    # The same is done at use; a set of other squares is aligned, and one of aligned squares is taken as it is.
    at_use = prepare_image(open_image(source / "0.png"), 128, crop, 3)  # type: ignore[arg-type]
    assert (at_use == dataset.image(0)).all()
    assert pack(report.path, resolution=128, crop=crop).path == report.path  # type: ignore[arg-type]
    plain = pack(source, tmp_path / "plain.zip", resolution=128)
    assert pack(plain.path, resolution=128, crop=crop).path != plain.path  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.shared_data
def test_a_drawing_is_aligned_by_the_face_of_its_photo(shared_data: Path, tmp_path: Path) -> None:
    pytest.importorskip("ganvas.curate.faces")
    for half in ("photo", "sketch"):
        (tmp_path / "in" / half).mkdir(parents=True)
        for path in sorted((shared_data / "face-sketches" / "test" / half).iterdir())[:3]:
            image = open_image(path)
            if half == "sketch":  # pairs need not be of one size
                image = image.resize((image.width * 2, image.height * 2))
            image.save(tmp_path / "in" / half / f"{path.stem}.png")
    dataset = Dataset(pack(tmp_path / "in", resolution=64, crop="face").path)
    assert len(dataset) == 3
    for index in range(3):
        photo, sketch = dataset.image(index).mean(2), dataset.source(index).mean(2)
        inner = (slice(16, 48), slice(16, 48))

        def likeness(shift: tuple[int, int], one: Any = sketch, other: Any = photo, inner: Any = inner) -> float:
            return float(np.corrcoef(np.roll(one, shift, (0, 1))[inner].ravel(), other[inner].ravel())[0, 1])

        shifts = [(down, right) for down in (-6, 0, 6) for right in (-6, 0, 6)]
        assert max(shifts, key=likeness) == (0, 0)


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ganvas.curate.faces", None)
    monkeypatch.delattr("ganvas.curate.faces", raising=False)
    with pytest.raises(UserError, match=r"ganvas\[faces\]"):
        pack(folder_of(tmp_path / "in", 2), resolution=16, crop="face")

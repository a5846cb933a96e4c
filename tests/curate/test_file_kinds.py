"""One rule for which files are pictures, in every command; and what is left out is counted and named."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from support.packing import cache, png  # noqa: F401 - a fixture
from typer.testing import CliRunner

from ganvas.cli import app
from ganvas.collect.ingest import Ingester, ingest_all
from ganvas.collect.local_files import items_of
from ganvas.curate.catalog import Catalog
from ganvas.curate.dataset.pack import PackReport, pack
from ganvas.curate.file_kinds import left_out
from ganvas.curate.images.decode import PictureError, open_image
from ganvas.errors import UserError


def jpeg() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (20, 20), "blue").save(content, "JPEG")
    return content.getvalue()


def raw_of_tags() -> bytes:
    """A TIFF whose first picture is a preview, as those of NEF, ARW and DNG."""
    content = io.BytesIO()
    Image.new("RGB", (16, 12), "grey").save(content, "TIFF", tiffinfo={254: 1})
    return content.getvalue()


def cr2() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (16, 12), "grey").save(content, "TIFF")
    return content.getvalue()[:8] + b"CR\2\0" + content.getvalue()[12:]


PICTURES = {
    "tweet.jpg_large": jpeg(),
    "page.jpg?w=640": jpeg(),
    "photo.jpeg:orig": jpeg(),
    "wrong.txt": png(),
    "wrong.mp4": jpeg(),
    "wrong.zip": png(),
    "wrong.dng": png(),
    "plain": png(),
    "usual.png": png(),
}
REFUSED = {
    "scan.jxl": (b"\xff\x0a" + bytes(50), "JPEG XL"),
    "box.jxl": (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(50), "JPEG XL"),
    "camera.CR2": (cr2(), "raw sensor data"),
    "camera.NEF": (raw_of_tags(), "raw sensor data"),
    "camera.CR3": (b"\0\0\0\x18ftypcrx " + bytes(40), "raw sensor data"),
    "renamed.tif": (raw_of_tags(), "raw sensor data"),
    "renamed.tiff": (cr2(), "raw sensor data"),
    "film.jpg": (b"\0\0\0\x18ftypisom" + bytes(40), "video"),
    "film.mov": (b"\0\0\0\x14ftypqt  " + bytes(40), "video"),
    "more.zip": (b"PK\3\4" + bytes(40), "archive"),
    "logo.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "error.jpg?w=640": (b"<!doctype html><html>", "web page"),
    "empty.jpg": (b"", "empty"),
}
OTHER = {
    "notes.txt": b"hello",
    "table.csv": b"a,b",
    "Makefile": b"all:",
    "a.jpg.json": b"{}",
    "code.ts": b"const a = 1;",
}
HIDDEN = {".DS_Store": b"x", "Thumbs.db": b"x", "@eaDir/usual.png": png()}


def files() -> dict[str, bytes]:
    return PICTURES | {name: content for name, (content, _) in REFUSED.items()} | OTHER | HIDDEN


def write(place: Path, zipped: bool) -> Path:
    if zipped:
        with zipfile.ZipFile(place.with_suffix(".zip"), "w") as archive:
            for name, content in files().items():
                archive.writestr(f"all/{name}", content)
        return place.with_suffix(".zip")
    for name, content in files().items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    os.mkfifo(place / "pipe")
    return place


@pytest.mark.parametrize("zipped", [False, True])
def test_pack_and_collect_take_and_name_the_same_files(tmp_path: Path, zipped: bool) -> None:
    source = write(tmp_path / "in", zipped)
    report = pack(source, resolution=8)
    reasons = {Path(one.path).name: one.reason for one in report.skipped}
    others = {Path(name).name for name in report.others}
    assert report.count == len(PICTURES)
    assert set(reasons) == set(REFUSED)
    assert all(REFUSED[name][1] in reason for name, reason in reasons.items()), reasons
    assert others == set(OTHER) | (set() if zipped else {"pipe"})
    with Catalog.open(tmp_path / "catalogue") as catalogue:
        counts = ingest_all(items_of(source), Ingester(catalogue), workers=1)
    assert counts.taken + counts.known == len(PICTURES)
    assert counts.ignored == len(OTHER) + (len(HIDDEN) if zipped else 0)
    assert counts.refusals == len(REFUSED) + (0 if zipped else 1)
    for name, (_, word) in REFUSED.items():
        said = [reason for reason, found in counts.refused.items() if any(name in one for one in found.examples)]
        assert said == [] or word in said[0]  # only the first of each reason are named


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    source = write(tmp_path / "in", zipped=False)
    runner = CliRunner()
    done = runner.invoke(app, ["pack", str(source), "-o", str(tmp_path / "set.zip")])
    assert done.exit_code == 0
    assert "6 other files are no pictures: Makefile, a.jpg.json, code.ts, notes.txt, pipe, table.csv." in done.output
    assert "scan.jxl: JPEG XL is not decoded" in done.output
    done = runner.invoke(app, ["collect", str(source), "-c", str(tmp_path / "catalogue")])
    assert done.exit_code == 0
    assert "Makefile" in done.output


def test_curate_says_it_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(*_: object, **__: object) -> None:
        raise UserError("This test measures nothing.")

    monkeypatch.setattr("ganvas.curate.checks.run.check_all", measured)
    source = write(tmp_path / "in", zipped=False)
    said = CliRunner().invoke(app, ["curate", str(source), "--catalog", str(tmp_path / "catalogue")]).output
    assert "5 other files are no pictures: Makefile, a.jpg.json, code.ts and 2 more." in said


def test_a_packed_set_remembers_what_was_left_out(tmp_path: Path) -> None:
    source = write(tmp_path / "in", zipped=False)
    first: PackReport = pack(source, resolution=8)
    again = pack(source, resolution=8)
    assert again.reused
    assert again.others == first.others
    assert again.skipped == first.skipped


@pytest.mark.parametrize("name", [name for name in REFUSED if name.startswith("renamed")])
def test_raw_data_is_never_taken_by_its_preview(name: str) -> None:
    with pytest.raises(PictureError, match="raw sensor data"):
        open_image(REFUSED[name][0])


def test_the_rule() -> None:
    assert left_out("a.jpg", b"") is None
    assert left_out("a.txt", b"") == ("",)
    assert left_out("a.tga", bytes(18)) is None

"""Names of files: spaces of all kinds, joiners and every script are accepted, by every command alike."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from support.packing import cache, png  # noqa: F401 - a fixture

from ganvas.collect.ingest import Ingester, ingest_all
from ganvas.collect.local_files import items_of
from ganvas.curate.catalog import Catalog
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.file_names import is_writable, shown_name

NAMES = [
    "Screenshot 2026-01-02 at 9.41.00\u202fAM.png",  # macOS
    "사진\u00a01.png",
    "写真\u3000二.png",
    "family \U0001f469\u200d\U0001f469\u200d\U0001f467.png",
    "می\u200cخواهم.png",
    "\ue000 private.png",
    "arrow \u2028.png",
]


@pytest.mark.parametrize("zipped", [False, True])
def test_every_readable_name_is_packed_and_collected(tmp_path: Path, zipped: bool) -> None:
    source = tmp_path / "in"
    source.mkdir()
    if zipped:
        source = tmp_path / "in.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for number, name in enumerate(NAMES):
                archive.writestr(name, png((number, 0, 0)))
    else:
        for number, name in enumerate(NAMES):
            (source / name).write_bytes(png((number, 0, 0)))
    report = pack(source, resolution=8)
    assert sorted(item.source for item in Dataset(report.path).items) == sorted(NAMES)
    assert report.skipped == []
    with Catalog.open(tmp_path / "catalogue") as catalogue:
        assert ingest_all(items_of(source), Ingester(catalogue)).taken == len(NAMES)
        paths = {Path(origin.path or "").name for number in range(1, 8) for origin in catalogue.origins(number)}
    assert set(NAMES[:-1]) <= paths


def test_folders_with_such_names_are_classes(tmp_path: Path) -> None:
    for folder in ("고양이\u00a0집", "개\u3000집"):
        (tmp_path / "in" / folder).mkdir(parents=True)
        (tmp_path / "in" / folder / "a.png").write_bytes(png())
    assert set(pack(tmp_path / "in", resolution=8).classes) == {"고양이\u00a0집", "개\u3000집"}


@pytest.mark.parametrize("name", ["bell\x07.png", "line\nfeed.png", "escape\x1b[31m.png", "c1\x9b.png"])
def test_control_characters_are_refused_and_escaped(tmp_path: Path, name: str) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / name).write_bytes(png())
    (source / "good.png").write_bytes(png())
    report = pack(source, resolution=8)
    (skipped,) = report.skipped
    assert skipped.path == ascii(name)[1:-1]
    assert skipped.path.isprintable()
    assert not is_writable(name)
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr(name, png())
        archive.writestr("good.png", png())
    assert [one.path for one in pack(tmp_path / "in.zip", resolution=8).skipped] == [ascii(name)[1:-1]]


def test_names_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.png").write_bytes(png())
    (tmp_path / "in" / os.fsdecode(b"\xff\xfe.png")).write_bytes(png())
    assert pack(tmp_path / "in", resolution=8).skipped[0].path == "\\udcff\\udcfe.png"


def test_misleading_marks_are_shown() -> None:
    assert shown_name("a\u202egnp.exe") == "a\\u202egnp.exe"
    assert shown_name("사진\u00a01 \U0001f469\u200d\U0001f467") == "사진\u00a01 \U0001f469\u200d\U0001f467"

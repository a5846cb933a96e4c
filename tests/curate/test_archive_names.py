"""Names in zips: encodings that archives do not state, and backslashes, are recognised and said."""

from __future__ import annotations

import struct
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.packing import cache, picture, png  # noqa: F401 - cache is a fixture
from typer.testing import CliRunner

from ganvas.cli import app
from ganvas.collect.archive import about_names, items_of_archive
from ganvas.collect.ingest import IncomingFile
from ganvas.curate.archive_names import decoded_name, detect_encoding
from ganvas.curate.dataset.pack import pack
from ganvas.curate.sources.list_source import list_source
from ganvas.curate.sources.listing import SourceOptions
from ganvas.errors import UserError
from ganvas.evaluate.image_folders import are_pairs


def raw_zip(path: Path, members: dict[bytes, bytes]) -> Path:
    """A zip whose names are these bytes, without the flag for UTF-8, as Windows writes them."""
    with zipfile.ZipFile(path, "w") as archive:
        for number, content in enumerate(members.values()):
            archive.writestr(f"{number:08d}.xx", content)
    content = path.read_bytes()
    for number, name in enumerate(members):
        plain = f"{number:08d}.xx".encode()
        head, tail = struct.pack("<H", len(plain)), struct.pack("<H", len(name))
        content = content.replace(head + b"\0\0" + plain, tail + b"\0\0" + name)  # local header
        central = content.index(plain)
        start = central - 46
        content = content[: start + 28] + tail + content[start + 30 : central] + name + content[central + len(plain) :]
    end = content.rindex(b"PK\x05\x06")
    first = content.index(b"PK\x01\x02")
    return _written(path, content[: end + 12] + struct.pack("<II", end - first, first) + content[end + 20 :])


def _written(path: Path, content: bytes) -> Path:
    """The archive with the offsets of its central directory mended."""
    at, offset = content.index(b"PK\x01\x02"), 0
    mended = bytearray(content)
    while mended[at : at + 4] == b"PK\x01\x02":
        offset = content.index(b"PK\x03\x04", offset)
        mended[at + 42 : at + 46] = struct.pack("<I", offset)
        at += 46 + sum(struct.unpack("<HHH", mended[at + 28 : at + 34]))
        offset += 4
    path.write_bytes(bytes(mended))
    return path


def classes_zip(path: Path, encoding: str, *names: str) -> Path:
    return raw_zip(path, {f"{name}/{at}.png".encode(encoding): png() for at, name in enumerate(names)})


@pytest.mark.parametrize(
    ("encoding", "names", "language"),
    [
        ("cp949", ("강아지", "고양이"), "Korean"),
        ("cp932", ("ねこ", "表紙の犬"), "Japanese"),
        ("cp932", ("テスト", "ソース"), "Japanese"),
        ("gbk", ("小狗照片", "猫咪图片"), "Chinese"),
    ],
)
def test_names_of_other_machines_are_read_and_it_is_said(
    encoding: str, names: tuple[str, ...], language: str, tmp_path: Path
) -> None:
    listing = list_source(classes_zip(tmp_path / "in.zip", encoding, *names))
    assert set(listing.classes) == set(names)
    assert f"read as {encoding} ({language}" in listing.layout
    assert "--zip-encoding" in listing.layout
    assert pack(tmp_path / "in.zip", resolution=8).count == len(names)


def test_utf8_without_its_flag_is_read_silently(tmp_path: Path) -> None:
    listing = list_source(classes_zip(tmp_path / "in.zip", "utf-8", "강아지", "Äpfel"))
    assert (set(listing.classes), listing.layout) == ({"강아지", "Äpfel"}, "")


@pytest.mark.parametrize("name", ["Köln", "Müller", "café", "señor", "Ångström", "Größe", "Besançon"])
def test_western_names_stay_western(name: str, tmp_path: Path) -> None:
    assert detect_encoding([f"{name}/1.png".encode("cp437")]) is None
    listing = list_source(classes_zip(tmp_path / "in.zip", "cp437", name, "b"))
    assert name in listing.classes
    assert "1 name in the archive is not in UTF-8: read as cp437" in listing.layout


def test_the_encoding_can_be_named(tmp_path: Path) -> None:
    path = classes_zip(tmp_path / "in.zip", "cp949", "강아지", "고양이")
    assert "강아지" not in list_source(path, SourceOptions(zip_encoding="gbk")).classes
    for wrong, sentence in (("utf-8", "are not in utf-8"), ("klingon", "no encoding 'klingon'")):
        with pytest.raises(UserError, match=sentence):
            list_source(path, SourceOptions(zip_encoding=wrong))
    done = CliRunner().invoke(app, ["pack", str(path), "--zip-encoding", "euc-kr", "--resolution", "8"])
    assert (done.exit_code, "2 pictures in 2 classes" in done.output) == (0, True)


def test_backslashes_separate_folders(tmp_path: Path) -> None:
    path = raw_zip(tmp_path / "in.zip", {b"set\\cat\\1.png": png(), b"set\\dog\\2.png": png("blue")})
    report = pack(path, resolution=8)
    assert (report.classes, report.count) == (("cat", "dog"), 2)
    assert "The backslashes in 2 names separate folders." in report.layout


def test_a_shift_jis_character_that_holds_a_backslash_is_no_separator(tmp_path: Path) -> None:
    path = raw_zip(
        tmp_path / "in.zip", {"表\\ソ.png".encode("cp932"): png(), "能\\ね.png".encode("cp932"): png("blue")}
    )
    assert set(list_source(path).classes) == {"表", "能"}


def test_two_members_of_one_name_are_said(tmp_path: Path) -> None:
    path = raw_zip(tmp_path / "in.zip", {b"a\\1.png": png(), b"a/1.png": png("blue"), b"b/1.png": png()})
    report = pack(path, resolution=8)
    assert [tuple(one) for one in report.skipped] == [("a/1.png", "a second file of the same name")]


def test_collecting_reads_the_same_names(tmp_path: Path) -> None:
    path = raw_zip(tmp_path / "in.zip", {"고양이\\1.png".encode("cp949"): png()})
    (item,) = items_of_archive(path)
    assert isinstance(item, IncomingFile)
    assert item.name == "고양이/1.png"
    assert "cp949 (Korean)" in about_names(path)
    catalogue = tmp_path / "catalogue"
    answer = CliRunner().invoke(app, ["collect", str(path), "--catalog", str(catalogue), "--zip-encoding", "cp949"])
    assert answer.exit_code == 0, answer.output
    assert "cp949" in answer.output.replace("\n", " ")


def test_a_single_name_is_decoded_too() -> None:
    assert decoded_name("고양이.png".encode("cp949")) == "고양이.png"
    assert decoded_name(b"\xff\xfe.png").encode("utf-8", "surrogateescape") == b"\xff\xfe.png"


def test_names_of_macos_match_those_of_other_systems(tmp_path: Path) -> None:
    for number, form in enumerate(("NFC", "NFD")):
        folder = tmp_path / "in" / ("source", "target")[number]
        folder.mkdir(parents=True)
        for name in ("강아지", "Äpfel"):
            pixels = np.random.default_rng(number).integers(0, 256, (16, 16, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(folder / f"{unicodedata.normalize(form, name)}.png")  # type: ignore[arg-type]
    report = pack(tmp_path / "in", resolution=8)
    assert (report.paired, report.count, report.skipped) == (True, 2, [])
    assert are_pairs(tmp_path / "in" / "source", tmp_path / "in" / "target")


def test_tables_match_names_of_macos(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "강아지")
    picture(tmp_path / "in" / f"{name}.png")
    picture(tmp_path / "in" / "other.png")
    (tmp_path / "parts.csv").write_text("path,part\n강아지.png,test\n", encoding="utf-8")
    listing = list_source(tmp_path / "in", SourceOptions(parts=tmp_path / "parts.csv"))
    assert {one.split for one in listing.candidates} == {"test", None}

"""Folders, archives, uploads, videos and collections come into a catalogue, and nothing is lost on the way."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from support.archives import make_tar, make_zip
from support.crawl_server import picture

from ganvas.collect import open_datasets
from ganvas.collect.archive import items_of_archive
from ganvas.collect.file_kinds import SourceKind, source_kind
from ganvas.collect.frames import frames
from ganvas.collect.ingest import (
    Ignored,
    IncomingFile,
    IngestCounts,
    Ingester,
    IngestItem,
    Refusal,
    ingest_all,
    readable,
)
from ganvas.collect.local_files import count_files, items_of, items_of_folder, items_of_upload
from ganvas.curate.catalog import Catalog
from ganvas.errors import UserError


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalogue") as opened:
        yield opened


def names(
    items: Iterator[IngestItem], kind: type[IncomingFile] | type[Refusal] | type[Ignored] = IncomingFile
) -> list[str]:
    return [item.name for item in items if isinstance(item, kind)]


def fill(root: Path) -> Path:
    """A folder as people have them."""
    for path, content in {
        "a/1.png": picture(1),
        "a/2.JPG": picture(2, kind="JPEG"),
        "b/얼굴 사진.png": picture(3),
        "b/no-name": picture(4, kind="GIF"),
        "b/lies.txt": picture(5, kind="WEBP"),
        "notes.txt": b"hello",
        "drawing.svg": b"<svg/>",
        "more.zip": b"PK\x03\x04",
        "clip.mp4": b"\0\0\0\x18ftypmp42",
        "broken.png": picture(6)[:60],
        ".hidden/7.png": picture(7),
        "__MACOSX/8.png": picture(8),
        "Thumbs.db": b"x",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


# ── Folders and files ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_comes_in_and_every_file_is_accounted_for(tmp_path: Path, catalog: Catalog) -> None:
    root = fill(tmp_path / "mine")
    counts = ingest_all(items_of(root, licence="CC BY 4.0"), Ingester(catalog))
    assert (counts.taken, counts.ignored, counts.refusals) == (5, 1, 4)
    assert counts.done == count_files(root) == 10
    assert set(counts.refused) >= {
        "an archive inside, which is not opened; unpack it or collect it by itself",
        "a video; collect it by itself",
        "SVG is not decoded; save it as PNG",
    }
    origins = [catalog.origins(image.id)[0] for image in catalog.images()]
    assert {origin.licence for origin in origins} == {"CC BY 4.0"}
    assert any(origin.path and origin.path.endswith("b/얼굴 사진.png") for origin in origins)


def test_the_same_folder_again_is_known(tmp_path: Path, catalog: Catalog) -> None:
    root = fill(tmp_path / "mine")
    ingest_all(items_of(root), Ingester(catalog))
    counts = ingest_all(items_of(root), Ingester(catalog))
    assert (counts.taken, counts.known) == (0, 5)
    assert all(len(catalog.origins(image.id)) == 1 for image in catalog.images())


def test_many_copies_at_once_are_one_picture(tmp_path: Path, catalog: Catalog) -> None:
    for number in range(60):
        (tmp_path / "mine").mkdir(exist_ok=True)
        (tmp_path / "mine" / f"{number}.png").write_bytes(picture(number % 3))
    counts = ingest_all(items_of(tmp_path / "mine"), Ingester(catalog), workers=8)
    assert (counts.taken, counts.known, counts.refusals) == (3, 57, 0)
    assert len(catalog) == 3


def test_links_in_a_circle_and_into_nowhere_end(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    (root / "in").mkdir(parents=True)
    (root / "in" / "round").symlink_to(root)
    (root / "gone.png").symlink_to(root / "nothing.png")
    (root / "in" / "1.png").write_bytes(picture(1))
    os.mkfifo(root / "pipe.png")
    items = list(items_of_folder(root))
    assert names(iter(items)) == ["in/1.png"]
    assert {item.reason for item in items if isinstance(item, Refusal)} == {
        "a link that leads nowhere",
        "not a file",
    }


def test_names_of_any_bytes_survive(tmp_path: Path, catalog: Catalog) -> None:
    root = os.fsencode(tmp_path / "mine")
    os.mkdir(root)  # noqa: PTH102 - the names are bytes
    for number, name in enumerate(
        (b"\xff\xfe.png", "\u202egnp.exe.png".encode(), b"\x1b[31mred\n.png", b"a'b\"c;.png")
    ):
        with open(root + b"/" + name, "wb") as file:  # noqa: PTH123
            file.write(picture(number))
    assert ingest_all(items_of_folder(tmp_path / "mine"), Ingester(catalog)).taken == 4
    paths = [catalog.origins(image.id)[0].path or "" for image in catalog.images()]
    assert all(path.isprintable() for path in paths)


@pytest.mark.parametrize("place", ["/", "/proc"])
def test_folders_of_the_system_are_not_walked(place: str) -> None:
    with pytest.raises(UserError, match="folder of the system"):
        list(items_of_folder(Path(place)))


def test_what_a_source_is_its_content_says(tmp_path: Path) -> None:
    zipped, tarred = make_zip(tmp_path / "z.dat", {"1.png": picture(1)}), make_tar(tmp_path / "t", {"1.png": b""}, "gz")
    (tmp_path / "p").write_bytes(picture(1))
    (tmp_path / "list").write_text("https://example.org/1.png\n")
    (tmp_path / "wide").write_text("https://example.org/1.png\n", encoding="utf-16")
    told = [source_kind(tmp_path / name) for name in ("", "z.dat", "t", "p", "list", "wide")]
    assert (zipped.name, tarred.name) == ("z.dat", "t")
    assert told == [
        SourceKind.FOLDER,
        SourceKind.ARCHIVE,
        SourceKind.ARCHIVE,
        SourceKind.PICTURE,
        SourceKind.URLS,
        SourceKind.URLS,
    ]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "unpack it"),
        ("a.rar", b"Rar!\x1a", "unpack it"),
        ("a.zip", b"\0\1\2", "damaged archive"),
        ("a.bin", b"\0\1\2", "is no folder, archive"),
        ("a.mp4", None, "There is no folder or file"),
    ],
)
def test_what_cannot_be_collected_from_is_said(tmp_path: Path, name: str, content: bytes | None, sentence: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        source_kind(tmp_path / name)


def test_names_are_made_fit_for_a_terminal() -> None:
    assert readable("얼굴 é 🙂.png") == "얼굴 é 🙂.png"
    assert readable("\x1b[2Ja\0\n\udcff") == "\\x1b[2Ja\\x00\\n\\udcff"
    assert len(readable("x" * 10_000)) < 400


# ── Archives ────────────────────────────────────────────────────────────────────────────────────────────────────────


FILES = {
    "in/1.png": picture(1),
    "in/deep/얼굴.jpg": picture(2, kind="JPEG"),
    "in/no-name": picture(3),
    "in/notes.txt": b"hello",
    "in/.hidden.png": picture(4),
    "in/more.tar.gz": b"\x1f\x8b",
    "in/broken.png": picture(5)[:50],
}


@pytest.mark.parametrize("packing", ["zip", "stored", "", "gz", "bz2", "xz"])
def test_archives_of_every_packing(tmp_path: Path, catalog: Catalog, packing: str) -> None:
    path = tmp_path / "pictures.archive"
    if packing in ("zip", "stored"):
        make_zip(path, FILES, zipfile.ZIP_STORED if packing == "stored" else zipfile.ZIP_DEFLATED)
    else:
        make_tar(path, FILES, packing)
    counts = ingest_all(items_of(path), Ingester(catalog))
    assert (counts.taken, counts.ignored, counts.refusals) == (3, 2, 2)
    paths = {catalog.origins(image.id)[0].path for image in catalog.images()}
    assert f"{path}/in/deep/얼굴.jpg" in paths


def test_zip_names_in_utf8_without_its_mark_are_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "z.zip", {"face_.png": picture(1)})
    name = "얼굴".encode() + b".png"
    content = path.read_bytes().replace(b"face_.png", (b"f" + name)[: len(b"face_.png")])
    assert len("é.png".encode()) < len(b"face_.png")
    path.write_bytes(path.read_bytes().replace(b"face_.png", "fac\u00e9.png".encode()))
    assert names(items_of_archive(path)) == ["facé.png"]
    path.write_bytes(content)  # cut in the middle of a letter: it survives, as whatever it reads as
    assert len(names(items_of_archive(path))) + len(names(items_of_archive(path), Ignored)) == 1


def test_an_upload_is_a_picture_or_an_archive_whatever_it_is_called(tmp_path: Path, catalog: Catalog) -> None:
    (tmp_path / "up1").write_bytes(picture(1))
    make_zip(tmp_path / "up2", {"2.png": picture(2), "../../3.png": picture(3)})
    ingester = Ingester(catalog)
    ingest_all(items_of_upload(tmp_path / "up1", "../../etc/passwd.exe", licence="mine"), ingester)
    ingest_all(items_of_upload(tmp_path / "up2", "C:\\fakepath\\all.png"), ingester)
    assert (ingester.counts.taken, ingester.counts.refusals) == (2, 1)
    origins = [catalog.origins(image.id)[0] for image in catalog.images()]
    assert [(one.source, one.path) for one in origins] == [("upload", "passwd.exe"), ("upload", "all.png/2.png")]


# ── Videos ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of 10 frames each, brighter with every frame."""
    path = tmp_path_factory.mktemp("video") / "clip 영상.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(20):
            image = Image.fromarray(np.full((48, 64, 3), 10 * number + 20, dtype=np.uint8))
            container.mux(stream.encode(av.VideoFrame.from_image(image)))
        container.mux(stream.encode(None))
    return path


def test_frames_are_taken_at_their_times(clip: Path, catalog: Catalog) -> None:
    counts = ingest_all(frames(clip, every=0.5), Ingester(catalog))
    assert counts.taken == 4
    paths = sorted(catalog.origins(image.id)[0].path or "" for image in catalog.images())
    assert [path.rpartition("#t=")[2] for path in paths] == ["0.000", "0.500", "1.000", "1.500"]
    assert ingest_all(frames(clip, every=0.5), Ingester(catalog)).known == 4


def test_frames_can_be_all_or_few(clip: Path) -> None:
    assert len(list(frames(clip, every=0))) == 20
    assert len(list(frames(clip, every=0, most=3))) == 3


def test_a_damaged_video_gives_what_it_has(clip: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clip.read_bytes()[:200])
    with pytest.raises(UserError, match="cannot be read as a video"):
        list(frames(broken))


@pytest.mark.parametrize(
    "text", ["#EXTM3U\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n", "ffconcat version 1.0\nfile '{}'\n", "<MPD>{}</MPD>"]
)
def test_a_play_list_opens_no_other_file(clip: Path, tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.mp4"
    path.write_text(text.format(clip))
    with pytest.raises(UserError, match="cannot be read as a video"):
        list(frames(path))


# ── Collections ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_collection_credits_each_picture(tmp_path: Path, catalog: Catalog) -> None:
    chosen = open_datasets.find("us-congress")
    path = make_tar(tmp_path / "a", {"congress-x/images/A1.jpg": picture(1, kind="JPEG"), "congress-x/README.md": b""})
    counts = ingest_all(open_datasets.items_of_collection(chosen, path), Ingester(catalog))
    assert counts.taken == 1
    [origin] = catalog.origins(next(catalog.images()).id)
    assert origin.source == "collection:us-congress"
    assert origin.licence is not None
    assert origin.licence.startswith("Public domain")
    assert origin.url is not None
    assert origin.url.endswith("/images/A1.jpg")


def test_avatars_are_a_collection_that_needs_no_network(catalog: Catalog) -> None:
    counts = ingest_all(open_datasets.avatars(5, size=32, progress=None), Ingester(catalog))
    assert counts.taken == 5
    assert ingest_all(open_datasets.avatars(5, size=32, progress=None), Ingester(catalog)).known == 5
    with pytest.raises(UserError, match="There is no collection"):
        open_datasets.find("faces-of-strangers")


# ── Counting ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_error_of_the_source_keeps_what_came_before(catalog: Catalog) -> None:
    def items() -> Iterator[IngestItem]:
        for number in range(5):
            yield next(iter(open_datasets.avatars(1, size=32, progress=None)))._replace(content=picture(number))  # type: ignore[union-attr]
        raise KeyboardInterrupt

    ingester = Ingester(catalog)
    with pytest.raises(KeyboardInterrupt):
        ingest_all(items(), ingester, workers=1)
    assert ingester.counts.taken == len(catalog)


def test_examples_are_few_and_counts_are_whole(catalog: Catalog) -> None:
    seen: list[int] = []
    ingester = Ingester(catalog, IngestCounts(), lambda counts: seen.append(counts.done))
    ingest_all((Refusal(f"{number}.png", "no good") for number in range(100)), ingester)
    assert ingester.counts.refused["no good"].count == 100
    assert len(ingester.counts.refused["no good"].examples) == 3
    assert seen[-1] == 100

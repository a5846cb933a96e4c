"""What strangers send: archives that lead astray or explode, pictures that are none, bytes changed at random."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.archives import make_tar, make_zip
from support.crawl_server import picture

from ganvas.collect import archive as archive_module
from ganvas.collect.archive import items_of_archive
from ganvas.collect.ingest import IncomingFile, IngestCounts, Ingester, Refusal, ingest_all
from ganvas.collect.local_files import items_of, items_of_upload
from ganvas.curate import archive_safety
from ganvas.curate.catalog import Catalog, Origin
from ganvas.curate.images.decode import PictureError, open_image
from ganvas.errors import UserError


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalogue") as opened:
        yield opened


def reasons(counts: IngestCounts) -> dict[str, int]:
    return {reason: one.count for reason, one in counts.refused.items()}


def whats_wrong(work: Callable[[], object]) -> list[str]:
    """What the user is told, where that is all that goes wrong."""
    try:
        work()
    except (UserError, PictureError) as error:
        return [str(error)]
    return []


# ── Archives ────────────────────────────────────────────────────────────────────────────────────────────────────────

ESCAPES = ("../evil.png", "a/../../evil.png", "/etc/evil.png", "..\\evil.png", "C:\\evil.png", "\\\\host\\evil.png")


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_names_that_lead_outside_are_refused_and_the_rest_is_taken(
    tmp_path: Path, catalog: Catalog, make: Callable[..., Path]
) -> None:
    files = {name: picture(number) for number, name in enumerate(ESCAPES)} | {"good.png": picture(99)}
    before = set(tmp_path.rglob("*"))
    counts = ingest_all(items_of(make(tmp_path / "a", files)), Ingester(catalog))
    assert counts.taken == 1
    assert reasons(counts) == {"its name leads outside of the archive": len(ESCAPES)}
    written = {path for path in set(tmp_path.rglob("*")) - before if "catalogue" not in path.parts}
    assert written == {tmp_path / "a"}


def test_links_and_devices_in_archives_are_refused(tmp_path: Path, catalog: Catalog) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as opened:
        for name, kind in (("s.png", tarfile.SYMTYPE), ("h.png", tarfile.LNKTYPE), ("d.png", tarfile.CHRTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            opened.addfile(entry)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        link = zipfile.ZipInfo("s.png")
        link.external_attr = 0o120777 << 16
        zipped.writestr(link, "/etc/passwd")
    ingester = Ingester(catalog)
    for name in ("a.tar", "a.zip"):
        ingest_all(items_of_archive(tmp_path / name), ingester)
    assert reasons(ingester.counts) == {"a link, not a file": 3, "a device, not a file": 1}


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for number in range(10):
            opened.writestr(f"{number}.png", bytes(40_000_000))
    with pytest.raises(UserError, match="would unpack to more than"):
        list(items_of_archive(path))


def test_a_zip_that_lies_about_its_sizes_is_read_no_further_than_it_says(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "bomb.zip", {"1.png": bytes(50_000_000)})
    content = path.read_bytes().replace(struct.pack("<I", 50_000_000), struct.pack("<I", 1000))
    path.write_bytes(content)
    [item] = items_of_archive(path)
    assert isinstance(item, Refusal)
    assert item.reason == "damaged inside the archive"


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz"])
def test_a_tar_bomb_is_left_when_it_has_grown_too_much(
    tmp_path: Path, catalog: Catalog, packing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_safety, "ALWAYS_ALLOWED", 2_000_000)
    path = make_tar(tmp_path / "a.tar", {"1.png": picture(1), "2.png": bytes(60_000_000), "3.png": b""}, packing)
    counts = ingest_all(items_of_archive(path), Ingester(catalog))
    assert counts.taken == 1
    assert any("so it is no archive of pictures; the rest is not read" in reason for reason in counts.refused)


def test_a_tar_header_that_explodes_is_left(tmp_path: Path) -> None:
    entry = tarfile.TarInfo("1.png")
    entry.pax_headers = {"comment": "x" * 20_000_000}
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz", format=tarfile.PAX_FORMAT) as opened:
        opened.addfile(entry)
    [item] = items_of_archive(tmp_path / "a.tar.gz")
    assert isinstance(item, Refusal)
    assert "the rest is not read" in item.reason


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MAX_FILES", 3)
    files = {f"{number}.png": picture(number) for number in range(5)}
    with pytest.raises(UserError, match="holds 5 files"):
        list(items_of_archive(make_zip(tmp_path / "a.zip", files)))
    items = list(items_of_archive(make_tar(tmp_path / "a.tar", files)))
    assert [type(item) for item in items] == [IncomingFile, IncomingFile, IncomingFile, Refusal]


def test_archives_inside_are_not_opened(tmp_path: Path, catalog: Catalog) -> None:
    inner = make_zip(tmp_path / "inner.zip", {"1.png": picture(1)}).read_bytes()
    counts = ingest_all(
        items_of_archive(make_zip(tmp_path / "a.zip", {"inner.zip": inner, "named.png": inner})), Ingester(catalog)
    )
    assert counts.taken == 0
    assert counts.refusals == 2


def test_a_locked_zip_says_so(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"1.png": picture(1)})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    [item] = items_of_archive(path)
    assert isinstance(item, Refusal)
    assert item.reason == "locked with a password"


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("packing", ["zip", "", "gz", "bz2", "xz"])
def test_a_cut_archive_gives_what_it_has_or_one_sentence(
    tmp_path: Path, catalog: Catalog, packing: str, cut: float
) -> None:
    files = {f"{number}.png": picture(number, size=(100, 100)) for number in range(20)}
    path = make_zip(tmp_path / "a", files) if packing == "zip" else make_tar(tmp_path / "a", files, packing)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * cut)])
    ingester = Ingester(catalog)
    said = whats_wrong(lambda: ingest_all(items_of_archive(path), ingester))
    said += list(ingester.counts.refused)
    assert said
    assert all("damaged" in sentence and "\n" not in sentence for sentence in said)
    assert ingester.counts.taken == len(catalog)


def test_names_of_any_script_and_of_none(tmp_path: Path, catalog: Catalog) -> None:
    odd = (
        "얼굴.png",
        "лицо.png",
        "وجه.png",
        "顔.png",
        "e\u0301.png",
        "🙂.png",
        "a\nb.png",
        "\x1b[2J.png",
        "x" * 200 + ".png",
    )
    files = {name: picture(number) for number, name in enumerate(odd)}
    ingester = Ingester(catalog)
    ingest_all(items_of_archive(make_zip(tmp_path / "a.zip", files)), ingester)
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", encoding="utf-8", errors="surrogateescape") as opened:
        for number, name in enumerate((*odd, b"\xff\xfe.png".decode("utf-8", "surrogateescape"))):
            content = picture(100 + number)
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            opened.addfile(entry, io.BytesIO(content))
    ingest_all(items_of_archive(path), ingester)
    assert (ingester.counts.taken, ingester.counts.refusals) == (2 * len(odd) + 1, 0)
    paths = [origin.path or "" for image in catalog.images() for origin in catalog.origins(image.id)]
    assert all(path.isprintable() for path in paths)
    assert f"{path}/얼굴.png" in paths


# ── Pictures ────────────────────────────────────────────────────────────────────────────────────────────────────────


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def vast_png(side: int = 40_000) -> bytes:
    """A few bytes that say they are 40,000 × 40,000 pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def polyglot() -> bytes:
    """A picture, and at the same time a zip and a web page."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as opened:
        opened.writestr("evil.html", "<script>alert(1)</script>")
    return picture(1, kind="GIF") + b"<html><script>alert(1)</script></html>" + inner.getvalue()


HOSTILE = {
    "vast.png": (vast_png(), "too many pixels"),
    "text-bomb.png": (
        picture(1)[:33] + chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(50_000_000))) + picture(1)[33:],
        None,
    ),
    "drawing.png": (b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>", "SVG"),
    "page.jpg": (b"\xef\xbb\xbf  <HTML><body>hello", "a web page"),
    "document.png": (b"%PDF-1.7", "PDF"),
    "postscript.png": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n", "PostScript"),
    "program.png": (b"MZ\x90\0", "a program"),
    "empty.png": (b"", "empty"),
    "zeros.png": (bytes(1000), "not a picture"),
    "cut.jpg": (picture(1, kind="JPEG", size=(300, 300))[:1000], "damaged"),
    "head.png": (b"\x89PNG\r\n\x1a\n", "not a picture"),
}


def test_hostile_pictures_are_refused_with_one_phrase_each(tmp_path: Path, catalog: Catalog) -> None:
    root = tmp_path / "mine"
    root.mkdir()
    for name, (content, _) in HOSTILE.items():
        (root / name).write_bytes(content)
    (root / "good.png").write_bytes(picture(50))
    counts = ingest_all(items_of(root), Ingester(catalog))
    told = {example: reason for reason, one in counts.refused.items() for example in one.examples}
    for name, (_, phrase) in HOSTILE.items():
        if phrase is not None:
            assert phrase in told[name], name
            assert "\n" not in told[name]
            assert len(told[name]) < 120
    assert counts.taken >= 1


def test_a_polyglot_is_its_picture_and_nothing_else(tmp_path: Path, catalog: Catalog) -> None:
    content = polyglot()  # once: a zip holds the time of its making
    for name in ("evil.zip", "evil.html", "evil.gif"):
        (tmp_path / "up").write_bytes(content)
        ingest_all(items_of_upload(tmp_path / "up", name), Ingester(catalog))
    [image] = catalog.images()
    assert image.path.suffix == ".gif"  # named by what was decoded, so that nobody serves it as a page


# ── Bytes changed at random ─────────────────────────────────────────────────────────────────────────────────────────

KINDS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "TGA", "ICO", "AVIF", "JPEG2000")
SEEDS = tuple(picture(number, kind=kind, size=(48, 40)) for number, kind in enumerate(KINDS))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A real picture, changed: bytes set, cut out, repeated, moved between pictures, its end missing."""
    content = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        span = draw(st.integers(1, 12))
        match draw(st.sampled_from(("set", "extreme", "cut", "repeat", "end", "graft"))):
            case "set":
                content[at : at + span] = draw(st.binary(min_size=span, max_size=span))
            case "extreme":
                content[at : at + 4] = draw(
                    st.sampled_from((b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff", b"\0\0\x80\0", b"\0\x01\0\0"))
                )
            case "cut":
                del content[at : at + span]
            case "repeat":
                content[at:at] = content[at : at + span] * draw(st.integers(1, 50))
            case "end":
                del content[at:]
            case "graft":
                other = draw(st.sampled_from(SEEDS))
                content[at:at] = other[: draw(st.integers(1, len(other)))]
    return bytes(content)


def survives(content: bytes) -> None:
    """Either a picture, or a reason in one line; nothing else is ever raised."""
    said = whats_wrong(lambda: open_image(content).verify())
    assert all(sentence and "\n" not in sentence for sentence in said)


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(damaged())
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damaged_pictures_never_crash(content: bytes) -> None:
    survives(content)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=1000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(content=damaged())
def test_newly_damaged_pictures_never_crash(content: bytes) -> None:
    survives(content)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(content=damaged())
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damaged_pictures_come_into_the_catalogue_or_are_refused(catalog: Catalog, content: bytes) -> None:
    ingester = Ingester(catalog)
    counts = ingest_all([IncomingFile("x.png", content, Origin("folder"))], ingester)
    assert counts.done == 1
    assert counts.refusals == 0 or all(len(reason) < 200 for reason in counts.refused)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_archives_never_crash(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzzed"
    folder.mkdir(exist_ok=True)
    files = {"a/1.png": picture(1), "b.jpg": picture(2, kind="JPEG")}
    packing = data.draw(st.sampled_from(("zip", "", "gz", "bz2", "xz")))
    path = make_zip(folder / "a", files) if packing == "zip" else make_tar(folder / "a", files, packing)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + 4] = data.draw(st.binary(min_size=1, max_size=8))
    path.write_bytes(content)
    said = whats_wrong(lambda: [item.name for item in items_of_archive(path)])
    assert all("\n" not in sentence for sentence in said)

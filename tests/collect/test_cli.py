"""`ganvas collect` as people run it: in a process of its own, stopped, killed and run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.crawl_server import CrawlServer, picture

from ganvas.cli import main
from ganvas.collect.ingest import IngestCounts, RefusalCount
from ganvas.curate.catalog import Catalog

PICTURES = 30
HELD = 20


@pytest.fixture
def server() -> Iterator[CrawlServer]:
    with CrawlServer() as running:
        yield running


def start(arguments: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ganvas.cli", "collect", *arguments, "--delay", "0", "--private"]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "120"},
        start_new_session=True,
        preexec_fn=_listen,
    )


def _listen() -> None:
    """Let Ctrl+C reach the process even where these tests run in the background of a shell, which turns it off."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_or_killed_crawl_goes_on_without_a_second_download(
    server: CrawlServer, tmp_path: Path, end: signal.Signals
) -> None:
    listed = tmp_path / "urls.txt"
    listed.write_text("".join(server.url(f"/held/{number}.png") + "\n" for number in range(PICTURES)))
    arguments = [
        "--urls",
        str(listed),
        "--catalog",
        str(tmp_path / "catalogue"),
        "--database",
        f"sqlite:///{tmp_path}/c.db",
    ]
    server.gate = HELD
    with start(arguments) as first:
        assert server.reached.wait(60), first.stderr
        os.kill(first.pid, end)
        said, complained = first.communicate(timeout=60)
    if end == signal.SIGINT:
        assert first.returncode == 130
        assert "Run the same command again to resume" in said
        assert "Traceback" not in complained
    server.gate = None
    server.release.set()
    with start(arguments) as second:
        said, complained = second.communicate(timeout=60)
    assert second.returncode == 0, complained
    assert f"{HELD}" in said
    assert "stored by an earlier collection" in said
    asked = server.asked_below("/held/")
    assert asked == {f"/held/{number}.png": 2 if number == HELD else 1 for number in range(PICTURES)}
    with Catalog.open(tmp_path / "catalogue", f"sqlite:///{tmp_path}/c.db") as catalog:
        images = list(catalog.images())
        assert len(images) == PICTURES
        assert all(image.path.exists() for image in images)


def run(*arguments: str) -> int:
    return main(["collect", *arguments])


def test_a_folder_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "mine"
    root.mkdir()
    for number in range(3):
        (root / f"{number}.png").write_bytes(picture(number))
    (root / "page.png").write_text("<html>[bold]")
    assert run(str(root), "--catalog", str(tmp_path / "c"), "--licence", "mine") == 0
    said = capsys.readouterr().out
    assert "now has 3 pictures" in said
    assert "page.png" in said
    assert run(str(root), "-c", str(tmp_path / "c")) == 0
    assert "already known" in capsys.readouterr().out


def test_a_catalogue_in_the_folder_itself_is_not_collected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "1.png").write_bytes(picture(1))
    for _ in range(2):
        assert run(".") == 0
    assert "now has 1 picture" in capsys.readouterr().out
    with Catalog.open(tmp_path / "catalogue") as catalog:
        assert len(catalog.origins(next(catalog.images()).id)) == 1


def test_a_full_disk_is_said_and_keeps_what_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    for number in range(3):
        (tmp_path / "mine" / f"{number}.png").write_bytes(picture(number))
    add, calls = Catalog.add, iter(range(2))

    def until_full(*arguments: object, **more: object) -> object:
        if next(calls, None) is None:
            raise OSError(28, "No space left on device")
        return add(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Catalog, "add", until_full)
    assert run(str(tmp_path / "mine"), "-c", str(tmp_path / "c")) == 2
    assert "No space left on device); what was stored before is kept" in capsys.readouterr().err
    monkeypatch.undo()
    assert run(str(tmp_path / "mine"), "-c", str(tmp_path / "c")) == 0


def test_a_folder_without_pictures_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "1.png").write_text("no")
    assert run(str(tmp_path / "mine"), "-c", str(tmp_path / "c")) == 2
    said = capsys.readouterr()
    assert "not a picture" in said.out
    assert said.err.strip() == "No picture was added; the table above says why."


def test_an_empty_folder_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    assert run(str(tmp_path / "mine"), "-c", str(tmp_path / "c")) == 2
    assert "the source has none" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name one thing to collect from"),
        (["a", "--page", "http://x"], "Name one thing to collect from"),
        (["ftp://example.org/1.png"], "http or https"),
        (["nothing-here"], "There is no folder or file"),
        (["--search", "x", "--engine", "altavista"], "choose one of bing"),
        (["--search", "x", "--filter", "red"], "--filter is KEY=VALUE"),
        (["--keywords", "missing.txt"], "cannot be read"),
        (["--collection", "faces"], "choose one of us-congress, avatars"),
        (["a", "--depth", "-1"], "--depth must be 0 or more"),
        (["a", "--max-mb", "0"], "--max-mb cannot be 0"),
        (["a", "--every", "nan"], "--every cannot be nan"),
    ],
)
def test_misuse_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert run(*arguments, "-c", str(tmp_path / "c")) == 2
    complained = capsys.readouterr().err
    assert sentence in complained
    assert complained.count("\n") == 1


def test_lists_of_addresses_as_people_write_them(
    server: CrawlServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "list.txt"
    lines = [
        "# mine",
        "",
        server.url("/pictures/1.png") + "\tCC BY 4.0",
        "not an address",
        server.url("/pictures/2.png"),
    ]
    listed.write_text("\r\n".join(lines), encoding="utf-16")
    assert run(str(listed), "-c", str(tmp_path / "c"), "--private", "--delay", "0", "--licence", "mine") == 0
    assert "line 4: not an address" in capsys.readouterr().out
    with Catalog.open(tmp_path / "c") as catalog:
        licences = {catalog.origins(image.id)[0].licence for image in catalog.images()}
    assert licences == {"CC BY 4.0", "mine"}
    listed.write_text("nothing\nof use\n")
    assert run(str(listed), "-c", str(tmp_path / "c")) == 2
    assert "holds no address" in capsys.readouterr().err


def test_an_address_that_is_a_page_points_to_the_option_for_pages(
    server: CrawlServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ("-c", str(tmp_path / "c"), "--private", "--delay", "0")
    assert run(server.url("/pages/1.html"), *common) == 2
    assert "ganvas collect --page" in capsys.readouterr().out
    assert run("--page", server.url("/pages/1.html"), *common) == 0


def test_the_ledger_of_words_is_shown(server: CrawlServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = tmp_path / "words.txt"
    words.write_text("# two\n얼굴\nface\n")
    common = ("-c", str(tmp_path / "c"), "--private", "--delay", "0", "--engine-at", server.url(""))
    assert run("--keywords", str(words), *common) == 0
    capsys.readouterr()
    assert main(["keywords", str(tmp_path / "c")]) == 0
    said = capsys.readouterr().out
    assert "얼굴" in said
    assert "face" in said
    assert run("--search", "FACE", *common) == 0
    assert "is not used again (--again uses it)" in capsys.readouterr().out


def test_names_in_the_summary_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    from ganvas.cli.collect_progress import summary

    counts = IngestCounts(refused={"[red]no": RefusalCount(1, ["\x1b[2J[bold]x.png"])})
    Console(width=200).print(summary(counts))
    said = capsys.readouterr().out
    assert "[red]no" in said
    assert "\\x1b[2J[bold]x.png" in said
    assert "\x1b[2J" not in said

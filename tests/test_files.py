"""Files and folders that are replaced completely or not at all, their permissions, and what kills leave of them."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ganvas import files
from ganvas.files import clear_leftovers, replacing, replacing_folder, write_atomically


def fill(path: Path, text: str, into: str = "file") -> None:
    with replacing_folder(path) as new:
        (new / "first").write_text(text)
        (new / into).write_text(text)


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_is_replaced_and_nothing_else_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    if not exchanges:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    fill(tmp_path / "a" / "folder", "old")
    fill(tmp_path / "a" / "folder", "new")
    assert (tmp_path / "a" / "folder" / "file").read_text() == "new"
    assert [entry.name for entry in (tmp_path / "a").iterdir()] == ["folder"]


def test_a_folder_stays_as_it_was_where_the_new_one_fails(tmp_path: Path) -> None:
    fill(tmp_path / "folder", "old")
    with pytest.raises(FileNotFoundError):
        fill(tmp_path / "folder", "half\n", into="missing/file")
    assert (tmp_path / "folder" / "file").read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


# ── Permissions ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(params=[0o022, 0o027, 0o002], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(root: Path) -> dict[str, int]:
    return {path.relative_to(root).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in root.rglob("*")}


def test_permissions_follow_the_umask_whatever_wrote_the_files(tmp_path: Path, umask: int) -> None:
    with replacing_folder(tmp_path / "folder") as new:
        (new / "inner").mkdir(mode=0o700)
        private = os.open(new / "inner" / "private", os.O_CREAT | os.O_WRONLY, 0o600)
        os.close(private)
    write_atomically(tmp_path / "file", "x")
    file, folder = 0o666 & ~umask, 0o777 & ~umask
    assert modes(tmp_path) == {"folder": folder, "folder/inner": folder, "folder/inner/private": file, "file": file}


# ── Leftovers of kills ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(autouse=True)
def _a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_cleared", set())


DIGITS = "0123456789abcdef0123456789abcdef"


def leave(folder: Path) -> list[Path]:
    """What kills in the middle of a write of a file and of a folder leave behind."""
    (folder / f".bundle.{DIGITS}.tmp" / "inner").mkdir(parents=True)
    (folder / f".bundle.{DIGITS}.tmp" / "inner" / "half").write_text("x")
    (folder / f".status.json.{DIGITS}.tmp").write_text("x")
    return list(folder.iterdir())


@pytest.mark.parametrize("write", [lambda path: write_atomically(path, "x"), lambda path: fill(path, "x")])
def test_the_next_write_in_a_folder_deletes_what_a_killed_process_left(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    left = leave(tmp_path)
    write(tmp_path / "new")
    assert not any(path.exists() for path in left)
    assert (tmp_path / "new").exists()


def test_other_peoples_files_stay(tmp_path: Path) -> None:
    names = (
        ".bashrc",
        ".report.2024.11.tmp",
        ".backup.20241126.tmp",
        ".x.tmp",
        f"bundle.{DIGITS}.tmp",
        f".{DIGITS}.tmp",
    )
    for name in names:
        (tmp_path / name).write_text("kept")
    target = tmp_path / "target"
    target.write_text("kept")
    (tmp_path / f".link.{DIGITS}.tmp").symlink_to(target)
    write_atomically(tmp_path / "new", "x")
    assert {path.name for path in tmp_path.iterdir()} == {*names, "target", f".link.{DIGITS}.tmp", "new"}


def test_leftovers_of_earlier_versions_go_where_only_ganvas_writes(tmp_path: Path) -> None:
    (tmp_path / ".bundle.0a1b2c3d.tmp").mkdir()
    (tmp_path / ".aa.jpg.4711.140234567890123.tmp").write_text("x")
    clear_leftovers(tmp_path, earlier=True)
    assert list(tmp_path.iterdir()) == []


def test_what_another_process_is_writing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with replacing(tmp_path / "file") as file, replacing_folder(tmp_path / "folder") as folder:
        file.write(b"whole")
        (folder / "inner").write_text("whole")
        monkeypatch.setattr(files, "_cleared", set())
        write_atomically(tmp_path / "other", "x")
    assert (tmp_path / "file").read_text() == "whole"
    assert (tmp_path / "folder" / "inner").read_text() == "whole"


def test_without_locks_only_what_is_old_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "try_lock", lambda descriptor: None)
    left = leave(tmp_path)
    os.utime(left[0], (1, 1))
    write_atomically(tmp_path / "new", "x")
    assert [path.exists() for path in left] == [False, True]


def test_a_folder_whose_replacement_was_interrupted_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two folders cannot be exchanged in one step, a kill may come between the two renames."""
    old = tmp_path / f".bundle.{DIGITS}.old"
    old.mkdir()
    (old / "file").write_text("old")
    clear_leftovers(tmp_path)
    assert (tmp_path / "bundle" / "file").read_text() == "old"
    shutil.copytree(tmp_path / "bundle", old)
    monkeypatch.setattr(files, "_cleared", set())
    clear_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]

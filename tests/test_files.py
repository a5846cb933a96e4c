"""Folders that are replaced completely or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganvas import files
from ganvas.files import replacing_folder


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

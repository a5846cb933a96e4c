"""A path that cannot be written: one sentence, which for the cache names GANVAS_CACHE."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from support.full_disk import fill_disk
from support.small_run import draw_pictures

from ganvas.cli import main
from ganvas.curate.dataset import archive
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.paths import cache_dir, writing


def test_an_unwritable_cache_names_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = draw_pictures(tmp_path / "data")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path / "file" / "cache"))
    assert main(["pack", str(pictures), "--resolution", "16"]) == 2
    said = capsys.readouterr().err
    assert "cannot be written (Not a directory); set GANVAS_CACHE" in said


def test_a_full_disk_says_so_and_another_place_than_the_cache_is_named_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = draw_pictures(tmp_path / "data")
    fill_disk(monkeypatch, archive)
    with pytest.raises(UserError, match=r"No space left on device\); free some space or name another place"):
        pack(pictures, tmp_path / "out.zip", resolution=16)
    with pytest.raises(UserError, match=r"No space left on device\); free some space or set GANVAS_CACHE"):
        pack(pictures, resolution=16)


def test_other_errors_pass() -> None:
    with pytest.raises(ValueError, match="other"), writing(cache_dir()):
        raise ValueError("other")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "A file cannot be written (No space left on device); free"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/x/y"), "/x/y cannot be written (No space left on device)"),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/x/y"), "/x/y cannot be used (Permission denied)"),
    ],
)
def test_every_command_explains_what_the_system_refuses(
    error: OSError, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr("ganvas.recipe.names", fail)
    assert main(["recipes"]) == 2
    assert words in capsys.readouterr().err

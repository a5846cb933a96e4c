"""The models that ship with the package."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

import ganvas
from ganvas import starters
from ganvas.bundle import read_bundle
from ganvas.cli import main
from ganvas.serve.core.bundle_store import BundleStore
from ganvas.serve.core.run_store import RunStore

MOST_BYTES = 40_000_000


@pytest.mark.parametrize("name", starters.names())
def test_a_starter_is_whole_and_credits_its_pictures(name: str) -> None:
    info = read_bundle(starters.FOLDER / name).info
    assert info.name
    assert info.credits
    assert all(credit.licence for credit in info.credits)


def test_all_starters_together_are_small_enough_to_ship() -> None:
    assert {
        "sketch-portrait-128",
        "colourise-256",
        "enlarge-x4",
        "pencil-256",
        "portraits-64",
        "string-quartets",
    } <= set(starters.names())
    assert sum(map(starters.size, starters.names())) < MOST_BYTES


def test_the_quartets_are_played_like_their_scores() -> None:
    data = read_bundle(starters.FOLDER / "string-quartets").info.data
    assert (data.tempo, data.programs) == (144, (40, 40, 41, 42))


def test_a_starter_answers() -> None:
    model = ganvas.load(starters.FOLDER / "enlarge-x4")
    answer = model.translate(Image.new("RGB", (24, 16), (200, 120, 90)))
    assert answer.size == (96, 64)


def test_a_bundle_of_ones_own_is_used_in_place_of_a_starter_of_its_name(tmp_path: Path) -> None:
    store = BundleStore(tmp_path, RunStore(None), starters.FOLDER)
    assert store.paths()["pencil-256"] == starters.FOLDER / "pencil-256"
    starters.copy("pencil-256", tmp_path)
    assert store.paths()["pencil-256"] == tmp_path / "pencil-256"
    assert BundleStore(None, RunStore(None)).paths() == {}


def test_the_command_lists_and_copies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["starters"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in starters.names())
    assert main(["starters", "copy", "pencil-256", str(tmp_path)]) == 0
    assert read_bundle(tmp_path / "pencil-256").info.name
    capsys.readouterr()
    assert main(["starters", "copy", "pencil-256", str(tmp_path)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["starters", "copy", "no-such", str(tmp_path)]) == 2
    assert "There is no starter 'no-such'" in capsys.readouterr().err

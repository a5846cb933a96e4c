"""Folders of music are packed into one file of piano rolls."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from support.music import midi_file, random_rolls, roll_spec

from ganvas.curate.dataset.dataset import Dataset, hold_out
from ganvas.curate.dataset.pack import pack
from ganvas.curate.music.pack import pack_rolls, survey
from ganvas.errors import UserError
from ganvas.spec import Performance

SPEC = roll_spec(assign="name")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path / "cache"))


def song(seed: int, beats: int = 12) -> bytes:
    """Three phrases for the tracks high and low."""
    rng = np.random.default_rng(seed)
    rows = [[(beat, 1, int(rng.integers(40, 70))) for beat in range(beats)] for _ in range(2)]
    return midi_file(rows, names=("High voice", "Low voice"), numerator=2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four songs, a licence, and five files that cannot be used."""
    root = tmp_path / "songs"
    (root / "more").mkdir(parents=True)
    for number in range(4):
        (root / ("more" if number % 2 else ".") / f"{number}.mid").write_bytes(song(number))
    (root / "LICENSE.txt").write_text("CC0")
    (root / "cut.mid").write_bytes(song(9)[:60])
    (root / "empty.mid").write_bytes(b"")
    (root / "text.mid").write_bytes(b"no music at all")
    (root / "other.mid").write_bytes(midi_file([[(0, 1, 60)]], names=("flute",)))
    (root / "score.mxl").write_bytes(b"PK damaged")
    return root


def test_songs_become_rolls_and_what_cannot_be_used_is_named(folder: Path) -> None:
    report = pack_rolls(folder, roll=SPEC)
    assert (report.count, report.items, report.reused) == (12, "phrases", False)
    assert report.layout.startswith("12 phrases of 2 bars from 4 pieces.")
    assert {path for path, _ in report.skipped} == {"cut.mid", "empty.mid", "text.mid", "other.mid", "score.mxl"}
    assert dict(report.skipped)["other.mid"] == "no part fits the tracks high, low"
    dataset = Dataset(report.path)
    assert dataset.shape == (16, 36, 2)
    assert set(np.unique(dataset.image(0))) == {0, 255}
    assert (dataset.items[0].source, dataset.items[0].licence) == ("0.mid, bar 1", "LICENSE.txt")
    assert [licence.text for licence in dataset.manifest.licences] == ["CC0"]
    # Tempo and programs of the files: midi_file writes 120 quarter notes per minute, and numbers its programs.
    assert dataset.manifest.performance == Performance(tempo=120, programs=(0, 1))
    assert pack_rolls(folder, roll=SPEC).reused
    assert not pack_rolls(folder, roll=roll_spec(assign="name", octaves=4)).reused


def test_a_zip_gives_the_same_phrases_as_the_folder(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "songs.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in folder.rglob("*.mid"):
            file.write(path, path.relative_to(folder))
    one, two = (Dataset(pack_rolls(source, roll=SPEC).path) for source in (folder, archive))
    assert [item.sha256 for item in one.items] == [item.sha256 for item in two.items]
    assert pack_rolls(one.path, roll=SPEC).path == one.path  # a packed set is ready


def test_a_survey_says_what_packing_would_give_and_writes_nothing(folder: Path, tmp_path: Path) -> None:
    files, report = survey(folder, SPEC)
    assert (report.count, len(report.skipped)) == (12, 5)
    assert {file.path: len(file.phrases) for file in files}["0.mid"] == 3
    assert not (tmp_path / "cache" / "datasets").exists()


def test_phrases_of_a_piece_are_never_divided(folder: Path) -> None:
    dataset = Dataset(pack_rolls(folder, roll=SPEC).path)
    parts = hold_out(dataset, 0.2, seed=0)
    pieces = [{dataset.items[int(index)].group for index in part} for part in parts]
    assert not pieces[0] & pieces[1]
    assert (len(parts.train), len(parts.held_out)) == (9, 3)


def test_what_does_not_fit_is_an_error_with_a_sentence(folder: Path, tmp_path: Path, pictures: Path) -> None:
    with pytest.raises(UserError, match=r"gives 12 phrases .* at least 50 are needed"):
        pack_rolls(folder, roll=SPEC, minimum=50)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(UserError, match="no music"):
        pack_rolls(tmp_path / "nothing", roll=SPEC)
    with pytest.raises(UserError, match="no folder or file"):
        pack_rolls(tmp_path / "absent", roll=SPEC)
    packed = pack_rolls(random_rolls(tmp_path / "r.npz", SPEC), roll=roll_spec()).path
    with pytest.raises(UserError, match="other roll settings"):
        pack_rolls(packed, roll=SPEC)
    with pytest.raises(UserError, match="set of pictures"):
        pack_rolls(pack(pictures, resolution=16).path, roll=SPEC)


def test_rows_of_an_array_keep_their_tracks_and_what_is_left_out_is_counted(tmp_path: Path) -> None:
    pitches = np.random.default_rng(0).integers(40, 70, (4, 16, 2))
    pitches[1, 8:] = -1  # the second bar is silent
    pitches[2, :, 0] = -1  # a track is silent
    pitches[3] = -1
    np.savez(tmp_path / "voices.npz", pitches=pitches, beats=2)
    report = pack_rolls(tmp_path / "voices.npz", roll=roll_spec())
    left_out = "1 phrases in which half of the tracks or more are silent, 1 pieces (no notes)."
    assert report.layout == f"2 phrases of 2 bars from 2 pieces. Left out: {left_out}"
    names = [{"name": name} for name in "abc"]
    with pytest.raises(UserError, match="2 parts where there are 3 tracks"):
        pack_rolls(tmp_path / "voices.npz", roll=roll_spec(tracks=names))

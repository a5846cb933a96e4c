"""Studies of music: clips of folders and models, real phrases hidden among them, three raters, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from support.music import midi_file, roll_spec
from support.opinion import pictures, rater, take_part
from typer.testing import CliRunner

from ganvas.apps.opinion import Study
from ganvas.apps.opinion.clips import tones
from ganvas.apps.opinion.study import grid, read_clip
from ganvas.bundle import write_bundle
from ganvas.cli import app
from ganvas.errors import UserError
from ganvas.models.families.musegan import MuseGAN, MuseGANConfig
from ganvas.spec import DataSpec, Performance


def songs(folder: Path, count: int = 6, beats: int = 8, start: int = 0) -> Path:
    """MIDI files of eight beats at 120 per minute in the tracks high and low, named by number."""
    folder.mkdir(parents=True)
    for number in range(count):
        rng = np.random.default_rng(start + number)
        rows = [[(beat, 1, int(rng.integers(40, 70))) for beat in range(beats)] for _ in range(2)]
        (folder / f"{number}.mid").write_bytes(midi_file(rows, names=("high", "low"), numerator=2))
    return folder


def run(*command: object) -> str:
    done = CliRunner().invoke(app, ["opinion", *map(str, command)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def test_three_raters_of_clips_recover_the_planted_order(tmp_path: Path) -> None:
    sources = [
        f"--from={name}={songs(tmp_path / name, start=10 * n)}" for n, name in enumerate(("best", "middle", "worst"))
    ]
    (tmp_path / "worst" / "torn.mid").write_bytes(b"MThd")
    folder = tmp_path / "studies" / "heard"
    said = run("create", folder, *sources, "--count", 4, "--training", 1)
    assert "3 conditions (best, middle, worst), 17 questions per rater (12 count)" in said
    assert "Of worst, 1 could not be used: torn.mid" in said
    run("open", folder)
    made = Study(folder)
    assert (made.manifest.media, made.manifest.title) == ("clips", "How good is this music?")
    for seed, bias in enumerate((0.0, 0.8, -0.8)):
        take_part(made, rater(made, bias, seed))
    run("close", folder)
    report = run("report", folder)
    assert report.index("| best |") < report.index("| middle |") < report.index("| worst |")
    text = (folder / "report.md").read_text()
    assert "one clip at a time" in text
    assert "3 conditions with 4 clips each" in text
    assert "at least once to its end before it was rated" in text
    assert "picture" not in text
    found = json.loads((folder / "report.json").read_text())
    assert (found["media"], found["counted"], found["left_out"]) == ("clips", 3, [])


def test_real_phrases_are_cut_and_played_like_those_of_the_model(tmp_path: Path) -> None:
    performance = Performance(tempo=84, programs=(73, 42))
    data = DataSpec(roll=roll_spec(assign="name"), performance=performance)  # type: ignore[call-arg]
    family = MuseGAN(MuseGANConfig(z_dim=8, width=2, variant="shared_trunk"), data, 1.0)  # type: ignore[call-arg]
    family.measure_standing_statistics()
    write_bundle(tmp_path / "duo", family.eval(), name="Duo", kimg=1, onnx=False)
    real, folder = songs(tmp_path / "real", count=3, beats=16), tmp_path / "study"
    run(
        "create", folder, f"--from={tmp_path / 'duo'}", "--real", real, "--count", 3, "--training", 1, "--mode", "pairs"
    )
    made = Study(folder)
    by_id = grid(made.manifest).by_id
    rated = [read_clip(folder, made.manifest, one) for one, known in by_id.items() if known.condition is not None]
    assert len(rated) == 8
    assert {(clip.tempo, clip.steps, clip.beat_steps) for clip in rated} == {(84, 16, 4)}
    assert {tuple(track.program for track in clip.tracks) for clip in rated} == {(73, 42)}
    assert all(clip.notes for clip in rated)
    content = (folder / "clips" / f"{next(iter(by_id))}.json").read_text()
    assert not any(word in content for word in ("high", "low", "Duo", "real")), "nothing tells where a clip comes from"
    attention = next(check for check in made.manifest.checks if check.kind == "attention")
    counts = [len(read_clip(folder, made.manifest, one).notes) for one in attention.pictures]
    assert counts[attention.answers[0] - 1] == 1 < max(counts), "the one with a single tone is to be chosen"
    assert [note[2] for note in tones(2, rated[0]).notes] == [0, 4]
    (folder / "clips" / f"{next(iter(by_id))}.json").write_text(content.replace('"tempo":84.0', '"tempo":4000'))
    with pytest.raises(UserError, match="damaged"):
        read_clip(folder, made.manifest, next(iter(by_id)))


def test_long_files_are_cut_at_a_bar_line(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    one, other = songs(tmp_path / "a", 2, beats=100), songs(tmp_path / "b", 2, beats=8, start=5)
    said = run("create", folder, f"--from={one}", f"--from={other}", "--count", 1, "--training", 0)
    assert (
        "Conditions differ in the length of their clips, by which raters may tell them apart (a: 30 s; b: 4 s)" in said
    )


def test_music_and_pictures_are_not_mixed_and_need_no_references(tmp_path: Path) -> None:
    music, shown = songs(tmp_path / "music"), pictures(tmp_path / "shown", 6)
    for options, said in (
        (["--from", f"ours={music}", "--real", shown], "ours is music while real is pictures; make two studies"),
        (["--from", music, "--real", music, "--mode", "dcr"], "rate music by --mode acr or pairs"),
        (["--from", music, "--real", music, "--source", shown], "these make music; leave it out"),
        (["--from", f"ours={tmp_path / 'none'}", "--real", music], "There is no folder"),
    ):
        refused = CliRunner().invoke(app, ["opinion", "create", str(tmp_path / "s"), *map(str, options)])
        assert isinstance(refused.exception, UserError)
        assert said in str(refused.exception)
        assert not (tmp_path / "s").exists()

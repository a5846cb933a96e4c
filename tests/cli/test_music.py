"""Music by the command line: pack, train, evaluate, export, generate."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pretty_midi
import pytest
from PIL import Image
from support.music import midi_file

from ganvas.bundle import read_bundle
from ganvas.cli import main
from ganvas.curate.music.midi import read_midi
from ganvas.spec import Performance

RECIPE = """
extends: musegan-quick
data:
  minimum: 4
  held_out: 0.3
  transpose: 2
  roll:
    bars: 2
    beats: 2
    octaves: 3
    assign: name
    tracks: [{name: high, program: 40}, {name: low, program: 42}]
model: {width: 2, z_dim: 8}
train: {kimg: 0.016, batch_size: 4, tick_kimg: 0.008, sheet_kimg: 0.008, checkpoint_kimg: 0.016}
evaluate: {count: 8}
"""


def songs(root: Path, count: int = 4) -> Path:
    root.mkdir(parents=True)
    for number in range(count):
        rng = np.random.default_rng(number)
        rows = [[(beat, 1, int(rng.integers(40, 70))) for beat in range(12)] for _ in range(2)]
        (root / f"{number}.mid").write_bytes(midi_file(rows, names=("High", "Low"), numerator=2))
    (root / "cut.mid").write_bytes(b"MThd")
    return root


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on four songs, evaluated and exported."""
    folder = tmp_path_factory.mktemp("music")
    (folder / "tiny.yaml").write_text(RECIPE)
    songs(folder / "songs")
    command = ["train", str(folder / "tiny.yaml"), "--data", str(folder / "songs"), "--run", str(folder / "run")]
    assert main([*command, "--quiet"]) == 0
    return folder / "run"


def test_a_run_has_sheets_metrics_and_a_bundle(run: Path) -> None:
    with Image.open(run / "sheets" / "reals.png") as reals, Image.open(run / "sheets" / "000000016.png") as made:
        assert reals.size[0] == made.size[0] > 700  # three rolls in a row
    metrics = (run / "metrics.jsonl").read_text()
    assert '"metric": "eb_high"' in metrics
    assert '"metric": "copies"' in metrics
    assert '"real_value"' in metrics
    card = (run / "bundle" / "card.md").read_text()
    assert "phrases of 2 bars of 2 quarter notes, 4 time steps each, for high, low" in card


def test_the_model_writes_midi_that_reads_back_to_its_rolls(run: Path, tmp_path: Path) -> None:
    command = ["generate", str(run / "bundle"), "--count", "2", "--tempo", "90", "--threshold", "0.02"]
    assert main([*command, "--output", str(tmp_path / "a"), "--programs", "1,2", "--quiet"]) == 0
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"0000.mid", "0001.mid", "rolls.png"}
    content = (tmp_path / "a" / "0000.mid").read_bytes()
    song = pretty_midi.PrettyMIDI(io.BytesIO(content))
    assert song.get_tempo_changes()[1].tolist() == pytest.approx([90], rel=1e-4)
    assert [(one.name, one.program) for one in song.instruments] == [("high", 1), ("low", 2)]
    assert read_midi(content).bars[0].tolist() == [0.0, 2.0]
    assert main([*command, "--output", str(tmp_path / "b"), "--programs", "1,2", "--quiet"]) == 0
    assert (tmp_path / "b" / "0000.mid").read_bytes() == content  # a seed is a piece


def test_silent_pieces_are_said(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", str(run / "bundle"), "--count", "1", "--threshold", "0.9999999", "-o", str(tmp_path)]) == 0
    assert "1 of the pieces has no notes" in capsys.readouterr().out


def test_a_piece_of_several_phrases_passes_through_its_seeds(run: Path, tmp_path: Path) -> None:
    command = ["generate", "music", str(run), "--between", "0,1", "--bars", "8", "--threshold", "0.02", "--quiet"]
    assert main([*command, "--output", str(tmp_path)]) == 0
    with Image.open(tmp_path / "rolls.png") as sheet:
        assert sheet.size[0] > 4 * 256
    song = pretty_midi.PrettyMIDI(str(tmp_path / "0000.mid"))
    assert song.get_end_time() <= 16 * 60 / 120 + 1e-6
    # Tempo and programs are those of the songs, unless they are given.
    assert song.get_tempo_changes()[1].tolist() == pytest.approx([120], rel=1e-4)
    assert [one.program for one in song.instruments] == [0, 1]
    assert read_bundle(run / "bundle").info.data.performance == Performance(tempo=120, programs=(0, 1))


def test_a_survey_names_what_cannot_be_used(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, recipe = run.parent / "songs", run.parent / "tiny.yaml"
    assert main(["pack", str(source), "--for", str(recipe), "--dry-run", "--processes", "1"]) == 0
    out = capsys.readouterr().out
    assert "0.mid: 3 phrases" in out
    assert "cut.mid: cannot be used: a damaged MIDI file" in out
    assert "packing would give 12 phrases of 2 bars from 4 pieces." in out
    assert main(["pack", str(source), "--for", str(recipe), "--processes", "1"]) == 0
    assert "12 phrases were packed already" in capsys.readouterr().out


def test_a_bundle_is_measured_against_music(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = run.parent / "songs"
    assert main(["evaluate", str(run / "bundle"), "--data", str(source), "--count", "4", "--all"]) == 0
    out = capsys.readouterr().out
    assert "eb_high" in out
    assert "of real" in out
    report = run / "bundle-evaluation" / "report.md"
    assert "of the real ones" in report.read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--bars", "3"], "--bars is a multiple of 2"),
        (["--tempo", "5"], "tempo is 20 to 400"),
        (["--programs", "1"], "Give 2 programs"),
        (["--programs", "a,b"], "numbers from 0 to 127"),
        (["--between", "3"], "two or more seeds"),
        (["--threshold", "1"], "between 0 and 1"),
        (["--audio", "mp3"], "--audio is wav or ogg"),
        (["--accompany", "x.mid"], "accompanies no track"),
    ],
)
def test_wrong_options_are_explained(
    run: Path, tmp_path: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["generate", str(run / "bundle"), *options, "--output", str(tmp_path / "out")]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "out").exists()


def test_pictures_and_music_are_not_confused(run: Path, pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "pictures", str(run / "bundle")]) == 2
    assert "makes music from seeds" in " ".join(capsys.readouterr().err.split())
    assert main(["train", "musegan-quick", "--data", str(pictures), "--quiet"]) == 2
    assert "There is no music in" in " ".join(capsys.readouterr().err.split())
    assert main(["pack", str(pictures), "--dry-run"]) == 2
    assert "--dry-run is for music" in " ".join(capsys.readouterr().err.split())

"""What is suggested for folders of each arrangement, on machines with and without a GPU."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support.music import midi_file, random_rolls, roll_spec
from typer.testing import CliRunner

from ganvas.cli import app
from ganvas.errors import UserError
from ganvas.pipeline import pack_for
from ganvas.recipe import load, names
from ganvas.suggestion import Machine, MusicSurvey, goals, suggest, survey, write_sample
from ganvas.suggestion.music import is_music
from ganvas.train import estimate

SMALL, LARGE = Machine(2), Machine(16, "GPU", 24.0)


def picture(path: Path, seed: int, side: int = 24) -> None:
    """Coloured noise without a face."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    Image.fromarray(rng.integers(0, 256, (side, side, 3), dtype=np.uint8)).save(path)


def drawing(path: Path, seed: int, side: int = 24) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (side, side), "white")
    ImageDraw.Draw(image).line((0, seed % side, side, side - seed % side), fill="black")
    image.save(path)


def recipes(folder: Path, machine: Machine = SMALL) -> dict[str, str]:
    return {one.goal: one.recipe for one in suggest(folder, machine=machine).suggestions}


def test_every_recipe_that_is_named_exists() -> None:
    assert {rule.recipe for goal in goals() for rule in goal.recipes} <= set(names())


def test_single_pictures(tmp_path: Path) -> None:
    for seed in range(200):
        picture(tmp_path / f"{seed}.png", seed)
    found = survey(tmp_path)
    assert (found.pictures, found.width, found.height, found.arrangement) == (200, 24, 24, "pictures")
    assert (found.drawings, found.grey) == (False, 0)
    report = suggest(tmp_path, machine=SMALL)
    assert recipes(tmp_path) == {
        "new-pictures": "dcgan-64-small",
        "drawing-to-picture": "pix2pix-64-sketch",
        "colour": "colourise-64",
        "fill-holes": "inpaint-64",
    }
    assert [reason.key for reason in report.suggestions[0].reasons] == ["pictures", "few"]
    assert {one.goal: one.reason.sentence for one in report.missing} == {"enlarge": "needs pictures of 128 px"}


def test_pairs_whose_sources_are_drawings(tmp_path: Path) -> None:
    for seed in range(100):
        drawing(tmp_path / "source" / f"{seed}.png", seed)
        picture(tmp_path / "target" / f"{seed}.png", seed)
    assert recipes(tmp_path) == {"translate-pairs": "sketch-to-photo-128"}


def test_two_folders_are_domains_and_classes(tmp_path: Path) -> None:
    for seed in range(300):
        picture(tmp_path / "cat" / f"c{seed}.png", seed)
        picture(tmp_path / "dog" / f"d{seed}.png", seed)
    assert list(recipes(tmp_path).items())[:3] == [
        ("translate-domains", "cut-64"),
        ("new-by-class", "dcgan-64-conditional"),
        ("new-pictures", "dcgan-64-small"),
    ]
    assert recipes(tmp_path, LARGE)["new-by-class"] == "biggan-64-small"


def test_large_pictures_on_a_gpu(tmp_path: Path) -> None:
    picture(tmp_path / "first.png", 0, side=256)
    for number in range(299):
        shutil.copy(tmp_path / "first.png", tmp_path / f"{number}.png")
    found = recipes(tmp_path, LARGE)
    assert (found["drawing-to-picture"], found["enlarge"]) == ("pix2pix-128-sketch", "super-resolution-x4")
    assert recipes(tmp_path)["enlarge"] == "super-resolution-x4-small"


def test_grey_pictures_are_trained_on_one_channel(tmp_path: Path) -> None:
    for seed in range(100):
        rng = np.random.default_rng(seed)
        Image.fromarray(rng.integers(0, 256, (24, 24), dtype=np.uint8)).save(tmp_path / f"{seed}.png")
    report = suggest(tmp_path, machine=SMALL)
    assert [(one.goal, one.sets) for one in report.suggestions] == [
        ("new-pictures", ("data.channels=1",)),
        ("drawing-to-picture", ("data.channels=1",)),
        ("fill-holes", ("data.channels=1",)),
    ]


def songs(folder: Path, parts: int, bars: int = 40, count: int = 12) -> Path:
    """MIDI files of some bars; every part plays one note at a time, the last one lowest."""
    folder.mkdir()
    for number in range(count):
        rng = np.random.default_rng(number)
        rows = [
            [(beat, 2, int(rng.integers(84 - 12 * part, 92 - 12 * part))) for beat in range(0, 4 * bars, 2)]
            for part in range(parts)
        ]
        (folder / f"{number}.mid").write_bytes(midi_file(rows))
    return folder


def test_music_gets_the_recipe_that_its_parts_fit(tmp_path: Path) -> None:
    four, three = songs(tmp_path / "four", 4), songs(tmp_path / "three", 3)
    (four / "torn.mid").write_bytes(b"MThd")
    (four / "cover.png").write_bytes(b"no picture")
    assert (recipes(four), recipes(three)) == ({"music": "musegan-quick"}, {"music": "musegan-quick-roles"})
    report = suggest(three, machine=SMALL)
    assert report.survey == MusicSurvey(
        files=12,
        pictures=0,
        parts=3,
        roles={"melody": 12, "chords": 12, "bass": 12},
        pieces=12,
        fits={"musegan": 0, "musegan-quick": 0, "musegan-quick-roles": 1},
        phrases={"musegan": 0, "musegan-quick": 0, "musegan-quick-roles": 120},
        unreadable={},
        looked_at=12,
    )
    assert [reason.key for reason in report.suggestions[0].reasons] == ["music", "parts", "other-parts", "other-parts"]
    assert report.suggestions[0].reasons[1].params == {"percent": 100}
    shown = CliRunner().invoke(app, ["suggest", str(four), "--no-estimate"]).output
    assert "13 music files (and 1 pictures, which are left out)" in shown
    assert f"ganvas train musegan-quick --data {four}" in shown
    few = songs(tmp_path / "few", 4, bars=4, count=1)
    assert [one.reason.sentence for one in suggest(few, machine=SMALL).missing] == ["needs 100 phrases of music"]
    (few / "0.mid").write_bytes(b"MThd")
    with pytest.raises(UserError, match="None of 1 music files"):
        suggest(few)
    arrays = random_rolls(tmp_path / "rolls.npz", roll_spec())
    assert [is_music(one) for one in (three / "0.mid", arrays, tmp_path / "nowhere")] == [True, True, False]


def test_a_sample_of_music_is_packed_where_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    assert write_sample(songs(tmp_path / "four", 4, bars=8, count=6), tmp_path / "sample", 8) == 2
    packed = pack_for(load("musegan-quick", ["data.minimum=1"]), tmp_path / "sample", output=tmp_path / "packed.zip")
    assert (packed.path, packed.count) == (tmp_path / "packed.zip", 4)


def test_a_sample_keeps_partners(tmp_path: Path) -> None:
    for seed in range(12):
        drawing(tmp_path / "pairs" / "source" / f"{seed}.png", seed)
        picture(tmp_path / "pairs" / "target" / f"{seed}.png", seed)
    sample = tmp_path / "sample"
    sample.mkdir()
    assert write_sample(tmp_path / "pairs", sample, 5) == 5
    assert survey(sample).arrangement == "pairs"
    assert len(list((sample / "source").iterdir())) == len(list((sample / "target").iterdir())) == 5


def test_the_command(tmp_path: Path) -> None:
    folder = tmp_path / "my pictures"
    for seed in range(60):
        picture(folder / f"{seed}.png", seed)
    (folder / "broken.png").write_bytes(b"no picture")
    shown = CliRunner().invoke(app, ["suggest", str(folder), "--no-estimate", "--goal", "new-pictures"])
    assert shown.exit_code == 0, shown.output
    assert f"ganvas train dcgan-quick --data '{folder}'" in shown.output
    told = json.loads(CliRunner().invoke(app, ["suggest", str(folder), "--json"]).output)
    assert told["suggestions"][0]["recipe"] == "dcgan-quick"
    assert told["survey"]["unreadable"] <= 1


def test_time_is_measured_on_a_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate, "forecast", partial(estimate.forecast, seconds=0.0))
    for seed in range(60):
        picture(tmp_path / f"{seed}.png", seed)
    shown = CliRunner().invoke(app, ["suggest", str(tmp_path), "--goal", "new-pictures"])
    assert "images per second" in shown.output, shown.output


def test_what_cannot_be_suggested_is_refused(tmp_path: Path) -> None:
    picture(tmp_path / "one.png", 0)
    refused = CliRunner().invoke(app, ["suggest", str(tmp_path), "--no-estimate"])
    assert isinstance(refused.exception, UserError)
    assert "needs 50 pictures" in str(refused.exception)
    with pytest.raises(UserError, match="no goal 'fame'"):
        suggest(tmp_path, goal="fame")
    (tmp_path / "one.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(UserError, match="None of 1"):
        suggest(tmp_path)

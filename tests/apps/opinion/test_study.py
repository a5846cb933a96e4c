"""Studies as a rater and an owner meet them: blindness, answers, withdrawal, closing, results, the command."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from support.opinion import PLANTED, pictures, rater, study, take_part

from ganvas.apps.opinion import Source, Study, StudyOptions, create_study, markdown, results
from ganvas.apps.opinion.study import Mode, grid
from ganvas.bundle import write_bundle
from ganvas.cli import main
from ganvas.errors import UserError
from ganvas.models.families import FAMILIES

BIASES = (0.0, 0.8, -0.8)


@pytest.mark.parametrize("mode", ["acr", "pairs", "dcr"])
def test_three_raters_of_known_bias_recover_the_planted_order(tmp_path: Path, mode: Mode) -> None:
    made = study(tmp_path, mode)
    made.open()
    for seed, bias in enumerate(BIASES):
        take_part(made, rater(made, 0 if mode == "pairs" else bias, seed))
    made.close()
    found = results(made)
    planted = ["real", *PLANTED[1:]] if mode == "dcr" else list(PLANTED)
    assert [one.name for one in found.conditions] == planted
    assert (found.raters, found.counted, found.left_out) == (3, 3, [])
    assert [one.ratings for one in found.conditions] == [15 * (2 if mode == "pairs" else 1)] * 3
    assert found.conditions[0].above_next is not None
    assert found.conditions[0].above_next > 0.95
    text = markdown(found)
    assert "3 of 3 raters count" in text
    assert "P.910 asks for 24" in text
    assert all(name in text for name in planted)
    assert found.repeats == 6


def test_nothing_that_a_rater_sees_tells_where_a_picture_comes_from(tmp_path: Path) -> None:
    source = pictures(tmp_path / "ours", 8)
    told = PngInfo()
    told.add_text("Software", "ours")
    Image.new("RGB", (32, 32)).save(source / "00.png", pnginfo=told)
    (source / "notes.txt").write_text("no picture")
    (source / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    other = pictures(tmp_path / "theirs", 6, side=40)
    chosen = [Source("ours", source), Source("theirs", other)]
    made = create_study(tmp_path / "s", StudyOptions(title="t", mode="acr", sources=chosen, contents=6, training=0))
    files = sorted(path.name for path in (made.folder / "pictures").iterdir())
    assert len(files) == 12 + 3
    assert all(len(name) == 20 for name in files)
    for path in (made.folder / "pictures").iterdir():
        with Image.open(path) as picture:
            assert picture.info == {}
            assert picture.format == "PNG"
    assert any("differ in the size" in note for note in made.manifest.notes)
    assert len({one.id for one in made.manifest.pictures}) == len(files)
    assert set(files) == {f"{one}.png" for one in grid(made.manifest).by_id}


def test_answers_are_kept_once_and_never_changed(tmp_path: Path) -> None:
    made = study(tmp_path)
    with pytest.raises(UserError, match="not open") as refused:
        made.join()
    assert refused.value.code == "study-not-open"
    made.open()
    token = made.join()
    assert made.rate(token, 0, 4).position == 1
    assert made.rate(token, 0, 4).position == 1, "sent again after a lost answer"
    for position, value, code in ((0, 3, "answered-before"), (2, 3, "not-the-next-question"), (1, 6, "no-such-answer")):
        with pytest.raises(UserError) as refused:
            made.rate(token, position, value)
        assert refused.value.code == code
    with pytest.raises(UserError, match="begin anew"):
        made.standing("somebody else")
    assert token not in (made.folder / "ratings.sqlite").read_bytes().decode("latin-1"), "only a digest is kept"


def test_withdrawal_deletes_and_results_wait_for_the_end(tmp_path: Path) -> None:
    made = study(tmp_path)
    with pytest.raises(UserError, match="not opened"):
        made.close()
    made.open()
    gone = take_part(made, rater(made, 0, 0))
    with pytest.raises(UserError, match="hidden until"):
        results(made)
    made.withdraw(gone)
    with sqlite3.connect(made.folder / "ratings.sqlite") as db:
        assert db.execute("SELECT COUNT(*) FROM ratings").fetchone() == (0,)
    db.close()
    with pytest.raises(UserError, match="begin anew"):
        made.withdraw(gone)
    take_part(made, rater(made, 0, 1))
    made.rate(made.join(), 0, 3)
    made.join()
    made.close()
    with pytest.raises(UserError, match="create another"):
        made.open()
    found = results(Study(made.folder))
    assert (found.raters, found.counted, found.withdrawn, found.silent) == (3, 1, 1, 1)
    assert [(one.rater, one.reason) for one in found.left_out] == [(2, "unfinished")]


def test_who_does_not_look_is_left_out(tmp_path: Path) -> None:
    made = study(tmp_path)
    made.open()
    good = rater(made, 0, 0)
    take_part(made, good)
    take_part(made, lambda trial: 3 if trial.kind == "attention" else good(trial))
    take_part(made, lambda trial: 5 if trial.kind == "gold" else good(trial))
    made.close()
    found = results(made)
    assert [(one.rater, one.reason) for one in found.left_out] == [(2, "attention"), (3, "gold")]
    assert "Rater 2 was left out (attention)" in markdown(found)


def test_a_study_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours, real, folder = pictures(tmp_path / "ours", 7), pictures(tmp_path / "photos", 7, start=50), tmp_path / "s"
    command = ["opinion", "create", str(folder), "--from", f"our model={ours}", "--real", str(real), "--mode", "pairs"]
    assert main([*command, "--count", "9"]) == 2
    assert "lower --count" in " ".join(capsys.readouterr().err.split())
    assert not folder.exists(), "nothing is left of a study that was not made"
    assert main([*command, "--count", "4"]) == 0
    assert "2 conditions (our model, real), 10 questions per rater (4 count)" in capsys.readouterr().out
    assert main([*command, "--count", "4"]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["opinion", "report", str(folder)]) == 2
    assert main(["opinion", "open", str(folder)]) == 0
    take_part(Study(folder), lambda trial: trial.answers[0] if trial.answers else 0)
    capsys.readouterr()
    assert main(["opinion", "close", str(folder)]) == 0
    assert "1 rater, of whom 1 answered everything" in capsys.readouterr().out
    assert main(["opinion", "report", str(folder), "-o", str(tmp_path / "out")]) == 0
    found = json.loads((tmp_path / "out" / "report.json").read_text())
    assert found["unsure"] == 1
    assert [one["value"] for one in found["conditions"]] == [pytest.approx(0, abs=1e-9)] * 2
    assert "not sure counts as half a win" in (tmp_path / "out" / "report.md").read_text()
    assert main(["opinion", "create", str(tmp_path / "t"), "--from", str(ours), "--mode", "best"]) == 2
    assert main(["opinion", "open", str(tmp_path / "none")]) == 2
    assert "There is no study" in capsys.readouterr().err


def test_a_model_makes_its_pictures_by_seeds(tmp_path: Path) -> None:
    family = FAMILIES["dcgan"](*FAMILIES["dcgan"].tiny(), 1.0)
    kid = {"metric": "kid_effnet", "value": 0.125, "nimg": 1000, "protocol": {"pictures": "held_out"}}
    quick = {"metric": "kid_quick", "value": 0.5, "nimg": 1000, "protocol": {}}
    write_bundle(tmp_path / "b", family, name="Ours", kimg=1.0, onnx=False, metrics=[kid, quick])
    options = StudyOptions(
        title="t",
        mode="acr",
        sources=[Source("middle", tmp_path / "b")],
        real=pictures(tmp_path / "photos", 6),
        contents=3,
        training=2,
        seed=7,
    )
    made = create_study(tmp_path / "s", options)
    ours, real = made.manifest.conditions
    assert (ours.origin, ours.real, real.real) == ("Ours, seeds 7 to 11", False, True)
    assert not made.manifest.matched
    assert any("different contents" in note for note in made.manifest.notes)
    shown = grid(made.manifest).rated
    assert len({(made.folder / "pictures" / f"{shown[0, n]}.png").read_bytes() for n in range(3)}) == 3
    made.open()
    take_part(made, rater(made, 0, 0))
    made.close()
    text = markdown(results(made))
    assert "| Condition | Raters | kid_effnet, held-out |" in text
    assert any(line.startswith("| middle | ") and line.endswith(" | 0.125 |") for line in text.splitlines())
    assert any(line.startswith("| real | ") and line.endswith(" | – |") for line in text.splitlines())


def test_translated_pictures_are_matched_with_their_references(tmp_path: Path) -> None:
    family = FAMILIES["pix2pix"](*FAMILIES["pix2pix"].tiny(), 1.0)
    write_bundle(tmp_path / "b", family, name="Ours", kimg=1.0, onnx=False)
    photos = pictures(tmp_path / "photos", 4, side=64)
    sources = [Source("ours", tmp_path / "b")]
    options = StudyOptions(title="t", mode="dcr", sources=sources, real=photos, inputs=photos, contents=3, training=1)
    made = create_study(tmp_path / "s", options)
    assert made.manifest.matched
    by_place = {(one.condition, one.content): one.name for one in made.manifest.pictures if one.use == "rated"}
    assert all(by_place[0, content] == by_place[1, content] for content in range(3))


def test_degradation_needs_references_of_the_same_names(tmp_path: Path) -> None:
    ours = pictures(tmp_path / "ours", 5)
    options: dict[str, Any] = {
        "title": "t",
        "mode": "dcr",
        "sources": [Source("ours", ours)],
        "contents": 2,
        "training": 0,
    }
    with pytest.raises(UserError, match="--real"):
        create_study(tmp_path / "a", StudyOptions(**options))
    other = pictures(tmp_path / "other", 5)
    for path in other.iterdir():
        path.rename(path.with_name("x" + path.name))
    with pytest.raises(UserError, match="names do not match"):
        create_study(tmp_path / "b", StudyOptions(**options, real=other))

"""A run keeps to its pictures: others are refused, or taken on request and credited."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.small_run import BATCH, draw_pictures, recipe, train_command

from ganvas.cli import main
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.inference.load import load_run
from ganvas.release.export import export_run
from ganvas.runs.folder import RunDir
from ganvas.runs.log import Event, Note
from ganvas.runs.trained_sets import read_sets
from ganvas.train.trainer import train


def packed(folder: Path, seed: int, *, classes: tuple[str, ...] = (), licence: str = "") -> Path:
    for index, name in enumerate(classes or (".",)):
        draw_pictures(folder / name, seed=seed + index)
    if licence:
        (folder / "LICENSE.txt").write_text(licence)
    return pack(folder, resolution=16).path


def notes(events: list[Event]) -> list[str]:
    return [event.sentence for event in events if isinstance(event, Note)]


def test_folders_of_one_name_have_runs_of_their_own_and_both_resume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    pets, cars = draw_pictures(tmp_path / "pets" / "data", seed=1), draw_pictures(tmp_path / "cars" / "data", seed=2)
    for data in (pets, cars, pets, cars):
        assert main(train_command(data, "--kimg", "0.008")) == 0
    assert "a run of other pictures" in capsys.readouterr().out
    runs = sorted((tmp_path / "runs").iterdir())
    sources = {one.name: [trained.source for trained in read_sets(RunDir(one))] for one in runs}
    assert sources.pop("dcgan-quick-data") == [str(pets)]
    assert list(sources.values()) == [[str(cars)]]


@pytest.mark.parametrize("steps", [2, 4], ids=["of equal length", "longer"])
def test_other_pictures_in_a_run_are_refused_with_the_ways_out(steps: int, tmp_path: Path) -> None:
    run = RunDir(tmp_path / "run")
    train(recipe(2), run, packed(tmp_path / "pets", 1), dataset_name="pets")
    before = {path: path.read_bytes() for path in run.root.rglob("*") if path.is_file()}
    cars = packed(tmp_path / "cars", 2)
    with pytest.raises(UserError, match=r"trained on other pictures .* of pets; now .* of cars.*") as refused:
        train(recipe(steps), run, cars, dataset_name="cars")
    assert all(way in str(refused.value) for way in ("--run", "--fresh", "--more-data"))
    assert before == {path: path.read_bytes() for path in run.root.rglob("*") if path.is_file()}
    train(recipe(steps), run, cars, dataset_name="cars", fresh=True)
    assert [one.name for one in read_sets(run)] == ["cars"]


def test_a_folder_that_gained_a_picture_is_refused_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    data = draw_pictures(tmp_path / "data")
    assert main(train_command(data, "--kimg", "0.008")) == 0
    draw_pictures(data, 9)
    assert main(train_command(data, "--kimg", "0.008")) == 2
    assert "--more-data" in capsys.readouterr().err
    assert main(train_command(data, "--kimg", "0.008", "--more-data", "--fresh")) == 2
    assert main(train_command(data, "--kimg", "0.016", "--more-data")) == 0
    assert main(train_command(data, "--kimg", "0.016")) == 0
    assert [one.pictures for one in read_sets(RunDir(tmp_path / "runs" / "dcgan-quick-data"))] == [8, 9]


def test_more_data_records_and_credits_both_sets(tmp_path: Path) -> None:
    run = RunDir(tmp_path / "run")
    train(recipe(2), run, packed(tmp_path / "pets", 1, licence="by Ann"), dataset_name="pets")
    cars = packed(tmp_path / "cars", 2, licence="by Bob")
    events: list[Event] = []
    summary = train(recipe(4), run, cars, dataset_name="cars", more_data=True, listener=events.append)
    assert summary.nimg == 4 * BATCH
    assert [one for one in notes(events) if "cars" in one and "pets" in one]
    assert [(one.name, one.from_nimg) for one in read_sets(run)] == [("pets", 0), ("cars", 2 * BATCH)]
    bundle = export_run(load_run(run), onnx=False)
    assert [(credit.name, credit.text) for credit in bundle.info.credits] == [("pets", "by Ann"), ("cars", "by Bob")]


def test_other_classes_are_refused_even_as_more_data(tmp_path: Path) -> None:
    run = RunDir(tmp_path / "run")
    wanted = recipe(2, data={"conditional": True})
    train(wanted, run, packed(tmp_path / "pets", 1, classes=("cat", "dog")))
    buses = packed(tmp_path / "cars", 5, classes=("bus", "taxi"))
    with pytest.raises(UserError, match=r"other classes \(cat, dog; .* has bus, taxi\).*--fresh"):
        train(wanted, run, buses, more_data=True)


def test_another_division_of_the_same_pictures_is_refused(tmp_path: Path) -> None:
    """Otherwise pictures that were held out before would be trained on."""
    run, pictures = RunDir(tmp_path / "run"), packed(tmp_path / "pets", 1)
    train(recipe(2, data={"held_out": 0.25}), run, pictures)
    with pytest.raises(UserError, match=r"another part of these pictures.*train\.seed"):
        train(recipe(2, data={"held_out": 0.25}, seed=7), run, pictures)


def test_a_run_of_an_earlier_version_resumes_and_says_once_that_its_pictures_are_unknown(tmp_path: Path) -> None:
    run, pictures = RunDir(tmp_path / "run"), packed(tmp_path / "pets", 1)
    train(recipe(2), run, pictures)
    run.datasets.unlink()
    first: list[Event] = []
    again: list[Event] = []
    assert train(recipe(3), run, pictures, listener=first.append).nimg == 3 * BATCH
    assert train(recipe(4), run, pictures, listener=again.append).nimg == 4 * BATCH
    assert ["not known" in one for one in notes(first)] == [True]
    assert notes(again) == []


def test_an_earlier_run_of_other_classes_is_refused(tmp_path: Path) -> None:
    run, wanted = RunDir(tmp_path / "run"), recipe(2, data={"conditional": True})
    train(wanted, run, packed(tmp_path / "pets", 1, classes=("cat", "dog")))
    run.datasets.unlink()
    with pytest.raises(UserError, match="other classes"):
        train(wanted, run, packed(tmp_path / "cars", 5, classes=("bus", "taxi")))


def test_a_damaged_record_counts_as_none(tmp_path: Path) -> None:
    run, pictures = RunDir(tmp_path / "run"), packed(tmp_path / "pets", 1)
    train(recipe(2), run, pictures)
    for content in ("[" * 3000, "{}", json.dumps({"sets": [{"pictures": "x"}]})):
        run.datasets.write_text(content)
        assert train(recipe(2), run, pictures).state == "finished"

"""The whole road by the command line, on pictures drawn on the spot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ganvas
from ganvas.cli import main
from ganvas.weights import find

SMALL = ["train.batch_size=8", "train.workers=0", "train.tick_kimg=0.008", "model.width=4", "data.minimum=4"]
SMALL += ["data.resolution=16", "train.checkpoint_kimg=0.016", "evaluate.count=16", "data.held_out=0"]


def sets(*more: str) -> list[str]:
    return [part for change in (*SMALL, *more) for part in ("--set", change)]


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image, np.int16)


def checkpoints(run: Path) -> list[str]:
    return sorted(path.stem for path in (run / "checkpoints").glob("*.pt"))


@pytest.fixture(scope="module")
def run(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 32 pictures shown, evaluated (where the weights are here) and exported."""
    folder = tmp_path_factory.mktemp("runs") / "first"
    assert main(["train", "dcgan-quick", "-d", str(pictures), "--run", str(folder), "--kimg", "0.032", *sets()]) == 0
    return folder


def test_training_leaves_a_whole_run_and_a_bundle(run: Path) -> None:
    status = json.loads((run / "status.json").read_text())
    assert status["state"] == "finished"
    assert status["nimg"] == 32
    lines = [json.loads(line) for line in (run / "stats.jsonl").read_text().splitlines()]
    assert [line["nimg"] for line in lines] == [8, 16, 24, 32]
    assert {"G/loss", "D/loss", "images_per_second"} <= set(lines[-1])
    assert (run / "bundle" / "bundle.json").is_file()
    assert "train:" in (run / "recipe.yaml").read_text()


def test_the_same_command_goes_on(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["train", "dcgan-quick", "-d", str(pictures), "--run", str(tmp_path / "r"), "--train-only", *sets()]
    assert main([*command, "--kimg", "0.016"]) == 0
    capsys.readouterr()
    assert main([*command, "--kimg", "0.032"]) == 0
    told = capsys.readouterr().out
    assert "Resuming from 0.016 kimg" in told
    assert "packed already" in told
    assert checkpoints(tmp_path / "r")[-1] == "000000032"
    assert main([*command, "--kimg", "0.008", "--fresh"]) == 0
    assert checkpoints(tmp_path / "r") == ["000000000", "000000008"]


def test_packing_names_what_it_cannot_use(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for index, path in enumerate(sorted(pictures.rglob("*.png"))):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{index}.png").write_bytes(path.read_bytes())
    (tmp_path / "in" / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    target = tmp_path / "out.zip"
    assert main(["pack", str(tmp_path / "in"), "-o", str(target), "--resolution", "16"]) == 0
    told = capsys.readouterr().out
    assert "24 pictures" in told
    assert "torn.png" in told
    with zipfile.ZipFile(target) as archive:
        assert json.loads(archive.read("dataset.json"))["resolution"] == 16


def test_pictures_come_from_run_and_bundle_alike(run: Path, tmp_path: Path) -> None:
    assert main(["generate", str(run), "--count", "3", "--seed", "7", "-o", str(tmp_path / "a")]) == 0
    assert main(["generate", str(run / "bundle"), "--count", "1", "--seed", "8", "-o", str(tmp_path / "b")]) == 0
    made = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert made == ["seed000007.png", "seed000008.png", "seed000009.png"]
    one, same = (pixels(tmp_path / part / "seed000008.png") for part in "ab")
    assert one.shape == (16, 16, 3)
    assert np.abs(one - same).max() <= 1


def test_pictures_as_zip_and_as_grid(run: Path, tmp_path: Path) -> None:
    assert main(["generate", str(run), "--count", "4", "-o", str(tmp_path / "p"), "--zip"]) == 0
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        assert len(archive.namelist()) == 4
    assert main(["generate", str(run), "--count", "4", "-o", str(tmp_path / "g.png"), "--grid"]) == 0
    assert pixels(tmp_path / "g.png").shape[1] >= 32


def test_drawings_are_translated(pictures: Path, tmp_path: Path) -> None:
    changes = [*sets("data.resolution=32", "model.layers=1"), "--kimg", "0.008", "--train-only", "--quiet"]
    run = tmp_path / "run"
    assert main(["train", "pix2pix-quick", "-d", str(pictures), "--run", str(run), *changes]) == 0
    assert main(["generate", str(run), "--source", str(pictures), "--count", "5", "-o", str(tmp_path / "out")]) == 0
    assert len(list((tmp_path / "out").glob("*.png"))) == 5


@pytest.mark.skipif(find("efficientnet-lite0") is None, reason="the weights that look at pictures are not here")
def test_a_run_and_its_bundle_are_measured(run: Path, pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measured = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert {line["metric"] for line in measured} == {"kid_effnet"}
    assert main(["evaluate", str(run / "bundle"), "-d", str(pictures), "--count", "16", "--features", "effnet"]) == 0
    told = capsys.readouterr().out
    assert "kid_effnet" in told
    assert "fd_effnet" in told


def test_show_as_json_is_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "dcgan-64", "--json", "--set", "train.kimg=7"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["name"], shown["family"], shown["task"]) == ("dcgan-64", "dcgan", "synthesis")
    assert shown["networks"] == {"generator": 3_576_704, "discriminator": 2_765_568}
    assert shown["recipe"]["train"]["kimg"] == 7
    stage = shown["stages"][0]
    assert (stage["kimg"], stage["batch_size"]) == (7, 64)
    assert {"name": "G", "trains": ["generator"], "every": 1, "repeat": 1} in stage["phases"]


def test_a_dry_run_says_what_it_would_take_and_leaves_nothing(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", "dcgan-quick", "-d", str(pictures), "--dry-run", *sets()]) == 0
    told = capsys.readouterr().out
    assert "images per second" in told
    assert "memory" in told
    assert not list(tmp_path.iterdir())


def test_quiet_is_quiet(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["train", "dcgan-quick", "-d", str(pictures), "--run", str(tmp_path), "--kimg", "0.008", "-q"]
    assert main([*command, *sets()]) == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")


@pytest.mark.parametrize("command", ["recipes", "doctor", "weights"])
def test_looking_around(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command]) == 0
    assert capsys.readouterr().out.count("\n") > 5


@pytest.mark.parametrize("command", [[], ["train"], ["generate"], ["studio"], ["weights"]])
def test_help_needs_no_torch(command: list[str]) -> None:
    code = (
        "import sys; from ganvas.cli import main; "
        f"assert main({[*command, '--help']}) == 0; "
        "heavy = {'torch', 'numpy', 'PIL', 'fastapi', 'lightning_fabric'} & set(sys.modules); assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ}, check=False)
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


def test_nothing_is_searched_for_garbage_as_a_command_ends() -> None:
    """With torch loaded that took seconds."""
    code = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 1000)); import ganvas.cli"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"  # what was registered first is called last


def test_training_survives_broken_files_and_names_them(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    found = sorted(pictures.rglob("*.png"))
    for index in range(57):
        (folder / f"{index:02d}.png").write_bytes(found[index % len(found)].read_bytes())
    whole = found[0].read_bytes()
    broken = {"torn.png": whole[: len(whole) // 2], "empty.jpg": b"", "page.jpg": b"<html>404</html>"}  # 5 % of 60
    for name, content in broken.items():
        (folder / name).write_bytes(content)
    run = tmp_path / "run"
    command = ["train", "dcgan-quick", "-d", str(folder), "--run", str(run), "--kimg", "0.016", "--train-only", *sets()]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert "57 pictures" in told
    assert "3 files could not be used" in told
    assert all(name in told for name in broken)
    assert json.loads((run / "status.json").read_text())["state"] == "finished"


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"ganvas {ganvas.__version__}\n"

"""What people get wrong: each time one sentence on stderr that says what to do, exit code 2, and no traceback.

The list is :data:`MISUSES`: a name, and a function from an empty folder (and 24 good pictures) to the command's words.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ganvas.cli import main

Misuse = Callable[[Path, Path, Path], list[str]]
"""(an empty folder, a folder of 24 pictures, a finished run) → the words after ``ganvas``."""

SMALL = ["--set", "data.minimum=4", "--set", "train.workers=0", "--set", "model.width=4", "--set", "train.batch_size=8"]
QUICK = [*SMALL, "--kimg", "0.008", "--train-only"]


def train(data: Path, *more: str, recipe: str = "dcgan-quick", run: Path | None = None) -> list[str]:
    return ["train", recipe, "-d", str(data), "--run", str(run or data.parent / "run"), *QUICK, *more]


def an_empty_folder(empty: Path, pictures: Path, run: Path) -> list[str]:
    return train(_made(empty / "data"))


def a_file_in_place_of_a_folder(empty: Path, pictures: Path, run: Path) -> list[str]:
    (empty / "notes.txt").write_text("hello")
    return train(empty / "notes.txt")


def only_text(empty: Path, pictures: Path, run: Path) -> list[str]:
    (_made(empty / "data") / "a.txt").write_text("hello")
    return train(empty / "data")


def only_broken_pictures(empty: Path, pictures: Path, run: Path) -> list[str]:
    for index in range(5):
        (_made(empty / "data") / f"{index}.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    return train(empty / "data")


def too_few_pictures(empty: Path, pictures: Path, run: Path) -> list[str]:
    return train(pictures, "--set", "data.minimum=1000", run=empty / "run")


def a_run_that_is_a_file(empty: Path, pictures: Path, run: Path) -> list[str]:
    (empty / "run").write_text("mine")
    return train(pictures, run=empty / "run")


def a_run_of_another_family(empty: Path, pictures: Path, run: Path) -> list[str]:
    return train(pictures, recipe="pix2pix-quick", run=_copied(run, empty))


def a_run_of_other_networks(empty: Path, pictures: Path, run: Path) -> list[str]:
    return train(pictures, "--set", "model.z_dim=9", run=_copied(run, empty))


def a_corrupt_checkpoint(empty: Path, pictures: Path, run: Path) -> list[str]:
    copy = _copied(run, empty)
    newest = sorted((copy / "checkpoints").glob("*.pt"))[-1]
    newest.write_bytes(newest.read_bytes()[:1000])
    return train(pictures, run=copy)


def a_run_without_checkpoints(empty: Path, pictures: Path, run: Path) -> list[str]:
    shutil.rmtree(_copied(run, empty) / "checkpoints")
    return ["export", str(empty / "run")]


def a_corrupt_bundle(empty: Path, pictures: Path, run: Path) -> list[str]:
    copy = _copied(run, empty) / "bundle"
    weights = copy / "generator.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    return ["generate", str(copy)]


def a_bundle_that_was_edited(empty: Path, pictures: Path, run: Path) -> list[str]:
    manifest = _copied(run, empty) / "bundle" / "bundle.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"kimg": 9000}))
    return ["generate", str(manifest.parent)]


def an_export_over_something_else(empty: Path, pictures: Path, run: Path) -> list[str]:
    (empty / "thesis.txt").write_text("precious")
    return ["export", str(run), "-o", str(empty)]


def a_recipe_that_is_no_yaml(empty: Path, pictures: Path, run: Path) -> list[str]:
    (empty / "mine.yaml").write_text("model: [1, 2\nfamily")
    return ["show", str(empty / "mine.yaml")]


def a_recipe_that_is_a_list(empty: Path, pictures: Path, run: Path) -> list[str]:
    (empty / "mine.yaml").write_text("- a\n- b\n")
    return ["show", str(empty / "mine.yaml")]


def a_recipe_that_is_binary(empty: Path, pictures: Path, run: Path) -> list[str]:
    (empty / "mine.yaml").write_bytes(b"\xff\xfe\x00\x01")
    return ["show", str(empty / "mine.yaml")]


def recipes_that_extend_each_other(empty: Path, pictures: Path, run: Path) -> list[str]:
    (empty / "a.yaml").write_text("extends: b.yaml\n")
    (empty / "b.yaml").write_text("extends: a.yaml\n")
    return ["show", str(empty / "a.yaml")]


def a_recipe_with_an_unknown_key(empty: Path, pictures: Path, run: Path) -> list[str]:
    (empty / "mine.yaml").write_text("extends: dcgan-64\ntrain: {batchsize: 3}\n")
    return ["show", str(empty / "mine.yaml")]


def a_recipe_of_no_family(empty: Path, pictures: Path, run: Path) -> list[str]:
    (empty / "mine.yaml").write_text("about: mine\n")
    return ["show", str(empty / "mine.yaml")]


def a_conditional_recipe_without_classes(empty: Path, pictures: Path, run: Path) -> list[str]:
    return train(pictures / "disc", recipe="dcgan-64-conditional", run=empty / "run")


def pairs_that_are_not_there(empty: Path, pictures: Path, run: Path) -> list[str]:
    return train(pictures / "disc", "--set", "data.resolution=64", "--set", "model.layers=1", recipe="pix2pix-256",
                 run=empty / "run")  # fmt: skip


def more_processes_than_cores(empty: Path, pictures: Path, run: Path) -> list[str]:
    return train(pictures, "--devices", "4096", "--set", "train.batch_size=4096", run=empty / "run")


def an_output_that_cannot_be_written(empty: Path, pictures: Path, run: Path) -> list[str]:
    (empty / "file").write_text("")
    return ["generate", str(run), "-o", str(empty / "file" / "out")]


def a_pack_into_a_folder(empty: Path, pictures: Path, run: Path) -> list[str]:
    return ["pack", str(pictures), "-o", str(empty)]


def a_weights_file_of_somebody_else(empty: Path, pictures: Path, run: Path) -> list[str]:
    (empty / "inception.pth").write_bytes(b"rubbish")
    return ["weights", "add", str(empty / "inception.pth")]


def words(*command: str) -> Misuse:
    """A misuse that needs no files: PICTURES, RUN and EMPTY stand for the folders."""

    def misuse(empty: Path, pictures: Path, run: Path) -> list[str]:
        places = {"PICTURES": pictures, "RUN": run, "EMPTY": empty}
        return [re.sub("PICTURES|RUN|EMPTY", lambda found: str(places[found[0]]), word) for word in command]

    return misuse


def setting(change: str, recipe: str = "dcgan-quick") -> Misuse:
    """A misuse of ``--set``."""
    return words("show", recipe, "--set", change)


MISUSES: dict[str, tuple[Misuse, str]] = {
    # what is wrong: (the words, something the sentence must say)
    "no such folder": (words("train", "dcgan-quick", "-d", "EMPTY/nowhere"), "nowhere"),
    "empty folder": (an_empty_folder, "data"),
    "file in place of a folder": (a_file_in_place_of_a_folder, "notes.txt"),
    "folder with only text": (only_text, "data"),
    "all pictures broken": (only_broken_pictures, "5"),
    "too few pictures": (too_few_pictures, "1000"),
    "unknown recipe": (words("show", "zzzzzz"), "ganvas recipes"),
    "nearly a recipe": (words("show", "dcgan-46"), "dcgan-64"),
    "no such recipe file": (words("show", "EMPTY/none.yaml"), "none.yaml"),
    "recipe is no YAML": (a_recipe_that_is_no_yaml, "line"),
    "recipe is a list": (a_recipe_that_is_a_list, "key: value"),
    "recipe is binary": (a_recipe_that_is_binary, "mine.yaml"),
    "recipes extend each other": (recipes_that_extend_each_other, "a → b → a"),
    "recipe with an unknown key": (a_recipe_with_an_unknown_key, "train.batch_size"),
    "no such recipe": (words("train", "nothing", "-d", "EMPTY"), "nothing"),
    "recipe of no family": (a_recipe_of_no_family, "family"),
    "unknown family": (setting("family=gann"), "dcgan"),
    "unknown key": (setting("train.batchsize=3"), "train.batch_size"),
    "key without its group": (setting("kimg=3"), "train.kimg"),
    "a group is set": (setting("train=3"), "group"),
    "no key=value": (setting("train.kimg"), "key=value"),
    "value is no YAML": (setting("train.kimg=[1"), "train.kimg"),
    "wrong type": (setting("train.kimg=long"), "number"),
    "negative kimg": (setting("train.kimg=-1"), "greater than 0"),
    "batch of 0": (setting("train.batch_size=0"), "1"),
    "micro_batch does not divide": (setting("train.micro_batch=7"), "micro_batch 7"),
    "batch does not divide among devices": (setting("train.devices=3"), "devices"),
    "unknown precision": (setting("train.precision=fp8"), "bf16-mixed"),
    "unknown tracker": (setting("train.trackers=[mlflow]"), "tensorboard"),
    "unknown metric": (setting("evaluate.metrics=[beauty]"), "kid"),
    "unknown degradation": (setting("data.degradation=rain", "pix2pix-quick"), "sketch"),
    "resolution of no DCGAN": (setting("data.resolution=60"), "60"),
    "resolution of no pix2pix": (setting("data.resolution=100", "pix2pix-quick"), "100"),
    "unknown model setting": (setting("model.widht=3"), "width"),
    "wrong model setting": (setting("model.game=chess"), "hinge"),
    "conditional without classes": (a_conditional_recipe_without_classes, "sub-folder"),
    "paired without pairs": (pairs_that_are_not_there, "pairs"),
    "too many processes": (more_processes_than_cores, "cores"),
    "run is a file": (a_run_that_is_a_file, "--run"),
    "run of another family": (a_run_of_another_family, "--run"),
    "run of other networks": (a_run_of_other_networks, "--fresh"),
    "corrupt checkpoint": (a_corrupt_checkpoint, "damaged"),
    "run without checkpoints": (a_run_without_checkpoints, "train"),
    "export of no run": (words("export", "EMPTY"), "run"),
    "export over something else": (an_export_over_something_else, "not a bundle"),
    "no such bundle": (words("generate", "EMPTY/none"), "none"),
    "neither run nor bundle": (words("generate", "EMPTY"), "neither"),
    "corrupt bundle": (a_corrupt_bundle, "generator.safetensors"),
    "edited bundle": (a_bundle_that_was_edited, "changed"),
    "class where there are none": (words("generate", "RUN", "--class", "cat", "-o", "EMPTY/o"), "no classes"),
    "psi out of range": (words("generate", "RUN", "--psi", "3", "-o", "EMPTY/o"), "psi"),
    "psi that means nothing": (words("generate", "RUN", "--psi", "0.5", "-o", "EMPTY/o"), "truncation"),
    "count of 0": (words("generate", "RUN", "--count", "0", "-o", "EMPTY/o"), "--count"),
    "negative seed": (words("generate", "RUN", "--seed", "-4", "-o", "EMPTY/o"), "--seed"),
    "count that is no number": (words("generate", "RUN", "--count", "many"), "--count"),
    "output cannot be written": (an_output_that_cannot_be_written, "--output"),
    "evaluation of nothing": (words("evaluate", "EMPTY"), "run"),
    "evaluation of a bundle without pictures": (words("evaluate", "RUN/bundle"), "--data"),
    "evaluation on one picture": (words("evaluate", "RUN", "--count", "1"), "--count"),
    "evaluation with unknown features": (words("evaluate", "RUN", "--features", "eyes"), "effnet"),
    "pack to resolution 3": (words("pack", "PICTURES", "--resolution", "3"), "4"),
    "pack with an unknown crop": (words("pack", "PICTURES", "--crop", "round"), "smart"),
    "pack with two channels": (words("pack", "PICTURES", "--channels", "2"), "3"),
    "pack into a folder": (a_pack_into_a_folder, ".zip"),
    "sample of something else": (words("sample", "faces"), "avatars"),
    "no avatars at all": (words("sample", "avatars", "--count", "0", "-o", "EMPTY"), "--count"),
    "port out of range": (words("studio", "--port", "99999"), "--port"),
    "unknown weights": (words("weights", "fetch", "vgg99"), "inception"),
    "somebody else's weights": (a_weights_file_of_somebody_else, "sha256"),
    "unknown command": (words("trian"), "did you mean 'train'"),
    "unknown option": (words("train", "dcgan-quick", "--dta", "x"), "--dta"),
    "missing option": (words("train", "dcgan-quick"), "--data"),
}


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _copied(run: Path, empty: Path) -> Path:
    return Path(shutil.copytree(run, empty / "run"))


@pytest.fixture(scope="module")
def run(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with a bundle."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    assert main(train(pictures, run=folder)) == 0
    assert main(["export", str(folder), "--no-onnx"]) == 0
    return folder


def assert_one_sentence(stderr: str, says: str) -> None:
    assert "Traceback" not in stderr
    assert "went wrong inside" not in stderr
    assert len(stderr.strip().splitlines()) == 1, stderr
    sentence = stderr.strip()
    assert sentence.endswith("."), sentence
    assert len(re.findall(r"[.!?] (?=[A-Z])", sentence)) == 0, sentence
    assert says in sentence, sentence


@pytest.mark.parametrize("name", MISUSES)
def test_a_misuse_gives_one_sentence(
    name: str, tmp_path: Path, pictures: Path, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    misuse, says = MISUSES[name]
    command = misuse(tmp_path, pictures, run)
    capsys.readouterr()
    code = main(command)
    stderr = capsys.readouterr().err
    assert code == 2, stderr
    assert_one_sentence(stderr, says)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_port_in_use(taken_port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["studio", "--port", str(taken_port), "--runs", str(tmp_path), "--bundles", str(tmp_path)]) == 2
    assert_one_sentence(capsys.readouterr().err, str(taken_port))


def test_a_missing_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("ganvas.cli.extras._is_installed", lambda package: False)
    assert main(["studio"]) == 2
    assert_one_sentence(capsys.readouterr().err, "pip install 'ganvas[studio]'")


def test_nothing_of_the_users_is_lost(tmp_path: Path, pictures: Path, run: Path) -> None:
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    assert main(train(pictures, "--set", "model.z_dim=9", run=run)) == 2
    assert main(train(pictures, recipe="pix2pix-quick", run=run)) == 2
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before
    main(an_export_over_something_else(tmp_path, pictures, run))
    assert (tmp_path / "thesis.txt").read_text() == "precious"


def test_the_real_command_exits_with_2() -> None:
    command = [sys.executable, "-m", "ganvas.cli", "train", "dcgan-64", "-d", "/nowhere/at/all"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert_one_sentence(done.stderr, "/nowhere/at/all")


def test_a_fault_of_ours_is_one_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("by\nzero")

    monkeypatch.setattr("ganvas.cli.doctor.examine", fail)
    assert main(["doctor"]) == 1
    stderr = capsys.readouterr().err
    assert len(stderr.strip().splitlines()) == 1
    assert "--debug" in stderr
    with pytest.raises(ZeroDivisionError):
        main(["doctor", "--debug"])


def test_the_list_is_long_enough() -> None:
    assert len(MISUSES) >= 25


def test_an_export_without_onnx_does_not_call_it_missing(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(run), "-o", str(tmp_path / "bundle"), "--no-onnx"]) == 0
    said = capsys.readouterr().out
    assert "without ONNX" in said
    assert "ganvas doctor" not in said

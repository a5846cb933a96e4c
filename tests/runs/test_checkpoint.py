"""Files named as checkpoints that are none: one sentence that names the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.torch
import torch
from support.small_run import draw_pictures, recipe, train_command

from ganvas.cli import main
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError
from ganvas.runs import checkpoint
from ganvas.runs.folder import RunDir
from ganvas.train.trainer import train

NAME = "000000999.pt"


def _without(part: str) -> Callable[[Path, dict[str, object]], None]:
    return lambda path, whole: torch.save({key: value for key, value in whole.items() if key != part}, path)


def _with(**parts: object) -> Callable[[Path, dict[str, object]], None]:
    return lambda path, whole: torch.save(whole | parts, path)


def _tensors(path: Path, whole: dict[str, object]) -> None:
    path.write_bytes(safetensors.torch.save({"weight": torch.zeros(3)}))


FOREIGN: dict[str, Callable[[Path, dict[str, object]], None]] = {
    "a format and nothing else": lambda path, whole: torch.save({"format": 1}, path),
    "a list": lambda path, whole: torch.save([1, 2], path),
    "a tensor": lambda path, whole: torch.save(torch.zeros(3), path),
    "safetensors": _tensors,
    "text": lambda path, whole: path.write_text("format: 1\n") and None,
    "nothing": lambda path, whole: path.touch(),
    "a folder": lambda path, whole: path.mkdir(),
    **{f"without {part}": _without(part) for part in ("clock", "family", "average", "optimizers", "notes")},
    "another clock": _with(clock={"minutes": 3}),
    "no notes": _with(notes={}),
    "weights that are a list": _with(family=[1]),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    train(recipe(1), RunDir(root / "run"), pack(draw_pictures(root / "data"), resolution=16).path)
    return root


@pytest.mark.parametrize("what", sorted(FOREIGN))
def test_what_is_no_checkpoint_is_one_sentence(what: str, home: Path, tmp_path: Path) -> None:
    whole = checkpoint.read(checkpoint.listing(RunDir(home / "run").checkpoints)[-1])
    FOREIGN[what](tmp_path / NAME, whole)
    with pytest.raises(UserError, match=f"{NAME} is damaged or is no checkpoint; delete it"):
        checkpoint.read(tmp_path / NAME)


@pytest.mark.parametrize("what", ["a format and nothing else", "safetensors", "text"])
@pytest.mark.parametrize("command", ["--from", "import"])
def test_commands_that_read_weights_say_so(
    command: str, what: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "weights.pt"
    FOREIGN[what](file, {})
    if command == "--from":
        arguments = train_command(home / "data", "--run", str(tmp_path / "run"), "--from", str(file))
    else:
        arguments = ["import", str(file), "-o", str(tmp_path / "bundle")]
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert "weights.pt" in said
    assert "Something went wrong" not in said

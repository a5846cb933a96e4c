"""Refused commands leave nothing behind: neither a file nor an empty folder where they would have written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
import typer
from support.exported import tiny
from typer.core import TyperGroup

from ganvas.bundle import write_bundle
from ganvas.cli import app, main
from ganvas.models.batches import TranslationRequest, to_float
from ganvas.models.families.sketchportrait import SketchPortrait

# A command, and words that are refused as late as it refuses anything. OUT is a path in a folder that does not exist;
# TEXTS is a folder of a text file, TEXT that file, NONE an empty folder, and FAMILY* the bundle of a tiny model.
REFUSED: list[tuple[str, str]] = [
    ("sample", "avatars -o OUT --style lorelai"),
    ("pack", "TEXTS -o OUT.zip"),
    ("split", "NONE -o OUT.csv"),
    ("report", "NONE -o OUT.html"),
    ("export", "NONE -o OUT"),
    ("import", "TEXT -o OUT"),
    ("blend", "stylegan2* stylegan2* -o OUT --at 3"),
    ("translate", "pix2pix* TEXTS -o OUT"),
    ("translate", "pix2pix* TEXT -o OUT"),
    ("translate", "pix2pix* TEXT -o OUT.png"),
    ("translate", "pix2pix* TEXTS -o OUT.zip"),
    ("translate", "pix2pix* TEXTS -o OUT --size 0"),
    ("translate", "pix2pix* TEXTS -o OUT --to Z"),
    ("translate", "pix2pix* TEXT --video -o OUT.mp4"),
    ("generate pictures", "pix2pix* --source TEXTS -o OUT"),
    ("generate pictures", "starganv2* --source TEXTS --reference TEXTS --to 0 -o OUT"),
    ("generate pictures", "starganv2* --source TEXTS --to 0 -o OUT --zip"),
    ("generate pictures", "stylegan2* --psi 3 -o OUT"),
    ("generate grid", "stylegan2* --seeds 3- -o OUT.png"),
    ("generate interpolate", "stylegan2* --fps 0 -o OUT.gif"),
    ("generate mix", "stylegan2* --layers 77 -o OUT.png"),
    ("generate project", "stylegan2* TEXT -o OUT"),
    ("generate directions", "stylegan2* --strengths much -o OUT.png"),
    ("generate neighbours", "stylegan2* -o OUT.png"),
    ("generate music", "musegan* --programs 1,2,3,4,5,6,7,8,9 -o OUT"),
    ("montage", "sketchportrait* --pick 1 -o OUT.png"),
    ("lookalike build", "TEXTS --consent public -o OUT.gallery"),
    ("lookalike compare", "TEXT --gallery TEXT --agree -o OUT"),
    ("makeup", "TEXT -r TEXT --agree -o OUT"),
    ("makeup", "TEXT -r TEXT --agree --sheet -o OUT.png"),
    ("card cartoon", "TEXT --model pix2pix* -o OUT.png"),
    ("card make", "TEXT --model pix2pix* -o OUT.pdf"),
    ("card make", "TEXT --drawn -o OUT.jpg"),
    ("card templates", "--picture TEXT -o OUT.png"),
    ("opinion create", "OUT --from a=TEXTS --from b=TEXTS"),
    ("opinion report", "NONE -o OUT"),
]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The bundle of a tiny family, by its name; each is written once."""
    root = tmp_path_factory.mktemp("bundles")

    def of(name: str) -> Path:
        if not (root / name).exists():
            family, bank = tiny(name), None
            if isinstance(family, SketchPortrait):
                drawings = to_float(np.random.default_rng(0).integers(0, 255, (4, 64, 64, 1), dtype=np.uint8))
                bank = family.code_bank([TranslationRequest(drawings, torch.zeros(4, dtype=torch.long))])
            write_bundle(root / name, family, name=name, kimg=1, onnx=False, code_bank=bank)
        return root / name

    return of


def commands(group: TyperGroup, before: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    """Each command below a group, and all its options."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, (*before, name))
        else:
            yield " ".join((*before, name)), [option for parameter in command.params for option in parameter.opts]


def test_every_command_that_takes_an_output_is_in_the_list() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    writing = {name for name, options in commands(group) if "--output" in options}
    assert len(writing) > 20
    assert writing - {name for name, _ in REFUSED} == set()


@pytest.mark.parametrize(("command", "words"), REFUSED)
def test_a_refused_command_leaves_no_folder(
    command: str, words: str, bundle: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts, none = tmp_path / "texts", tmp_path / "none"
    texts.mkdir()
    none.mkdir()
    (texts / "note.png").write_text("no picture")
    before = sorted(tmp_path.rglob("*"))
    places = {"OUT": tmp_path / "new" / "below" / "out", "TEXTS": texts, "TEXT": texts / "note.png", "NONE": none}

    def place(found: re.Match[str]) -> str:
        return str(bundle(found[1])) if found[1] else str(places[found[0]])

    given = re.sub(r"\b([a-z0-9]+)\*|OUT|TEXTS|TEXT|NONE", place, words).split()
    assert main([*command.split(), *given]) == 2
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1, said
    assert sorted(tmp_path.rglob("*")) == before

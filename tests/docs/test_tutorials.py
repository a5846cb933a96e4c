"""The commands of the tutorials, executed one after the other in a quick form: tiny networks, few steps, few pictures.

Blocks marked ``sh`` are executed; those marked ``console`` need the network, a person or much time, and are only parsed
(``test_commands.py``).
"""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support.music import random_rolls
from support.shell_blocks import steps

from ganvas import weights
from ganvas.cli import main
from ganvas.crops import FACE_CROPS
from ganvas.models.families import FAMILIES
from ganvas.recipe import load

TUTORIALS = Path(__file__).parents[2] / "docs" / "tutorials"
FACE_NETWORKS = ("face-detection", "face-landmark", "iris-landmark", "selfie-segmentation", "yunet", "sface")

QUICK_OPTIONS = {"sample": {"--count": "12"}, "generate": {"--count": "4"}, "evaluate": {"--count": "8"}}
"""Values that options of a command get instead of the tutorial's."""

QUICK_WORDS = {"curate": ["--processes", "1"], "train": ["--train-only"], "export": ["--no-onnx"]}
"""Words that a command gets in addition: no processes of its own, and no graphs, which take seconds each."""

QUICK_SETTINGS = ("train.batch_size=4", "train.workers=0", "train.metric_kimg=0", "data.minimum=2", "data.held_out=0")
WITHOUT_FACES = {"starganv2": ("model.makeup=0", "model.background=0", "model.identity=0")}
"""Settings of families whose losses look for faces, which drawn pictures do not have."""


def _draw(folder: Path, count: int = 8, side: int = 48) -> None:
    """Discs on coloured ground, as PNG files."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(len(str(folder)))
    for index in range(count):
        image = Image.new("RGB", (side, side), tuple(int(c) for c in rng.integers(40, 220, 3)))
        x, y, width = (int(n) for n in rng.integers(side // 8, side // 2, 3))
        ImageDraw.Draw(image).ellipse((x, y, x + width, y + width), fill=tuple(int(c) for c in rng.integers(0, 256, 3)))
        image.save(folder / f"{index:06d}.png")


def _dogs() -> None:
    for breed in ("n02085620-Chihuahua", "n02099601-golden_retriever"):
        _draw(Path("Images", breed), 6)
        for picture in sorted(Path("Images", breed).iterdir()):
            box = "<bndbox><xmin>4</xmin><ymin>6</ymin><xmax>40</xmax><ymax>44</ymax></bndbox>"
            dog = f"<object><name>{breed.partition('-')[2]}</name>{box}</object>"
            name = Path("Annotation", breed, picture.stem)
            name.parent.mkdir(parents=True, exist_ok=True)
            name.write_text(f"<annotation><filename>{picture.stem}</filename>{dog}</annotation>")


def _scores() -> None:
    roll = load("musegan-quick").data.roll
    assert roll is not None
    Path("scores").mkdir()
    random_rolls(Path("scores", "phrases.npz"), roll, 8)


def _folders(**counts: int) -> Callable[[], None]:
    """Draws so many pictures into each folder; an underscore in its name stands for a hyphen."""

    def drawn() -> None:
        for name, count in counts.items():
            _draw(Path(name.replace("_", "-")), count)

    return drawn


PREPARED: dict[str, Callable[[], None]] = {
    "card": _folders(photographs=8, drawings=8),
    "dogs": _dogs,
    "make-up": _folders(makeup=8, no_makeup=8),
    "portraits": _folders(portraits=8, small_portraits=2),
    "study-group": _scores,
}
"""Makes the pictures that a tutorial begins with."""


def _quick(words: list[str]) -> list[str]:
    """A command in its quick form."""
    command = words[0]
    words = [*words]
    for option, value in QUICK_OPTIONS.get(command, {}).items():
        if option in words:
            words[words.index(option) + 1] = value
    words += QUICK_WORDS.get(command, [])
    if command != "train":
        return words
    recipe = load(words[1])
    longer = "--kimg" in words
    if longer:
        at = words.index("--kimg")
        kimg = float(words[at + 1])
        del words[at : at + 2]
    family = FAMILIES[recipe.family]
    config, spec = family.tiny()
    tiny = [f"model.{name}={json.dumps(getattr(config, name))}" for name in sorted(config.model_fields_set)]
    changes = [*QUICK_SETTINGS, f"train.kimg={0.008 if not longer else 0.008 + kimg / 1e5}", *tiny]
    changes += WITHOUT_FACES.get(recipe.family, ())
    if spec.roll is None:
        changes += [f"data.resolution={spec.resolution}"]
    if recipe.data.crop in FACE_CROPS:
        changes += ["data.crop=center"]
    chosen = {words[at + 1].partition("=")[0] for at, word in enumerate(words) if word == "--set"}
    for change in changes:
        if change.partition("=")[0] not in chosen or change.startswith("data.resolution"):
            words += ["--set", change]
    return words


@pytest.mark.parametrize("name", sorted(PREPARED))
def test_the_commands_of_a_tutorial_work(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    PREPARED[name]()
    page = (TUTORIALS / f"{name}.md").read_text()
    faces = all(weights.find(network) for network in FACE_NETWORKS)
    done = 0
    for words in steps(page, "sh"):
        if words[0] == "mkdir":
            Path(words[-1]).mkdir(parents=True, exist_ok=True)
        elif words[0] == "cp":
            shutil.copytree(words[-2], words[-1])
        elif "--dry-run" not in words and (words[1] != "curate" or faces):
            code = main(_quick(words[1:]))
            said = capsys.readouterr()
            assert code == 0, f"ganvas {shlex.join(words[1:])}\n{said.err}"
            done += 1
    assert done >= 5

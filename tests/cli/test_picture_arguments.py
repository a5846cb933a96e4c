"""What cannot serve as the one picture of a command: a sentence that names it, exit code 2, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("cv2", reason="the faces extra is not installed")

from support.exported import tiny
from support.face_pictures import astronaut, networks  # noqa: F401 - fixtures
from support.lookalike import invented_gallery

from ganvas.apps.lookalike import write_gallery
from ganvas.bundle import write_bundle
from ganvas.cli import main

# Words of commands; X is the picture, F a good one, G a gallery, OUT a path in a folder that does not exist.
FACES = {
    "makeup": "makeup X -r F --agree -o OUT",
    "makeup reference": "makeup F -r X --agree -o OUT",
    "makeup sheet": "makeup X F -r F --agree --sheet -o OUT.png",
    "lookalike": "lookalike X --gallery G --agree -o OUT",
    "cartoon": "card cartoon X --model ugatit* -o OUT.png",
    "card": "card make X --model ugatit* -o OUT.pdf",
}
PICTURES = FACES | {
    "card, drawn": "card make X --drawn -o OUT.pdf",
    "templates": "card templates --picture X -o OUT.png",
}
MISSING, FOLDER, TEXT, EMPTY, LARGE, MOVING = (
    "missing.png",
    "folder",
    "text.png",
    "empty.png",
    "large.png",
    "moving.webp",
)
SAID = {
    MISSING: "There is no picture",
    FOLDER: "it is a folder",
    TEXT: "not a picture",
    EMPTY: "empty",
    LARGE: "too many pixels",
    MOVING: "it is an animation",
}
NO_FACE, ONE, FIVE = "no-face.png", "one.png", "five.png"
FACES_SAID = {NO_FACE: "No face was found", ONE: "No face was found", FIVE: "There are 5 faces in this picture"}


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory, networks: None, astronaut: Any) -> Path:
    """A folder of what commands are given."""
    folder = tmp_path_factory.mktemp("given")
    face = Image.fromarray(astronaut[:320, 60:380]).resize((256, 256))
    face.save(folder / "face.png")
    (folder / FOLDER).mkdir()
    (folder / TEXT).write_text("no picture")
    (folder / EMPTY).write_bytes(b"")
    Image.new("1", (20_000, 20_000)).save(folder / LARGE)
    face.save(folder / MOVING, save_all=True, append_images=[face.rotate(90)], loop=0)
    Image.new("RGB", (64, 64), "grey").save(folder / NO_FACE)
    Image.new("RGB", (1, 1)).save(folder / ONE)
    Image.fromarray(np.concatenate([np.asarray(face)] * 5, axis=1)).save(folder / FIVE)
    write_gallery(folder / "g.gallery", invented_gallery())
    write_bundle(folder / "ugatit", tiny("ugatit"), name="U", kimg=1, onnx=False)
    return folder


@pytest.fixture
def refused(given: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str, str], str]:
    """The one sentence with which a command refuses a picture."""

    def of(words: str, picture: str) -> str:
        out = tmp_path / "new" / "out"
        places = {"X": given / picture, "F": given / "face.png", "G": given / "g.gallery", "ugatit*": given / "ugatit"}
        command = [str(places.get(word, word.replace("OUT", str(out)))) for word in words.split()]
        capsys.readouterr()
        assert main(command) == 2
        [sentence] = capsys.readouterr().err.strip().splitlines()
        assert not out.parent.exists()
        return sentence

    return of


@pytest.mark.parametrize("command", PICTURES)
def test_what_is_no_still_picture_is_refused_by_its_path(
    command: str, given: Path, refused: Callable[[str, str], str]
) -> None:
    for picture, said in SAID.items():
        sentence = refused(PICTURES[command], picture)
        assert said in sentence
        assert sentence.count(str(given / picture)) == 1, sentence


@pytest.mark.parametrize("command", FACES)
def test_a_picture_without_one_face_is_refused(command: str, given: Path, refused: Callable[[str, str], str]) -> None:
    for picture, said in FACES_SAID.items():
        sentence = refused(FACES[command], picture)
        assert said in sentence
        if "makeup" in command:
            assert sentence.startswith(f"{given / picture}: "), "of several pictures, the one that is meant"

"""A path with a picture's ending is a file of that format, in every command."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganvas.apps.projection import projection_files
from ganvas.cli import main
from ganvas.errors import UserError
from ganvas.inference.images import ImageStream, NamedImage, write_images
from ganvas.inference.picture_files import write_picture


def stream(*sizes: tuple[int, int]) -> ImageStream:
    def images() -> Iterator[NamedImage]:
        for at, (height, width) in enumerate(sizes):
            yield NamedImage(
                f"{at:03d}", np.random.default_rng(at).integers(0, 256, (height, width, 3)).astype(np.uint8)
            )

    return ImageStream(len(sizes), images())


@pytest.mark.parametrize(("suffix", "kind"), [(".png", "PNG"), (".webp", "WEBP"), (".jpg", "JPEG"), (".tif", "TIFF")])
def test_one_picture_is_written_where_its_path_says(suffix: str, kind: str, tmp_path: Path) -> None:
    written = write_images(stream((20, 30)), tmp_path / f"out{suffix}")
    assert written.path == tmp_path / f"out{suffix}"
    assert written.path.is_file()
    with Image.open(written.path) as image:
        assert (image.format, image.size) == (kind, (30, 20))


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_several_are_a_grid_in_that_file(suffix: str, tmp_path: Path) -> None:
    for as_grid in (True, False):
        written = write_images(stream(*[(8, 8)] * 4), tmp_path / f"grid{suffix}", as_grid=as_grid)
        assert written.path.is_file()
        with Image.open(written.path) as image:
            assert (image.format, image.size) == (suffix[1:].upper(), (22, 22))


def test_folders_and_zips_stay_what_they_were(tmp_path: Path) -> None:
    assert write_images(stream((8, 8)), tmp_path / "out").path.is_dir()
    assert zipfile.is_zipfile(write_images(stream((8, 8)), tmp_path / "out.zip").path)
    assert write_images(stream((8, 8)), tmp_path / "folder", as_grid=True).path == tmp_path / "folder" / "grid.png"


def test_pictures_of_different_sizes_make_no_grid(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="different sizes"):
        write_images(stream((8, 8), (8, 9)), tmp_path / "out.png")


def test_endings_that_are_not_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\.png, \.jpg"):
        write_images(stream((8, 8)), tmp_path / "out.heic")
    with pytest.raises(UserError, match="more than WEBP allows"):
        write_picture(tmp_path / "wide.webp", np.zeros((8, 17_000, 3), np.uint8))
    assert not list(tmp_path.iterdir())


def test_a_projection_goes_beside_the_picture_that_is_named(tmp_path: Path) -> None:
    files = projection_files(tmp_path / "me.png")
    assert [path.name for path in files] == ["me.safetensors", "me.png", "me-sheet.png"]
    assert [path.name for path in projection_files(tmp_path / "me")] == [
        "latent.safetensors",
        "projection.png",
        "sheet.png",
    ]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["sample", "-o", "out.png"], "a folder"),
        (["export", "run", "-o", "out.png"], "the folder of a bundle"),
        (["import", "w.pkl", "-o", "out.webp"], "the folder of a bundle"),
        (["report", "-o", "out.png"], "an HTML page"),
        (["split", "-o", "out.jpg"], "a table"),
        (["pack", "in", "-o", "out.png"], "a .zip"),
        (["curate", "in", "--sheets", "out.png"], "a folder"),
    ],
)
def test_other_commands_refuse_the_name_of_a_picture(
    arguments: list[str], what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert f"names {what} here" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())

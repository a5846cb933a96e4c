"""Avatars: free faces, the same for the same seed, drawn once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganvas.curate.avatars import STYLES, draw_avatars
from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.errors import UserError

pytest.importorskip("dicebear")


def contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("*.png"))]


def test_drawn_once_the_same_for_a_seed_and_all_different(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    assert draw_avatars(tmp_path / "a", 6, size=32, progress=lambda done, total: seen.append((done, total))) == 6
    assert seen == [(done, 6) for done in range(1, 7)]
    first = contents(tmp_path / "a")
    assert len(set(first)) == 6
    (tmp_path / "a" / "000002.png").unlink()
    kept = (tmp_path / "a" / "000001.png").stat().st_mtime_ns
    assert draw_avatars(tmp_path / "a", 8, size=32) == 3
    assert contents(tmp_path / "a")[:6] == first
    assert (tmp_path / "a" / "000001.png").stat().st_mtime_ns == kept
    assert draw_avatars(tmp_path / "a", 8, size=32) == 0
    draw_avatars(tmp_path / "b", 6, size=32, seed=1)
    assert not set(contents(tmp_path / "b")) & set(first)


@pytest.mark.parametrize("style", STYLES)
def test_pictures_are_colourful_and_credited(tmp_path: Path, style: str) -> None:
    draw_avatars(tmp_path, 12, size=48, style=style)
    grounds = set()
    for path in tmp_path.glob("*.png"):
        with Image.open(path) as image:
            assert (image.mode, image.size) == ("RGB", (48, 48))
            pixels = np.asarray(image)
        grounds.add(tuple(pixels[0, 0]))
        assert pixels.std() > 15
    assert len(grounds) >= 4
    text = (tmp_path / "CREDITS.txt").read_text()
    assert "CC0" in text
    assert "creativecommons.org/publicdomain/zero/1.0" in text


def test_the_credits_reach_the_data_set(tmp_path: Path) -> None:
    draw_avatars(tmp_path / "in", 3, size=32)
    dataset = Dataset(pack(tmp_path / "in", tmp_path / "out.zip", resolution=32).path)
    assert len(dataset) == 3
    assert {item.licence for item in dataset.items} == {"CREDITS.txt"}
    assert "CC0" in dataset.manifest.licences[0].text


def test_mistakes_are_one_sentence(tmp_path: Path) -> None:
    draw_avatars(tmp_path / "a", 1, size=32)
    (tmp_path / "file").write_text("x")
    for match, call in {
        "another size, seed or style": lambda: draw_avatars(tmp_path / "a", 2, size=32, seed=7),
        "choose one of": lambda: draw_avatars(tmp_path / "b", 2, style="adventurer"),
        "count": lambda: draw_avatars(tmp_path / "b", 0),
        "size": lambda: draw_avatars(tmp_path / "b", 1, size=5),
        "cannot be written": lambda: draw_avatars(tmp_path / "file", 1),
    }.items():
        with pytest.raises(UserError, match=match):
            call()

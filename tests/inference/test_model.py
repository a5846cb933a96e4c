"""Models in Python: what they generate and translate is what the studio does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ganvas
from ganvas.bundle import read_bundle, write_bundle
from ganvas.models.families import FAMILIES, build
from ganvas.serve.core.engine import Engine


@pytest.fixture
def photo() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8))


def written(folder: Path, name: str) -> ganvas.Model:
    config, data = FAMILIES[name].tiny()
    family = build(name, config.model_dump(), data, 1.0).eval()
    return ganvas.load(write_bundle(folder / name, family, name=name, kimg=1, onnx=False).path)


def same(one: Image.Image, other: np.ndarray) -> bool:
    return np.array_equal(np.asarray(one).reshape(other.shape), other)


def test_seeds_give_what_the_studio_shows(tmp_path: Path) -> None:
    model = written(tmp_path, "dcgan")
    engine = Engine(engine="torch")
    shown = engine.generate(read_bundle(model.path), [3, 7])
    assert all(same(one, other) for one, other in zip(model.generate([3, 7]), shown, strict=True))
    with pytest.raises(ganvas.UserError, match="0 or more"):
        model.generate([-1])
    with pytest.raises(ganvas.UserError, match="seeds"):
        model.translate("photo.png")
    engine.close()


def test_both_directions_are_translated_as_in_the_studio(tmp_path: Path, photo: Image.Image) -> None:
    model = written(tmp_path, "cyclegan")
    engine = Engine(engine="torch")
    photo.save(tmp_path / "photo.png")
    for domain, direction in (("B", 0), ("A", 1)):
        shown = engine.translate(read_bundle(model.path), photo, direction=direction)
        assert same(model.translate(tmp_path / "photo.png", to=domain), shown)
    (tmp_path / "text.png").write_text("text")
    with pytest.raises(ganvas.UserError, match="not a picture"):
        model.translate(tmp_path / "text.png")
    engine.close()


def test_styles_come_from_pictures_or_from_seeds(tmp_path: Path, photo: Image.Image) -> None:
    model = written(tmp_path, "starganv2")
    first, again, other = (model.translate(photo, seed=seed) for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes() != other.tobytes()
    assert model.translate(photo, reference=photo.rotate(90)).size == first.size

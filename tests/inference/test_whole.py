"""Translation in the picture's own shape and size: pictures, films and tiles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganvas.errors import UserError
from ganvas.inference import whole
from ganvas.inference.images import ImageOptions, make_images
from ganvas.inference.session import Fields, TorchSession
from ganvas.inference.video import translate_frames
from ganvas.inference.whole import answer_size, multiple_of, takes_any_size, translate_whole, whole_source
from ganvas.models.families import FAMILIES
from ganvas.models.family import Family
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS

ANY_SIZE = ("cyclegan", "cut", "pix2pix", "pix2pixhd", "ugatit")


def tiny(name: str) -> Family:
    torch.manual_seed(0)
    config, data = FAMILIES[name].tiny()
    if name == "ugatit":
        config = config.model_copy(update={"light": True})
    return FAMILIES[name](config, data, 1.0).eval()


def picture(width: int, height: int, seed: int = 0) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)
    return Image.fromarray(pixels)


class Brighter:
    """A session that adds 10 of 255 to each pixel, and keeps the sizes it was asked for."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []

    def __call__(self, fields: Fields) -> np.ndarray:  # type: ignore[type-arg]
        source = fields["source"]
        self.sizes.append(source.shape[2:])
        return np.clip(source + np.float32(20 / 255), -1, 1)


@pytest.mark.parametrize("name", ANY_SIZE)
@pytest.mark.parametrize("size", [(37, 23), (90, 131)])
def test_the_answer_has_the_size_of_the_picture(name: str, size: tuple[int, int], tmp_path: Path) -> None:
    family = tiny(name)
    picture(*size).save(tmp_path / "a.png")
    (made,) = make_images(family, ImageOptions(source=tmp_path / "a.png", count=1, size="keep")).images
    assert made.pixels.shape[:2] == size[::-1]
    (scaled,) = make_images(family, ImageOptions(source=tmp_path / "a.png", count=1, size=48)).images
    assert min(scaled.pixels.shape[:2]) == 48
    (square,) = make_images(family, ImageOptions(source=tmp_path / "a.png", count=1)).images
    assert square.pixels.shape[:2] == (family.data.resolution,) * 2


@pytest.mark.parametrize("name", ANY_SIZE)
def test_a_picture_of_the_training_size_gets_the_answer_that_it_always_got(name: str) -> None:
    family = tiny(name)
    side = max(family.data.resolution, whole.LEAST)
    family.data = family.data.model_copy(update={"degradation": None})
    source = whole_source(family.data, picture(side, side), "keep")
    request = TASKS[family.task].request(  # type: ignore[call-arg]
        torch.from_numpy(np.array(source[None])).permute(0, 3, 1, 2).float() / 127.5 - 1, torch.zeros(1).long()
    )
    with torch.no_grad():
        expected = ((family.generate(request)[0].permute(1, 2, 0).clamp(-1, 1) + 1) * 127.5).round().numpy()
    made = translate_whole(TorchSession(family), source, multiple_of(family))
    assert np.abs(made.astype(float) - expected).max() <= 1


def test_large_pictures_are_computed_in_tiles_without_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "AT_ONCE", 10_000)
    monkeypatch.setattr(whole, "TILE", 64)
    monkeypatch.setattr(whole, "OVERLAP", 16)
    session = Brighter()
    source = np.asarray(picture(201, 150))
    made = translate_whole(session, source, 4)
    assert (made == np.minimum(source.astype(int) + 10, 255)).all()
    assert len(session.sizes) > 4
    assert set(session.sizes) == {(64, 64)}


def test_sides_are_padded_to_what_the_networks_take() -> None:
    session = Brighter()
    assert translate_whole(session, np.asarray(picture(70, 65)), 32).shape == (65, 70, 3)
    assert session.sizes == [(96, 96)]


@pytest.mark.parametrize("name", ["sketchportrait", "ugatit"])
def test_networks_of_a_fixed_size_refuse_in_a_sentence(name: str) -> None:
    config, data = FAMILIES[name].tiny()
    family = FAMILIES[name](config, data, 1.0)
    assert not takes_any_size(family)
    with pytest.raises(UserError, match=r"takes squares of .* pixels only"):
        multiple_of(family)


@pytest.mark.parametrize("size", ["keep", 40])
def test_films_keep_their_shape(size: whole.AnswerSize) -> None:
    frames = [picture(50, 30, seed) for seed in range(2)]
    made = list(translate_frames(tiny("cyclegan"), frames, size=size))
    assert [frame.shape[:2] for frame in made] == [(30, 50) if size == "keep" else (40, 67)] * 2


def test_frames_between_keep_the_shape_of_the_film() -> None:
    config, _ = FAMILIES["pix2pix"].tiny()
    data = DataSpec(resolution=64, source_channels=6)  # type: ignore[call-arg]
    family = FAMILIES["pix2pix"](config, data, 1.0).eval()
    made = list(translate_frames(family, [picture(80, 50, seed) for seed in range(2)], size="keep"))
    assert [frame.shape for frame in made] == [(50, 80, 3)] * 3


def test_label_maps_keep_their_numbers() -> None:
    data = DataSpec(resolution=32, labels=3)  # type: ignore[call-arg]
    numbers = np.resize(np.array([0, 1, 2], np.uint8), (20, 30))
    source = whole_source(data, Image.fromarray(numbers), 40)
    assert source.shape == (40, 60, 3)
    assert set(np.unique(source)) == {0, 1, 2}


@pytest.mark.parametrize("text", ["large", "-4", "15", "100000", "64.5", ""])
def test_wrong_sizes_are_one_sentence(text: str) -> None:
    with pytest.raises(UserError, match="square, keep or a number from 16 to 8192"):
        answer_size(text)


def test_sizes_are_read() -> None:
    assert [answer_size(text) for text in ("square", "keep", "512")] == ["square", "keep", 512]

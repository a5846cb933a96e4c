"""Pictures of four channels: from transparent files, through training, to transparent answers."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from support.packing import cache  # noqa: F401 - a fixture

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.images.decode import DecodeOptions, decode_png, encode_png, open_image
from ganvas.curate.images.prepare import prepare_image
from ganvas.errors import UserError
from ganvas.models.augment.diffaugment import DiffAugment
from ganvas.models.families import FAMILIES, build
from ganvas.models.transparency import over_white
from ganvas.recipe import load
from ganvas.spec import DataSpec
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import CHEQUERS, as_rgb, grid
from ganvas.tasks.preparation import settings_of_recipe
from ganvas.train.step import Stepper
from ganvas.train.stream import Stream

ABLE = sorted(name for name, family in FAMILIES.items() if family.makes_opacity)


def emoji(path: Path, colour: tuple[int, int, int]) -> Path:
    """A disc with a soft border; what is transparent hides a green."""
    y, x = np.indices((40, 40)) - 19.5
    opacity = np.clip((15 - np.hypot(x, y)) * 64, 0, 255).astype(np.uint8)
    pixels = np.where(opacity[..., None] > 0, np.array(colour, np.uint8), np.array([0, 255, 0], np.uint8))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.dstack([pixels, opacity])).save(path)
    return path


def folder(place: Path, count: int = 8) -> Path:
    for number in range(count):
        emoji(place / ("disc", "square")[number % 2] / f"{number}.png", (200, 20 * number, 30))
    return place


def test_packed_pictures_keep_their_opacity_and_no_hidden_colours(tmp_path: Path) -> None:
    options = DecodeOptions(background="#203040", opacity=True)
    report = pack(folder(tmp_path / "in"), resolution=16, channels=4, decoding=options)
    dataset = Dataset(report.path)
    pixels = dataset.image(0)
    assert dataset.channels == 4
    assert pixels.shape == (16, 16, 4)
    assert pixels[0, 0].tolist() == [0x20, 0x30, 0x40, 0]
    assert pixels[8, 8].tolist() == [200, 0, 30, 255]
    partly = (pixels[..., 3] > 20) & (pixels[..., 3] < 235)
    assert partly.any()
    assert pixels[partly][:, 1].max() < 10  # no green from below the border
    assert "transparent" not in report.remarks
    assert (decode_png(encode_png(pixels)) == pixels).all()


def test_pictures_without_transparency_are_opaque(tmp_path: Path) -> None:
    Image.new("RGB", (20, 20), "red").save(tmp_path / "a.png")
    image = open_image(tmp_path / "a.png", DecodeOptions(opacity=True))
    assert prepare_image(image, 8, "center", 4)[3, 3].tolist() == [255, 0, 0, 255]
    padded = prepare_image(image.resize((20, 10)), 8, "pad", 4, background="blue")
    assert padded[0, 0].tolist() == [0, 0, 255, 0]


@pytest.mark.parametrize("name", ABLE)
def test_a_family_learns_and_makes_four_channels(tmp_path: Path, name: str) -> None:
    config, data = FAMILIES[name].tiny()
    data = data.model_copy(update={"channels": 4})
    dataset = Dataset(pack(folder(tmp_path / "in"), resolution=data.resolution, channels=4).path)
    torch.manual_seed(0)
    family = build(name, config.model_dump(), data, kimg=1.0)
    from lightning_fabric import Fabric

    fabric = Fabric(accelerator="cpu", devices=1)
    fabric.launch()
    stepper = Stepper(family, fabric, ema_kimg=0.0)
    stream = Stream(dataset, family.task, data, seed=0, workers=0)
    from ganvas.models.family import Clock

    stage = family.stages()[-1]
    clock = Clock(stage=len(family.stages()) - 1, stage_kimg=stage.kimg, total_kimg=1.0, batch_size=8, stage_nimg=0)
    shown, _ = stepper.step(stage, clock, lambda: [next(stream.micros(0, 8, 8, 0, 1))])
    assert all(np.isfinite(float(value)) for value in shown.values())
    spec = TASKS[family.task]
    made = spec.generate(family, dataset, [0, 1]).numpy()
    assert made.shape == (2, data.resolution, data.resolution, 4)
    with Image.open(io.BytesIO(encode_png(made[0]))) as image:
        assert image.mode == "RGBA"
    assert spec.preview(family, None).shape[2] == 4


def test_other_families_refuse_it_in_a_sentence() -> None:
    unable = sorted(FAMILIES.keys() - set(ABLE))
    assert {"pix2pix", "cyclegan", "starganv2"} <= set(unable)
    for name in unable:
        config, data = FAMILIES[name].tiny()
        with pytest.raises(UserError, match="makes no pictures with opacity"):
            build(name, config.model_dump(), data.model_copy(update={"channels": 4}), kimg=1.0)
    with pytest.raises(UserError, match="makes no pictures with opacity"):  # before anything is packed
        settings_of_recipe(load("pix2pix-quick", ["data.channels=4"]))


def test_augmentation_of_colours_leaves_the_opacity() -> None:
    x = torch.rand(16, 4, 16, 16) * 2 - 1
    changed = DiffAugment(("color",))(x)
    assert torch.equal(changed[:, 3], x[:, 3])
    assert not torch.equal(changed[:, :3], x[:, :3])


def test_measures_see_pictures_on_white() -> None:
    x = torch.full((1, 4, 2, 2), -1.0)
    assert torch.equal(over_white(x), torch.ones(1, 3, 2, 2))
    x[:, 3] = 1
    assert torch.equal(over_white(x), x[:, :3])
    grey = torch.zeros(1, 1, 2, 2)
    assert over_white(grey) is grey


def test_sheets_show_transparent_parts_as_chequers() -> None:
    pictures = np.zeros((2, 8, 8, 4), np.uint8)
    pictures[:, :4, :, 3] = 255
    shown = as_rgb(pictures)
    assert (shown[:, :4] == 0).all()
    assert set(np.unique(shown[:, 4:])) == set(CHEQUERS)
    assert grid(pictures, 2).shape[2] == 3


def test_a_recipe_sets_it() -> None:
    data = load("dcgan-quick", ["data.channels=4", "data.background=black"]).data_spec()
    assert data.channels == 4
    assert DecodeOptions.of(data) == DecodeOptions(background="black", opacity=True)
    assert DataSpec.model_validate(data.model_dump()) == data

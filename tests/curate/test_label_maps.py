"""Label maps hold the labels that the recipe declares, or are refused with what was found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from support.packing import cache  # noqa: F401 - a fixture

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.images.decode import PictureError
from ganvas.curate.label_maps import LabelMaps, read_palette
from ganvas.curate.sketch.degrade import displayed
from ganvas.errors import UserError
from ganvas.inference.translate import prepare_source
from ganvas.models.networks.labels import LabelFeatures, one_hot
from ganvas.pipeline import pack_for
from ganvas.recipe import Recipe, load
from ganvas.spec import DataSpec
from ganvas.tasks.preparation import label_maps

SIDE = 16
COLOURS = {0: (128, 64, 128), 1: (0, 0, 142), 255: (0, 0, 0)}


def pairs(root: Path, *maps: np.ndarray) -> Path:  # type: ignore[type-arg]
    for name in ("source", "target"):
        (root / name).mkdir(parents=True)
    for at, pixels in enumerate(maps):
        Image.fromarray(pixels).save(root / "source" / f"{at}.png")
        Image.new("RGB", (SIDE, SIDE), (at * 40, 0, 0)).save(root / "target" / f"{at}.png")
    return root


def a_map(*numbers: int) -> np.ndarray:  # type: ignore[type-arg]
    """A map whose columns hold the numbers in turn."""
    return np.resize(np.array(numbers, np.uint8), (SIDE, SIDE)).astype(np.uint8)


def in_colours(numbers: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    pixels = np.zeros((*numbers.shape, 3), np.uint8)
    for number, colour in COLOURS.items():
        pixels[numbers == number] = colour
    return pixels


def recipe(*more: str) -> Recipe:
    return load("pix2pixhd-128-small", [f"data.resolution={SIDE}", "data.minimum=1", *more])


def test_numbers_beyond_the_labels_are_refused_with_the_counts(tmp_path: Path) -> None:
    root = pairs(tmp_path / "in", a_map(0, 1, 18), a_map(0, 255), a_map(3, 255))
    with pytest.raises(UserError, match=r"0 to 18 and 255 \(in 2 maps\).*data\.labels=19.*data\.void_label=255"):
        pack_for(recipe("data.labels=19"), root)
    with pytest.raises(UserError, match="255"):  # from the cache as well
        pack_for(recipe("data.labels=19"), root)
    report = pack_for(recipe("data.labels=19", "data.void_label=255"), root)
    assert sorted(set(np.unique(Dataset(report.path).source(1)))) == [0, 255]
    with pytest.raises(UserError, match=r"0 to 3 and 18 \(in 1 maps\), 255 \(in 2 maps\)"):
        pack_for(recipe("data.labels=4"), root)


def test_a_palette_file_turns_colours_into_numbers(tmp_path: Path) -> None:
    maps = [a_map(0, 1), a_map(0, 1, 255)]
    root = pairs(tmp_path / "in", *map(in_colours, maps))
    palette = tmp_path / "palette.csv"
    palette.write_text("red,green,blue,number,name\n128,64,128,0,road\n0,0,142,,car\n0,0,0,255,void\n")
    with pytest.raises(UserError, match=r"data\.palette=FILE"):
        pack_for(recipe("data.labels=2"), root)
    with pytest.raises(UserError, match=r"number 255.*data\.void_label=255"):
        recipe("data.labels=2", f"data.palette={palette}")
    changes = ("data.labels=2", "data.void_label=255", f"data.palette={palette}")
    chosen = recipe(*changes)
    assert chosen.data.palette == ((128, 64, 128, 0), (0, 0, 142, 1), (0, 0, 0, 255))
    dataset = Dataset(pack_for(chosen, root).path)
    for at, numbers in enumerate(maps):
        assert (dataset.source(at)[..., 0] == numbers).all()
    smaller = Dataset(pack_for(recipe("data.resolution=8", *changes), dataset.path).path)
    assert set(np.unique(smaller.source(1))) == {0, 1, 255}
    shown = displayed(dataset.source(1)[None], chosen.data_spec())
    assert (shown[0] == in_colours(maps[1])).all()


def test_colours_that_the_palette_lacks_are_named(tmp_path: Path) -> None:
    pixels = in_colours(a_map(0, 1))
    pixels[3, 3] = (255, 0, 9)
    root = pairs(tmp_path / "in", pixels, in_colours(a_map(1)))
    palette = tuple((*colour, number) for number, colour in COLOURS.items())
    report = pack(root, resolution=SIDE, labels=LabelMaps(2, 255, palette))
    assert report.count == 1
    assert report.skipped[0].reason == "colours that data.palette lacks: #ff0009"


@pytest.mark.parametrize(
    "text",
    [
        "128 64 128 road\n0 0 142 car\n",
        "#804080 0 road\n#00008e 1 car\n",
        "name,r,g,b\nroad,128,64,128\ncar,0,0,142\n",
        "GIMP Palette\nName: streets\n# a comment\n128  64 128\troad\n  0   0 142\tcar\n",
        "# colours\n\n128;64;128;0;road\n0;0;142;1;car\n",
    ],
)
def test_palettes_as_they_are_published(text: str, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text(text)
    assert read_palette(tmp_path / "p.txt") == ((128, 64, 128, 0), (0, 0, 142, 1))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nothing here\n", "holds no colours"),
        ("1 2 3\nsome words\n", "Line 2"),
        ("1 2 3\n1 2 3\n", "twice"),
        ("1 2 3\n1 2 300\n", "Line 2"),
    ],
)
def test_wrong_palettes_are_one_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text(text)
    with pytest.raises(UserError, match=sentence):
        read_palette(tmp_path / "p.txt")
    with pytest.raises(UserError, match="cannot be read"):
        recipe("data.labels=2", f"data.palette={tmp_path / 'none.txt'}")


def test_void_pixels_have_no_label_in_the_networks() -> None:
    labels = torch.tensor([[0.0, 2.0, 255.0, 3.0]]).view(1, 1, 2, 2)
    assert one_hot(labels, 4, 255).sum(1).flatten().tolist() == [1, 1, 0, 1]
    assert one_hot(labels, 4)[0, :, 1, 0].tolist() == [0, 0, 0, 1]  # as runs from before were trained
    features = LabelFeatures(4, 2, momentum=1.0, void=255)
    looks = features(labels, labels, torch.ones(1, 2, 2, 2))
    assert looks[0, 0].tolist() == [[1, 1], [0, 1]]
    assert features.mean[3].tolist() == [1, 1]
    assert features.mean[1].tolist() == [0, 0]
    assert features(labels, labels, None)[0, 0].tolist() == [[1, 1], [0, 1]]


def test_a_model_refuses_maps_with_other_numbers() -> None:
    data = DataSpec(resolution=SIDE, labels=3, void_label=255)  # type: ignore[call-arg]
    image = Image.fromarray(a_map(0, 2, 255))
    assert set(np.unique(prepare_source(data, image, enlarges=False))) == {0, 2, 255}
    with pytest.raises(PictureError, match="the numbers 7; this model knows 0 to 2"):
        prepare_source(data, Image.fromarray(a_map(0, 7)), enlarges=False)
    coloured = data.model_copy(update={"palette": ((9, 9, 9, 1),)})
    assert label_maps(coloured) == LabelMaps(3, 255, ((9, 9, 9, 1),))
    assert set(np.unique(prepare_source(coloured, Image.new("RGB", (8, 8), (9, 9, 9)), enlarges=False))) == {1}

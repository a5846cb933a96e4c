"""The recipe decides what two folders are, and the sentence about them is the decision that training follows."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.packing import cache  # noqa: F401 - a fixture

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import PackReport, pack
from ganvas.curate.sources.list_source import list_source
from ganvas.curate.sources.listing import SourceOptions, Structure
from ganvas.errors import UserError
from ganvas.pipeline import pack_for
from ganvas.recipe import Recipe, load
from ganvas.tasks import TASKS
from ganvas.tasks.rows import TrainingRows

SMALL = ["data.resolution=16", "data.minimum=1"]
DEGRADED = (
    "pix2pix-quick",
    "pix2pix-64-sketch",
    "colourise-64",
    "inpaint-64",
    "super-resolution-64",
    "sketch-portrait",
)


def laid(root: Path, *folders: str, names: tuple[str, ...] = ("1", "2", "3", "4"), apart: bool = False) -> Path:
    """Pictures of their own in each folder, with equal names, or with names of their own."""
    for at, folder in enumerate(folders):
        (root / folder).mkdir(parents=True)
        for seed, name in enumerate(names):
            pixels = np.random.default_rng((at, seed)).integers(0, 256, (16, 16, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(root / folder / f"{f'{at}-' if apart else ''}{name}.png")
    return root


def small(name: str, *more: str) -> Recipe:
    return load(name, [*SMALL, *more])


def first_source(recipe: Recipe, report: PackReport) -> np.ndarray:  # type: ignore[type-arg]
    dataset, data = Dataset(report.path), recipe.data_spec(report.classes)
    task = TASKS["paired"]
    rows = TrainingRows(dataset, data, 0, sources=task.reads_sources(data))
    source: np.ndarray = task.row(rows, 0)[0]  # type: ignore[type-arg]
    return source


@pytest.mark.parametrize("name", [*DEGRADED, "sketch-portrait"])
def test_own_pairs_are_not_thrown_away_for_computed_sources(name: str, tmp_path: Path) -> None:
    recipe = load(name, ["data.minimum=1"])
    with pytest.raises(UserError, match=r"source is the source.*data\.degradation=null"):
        pack_for(recipe, laid(tmp_path / "in", "source", "target"))


def test_with_the_setting_that_the_sentence_names_own_sources_are_trained_on(tmp_path: Path) -> None:
    root = laid(tmp_path / "in", "source", "target")
    recipe = small("pix2pix-quick", "data.degradation=null", "data.flip=false")
    report = pack_for(recipe, root)
    assert "source is the source" in report.layout
    own = {Image.open(path).tobytes() for path in (root / "source").iterdir()}
    assert first_source(recipe, report).transpose(1, 2, 0).tobytes() in own
    grey = small("pix2pix-quick", "data.degradation=null", "data.source_channels=1")
    assert first_source(grey, pack_for(grey, root)).shape == (1, 16, 16)


def test_packed_pairs_are_refused_as_well(tmp_path: Path) -> None:
    packed = pack(laid(tmp_path / "in", "source", "target"), tmp_path / "pairs.zip", resolution=16).path
    with pytest.raises(UserError, match=r"data\.degradation"):
        pack_for(small("pix2pix-quick"), packed)


def test_a_recipe_that_enlarges_says_that_small_pictures_are_not_used(tmp_path: Path) -> None:
    report = pack_for(small("super-resolution-x4", "data.resolution=96"), laid(tmp_path / "in", "LR", "HR"))
    assert report.count == 4
    assert "Only the 4 targets are used; their sources are not." in report.layout
    assert "Only the 4" in pack_for(small("dcgan-64"), laid(tmp_path / "two", "sketch", "photo")).layout


def test_panoramas_can_be_told_from_pairs_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for seed in range(3):
        pixels = np.random.default_rng(seed).integers(0, 256, (16, 32, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / "in" / f"{seed}.png")
    with pytest.raises(UserError, match=r"data\.side_by_side=single"):
        pack_for(small("colourise-64"), tmp_path / "in")
    assert pack_for(small("colourise-64", "data.side_by_side=single"), tmp_path / "in").count == 3


def test_frames_twice_as_wide_as_high_are_no_pairs(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for seed in range(4):
        pixels = np.random.default_rng(seed).integers(0, 256, (16, 32, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / "in" / f"{seed}.png")
    assert pack_for(small("next-frame-128"), tmp_path / "in").count == 3


@pytest.mark.parametrize(
    ("source", "target"), [("A_sketch", "B_photo"), ("B_sketches", "A_photos"), ("cufs edges", "cufs photo")]
)
def test_words_in_names_of_folders_say_which_is_the_source(source: str, target: str, tmp_path: Path) -> None:
    listing = list_source(laid(tmp_path / "in", source, target))
    assert listing.paired
    assert listing.layout.startswith(f"Pairs were recognised: {source} is the source, {target} the target")
    assert {(one.pair, one.path) for one in listing.candidates} >= {(f"{source}/1.png", f"{target}/1.png")}


def test_a_recipe_of_pairs_takes_any_two_folders_with_equal_names(tmp_path: Path) -> None:
    report = pack_for(small("pix2pix-256"), laid(tmp_path / "in", "winter", "summer"))
    assert report.paired
    assert "summer is the source, winter the target, in the order of their names" in report.layout
    with pytest.raises(UserError, match="summer, winter do not match"):
        pack_for(small("pix2pix-256"), laid(tmp_path / "apart", "winter", "summer", apart=True))


@pytest.mark.parametrize(
    ("folders", "apart"),
    [
        (("sketch", "photo"), False),
        (("sketch", "photo"), True),
        (("drawing", "photo"), True),
        (("input", "target"), True),
        (("LR", "HR"), True),
        (("A_sketch", "B_photo"), False),
        (("A", "B"), False),
    ],
)
def test_an_unpaired_recipe_takes_two_folders_as_domains(folders: tuple[str, str], apart: bool, tmp_path: Path) -> None:
    report = pack_for(small("cyclegan-256"), laid(tmp_path / "in", *folders, apart=apart))
    assert (report.classes, report.paired, report.count) == (folders, False, 8)
    assert report.layout == f"Two domains: {folders[0]} is A, {folders[1]} is B"


def test_packed_pairs_are_two_domains_for_an_unpaired_recipe(tmp_path: Path) -> None:
    packed = pack(laid(tmp_path / "in", "source", "target"), tmp_path / "pairs.zip", resolution=16).path
    report = pack_for(small("cyclegan-256"), packed)
    assert (report.classes, report.count) == (("source", "target"), 8)
    assert Dataset(report.path).labels.tolist() == [0] * 4 + [1] * 4


def test_folders_without_equal_names_are_classes_where_no_recipe_decides(tmp_path: Path) -> None:
    listing = list_source(laid(tmp_path / "in", "sketch", "photo", apart=True))
    assert (listing.paired, listing.classes) == (False, ("photo", "sketch"))


def test_folders_with_equal_names_are_classes_for_a_conditional_recipe(tmp_path: Path) -> None:
    report = pack_for(small("dcgan-64-conditional"), laid(tmp_path / "in", "sketch", "photo"))
    assert (report.classes, report.count) == (("photo", "sketch"), 8)


@pytest.mark.parametrize("zipped", [False, True])
def test_an_empty_domain_is_named(zipped: bool, tmp_path: Path) -> None:
    root = laid(tmp_path / "in", "trainA")
    (root / "trainB").mkdir()
    if zipped:
        with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
            for path in sorted(root.rglob("*")):
                archive.write(path, path.relative_to(root))
        root = tmp_path / "in.zip"
    with pytest.raises(UserError, match=r"exactly two folders.*trainB holds no pictures"):
        pack_for(small("cyclegan-256"), root)


def test_an_empty_class_is_named(tmp_path: Path) -> None:
    root = laid(tmp_path / "in", "cat", "dog")
    (root / "fox").mkdir()
    assert [tuple(one) for one in list_source(root).skipped] == [("fox", "a folder without pictures")]


@pytest.mark.parametrize("folders", [(".",), ("cat", "dog", "fox")])
def test_an_unpaired_recipe_asks_for_exactly_two_domains(folders: tuple[str, ...], tmp_path: Path) -> None:
    root = laid(tmp_path / "in", *folders) if folders != (".",) else laid(tmp_path, "in")
    with pytest.raises(UserError, match="exactly two folders of pictures, one for each domain"):
        pack_for(small("cyclegan-256"), root)


def test_every_task_declares_an_arrangement() -> None:
    found: dict[str, Structure] = {
        name: task.structure(conditional=True, degraded=False, frames=False) for name, task in TASKS.items()
    }
    expected = {"synthesis": "classes", "paired": "pairs", "unpaired": "domains", "reference": "classes"}
    assert expected.items() <= found.items()


def test_a_listing_keeps_its_meaning_without_a_need(tmp_path: Path) -> None:
    root = laid(tmp_path / "in", "source", "target")
    assert list_source(root).paired
    assert list_source(root, SourceOptions(structure="classes")).classes == ("source", "target")

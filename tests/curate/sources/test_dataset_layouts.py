"""Layouts of published sets: told from names and a glance, said aloud, with their parts kept apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganvas.curate.dataset.dataset import Dataset, hold_out
from ganvas.curate.dataset.pack import PackReport, pack
from ganvas.curate.sources.list_source import list_source
from ganvas.curate.sources.listing import Listing
from ganvas.errors import UserError


def noise(path: Path, seed: int, size: tuple[int, int] = (16, 16)) -> Path:
    """A picture of its own: coarse random patches, so that two of them are not alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    patches = np.random.default_rng(seed).integers(0, 256, (4, 4, 3)).astype(np.uint8)
    Image.fromarray(patches).resize(size, Image.Resampling.NEAREST).save(path)
    return path


def laid(root: Path, *names: str) -> Path:
    for seed, name in enumerate(names):
        noise(root / name, seed)
    return root


def told(listing: Listing) -> dict[str, tuple[str, str | None]]:
    """path → (class or "", part)."""
    return {one.path: (listing.classes[one.label] if listing.classes else "", one.split) for one in listing.candidates}


def test_cyclegan_is_two_domains_with_a_test_part(tmp_path: Path) -> None:
    root = laid(tmp_path / "in", "trainA/1.png", "trainA/2.png", "trainB/x.png", "testA/3.png", "testB/y.png")
    listing = list_source(root)
    assert told(listing) == {
        "trainA/1.png": ("A", "train"),
        "trainA/2.png": ("A", "train"),
        "trainB/x.png": ("B", "train"),
        "testA/3.png": ("A", "test"),
        "testB/y.png": ("B", "test"),
    }
    assert "selfie2anime" in listing.layout


def test_parts_above_classes_as_in_afhq(tmp_path: Path) -> None:
    root = laid(tmp_path / "in", "train/cat/1.png", "train/dog/1.png", "val/cat/1.png", "train/dog/2.png", "odd.png")
    listing = list_source(root)
    assert listing.classes == ("cat", "dog")
    assert told(listing)["val/cat/1.png"] == ("cat", "validation")
    assert told(listing)["train/dog/2.png"] == ("dog", "train")
    assert [skipped.path for skipped in listing.skipped] == ["odd.png"]
    assert "3 train, 1 validation" in listing.layout


def test_parts_below_classes(tmp_path: Path) -> None:
    listing = list_source(laid(tmp_path / "in", "cat/train/1.png", "cat/test/2.png", "dog/train/3.png"))
    assert listing.classes == ("cat", "dog")
    assert told(listing)["cat/test/2.png"] == ("cat", "test")


def test_parts_without_classes(tmp_path: Path) -> None:
    listing = list_source(laid(tmp_path / "in", "train/images/1.png", "train/images/2.png", "test/images/1.png"))
    assert listing.classes == ()
    assert [one.split for one in listing.candidates] == ["test", "train", "train"]


def test_a_class_may_be_called_train_when_its_sisters_are_not_parts(tmp_path: Path) -> None:
    listing = list_source(laid(tmp_path / "in", "train/1.png", "bus/1.png", "ship/1.png"))
    assert listing.classes == ("bus", "ship", "train")
    assert {one.split for one in listing.candidates} == {None}


@pytest.mark.parametrize(("source", "target"), [("sketch", "photo"), ("LR", "HR"), ("input", "target")])
def test_pair_folders_within_parts(tmp_path: Path, source: str, target: str) -> None:
    names = [f"{part}/{half}/{name}.png" for part in ("train", "test") for half in (source, target) for name in "ab"]
    listing = list_source(laid(tmp_path / "in", *names))
    assert listing.paired
    pairs = {(one.path, one.pair, one.split) for one in listing.candidates}
    assert (f"train/{target}/a.png", f"train/{source}/a.png", "train") in pairs
    assert (f"test/{target}/b.png", f"test/{source}/b.png", "test") in pairs
    assert len(pairs) == 4


def test_a_and_b_are_pairs_only_when_they_show_the_same(tmp_path: Path) -> None:
    for seed in range(6):
        noise(tmp_path / "same" / "A" / f"{seed}.png", seed, (64, 64))
        other = Image.open(tmp_path / "same" / "A" / f"{seed}.png").convert("L")
        (tmp_path / "same" / "B").mkdir(exist_ok=True)
        other.save(tmp_path / "same" / "B" / f"{seed}.jpg")
        noise(tmp_path / "domains" / "A" / f"{seed}.png", seed, (64, 64))
        noise(tmp_path / "domains" / "B" / f"{seed}.png", 100 + seed, (64, 64))
    pairs = list_source(tmp_path / "same")
    assert pairs.paired
    assert (pairs.candidates[2].path, pairs.candidates[2].pair) == ("B/2.jpg", "A/2.png")
    domains = list_source(tmp_path / "domains")
    assert (domains.paired, domains.classes) == (False, ("A", "B"))


def test_div2k_takes_the_smallest_pictures_as_sources(tmp_path: Path) -> None:
    root = laid(
        tmp_path / "in",
        *("DIV2K_train_HR/0001.png", "DIV2K_train_HR/0002.png", "DIV2K_valid_HR/0801.png"),
        *("DIV2K_train_LR_bicubic/X2/0001x2.png", "DIV2K_train_LR_bicubic/X4/0001x4.png"),
        "DIV2K_valid_LR_bicubic/X4/0801x4.png",
    )
    listing = list_source(root)
    assert [(one.path, one.pair, one.split) for one in listing.candidates] == [
        ("DIV2K_train_HR/0001.png", "DIV2K_train_LR_bicubic/X4/0001x4.png", "train"),
        ("DIV2K_valid_HR/0801.png", "DIV2K_valid_LR_bicubic/X4/0801x4.png", "validation"),
    ]
    assert [skipped.path for skipped in listing.skipped] == ["DIV2K_train_HR/0002.png"]


def test_names_ending_in_hr_and_lr_are_pairs(tmp_path: Path) -> None:
    listing = list_source(laid(tmp_path / "in", "baby_HR.png", "baby_LR.png", "bird_x4_HR.png", "bird_x4_LR.png"))
    assert [(one.path, one.pair) for one in listing.candidates] == [
        ("baby_HR.png", "baby_LR.png"),
        ("bird_x4_HR.png", "bird_x4_LR.png"),
    ]


def test_synset_folders_lose_their_numbers(tmp_path: Path) -> None:
    names = [
        f"Images/n0208{number}-{breed}/a.png" for number, breed in ((5620, "Chihuahua"), (5782, "Japanese_spaniel"))
    ]
    assert list_source(laid(tmp_path / "in", *names)).classes == ("Chihuahua", "Japanese_spaniel")


def celeba(root: Path) -> Path:
    laid(root, *(f"img_align_celeba/{number:06d}.jpg" for number in range(1, 5)))
    lines = ["4", "Male Smiling", "000001.jpg  1 -1", "000002.jpg -1  1", "000003.jpg  1  1"]
    (root / "list_attr_celeba.txt").write_text("\n".join(lines))
    (root / "list_eval_partition.txt").write_text("000001.jpg 0\n000002.jpg 1\n000003.jpg 2\n")
    return root


def test_celeba_with_attributes_and_partition(tmp_path: Path) -> None:
    root = celeba(tmp_path / "in")
    plain = list_source(root)
    assert plain.classes == ()
    assert [one.split for one in plain.candidates] == ["train", "validation", "test"]
    assert [skipped.path for skipped in plain.skipped] == ["img_align_celeba/000004.jpg"]
    report = pack(root, resolution=8, classes_by="smiling")
    assert report.classes == ("not Smiling", "Smiling")
    assert Dataset(report.path).labels.tolist() == [0, 1, 1]
    assert "CelebA" in report.layout
    with pytest.raises(UserError, match="it has Male, Smiling"):
        pack(root, resolution=8, classes_by="Tall")
    (root / "list_attr_celeba.txt").unlink()
    with pytest.raises(UserError, match="list_attr_celeba"):
        pack(root, resolution=8, classes_by="Male")


def test_celeba_as_csv(tmp_path: Path) -> None:
    root = celeba(tmp_path / "in")
    (root / "list_attr_celeba.txt").unlink()
    (root / "list_attr_celeba.csv").write_text("image_id,Male\n000001.jpg,1\n000002.jpg,-1\n")
    assert Dataset(pack(root, resolution=8, classes_by="Male").path).labels.tolist() == [1, 0]


@pytest.mark.parametrize("plain", ["left", "right"])
def test_side_by_side_takes_the_plainer_half_as_the_source(tmp_path: Path, plain: str) -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        photo = rng.integers(0, 256, (32, 32, 3)).astype(np.uint8)
        labels = np.zeros((32, 32, 3), np.uint8)
        labels[:, 8 * seed // 2 :] = (0, 0, 255)
        both = [labels, photo] if plain == "left" else [photo, labels]
        (tmp_path / "in").mkdir(exist_ok=True)
        Image.fromarray(np.concatenate(both, axis=1)).save(tmp_path / "in" / f"{seed}.png")
    report = pack(tmp_path / "in", resolution=32)
    assert report.paired
    assert f"the {plain} half" in report.layout
    assert len(np.unique(Dataset(report.path).source(1).reshape(-1, 3), axis=0)) <= 2
    other = "right" if plain == "left" else "left"
    turned = pack(tmp_path / "in", resolution=32, side_by_side=other)  # type: ignore[arg-type]
    assert len(np.unique(Dataset(turned.path).source(1).reshape(-1, 3), axis=0)) > 100


def test_panoramas_among_other_pictures_are_no_pairs(tmp_path: Path) -> None:
    for seed in range(4):
        noise(tmp_path / "in" / f"{seed}.png", seed, (32, 16))
    noise(tmp_path / "in" / "z.png", 9, (16, 16))
    assert not pack(tmp_path / "in", resolution=8).paired


def test_what_came_for_the_test_is_never_trained_on(tmp_path: Path) -> None:
    names = [f"{part}/{number}.png" for part in ("train", "val", "test") for number in range(3)]
    dataset = Dataset(pack(laid(tmp_path / "in", *names), resolution=8).path)
    parts = hold_out(dataset, 0.5, seed=0)
    assert {dataset.items[index].split for index in parts.train} == {"train"}
    assert {dataset.items[index].split for index in parts.held_out} == {"test"}
    assert len(dataset.split("validation")) == 3
    assert dataset.split("test").sha256 == dataset.subset(parts.held_out).sha256
    # The parts outlive packing again, and a set that came undivided is divided by lot.
    again = Dataset(pack(dataset.path, tmp_path / "small.zip", resolution=4).path)
    assert [item.split for item in again.items] == [item.split for item in dataset.items]
    whole = Dataset(pack(tmp_path / "in" / "train", resolution=8).path)
    assert len(hold_out(whole, 1 / 3, seed=0).held_out) == 1
    with pytest.raises(UserError, match="no train part"):
        hold_out(dataset.split("test"), 0.0, seed=0)


def test_a_table_divides_any_set(tmp_path: Path) -> None:
    root = laid(tmp_path / "in", "1.png", "2.png", "3.png")
    table = tmp_path / "split.csv"
    table.write_text("path,part\n1.png,train\n2.png,val\n3.png,test\n")
    report: PackReport = pack(root, resolution=8, parts_table=table)
    assert [item.split for item in Dataset(report.path).items] == ["train", "validation", "test"]
    table.write_text("path,part\n1.png,test\n2.png,train\n3.png,train\n")
    again = pack(root, resolution=8, parts_table=table)
    assert not again.reused
    assert [item.split for item in Dataset(again.path).items] == ["test", "train", "train"]
    table.write_text("path,part\n1.png,perhaps\n")
    with pytest.raises(UserError, match="train, validation or test"):
        pack(root, resolution=8, parts_table=table)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("folder", "count", "paired", "classes", "held"),
    [
        ("selfie2anime", 2600, False, 2, 200),
        ("facades", 606, True, 0, 106),
        ("animals", 6000, False, 20, 0),
        ("face-sketches", 188, True, 0, 100),
        ("makeup/pairs", 1360, True, 0, 0),
        ("super-resolution/Set5_x4", 5, True, 0, 0),
        ("portraits", 879, False, 0, 0),
    ],
)
def test_real_sets(shared_data: Path, folder: str, count: int, paired: bool, classes: int, held: int) -> None:
    listing = list_source(shared_data / folder)
    assert (len(listing.candidates), listing.paired, len(listing.classes)) == (count, paired, classes)
    assert sum(one.split == "test" for one in listing.candidates) == held
    assert listing.skipped == []
    if folder == "facades":
        assert listing.side_by_side == "right"  # the label maps

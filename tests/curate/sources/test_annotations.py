"""Boxes and labels: read from three formats, cut square with a margin, and whatever is wrong is said in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ganvas.curate.dataset.dataset import Dataset
from ganvas.curate.dataset.pack import pack
from ganvas.curate.images.crop import square_around
from ganvas.curate.sources.annotations import read_annotations
from ganvas.errors import UserError

VOC = """<annotation><folder>02085620</folder><filename>{name}</filename>
<size><width>100</width><height>60</height><depth>3</depth></size>{objects}</annotation>"""
OBJECT = """<object><name>{name}</name><pose>Unspecified</pose><bndbox><xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax>
<ymax>{3}</ymax></bndbox></object>"""


def scene(path: Path) -> Path:
    """100 × 60: a red square at 10…30, 20…40 and a blue one at 60…90, 10…40 on grey."""
    pixels = np.full((60, 100, 3), 128, np.uint8)
    pixels[20:40, 10:30] = (255, 0, 0)
    pixels[10:40, 60:90] = (0, 0, 255)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def objects(*rows: tuple[str, int, int, int, int]) -> str:
    return "".join(OBJECT.format(*sides, name=name) for name, *sides in rows)


def dogs(root: Path) -> tuple[Path, Path]:
    """Stanford Dogs' folders: XML files without a suffix."""
    for breed, rows in (
        ("n02085620-Chihuahua", [("Chihuahua", 10, 20, 30, 40)]),
        ("n02085782-Spaniel", [("Spaniel", 60, 10, 90, 40), ("Spaniel", 10, 20, 30, 40)]),
    ):
        number = breed[:9]
        scene(root / "Images" / breed / f"{number}_7.png")
        write(root / "Annotation" / breed / f"{number}_7", VOC.format(name=f"{number}_7", objects=objects(*rows)))
    return root / "Images", root / "Annotation"


def test_stanford_dogs_become_a_crop_for_each_box(tmp_path: Path) -> None:
    images, annotations = dogs(tmp_path)
    report = pack(images, resolution=10, boxes=annotations, margin=0)
    assert (report.count, report.classes, report.skipped) == (3, ("Chihuahua", "Spaniel"), [])
    dataset = Dataset(report.path)
    assert dataset.labels.tolist() == [0, 1, 1]
    assert dataset.image(0)[5, 5].tolist() == [255, 0, 0]
    assert dataset.image(1)[5, 5].tolist() == [0, 0, 255]
    assert dataset.image(0).reshape(-1, 3).min(0)[0] > 200, "nothing but the box"
    assert "3 boxes" in report.layout
    wide = Dataset(pack(images, resolution=10, boxes=annotations, margin=1.0).path)
    assert (wide.image(0)[0, 5] == 128).all(), "the margin shows what is around"


def test_coco(tmp_path: Path) -> None:
    scene(tmp_path / "in" / "deep" / "a.png")
    tree = {
        "images": [{"id": 5, "file_name": "a.png", "width": 100, "height": 60}],
        "categories": [{"id": 3, "name": "red"}, {"id": 4, "name": "blue"}],
        "annotations": [
            {"image_id": 5, "category_id": 4, "bbox": [60, 10, 30, 30]},
            {"image_id": 5, "category_id": 3, "bbox": [10, 20, 20, 20]},
            {"image_id": 5, "category_id": 3, "bbox": [0, 0, 5, 5], "iscrowd": 1},
            {"image_id": 9, "category_id": 3, "bbox": [0, 0, 5, 5]},
            {"image_id": 5, "category_id": 3, "bbox": [0, 0, "x", 5]},
            {"image_id": 5, "category_id": 3, "bbox": [0, 0, 0, 5]},
            {"image_id": 5, "category_id": [3], "bbox": [0, 0, 5, 5]},
            "x",
        ],
    }
    report = pack(tmp_path / "in", resolution=8, boxes=write(tmp_path / "coco.json", json.dumps(tree)), margin=0)
    dataset = Dataset(report.path)
    assert report.classes == ("blue", "red")
    assert [dataset.classes[label] for label in dataset.labels] == ["blue", "red"]
    assert dataset.image(1)[4, 4].tolist() == [255, 0, 0]
    assert len(report.skipped) == 5


@pytest.mark.parametrize(
    "table",
    [
        "filename,xmin,ymin,xmax,ymax,class\nin/a.png,10,20,30,40,red\na.png,60,10,90,40,blue\n",
        "image;x;y;width;height;label\na;10;20;20;20;red\na.png;60;10;30;30;blue\n",
    ],
)
def test_csv(tmp_path: Path, table: str) -> None:
    scene(tmp_path / "in" / "a.png")
    for variant in (table, table.replace("in/a.png", "a.png")):
        report = pack(tmp_path / "in", resolution=8, boxes=write(tmp_path / "boxes.csv", variant), margin=0)
    dataset = Dataset(report.path)
    assert sorted(dataset.classes[label] for label in dataset.labels) == ["blue", "red"]
    assert dataset.image(0)[4, 4].tolist() == [255, 0, 0]


def test_labels_without_boxes(tmp_path: Path) -> None:
    for name in "abc":
        scene(tmp_path / "in" / f"{name}.png")
    table = write(tmp_path / "labels.csv", "id,breed\na,poodle\nb,boxer\nmissing,pug\n")
    report = pack(tmp_path / "in", resolution=8, boxes=table)
    assert Dataset(report.path).labels.tolist() == [1, 0]
    assert report.classes == ("boxer", "poodle")
    assert [tuple(skipped) for skipped in report.skipped] == [("c.png", "has nothing marked in the annotations")]


BODY = "<annotation><object><name>&x;</name></object></annotation>"
BOMB = '<!DOCTYPE a [<!ENTITY y "yyyyyyyyyy"><!ENTITY x "&y;&y;&y;&y;&y;">]>' + BODY
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + BODY


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BOMB, "declares a document type"),
        (OUTSIDE, "declares a document type"),
        ("<annotation><object>", "not well-formed"),
        ("", "not well-formed"),
        ("<svg/>", "no Pascal VOC"),
        ("<annotation/>", "marks no object"),
        ("<annotation>" + "<a>" * 5000, "nested too deeply"),
        ("x" * (2**20 + 1), "larger than 1 MB"),
        (VOC.format(name="a", objects=objects(("red", 30, 20, 10, 40))), "a box is empty"),
        (VOC.format(name="a", objects=OBJECT.format("nan", 1, 2, 3, name="red")), "no numbers"),
        (VOC.format(name="a", objects="<object><name>red</name></object>"), "no numbers"),
        (VOC.format(name="a", objects=objects(("red", 200, 200, 300, 300))), "outside of the picture"),
    ],
)
def test_what_is_wrong_is_one_reason_and_the_rest_is_packed(tmp_path: Path, content: str, reason: str) -> None:
    scene(tmp_path / "in" / "a.png")
    scene(tmp_path / "in" / "good.png")
    write(tmp_path / "xml" / "a.xml", content)
    write(tmp_path / "xml" / "good.xml", VOC.format(name="good", objects=objects(("red", 10, 20, 30, 40))))
    report = pack(tmp_path / "in", resolution=8, boxes=tmp_path / "xml")
    assert report.count == 1
    assert any(reason in skipped.reason for skipped in report.skipped)


def test_parts_of_an_object_are_not_its_box(tmp_path: Path) -> None:
    inner = "<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>"
    xml = VOC.format(name="a", objects=objects(("dog", 10, 20, 30, 40)).replace("</name>", f"</name>{inner}"))
    marked = read_annotations(write(tmp_path / "a.xml", xml)).marked
    assert marked == {"a": [("dog", (10.0, 20.0, 30.0, 40.0))]}


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("a.json", "{", "not valid JSON"),
        ("a.json", "[" * 100_000, "not valid JSON"),
        ("a.json", "[1]", "lacks COCO"),
        ("a.csv", "", "is empty"),
        ("a.csv", "x" * 200_000, "is no CSV"),
        ("a.csv", "colour,size\nred,1\n", "must name filename"),
        ("a.csv", "filename,class\n", "no annotations that can be read"),
        ("a.txt", "hello", "not well-formed"),
        ("folder/a.xml", "<x/>", "no Pascal VOC"),
    ],
)
def test_unusable_annotations_are_one_sentence(tmp_path: Path, name: str, content: str, match: str) -> None:
    path = write(tmp_path / "notes" / name, content)
    where = path.parent if "folder" in name else path
    with pytest.raises(UserError, match=match) as caught:
        read_annotations(where)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_missing_or_unmatched_annotations(tmp_path: Path) -> None:
    scene(tmp_path / "in" / "a.png")
    with pytest.raises(UserError, match="There are no annotations"):
        pack(tmp_path / "in", resolution=8, boxes=tmp_path / "nothing")
    other = write(tmp_path / "b.csv", "filename,class\nb.png,red\n")
    with pytest.raises(UserError, match="name none of these"):
        pack(tmp_path / "in", resolution=8, boxes=other)
    scene(tmp_path / "pairs" / "source" / "a.png")
    scene(tmp_path / "pairs" / "target" / "a.png")
    with pytest.raises(UserError, match="these are pairs"):
        pack(tmp_path / "pairs", resolution=8, boxes=write(tmp_path / "a.csv", "filename,class\na.png,red\n"))


def test_changed_boxes_or_margin_are_packed_anew(tmp_path: Path) -> None:
    scene(tmp_path / "in" / "a.png")
    table = write(tmp_path / "a.csv", "filename,xmin,ymin,xmax,ymax\na.png,10,20,30,40\n")
    assert not pack(tmp_path / "in", resolution=8, boxes=table).reused
    assert pack(tmp_path / "in", resolution=8, boxes=table).reused
    assert not pack(tmp_path / "in", resolution=8, boxes=table, margin=0.3).reused
    write(table, "filename,xmin,ymin,xmax,ymax\na.png,10,20,31,40\n")
    assert not pack(tmp_path / "in", resolution=8, boxes=table).reused


side = st.floats(-50, 250, allow_nan=False)


@settings(deadline=None, derandomize=True)
@given(st.tuples(side, side, side, side), st.integers(1, 200), st.integers(1, 200), st.floats(0, 2))
def test_the_square_lies_in_the_picture_and_holds_the_box_if_it_can(
    box: tuple[float, float, float, float], width: int, height: int, margin: float
) -> None:
    found = square_around(box, (width, height), margin)
    if found is None:
        return
    left, top, right, bottom = found
    assert right - left == pytest.approx(bottom - top)
    assert min(left, top) >= 0
    assert right <= width + 1e-9
    assert bottom <= height + 1e-9
    inside = max(box[0], 0), max(box[1], 0), min(box[2], width), min(box[3], height)
    if max(inside[2] - inside[0], inside[3] - inside[1]) <= min(width, height):
        assert left <= inside[0] + 1e-6
        assert top <= inside[1] + 1e-6
        assert right >= inside[2] - 1e-6
        assert bottom >= inside[3] - 1e-6

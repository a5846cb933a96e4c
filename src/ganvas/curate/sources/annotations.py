"""Readers of boxes and labels of pictures: Pascal VOC XML (also of Stanford Dogs), COCO JSON, CSV."""

from __future__ import annotations

import csv
import hashlib
import json
import math
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from xml.parsers import expat

from ganvas.curate.file_names import name_key
from ganvas.curate.images.crop import Box
from ganvas.curate.manifest import SkippedFile
from ganvas.errors import UserError

MAX_XML_BYTES = 2**20  # an annotation of one picture is a few kB
MAX_FILE_BYTES = 2**30
_PATH_COLUMNS = ("filename", "file_name", "file", "image", "image_path", "path", "name", "id", "image_id")
_LABEL_COLUMNS = ("class", "label", "category", "breed", "class_name")
_CORNERS = (("xmin", "ymin", "xmax", "ymax"), ("x0", "y0", "x1", "y1"), ("x1", "y1", "x2", "y2"))
_SIDES = (("x", "y", "width", "height"), ("x", "y", "w", "h"), ("x_1", "y_1", "width", "height"))


class Annotation(NamedTuple):
    """One annotation of a picture: ``box`` is left, top, right, bottom in pixels, or None for a label alone."""

    label: str
    box: Box | None


@dataclass
class Annotations:
    """Annotations by picture. Keys are paths without suffix, in NFC, as far as the annotations contain them."""

    marked: dict[str, list[Annotation]] = field(default_factory=dict)
    skipped: list[SkippedFile] = field(default_factory=list)
    fingerprint: str = ""

    def find(self, path: str) -> list[Annotation]:
        """The annotations of the picture at ``path``: by the longest known ending of its path."""
        parts = PurePosixPath(name_key(path)).with_suffix("").parts
        for start in range(len(parts)):
            found = self.marked.get("/".join(parts[start:]))
            if found is not None:
                return found
        return []


class _UnreadableError(Exception):
    """The reason why an annotation cannot be used."""


def read_annotations(where: Path) -> Annotations:
    """Read a folder of Pascal VOC XML files, a COCO .json or a .csv.

    Raises:
        UserError: it is missing, or holds no annotations in any of these formats.
    """
    if where.is_dir():
        annotations = _read_folder(where)
    elif not where.exists():
        raise UserError(f"There are no annotations {where}; name a folder of XML files, a COCO .json or a .csv.")
    else:
        annotations = _read_file(where)
    if not annotations.marked:
        first = f" ({annotations.skipped[0].path}: {annotations.skipped[0].reason})" if annotations.skipped else ""
        raise UserError(
            f"{where} holds no annotations that can be read{first}; name a folder of Pascal VOC XML files, a COCO "
            ".json or a .csv with the columns filename, xmin, ymin, xmax, ymax, class."
        )
    rows = [[key, [list(one) for one in marks]] for key, marks in sorted(annotations.marked.items())]
    annotations.fingerprint = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    return annotations


def _read_file(where: Path) -> Annotations:
    if where.stat().st_size > MAX_FILE_BYTES:
        raise UserError(f"{where} is larger than {MAX_FILE_BYTES // 2**20} MB; divide the annotations.")
    try:
        content = where.read_bytes()
        if where.suffix.lower() == ".json":
            return _read_coco(json.loads(content))
        if where.suffix.lower() in (".csv", ".tsv"):
            return _read_csv(content.decode("utf-8-sig", errors="replace"), where)
        annotations = Annotations()
        _add_voc(where.stem, where.name, content, annotations)
    except OSError as error:
        raise UserError(f"{where} cannot be read ({error.strerror}); name a file you may read.") from None
    except (ValueError, RecursionError):
        raise UserError(f"{where} is not valid JSON; export the annotations again.") from None
    except _UnreadableError as error:
        raise UserError(f"{where} cannot be used: {error}.") from None
    return annotations


def _box(values: list[Any]) -> Box:
    try:
        left, top, right, bottom = (float(value) for value in values)
    except (TypeError, ValueError):
        raise _UnreadableError("a box has sides that are no numbers") from None
    if not all(map(math.isfinite, (left, top, right, bottom))):
        raise _UnreadableError("a box has sides that are no numbers")
    if right <= left or bottom <= top:
        raise _UnreadableError(f"a box is empty ({left:g}, {top:g}, {right:g}, {bottom:g})")
    return (left, top, right, bottom)


# ── Pascal VOC ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_folder(where: Path) -> Annotations:
    annotations = Annotations()
    for file in sorted(where.rglob("*")):
        # Stanford Dogs names its XML files without a suffix, as its pictures.
        if file.suffix.lower() not in (".xml", "") or file.name.startswith(".") or not file.is_file():
            continue
        path = file.relative_to(where)
        try:
            if file.stat().st_size > MAX_XML_BYTES:
                raise _UnreadableError(f"is larger than {MAX_XML_BYTES // 2**20} MB")
            _add_voc(path.with_suffix("").as_posix(), path.as_posix(), file.read_bytes(), annotations)
        except OSError as error:
            annotations.skipped.append(SkippedFile(path.as_posix(), f"cannot be read ({error.strerror})"))
        except _UnreadableError as error:
            annotations.skipped.append(SkippedFile(path.as_posix(), str(error)))
    return annotations


def _add_voc(key: str, path: str, content: bytes, annotations: Annotations) -> None:
    marks = []
    for found in _voc_objects(content):
        sides = [found.get(name) for name in ("xmin", "ymin", "xmax", "ymax")]
        try:
            marks.append(Annotation(found.get("name", ""), _box(sides)))
        except _UnreadableError as error:
            annotations.skipped.append(SkippedFile(path, str(error)))
    if not marks and not any(skipped.path == path for skipped in annotations.skipped):
        raise _UnreadableError("marks no object")
    if marks:
        annotations.marked[name_key(key)] = marks


def _voc_objects(content: bytes) -> list[dict[str, str]]:
    """The ``object`` elements as flat texts by tag. No document type is accepted, so entities cannot be declared."""
    parser = expat.ParserCreate()
    objects: list[dict[str, str]] = []
    open_tags: list[str] = []
    text: list[str] = []

    def refuse(*_: Any) -> None:
        raise _UnreadableError("declares a document type, which annotations have no need of")

    def start(tag: str, _: dict[str, str]) -> None:
        if len(open_tags) > 20:
            raise _UnreadableError("is nested too deeply")
        if not open_tags and tag != "annotation":
            raise _UnreadableError(f"is no Pascal VOC annotation (it begins with <{tag[:40]}>)")
        open_tags.append(tag)
        text.clear()
        if open_tags == ["annotation", "object"]:
            objects.append({})

    def end(tag: str) -> None:
        if open_tags[:2] == ["annotation", "object"] and "part" not in open_tags:
            objects[-1].setdefault(tag, "".join(text).strip())
        open_tags.pop()
        text.clear()

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError):
        raise _UnreadableError("is not well-formed XML") from None
    return objects


# ── COCO ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_coco(tree: Any) -> Annotations:
    annotations = Annotations()
    try:
        names = {image["id"]: str(image["file_name"]) for image in tree["images"]}
        labels = {one["id"]: str(one["name"]) for one in tree.get("categories", [])}
        rows = list(tree["annotations"])
    except (KeyError, TypeError, AttributeError):
        raise _UnreadableError("it lacks COCO's lists of images and annotations") from None
    for row in rows:
        path = "?"
        try:
            path = names[row["image_id"]]
            left, top, width, height = row["bbox"]
            box = _box([left, top, float(left) + float(width), float(top) + float(height)])
            label, crowd = labels.get(row.get("category_id"), ""), row.get("iscrowd")
        except _UnreadableError as error:
            annotations.skipped.append(SkippedFile(path, str(error)))
            continue
        except (KeyError, TypeError, ValueError, AttributeError):
            annotations.skipped.append(SkippedFile(path, "an annotation lacks its picture or its bbox of four numbers"))
            continue
        if not crowd:
            annotations.marked.setdefault(_key(path), []).append(Annotation(label, box))
    return annotations


def _key(path: str) -> str:
    plain = PurePosixPath(name_key(path).replace("\\", "/"))
    known = plain.suffix and not plain.suffix[1:].isdigit()
    return "/".join((plain.with_suffix("") if known else plain).parts).lstrip("/")


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_csv(content: str, where: Path) -> Annotations:
    lines = content.splitlines()
    if not lines:
        raise _UnreadableError("it is empty")
    delimiter = "\t" if where.suffix.lower() == ".tsv" else ";" if lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.DictReader(lines, delimiter=delimiter)
    try:
        columns = {name.strip().lower(): name for name in reader.fieldnames or ()}
    except csv.Error as error:
        raise _UnreadableError(f"it is no CSV ({error})") from None
    path_column = next((columns[name] for name in _PATH_COLUMNS if name in columns), None)
    label_column = next((columns[name] for name in _LABEL_COLUMNS if name in columns), None)
    corners = next((four for four in _CORNERS if all(name in columns for name in four)), None)
    sides = next((four for four in _SIDES if all(name in columns for name in four)), None)
    if path_column is None or (label_column is None and corners is None and sides is None):
        raise _UnreadableError("its first line must name filename, and xmin, ymin, xmax, ymax or class or both")
    annotations = Annotations()
    try:
        for number, row in enumerate(reader, start=2):
            path = (row.get(path_column) or "").strip()
            label = (row.get(label_column) or "").strip() if label_column else ""
            try:
                if not path:
                    raise _UnreadableError("names no picture")
                box = None
                if corners is not None:
                    box = _box([row[columns[name]] for name in corners])
                elif sides is not None:
                    box = _from_sides([row[columns[name]] for name in sides])
            except _UnreadableError as error:
                annotations.skipped.append(SkippedFile(path or f"line {number}", str(error)))
                continue
            annotations.marked.setdefault(_key(path), []).append(Annotation(label, box))
    except csv.Error as error:
        raise _UnreadableError(f"it is no CSV ({error})") from None
    return annotations


def _from_sides(values: list[Any]) -> Box:
    try:
        left, top, width, height = (float(value) for value in values)
    except (TypeError, ValueError):
        raise _UnreadableError("a box has sides that are no numbers") from None
    return _box([left, top, left + width, top + height])

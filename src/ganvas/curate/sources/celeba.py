"""CelebA: its tables of attributes and parts as classes and parts of a data set."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from ganvas.curate.manifest import SkippedFile, SplitName
from ganvas.curate.sources.listing import Candidate, Layout
from ganvas.errors import UserError

# Its text files; sources list them beside the pictures.
NOTES = frozenset(
    f"{stem}{suffix}"
    for stem in ("list_attr_celeba", "identity_celeba", "list_eval_partition")
    for suffix in (".txt", ".csv")
)


def celeba_layout(paths: Sequence[str], notes: dict[str, Callable[[], bytes]], by: str | None) -> Layout:
    """The layout of CelebA: parts from ``list_eval_partition``, and two classes where an attribute is given.

    Args:
        paths: The pictures, relative, sorted.
        notes: By lower-case stem, how to read CelebA's tables.
        by: The attribute (such as ``Male``) that makes the classes.

    Raises:
        UserError: There is no such attribute.
    """
    attributes, rows = _table(notes["list_attr_celeba"]())
    column = None
    if by is not None:
        known = {name.lower(): index for index, name in enumerate(attributes)}
        if by.lower() not in known:
            raise UserError(f"CelebA has no attribute {by!r}; it has {', '.join(attributes)}.")
        column = known[by.lower()]
        by = attributes[column]
    partition = _table(notes["list_eval_partition"]())[1] if "list_eval_partition" in notes else {}
    result = Layout(classes=() if by is None else (f"not {by}", by))
    names: tuple[SplitName, ...] = ("train", "validation", "test")
    for path in paths:
        stem = PurePosixPath(path).stem
        row = rows.get(stem)
        if row is None or (column is not None and column >= len(row)):
            result.skipped.append(SkippedFile(path, "is not named in list_attr_celeba"))
            continue
        part = partition.get(stem, ["-"])[0]
        split = names[int(part)] if part in ("0", "1", "2") else None
        label = int(column is not None and row[column] == "1")
        result.candidates.append(Candidate(path, label, split=split))
    told = f"classes by {by}" if by else "say --classes-by ATTRIBUTE for two classes"
    result.description = f"CelebA was recognised, with {len(attributes)} attributes: {told}."
    return result


def _table(content: bytes) -> tuple[list[str], dict[str, list[str]]]:
    """The columns and, by the stem of a picture, the values of a CelebA table: separated by spaces, or CSV (Kaggle)."""
    lines = content.decode(errors="replace").splitlines()
    if lines and "," in lines[0]:
        rows = [row for row in csv.reader(lines) if row]
        header, rows = rows[0][1:], rows[1:]
    else:
        rows = [line.split() for line in lines if line.split()]
        if rows and len(rows[0]) == 1 and rows[0][0].isdigit():  # how many there are
            rows = rows[1:]
        header = []
        if rows and "." not in rows[0][0]:
            header, rows = rows[0], rows[1:]
    return header, {PurePosixPath(row[0]).stem: row[1:] for row in rows}

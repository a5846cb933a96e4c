"""Checks that compare pictures with each other: near duplicates, and the same person twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ganvas.curate.catalog import Catalog, Check
from ganvas.curate.checks.decide import decide
from ganvas.curate.checks.measure import VERSION
from ganvas.curate.checks.rules import Rules
from ganvas.curate.checks.score import rescore
from ganvas.curate.faces.embeddings import embedding_from_text

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

_BLOCK = 1024
_PORTION = 500
_NEAREST = 8  # enough to look past the near duplicates of a picture


def duplicate_checks(catalog: Catalog, rules: Rules) -> Iterator[tuple[int, Check]]:
    """Of pictures that look the same, mirrored ones included, all but the best get raw 1: best is the one the other
    checks would keep, then the one with most pixels, then the oldest."""
    groups = catalog.duplicates(rules.duplicate_distance)
    for group in groups:
        images = {image.id: image for image in catalog.images(ids=group.ids)}
        checks = catalog.checks_of(list(group.ids))
        others = {
            number: decide({one.name: one.score for one in checks[number] if one.name != "duplicate"}, rules)
            for number in group.ids
        }
        best = min(
            group.ids,
            key=lambda number: (not others[number].keep, -images[number].width * images[number].height, number),
        )
        for number in group.ids:
            raw = 0.0 if number == best else 1.0
            detail = {"best": best, "mirrored": (number in group.mirrored) != (best in group.mirrored)}
            yield number, Check("duplicate", raw, rescore("duplicate", raw, rules), VERSION, detail)


def person_checks(catalog: Catalog, rules: Rules) -> Iterator[tuple[int, Check]]:
    """How alike the face is to the most similar one of another picture: raw is their cosine.

    Two pictures of one person must not stand on both sides of a split; whether that is so is for the split to see to,
    this score only shows where it could happen. Near duplicates are left out: they have their own check.
    """
    numbers, likenesses, kept, compared = likenesses_of(catalog)
    if compared or len(numbers) < 2:
        return
    twins = {number: set(group.ids) for group in catalog.duplicates(rules.duplicate_distance) for number in group.ids}
    for start in range(0, len(numbers), _BLOCK):
        alike = likenesses[start : start + _BLOCK] @ likenesses.T
        rows = np.arange(len(alike))
        alike[rows, start + rows] = -1
        near = np.argpartition(-alike, min(_NEAREST, len(numbers) - 1), axis=1)[:, :_NEAREST]
        for row, number in enumerate(numbers[start : start + _BLOCK].tolist()):
            nearest = sorted(near[row].tolist(), key=lambda at: -float(alike[row, at]))
            others = [at for at in nearest if int(numbers[at]) not in twins.get(number, ())]
            other = others[0] if others else nearest[-1]
            raw = float(alike[row, other])
            detail = {**kept[start + row], "nearest": int(numbers[other])}
            yield number, Check("person", raw, rescore("person", raw, rules), VERSION, detail)


def likenesses_of(catalog: Catalog) -> tuple[Numbers, Floats, list[dict[str, str]], bool]:
    """Numbers int64 [N] of the pictures with a face, its likeness float32 [N, 128], how each is kept, and whether all
    have been compared with each other."""
    numbers: list[int] = []
    kept: list[dict[str, str]] = []
    compared = True
    images = [image.id for image in catalog.images()]
    for start in range(0, len(images), _PORTION):
        for number, checks in catalog.checks_of(images[start : start + _PORTION]).items():
            for check in checks:
                if check.name == "person" and check.detail and "likeness" in check.detail:
                    numbers.append(number)
                    compared &= check.raw is not None
                    kept.append({"likeness": str(check.detail["likeness"])})
    vectors = (
        np.stack([embedding_from_text(one["likeness"]) for one in kept]) if kept else np.zeros((0, 128), np.float32)
    )
    return np.array(numbers, np.int64), vectors, kept, compared

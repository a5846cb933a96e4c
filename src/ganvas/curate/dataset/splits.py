"""Splits into train, validation and test without leakage: related pictures stay in one part.

Pictures that look the same (also mirrored) and pictures of the same face are joined into groups, in chains: if a looks
like b and b like c, the three are one group. Groups are dealt, never single pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.curate.duplicates import UnionFind
from ganvas.errors import UserError

SplitName = Literal["train", "validation", "test"]
SPLIT_NAMES: tuple[SplitName, ...] = ("train", "validation", "test")
# SFace's authors say "the same person" from a cosine of 0.363 on, for single comparisons. Chained over many faces that
# joins strangers: of 600 portraits of different people 415 became one group at 0.363, up to 12 at 0.4, none at 0.5.
SAME_FACE = 0.5
BLOCK = 2048


class GroupedSplit(NamedTuple):
    """Which pictures are for what, each part in rising order; ``groups`` are those of more than one picture."""

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]

    def part(self) -> dict[int, SplitName]:
        """Picture → part."""
        return {number: part for part in SPLIT_NAMES for number in getattr(self, part)}


class Leak(NamedTuple):
    """Two pictures of one group in different parts."""

    a: int
    b: int
    part_a: SplitName
    part_b: SplitName


def grouped_split(
    ids: Sequence[int],
    *,
    ratios: tuple[float, float, float] = (0.8, 0.1, 0.1),
    seed: int = 0,
    duplicates: Iterable[Sequence[int]] = (),
    embeddings: npt.NDArray[np.float32] | None = None,
    same_face: float = SAME_FACE,
) -> GroupedSplit:
    """Divide pictures so that near duplicates, and pictures of one person, are in one part.

    The same arguments give the same answer, in whatever order ``ids`` come. Parts are as large as ``ratios`` say, up to
    the size of the groups: large groups are dealt first, and each goes where most is missing.

    Args:
        ids: the pictures, each once.
        ratios: shares of train, validation and test; they are scaled to sum to 1.
        duplicates: groups of pictures that look the same, such as :meth:`Catalog.duplicates` gives (their ``ids``);
            pictures not in ``ids`` are passed over.
        embeddings: float32 [len(ids), D], one face a row in the order of ``ids``, any length; rows of NaN or of zeros
            stand for pictures without a face.
        same_face: cosine in (0, 1] from which two faces are one person.

    Raises:
        UserError: the ratios are not usable.
    """
    if len(ratios) != 3 or min(ratios) < 0 or not 0 < sum(ratios) < float("inf"):
        raise UserError("A split needs three shares, none below 0, such as 0.8,0.1,0.1.")
    groups = leakage_groups(ids, duplicates=duplicates, embeddings=embeddings, same_face=same_face)
    generator = np.random.default_rng(seed)
    chance = generator.permutation(len(groups))
    order = sorted(range(len(groups)), key=lambda at: (-len(groups[at]), chance[at]))
    missing = [ratio / sum(ratios) * len(ids) for ratio in ratios]
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    for at in order:
        where = max(range(3), key=lambda part: (missing[part], ratios[part], -part))
        parts[where].extend(groups[at])
        missing[where] -= len(groups[at])
    train, validation, test = (tuple(sorted(part)) for part in parts)
    return GroupedSplit(train, validation, test, tuple(group for group in groups if len(group) > 1))


def leakage_groups(
    ids: Sequence[int],
    *,
    duplicates: Iterable[Sequence[int]] = (),
    embeddings: npt.NDArray[np.float32] | None = None,
    same_face: float = SAME_FACE,
) -> list[tuple[int, ...]]:
    """The pictures in groups that must stay together, by rising first number; see :func:`split`."""
    order = np.argsort(np.asarray(ids, np.int64), kind="stable")
    ranked = [int(ids[at]) for at in order]
    if len(set(ranked)) != len(ranked):
        raise ValueError("a picture is named twice")
    position = {number: at for at, number in enumerate(ranked)}
    forest = UnionFind(len(ranked))
    for group in duplicates:
        inside = [position[number] for number in group if number in position]
        for other in inside[1:]:
            forest.join(inside[0], other, False)
    if embeddings is not None:
        if embeddings.ndim != 2 or len(embeddings) != len(ids):
            raise ValueError(f"embeddings must be [{len(ids)}, D], not {list(embeddings.shape)}")
        for a, b in _same_faces(embeddings[order], same_face):
            forest.join(a, b, False)
    members: dict[int, list[int]] = {}
    for at, number in enumerate(ranked):
        members.setdefault(forest.find(at)[0], []).append(number)
    return sorted(tuple(group) for group in members.values())


def _same_faces(embeddings: npt.NDArray[np.float32], same_face: float) -> Iterable[tuple[int, int]]:
    """Pairs of rows whose cosine is high enough. Time grows with the square: 100,000 faces take minutes."""
    length = np.linalg.norm(embeddings.astype(np.float32), axis=1, keepdims=True)
    known = np.isfinite(length[:, 0]) & (length[:, 0] > 0)
    where = np.nonzero(known)[0]
    unit = embeddings[known] / length[known]
    for start in range(0, len(unit), BLOCK):
        alike = unit[start : start + BLOCK] @ unit[start:].T >= same_face
        for a, b in zip(*np.nonzero(np.triu(alike, 1)), strict=True):
            yield int(where[start + a]), int(where[start + b])


def leaks(part: Mapping[int, SplitName], groups: Iterable[Sequence[int]]) -> list[Leak]:
    """The leaks of a given split: pictures of one group in different parts.

    Args:
        part: picture → its part; pictures of ``groups`` that are not named here are passed over.
        groups: pictures that must stay together: from :func:`grouped`, or :meth:`Catalog.duplicates`.

    Returns:
        for each group, its first picture with each that stands elsewhere.
    """
    found = []
    for group in groups:
        inside = [number for number in group if number in part]
        for other in inside[1:]:
            if part[other] != part[inside[0]]:
                found.append(Leak(inside[0], other, part[inside[0]], part[other]))
    return found

"""Near duplicates: perceptual hashes that differ in few bits, also of mirrored copies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]
RECENT = 500
INDEXED = 6  # bits that may differ for the index to help
WIDTH = 10  # bits that the value of a band fits in
UNSORTED = 5000  # pictures that may come before the index is made anew
BLOCK = 1 << 22  # pairs compared at once: a few tens of MB


class LookAlike(NamedTuple):
    """A near duplicate of a picture: ``distance`` of 64 bits differ, after mirroring when ``mirrored``."""

    id: int
    distance: int
    mirrored: bool


class DuplicateGroup(NamedTuple):
    """Near duplicates, oldest first. Those in ``mirrored`` are mirror images of the first."""

    ids: tuple[int, ...]
    mirrored: frozenset[int]


class Hashes:
    """The perceptual hashes of a whole catalogue in memory, about 250 bytes per picture with their index."""

    def __init__(self) -> None:
        self.ids: Ids = np.zeros(0, np.int64)
        self.plain: Bits = np.zeros(0, np.uint64)
        self.mirror: Bits = np.zeros(0, np.uint64)
        self._index: _Index | None = None
        self._lock = threading.Lock()

    def extend(self, read: Callable[[int], Sequence[Any]]) -> None:
        """Add new hashes.

        Args:
            read: given a number, gives (id, hash, hash of the mirror image) of all pictures above it. The last few
                hundred are read again: processes that add at the same time do not finish in the order of their numbers.
        """
        with self._lock:
            rows = read(int(self.ids[-1]) - RECENT if len(self.ids) else 0)
            table = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 3)
            table = table[~np.isin(table[:, 0], self.ids[-2 * RECENT :])]
            if not len(table):
                return
            if len(self.ids) and table[0, 0] < self.ids[-1]:
                self._index = None  # positions move
            ids = np.concatenate([self.ids, table[:, 0]])
            order = np.argsort(ids, kind="stable")
            self.ids = ids[order]
            self.plain = np.concatenate([self.plain, np.ascontiguousarray(table[:, 1]).view(np.uint64)])[order]
            self.mirror = np.concatenate([self.mirror, np.ascontiguousarray(table[:, 2]).view(np.uint64)])[order]

    def near(self, image_id: int, distance: int) -> list[LookAlike]:
        """The near duplicates of a picture, nearest first; none for an unknown picture."""
        with self._lock:
            ids, plain, mirror, index = self.ids, self.plain, self.mirror, self._sorted()
        at = int(np.searchsorted(ids, image_id))
        if at >= len(ids) or ids[at] != image_id:
            return []
        if distance <= index.distance:
            rest = np.arange(index.size, len(ids))  # too new for the index
            some = np.concatenate([*index.plain.candidates(plain[at]), *index.mirror.candidates(plain[at]), rest])
        else:
            some = np.arange(len(ids))
        straight = np.bitwise_count(plain[some] ^ plain[at])
        turned = np.bitwise_count(mirror[some] ^ plain[at])
        twins = {
            LookAlike(int(ids[some[i]]), int(min(straight[i], turned[i])), bool(turned[i] < straight[i]))
            for i in np.nonzero((straight <= distance) | (turned <= distance))[0]
            if some[i] != at
        }
        return sorted(twins, key=lambda twin: (twin.distance, twin.id))

    def _sorted(self) -> _Index:
        """The index, rebuilt when many pictures were added since."""
        if self._index is None or len(self.ids) - self._index.size > UNSORTED:
            self._index = _Index(len(self.ids), INDEXED, _Bands(self.plain), _Bands(self.mirror))
        return self._index


class _Bands:
    """An index of hashes by each of ``INDEXED + 1`` bands of bits: near hashes share at least one whole band."""

    def __init__(self, hashes: Bits) -> None:
        keys = np.concatenate([self._keys(band, hashes) for band in range(INDEXED + 1)])
        self._order = np.argsort(keys, kind="stable") % max(len(hashes), 1)
        self._start = np.concatenate([[0], np.cumsum(np.bincount(keys, minlength=(INDEXED + 1) << WIDTH))])

    def _keys(self, band: int, hashes: Bits) -> Ids:
        low, high = _edges(INDEXED + 1)[band]
        value = (hashes >> np.uint64(low)) & np.uint64((1 << (high - low)) - 1)
        return value.astype(np.int64) + (band << WIDTH)

    def candidates(self, one: np.uint64) -> list[Ids]:
        """Positions that may be near, some of them more than once."""
        value = int(one)
        edges = enumerate(_edges(INDEXED + 1))
        keys = [(value >> low & (1 << (high - low)) - 1) + (band << WIDTH) for band, (low, high) in edges]
        return [self._order[self._start[key] : self._start[key + 1]] for key in keys]


class _Index(NamedTuple):
    size: int
    distance: int
    plain: _Bands
    mirror: _Bands


@cache
def _edges(bands: int) -> list[tuple[int, int]]:
    """64 bits in so many bands of about the same width: first bit, and the one after the last."""
    return list(pairwise(round(band * 64 / bands) for band in range(bands + 1)))


def group_duplicates(hashes: Hashes, distance: int) -> list[DuplicateGroup]:
    """Groups of near duplicates: chains of pairs whose hashes differ in at most ``distance`` of 64 bits.

    Pairs are found by the pigeonhole principle: of ``distance + 1`` bands of bits, two such hashes share at least one
    whole. 100,000 pictures take about five seconds.
    """
    if not 0 <= distance <= 16:
        raise ValueError(f"distance must be in 0…16 of 64 bits, not {distance}")
    ids = hashes.ids
    parent = UnionFind(len(ids))
    for turned in (False, True):
        for left, right in _pairs(hashes.plain, hashes.mirror if turned else hashes.plain, distance, same=not turned):
            for a, b in zip(left.tolist(), right.tolist(), strict=True):
                parent.join(a, b, turned)
    groups: dict[int, list[int]] = {}
    for position in parent.joined():
        groups.setdefault(parent.find(position)[0], []).append(position)
    found = []
    for members in groups.values():
        first = parent.find(members[0])[1]
        mirrored = frozenset(int(ids[one]) for one in members if parent.find(one)[1] != first)
        found.append(DuplicateGroup(tuple(int(ids[one]) for one in members), mirrored))
    return sorted(found)


class UnionFind:
    """Union-find whose edges state whether their two ends are mirror images of each other."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))
        self.flip = [False] * count
        self.met: set[int] = set()

    def find(self, one: int) -> tuple[int, bool]:
        """→ the root of a member, and whether the member is its mirror image."""
        path = []
        while self.parent[one] != one:
            path.append(one)
            one = self.parent[one]
        flip = False
        for member in reversed(path):  # nearest the root first
            flip ^= self.flip[member]
            self.parent[member], self.flip[member] = one, flip
        return one, flip

    def join(self, a: int, b: int, turned: bool) -> None:
        if a == b:
            return
        self.met.update((a, b))
        (root_a, flip_a), (root_b, flip_b) = self.find(a), self.find(b)
        if root_a != root_b:  # a contradiction (a face like its own mirror image) is left as it was first seen
            self.parent[root_b], self.flip[root_b] = root_a, flip_a ^ flip_b ^ turned

    def joined(self) -> list[int]:
        return sorted(self.met)


def _pairs(a: Bits, b: Bits, distance: int, *, same: bool) -> Iterator[tuple[Ids, Ids]]:
    """Positions (i, j) whose hashes ``a[i]`` and ``b[j]`` differ in at most ``distance`` bits; i < j when ``same``.

    A pair may come more than once. Equal hashes are chained (each with the first of them), so that thousands of the
    same picture make thousands of pairs and not millions.
    """
    unique, first, where = np.unique(a, return_index=True, return_inverse=True)
    if same:
        again = np.nonzero(first[where] != np.arange(len(a)))[0]
        yield first[where[again]].astype(np.int64), again.astype(np.int64)
        others, other_first = unique, first
    else:
        others, other_first = np.unique(b, return_index=True)
    for low, high in _edges(distance + 1):
        mask = np.uint64(((1 << (high - low)) - 1) << low)
        for left, right in _same_band(unique & mask, others & mask):
            near = np.bitwise_count(unique[left] ^ others[right]) <= distance
            if same:
                near &= left < right
            yield first[left[near]].astype(np.int64), other_first[right[near]].astype(np.int64)


def _same_band(a: Bits, b: Bits) -> Iterator[tuple[Ids, Ids]]:
    """All (i, j) with ``a[i] == b[j]``, in blocks of bounded size."""
    order = np.argsort(b, kind="stable")
    ranked = b[order]
    start = np.searchsorted(ranked, a, "left")
    count = np.searchsorted(ranked, a, "right") - start
    begin = 0
    total = np.cumsum(count)
    while begin < len(a):
        done = total[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, done + BLOCK, "right")))
        some = count[begin:end]
        left = np.repeat(np.arange(begin, end), some)
        offset = np.arange(len(left)) - np.repeat(np.cumsum(some) - some, some)
        yield left, order[np.repeat(start[begin:end], some) + offset]
        begin = end

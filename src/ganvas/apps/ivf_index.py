"""Approximate nearest codes among very many: an inverted-file index, of which only the nearest lists are searched.

An inverted file (Jégou, Douze & Schmid 2011, §IV) whose codes are kept as bytes (Douze et al. 2024, *The faiss
library*); the few that come out nearest are compared once more with the codes as they are. Against a graph (HNSW) of
the same recall it is built several times faster and takes a third of the memory; ``benchmarks/drawing.py bank`` has the
figures. How many lists are read is not a setting: it is found on the bank itself, for the recall that is aimed at.
"""

from __future__ import annotations

import contextlib
import hashlib
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganvas.errors import UserError
from ganvas.files import replacing
from ganvas.paths import cache_dir

Codes = NDArray[np.float32]
Ids = NDArray[np.int64]
Progress = Callable[[int, int], None]

RECALL = 0.98  # of the ten nearest, of codes near the bank's own: drawings lie farther off, and lose a little of it
_ROUNDS = 8  # of k-means: more move the centres, not the recall
_PER_LIST = 48  # codes that settle where a list's centre lies
_QUERIES = 128
_TEN = 10
_AT_ONCE = 50_000
_VERSION = 1  # of what is kept on disk


class Lists(NamedTuple):
    """A search index over ``codes`` [N, D]; ``recall`` is the share of the ten nearest that it finds."""

    codes: Codes
    index: Any
    recall: float

    @classmethod
    def of(cls, codes: Codes, progress: Progress | None = None) -> Lists:
        """Build the index, or read the one built from the same codes before.

        Raises:
            UserError: faiss is missing.
        """
        import_faiss()
        path = _path(codes)
        kept = _kept(path, codes)
        if kept is not None:
            return kept
        built = _built(codes, progress)
        with contextlib.suppress(OSError):  # where nothing can be kept, it is built again next time
            _keep(path, built)
        return built

    @property
    def bytes(self) -> int:
        """Memory of the index beside the codes: one byte per number, one id per code, the centres."""
        count, dim = self.codes.shape
        return int(count * (dim + 8) + self.index.nlist * dim * 4)

    def nearest(self, code: Codes, k: int) -> tuple[Ids, Codes]:
        """Ids [≤ k] and squared distances [≤ k], nearest first; fewer than k where the lists read hold fewer.

        Args:
            code: float32 [D].
        """
        _, found = self.index.search(code[None], min(k + max(k, 16), len(self.codes)))
        ids: Ids = found[0][found[0] >= 0]
        distances = np.square(self.codes[ids].astype(np.float32) - code).sum(1)
        order = np.argsort(distances, kind="stable")[:k]
        return ids[order], distances[order]


def import_faiss() -> Any:
    """Check that faiss is installed.

    Raises:
        UserError: It is not installed.
    """
    if find_spec("faiss") is None:
        raise UserError("Nearest neighbours need faiss; run `pip install 'ganvas[manifold]'`.", code="faiss-missing")
    import faiss

    return faiss


# ── Building ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _built(codes: Codes, progress: Progress | None) -> Lists:
    faiss = import_faiss()
    count, dim = codes.shape
    lists = min(1 << round(np.log2(2 * np.sqrt(count))), -(-count // 4))
    rng = np.random.default_rng(0)
    some = _rows(codes, rng.permutation(count)[: lists * _PER_LIST])
    tell = progress or (lambda done, whole: None)
    whole = _ROUNDS * len(some) + count

    centres: Codes | None = None
    for turn in range(_ROUNDS):
        tell(turn * len(some), whole)
        kmeans = faiss.Kmeans(
            dim, lists, niter=1, seed=1, min_points_per_centroid=1, max_points_per_centroid=len(some), verbose=False
        )
        kmeans.train(some, init_centroids=centres)
        centres = kmeans.centroids
    quantizer = faiss.IndexFlatL2(dim)
    index = faiss.IndexIVFScalarQuantizer(quantizer, dim, lists, faiss.ScalarQuantizer.QT_8bit)
    quantizer.add(centres)
    index.train(some)  # the centres are known; what is learnt here is the range of each number
    for start in range(0, count, _AT_ONCE):
        tell(_ROUNDS * len(some) + start, whole)
        index.add(_rows(codes, slice(start, start + _AT_ONCE)))
    return _tuned(Lists(codes, index, 0.0), rng)


def _tuned(lists: Lists, rng: np.random.Generator) -> Lists:
    """Read as many lists as ``RECALL`` needs, judged on codes of the bank that are each moved a random way as far as
    their nearest neighbour lies."""
    codes, index = lists.codes, lists.index
    k = min(_TEN, len(codes))
    queries = _rows(codes, rng.permutation(len(codes))[:_QUERIES])
    _, near = _compared(codes, queries, min(2, len(codes)))
    away = rng.normal(size=queries.shape).astype(np.float32)
    queries += away * np.sqrt(near[:, -1:]) / np.linalg.norm(away, axis=1, keepdims=True)
    true, _ = _compared(codes, queries, k)
    index.nprobe, recall = 4, 0.0
    while recall < RECALL and index.nprobe < index.nlist:
        index.nprobe = min(2 * index.nprobe, index.nlist)
        recall = _share(true, [lists.nearest(query, k)[0] for query in queries])
    return lists._replace(recall=recall)


def _share(true: Ids, found: list[Ids]) -> float:
    return float(np.mean([np.isin(one, other).mean() for one, other in zip(true, found, strict=True)]))


def _compared(codes: Codes, queries: Codes, k: int) -> tuple[Ids, Codes]:
    """The k nearest of all codes: ids [Q, k], squared distances [Q, k], nearest first."""
    faiss = import_faiss()
    ids = np.empty((len(queries), 0), np.int64)
    distances = np.empty((len(queries), 0), np.float32)
    for start in range(0, len(codes), _AT_ONCE):
        part = _rows(codes, slice(start, start + _AT_ONCE))
        more, numbers = faiss.knn(queries, part, min(k, len(part)))
        distances = np.concatenate([distances, more], 1)
        ids = np.concatenate([ids, numbers + start], 1)
        order = np.argsort(distances, 1, kind="stable")[:, :k]
        distances, ids = np.take_along_axis(distances, order, 1), np.take_along_axis(ids, order, 1)
    return ids, distances


def _rows(codes: Codes, which: Ids | slice) -> Codes:
    return np.ascontiguousarray(codes[which], np.float32)


# ── Keeping ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _path(codes: Codes) -> Path:
    digest = hashlib.sha256(f"{_VERSION} {codes.shape} {codes.dtype}".encode())
    for start in range(0, len(codes), _AT_ONCE):
        digest.update(np.ascontiguousarray(codes[start : start + _AT_ONCE]).tobytes())
    return cache_dir() / "banks" / f"{digest.hexdigest()[:24]}.npz"


def _keep(path: Path, lists: Lists) -> None:
    with replacing(path) as file:
        np.savez(file, index=import_faiss().serialize_index(lists.index), recall=np.float64(lists.recall))


def _kept(path: Path, codes: Codes) -> Lists | None:
    """The index built before; one that cannot be read is built again."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            index, recall = import_faiss().deserialize_index(kept["index"]), float(kept["recall"])
    except (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile):
        return None
    return Lists(codes, index, recall) if index.ntotal == len(codes) and index.d == codes.shape[1] else None

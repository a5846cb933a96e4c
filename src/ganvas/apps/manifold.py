"""The manifold of real sketches: a bank of codes, and a drawing's code drawn towards its nearest neighbours in it.

A code is projected onto the locally linear patch that its k nearest codes span (Roweis & Saul 2000; Chen et al. 2020,
DeepFaceDrawing, §3.2): weights that sum to one and rebuild it best, and the same combination of the neighbours. The
user's own code and the projection are then blended by t.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganvas.terms import UserError

Codes = NDArray[np.float32]

EXACT_UP_TO = 50_000  # codes: an exact search in so many takes about as long as walking a graph
REGULARISATION = 1e-3  # share of the neighbours' mean squared distance: what k = 3 codes in 512 numbers need


class Projection(NamedTuple):
    """Where a code came to stand: the blended ``code`` [D], and the ``neighbours`` (ids) with their ``weights`` [k]."""

    code: Codes
    neighbours: NDArray[np.int64]
    weights: Codes


def reconstruction_weights(code: Codes, neighbours: Codes, regularisation: float = REGULARISATION) -> Codes:
    """The weights w that minimise ‖code − Σ wᵢ·neighbourᵢ‖² + λ‖w‖² with Σ wᵢ = 1, float32 [k].

    λ is ``regularisation`` times the mean squared distance of the neighbours from the code, so that the answer does
    not depend on the scale of the codes. It keeps the weights unique and small where neighbours are duplicates of each
    other or outnumber the dimensions. One neighbour weighs 1; neighbours that all equal the code share evenly.

    :param code: float [D].
    :param neighbours: float [k, D].
    """
    k = len(neighbours)
    if k == 1:
        return np.ones(1, np.float32)
    offsets = (neighbours - code).astype(np.float64)
    gram = offsets @ offsets.T
    spread = np.trace(gram) / k
    if spread == 0:
        return np.full(k, 1 / k, np.float32)
    solution = np.linalg.solve(gram / spread + regularisation * np.eye(k), np.ones(k))
    weights: Codes = (solution / solution.sum()).astype(np.float32)
    return weights


@dataclass(frozen=True)
class Bank:
    """Codes of all training sketches of one component, float32 [N, D].

    :param exact: whether neighbours are looked for in all of them; None: up to ``EXACT_UP_TO``, beyond that along a
        graph (HNSW, Malkov & Yashunin 2018), whose time grows with log N and which now and then misses one.
    """

    codes: Codes
    exact: bool | None = None

    def __post_init__(self) -> None:
        if self.codes.ndim != 2 or len(self.codes) == 0:
            raise UserError("A bank needs at least one code; train on more pictures.")

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def searches_all(self) -> bool:
        """Whether every code is compared, and so none missed."""
        return self.exact if self.exact is not None else len(self.codes) <= EXACT_UP_TO

    @cached_property
    def index(self) -> Any:
        """The search index of faiss, built on first use."""
        if find_spec("faiss") is None:
            raise UserError("Nearest neighbours need faiss; run `pip install 'ganvas[manifold]'`.")
        import faiss

        index: Any
        dim = self.codes.shape[1]
        if self.searches_all:
            index = faiss.IndexFlatL2(dim)
        else:
            index = faiss.IndexHNSWFlat(dim, 32)
            index.hnsw.efConstruction = 80
            index.hnsw.efSearch = 128
        index.add(np.ascontiguousarray(self.codes, np.float32))
        return index

    def save_index(self, path: Path) -> None:
        """Keep the index: a graph over many codes takes minutes to build."""
        import faiss

        faiss.write_index(self.index, str(path))

    def nearest(self, code: Codes, k: int) -> tuple[NDArray[np.int64], Codes]:
        """→ ids [k] and squared distances [k] of the nearest codes, nearest first; all when there are fewer than k.

        :raises UserError: k is below 1.
        """
        if k < 1:
            raise UserError(f"k is how many real sketches a drawing is compared with: 1 or more, not {k}.")
        distances, ids = self.index.search(np.ascontiguousarray(code[None], np.float32), min(k, len(self)))
        found = ids[0] >= 0  # a graph may come home with fewer
        return ids[0][found], distances[0][found]

    def project(self, code: Codes, k: int = 3, t: float = 0.0, regularisation: float = REGULARISATION) -> Projection:
        """Draw a code towards the manifold.

        :param code: float [D].
        :param k: neighbours; 1 returns the bank's own nearest code.
        :param t: share of the drawing's own code that stays, in [0, 1]: 0 is pure manifold, 1 the code as it is.
        :raises UserError: k or t is outside its range.
        """
        if not 0 <= t <= 1:
            raise UserError(f"t is the share of one's own drawing that stays: from 0 to 1, not {t:g}.")
        ids, _ = self.nearest(code, k)
        neighbours = self.codes[ids]
        weights = reconstruction_weights(code, neighbours, regularisation)
        if t == 1:
            return Projection(code.astype(np.float32), ids, weights)
        blended = t * code + (1 - t) * (weights @ neighbours)
        return Projection(blended.astype(np.float32), ids, weights)

"""A bank of codes of real sketches, and the projection of a drawing's code onto its nearest neighbours.

A code is projected onto the locally linear patch that its k nearest codes span (Roweis & Saul 2000; Chen et al. 2020,
DeepFaceDrawing, §3.2): weights that sum to one and rebuild it best, and the same combination of the neighbours. The
user's own code and the projection are then blended by t.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganvas.apps.ivf_index import Codes, Lists, Progress, import_faiss
from ganvas.errors import UserError

EXACT_UP_TO = 20_000  # codes: comparing so many with 256 numbers each takes two milliseconds, and there are five parts
REGULARISATION = 1e-3  # share of the neighbours' mean squared distance: what k = 3 codes in 512 numbers need


class Projection(NamedTuple):
    """A projected code: the blended ``code`` [D], and the ``neighbours`` (ids) with their ``weights`` [k]."""

    code: Codes
    neighbours: NDArray[np.int64]
    weights: Codes


def reconstruction_weights(code: Codes, neighbours: Codes, regularisation: float = REGULARISATION) -> Codes:
    """The weights w that minimise ‖code − Σ wᵢ·neighbourᵢ‖² + λ‖w‖² with Σ wᵢ = 1, float32 [k].

    λ is ``regularisation`` times the mean squared distance of the neighbours from the code, so that the answer does
    not depend on the scale of the codes. It keeps the weights unique and small where neighbours are duplicates of each
    other or outnumber the dimensions. One neighbour weighs 1; neighbours that all equal the code share evenly.

    Args:
        code: float [D].
        neighbours: float [k, D].
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
    """Codes of all training sketches of one component, float32 or float16 [N, D].

    Args:
        exact: Whether neighbours are looked for in all of them; None: up to ``EXACT_UP_TO``, beyond that in the
            nearest of many lists (:mod:`ganvas.apps.ivf_index`): a fraction of the time, and now and then one
            is missed.
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
        """Whether the search compares every code, so that no neighbour is missed."""
        return self.exact if self.exact is not None else len(self.codes) <= EXACT_UP_TO

    @property
    def recall(self) -> float:
        """Share of the ten nearest codes that a search finds, as measured when the index was built."""
        return 1.0 if self.searches_all else self._lists.recall

    @property
    def index_bytes(self) -> int:
        """Memory of the search index, beside the codes themselves."""
        return self.codes.size * 4 if self.searches_all else self._lists.bytes

    def prepare(self, progress: Progress | None = None) -> None:
        """Build the search index now, not at the first search: about a minute for a million codes, once per machine.

        Args:
            progress: Called with (done, all) now and then.

        Raises:
            UserError: faiss is missing.
        """
        if self.searches_all:
            _ = self._all
        elif "_lists" not in self.__dict__:
            self.__dict__["_lists"] = Lists.of(self.codes, progress)

    @cached_property
    def _all(self) -> Any:
        index = import_faiss().IndexFlatL2(self.codes.shape[1])
        index.add(np.ascontiguousarray(self.codes, np.float32))
        return index

    @cached_property
    def _lists(self) -> Lists:
        return Lists.of(self.codes)

    def nearest(self, code: Codes, k: int) -> tuple[NDArray[np.int64], Codes]:
        """Ids [k] and squared distances [k] of the nearest codes, nearest first; all when there are fewer than k.

        Raises:
            UserError: k is below 1.
        """
        if k < 1:
            raise UserError(
                f"k is how many real sketches a drawing is compared with: 1 or more, not {k}.",
                code="sketch-count-low",
                params={"k": k},
            )
        query, most = np.ascontiguousarray(code[None], np.float32), min(k, len(self))
        if not self.searches_all:
            return self._lists.nearest(query[0], most)
        distances, ids = self._all.search(query, most)
        return ids[0], distances[0]

    def project(self, code: Codes, k: int = 3, t: float = 0.0, regularisation: float = REGULARISATION) -> Projection:
        """Project a code towards its nearest neighbours.

        Args:
            code: float [D].
            k: Neighbours; 1 returns the bank's own nearest code.
            t: Share of the drawing's own code that stays, in [0, 1]: 0 is pure manifold, 1 the code as it
                is.

        Raises:
            UserError: k or t is outside its range.
        """
        if not 0 <= t <= 1:
            raise UserError(
                f"t is the share of one's own drawing that stays: from 0 to 1, not {t:g}.",
                code="share-range",
                params={"share": t},
            )
        ids, _ = self.nearest(code, k)
        neighbours = self.codes[ids].astype(np.float32)
        weights = reconstruction_weights(code, neighbours, regularisation)
        if t == 1:
            return Projection(code.astype(np.float32), ids, weights)
        blended = t * code + (1 - t) * (weights @ neighbours)
        return Projection(blended.astype(np.float32), ids, weights)

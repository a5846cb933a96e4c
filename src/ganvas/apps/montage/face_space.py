"""The space of faces of a portrait model: few numbers per part of a face, their distribution, and their short codes.

The codes of each part in a model's bank of real sketches are reduced to their principal components, in units of the
standard deviation: the genes of a face. Few dimensions are enough for a recognisable face (Mist et al. 2015), and faces
drawn from the normal distribution of the genes, with the covariances between parts, look like the bank without being
one of its people.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ganvas.apps.ivf_index import Codes
from ganvas.errors import UserError

Genes = NDArray[np.int8]
"""The genes of a face, int8 [parts, dims], in units of 1 / ``LEVELS`` of the standard deviation."""

DIMS = 32  # genes of a part: four fifths of the variance of the bank that ships with the package
LEVELS = 32  # steps of a gene per standard deviation; int8 then spans ± 3.97 of them
RIDGE = 1e-3  # added to the covariance of the genes, which few sketches leave singular
MARK = 3  # bytes that say to which bank a code belongs

# Parts that are picked, locked and exchanged together.
_GROUPS = {"eyes": ("left_eye", "right_eye"), "nose": ("nose",), "mouth": ("mouth",), "face": ("remainder",)}


def groups_of(parts: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The groups of parts that are locked and exchanged together, with the indices of their parts.

    Args:
        parts: The parts of a model, in the order of their codes.
    """
    found = {name: tuple(parts.index(part) for part in group if part in parts) for name, group in _GROUPS.items()}
    return {name: indices for name, indices in found.items() if indices}


class FaceSpace:
    """The genes of faces of one model.

    Args:
        bank: Codes of real sketches, float [N, parts, D].
        parts: Names of the parts.

    Raises:
        UserError: The bank has fewer than two sketches.
    """

    def __init__(self, bank: Codes, parts: Sequence[str]) -> None:
        if len(bank) < 2:
            raise UserError(
                "A montage needs a model with at least two sketches in its bank; choose another.",
                code="montage-bank",
                params={},
            )
        self.groups: Mapping[str, tuple[int, ...]] = groups_of(parts)
        self._mark = hashlib.sha256(np.ascontiguousarray(bank, np.float16).tobytes()).digest()[:MARK]
        codes = bank.astype(np.float64)
        self._mean = codes.mean(0)
        self.dims = min(DIMS, len(codes) - 1, codes.shape[2])
        bases, known = [], []
        for part in range(codes.shape[1]):
            basis, genes = _components(codes[:, part] - self._mean[part], self.dims)
            bases.append(basis)
            known.append(genes)
        self._basis = np.stack(bases)
        self._known = np.stack(known, 1)
        flat = self._known.reshape(len(codes), -1)
        covariance = flat.T @ flat / len(flat)
        self._factor = np.linalg.cholesky(covariance + RIDGE * np.eye(len(covariance)))

    @property
    def shape(self) -> tuple[int, int]:
        """Parts and genes of each."""
        return self._basis.shape[0], self.dims

    def __len__(self) -> int:
        return len(self._known)

    def sample(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Faces from the distribution of the bank, float [count, parts, dims] in standard deviations."""
        numbers = rng.standard_normal((count, len(self._factor))) @ self._factor.T
        return numbers.reshape(count, *self.shape)

    def known(self, indices: Sequence[int]) -> NDArray[np.float64]:
        """The genes of real sketches of the bank, float [len(indices), parts, dims] in standard deviations."""
        found: NDArray[np.float64] = self._known[list(indices)]
        return found

    def genes_of(self, codes: Codes) -> Genes:
        """The genes nearest to the codes of a drawing, float [parts, D]."""
        offset = codes.astype(np.float64) - self._mean
        squared = np.maximum(np.square(self._basis).sum(2), 1e-12)
        return quantized(np.einsum("pd,pgd->pg", offset, self._basis) / squared)

    def codes(self, faces: Sequence[Genes]) -> Codes:
        """The codes of faces for the model, float32 [N, parts, D]."""
        genes = np.stack(faces).astype(np.float64) / LEVELS
        codes: Codes = (self._mean + np.einsum("npg,pgd->npd", genes, self._basis)).astype(np.float32)
        return codes

    def write(self, face: Genes) -> str:
        """A face as text: it gives back exactly the same genes, with this model."""
        return urlsafe_b64encode(self._mark + np.ascontiguousarray(face, np.int8).tobytes()).decode().rstrip("=")

    def read(self, text: str) -> Genes:
        """The genes of a face that :meth:`write` wrote.

        Raises:
            UserError: It is not a face, or one of another model.
        """
        try:
            content = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        except (ValueError, binascii.Error):
            content = b""
        if len(content) <= MARK:
            raise UserError("This is no face of a montage; copy the whole code.", code="montage-face", params={})
        if content[:MARK] != self._mark or len(content) != MARK + int(np.prod(self.shape)):
            raise UserError(
                "This face belongs to a montage with another model; open it with the model it was made with.",
                code="montage-other-model",
                params={},
            )
        return np.frombuffer(content[MARK:], np.int8).reshape(self.shape)


def quantized(faces: NDArray[np.float64]) -> Genes:
    """Genes in standard deviations as int8; beyond ± 127 steps they are clipped."""
    genes: Genes = np.clip(np.round(faces * LEVELS), -127, 127).astype(np.int8)
    return genes


def _components(offsets: NDArray[np.float64], dims: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Principal components scaled by their deviation [dims, D], and the coordinates of the rows in them [N, dims]."""
    _, singular, directions = np.linalg.svd(offsets, full_matrices=False)
    signs = np.sign(directions[np.arange(len(directions)), np.abs(directions).argmax(1)])  # the same on every machine
    directions = (directions * signs[:, None])[:dims]
    deviations = singular[:dims] / np.sqrt(len(offsets))
    known = offsets @ directions.T / np.maximum(deviations, 1e-9)
    return directions * deviations[:, None], np.where(deviations > 1e-6 * max(deviations[0], 1e-9), known, 0.0)

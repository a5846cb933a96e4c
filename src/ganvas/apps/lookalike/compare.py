"""Whom a face resembles among the people of a gallery, by the shape of the face and by the embedding.

People who may be the very person shown are left out: strangers are compared, and nobody is identified.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.apps.lookalike.gallery import Gallery
from ganvas.apps.lookalike.measure import Measured
from ganvas.apps.lookalike.metric import (
    LEAST_PAIRS,
    LEAST_PEOPLE,
    Population,
    pair_count,
    reference,
    robust_location,
    within_covariance,
)
from ganvas.apps.lookalike.reasons import Reasons, reasons_for
from ganvas.errors import UserError

Doubles = npt.NDArray[np.float64]

SAME_PERSON = 0.45  # cosine of embeddings from which on two photographs may show one person
MAX_STRANGERS = 400  # people whose pairs are the strangers of a gallery
_HIGHEST = 0.999  # of a percentile that is stated


class Match(NamedTuple):
    """A person of the gallery.

    Attributes:
        person: Index.
        shape: Share of pairs of strangers that are less alike in shape, in [0, 0.999].
        overall: The same by the embedding.
        together: The same by both, weighted.
        reasons: Why, by the angles.
    """

    person: int
    shape: float
    overall: float
    together: float
    reasons: Reasons


class Answer(NamedTuple):
    """The people whom a face resembles most.

    Attributes:
        matches: The most similar first.
        left_out: How many people were left out, since both pictures may show the same person.
        nearer_rivals: Share of the people of the gallery who have somebody in it nearer to them than the first match is
            to this face; None for galleries that are too small to say.
    """

    matches: tuple[Match, ...]
    left_out: int
    nearer_rivals: float | None


def check_weight(weight: float) -> None:
    """Refuse a weight outside of [0, 1].

    Raises:
        UserError: It is.
    """
    if not 0 <= weight <= 1:
        raise UserError(f"The weight of the whole face is from 0 (shape alone) to 1 (embedding alone), not {weight:g}.")


@dataclass(frozen=True)
class Comparer:
    """Compares faces with the people of one gallery; what does not depend on the face is computed once.

    Attributes:
        gallery: The people.
    """

    gallery: Gallery

    @cached_property
    def has_population(self) -> bool:
        """Whether the gallery is a population of its own, rather than one to be read by the reference."""
        return len(self.gallery.info.people) >= LEAST_PEOPLE

    @cached_property
    def population(self) -> Population:
        """Of the gallery where it is large enough, else of the reference; so is the covariance within persons."""
        known, arrays = reference().population, self.gallery.arrays
        median, scale = known.median, known.scale
        if self.has_population:
            median, scale = robust_location(self.values)
        within = known.within
        if pair_count(self.gallery.people) >= LEAST_PAIRS:
            within = within_covariance(arrays.angles.astype(np.float64), self.gallery.people, median, scale)
        return Population(median, scale, within)

    @cached_property
    def values(self) -> Doubles:
        """The angles of each person, degrees: [people, angles]."""
        return self.gallery.means(self.gallery.arrays.angles)

    @cached_property
    def embeddings(self) -> Doubles:
        """Of each person, of length 1: [people, 128]."""
        means = self.gallery.means(self.gallery.arrays.embeddings)
        unit: Doubles = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        return unit

    @cached_property
    def points(self) -> npt.NDArray[np.float32]:
        """Of each person, for drawings: [people, DRAWN, 2]."""
        return self.gallery.means(self.gallery.arrays.points).astype(np.float32)

    @cached_property
    def directions(self) -> Doubles:
        """Of each person: [people, angles]; see :meth:`~ganvas.apps.lookalike.metric.Population.directions`."""
        return self.population.directions(self.values)

    @cached_property
    def strangers(self) -> Doubles:
        """The similarities by shape and embedding of pairs of strangers: [pairs, 2]."""
        if not self.has_population:
            return reference().strangers
        count = len(self.values)
        chosen = np.unique(np.linspace(0, count - 1, min(count, MAX_STRANGERS)).astype(int))
        upper = np.triu_indices(len(chosen), 1)
        shape = (self.directions[chosen] @ self.directions[chosen].T)[upper]
        overall = (self.embeddings[chosen] @ self.embeddings[chosen].T)[upper]
        pairs: Doubles = np.stack([shape, overall], axis=1)
        kept: Doubles = pairs[overall < SAME_PERSON]
        return kept

    def compare(self, measured: Measured, weight: float = 0.0, most: int = 6) -> Answer:
        """The people whom a face resembles most.

        Args:
            measured: The face.
            weight: Of the embedding beside the shape, in [0, 1].
            most: How many people.

        Raises:
            UserError: The weight is out of its range, or nobody is left to compare with.
        """
        check_weight(weight)
        values = measured.angles.values
        shape: Doubles = self.directions @ self.population.directions(values)
        overall: Doubles = self.embeddings @ measured.embedding.astype(np.float64)
        others = np.flatnonzero(overall < SAME_PERSON)
        if not len(others):
            raise UserError(
                "Everybody in this gallery may be the person shown, and strangers are compared here; choose another "
                "gallery.",
                code="no-strangers",
            )
        mixed = self.mix(np.stack([shape, overall], axis=1), weight)
        order = others[np.argsort(-mixed[others], kind="stable")]
        strangers = np.sort(self.strangers, axis=0)
        together = np.sort(self.mix(self.strangers, weight))
        matches = tuple(
            Match(
                int(person),
                _share_below(strangers[:, 0], shape[person]),
                _share_below(strangers[:, 1], overall[person]),
                _share_below(together, mixed[person]),
                reasons_for(self.population, values, self.values[person]),
            )
            for person in order[:most]
        )
        rivals = self._rivals(weight)
        nearer = None if rivals is None else float((rivals > mixed[order[0]]).mean())
        return Answer(matches, len(shape) - len(others), nearer)

    def mix(self, similarities: Doubles, weight: float) -> Doubles:
        """Similarities [N, 2] by shape and embedding in one: each in standard deviations among strangers."""
        mean, deviation = self.strangers.mean(axis=0), np.maximum(self.strangers.std(axis=0), 1e-9)
        mixed: Doubles = ((similarities - mean) / deviation) @ np.array([1 - weight, weight])
        return mixed

    def _rivals(self, weight: float) -> Doubles | None:
        """How near the nearest stranger in the gallery is to each person: [people up to ``MAX_STRANGERS``]."""
        if not self.has_population:
            return None
        count = len(self.values)
        chosen = np.unique(np.linspace(0, count - 1, min(count, MAX_STRANGERS)).astype(int))
        overall = self.embeddings[chosen] @ self.embeddings.T
        both = np.stack([self.directions[chosen] @ self.directions.T, overall], axis=-1)
        mixed = np.where(overall < SAME_PERSON, self.mix(both.reshape(-1, 2), weight).reshape(overall.shape), -np.inf)
        nearest: Doubles = mixed.max(axis=1)
        return nearest


def _share_below(ordered: Doubles, value: float) -> float:
    return float(min(np.searchsorted(ordered, value) / len(ordered), _HIGHEST))

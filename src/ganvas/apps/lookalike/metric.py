"""The similarity of two faces by their angles.

Each angle becomes a robust z-score over a population: (x − median) / (1.4826 MAD). Angles are correlated, and some vary
between two photographs of one person nearly as much as between people: mouths by a smile. With W the covariance of the
z-scores *within* persons, shrunk as Ledoit and Wolf (2004) do, the similarity of z and z' is the cosine of their angle
in the metric of W⁻¹ (WCCN, Hatch, Kajarekar and Stolcke 2006),

    s = zᵀ W⁻¹ z' / √(zᵀ W⁻¹ z · z'ᵀ W⁻¹ z'),

1 − s being half of the squared Mahalanobis distance of both vectors brought to length 1. What two faces have in common
that others do not have counts, and a photograph in which all angles are read a little off costs less than by the plain
distance.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.apps.lookalike.angles import KEYS, VERSION

Doubles = npt.NDArray[np.float64]

CLIP = 4.0  # z-scores beyond this are errors of the points rather than faces
LEAST_PEOPLE = 50  # from which on a gallery is a population of its own
LEAST_PAIRS = 150  # pairs of photographs of one person, from which on a gallery has its own covariance within persons


class Population(NamedTuple):
    """``median`` and ``scale`` (1.4826 MAD) float64 [angles], degrees; ``within`` float64 [angles, angles], degrees²:
    covariance of an angle's error in one photograph of a person."""

    median: Doubles
    scale: Doubles
    within: Doubles

    def scores(self, values: Doubles) -> Doubles:
        """The z-scores of angles float [..., angles]."""
        return np.clip((values - self.median) / self.scale, -CLIP, CLIP)

    def whitening(self) -> Doubles:
        """The matrix C [angles, angles] with C Cᵀ = W⁻¹, for z-scores."""
        return np.linalg.cholesky(np.linalg.inv(self.within / np.outer(self.scale, self.scale)))

    def directions(self, values: Doubles) -> Doubles:
        """Vectors [..., angles] of length 1 whose scalar products are the similarities."""
        whitened = self.scores(values) @ self.whitening()
        unit: Doubles = whitened / np.maximum(np.linalg.norm(whitened, axis=-1, keepdims=True), 1e-9)
        return unit

    def reliability(self) -> Doubles:
        """The part of each angle's variance that is not within persons, in [0, 1]: [angles]."""
        return np.clip(1 - np.diag(self.within) / self.scale**2, 0, 1)


class Reference(NamedTuple):
    """What is known of a large population, for galleries that are too small to know it themselves.

    Attributes:
        population: Of official portraits.
        strangers: float64 [pairs, 2]: the similarities of two people by shape and by the embedding.
        about: Where it comes from.
    """

    population: Population
    strangers: Doubles
    about: str


@cache
def reference() -> Reference:
    """The reference that ships with the package: statistics of many people, of which none can be recovered."""
    content = json.loads(files("ganvas.apps.lookalike").joinpath("reference.json").read_text(encoding="utf-8"))
    assert content["angles"] == list(KEYS), "the reference belongs to another list of angles"
    population = Population(*(np.array(content[name], np.float64) for name in ("median", "scale", "within")))
    return Reference(population, np.array(content["strangers"], np.float64), content["about"])


def reference_text(population: Population, strangers: Doubles, about: str) -> str:
    """The content of a reference file."""
    content = {
        "version": VERSION,
        "about": about,
        "angles": list(KEYS),
        "median": np.round(population.median, 3).tolist(),
        "scale": np.round(population.scale, 4).tolist(),
        "within": np.round(population.within, 4).tolist(),
        "strangers": np.round(strangers, 3).tolist(),
    }
    return json.dumps(content, separators=(",", ":")) + "\n"


def robust_location(values: Doubles) -> tuple[Doubles, Doubles]:
    """Median and 1.4826 MAD (the standard deviation of a normal variable) of each column of [N, angles]."""
    median = np.median(values, axis=0)
    return median, np.maximum(1.4826 * np.median(np.abs(values - median), axis=0), 1e-3)


def within_covariance(values: Doubles, people: npt.NDArray[np.integer], median: Doubles, scale: Doubles) -> Doubles:
    """The covariance of one photograph's error, degrees²: [angles, angles], from people with two photographs or more.

    Args:
        values: Angles of photographs [N, angles].
        people: Index of the person of each photograph [N].
        median: Of the population.
        scale: Of the population.
    """
    scores = np.clip((values - median) / scale, -CLIP, CLIP)
    apart = []
    for person in np.unique(people):
        own = scores[people == person]
        # Deviations from a mean of n are smaller than errors by √((n − 1) / n).
        if len(own) > 1:
            apart.append((own - own.mean(axis=0)) * np.sqrt(len(own) / (len(own) - 1)))
    return ledoit_wolf(np.concatenate(apart)) * np.outer(scale, scale)


def ledoit_wolf(centred: Doubles) -> Doubles:
    """The covariance of rows [N, p] with mean 0, shrunk to a multiple of the unit matrix (Ledoit and Wolf 2004, §3.3).

    Their b² is the error of the sample covariance, d² its distance from the target; the share of the target is b²/d².
    """
    count, size = centred.shape
    sample = centred.T @ centred / count
    mean = np.trace(sample) / size
    distance = ((sample - mean * np.eye(size)) ** 2).sum()
    squares = centred**2
    error = (squares.T @ squares / count - sample**2).sum() / count
    share = float(np.clip(error / max(distance, 1e-12), 0, 1))
    shrunk: Doubles = (1 - share) * sample + share * mean * np.eye(size)
    return shrunk


def pair_count(people: npt.NDArray[np.integer]) -> int:
    """The number of pairs of photographs of one person."""
    counts = np.unique(people, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())

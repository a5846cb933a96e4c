"""Why two faces are alike: the angles that both have unlike most people, and those in which they differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ganvas.apps.lookalike.angles import ANGLES
from ganvas.apps.lookalike.metric import Population

Doubles = npt.NDArray[np.float64]

MOST_SHARED = 3
MOST_DIFFERENT = 2
LEAST_SHARED = 0.25  # of the weight of a reason: angles as most people have them are none
LEAST_APART = 0.35  # from somewhat more than one standard deviation on


class Reason(NamedTuple):
    """An angle: its ``position`` in ``ANGLES``, and degrees: this face's, the other's, the population's median."""

    position: int
    own: float
    other: float
    usual: float


class Reasons(NamedTuple):
    """``shared``: angles that are unusual in both faces in the same direction; ``different``: those that differ most.
    The strongest first, at most one per part of the face."""

    shared: tuple[Reason, ...]
    different: tuple[Reason, ...]


def reasons_for(population: Population, own: Doubles, other: Doubles) -> Reasons:
    """The reasons why two faces are alike, or not.

    Args:
        population: Of which both are.
        own: Angles of one face [angles], degrees.
        other: Of the other.
    """
    one, two = population.scores(own), population.scores(other)
    reliable = population.reliability()
    near = np.exp(-((one - two) ** 2) / 2)
    shared = np.where(one * two > 0, np.minimum(np.abs(one), np.abs(two)), 0) * near * reliable
    apart = (one - two) ** 2 / 4 * reliable
    chosen = _strongest(shared, MOST_SHARED, LEAST_SHARED, ())
    taken = {ANGLES[index].part for index in chosen}

    def reasons(indices: Iterable[int]) -> tuple[Reason, ...]:
        return tuple(Reason(i, float(own[i]), float(other[i]), float(population.median[i])) for i in indices)

    return Reasons(reasons(chosen), reasons(_strongest(apart, MOST_DIFFERENT, LEAST_APART, taken)))


def sentence(reasons: Reasons) -> str:
    """The reasons in English words, such as *Alike: the angle at the jaw. Different: the arch of the brows.*"""
    parts = []
    for heading, chosen in (("Alike", reasons.shared), ("Different", reasons.different)):
        if chosen:
            parts.append(f"{heading}: {_listed([ANGLES[reason.position].words for reason in chosen])}.")
    return " ".join(parts) or "No angle stands out in both faces."


def _strongest(weights: Doubles, most: int, least: float, taken: Iterable[str]) -> list[int]:
    parts, chosen = set(taken), list[int]()
    for index in np.argsort(-weights, kind="stable"):
        if len(chosen) == most or weights[index] < least:
            break
        if ANGLES[index].part not in parts:
            parts.add(ANGLES[index].part)
            chosen.append(int(index))
    return chosen


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

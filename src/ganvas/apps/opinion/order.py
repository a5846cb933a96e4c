"""The questions of a rater and their order: a Williams design over conditions, training, repeats and checks.

Williams (1949): in n orders (2n for odd n) each condition follows each other one equally often.
"""

from __future__ import annotations

from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np

from ganvas.apps.opinion.study import Manifest, grid

Kind = Literal["training", "rated", "repeat", "attention", "gold"]

REPEATS = 0.1  # of the rated questions are asked twice, to see whether raters agree with themselves
_APART = 5  # questions at least between the two where the study is long enough
_CHECKS_FROM, _CHECKS_TO = 0.2, 0.9  # part of the session in which checks are asked


class Trial(NamedTuple):
    """A question.

    Attributes:
        kind: ``training``, ``rated``, ``repeat`` of a rated one, or a check: ``attention``, ``gold``.
        pictures: Ids of what is shown, from left to right; of degradation rating the reference is left.
        answers: The right answers of a check; empty: there are none.
    """

    kind: Kind
    pictures: tuple[str, ...]
    answers: tuple[int, ...] = ()


def williams(count: int) -> list[list[int]]:
    """Orders of ``count`` conditions in which each is at each place, and directly after each other one, equally often.

    Returns:
        ``count`` rows where it is even or 1, and twice as many where it is odd.
    """
    first, low, high = [0], 1, count - 1
    while len(first) < count:
        first.append(low if len(first) % 2 else high)
        low, high = (low + 1, high) if len(first) % 2 == 0 else (low, high - 1)
    rows = [[(place + shift) % count for place in first] for shift in range(count)]
    return rows if count % 2 == 0 or count == 1 else rows + [row[::-1] for row in rows]


def treatments(manifest: Manifest) -> list[tuple[int, ...]]:
    """What is asked about each content: a condition, the reference and a condition, or two conditions."""
    conditions = range(len(manifest.conditions))
    if manifest.mode == "acr":
        return [(one,) for one in conditions]
    if manifest.mode == "dcr":
        return [(manifest.reference, one) for one in conditions]
    return list(combinations(conditions, 2))


def plan(manifest: Manifest, number: int) -> list[Trial]:
    """The questions of a rater, in their order; a function of the study's seed and the rater's number alone.

    Contents come in blocks: a block asks each treatment once, in an order of the Williams design, and each about
    another content where there are enough. Two blocks in a row may join in any way.

    Args:
        manifest: The study.
        number: Of the rater, from 0. Consecutive numbers begin at consecutive rows of the design, and see consecutive
            contents where a rater does not see all.
    """
    rng = np.random.default_rng([manifest.seed, number])
    asked = treatments(manifest)
    rated = _rated(manifest, number, asked, rng)
    trials = _with_repeats(rated, manifest.mode == "pairs", rng)
    for check in manifest.checks:
        place = int(rng.integers(int(len(trials) * _CHECKS_FROM), max(int(len(trials) * _CHECKS_TO), 1) + 1))
        trials.insert(place, Trial(check.kind, check.pictures, check.answers))
    pictures = grid(manifest).training
    training = [
        Trial("training", tuple(pictures[one, content] for one in asked[content % len(asked)]))
        for content in range(manifest.training)
    ]
    return training + trials


def _rated(manifest: Manifest, number: int, asked: list[tuple[int, ...]], rng: np.random.Generator) -> list[Trial]:
    pictures = grid(manifest).rated
    shared = np.random.default_rng([manifest.seed]).permutation(manifest.contents)
    start, count = number * manifest.per_rater, manifest.per_rater
    own = rng.permutation([int(shared[(start + place) % manifest.contents]) for place in range(count)])
    rows, trials = williams(len(asked)), []
    for block in range(count):
        for treatment in rows[(block + number) % len(rows)]:
            shown = tuple(pictures[one, int(own[(block + treatment) % count])] for one in asked[treatment])
            swaps = manifest.mode == "pairs" and (block + treatment + number) % 2 == 1
            trials.append(Trial("rated", shown[::-1] if swaps else shown))
    return trials


def _with_repeats(rated: list[Trial], swap: bool, rng: np.random.Generator) -> list[Trial]:
    """Ask some questions of the first half again in the second; of pairs with the sides exchanged."""
    half, count = len(rated) // 2, round(len(rated) * REPEATS)
    trials = list(rated)
    for chosen in sorted(map(int, rng.permutation(half)[:count]), reverse=True):
        again = rated[chosen].pictures
        least = min(max(half, chosen + 1 + _APART), len(trials))
        place = int(rng.integers(least, len(trials) + 1))
        trials.insert(place, Trial("repeat", again[::-1] if swap else again))
    return trials

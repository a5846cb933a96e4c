"""Screening of raters after ITU-R BT.500-15, annex 1, section 2.3.1."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]

FAR_SHARE = 0.05  # of a rater's answers that may be far from the others'
ONE_SIDED = 0.3  # from which a rater is strict or lenient rather than inconsistent
FEWEST = 5  # raters: among fewer, none can be two standard deviations from the mean


class Screening(NamedTuple):
    """What the screening found, per rater.

    Attributes:
        above: P, the number of answers far above the mean of the picture.
        below: Q, the number far below.
        answers: The number of answers.
        rejected: Whether (P + Q) / answers > 0.05 and |P - Q| / (P + Q) < 0.3.
    """

    above: list[int]
    below: list[int]
    answers: list[int]
    rejected: list[bool]


def kurtosis(answers: Floats) -> Floats:
    """β₂ = m₄ / m₂² per column of [raters, pictures], by moments divided by N; NaN where all answers are the same."""
    apart = answers - np.nanmean(answers, axis=0)
    second, fourth = np.nanmean(apart**2, axis=0), np.nanmean(apart**4, axis=0)
    found: Floats = np.divide(fourth, second**2, out=np.full_like(second, np.nan), where=second > 0)
    return found


def screen(answers: Floats) -> Screening:
    """Find raters who disagree with the others in both directions.

    An answer is far from the mean of its picture by 2 S or more where the kurtosis of the picture's answers is from 2
    to 4, and by √20 S or more elsewhere; S is the standard deviation, divided by N as in Netflix's sureal. Pictures of
    which everybody says the same, or that fewer than two raters saw, tell nothing.

    Args:
        answers: [raters, pictures]; NaN where a rater did not see a picture.
    """
    seen = ~np.isnan(answers)
    usable = answers[:, seen.sum(0) >= 2]
    shape = kurtosis(usable)
    spread = np.nanstd(usable, axis=0)
    limit = np.where((shape >= 2) & (shape <= 4), 2.0, np.sqrt(20.0)) * spread
    apart = usable - np.nanmean(usable, axis=0)
    above = ((apart >= limit) & (spread > 0)).sum(1)
    below = ((apart <= -limit) & (spread > 0)).sum(1)
    counts = seen.sum(1)
    rejected = []
    for p, q, count in zip(above.tolist(), below.tolist(), counts.tolist(), strict=True):
        far = p + q
        rejected.append(bool(count and far / count > FAR_SHARE and abs(p - q) / far < ONE_SIDED))
    return Screening(above.tolist(), below.tolist(), counts.tolist(), rejected)

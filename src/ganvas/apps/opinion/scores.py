"""Mean opinion scores with bootstrap intervals over raters and contents, and the spread of scores (SOS)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]

RESAMPLES = 2000
LEVEL = 0.95
LOWEST, HIGHEST = 1.0, 5.0  # of the scale


class Interval(NamedTuple):
    """An estimate with the ends of its interval; these are None where they cannot be told."""

    value: float
    low: float | None
    high: float | None


class Scores(NamedTuple):
    """Mean opinion scores per condition, and the share of resamples in which each is above each other one."""

    mos: list[Interval]
    above: Floats


def weights(raters: int, contents: int, rng: np.random.Generator, resamples: int = RESAMPLES) -> tuple[Floats, Floats]:
    """How often each rater [resamples, raters] and each content [resamples, contents] is drawn, with replacement."""

    def drawn(count: int) -> Floats:
        return rng.multinomial(count, np.full(count, 1 / count), size=resamples).astype(np.float64)

    return drawn(raters), drawn(contents)


def mean_scores(answers: Floats, rng: np.random.Generator, resamples: int = RESAMPLES) -> Scores:
    """Mean opinion scores with percentile intervals of the bootstrap.

    Raters and contents are drawn with replacement, independently of each other; a content is drawn for all conditions
    at once. The intervals stay within the scale, which Student's do not (Hoßfeld et al. 2018).

    Args:
        answers: [raters, conditions, contents], NaN where there is none; every condition has an answer.
        rng: Draws.
        resamples: How often.
    """
    raters, conditions, contents = answers.shape
    of_raters, of_contents = weights(raters, contents, rng, resamples)
    known = (~np.isnan(answers)).astype(np.float64).reshape(raters, -1)
    sums = (of_raters @ np.nan_to_num(answers).reshape(raters, -1)).reshape(resamples, conditions, contents)
    counts = (of_raters @ known).reshape(resamples, conditions, contents)
    total = (counts * of_contents[:, None]).sum(2)
    drawn = np.divide((sums * of_contents[:, None]).sum(2), total, out=np.full_like(total, np.nan), where=total > 0)
    values = np.nanmean(answers.transpose(1, 0, 2).reshape(conditions, -1), axis=1)
    above = np.array([[np.mean(one > other) for other in drawn.T] for one in drawn.T])
    return Scores([interval(float(value), own) for value, own in zip(values, drawn.T, strict=True)], above)


def interval(value: float, drawn: Floats) -> Interval:
    """An estimate with the percentiles of its resamples; without ends where half of them have no value."""
    known = drawn[np.isfinite(drawn)]
    if 2 * len(known) < len(drawn):
        return Interval(value, None, None)
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value, float(low), float(high))


def sos(answers: Floats) -> float | None:
    """The parameter a of the hypothesis SOS² = a (x - 1) (5 - x) by least squares (Hoßfeld et al. 2011).

    About 0.1 is usual for pictures on a scale of five; much more says that raters understood the task differently.

    Args:
        answers: [raters, pictures], NaN where there is none.

    Returns:
        a, from 0 to about 1; None where no picture has two answers, or all lie at an end of the scale.
    """
    usable = answers[:, (~np.isnan(answers)).sum(0) >= 2]
    if usable.size == 0:
        return None
    mean, variance = np.nanmean(usable, axis=0), np.nanvar(usable, axis=0, ddof=1)
    most = (mean - LOWEST) * (HIGHEST - mean)
    below = float((most**2).sum())
    return None if below == 0 else float((most * variance).sum()) / below

"""Bradley–Terry strengths from pairs: P(i preferred to j) = 1 / (1 + exp(sⱼ - sᵢ)) (Bradley & Terry 1952)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ganvas.apps.opinion.scores import RESAMPLES, Interval, interval, weights

Floats = np.ndarray[Any, np.dtype[np.float64]]

PRIOR = 0.5  # wins added in each direction of each pair that was compared
_STEPS = 5000
_PARTS = 20  # in which resamples are evaluated, to bound memory
_TOLERANCE = 1e-9


class Preferences(NamedTuple):
    """Strengths per condition (their mean is 0), and the share of resamples in which each is above each other one."""

    strength: list[Interval]
    above: Floats


def bradley_terry(wins: Floats, prior: float = PRIOR) -> Floats:
    """Strengths by the minorisation–maximisation algorithm (Hunter 2004, eq. 3).

    Args:
        wins: [..., C, C], how often the row was preferred to the column; *not sure* counts as half a win of each.
        prior: Wins added in each direction of each pair that was compared, which keeps the strengths finite where
            one always wins.

    Returns:
        Strengths [..., C], their mean 0, in natural logarithms.
    """
    both = wins + np.swapaxes(wins, -1, -2)
    compared = (both > 0).astype(np.float64)
    won = (wins + prior * compared).sum(-1)
    games = both + 2 * prior * compared
    p = np.ones(wins.shape[:-1])
    for _ in range(_STEPS):
        met = (games / (p[..., :, None] + p[..., None, :])).sum(-1)
        new = np.divide(won, met, out=np.ones_like(won), where=met > 0)
        new /= np.exp(np.log(new).mean(-1, keepdims=True))
        done = bool(np.max(np.abs(np.log(new) - np.log(p)), initial=0.0) < _TOLERANCE)
        p = new
        if done:
            break
    return np.log(p)


def preferences(wins: Floats, rng: np.random.Generator, resamples: int = RESAMPLES) -> Preferences:
    """Strengths with percentile intervals of the bootstrap over raters and contents.

    Args:
        wins: [raters, contents, C, C].
        rng: Draws.
        resamples: How often.
    """
    of_raters, of_contents = weights(wins.shape[0], wins.shape[1], rng, resamples)
    drawn = np.concatenate(
        [
            bradley_terry(np.einsum("br,rkij,bk->bij", raters, wins, contents, optimize=True))
            for raters, contents in zip(
                np.array_split(of_raters, _PARTS), np.array_split(of_contents, _PARTS), strict=True
            )
        ]
    )
    values = bradley_terry(wins.sum((0, 1)))
    above = np.array([[np.mean(one > other) for other in drawn.T] for one in drawn.T])
    return Preferences([interval(float(value), own) for value, own in zip(values, drawn.T, strict=True)], above)

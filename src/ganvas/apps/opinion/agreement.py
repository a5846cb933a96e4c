"""Krippendorff's α: agreement of any number of raters beyond chance, with answers missing (Krippendorff 2011)."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
Level = Literal["nominal", "ordinal", "interval"]


def krippendorff(answers: Floats, level: Level) -> float | None:
    """Krippendorff's α.

    Args:
        answers: [raters, units]; NaN where a rater did not answer.
        level: How far two answers are apart: ``nominal``, different or not; ``ordinal``, by the number of answers
            between them; ``interval``, by their squared difference.

    Returns:
        1 for perfect agreement, 0 for that of chance; None where no unit has two answers, or all are the same.
    """
    values = np.unique(answers[~np.isnan(answers)])
    if not len(values):
        return None
    counts = np.array([(answers == value).sum(0) for value in values], dtype=np.float64).reshape(len(values), -1)
    counts = counts[:, counts.sum(0) >= 2]
    if counts.size == 0:
        return None
    per_unit = counts.sum(0)
    coincidences = (counts / (per_unit - 1)) @ counts.T - np.diag((counts / (per_unit - 1)).sum(1))
    totals = coincidences.sum(1)
    total = totals.sum()
    distances = _distances(values, totals, level)
    expected = float((np.outer(totals, totals) * distances).sum()) / (total - 1)
    observed = float((coincidences * distances).sum())
    return None if expected == 0 else float(1 - observed / expected)


def _distances(values: Floats, totals: Floats, level: Level) -> Floats:
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "interval":
        return np.square(values[:, None] - values[None, :])
    ranks = np.cumsum(totals) - totals / 2  # the number of answers between two, each end counting half
    return np.square(ranks[:, None] - ranks[None, :])

"""The cheap KID of a training in progress: few samples, the real pictures' features kept."""

from __future__ import annotations

from typing import Any

from ganvas.curate.dataset.dataset import Dataset
from ganvas.errors import UserError
from ganvas.evaluate.by_domain import compare_quickly
from ganvas.evaluate.fidelity import Result
from ganvas.models.family import Family
from ganvas.models.features import Features, load_features
from ganvas.recipe import EvaluateSettings


class QuickMetric:
    """KID of ``quick_count`` samples against the real pictures, under the name of the features it was taken with.

    Without the weights of a feature network a training has no quick metric, and goes on.
    """

    def __init__(self, settings: EvaluateSettings, dataset: Dataset) -> None:
        self.settings = settings
        self.dataset = dataset
        self.why_not = ""
        self._features: Features | None = None

    def measure(self, family: Family, nimg: int) -> dict[str, Any] | None:
        """A line for ``metrics.jsonl``, or None when it cannot be measured (``why_not`` then says why)."""
        if self.why_not:
            return None
        count = self.settings.quick_count
        try:
            features = self._features = self._features or load_features(self.settings.features)
            kid = compare_quickly(family, self.dataset, features, count=count, seed=self.settings.seed)
        except UserError as error:
            self.why_not = f"No metric while training: {error}"
            return None
        return metric_line(kid, nimg) | {"quick": True}


def metric_line(result: Result, nimg: int) -> dict[str, Any]:
    """A result as a line of ``metrics.jsonl``."""
    return {"nimg": nimg, **result._asdict()}

"""The quick KID of a training in progress: few samples, with the features of the real pictures cached."""

from __future__ import annotations

from typing import Any

from ganvas.curate.dataset.dataset import Dataset
from ganvas.errors import UserError
from ganvas.evaluate.by_domain import compare_quickly
from ganvas.evaluate.report import record
from ganvas.models.family import Family
from ganvas.models.features import Features, load_features
from ganvas.recipe import EvaluateSettings


class QuickMetric:
    """KID of ``quick_count`` samples against the real pictures, named after its feature network.

    Without the weights of a feature network a training continues without a quick metric.
    """

    def __init__(self, settings: EvaluateSettings, dataset: Dataset) -> None:
        self.settings = settings
        self.dataset = dataset
        self.why_not = (
            "" if dataset.manifest.roll is None else "No metric while training: there is none of piano rolls."
        )
        self._features: Features | None = None

    def measure(self, family: Family, nimg: int) -> dict[str, Any] | None:
        """A line for ``metrics.jsonl``, or None where it cannot be measured (``why_not`` then says why)."""
        if self.why_not:
            return None
        count = self.settings.quick_count
        try:
            features = self._features = self._features or load_features(self.settings.features)
            kid = compare_quickly(family, self.dataset, features, count=count, seed=self.settings.seed)
        except UserError as error:
            self.why_not = f"No metric while training: {error}"
            return None
        return record(kid, nimg) | {"quick": True}

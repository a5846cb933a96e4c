"""The cheap KID of a training in progress: few samples, real features computed once."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ganvas.curate.dataset import Dataset

from ganvas.evaluate.samples import made, reals
from ganvas.models.features import Features, load_features
from ganvas.models.plan import Family
from ganvas.recipe import EvaluateSettings
from ganvas.terms import UserError


class QuickMetric:
    """KID of ``quick_count`` samples against the real pictures, under the name of the features that it was taken with.

    The real features are kept in memory between measures. Without the weights of a feature network a training has no
    quick metric, and goes on.
    """

    def __init__(self, settings: EvaluateSettings, dataset: Dataset) -> None:
        self.settings = settings
        self.dataset = dataset
        self.why_not = ""
        self._features: Features | None = None
        self._real: Tensor | None = None

    def measure(self, family: Family, nimg: int) -> dict[str, Any] | None:
        """A line for ``metrics.jsonl``, or None when there are no features (``why_not`` says why, once)."""
        if self.why_not:
            return None
        try:
            features = self._features = self._features or load_features(self.settings.features)
        except UserError as error:
            self.why_not = f"No metric while training: {error}"
            return None
        if self._real is None:
            self._real = _features(features, reals(self.dataset, self.settings.quick_count))
        count = self.settings.quick_count
        fake = _features(features, made(family, self.dataset, count, seed=self.settings.seed))
        from ganvas.evaluate.fidelity import kernel_distance

        kid = kernel_distance(self._real, fake)
        protocol = {
            "features": features.name,
            "features_sha256": features.sha256,
            "resize": features.resize,
            "real_count": len(self._real),
            "fake_count": len(fake),
            "seed": self.settings.seed,
            "quick": True,
        }
        return {"nimg": nimg, "metric": f"kid_{features.name}", "value": kid, "protocol": protocol}


def _features(features: Features, batches: Any) -> Tensor:
    return torch.cat([features(batch) for batch in batches])

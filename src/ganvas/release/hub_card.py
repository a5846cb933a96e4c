"""The model card of a bundle in the form of the Hugging Face Hub: YAML front matter before the card."""

from __future__ import annotations

import math
from typing import Any

import yaml

from ganvas.bundle import Bundle, BundleMetric
from ganvas.tasks import TASKS


def hub_card(bundle: Bundle, address: str, licence: str | None = None) -> str:
    """``README.md`` of a repository.

    Args:
        bundle: The bundle.
        address: Its address, for the command that fetches it.
        licence: The model's licence by its identifier on the Hub; None: ``other``, which is that of the data's credits.
    """
    info = bundle.info
    front: dict[str, Any] = {"library_name": "ganvas", "license": licence or "other"}
    if licence is None:
        front |= {"license_name": "see-credits", "license_link": "card.md"}
    tag = TASKS[info.task].hub_tag
    if tag is not None:
        front["pipeline_tag"] = tag
    front["tags"] = ["gan", info.family, *(["onnx"] if bundle.onnx else [])]
    metrics = [_metric(metric) for metric in info.metrics if math.isfinite(metric.value)]
    if metrics:
        data = {"type": "custom", "name": ", ".join(credit.name for credit in info.credits) or "not recorded"}
        result = {"task": {"type": tag or "other"}, "dataset": data, "metrics": metrics}
        front["model-index"] = [{"name": info.name, "results": [result]}]
    text = yaml.safe_dump(front, sort_keys=False, allow_unicode=True)
    use = f"```\npip install 'ganvas[studio,hub]'\nganvas pull {address} bundles\nganvas studio --bundles bundles\n```"
    return f"---\n{text}---\n\n{bundle.card.rstrip()}\n\n## From the Hub\n\n{use}\n"


def _metric(metric: BundleMetric) -> dict[str, Any]:
    """A metric under its own name: kid_effnet is no KID of the Inception network."""
    against = metric.protocol.get("pictures")
    name = metric.metric + (f" ({str(against).replace('_', '-')} pictures)" if against else "")
    return {"type": metric.metric, "name": name, "value": metric.value}

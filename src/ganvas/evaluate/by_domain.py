"""A family's answers compared with the real pictures that they should look like, per domain where there are domains.

Where domains are translated, each has real pictures of its own, so each comparison has results of its own, and beside
it stand the pictures as they were: a translation is worth something where its distance to the other domain lies well
below that of the untranslated pictures.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ganvas.curate.dataset.dataset import Dataset
from ganvas.evaluate.fidelity import Metric, Progress, Result, evaluate, quick_kid
from ganvas.models.family import Family
from ganvas.models.features import Features
from ganvas.tasks import TASKS
from ganvas.tasks.base import Comparison
from ganvas.tasks.pictures import real_batches


def compare(
    family: Family,
    dataset: Dataset,
    features: Features,
    metrics: Iterable[Metric],
    *,
    count: int,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Result]:
    """Measure the family's answers against the pictures of a data set.

    Without pairs there is a result for each direction, such as ``kid_effnet_a_to_b``, and one for the untranslated
    pictures, ``kid_effnet_a_to_b_untranslated``. By reference there are three for each domain:
    ``kid_effnet_to_makeup``, the same with ``_by_latent``, and with ``_untranslated``.

    Args:
        family: the trained model, in evaluation mode.
        dataset: the pictures, which are also the sources of translations.
        features: the feature network.
        metrics: what is measured.
        count: pictures to make; a translation makes no more than there are to translate (of each domain).
        seed: of the pictures made.
        progress: called after each chunk of pictures.

    Raises:
        UserError: there are too few pictures for a metric.
    """
    spec, wanted, results = TASKS[family.task], tuple(metrics), []
    count = count if spec.from_seeds else min(count, len(dataset))
    for comparison in spec.comparisons(family, dataset, count, seed=seed):
        for ending, pictures in comparison.pictures.items():
            found = evaluate(
                pictures,
                real_batches(comparison.real),
                features,
                wanted,
                fingerprint=comparison.real.sha256,
                seed=seed,
                progress=progress,
            )
            results += [_named(result, comparison, ending) for result in found]
    return results


def compare_quickly(family: Family, dataset: Dataset, features: Features, *, count: int, seed: int = 0) -> Result:
    """One number to follow a training with: KID, or the mean of KID over domains, ``kid_…_translated``.

    Args:
        family: the model.
        dataset: the pictures.
        features: the feature network.
        count: pictures to make; of each domain no more than there are.
        seed: of the pictures made.

    Raises:
        UserError: there are fewer than four pictures on a side.
    """
    spec, found = TASKS[family.task], {}
    for comparison in spec.comparisons(family, dataset, count, seed=seed):
        found[comparison.name] = quick_kid(
            comparison.pictures[""],
            real_batches(comparison.real, count),
            features,
            fingerprint=comparison.real.sha256,
            count=count,
            seed=seed,
        )
    first = next(iter(found.values()))
    if not spec.by_domain:
        return first
    values = {name: result.value for name, result in found.items()}
    mean = float(np.mean(list(values.values())))
    return Result(f"{first.metric}_translated", mean, None, first.protocol | {"directions": values})


def _named(result: Result, comparison: Comparison, ending: str) -> Result:
    if not comparison.name:
        return result
    protocol = result.protocol | {"direction": comparison.label, "translated": ending != "_untranslated"}
    return result._replace(metric=f"{result.metric}_{comparison.name}{ending}", protocol=protocol)

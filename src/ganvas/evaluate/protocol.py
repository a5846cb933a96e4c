"""The evaluation protocol of one model against one set of pictures: which metrics apply, on pictures generated once.

Every task is measured as a distribution (KID, Fréchet distance, precision, recall). Where each output has a target
(paired tasks), it is also compared with that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import torch
from torch import Tensor

from ganvas import weights
from ganvas.curate.dataset.dataset import Dataset
from ganvas.evaluate import fidelity, statistics
from ganvas.evaluate.by_domain import compare
from ganvas.evaluate.fidelity import Metric, Progress, Result
from ganvas.evaluate.similarity import MS_SSIM_LEAST, PairMetrics, Similarity, diversity
from ganvas.models.family import Family
from ganvas.models.features import Features
from ganvas.models.perceptual import load_lpips, lpips_weight
from ganvas.recipe import EvaluateSettings
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import real_batches, sources, targets

Subset: TypeAlias = Literal["train", "held_out"]
"""Which pictures a model is compared with: those of its training, or those held out from it."""

_GROUPS, _GROUP = 25, 4  # of the diversity: so many groups of so many pictures
_BATCH = 50


class Evaluation(NamedTuple):
    """The results, and what a report shows beside them.

    Attributes:
        results: One per metric.
        nearest: For each generated picture its distance to the nearest training picture and the index of that; None
            where the pictures are not those of the training.
        pairs: The value of each pair per metric, float64 [N].
    """

    results: list[Result]
    nearest: tuple[Tensor, Tensor] | None
    pairs: Mapping[Similarity, Tensor] = MappingProxyType({})


def evaluate_family(
    family: Family,
    pictures: Dataset,
    settings: EvaluateSettings,
    features: Features,
    *,
    subset: Subset | None = None,
    everything: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure what a family generates against pictures.

    Args:
        family: the trained model, in evaluation mode.
        pictures: what to compare with; also the sources of a translation.
        settings: the metrics, how many pictures, the seed.
        features: the feature network.
        subset: recorded in the protocol of each result; MiFID is measured against ``train`` alone.
        everything: measure all metrics that apply, not only those of the settings. Fetches the LPIPS weights.
        progress: called after each chunk of pictures.

    Raises:
        UserError: too few pictures, or weights that cannot be had.
    """
    spec = TASKS[family.task]
    if spec.by_domain:
        wanted = _metrics(settings, False, everything)
        found = compare(family, pictures, features, wanted, count=settings.count, seed=settings.seed, progress=progress)
        return Evaluation(_labelled(found + _diversities(family, pictures, settings.seed, everything), subset), None)
    may_copy = spec.from_seeds and subset == "train"  # generated pictures may be copies of these
    count = settings.count if spec.from_seeds else min(settings.count, len(pictures))
    pairs = PairMetrics(_similarities(family, everything)) if spec.pairs else None
    real = fidelity.real_features(real_batches(pictures), features, fingerprint=pictures.sha256, progress=progress)
    stream = spec.generate_batches(family, pictures, count, seed=settings.seed, batch_size=_BATCH)
    stream = stream if pairs is None else _measure_pairs(stream, pictures, pairs)
    fake = fidelity.extract(stream, features, progress=progress, which="fake")

    results = [] if pairs is None else pairs.results()
    if pairs is not None and _between_frames(family):
        results += _measure_mean_frame(family, pictures, count, everything)
    for metric in _metrics(settings, may_copy, everything):
        result = fidelity.measure(metric, real, fake, features, settings.seed)
        if result is not None:
            results.append(result)
    if everything and spec.from_seeds and min(len(pictures), count) >= 2 and _large_enough(pictures):
        results.append(_diversity(family, pictures, count, settings.seed))
    results = _labelled(results, subset)
    nearest = statistics.nearest_cosine(fake, real) if may_copy else None
    return Evaluation(results, nearest, {} if pairs is None else pairs.values())


def missing_lpips() -> str | None:
    """A sentence for the user where LPIPS is left out because its weights are not on this machine; else None."""
    if weights.find(lpips_weight("alex").name) is not None:
        return None
    return (
        "LPIPS is left out because its network is not on this machine: `ganvas weights fetch lpips-alexnet` fetches it."
    )


def _labelled(results: list[Result], subset: Subset | None) -> list[Result]:
    if subset is None:
        return results
    return [result._replace(protocol=result.protocol | {"pictures": subset}) for result in results]


def _metrics(settings: EvaluateSettings, may_copy: bool, everything: bool) -> list[Metric]:
    """Metrics of distributions: those of the settings in their order, then the rest."""
    wanted: list[Metric] = list(settings.metrics)
    if everything:
        wanted += [metric for metric in fidelity.METRICS if metric not in wanted]
    return [metric for metric in wanted if metric != "mifid" or may_copy]


def _similarities(family: Family, everything: bool) -> list[Similarity]:
    """Metrics of pairs: LPIPS only where its weights are on this machine, unless everything is measured."""
    side, colour = family.data.resolution, family.data.channels == 3
    wanted: list[Similarity] = ["psnr", "ssim", "gmsd"] if side >= 11 else ["psnr"]
    if side >= 31 and (everything or missing_lpips() is None):
        wanted.insert(2, "lpips_alex")
    if everything:
        wanted += ["psnr_y", "ssim_y"] if colour and side >= 11 else []
        wanted += ["ms_ssim"] if side >= MS_SSIM_LEAST else []
        wanted += ["lpips_vgg"] if side >= 16 else []
    return wanted


def _between_frames(family: Family) -> bool:
    return family.data.source_channels == 2 * family.data.channels


def _measure_mean_frame(family: Family, pictures: Dataset, count: int, everything: bool) -> list[Result]:
    """The baseline, such as ``psnr_untranslated``: the mean of the frames before and after."""
    pairs = PairMetrics(_similarities(family, everything))
    for start in range(0, count, _BATCH):
        among = range(start, min(start + _BATCH, count))
        before, after = np.split(sources(pictures, family.data, among).astype(np.uint16), 2, axis=3)
        pairs.add(
            torch.from_numpy(((before + after + 1) // 2).astype(np.uint8)), torch.from_numpy(targets(pictures, among))
        )
    return [result._replace(metric=f"{result.metric}_untranslated") for result in pairs.results()]


def _measure_pairs(stream: Iterator[Tensor], pictures: Dataset, pairs: PairMetrics) -> Iterator[Tensor]:
    """Yield generated pictures unchanged, after measuring each against its target."""
    start = 0
    for batch in stream:
        pairs.add(batch, torch.from_numpy(targets(pictures, range(start, start + len(batch)))))
        start += len(batch)
        yield batch


def _diversity(family: Family, pictures: Dataset, count: int, seed: int) -> Result:
    """LPIPS between generated pictures of one class; the protocol holds that between real ones."""
    size = min(_GROUP, count, len(pictures))
    groups = [torch.from_numpy(group) for group in _same_class_groups(pictures, size)]
    order = [index for group in groups for index in group.tolist()]
    real = diversity(torch.from_numpy(targets(pictures, group.numpy())) for group in groups)
    # Number i has the class of picture i; so the same numbers give groups of the same classes.
    spec = TASKS[family.task]
    found = diversity(spec.generate(family, pictures, group.tolist(), seed=seed) for group in groups)
    return found._replace(protocol=found.protocol | {"real_value": real.value, "real_count": len(order), "seed": seed})


def _diversities(family: Family, pictures: Dataset, seed: int, everything: bool) -> list[Result]:
    """Diversity of the outputs for one source, where a source has many."""
    found = []
    for one in TASKS[family.task].diversity_groups(family, pictures, seed=seed) if everything else ():
        if not _large_enough(pictures):
            break
        result = diversity(one.groups)
        found.append(result._replace(metric=f"{result.metric}_{one.suffix}", protocol=result.protocol | one.protocol))
    return found


def _large_enough(pictures: Dataset) -> bool:
    """Whether LPIPS applies to pictures of this size. Fetches its weights."""
    return pictures.resolution >= load_lpips("alex").least


def _same_class_groups(pictures: Dataset, size: int) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Groups of ``size`` early pictures that share their label; at least one."""
    groups = []
    for label in np.unique(pictures.labels):
        members = np.flatnonzero(pictures.labels == label)[: size * _GROUPS]
        groups += [members[start : start + size] for start in range(0, len(members) - size + 1, size)]
    chosen = sorted(groups, key=lambda group: int(group.max()))[:_GROUPS]
    return chosen or [np.arange(size)]

"""The whole protocol for one model against one set of pictures: which metrics apply, with its pictures made once.

Every task is measured as a distribution (KID, Fréchet distance, precision, recall). Where each answer has a picture
that it should be (paired tasks), it is also compared with that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import torch
from torch import Tensor

from ganvas import weights
from ganvas.curate.dataset.dataset import Dataset
from ganvas.evaluate import fidelity, statistics
from ganvas.evaluate.by_domain import compare
from ganvas.evaluate.fidelity import Metric, Progress, Result
from ganvas.evaluate.similarity import MS_SSIM_LEAST, Similarity, Tally, diversity
from ganvas.models.family import Family
from ganvas.models.features import Features
from ganvas.models.perceptual import load_lpips, lpips_weight
from ganvas.recipe import EvaluateSettings
from ganvas.tasks import TASKS
from ganvas.tasks.pictures import real_batches, sources, targets

Part: TypeAlias = Literal["train", "held_out"]
"""Which pictures a model is compared with: those it learnt from, or those it never saw."""

_GROUPS, _GROUP = 25, 4  # of the diversity: so many groups of so many pictures
_BATCH = 50


class Judgement(NamedTuple):
    """What was found, and what a report shows beside the figures.

    ``pairs`` holds each pair's own number a metric, float64 [N]. ``nearest`` is for each made picture its distance to
    the nearest training picture and that one's index; None where the pictures are not those of the training.
    """

    results: list[Result]
    pairs: dict[Similarity, Tensor]
    nearest: tuple[Tensor, Tensor] | None


def judge(
    family: Family,
    pictures: Dataset,
    settings: EvaluateSettings,
    features: Features,
    *,
    part: Part | None = None,
    everything: bool = False,
    progress: Progress | None = None,
) -> Judgement:
    """Measure what a family makes against pictures.

    Args:
        family: the trained model, in evaluation mode.
        pictures: what to compare with; of a translation also what is translated.
        settings: the metrics, how many pictures, the seed.
        features: the frozen network that looks.
        part: said in the protocol of each result; MiFID is measured against ``train`` alone.
        everything: all metrics that apply, not only those of the settings. Fetches the LPIPS weights.
        progress: told after each chunk of pictures.

    Raises:
        UserError: too few pictures, or weights that cannot be had.
    """
    spec = TASKS[family.task]
    if spec.by_domain:
        wanted = _metrics(settings, False, everything)
        found = compare(family, pictures, features, wanted, count=settings.count, seed=settings.seed, progress=progress)
        return Judgement(_labelled(found + _diversities(family, pictures, settings.seed, everything), part), {}, None)
    copies = spec.from_seeds and part == "train"  # what was made may be copied from these pictures
    count = settings.count if spec.from_seeds else min(settings.count, len(pictures))
    tally = Tally(_similarities(family, everything)) if spec.pairs else None
    real = fidelity.real_features(real_batches(pictures), features, fingerprint=pictures.sha256, progress=progress)
    stream = spec.generate_batches(family, pictures, count, seed=settings.seed, batch_size=_BATCH)
    stream = stream if tally is None else _compared(stream, pictures, tally)
    fake = fidelity.extract(stream, features, progress=progress, which="fake")

    results = [] if tally is None else tally.results()
    if tally is not None and _between_frames(family):
        results += _of_the_mean_frame(family, pictures, count, everything)
    for metric in _metrics(settings, copies, everything):
        result = fidelity.measure(metric, real, fake, features, settings.seed)
        if result is not None:
            results.append(result)
    if everything and spec.from_seeds and min(len(pictures), count) >= 2 and _large_enough(pictures):
        results.append(_diversity(family, pictures, count, settings.seed))
    results = _labelled(results, part)
    nearest = statistics.nearest_cosine(fake, real) if copies else None
    return Judgement(results, {} if tally is None else tally.each(), nearest)


def missing_lpips() -> str | None:
    """One sentence for the user when LPIPS was left out because its weights are not on this machine."""
    if weights.find(lpips_weight("alex").name) is not None:
        return None
    return (
        "LPIPS is left out because its network is not on this machine: `ganvas weights fetch lpips-alexnet` brings it."
    )


def _labelled(results: list[Result], part: Part | None) -> list[Result]:
    if part is None:
        return results
    return [result._replace(protocol=result.protocol | {"pictures": part}) for result in results]


def _metrics(settings: EvaluateSettings, memorizable: bool, everything: bool) -> list[Metric]:
    """What is measured of the distributions, in the settings' order and then the rest."""
    wanted: list[Metric] = list(settings.metrics)
    if everything:
        wanted += [metric for metric in fidelity.METRICS if metric not in wanted]
    return [metric for metric in wanted if metric != "mifid" or memorizable]


def _similarities(family: Family, everything: bool) -> list[Similarity]:
    """What is measured of pairs: LPIPS only where its weights lie already, unless everything is asked for."""
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


def _of_the_mean_frame(family: Family, pictures: Dataset, count: int, everything: bool) -> list[Result]:
    """What who does nothing gets, ``psnr_untranslated`` say: the mean of the frames before and after."""
    tally = Tally(_similarities(family, everything))
    for start in range(0, count, _BATCH):
        among = range(start, min(start + _BATCH, count))
        before, after = np.split(sources(pictures, family.data, among).astype(np.uint16), 2, axis=3)
        tally.add(
            torch.from_numpy(((before + after + 1) // 2).astype(np.uint8)), torch.from_numpy(targets(pictures, among))
        )
    return [result._replace(metric=f"{result.metric}_untranslated") for result in tally.results()]


def _compared(stream: Iterator[Tensor], pictures: Dataset, tally: Tally) -> Iterator[Tensor]:
    """Pass made pictures on, each having been compared with what it should be."""
    start = 0
    for batch in stream:
        tally.add(batch, torch.from_numpy(targets(pictures, range(start, start + len(batch)))))
        start += len(batch)
        yield batch


def _diversity(family: Family, pictures: Dataset, count: int, seed: int) -> Result:
    """LPIPS between made pictures (of one class, where there are classes), with that between real ones beside it."""
    size = min(_GROUP, count, len(pictures))
    groups = [torch.from_numpy(group) for group in _alike(pictures, size)]
    order = [index for group in groups for index in group.tolist()]
    real = diversity(torch.from_numpy(targets(pictures, group.numpy())) for group in groups)
    # Number i has the class of picture i; so the same numbers give groups of the same classes.
    spec = TASKS[family.task]
    found = diversity(spec.generate(family, pictures, group.tolist(), seed=seed) for group in groups)
    return found._replace(protocol=found.protocol | {"real_value": real.value, "real_count": len(order), "seed": seed})


def _diversities(family: Family, pictures: Dataset, seed: int, everything: bool) -> list[Result]:
    """How different the answers to one source are, where a source has many."""
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


def _alike(pictures: Dataset, size: int) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Groups of ``size`` early pictures that share their label; at least one."""
    groups = []
    for label in np.unique(pictures.labels):
        members = np.flatnonzero(pictures.labels == label)[: size * _GROUPS]
        groups += [members[start : start + size] for start in range(0, len(members) - size + 1, size)]
    chosen = sorted(groups, key=lambda group: int(group.max()))[:_GROUPS]
    return chosen or [np.arange(size)]

"""A family's answers beside the real pictures they should look like, whatever its task.

Translation without pairs has two sets of real pictures, so each direction is measured by itself, and beside it the
pictures as they were before: a translation is worth something where its distance to the other domain lies well below
that of the untranslated pictures.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ganvas.curate.dataset.dataset import Dataset
from ganvas.evaluate.fidelity import Metric, Progress, Result, evaluate, quick_kid
from ganvas.models.family import Family
from ganvas.models.features import Features
from ganvas.spec import Task
from ganvas.tasks import reference
from ganvas.tasks.samples import made, reals


class Way(NamedTuple):
    """A direction of translation with the pictures to translate and those of the kind they should become."""

    name: str  # "a_to_b": part of a metric's name
    said: str  # with the domains' own names
    sources: Dataset
    targets: Dataset


def ways(family: Family, dataset: Dataset) -> tuple[Way, ...]:
    """A → B and B → A, as far as the family knows them; a way without pictures on both sides is left out."""
    domains = [dataset.subset(np.flatnonzero(dataset.labels == label)) for label in range(2)]
    names = dataset.classes if len(dataset.classes) == 2 else ("A", "B")
    found = (
        Way("a_to_b", f"{names[0]} → {names[1]}", domains[0], domains[1]),
        Way("b_to_a", f"{names[1]} → {names[0]}", domains[1], domains[0]),
    )
    return tuple(way for way in found[: family.directions] if len(way.sources) and len(way.targets))


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
    """Measure what the family makes of a data set against its pictures.

    Without pairs there is a result for either direction, ``kid_effnet_a_to_b`` say, and one for the pictures as they
    were, ``kid_effnet_a_to_b_untranslated``. By reference there are three for each domain: ``kid_effnet_to_makeup``,
    the same ``_by_latent``, and ``_untranslated``.

    :param count: pictures to make; a translation makes no more than there are to translate (of each domain).
    :raises UserError: there are too few pictures for a metric.
    """
    if family.task is Task.REFERENCE:
        return _by_domain(family, dataset, features, tuple(metrics), count, seed, progress)
    if family.task is not Task.UNPAIRED:
        asked = count if family.task is Task.SYNTHESIS else min(count, len(dataset))
        pictures = made(family, dataset, asked, seed=seed)
        fingerprint = dataset.sha256
        return evaluate(
            pictures, reals(dataset), features, metrics, fingerprint=fingerprint, seed=seed, progress=progress
        )
    results = []
    wanted = tuple(metrics)
    for way in ways(family, dataset):
        asked = min(count, len(way.sources))
        made_from = {
            "": made(family, way.sources, asked, seed=seed),
            "_untranslated": reals(way.sources, asked),
        }
        for ending, pictures in made_from.items():
            found = evaluate(
                pictures,
                reals(way.targets),
                features,
                wanted,
                fingerprint=way.targets.sha256,
                seed=seed,
                progress=progress,
            )
            results += [_named(result, way, ending) for result in found]
    return results


def compare_quickly(family: Family, dataset: Dataset, features: Features, *, count: int, seed: int = 0) -> Result:
    """One number to follow a training with: KID; of translations the mean over directions, ``kid_…_translated``.

    :param count: pictures to make, without pairs of each domain and no more than there are.
    :raises UserError: there are fewer than four pictures on a side.
    """
    if family.task is Task.REFERENCE:
        return _quickly_by_domain(family, dataset, features, count, seed)
    if family.task is not Task.UNPAIRED:
        pictures = made(family, dataset, count, seed=seed)
        fingerprint = dataset.sha256
        return quick_kid(pictures, reals(dataset, count), features, fingerprint=fingerprint, count=count, seed=seed)
    found = {}
    for way in ways(family, dataset):
        found[way.name] = quick_kid(
            made(family, way.sources, min(count, len(way.sources)), seed=seed),
            reals(way.targets, count),
            features,
            fingerprint=way.targets.sha256,
            count=count,
            seed=seed,
        )
    first = next(iter(found.values()))
    values = {name: result.value for name, result in found.items()}
    mean = float(np.mean(list(values.values())))
    return Result(f"{first.metric}_translated", mean, None, first.protocol | {"directions": values})


def _by_domain(
    family: Family,
    dataset: Dataset,
    features: Features,
    metrics: tuple[Metric, ...],
    count: int,
    seed: int,
    progress: Progress | None,
) -> list[Result]:
    results = []
    for into in reference.domains(dataset):
        own, others = dataset.subset(into.own), dataset.subset(into.others)
        made_from = {
            "": reference.carried(family, dataset, into, min(count, len(others)), seed=seed),
            "_by_latent": reference.carried(family, dataset, into, min(count, len(others)), "latent", seed=seed),
            "_untranslated": reals(others, count),
        }
        for ending, pictures in made_from.items():
            found = evaluate(
                pictures, reals(own), features, metrics, fingerprint=own.sha256, seed=seed, progress=progress
            )
            told = {"direction": into.said, "translated": ending != "_untranslated"}
            results += [
                result._replace(metric=f"{result.metric}_{into.name}{ending}", protocol=result.protocol | told)
                for result in found
            ]
    return results


def _quickly_by_domain(family: Family, dataset: Dataset, features: Features, count: int, seed: int) -> Result:
    found = {}
    for into in reference.domains(dataset):
        own = dataset.subset(into.own)
        pictures = reference.carried(family, dataset, into, min(count, len(into.others)), seed=seed)
        found[into.name] = quick_kid(
            pictures, reals(own, count), features, fingerprint=own.sha256, count=count, seed=seed
        )
    first = next(iter(found.values()))
    values = {name: result.value for name, result in found.items()}
    protocol = first.protocol | {"directions": values}
    return Result(f"{first.metric}_translated", float(np.mean(list(values.values()))), None, protocol)


def _named(result: Result, way: Way, ending: str) -> Result:
    protocol = result.protocol | {"direction": way.said, "translated": not ending}
    return result._replace(metric=f"{result.metric}_{way.name}{ending}", protocol=protocol)

"""Distances between generated and real pictures: Fréchet distance, MiFID, KID, IS, precision, recall, on features.

A metric is named after its feature network. Only the Inception network of the original papers gives ``fid``, ``kid``
and ``is``; with other networks they are called ``fd_effnet``, ``kid_effnet`` and so on. Each result holds its protocol.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganvas.errors import UserError
from ganvas.evaluate import statistics
from ganvas.files import write_atomically
from ganvas.models.features import Features
from ganvas.paths import cache_dir, writing

Metric: TypeAlias = Literal["fid", "kid", "is", "precision", "recall", "mifid"]
METRICS: tuple[Metric, ...] = get_args(Metric)
USUAL: tuple[Metric, ...] = ("fid", "kid", "is", "precision", "recall")
"""Measured by default: all but MiFID, which needs the training pictures."""

MEMORIZATION_THRESHOLDS = {"inception": 0.1, "inception-clean": 0.1, "effnet": 0.05}
"""Below this mean distance to the nearest training picture MiFID adds its penalty. Inception's is that of the contest's
public code (Kaggle, Generative Dog Images, 2019); EfficientNet's is calibrated, see docs/measuring.md."""

Progress = Callable[[str, int], None]
"""Called with (``real`` or ``fake``, pictures measured so far)."""

# Pictures through the network at a time: sixteen fit the processor's cache, and more is slower there.
_CHUNK = 16
_OTHER_THRESHOLD = 0.1  # for features without a calibration
_CONTEST_EPS = 10e-15  # added to the penalty in the contest's code


class Result(NamedTuple):
    """A measured value and the protocol that it depends on; ``std`` is None where the metric has no deviation."""

    metric: str
    value: float
    std: float | None
    protocol: dict[str, Any]


def evaluate(
    samples: Iterable[Tensor],
    reals: Iterable[Tensor],
    features: Features,
    metrics: Iterable[Metric] = USUAL,
    *,
    fingerprint: str | None = None,
    real_count: int | None = None,
    fake_count: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Result]:
    """Measure generated pictures against real ones.

    Args:
        samples: generated pictures in batches, uint8 [N, H, W, 1 or 3].
        reals: real pictures in batches, likewise; not read when their statistics are cached.
        features: the feature network.
        metrics: what to measure, in the order of the results. ``is`` is left out where the network has no classifier.
        fingerprint: of the real pictures, under which their features are cached; None: no cache.
        real_count: real pictures to take at most; None takes all. Belongs to the cache's key.
        fake_count: generated pictures to take at most; None takes all.
        seed: decides KID's subsets and the splits of IS.
        progress: called after each chunk.

    Returns:
        One result per metric.

    Raises:
        UserError: a metric is unknown, or there are too few pictures for one.
    """
    wanted = list(metrics)
    for metric in wanted:
        if metric not in METRICS:
            raise UserError(f"There is no metric called '{metric}': choose from {', '.join(METRICS)}.")
    real = real_features(reals, features, fingerprint=fingerprint, count=real_count, progress=progress)
    fake = extract(samples, features, count=fake_count, progress=progress, which="fake")
    results = []
    for metric in wanted:
        result = measure(metric, real, fake, features, seed)
        if result is not None:
            results.append(result)
    return results


def quick_kid(
    samples: Iterable[Tensor],
    reals: Iterable[Tensor],
    features: Features,
    *,
    fingerprint: str | None = None,
    count: int = 512,
    seed: int = 0,
) -> Result:
    """A quick KID for monitoring training: ``count`` pictures of each, with the estimator over all pairs.

    KID has no bias from small sets, unlike the Fréchet distance, so few pictures give a noisier but comparable number.
    The arguments are those of :func:`evaluate`.

    Raises:
        UserError: fewer than four pictures on either side.
    """
    real = real_features(reals, features, fingerprint=fingerprint, count=count)
    fake = extract(samples, features, count=count, which="fake")
    result = measure("kid", real, fake, features, seed)
    assert result is not None
    return result


def extract(
    images: Iterable[Tensor],
    features: Features,
    *,
    count: int | None = None,
    progress: Progress | None = None,
    which: Literal["real", "fake"] = "real",
) -> Tensor:
    """Features float32 [N, dim] of an iterable of pictures; only the features stay in memory.

    Args:
        images: batches uint8 [N, H, W, 1 or 3]; sizes may differ from batch to batch.
        features: the feature network.
        count: stop after so many pictures.
        progress: called with ``which`` and the number of pictures measured so far.
        which: what the pictures are, for ``progress`` and the error.

    Raises:
        UserError: there is no picture at all.
    """
    rows = []
    done = 0
    for chunk in _chunks(images, count):
        rows.append(features(chunk).float())
        done += len(chunk)
        if progress is not None:
            progress(which, done)
    if not rows:
        raise UserError(f"There are no {which} pictures to measure: give at least a few hundred.")
    return torch.cat(rows)


def real_features(
    reals: Iterable[Tensor],
    features: Features,
    *,
    fingerprint: str | None = None,
    count: int | None = None,
    progress: Progress | None = None,
) -> Tensor:
    """Features float32 [N, dim] of the real pictures, cached on disk by fingerprint, network and count.

    The features are cached and not their moments alone, because KID, precision and recall need every one; the moments
    follow from them in seconds.

    Args:
        reals: batches uint8 [N, H, W, 1 or 3]; not read where the features are cached.
        features: the feature network.
        fingerprint: of the pictures; None: no cache.
        count: pictures to take at most.
        progress: called after each chunk.

    Raises:
        UserError: there is no picture at all.
    """
    path = None if fingerprint is None else statistics_path(fingerprint, features, count)
    cached = None if path is None else _cached(path, features.dim)
    if cached is not None:
        return cached
    rows = extract(reals, features, count=count, progress=progress)
    if path is not None:
        file = io.BytesIO()
        np.savez(file, features=rows.numpy())
        with writing(path):
            write_atomically(path, file.getvalue())
    return rows


def statistics_path(fingerprint: str, features: Features, count: int | None) -> Path:
    """The cache file of the features of real pictures; it depends on data set, weights, resizing and count."""
    key = {
        "version": 1,
        "dataset": fingerprint,
        "features": features.name,
        "features_sha256": features.sha256,
        "resize": features.resize,
        "count": count,
    }
    digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
    return cache_dir() / "statistics" / f"{features.name}-{digest[:24]}.npz"


def metric_name(metric: Metric, features: str) -> str:
    """The name of a metric on a feature network: ``fid`` only on the published FID network, else ``fd_effnet``."""
    if features == "inception" and metric in ("fid", "kid", "is", "mifid"):
        return metric
    if features == "inception-clean" and metric in ("fid", "kid", "mifid"):
        return f"clean_{metric}"
    word = {"fid": "fd", "mifid": "mifd"}.get(metric, metric)
    return f"{word}_{features.replace('-', '_')}"


def _chunks(images: Iterable[Tensor], count: int | None) -> Iterator[Tensor]:
    left = count
    for batch in images:
        part = batch if left is None else batch[:left]
        for start in range(0, len(part), _CHUNK):
            yield part[start : start + _CHUNK]
        if left is not None:
            left -= len(part)
            if left <= 0:
                return


def _cached(path: Path, dim: int) -> Tensor | None:
    """Features cached by an earlier evaluation; None where the file is absent or damaged."""
    try:
        # Opened here, because numpy leaves a file that is no archive open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            rows: npt.NDArray[np.float32] = kept["features"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return torch.from_numpy(rows) if rows.ndim == 2 and rows.shape[1] == dim and rows.dtype == np.float32 else None


def measure(metric: Metric, real: Tensor, fake: Tensor, features: Features, seed: int = 0) -> Result | None:
    """Measure one metric on feature matrices.

    Args:
        metric: what to measure.
        real: features [N, dim] of the real pictures.
        fake: features [M, dim] of the generated ones.
        features: the network they came from.
        seed: decides KID's subsets and the splits of IS.

    Returns:
        The result with its protocol; None where the network has no classifier for IS.

    Raises:
        UserError: too few pictures.
    """
    protocol: dict[str, Any] = {
        "features": features.name,
        "features_sha256": features.sha256,
        "resize": features.resize,
        "real_count": len(real),
        "fake_count": len(fake),
        "seed": seed,
    }
    name, std = metric_name(metric, features.name), None
    generator = torch.Generator().manual_seed(seed)
    try:
        if metric == "fid":
            value = statistics.frechet_distance(statistics.moments(real), statistics.moments(fake))
        elif metric == "mifid":
            distance = statistics.memorization(real, fake)
            threshold = MEMORIZATION_THRESHOLDS.get(features.name, _OTHER_THRESHOLD)
            penalty = distance if distance < threshold else 1.0
            value = statistics.frechet_distance(statistics.moments(real), statistics.moments(fake)) / (
                penalty + _CONTEST_EPS
            )
            protocol |= {"memorization_distance": distance, "threshold": threshold, "penalty": penalty}
            protocol |= {"real_distance": statistics.spread(real)}
        elif metric == "kid":
            kid = statistics.kernel_distance(real, fake, generator)
            value, std = kid.value, kid.std
            protocol |= {"estimator": kid.estimator, "subsets": kid.subsets, "subset_size": kid.subset_size}
        elif metric == "is":
            logits = features.classify(fake)
            if logits is None:
                return None
            splits = min(10, len(fake))
            value, std = statistics.inception_score(logits, generator, splits)
            protocol |= {"splits": splits}
        else:
            first, second = (real, fake) if metric == "precision" else (fake, real)
            value = statistics.share_within(first, second)
            protocol |= {"k": statistics.NEIGHBOURS}
    except statistics.TooFew as problem:
        raise UserError(
            f"{name} needs at least {problem.minimum} real and {problem.minimum} generated pictures, and there are "
            f"{len(real)} and {len(fake)}: measure more pictures."
        ) from problem
    return Result(name, value, std, protocol)

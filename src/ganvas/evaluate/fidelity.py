"""How close made pictures are to real ones: Fréchet distance, MiFID, KID, IS, precision, recall, on frozen features.

A number is named after what it is. Only the Inception network of the original papers gives ``fid``, ``kid`` and ``is``;
every other network's name stands in the metric's: ``fd_effnet``, ``kid_effnet``. Each result carries its protocol.
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
from ganvas.paths import cache_dir

Metric: TypeAlias = Literal["fid", "kid", "is", "precision", "recall", "mifid"]
METRICS: tuple[Metric, ...] = get_args(Metric)
USUAL: tuple[Metric, ...] = ("fid", "kid", "is", "precision", "recall")
"""What is measured when nothing else is said: MiFID only means something against the pictures of the training."""

MEMORIZATION_THRESHOLDS = {"inception": 0.1, "inception-clean": 0.1, "effnet": 0.05}
"""Below this mean distance to the nearest training picture MiFID punishes. Inception's is that of the contest's public
code (Kaggle, Generative Dog Images, 2019); EfficientNet's is calibrated, see docs/measuring.md."""

Progress = Callable[[str, int], None]
"""Called with (``real`` or ``fake``, pictures measured so far)."""

# Pictures through the network at a time: sixteen fit the processor's cache, and more is slower there.
_CHUNK = 16
_OTHER_THRESHOLD = 0.1  # for features without a calibration
_CONTEST_EPS = 10e-15  # what the contest adds to the penalty


class Result(NamedTuple):
    """One number and all that is needed to compare it: ``std`` is None where the metric has no deviation."""

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
    """Measure made pictures against real ones.

    Args:
        samples: made pictures in batches, uint8 [N, H, W, 1 or 3].
        reals: real pictures in batches, likewise; not read when their statistics are cached.
        features: the frozen network.
        metrics: what to measure, in the order of the answer. ``is`` is left out when the network has no classifier.
        fingerprint: what the real pictures are (the dataset's fingerprint, with the part taken from it); their features
            are then cached under it. None: no cache.
        real_count: real pictures to take at most; None takes all. Belongs to the cache's key.
        fake_count: made pictures to take at most; None takes all.
        seed: decides KID's subsets and the splits of IS.
        progress: told after each chunk.

    Returns:
        One result a metric.

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
    """A cheap KID to follow training with: ``count`` pictures of each, the whole unbiased estimator.

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
    """Features float32 [N, dim] of pictures that stream by; only the features stay in memory.

    Args:
        images: batches uint8 [N, H, W, 1 or 3]; sizes may differ from batch to batch.
        features: the frozen network.
        count: stop after so many pictures.
        progress: told ``which`` and the pictures measured so far.
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
    """Features float32 [N, dim] of the real pictures, kept on disk under what they are and how they were measured.

    The features are kept and not their moments alone, because KID, precision and recall need every one; the moments
    follow from them in seconds.

    Args:
        reals: batches uint8 [N, H, W, 1 or 3]; not read when the features are kept already.
        features: the frozen network.
        fingerprint: what the pictures are; None keeps nothing.
        count: pictures to take at most.
        progress: told after each chunk.

    Raises:
        UserError: there is no picture at all.
    """
    path = None if fingerprint is None else statistics_path(fingerprint, features, count)
    kept = None if path is None else _kept(path, features.dim)
    if kept is not None:
        return kept
    rows = extract(reals, features, count=count, progress=progress)
    if path is not None:
        file = io.BytesIO()
        np.savez(file, features=rows.numpy())
        write_atomically(path, file.getvalue())
    return rows


def statistics_path(fingerprint: str, features: Features, count: int | None) -> Path:
    """Where the features of real pictures are kept; another data set, weights, resizing or count is another file."""
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
    """What a number must be called: ``fid`` only from the FID network as published, ``fd_effnet`` from EfficientNet."""
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


def _kept(path: Path, dim: int) -> Tensor | None:
    """Features kept from an earlier evaluation; a file that cannot be read is measured anew, not fatal."""
    try:
        # Opened here, because numpy leaves a file that is no archive open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            rows: npt.NDArray[np.float32] = kept["features"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return torch.from_numpy(rows) if rows.ndim == 2 and rows.shape[1] == dim and rows.dtype == np.float32 else None


def measure(metric: Metric, real: Tensor, fake: Tensor, features: Features, seed: int = 0) -> Result | None:
    """One metric with its protocol, from feature matrices.

    Args:
        metric: what to measure.
        real: features [N, dim] of the real pictures.
        fake: features [M, dim] of the made ones.
        features: the network they came from.
        seed: decides KID's subsets and the splits of IS.

    Returns:
        The result; None when the network cannot give it (IS without a classifier).

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
            f"{name} needs at least {problem.minimum} real and {problem.minimum} made pictures, and there are "
            f"{len(real)} and {len(fake)}: measure more pictures."
        ) from problem
    return Result(name, value, std, protocol)

"""Statistics of feature matrices in float64, in memory that grows linearly with their rows.

Fréchet distance (Heusel et al. 2017), KID (Bińkowski et al. 2018), IS (Salimans et al. 2016), improved precision and
recall (Kynkäänniemi et al. 2019), memorisation distance of MiFID (Bai et al. 2021).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from torch import Tensor

NEIGHBOURS = 3  # k of precision and recall, as in the paper
_ROWS = 1024  # rows of a distance or kernel matrix in memory at a time
_WHOLE = 10_000  # up to so many pictures KID's estimator takes all pairs
_SUBSETS, _SUBSET_SIZE = 100, 1000  # of KID, as in the paper's code

Moments = tuple[Tensor, Tensor]
"""Mean [D] and covariance [D, D], float64."""


class TooFew(Exception):  # noqa: N818 (callers turn it into a UserError)
    """There are fewer pictures than a metric needs: ``minimum`` of each kind."""

    def __init__(self, minimum: int) -> None:
        super().__init__(minimum)
        self.minimum = minimum


class KernelDistance(NamedTuple):
    """KID: ``std`` is the deviation over ``subsets`` random subsets of ``subset_size``.

    ``estimator`` says whether ``value`` is over all pairs (``whole``) or the mean over the subsets (``subsets``).
    """

    value: float
    std: float
    estimator: Literal["whole", "subsets"]
    subsets: int
    subset_size: int


def moments(features: Tensor) -> Moments:
    """Mean and covariance (divided by N - 1) of features [N, D].

    Raises:
        TooFew: fewer than two pictures.
    """
    if len(features) < 2:
        raise TooFew(2)
    x = features.double()
    mean = x.mean(0)
    x = x - mean
    return mean, x.T @ x / (len(x) - 1)


def frechet_distance(a: Moments, b: Moments) -> float:
    """Squared 2-Wasserstein distance of two Gaussians: |μ₁ - μ₂|² + tr(Σ₁ + Σ₂ - 2 (Σ₁ Σ₂)^½) (Heusel et al., eq. 6).

    (Σ₁Σ₂)^½ has the trace of (Σ₁^½ Σ₂ Σ₁^½)^½, which is symmetric: two symmetric eigenvalue problems instead of a
    general matrix root, so nothing turns complex, and singular covariances (fewer pictures than dimensions) are no
    special case.
    """
    (mean_a, cov_a), (mean_b, cov_b) = a, b
    values, vectors = torch.linalg.eigh(cov_a)
    root = vectors * values.clamp_min(0).sqrt() @ vectors.T
    product = root @ cov_b @ root
    spectrum = torch.linalg.eigvalsh((product + product.T) / 2)
    # The square root would magnify what rounding leaves of zeros.
    noise = spectrum.abs().max() * len(spectrum) * torch.finfo(torch.float64).eps
    trace = spectrum[spectrum > noise].sqrt().sum()
    distance = (mean_a - mean_b).square().sum() + cov_a.trace() + cov_b.trace() - 2 * trace
    return max(float(distance), 0.0)


def kernel_distance(
    real: Tensor, fake: Tensor, generator: torch.Generator, subsets: int = _SUBSETS, subset_size: int | None = None
) -> KernelDistance:
    """KID: the unbiased squared MMD under the kernel (x·y / D + 1)³ (Bińkowski et al. 2018, eq. 4 and section 4).

    Up to 10,000 pictures the value takes all pairs, which has less variance than subsets and the same expectation;
    above that it is the mean over the subsets, as published. It may be slightly negative, as it is unbiased.

    Args:
        real: features [N, D].
        fake: features [M, D].
        generator: draws the subsets.
        subsets: how many random subsets give the deviation.
        subset_size: pictures of each kind in one; None: 1,000, or half of the smaller set if that is less.

    Raises:
        TooFew: fewer than four pictures of a kind.
    """
    fewest = min(len(real), len(fake))
    if fewest < 4:
        raise TooFew(4)
    size = min(_SUBSET_SIZE, fewest // 2) if subset_size is None else subset_size
    x, y = real.double(), fake.double()
    if max(len(x), len(y)) > _WHOLE:
        parts = []
        for _ in range(subsets):
            one = x[torch.randperm(len(x), generator=generator)[:size]]
            other = y[torch.randperm(len(y), generator=generator)[:size]]
            parts.append(_mmd(one, other, torch.ones(1, size).double(), torch.ones(1, size).double()))
        estimates = torch.cat(parts)
        return KernelDistance(float(estimates.mean()), _deviation(estimates), "subsets", subsets, size)
    estimates = _mmd(x, y, _selections(len(x), size, subsets, generator), _selections(len(y), size, subsets, generator))
    return KernelDistance(float(estimates[0]), _deviation(estimates[1:]), "whole", subsets, size)


def inception_score(logits: Tensor, generator: torch.Generator, splits: int = 10) -> tuple[float, float]:
    """exp(E KL(p(y|x) ‖ p(y))), its mean and deviation over ``splits`` random parts (Salimans et al. 2016, section 4).

    Args:
        logits: [N, classes], N ≥ ``splits``.
        generator: shuffles, so that splits do not follow the order of the samples.
        splits: parts; the score depends on it because each part has its own p(y).
    """
    order = torch.randperm(len(logits), generator=generator)
    log_p = logits.double().log_softmax(1)[order]
    scores = []
    for part in log_p.tensor_split(splits):
        marginal = part.exp().mean(0, keepdim=True).log()
        scores.append((part.exp() * (part - marginal)).sum(1).mean().exp())
    stacked = torch.stack(scores)
    return float(stacked.mean()), _deviation(stacked)


def share_within(manifold: Tensor, points: Tensor, k: int = NEIGHBOURS) -> float:
    """Share of ``points`` that lie within the ``manifold``'s balls, each reaching to its centre's k-th neighbour.

    Precision is (real, fake), recall is (fake, real): Kynkäänniemi et al. 2019, eq. 1 and 2.

    Args:
        manifold: features [N, D] that span the manifold.
        points: features [M, D] that are tested.
        k: neighbours.

    Raises:
        TooFew: not more than ``k`` pictures of a kind.
    """
    if min(len(manifold), len(points)) <= k:
        raise TooFew(k + 1)
    centres = manifold.double()
    # The nearest of all is the centre itself, hence k + 1.
    radii = torch.cat([torch.cdist(rows, centres).kthvalue(k + 1).values for rows in _bands(centres)])
    inside = [(torch.cdist(rows, centres) <= radii).any(1) for rows in _bands(points.double())]
    return float(torch.cat(inside).double().mean())


def _bands(x: Tensor) -> Iterator[Tensor]:
    for start in range(0, len(x), _ROWS):
        yield x[start : start + _ROWS]


def _deviation(estimates: Tensor) -> float:
    """Population deviation: what the KID and IS of the papers report."""
    return float(estimates.std(correction=0))


def _selections(count: int, size: int, subsets: int, generator: torch.Generator) -> Tensor:
    """0/1 rows that choose pictures: the first all of them, the others random subsets; [1 + subsets, count]."""
    chosen = torch.zeros(1 + subsets, count, dtype=torch.float64)
    chosen[0] = 1
    for row in chosen[1:]:
        row[torch.randperm(count, generator=generator)[:size]] = 1
    return chosen


def nearest_cosine(queries: Tensor, pool: Tensor) -> tuple[Tensor, Tensor]:
    """The nearest row of ``pool`` [M, D] to each query [N, D], by the distance 1 - |cosine|.

    Returns:
        Distances float64 [N] in [0, 1] and rows of ``pool`` int64 [N]. A row of zeros has no direction: its
        distance is 1.
    """
    one, other = _directions(queries), _directions(pool)
    found = [(1 - (one[start : start + _ROWS] @ other.T).abs()).min(1) for start in range(0, len(one), _ROWS)]
    return torch.cat([part.values for part in found]).clamp_min(0), torch.cat([part.indices for part in found])


def memorization(real: Tensor, fake: Tensor) -> float:
    """The mean over generated pictures of the distance to the nearest real one, 1 - |cosine| (Bai et al. 2021, eq. 3).

    0 where every generated picture is a copy. Rows of zeros are left out, as in the contest's own code.

    Raises:
        TooFew: no picture of a kind.
    """
    real, fake = (rows[rows.abs().sum(1) > 0] for rows in (real, fake))
    if not len(real) or not len(fake):
        raise TooFew(1)
    return float(nearest_cosine(fake, real)[0].mean())


def spread(real: Tensor) -> float:
    """The mean distance of a real picture to the nearest other one, 1 - |cosine|: the value expected of a new picture.

    Raises:
        TooFew: fewer than two pictures.
    """
    rows = _directions(real[real.abs().sum(1) > 0])
    if len(rows) < 2:
        raise TooFew(2)
    nearest = []
    for start in range(0, len(rows), _ROWS):
        distances = 1 - (rows[start : start + _ROWS] @ rows.T).abs()
        distances[torch.arange(len(distances)), torch.arange(start, start + len(distances))] = torch.inf
        nearest.append(distances.amin(1))
    return float(torch.cat(nearest).clamp_min(0).mean())


def _directions(rows: Tensor) -> Tensor:
    x = rows.double()
    directions: Tensor = x / x.norm(dim=1, keepdim=True).clamp_min(torch.finfo(torch.float64).tiny)
    return directions


def _mmd(x: Tensor, y: Tensor, of_x: Tensor, of_y: Tensor) -> Tensor:
    """Unbiased squared MMD of every selection (one row of ``of_x`` [S, N] and ``of_y`` [S, M]) at once: [S].

    A sum of kernel values over a subset is w K wᵀ with its 0/1 row w. So K is computed once, a band at a time,
    however many subsets there are.
    """
    n, m = of_x.sum(1), of_y.sum(1)
    within_x = _kernel_sums(x, x, of_x, of_x) - of_x @ _kernel_diagonal(x)
    within_y = _kernel_sums(y, y, of_y, of_y) - of_y @ _kernel_diagonal(y)
    between = _kernel_sums(x, y, of_x, of_y)
    return within_x / (n * (n - 1)) + within_y / (m * (m - 1)) - 2 * between / (n * m)


def _kernel_sums(x: Tensor, y: Tensor, of_x: Tensor, of_y: Tensor) -> Tensor:
    total = x.new_zeros(len(of_x))
    for start in range(0, len(x), _ROWS):
        band = x[start : start + _ROWS]
        kernel = (band @ y.T / x.shape[1] + 1).pow_(3)
        total += ((of_x[:, start : start + _ROWS] @ kernel) * of_y).sum(1)
    return total


def _kernel_diagonal(x: Tensor) -> Tensor:
    return (x.square().sum(1) / x.shape[1] + 1) ** 3

"""Fidelity against closed forms and against torchmetrics, an independent implementation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.fidelity import (  # noqa: F401 - fixtures
    one_thread,
    own_cache,
    pictures,
    tiny,
    values,
)
from torch import Tensor, nn
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.inception import InceptionScore
from torchmetrics.image.kid import KernelInceptionDistance
from torchmetrics.image.mifid import MemorizationInformedFrechetInceptionDistance

from ganvas.evaluate import fidelity, report, statistics
from ganvas.models.features import FrozenFeatures


class AsModule(nn.Module):
    """Our features as torchmetrics takes them: uint8 NCHW in, features out."""

    def __init__(self, features: FrozenFeatures, logits: bool = False) -> None:
        super().__init__()
        self.features, self.logits, self.num_features = features, logits, features.dim

    def forward(self, images: Tensor) -> Tensor:
        found = self.features(images.permute(0, 2, 3, 1).contiguous())
        logits = self.features.classify(found) if self.logits else None
        return found.double() if logits is None else logits.double()


def test_the_frechet_distance_is_torchmetrics(tiny: FrozenFeatures) -> None:
    real, fake = pictures(300, 0), pictures(200, 1, 20)
    reference = FrechetInceptionDistance(feature=AsModule(tiny)).set_dtype(torch.float64)
    reference.update(real.permute(0, 3, 1, 2), real=True)
    reference.update(fake.permute(0, 3, 1, 2), real=False)
    ours = values(fidelity.evaluate([fake], [real], tiny, ["fid"]))["fd_tiny"]
    assert ours == pytest.approx(float(reference.compute()), rel=1e-6)
    assert ours > 0.05


@pytest.mark.filterwarnings("ignore:Metric .* will save all extracted features:UserWarning")
def test_kid_of_all_pairs_is_torchmetrics(tiny: FrozenFeatures) -> None:
    real, fake = pictures(150, 0), pictures(150, 1, 20)
    reference = KernelInceptionDistance(feature=AsModule(tiny), subsets=1, subset_size=150)
    reference.update(real.permute(0, 3, 1, 2), real=True)
    reference.update(fake.permute(0, 3, 1, 2), real=False)
    ours = fidelity.evaluate([fake], [real], tiny, ["kid"])[0]
    assert ours.value == pytest.approx(float(reference.compute()[0]), rel=1e-6)
    assert ours.protocol["estimator"] == "whole"


@pytest.mark.filterwarnings("ignore:Metric .* will save all extracted features:UserWarning")
def test_kid_over_subsets_agrees_with_torchmetrics_in_mean_and_deviation(tiny: FrozenFeatures) -> None:
    real, fake = pictures(300, 0), pictures(300, 1, 20)
    reference = KernelInceptionDistance(feature=AsModule(tiny), subsets=400, subset_size=60)
    reference.update(real.permute(0, 3, 1, 2), real=True)
    reference.update(fake.permute(0, 3, 1, 2), real=False)
    torch.manual_seed(0)
    mean, std = (float(value) for value in reference.compute())
    ours = statistics.kernel_distance(tiny(real), tiny(fake), torch.Generator().manual_seed(0), 400, 60)
    assert ours.std == pytest.approx(std, rel=0.2)
    assert ours.value == pytest.approx(mean, abs=4 * std / 400**0.5 + 1e-9)


@pytest.mark.filterwarnings("ignore:Metric .* will save all extracted features:UserWarning")
@pytest.mark.filterwarnings("ignore:std.*degrees of freedom:UserWarning")  # theirs, of one split
def test_the_inception_score_is_torchmetrics(tiny: FrozenFeatures) -> None:
    """With one split the shuffle does not matter, so the numbers must be equal."""
    fake = pictures(120, 0)
    reference = InceptionScore(feature=AsModule(tiny, logits=True), splits=1)
    reference.update(fake.permute(0, 3, 1, 2))
    logits = tiny.classify(tiny(fake))
    assert logits is not None
    ours, std = statistics.inception_score(logits, torch.Generator(), splits=1)
    assert ours == pytest.approx(float(reference.compute()[0]), rel=1e-6)
    assert std == 0


@pytest.mark.filterwarnings("ignore:Metric .* will save all extracted features:UserWarning")
@pytest.mark.parametrize("threshold", [1e-9, 0.9])
def test_mifid_is_torchmetrics_with_the_sides_exchanged(
    tiny: FrozenFeatures, monkeypatch: pytest.MonkeyPatch, threshold: float
) -> None:
    """They take the nearest *made* picture of each real one; the contest's code, like ours, the other way round."""
    real, fake = pictures(90, 0), pictures(70, 1, 20)
    reference = MemorizationInformedFrechetInceptionDistance(feature=AsModule(tiny), cosine_distance_eps=threshold)
    reference.set_dtype(torch.float64)
    reference.update(fake.permute(0, 3, 1, 2), real=True)
    reference.update(real.permute(0, 3, 1, 2), real=False)
    monkeypatch.setitem(fidelity.MEMORIZATION_THRESHOLDS, "tiny", threshold)
    ours = fidelity.evaluate([fake], [real], tiny, ["mifid", "fid"])
    assert ours[0].metric == "mifd_tiny"
    assert ours[0].value == pytest.approx(float(reference.compute()), rel=1e-5)
    assert ours[0].protocol["threshold"] == threshold
    punished = ours[0].protocol["memorization_distance"] < threshold
    assert punished == (threshold == 0.9)
    assert (ours[0].value > 2 * ours[1].value) == punished


def test_frechet_distance_of_commuting_gaussians() -> None:
    """Diagonal covariances: |Δμ|² + Σ (σ₁ - σ₂)²."""
    mean_a, mean_b = torch.tensor([0.0, 1.0, 2.0]).double(), torch.tensor([3.0, 1.0, 0.0]).double()
    a, b = torch.tensor([1.0, 4.0, 0.0]).double(), torch.tensor([9.0, 4.0, 25.0]).double()
    expected = 9 + 0 + 4 + (1 - 3) ** 2 + 0 + (0 - 5) ** 2
    found = statistics.frechet_distance((mean_a, a.diag()), (mean_b, b.diag()))
    assert found == pytest.approx(expected, rel=1e-9)


def test_frechet_distance_of_rotated_gaussians() -> None:
    """In two dimensions tr (AB)^½ = (tr AB + 2 (det AB)^½)^½, whether or not A and B commute."""
    a = torch.tensor([[2.0, 0.8], [0.8, 1.0]]).double()
    b = torch.tensor([[1.0, -0.5], [-0.5, 3.0]]).double()
    root = (torch.trace(a @ b) + 2 * torch.det(a @ b).sqrt()).sqrt()
    expected = float(a.trace() + b.trace() - 2 * root)
    zero = torch.zeros(2).double()
    assert statistics.frechet_distance((zero, a), (zero, b)) == pytest.approx(expected, rel=1e-9)
    assert statistics.frechet_distance((zero, b), (zero, a)) == pytest.approx(expected, rel=1e-9)


def test_frechet_distance_with_fewer_pictures_than_dimensions_is_finite_and_zero_for_itself() -> None:
    x = torch.randn(40, 200, generator=torch.Generator().manual_seed(0))
    moments = statistics.moments(x)
    scale = float(moments[1].trace())
    assert statistics.frechet_distance(moments, moments) == pytest.approx(0, abs=1e-6 * scale)
    shifted = statistics.moments(x + 1)
    assert statistics.frechet_distance(moments, shifted) == pytest.approx(200, rel=1e-6)


def test_moments_are_numpys() -> None:
    x = torch.randn(50, 6, generator=torch.Generator().manual_seed(0)) + 100
    mean, covariance = statistics.moments(x)
    np.testing.assert_allclose(mean.numpy(), x.double().numpy().mean(0))
    np.testing.assert_allclose(covariance.numpy(), np.cov(x.double().numpy(), rowvar=False), rtol=1e-9)


def test_kid_by_the_definition() -> None:
    """Written out as double sums, and through subsets: each equals its own sets' KID."""
    rng = torch.Generator().manual_seed(0)
    x, y = torch.randn(7, 3, generator=rng).double(), torch.randn(5, 3, generator=rng).double() + 1

    def kernel(u: Tensor, v: Tensor) -> float:
        return float((u @ v / 3 + 1) ** 3)

    within_x = sum(kernel(x[i], x[j]) for i in range(7) for j in range(7) if i != j) / (7 * 6)
    within_y = sum(kernel(y[i], y[j]) for i in range(5) for j in range(5) if i != j) / (5 * 4)
    between = sum(kernel(u, v) for u in x for v in y) / 35
    found = statistics.kernel_distance(x, y, rng, subsets=3, subset_size=2)
    assert found.value == pytest.approx(within_x + within_y - 2 * between, rel=1e-12)


def test_kid_is_unbiased() -> None:
    """Over many pairs of small sets of one distribution the mean is 0 within its error; a biased one is above."""
    rng = torch.Generator().manual_seed(1)
    found = [
        statistics.kernel_distance(
            torch.randn(12, 8, generator=rng), torch.randn(12, 8, generator=rng), rng, subsets=1, subset_size=4
        ).value
        for _ in range(400)
    ]
    mean, error = float(np.mean(found)), float(np.std(found) / 20)
    assert abs(mean) < 3 * error
    assert min(found) < 0 < max(found)


def test_kid_of_large_sets_is_the_mean_over_subsets(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = torch.Generator().manual_seed(0)
    x, y = torch.randn(300, 8, generator=rng), torch.randn(300, 8, generator=rng) + 0.5
    whole = statistics.kernel_distance(x, y, torch.Generator().manual_seed(0), 200, 100)
    monkeypatch.setattr(statistics, "_WHOLE", 100)
    parts = statistics.kernel_distance(x, y, torch.Generator().manual_seed(0), 200, 100)
    assert (whole.estimator, parts.estimator) == ("whole", "subsets")
    assert parts.value == pytest.approx(whole.value, abs=4 * whole.std / 200**0.5)
    assert parts.std == pytest.approx(whole.std, rel=0.3)


def test_results_do_not_depend_on_how_matrices_are_banded(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = torch.Generator().manual_seed(0)
    x, y = torch.randn(50, 8, generator=rng), torch.randn(60, 8, generator=rng)

    def measure() -> tuple[float, float, float]:
        kid = statistics.kernel_distance(x, y, torch.Generator().manual_seed(0), 5, 10)
        return kid.value, kid.std, statistics.share_within(x, y)

    before = measure()
    monkeypatch.setattr(statistics, "_ROWS", 7)
    assert measure() == pytest.approx(before, rel=1e-10)


def test_the_nearest_picture_by_angle() -> None:
    pool = torch.tensor([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
    distances, which = statistics.nearest_cosine(torch.tensor([[5.0, 0.0], [1.0, 1.0], [-3.0, -4.0], [0.0, 0.0]]), pool)
    assert distances.tolist() == pytest.approx([0, 1 - 0.5**0.5, 1 - 0.8, 1])
    assert which[[0, 2]].tolist() == [0, 1]


def test_memorization_is_the_mean_distance_of_made_pictures_and_leaves_out_zeros() -> None:
    real = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    fake = torch.tensor([[2.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    assert statistics.memorization(real, fake) == pytest.approx((0 + 1 - 0.5**0.5) / 2)
    assert statistics.memorization(fake, fake) == pytest.approx(0, abs=1e-12)
    with pytest.raises(statistics.TooFew):
        statistics.memorization(real[2:], fake)


def test_spread_is_the_distance_to_the_nearest_other(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    for banded in (statistics._ROWS, 2):
        monkeypatch.setattr(statistics, "_ROWS", banded)
        assert statistics.spread(rows) == pytest.approx(1 - 0.5**0.5)
    assert statistics.spread(rows[[0, 0, 2]]) == pytest.approx(1 / 3)


def test_copies_are_punished_and_new_pictures_are_not(tiny: FrozenFeatures, monkeypatch: pytest.MonkeyPatch) -> None:
    """A generator that hands out the training pictures, a little darker, is found out; one with ideas is not."""
    real = pictures(200, 0)
    copies = (real[:100].float() * 0.998).byte()
    usual = statistics.memorization(tiny(real), tiny(pictures(100, 2)))
    monkeypatch.setitem(fidelity.MEMORIZATION_THRESHOLDS, "tiny", usual / 2)
    found = {
        name: fidelity.evaluate([made], [real], tiny, ["mifid", "fid"])
        for name, made in {"copied": copies, "new": pictures(100, 1)}.items()
    }
    assert found["copied"][0].value > 10 * found["copied"][1].value
    assert found["new"][0].value == pytest.approx(found["new"][1].value)
    assert "copy" in report.notes(found["copied"])[-1]
    assert "no penalty" in report.notes(found["new"])[-1]


def test_inception_score_of_sure_and_unsure_classifiers() -> None:
    """Ten classes, each picture surely one of them: 10. Every picture alike: 1."""
    sure = torch.eye(10).repeat(20, 1) * 1000
    assert statistics.inception_score(sure, torch.Generator(), 1)[0] == pytest.approx(10)
    assert statistics.inception_score(torch.ones(50, 10), torch.Generator(), 5) == (pytest.approx(1), pytest.approx(0))


def test_precision_and_recall_of_constructed_sets() -> None:
    """Reals on two islands; fakes crowd one of them and a few lie far out: precision counts those, recall the other."""
    rng = torch.Generator().manual_seed(0)
    island = torch.rand(200, 2, generator=rng)
    real = torch.cat([island, torch.rand(200, 2, generator=rng) + 100])
    fake = torch.cat([torch.rand(150, 2, generator=rng) * 0.8 + 0.1, torch.rand(50, 2, generator=rng) - 500])
    assert statistics.share_within(real, fake) == pytest.approx(0.75, abs=0.03)
    assert statistics.share_within(fake, real) == pytest.approx(0.5, abs=0.2)
    assert statistics.share_within(fake, real) <= 0.5
    assert statistics.share_within(real, real) == 1
    assert statistics.share_within(real, fake + 1000) == 0


def test_balls_reach_to_the_third_neighbour() -> None:
    """On a line 0, 1, 2, 3, 4 with k = 3 the ball of 4 reaches back to 1, so it holds 7 and not 7.01."""
    line = torch.arange(5.0)[:, None]
    points = torch.tensor([[7.01], [7.0], [-3.0], [-3.01], [2.5]])
    inside = [statistics.share_within(line, point.expand(4, 1)) for point in points]
    assert inside == [0, 1, 1, 0, 1]

"""The games against numbers worked out by hand, the penalties against critics whose gradient is known."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models import losses, noise

REAL = torch.tensor([2.0, -1.0])
FAKE = torch.tensor([0.5, -3.0])


def softplus(x: float) -> float:
    return math.log1p(math.exp(x))


def mean(*values: float) -> float:
    return sum(values) / len(values)


EXPECTED_D = {
    "non_saturating": mean(softplus(-2), softplus(1)) + mean(softplus(0.5), softplus(-3)),
    "vanilla": mean(softplus(-2), softplus(1)) + mean(softplus(0.5), softplus(-3)),
    "least_squares": mean(1.0, 4.0) + mean(0.25, 9.0),
    "hinge": mean(0.0, 2.0) + mean(1.5, 0.0),
    "wasserstein": mean(0.5, -3.0) - mean(2.0, -1.0),
    "relativistic": mean(softplus(0.5 - 2.0), softplus(-3.0 + 1.0)),
}
EXPECTED_G = {
    "non_saturating": mean(softplus(-0.5), softplus(3)),
    "vanilla": mean(softplus(-0.5), softplus(3)),
    "least_squares": mean(0.25, 16.0),
    "hinge": -mean(0.5, -3.0),
    "wasserstein": -mean(0.5, -3.0),
    "relativistic": mean(softplus(2.0 - 0.5), softplus(-1.0 + 3.0)),
}


def test_every_game_has_an_expectation_here() -> None:
    assert set(losses.ADVERSARIAL_LOSSES) == set(EXPECTED_D) == set(EXPECTED_G)


@pytest.mark.parametrize("game", EXPECTED_D)
def test_discriminator_loss_is_the_formula(game: str) -> None:
    assert losses.discriminator_loss(game, REAL, FAKE).item() == pytest.approx(EXPECTED_D[game], rel=1e-6)


@pytest.mark.parametrize("game", EXPECTED_G)
def test_generator_loss_is_the_formula(game: str) -> None:
    assert losses.generator_loss(game, FAKE, REAL).item() == pytest.approx(EXPECTED_G[game], rel=1e-6)


@pytest.mark.parametrize("game", sorted(losses.ADVERSARIAL_LOSSES))
def test_the_players_pull_fakes_in_opposite_directions(game: str) -> None:
    # At logits between the targets every game must push fakes down in D and up in G, or nobody learns.
    real = torch.full((4,), 0.6)
    fake = torch.full((4,), 0.4, requires_grad=True)
    (down,) = torch.autograd.grad(losses.discriminator_loss(game, real, fake), fake)
    (up,) = torch.autograd.grad(losses.generator_loss(game, fake, real), fake)
    assert (down > 0).all()
    assert (up < 0).all()


def test_losses_stay_finite_where_a_sigmoid_would_saturate() -> None:
    far = torch.tensor([-200.0, 200.0], requires_grad=True)
    loss = losses.discriminator_loss("non_saturating", far, far) + losses.generator_loss("non_saturating", far)
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(far.grad).all()


def test_label_smoothing_moves_the_target_of_real_pictures_only() -> None:
    expected = F.binary_cross_entropy_with_logits(REAL, torch.full((2,), 0.9))
    expected += F.binary_cross_entropy_with_logits(FAKE, torch.zeros(2))
    found = losses.discriminator_loss("vanilla", REAL, FAKE, smoothing=0.1)
    torch.testing.assert_close(found, expected)


def test_label_smoothing_is_refused_where_there_are_no_labels() -> None:
    with pytest.raises(ValueError, match="non_saturating"):
        losses.discriminator_loss("hinge", REAL, FAKE, smoothing=0.1)


def test_the_relativistic_generator_asks_for_real_logits() -> None:
    with pytest.raises(ValueError, match="real_logits"):
        losses.generator_loss("relativistic", FAKE)


@pytest.mark.parametrize(
    ("game", "real", "fake", "accuracy"),
    [
        ("non_saturating", [1.0, 2.0], [-1.0, -2.0], 1.0),
        ("non_saturating", [1.0, -2.0], [-1.0, 2.0], 0.5),
        ("least_squares", [0.6, 0.4], [0.4, 0.2], 0.75),  # the border is half way between its targets
        ("wasserstein", [-5.0, -9.0], [-6.0, -8.0], 0.5),  # only the difference of a pair counts
        ("relativistic", [9.0, 9.0], [8.0, 8.0], 1.0),
    ],
)
def test_judged_shows_means_and_accuracy(game: str, real: list[float], fake: list[float], accuracy: float) -> None:
    shown = losses.discriminator_statistics(game, torch.tensor(real, requires_grad=True), torch.tensor(fake))
    assert shown["accuracy"].item() == pytest.approx(accuracy)
    assert shown["real_logits"].item() == pytest.approx(mean(*real))
    assert shown["fake_logits"].item() == pytest.approx(mean(*fake))
    assert not any(value.requires_grad for value in shown.values())


# ── Penalties ───────────────────────────────────────────────────────────────────────────────────────────────────────


def zero_centred_penalty(discriminate: losses.Discriminate, x: Tensor) -> Tensor:
    """R1 at real pictures, R2 at generated ones, [N]."""
    return losses.squared_norm(losses.logits_and_gradient(discriminate, x)[1])


@pytest.fixture
def pictures() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(3)
    return torch.randn(5, 2, 4, 4, generator=generator), torch.randn(5, 2, 4, 4, generator=generator)


def test_penalties_of_a_linear_critic_are_its_weights(pictures: tuple[Tensor, Tensor]) -> None:
    real, fake = pictures
    w = torch.randn(32, generator=torch.Generator().manual_seed(4))

    def judge(x: Tensor) -> Tensor:
        return x.flatten(1) @ w

    length = w.square().sum()
    torch.testing.assert_close(zero_centred_penalty(judge, real), length.expand(5))
    torch.testing.assert_close(zero_centred_penalty(judge, fake), length.expand(5))
    torch.testing.assert_close(losses.gradient_penalty(judge, real, fake), (length.sqrt() - 1).square().expand(5))
    torch.testing.assert_close(losses.gradient_penalty(judge, real, fake, target=length.sqrt()), torch.zeros(5))


def test_r1_is_each_picture_s_own(pictures: tuple[Tensor, Tensor]) -> None:
    # D(x) = ½‖x‖² has gradient x, so the penalty is ‖x‖²: another for each picture.
    real, _ = pictures
    found = zero_centred_penalty(lambda x: 0.5 * x.square().flatten(1).sum(1), real)
    torch.testing.assert_close(found, real.square().flatten(1).sum(1))


def test_patch_logits_count_as_their_sum(pictures: tuple[Tensor, Tensor]) -> None:
    real, _ = pictures
    found = zero_centred_penalty(lambda x: x.square() / 2, real)  # as many logits as pixels
    torch.testing.assert_close(found, real.square().flatten(1).sum(1))


def test_gradient_penalty_looks_between_fake_and_real(pictures: tuple[Tensor, Tensor]) -> None:
    real, fake = pictures
    seen: list[Tensor] = []

    def judge(x: Tensor) -> Tensor:
        seen.append(x.detach())
        return x.sum((1, 2, 3))

    losses.gradient_penalty(judge, real, fake)
    along = (seen[0] - fake) / (real - fake)
    first = along[:, :1, :1, :1]
    torch.testing.assert_close(along, first.expand_as(along), rtol=1e-3, atol=1e-3)  # one point a picture
    assert ((first >= 0) & (first <= 1)).all()
    assert first.unique().numel() == 5


def test_penalties_train_the_critic_as_finite_differences_say(pictures: tuple[Tensor, Tensor]) -> None:
    real, fake = (x[:, :1] for x in pictures)
    torch.manual_seed(0)
    critic = nn.Sequential(nn.Conv2d(1, 3, 3), nn.Tanh(), nn.Flatten(), nn.Linear(12, 1))

    def penalty() -> Tensor:
        torch.manual_seed(1)
        return zero_centred_penalty(critic, real).mean() + losses.gradient_penalty(critic, real, fake).mean()

    weight = critic[0].weight
    (found,) = torch.autograd.grad(penalty(), weight)
    step = 1e-2
    for index in [(0, 0, 0, 0), (2, 0, 1, 2)]:
        with torch.no_grad():
            weight[index] += step
        above = penalty().item()
        with torch.no_grad():
            weight[index] -= 2 * step
        below = penalty().item()
        with torch.no_grad():
            weight[index] += step
        assert found[index].item() == pytest.approx((above - below) / (2 * step), rel=2e-2, abs=1e-4)


def test_penalties_run_in_float32_under_autocast(pictures: tuple[Tensor, Tensor]) -> None:
    real, fake = pictures
    critic = nn.Sequential(nn.Flatten(), nn.Linear(32, 1))
    seen: list[torch.dtype] = []

    def judge(x: Tensor) -> Tensor:
        logits = critic(x)
        seen.append(logits.dtype)
        return logits

    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert judge(real).dtype is torch.bfloat16
        one, two = zero_centred_penalty(judge, real.bfloat16()), losses.gradient_penalty(judge, real, fake)
    assert seen[1:] == [torch.float32, torch.float32]
    assert one.dtype is two.dtype is torch.float32


def test_the_point_of_a_picture_does_not_depend_on_the_micro_batch(pictures: tuple[Tensor, Tensor]) -> None:
    real, fake = (x[:4] for x in pictures)

    def judge(x: Tensor) -> Tensor:
        return x.square().sum((1, 2, 3))

    torch.manual_seed(9)
    whole = losses.gradient_penalty(judge, real, fake)
    parts = []
    for start in (0, 2):
        torch.manual_seed(9)
        with noise.rows(start, 2, 4):
            parts.append(losses.gradient_penalty(judge, real[start : start + 2], fake[start : start + 2]))
    torch.testing.assert_close(torch.cat(parts), whole)

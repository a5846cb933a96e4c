"""What the two players want: adversarial games by name, and the penalties that keep a discriminator smooth.

A discriminator answers with *logits*: any shape ``[N, ...]`` (one number a picture, or one a patch), before any
sigmoid, higher meaning "more real". A loss is the mean over all of them. Penalties answer per picture, ``[N]``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

from ganvas.models import noise

GameName = Literal["vanilla", "non_saturating", "least_squares", "hinge", "wasserstein", "relativistic"]
Judge: TypeAlias = Callable[[Tensor], Tensor]  # pictures [N, C, H, W] → logits [N, ...]


class Game(NamedTuple):
    """One adversarial game. The functions take logits and answer element by element; callers take the mean."""

    discriminator: Callable[[Tensor, Tensor], Tensor]  # (real_logits, fake_logits) → loss
    generator: Callable[[Tensor, Tensor | None], Tensor]  # (fake_logits, real_logits) → loss
    threshold: float | None  # logits above it mean "real"; None where only the difference of two logits means anything
    pairs: bool = False  # whether the generator's loss needs the real logits as well


def _non_saturating_d(real: Tensor, fake: Tensor) -> Tensor:
    return F.softplus(-real) + F.softplus(fake)


def _non_saturating_g(fake: Tensor, real: Tensor | None) -> Tensor:
    return F.softplus(-fake)


def _least_squares_d(real: Tensor, fake: Tensor) -> Tensor:
    return (real - 1).square() + fake.square()


def _least_squares_g(fake: Tensor, real: Tensor | None) -> Tensor:
    return (fake - 1).square()


def _hinge_d(real: Tensor, fake: Tensor) -> Tensor:
    return F.relu(1 - real) + F.relu(1 + fake)


def _minus_fake(fake: Tensor, real: Tensor | None) -> Tensor:
    return -fake


def _wasserstein_d(real: Tensor, fake: Tensor) -> Tensor:
    return fake - real


def _relativistic_d(real: Tensor, fake: Tensor) -> Tensor:
    return F.softplus(fake - real)


def _relativistic_g(fake: Tensor, real: Tensor | None) -> Tensor:
    if real is None:
        raise ValueError("the relativistic game compares pairs: its generator loss needs real_logits")
    return F.softplus(real - fake)


_non_saturating = Game(_non_saturating_d, _non_saturating_g, 0.0)

GAMES: dict[str, Game] = {
    "non_saturating": _non_saturating,
    "vanilla": _non_saturating,  # the name that pix2pix and others use for the same game
    "least_squares": Game(_least_squares_d, _least_squares_g, 0.5),
    "hinge": Game(_hinge_d, _minus_fake, 0.0),
    "wasserstein": Game(_wasserstein_d, _minus_fake, None),
    "relativistic": Game(_relativistic_d, _relativistic_g, None, pairs=True),
}


def discriminator_loss(game: str, real_logits: Tensor, fake_logits: Tensor, *, smoothing: float = 0.0) -> Tensor:
    """What the discriminator descends: a scalar. With r and f the logits of real and fake pictures:

    ============================  ====================================  =========================================
    ``non_saturating``/``vanilla``  E softplus(−r) + E softplus(f)        Goodfellow et al. 2014, eq. 1 (cross-entropy)
    ``least_squares``             E (r − 1)² + E f²                     Mao et al. 2017, eq. 9, without its factor ½
    ``hinge``                     E max(0, 1 − r) + E max(0, 1 + f)     Lim & Ye 2017; Miyato et al. 2018
    ``wasserstein``               E f − E r                             Arjovsky et al. 2017; add a penalty
    ``relativistic``              E softplus(f − r), in pairs           Jolicoeur-Martineau 2019 (RpGAN)
    ============================  ====================================  =========================================

    :param smoothing: one-sided label smoothing (Salimans et al. 2016, §3.4): the target of real pictures is
        1 − smoothing. Only cross-entropy has such a target.
    :raises ValueError: ``smoothing`` with a game that has no labels to smooth.
    """
    loss = GAMES[game].discriminator(real_logits, fake_logits).mean()
    if smoothing:
        if GAMES[game] is not _non_saturating:
            raise ValueError(f"label smoothing belongs to the non_saturating game, not to {game}")
        # Cross-entropy against the target t is softplus(r) − t·r, and softplus(−r) = softplus(r) − r.
        loss = loss + smoothing * real_logits.mean()
    return loss


def generator_loss(game: str, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """What the generator descends: a scalar. With r and f the logits of real and fake pictures:

    ============================  ========================
    ``non_saturating``/``vanilla``  E softplus(−f)
    ``least_squares``             E (f − 1)²
    ``hinge``, ``wasserstein``    −E f
    ``relativistic``              E softplus(r − f), in pairs
    ============================  ========================

    :raises ValueError: the game is relativistic and ``real_logits`` are missing.
    """
    return GAMES[game].generator(fake_logits, real_logits).mean()


def real_logits_if_paired(game: str, discriminate: Callable[[], Tensor]) -> Tensor | None:
    """Logits of real pictures for :func:`generator_loss`, where the loss compares pairs of logits.

    Args:
        game: Name of the adversarial loss.
        discriminate: Computes the logits; called without gradients, since the generator does not change them.

    Returns:
        The logits, or None where the loss does not take them.
    """
    if not GAMES[game].pairs:
        return None
    with torch.no_grad():
        return discriminate()


def detached(terms: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Terms of a loss for the log: the same values without gradients."""
    return {name: term.detach() for name, term in terms.items()}


def judged(game: str, real_logits: Tensor, fake_logits: Tensor) -> dict[str, Tensor]:
    """What every discriminator phase shows: the two mean logits and ``accuracy`` in [0, 1].

    Accuracy is the share of logits on the right side of the game's threshold; in games where only differences mean
    anything it is the share of pairs in which the real picture scores higher. One half is chance, 1 a discriminator
    that has won.
    """
    real, fake = real_logits.detach().float(), fake_logits.detach().float()
    threshold = GAMES[game].threshold
    if threshold is None:
        right = (real > fake).float().mean()
    else:
        right = ((real > threshold).float().mean() + (fake < threshold).float().mean()) / 2
    return {"real_logits": real.mean(), "fake_logits": fake.mean(), "accuracy": right}


# ── Penalties ───────────────────────────────────────────────────────────────────────────────────────────────────────


def judge_with_gradient(judge: Judge, x: Tensor) -> tuple[Tensor, Tensor]:
    """The logits of pictures ``x`` and their gradient ∂(sum of a picture's logits)/∂x, of the shape of ``x``.

    Both can be differentiated again. All is done in float32 or finer, outside of autocast: squared gradients leave the
    range of half precision. The judge must not mix pictures (batch normalisation does), else the gradient is not per
    picture.
    """
    with torch.autocast(x.device.type, enabled=False), torch.enable_grad():
        x = x.detach().to(torch.promote_types(x.dtype, torch.float32)).requires_grad_()
        logits = judge(x)
        (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    return logits, gradient


def squared_norm(gradient: Tensor) -> Tensor:
    """‖∇‖² of each picture: ``[N, ...]`` → ``[N]``."""
    return gradient.square().flatten(1).sum(1)


def r1(judge: Judge, real: Tensor) -> Tensor:
    """‖∇D(x)‖² at real pictures, ``[N]`` (Mescheder et al. 2018, eq. 9; the loss takes γ/2 times its mean)."""
    return squared_norm(judge_with_gradient(judge, real)[1])


def r2(judge: Judge, fake: Tensor) -> Tensor:
    """‖∇D(x)‖² at generated pictures, ``[N]`` (Mescheder et al. 2018, eq. 10; the loss takes γ/2 times its mean)."""
    return squared_norm(judge_with_gradient(judge, fake)[1])


def gradient_penalty(judge: Judge, real: Tensor, fake: Tensor, *, target: float = 1.0) -> Tensor:
    """(‖∇D(x̂)‖ − target)² at x̂ drawn uniformly on the line from each fake to its real, ``[N]``.

    Gulrajani et al. 2017, eq. 3; the loss takes λ = 10 times its mean. The point on each line is a draw of
    :mod:`ganvas.models.noise`, so it belongs to the row.
    """
    along = noise.uniform(len(real), *[1] * (real.dim() - 1), device=real.device)
    kind = torch.promote_types(real.dtype, torch.float32)
    between = torch.lerp(fake.detach().to(kind), real.detach().to(kind), along.to(kind))
    gradient = judge_with_gradient(judge, between)[1]
    length: Tensor = torch.linalg.vector_norm(gradient.flatten(1), dim=1)
    return (length - target).square()

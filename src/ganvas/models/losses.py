"""Adversarial losses by name, and the gradient penalties of discriminators.

A discriminator returns *logits*: any shape [N, ...] (one number per picture or per patch), before any sigmoid; higher
means "more real". A loss is the mean over all of them. A penalty is per picture, [N].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

from ganvas.models import noise
from ganvas.models.layers.compiling import differentiable_twice

LossName = Literal["vanilla", "non_saturating", "least_squares", "hinge", "wasserstein", "relativistic"]
Discriminate: TypeAlias = Callable[[Tensor], Tensor]  # pictures [N, C, H, W] → logits [N, ...]


class AdversarialLoss(NamedTuple):
    """The losses of both networks, element by element on logits; callers take the mean."""

    discriminator: Callable[[Tensor, Tensor], Tensor]  # (real_logits, fake_logits) → loss
    generator: Callable[[Tensor, Tensor | None], Tensor]  # (fake_logits, real_logits) → loss
    threshold: float | None  # logits above it mean "real"; None where only the difference of two logits has a meaning
    pairs: bool = False  # whether the generator's loss takes the real logits as well


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
        raise ValueError("the relativistic loss compares pairs: the generator's needs real_logits")
    return F.softplus(real - fake)


_non_saturating = AdversarialLoss(_non_saturating_d, _non_saturating_g, 0.0)

ADVERSARIAL_LOSSES: dict[str, AdversarialLoss] = {
    "non_saturating": _non_saturating,
    "vanilla": _non_saturating,  # the name of the same loss in pix2pix and others
    "least_squares": AdversarialLoss(_least_squares_d, _least_squares_g, 0.5),
    "hinge": AdversarialLoss(_hinge_d, _minus_fake, 0.0),
    "wasserstein": AdversarialLoss(_wasserstein_d, _minus_fake, None),
    "relativistic": AdversarialLoss(_relativistic_d, _relativistic_g, None, pairs=True),
}


def discriminator_loss(name: str, real_logits: Tensor, fake_logits: Tensor, *, smoothing: float = 0.0) -> Tensor:
    """The loss of the discriminator, a scalar. With r and f the logits of real and fake pictures:

    ============================  ====================================  =========================================
    ``non_saturating``/``vanilla``  E softplus(−r) + E softplus(f)        Goodfellow et al. 2014, eq. 1 (cross-entropy)
    ``least_squares``             E (r − 1)² + E f²                     Mao et al. 2017, eq. 9, without its factor ½
    ``hinge``                     E max(0, 1 − r) + E max(0, 1 + f)     Lim & Ye 2017; Miyato et al. 2018
    ``wasserstein``               E f − E r                             Arjovsky et al. 2017; add a penalty
    ``relativistic``              E softplus(f − r), in pairs           Jolicoeur-Martineau 2019 (RpGAN)
    ============================  ====================================  =========================================

    Args:
        name: Key of ``ADVERSARIAL_LOSSES``.
        real_logits: Logits of real pictures [N, ...].
        fake_logits: Logits of generated pictures [N, ...].
        smoothing: One-sided label smoothing (Salimans et al. 2016, §3.4): the target of real pictures is
            1 − smoothing. Only cross-entropy has such a target.

    Raises:
        ValueError: ``smoothing`` with a loss that has no labels.
    """
    loss = ADVERSARIAL_LOSSES[name].discriminator(real_logits, fake_logits).mean()
    if smoothing:
        if ADVERSARIAL_LOSSES[name] is not _non_saturating:
            raise ValueError(f"label smoothing belongs to the non_saturating loss, not to {name}")
        # Cross-entropy with target t is softplus(r) − t·r, and softplus(−r) = softplus(r) − r.
        loss = loss + smoothing * real_logits.mean()
    return loss


def generator_loss(name: str, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
    """The loss of the generator, a scalar. With r and f the logits of real and fake pictures:

    ============================  ========================
    ``non_saturating``/``vanilla``  E softplus(−f)
    ``least_squares``             E (f − 1)²
    ``hinge``, ``wasserstein``    −E f
    ``relativistic``              E softplus(r − f), in pairs
    ============================  ========================

    Raises:
        ValueError: The loss is relativistic and ``real_logits`` is None.
    """
    return ADVERSARIAL_LOSSES[name].generator(fake_logits, real_logits).mean()


def real_logits_if_paired(name: str, discriminate: Callable[[], Tensor]) -> Tensor | None:
    """Logits of real pictures for :func:`generator_loss`, where the loss compares pairs of logits.

    Args:
        name: Key of ``ADVERSARIAL_LOSSES``.
        discriminate: Computes the logits; called without gradients, since they do not depend on the generator.

    Returns:
        The logits, or None where the loss does not take them.
    """
    if not ADVERSARIAL_LOSSES[name].pairs:
        return None
    with torch.no_grad():
        return discriminate()


def discriminator_statistics(name: str, real_logits: Tensor, fake_logits: Tensor) -> dict[str, Tensor]:
    """What every discriminator phase logs: ``real_logits`` and ``fake_logits`` (means), and ``accuracy`` in [0, 1].

    Accuracy is the share of logits on the right side of the loss's threshold; where only differences have a meaning,
    it is the share of pairs in which the real picture has the higher logit. 0.5 is chance.
    """
    real, fake = real_logits.detach().float(), fake_logits.detach().float()
    threshold = ADVERSARIAL_LOSSES[name].threshold
    if threshold is None:
        right = (real > fake).mean(dtype=torch.float32)
    else:
        right = ((real > threshold).mean(dtype=torch.float32) + (fake < threshold).mean(dtype=torch.float32)) / 2
    return {"real_logits": real.mean(), "fake_logits": fake.mean(), "accuracy": right}


def detached(terms: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Terms of a loss for the log: the same values without gradients."""
    return {name: term.detach() for name, term in terms.items()}


# ── Penalties ───────────────────────────────────────────────────────────────────────────────────────────────────────


def logits_and_gradient(discriminate: Discriminate, x: Tensor) -> tuple[Tensor, Tensor]:
    """Logits of pictures, and the gradient of each picture's sum of logits with respect to the picture.

    Both can be differentiated again. Everything is computed in float32 or finer, outside of autocast: squared gradients
    leave the range of half precision.

    Args:
        discriminate: Must treat each picture by itself: with batch normalisation the gradient is not per picture.
        x: Pictures [N, C, H, W].

    Returns:
        Logits [N, ...] and gradient, of the shape of ``x``.
    """
    with torch.autocast(x.device.type, enabled=False), torch.enable_grad(), differentiable_twice():
        x = x.detach().to(torch.promote_types(x.dtype, torch.float32)).requires_grad_()
        logits = discriminate(x)
        (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    return logits, gradient


def squared_norm(gradient: Tensor) -> Tensor:
    """‖∇‖² per picture: [N, ...] → [N].

    At real pictures it is R1 (Mescheder et al. 2018, eq. 9), at generated ones R2 (eq. 10); the loss takes γ/2 times
    its mean.
    """
    return gradient.square().flatten(1).sum(1)


def gradient_penalty(discriminate: Discriminate, real: Tensor, fake: Tensor, *, target: float = 1.0) -> Tensor:
    """(‖∇D(x̂)‖ − target)² at x̂ drawn uniformly on the line from each fake to its real, [N].

    Gulrajani et al. 2017, eq. 3; the loss takes λ = 10 times its mean. The position on each line is drawn by
    :mod:`ganvas.models.noise`, per row.
    """
    along = noise.uniform(len(real), *[1] * (real.dim() - 1), device=real.device)
    kind = torch.promote_types(real.dtype, torch.float32)
    between = torch.lerp(fake.detach().to(kind), real.detach().to(kind), along.to(kind))
    gradient = logits_and_gradient(discriminate, between)[1]
    length: Tensor = torch.linalg.vector_norm(gradient.flatten(1), dim=1)
    return (length - target).square()

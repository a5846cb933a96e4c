"""What pix2pixHD's players want (Wang et al. 2018, §3.2): least squares at several scales, and features that match.

A discriminator of several scales answers with lists: for each scale its features, the last of them the logits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

from ganvas.models import losses
from ganvas.models.perceptual import load_vgg16, perceptual_loss

Scales: TypeAlias = list[list[Tensor]]


def adversarial(fakes: Scales) -> Tensor:
    """What the generator descends of its judgement: the mean over scales of (logit − 1)²."""
    return _mean([losses.generator_loss("least_squares", scale[-1], None) for scale in fakes])


def feature_matching(fakes: Scales, reals: Scales) -> Tensor:
    """L1 between the discriminators' features of fake and real, the logits left out (eq. 4): the mean over all layers.

    The authors' code takes a sum instead that is four times this mean, whatever the number of layers.
    """
    distances = [
        F.l1_loss(fake.float(), real.float())
        for scale_of_fake, scale_of_real in zip(fakes, reals, strict=True)
        for fake, real in zip(scale_of_fake[:-1], scale_of_real[:-1], strict=True)
    ]
    return _mean(distances)


def judgement(reals: Scales, fakes: Scales) -> tuple[Tensor, dict[str, Tensor]]:
    """What the discriminators descend, halved, the mean over scales; and what such a phase shows."""
    real_logits, fake_logits = ([scale[-1] for scale in all_] for all_ in (reals, fakes))
    pairs = zip(real_logits, fake_logits, strict=True)
    loss = _mean([0.5 * losses.discriminator_loss("least_squares", real, fake) for real, fake in pairs])
    one, other = (torch.cat([scale.flatten(1) for scale in all_], 1) for all_ in (real_logits, fake_logits))
    return loss, losses.judged("least_squares", one, other)


def perceptual(fake: Tensor, real: Tensor, layers: Mapping[str, float]) -> Tensor:
    """L1 in VGG16's features, each layer with its weight. The network is shared and belongs to no family."""
    return perceptual_loss(load_vgg16(fake.device), fake, real, tuple(layers), tuple(layers.values()))


def _mean(terms: Sequence[Tensor]) -> Tensor:
    return torch.stack(list(terms)).mean()

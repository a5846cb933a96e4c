"""Losses of pix2pixHD at several scales (Wang et al. 2018, §3.2): least squares and feature matching.

A multiscale discriminator returns a list per scale: its feature maps, the last of which are the logits.
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


def generator_loss(fakes: Scales) -> Tensor:
    """E (f − 1)² of the logits f of fakes, the mean over scales."""
    return _mean([losses.generator_loss("least_squares", scale[-1], None) for scale in fakes])


def discriminator_loss(reals: Scales, fakes: Scales) -> tuple[Tensor, dict[str, Tensor]]:
    """½ (E (r − 1)² + E f²), the mean over scales, and the statistics to log."""
    real_logits, fake_logits = ([scale[-1] for scale in all_] for all_ in (reals, fakes))
    pairs = zip(real_logits, fake_logits, strict=True)
    loss = _mean([0.5 * losses.discriminator_loss("least_squares", real, fake) for real, fake in pairs])
    one, other = (torch.cat([scale.flatten(1) for scale in all_], 1) for all_ in (real_logits, fake_logits))
    return loss, losses.discriminator_statistics("least_squares", one, other)


def feature_matching(fakes: Scales, reals: Scales) -> Tensor:
    """L1 distance of the discriminators' features of fake and real, without the logits (eq. 4): the mean over layers.

    The authors' code takes a sum that is four times this mean, whatever the number of layers.
    """
    distances = [
        F.l1_loss(fake.float(), real.float())
        for scale_of_fake, scale_of_real in zip(fakes, reals, strict=True)
        for fake, real in zip(scale_of_fake[:-1], scale_of_real[:-1], strict=True)
    ]
    return _mean(distances)


def perceptual(fake: Tensor, real: Tensor, layers: Mapping[str, float]) -> Tensor:
    """L1 distance in features of VGG16, each layer times its weight. The network is shared and in no family."""
    return perceptual_loss(load_vgg16(fake.device), fake, real, tuple(layers), tuple(layers.values()))


def _mean(terms: Sequence[Tensor]) -> Tensor:
    return torch.stack(list(terms)).mean()

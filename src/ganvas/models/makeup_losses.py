"""Losses of make-up transfer: histogram matching by region, and an unchanged background."""

from __future__ import annotations

import torch
from torch import Tensor

from ganvas.models.face_masks import EYES, FACE, LEAST, LIPS, SKIN


def makeup_loss(
    fake: Tensor, reference: Tensor, own: Tensor, others: Tensor, weights: tuple[float, float, float]
) -> Tensor:
    """Histogram loss of lips, eyes and skin, a scalar (Li et al. 2018, BeautyGAN, eq. 6).

    Per region and channel, ``fake`` is matched to the histogram of the reference (:func:`matched`); the loss is the
    mean absolute distance to the result. Rows without a face count 0.

    Args:
        fake: Generated pictures, float [N, C, R, R] in [-1, 1], with gradient.
        reference: Reference pictures of the same shape.
        own: Regions [N, 4, R, R] of the source, which are those of its fake as well.
        others: Regions of the reference.
        weights: Of lips, eyes and skin.
    """
    total = fake.new_zeros((), dtype=torch.promote_types(fake.dtype, torch.float32))
    for row in range(len(fake)):
        for part, weight in zip((LIPS, EYES, SKIN), weights, strict=True):
            here, there = own[row, part] > 0.5, others[row, part] > 0.5
            if weight and int(here.sum()) >= LEAST and int(there.sum()) >= LEAST:
                values = fake[row][:, here].to(total.dtype)
                wanted = matched(values.detach(), reference[row][:, there].to(total.dtype))
                total = total + weight * (values - wanted).abs().mean()
    return total / len(fake)


def matched(values: Tensor, reference: Tensor) -> Tensor:
    """Histogram matching per channel, by rank: [C, n], [C, m] → [C, n]."""
    n, m = values.shape[1], reference.shape[1]
    rank = values.argsort(1).argsort(1).to(reference.dtype)
    place = ((rank + 0.5) * (m / n) - 0.5).clamp(0, m - 1)
    ordered = reference.sort(1).values
    below = place.floor().long()
    above = (below + 1).clamp(max=m - 1)
    return torch.lerp(ordered.gather(1, below), ordered.gather(1, above), place - below)


def background_loss(fake: Tensor, source: Tensor, regions: Tensor) -> Tensor:
    """Mean absolute difference of fake and source [N, C, R, R] outside of the face, a scalar."""
    outside = 1 - regions[:, FACE : FACE + 1]
    return ((fake.float() - source.float()).abs() * outside).mean()

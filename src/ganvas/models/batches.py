"""Batches that losses take, and requests that :meth:`Family.generate` takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class SynthesisBatch(NamedTuple):
    """Pictures ``x`` and their labels ``y`` (zeros when unconditional)."""

    x: Tensor
    y: Tensor
    memo: dict[str, Tensor]


class PairedBatch(NamedTuple):
    """``source`` pictures and their ``target`` pictures."""

    source: Tensor
    target: Tensor
    memo: dict[str, Tensor]


class UnpairedBatch(NamedTuple):
    """Pictures of domain ``a`` and of domain ``b``, which do not correspond."""

    a: Tensor
    b: Tensor
    memo: dict[str, Tensor]


class ReferenceBatch(NamedTuple):
    """Pictures ``x`` of domain ``y``, and two references of one target domain ``y_ref``."""

    x: Tensor
    y: Tensor
    x_ref: Tensor
    x_ref2: Tensor
    y_ref: Tensor
    memo: dict[str, Tensor]


class MusicBatch(NamedTuple):
    """Piano rolls ``x`` [N, tracks, time, pitches]."""

    x: Tensor
    memo: dict[str, Tensor]


# ``memo`` is one empty dictionary per micro-batch and step: ``Family.prepare`` may leave tensors there for all phases,
# and a loss finds there what its phase renders.
Batch: TypeAlias = Any  # one of those above, as the family's task says: a Union would need a cast at each use


class SynthesisRequest(NamedTuple):
    """``z`` float [N, z_dim]; ``y`` int64 [N] (ignored when unconditional); ``psi`` float [N], 1 = no truncation.

    Within the program ``y`` may also be float [N, classes]: the weight of each class.
    """

    z: Tensor
    y: Tensor
    psi: Tensor


class TranslationRequest(NamedTuple):
    """``source`` float [N, source_channels, H, W] in [-1, 1]; ``direction`` int64 [N]: 0 is source → target (A → B)."""

    source: Tensor
    direction: Tensor


class ReferenceRequest(NamedTuple):
    """``source`` and ``reference`` float [N, C, H, W] in [-1, 1]; ``y`` int64 [N]: the target domain.

    The style is the reference's, or that of the latent ``z`` float [N, z_dim]: ``share`` float [N] in [0, 1] is the
    weight of the latter (0: the reference alone). ``outline`` float [N, 2, H, W] in [0, 1]: where fine lines of the
    source are kept, in coarse and in fine feature maps; families that keep no lines ignore it.
    """

    source: Tensor
    reference: Tensor
    y: Tensor
    z: Tensor
    share: Tensor
    outline: Tensor


class MusicRequest(NamedTuple):
    """``z`` float [N, z_dim]; ``given`` float [N, 1, time, pitches] in [-1, 1]: the track that the others accompany.

    Families that were not trained to accompany a track ignore ``given``.
    """

    z: Tensor
    given: Tensor


Request: TypeAlias = SynthesisRequest | TranslationRequest | ReferenceRequest | MusicRequest


def latents(seeds: Iterable[int], z_dim: int) -> NDArray[np.float32]:
    """One latent per seed, float32 [N, z_dim]; a seed gives the same latent in every sheet, command and page."""
    return np.stack([np.random.default_rng(seed).standard_normal(z_dim, dtype=np.float32) for seed in seeds])


def to_uint8(pictures: Tensor) -> Tensor:
    """Float NCHW in [-1, 1] → uint8 NHWC."""
    return pictures.detach().float().add(1).mul(127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).cpu()


def to_float(pictures: NDArray[np.uint8]) -> Tensor:
    """uint8 NHWC → float NCHW in [-1, 1]."""
    owned = pictures if pictures.flags.writeable else pictures.copy()  # torch wraps writable memory only
    return torch.from_numpy(owned).permute(0, 3, 1, 2).float().div(127.5).sub(1)

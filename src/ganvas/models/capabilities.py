"""What some families can do beyond answering a request, as classes that a family names among its bases.

A family declares a capability by inheriting from the class, so ``isinstance(family, HasHeatmap)`` is true of exactly
the families that say so, and a type checker knows the methods afterwards. :func:`capabilities` lists the names for the
card of a bundle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from ganvas.models.batches import SynthesisRequest, TranslationRequest
from ganvas.models.layers.classes import class_weights
from ganvas.spec import DataSpec


class Truncates:
    """``psi`` of a request scales the distance of the latent from its mean: the truncation trick."""


class Enlarges:
    """Outputs are ``data.source_scale`` times as large as sources, which may have any size (super-resolution)."""


class TranslatesAnySize:
    """Sources may have any size that :meth:`size_multiple` allows; outputs have the same."""

    @classmethod
    def size_multiple(cls, config: Any, data: DataSpec) -> int | None:
        """What the sides of a source must be multiples of.

        Args:
            config: The family's settings.
            data: How its pictures are prepared.

        Returns:
            None where these settings fix the size, such as by a linear layer on the whole map.
        """
        raise NotImplementedError


class HasLatentSpace:
    """A latent space to interpolate in, to project pictures to, and to find directions in.

    A latent is a float tensor [layers, dim]. ``decode(latent(request))`` equals ``generate(request)`` up to clamping.
    """

    def latent(self, request: SynthesisRequest) -> Tensor:
        """Latents of a request, float [N, layers, dim]."""
        raise NotImplementedError

    def decode(self, latent: Tensor) -> Tensor:
        """Pictures of latents [N, layers, dim], float [N, C, H, W] in about [-1, 1]; differentiable."""
        raise NotImplementedError

    @property
    def normal_dim(self) -> int:
        """How many leading components of each layer follow a standard normal distribution.

        0 means that the space is a learned one, such as the styles w of StyleGAN2.
        """
        raise NotImplementedError

    def sefa_weights(self) -> list[Tensor]:
        """Weights [M, ``normal_dim`` or dim] that project the latent of each layer, from the first layer on.

        SeFa (Shen & Zhou 2021) factorises them; see :mod:`ganvas.apps.sefa`. An empty list: no directions.
        """
        return []

    def noise_buffers(self) -> list[Tensor]:
        """Buffers [H, W] of fixed noise that :meth:`decode` adds to feature maps; projection optimises them too."""
        return []


class HasResolutions:
    """A generator whose layers each belong to one resolution, so that two generators can be joined by resolution."""

    def resolution_of(self, key: str) -> int | None:
        """The side in pixels of the feature maps that a tensor of an averaged network belongs to.

        Args:
            key: Its name in ``state_dict()`` of the family.

        Returns:
            None for the layers before the first feature map, such as the mapping network.
        """
        raise NotImplementedError


class HasNormalLatentSpace(HasLatentSpace):
    """The latent space of a family that takes z ~ N(0, I) and a class once, at its first layer.

    A latent has one layer: z, and with classes the weight of each class.
    """

    data: DataSpec
    z_dim: int

    def generate(self, request: Any) -> Tensor:
        """See :meth:`ganvas.models.family.Family.generate`."""
        raise NotImplementedError

    def latent(self, request: SynthesisRequest) -> Tensor:
        return torch.cat([request.z, class_weights(request.y, len(self.data.classes), request.z)], 1)[:, None]

    def decode(self, latent: Tensor) -> Tensor:
        row = latent[:, 0]
        z, y = torch.split(row, [self.z_dim, row.shape[1] - self.z_dim], 1)
        if not self.data.classes:
            y = torch.zeros(len(z), dtype=torch.long, device=z.device)
        return self.generate(SynthesisRequest(z, y, torch.ones_like(z[:, 0])))

    @property
    def normal_dim(self) -> int:
        return self.z_dim


class HasHeatmap:
    """A map of where the generator attends in a source."""

    def heatmap(self, request: TranslationRequest) -> Tensor:
        """Attention of the generator, float [N, 1, H, W] in [0, 1]; 1 is the maximum of each picture."""
        raise NotImplementedError


class Subgraph(NamedTuple):
    """A part of :meth:`Family.generate` that is called, and exported, on its own."""

    function: Callable[[Tensor], Tensor]  # [N, *input_shape] → [N, …], row by row
    input_shape: tuple[int, ...]  # of one row


class HasCodes:
    """Sources are encoded into codes, which can be changed before the output is decoded from them.

    Attributes:
        chain: The subgraphs that make :meth:`.Family.generate`, the first from the source and each from the output of
            the one before it.
    """

    chain: ClassVar[tuple[str, ...]]

    def subgraphs(self) -> dict[str, Subgraph]:
        """The parts of the computation by name; each is exported beside the whole model."""
        raise NotImplementedError

    def code_bank(self, requests: Iterable[TranslationRequest]) -> dict[str, Tensor]:
        """Codes of all training sources, kept in the bundle.

        Args:
            requests: The training sources, once each, in batches.
        """
        raise NotImplementedError


class Accompanies:
    """A request may give one track, ``accompanied``, to which the model adds the others.

    Other tracks of the answer are the model's; this one is returned as it was given.
    """

    @property
    def accompanied(self) -> int | None:
        """Index of the given track; None where this model was not trained to accompany one."""
        raise NotImplementedError


class HasStandingStatistics:
    """Batch normalisation statistics for use are measured on fixed latents (BigGAN).

    The running statistics are those of the generator that is trained; they do not fit its average.
    """

    def measure_standing_statistics(self, *, truncated: bool = True) -> None:
        """Measure and store them; the same weights give the same statistics, up to rounding.

        Args:
            truncated: Also for truncated latents; else for psi = 1 alone, which is all that a training shows.
        """
        raise NotImplementedError


@contextmanager
def standing_statistics(family: nn.Module) -> Iterator[None]:
    """Inside, a family that is being trained has the statistics of use for psi = 1; afterwards those of training."""
    if not isinstance(family, HasStandingStatistics):
        yield
        return
    before = [(buffer, buffer.clone()) for buffer in family.buffers()]
    family.measure_standing_statistics(truncated=False)
    try:
        yield
    finally:
        for buffer, value in before:
            buffer.copy_(value)


# What a bundle's card may name, and what the pages of the studio choose by.
CAPABILITIES: dict[str, type] = {
    "latent_space": HasLatentSpace,
    "truncation": Truncates,
    "heatmap": HasHeatmap,
    "codes": HasCodes,
    "enlarges": Enlarges,
}


def capabilities(family: object) -> tuple[str, ...]:
    """Names of the capabilities of a family.

    Args:
        family: A family, or its class.

    Returns:
        Keys of ``CAPABILITIES``, in their order.
    """
    kind = family if isinstance(family, type) else type(family)
    return tuple(name for name, capability in CAPABILITIES.items() if issubclass(kind, capability))

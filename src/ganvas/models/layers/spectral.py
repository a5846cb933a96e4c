"""Spectral normalisation (Miyato et al. 2018), as three published codes have it.

All run one power iteration per forward pass in training mode. They differ in what evaluation mode does and in which
vectors are stored, so their numbers and checkpoints differ:

- :func:`spectral_norm`: PyTorch's own, none in evaluation mode (DCGAN, pix2pix).
- :class:`Spectral`: from the stored ``u``, in evaluation mode too, without storing it then (SAGAN, BigGAN).
- :class:`StoredSingularValue`: none in evaluation mode, ``u`` and ``v`` stored (U-GAT-IT).

So that a split batch sees the same iterations as a whole one, the trainer starts every micro-batch of a phase from the
same :func:`singular_vectors`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from ganvas.models.layers.precision import without_autocast


def spectral_norm(network: nn.Module, *, eps: float = 1e-12) -> nn.Module:
    """Divide the weight of every convolution and linear layer by its largest singular value (Miyato et al. 2018).

    One power iteration per forward pass in training mode, none in evaluation mode; the vectors are buffers. To be
    called after the weights have been initialised. The network is changed in place and returned.
    """
    for module in list(network.modules()):
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            parametrizations.spectral_norm(module, eps=eps)
    return network


class Spectral(nn.Module):
    """Divide a weight by its largest singular value as a matrix [outputs, rest], by one power iteration per call.

    Miyato et al. 2018, algorithm 1, as in BigGAN: evaluation mode iterates too, and the left vector ``u``, stored in
    training mode, is the only state. ``eps`` (1e-6 in BigGAN, 1e-12 elsewhere) is the smallest length by which a
    vector is divided.
    """

    u: Tensor

    def __init__(self, outputs: int, eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("u", torch.randn(outputs))

    def vectors(self, matrix: Tensor) -> tuple[Tensor, Tensor]:
        """The singular vectors, left and right, one power iteration on; no gradient leads through them."""
        matrix = matrix.detach()
        v = F.normalize(torch.mv(matrix.t(), self.u), dim=0, eps=self.eps)
        return F.normalize(torch.mv(matrix, v), dim=0, eps=self.eps), v

    def forward(self, weight: Tensor) -> Tensor:
        matrix = weight.flatten(1)
        # In half precision the estimate would wander by more than a weight step.
        with without_autocast(weight):
            u, v = self.vectors(matrix)
            if self.training:
                self.u.copy_(u)
            sigma = torch.dot(u, torch.mv(matrix, v))
        return weight / sigma


class SpectralConv2d(nn.Conv2d):
    """A convolution, stride 1 and the picture's size kept, whose weight is divided by its largest singular value."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, *, bias: bool = True, eps: float = 1e-6) -> None:
        super().__init__(inputs, outputs, kernel, padding=kernel // 2, bias=bias)
        self.spectral = Spectral(outputs, eps)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (the name nn.Conv2d gave it)
        return F.conv2d(input, self.spectral(self.weight), self.bias, padding=self.padding)


class SpectralLinear(nn.Linear):
    """A linear layer whose weight is divided by its largest singular value."""

    def __init__(self, inputs: int, outputs: int, *, bias: bool = True, eps: float = 1e-6) -> None:
        super().__init__(inputs, outputs, bias=bias)
        self.spectral = Spectral(outputs, eps)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (the name nn.Linear gave it)
        return F.linear(input, self.spectral(self.weight), self.bias)


class SpectralEmbedding(nn.Embedding):
    """A class embedding whose table is divided by its largest singular value."""

    def __init__(self, classes: int, length: int, *, eps: float = 1e-6) -> None:
        super().__init__(classes, length)
        self.spectral = Spectral(classes, eps)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (the name nn.Embedding gave it)
        return F.embedding(input, self.spectral(self.weight))


@contextmanager
def precomputed(network: nn.Module) -> Iterator[None]:
    """Give the layers with :class:`Spectral` their divided weight for the length of a block, instead of the division.

    For a network in evaluation mode that is traced: its graph then holds the weight, not a power iteration per call.
    """
    kinds = (SpectralConv2d, SpectralLinear, SpectralEmbedding)
    layers = [module for module in network.modules() if isinstance(module, kinds)]
    before = [(layer.weight, layer.spectral) for layer in layers]
    try:
        for layer in layers:
            with torch.no_grad():
                divided = layer.spectral(layer.weight)
            layer.weight = nn.Parameter(divided, requires_grad=False)
            layer.spectral = nn.Identity()  # type: ignore[assignment]
        yield
    finally:
        for layer, (weight, spectral) in zip(layers, before, strict=True):
            layer.weight, layer.spectral = weight, spectral


class StoredSingularValue(nn.Module):
    """The largest singular value of a weight seen as a matrix ``[outputs, rest]`` (Miyato et al. 2018, algorithm 1).

    A call in training mode updates the vectors ``u`` and ``v`` by one power iteration first.
    """

    u: Tensor
    v: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        matrix = weight.detach().flatten(1)
        self.register_buffer("u", F.normalize(torch.randn(matrix.shape[0]), dim=0))
        self.register_buffer("v", F.normalize(torch.randn(matrix.shape[1]), dim=0))
        for _ in range(0 if weight.is_meta else 15):  # a network that is only counted has no numbers
            self.iterate(weight)

    @torch.no_grad()
    def iterate(self, weight: Tensor) -> None:
        """One power iteration."""
        matrix = weight.flatten(1)
        self.v.copy_(F.normalize(torch.mv(matrix.t(), self.u), dim=0))
        self.u.copy_(F.normalize(torch.mv(matrix, self.v), dim=0))

    def forward(self, weight: Tensor) -> Tensor:
        # In half precision the estimate would wander by more than a weight step.
        with without_autocast(weight):
            if self.training:
                self.iterate(weight)
            # Copies, because a further call of the same step changes the vectors before the gradient is computed.
            return torch.dot(self.u.clone(), torch.mv(weight.flatten(1), self.v.clone()))


class StoredSpectralConv2d(nn.Conv2d):
    """A convolution without padding whose weight is divided by its largest singular value.

    The output is divided and not the weight, which is equivalent and faster: a wide layer has many more weights than
    outputs.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, *, bias: bool = True) -> None:
        super().__init__(inputs, outputs, kernel, stride, bias=bias)
        self.singular = StoredSingularValue(self.weight)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (the name nn.Conv2d gave it)
        answer: Tensor = F.conv2d(input, self.weight, None, self.stride) / self.singular(self.weight)
        return answer if self.bias is None else answer + self.bias[:, None, None].to(answer.dtype)


class StoredSpectralLinear(nn.Linear):
    """A linear layer without bias whose weight is divided by its largest singular value."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, bias=False)
        self.singular = StoredSingularValue(self.weight)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (the name nn.Linear gave it)
        answer: Tensor = F.linear(input, self.weight) / self.singular(self.weight)
        return answer


def singular_vectors(network: nn.Module) -> list[Tensor]:
    """The buffers that power iterations change, of all spectral layers."""
    kinds = (Spectral, StoredSingularValue, parametrizations._SpectralNorm)
    return [buffer for module in network.modules() if isinstance(module, kinds) for buffer in module.buffers(False)]

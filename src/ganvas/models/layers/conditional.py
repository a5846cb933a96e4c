"""Batch normalisation with classes and with standing statistics."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ganvas.models.layers.classes import ClassEmbedding
from ganvas.models.layers.spectral import SpectralLinear


class StandingBatchNorm(nn.BatchNorm2d):
    """Batch normalisation without scale and shift that can hold statistics for several truncations.

    ``standing_mean`` and ``standing_var`` ``[K, channels]`` are what :func:`measure_statistics` measured at K values of
    psi; a call with ``mix`` ``[N, K]`` takes each row's own mixture of them. Without, the running statistics serve.
    Statistics are those of this process's micro-batch; the trainer averages the running ones over processes.
    """

    standing_mean: Tensor
    standing_var: Tensor

    def __init__(self, channels: int, truncations: int = 0) -> None:
        super().__init__(channels, affine=False)
        self.register_buffer("standing_mean", torch.zeros(truncations, channels))
        self.register_buffer("standing_var", torch.ones(truncations, channels))

    def forward(self, input: Tensor, mix: Tensor | None = None) -> Tensor:  # noqa: A002 (the name nn.BatchNorm2d has)
        if self.training or mix is None:
            return super().forward(input)
        mean, var = mix @ self.standing_mean, mix @ self.standing_var
        # A row of mix that sums to 0 takes the running statistics: no branch, so that the export has one graph.
        assert self.running_mean is not None
        assert self.running_var is not None
        rest = 1 - mix.sum(1, keepdim=True)
        mean, var = mean + rest * self.running_mean, var + rest * self.running_var
        return (input - mean[:, :, None, None]) * torch.rsqrt(var + self.eps)[:, :, None, None]


class ConditionalBatchNorm(nn.Module):
    """Batch normalisation whose scale and shift are a function of the picture's condition.

    The scale is 1 + gain (de Vries et al. 2017; Dumoulin et al. 2017).

    Args:
        channels: Of the features.
        condition: Length of a condition vector, of which scale and shift are linear functions (BigGAN); 0: none.
        classes: Number of classes, of which scale and shift are embeddings (SAGAN); 0: none. With neither, both are
            learned constants.
        truncations: See :class:`StandingBatchNorm`.
        eps: Of spectral normalisation.
    """

    def __init__(
        self, channels: int, *, condition: int = 0, classes: int = 0, truncations: int = 0, eps: float = 1e-6
    ) -> None:
        super().__init__()
        self.norm = StandingBatchNorm(channels, truncations)
        self.gain: nn.Module | None = None
        self.bias: nn.Module | None = None
        if condition:
            self.gain = SpectralLinear(condition, channels, bias=False, eps=eps)
            self.bias = SpectralLinear(condition, channels, bias=False, eps=eps)
        elif classes:
            self.gain = ClassEmbedding(classes, channels)
            self.bias = ClassEmbedding(classes, channels)
        else:
            self.constant_gain = nn.Parameter(torch.zeros(channels))
            self.constant_bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor, condition: Tensor, mix: Tensor | None = None) -> Tensor:
        if self.gain is None or self.bias is None:
            gain, bias = self.constant_gain[None], self.constant_bias[None]
        else:
            gain, bias = self.gain(condition), self.bias(condition)
        normal: Tensor = self.norm(x, mix)
        return normal * (1 + gain)[:, :, None, None] + bias[:, :, None, None]


def standing_norms(network: nn.Module) -> list[StandingBatchNorm]:
    """The norms of a generator that hold standing statistics."""
    return [module for module in network.modules() if isinstance(module, StandingBatchNorm)]


@torch.no_grad()
def measure_statistics(network: nn.Module, index: int, render: Callable[[int], object], batches: int) -> None:
    """Measure standing statistics number ``index``: mean and variance over ``batches`` calls of ``render``.

    Brock et al. 2019, appendix B and its code: each layer normalises by its own batch while it is measured, and what
    is kept is the average of the batches' means and variances. Weights, running statistics and spectral vectors stay
    as they are.
    """
    norms = standing_norms(network)
    before = {module: module.training for module in network.modules()}
    sums: dict[nn.Module, Tensor] = {}

    def measure(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        x = inputs[0].float()
        var, mean = torch.var_mean(x, (0, 2, 3), correction=0)
        sums[module] = sums.get(module, torch.zeros(())) + torch.stack([mean, var]) / batches

    network.eval()
    hooks = [norm.register_forward_pre_hook(measure) for norm in norms]
    counts = [norm.num_batches_tracked.clone() for norm in norms if norm.num_batches_tracked is not None]
    for norm in norms:
        norm.train()
        norm.momentum = 0.0  # batch statistics are used, the running ones are not moved
    try:
        for batch in range(batches):
            render(batch)
    finally:
        for hook in hooks:
            hook.remove()
        for norm, count in zip(norms, counts, strict=True):
            norm.momentum = 0.1
            assert norm.num_batches_tracked is not None
            norm.num_batches_tracked.copy_(count)
        for module, training in before.items():
            module.training = training
    for norm in norms:
        norm.standing_mean[index], norm.standing_var[index] = sums[norm]

"""The parts of class-conditional residual GANs: spectral weights, self-attention, conditional norms, residual blocks.

Shared by SAGAN (Zhang et al. 2019) and BigGAN (Brock et al. 2019). Layers are those of the latter's published PyTorch
code, to the order of its operations, so that its weights give its pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models.layers import ClassEmbedding

InitName = Literal["orthogonal", "xavier", "normal"]


def initialize(network: nn.Module, init: InitName) -> None:
    """First values of every convolution, linear layer and embedding; biases keep torch's own.

    ``orthogonal``: BigGAN, §3 (Saxe et al. 2014). ``xavier``: SAGAN (uniform, Glorot & Bengio 2010). ``normal``:
    N(0, 0.02²), BigGAN's at CIFAR size.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear | nn.Embedding):
            match init:
                case "orthogonal":
                    nn.init.orthogonal_(module.weight)
                case "xavier":
                    nn.init.xavier_uniform_(module.weight)
                case "normal":
                    nn.init.normal_(module.weight, 0.0, 0.02)


# ── Spectral normalisation ──────────────────────────────────────────────────────────────────────────────────────────


class Spectral(nn.Module):
    """The largest singular value of a weight seen as a matrix ``[outputs, rest]``, by one power iteration a call.

    Miyato et al. 2018, algorithm 1, as BigGAN has it: evaluation mode iterates too, and the left vector ``u`` is the
    only state. A call does not keep what it found, :func:`advance` does: so the state moves once a step, however the
    batch is split. ``eps`` (1e-6 in BigGAN, 1e-12 elsewhere) is the smallest length by which a vector is divided.
    """

    u: Tensor

    def __init__(self, outputs: int, eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("u", torch.randn(outputs))

    @torch.no_grad()
    def vectors(self, matrix: Tensor) -> tuple[Tensor, Tensor]:
        """The singular vectors, left and right, one power iteration on."""
        v = F.normalize(torch.mv(matrix.t(), self.u), dim=0, eps=self.eps)
        return F.normalize(torch.mv(matrix, v), dim=0, eps=self.eps), v

    def forward(self, weight: Tensor) -> Tensor:
        matrix = weight.flatten(1)
        # In half precision the estimate would wander by more than a weight step.
        with torch.autocast(weight.device.type, enabled=False):
            u, v = self.vectors(matrix)
            sigma = torch.dot(u, torch.mv(matrix, v))
        return weight / sigma


@torch.no_grad()
def advance(network: nn.Module) -> None:
    """Keep one power iteration of every spectral layer: to be called once its weights have moved."""
    for module in network.modules():
        spectral = getattr(module, "spectral", None)
        if isinstance(spectral, Spectral) and isinstance(module.weight, Tensor):
            spectral.u.copy_(spectral.vectors(module.weight.flatten(1))[0])


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
    """One vector a class, the table divided by its largest singular value."""

    def __init__(self, classes: int, length: int, *, eps: float = 1e-6) -> None:
        super().__init__(classes, length)
        self.spectral = Spectral(classes, eps)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (the name nn.Embedding gave it)
        return F.embedding(input, self.spectral(self.weight))


class SelfAttention(nn.Module):
    """Every place of ``[N, C, H, W]`` looks at every second place of it and adds γ × what it saw; γ starts at 0.

    Zhang et al. 2019, §3, in the form of the authors' code: queries at all H·W places, keys and values max-pooled to
    a quarter of them, C/8 channels of keys and C/2 of values (one at least). H and W must be even.
    """

    def __init__(self, channels: int, *, eps: float = 1e-6) -> None:
        super().__init__()
        keys, values = max(channels // 8, 1), max(channels // 2, 1)
        self.theta = SpectralConv2d(channels, keys, 1, bias=False, eps=eps)
        self.phi = SpectralConv2d(channels, keys, 1, bias=False, eps=eps)
        self.g = SpectralConv2d(channels, values, 1, bias=False, eps=eps)
        self.o = SpectralConv2d(values, channels, 1, bias=False, eps=eps)
        self.gamma = nn.Parameter(torch.tensor(0.0))

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        query = self.theta(x).flatten(2)  # [N, C/8, HW]
        key = F.max_pool2d(self.phi(x), 2).flatten(2)  # [N, C/8, HW/4]
        value = F.max_pool2d(self.g(x), 2).flatten(2)  # [N, C/2, HW/4]
        attention = torch.softmax(query.transpose(1, 2) @ key, -1)  # [N, HW, HW/4]
        seen = (value @ attention.transpose(1, 2)).view(x.shape[0], -1, height, width)
        answer: Tensor = self.gamma * self.o(seen) + x
        return answer


# ── Conditional batch normalisation ─────────────────────────────────────────────────────────────────────────────────


class StandingBatchNorm(nn.BatchNorm2d):
    """Batch normalisation without scale and shift that can hold statistics for several truncations.

    ``standing_mean`` and ``standing_var`` ``[K, channels]`` are what :func:`stand` measured at K values of psi; a call
    with ``mix`` ``[N, K]`` takes each row's own mixture of them. Without, the running statistics serve. Statistics are
    those of this process's micro-batch; the trainer averages the running ones over processes.
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
        # A row of mix that sums to 0 asks for the running statistics: no branch, so that export sees one graph.
        assert self.running_mean is not None
        assert self.running_var is not None
        rest = 1 - mix.sum(1, keepdim=True)
        mean, var = mean + rest * self.running_mean, var + rest * self.running_var
        return (input - mean[:, :, None, None]) * torch.rsqrt(var + self.eps)[:, :, None, None]


class ConditionalBatchNorm(nn.Module):
    """Batch normalisation whose scale and shift are a function of the picture's condition.

    :param condition: length of a condition vector (scale and shift are spectral linear maps of it, BigGAN), or
    :param classes: number of classes (scale and shift are embeddings of the label, SAGAN), or neither of the two:
        learned constants.

    The scale is 1 + what the condition says (de Vries et al. 2017; Dumoulin et al. 2017).
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
def stand(network: nn.Module, index: int, render: Callable[[int], object], batches: int) -> None:
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


# ── Residual blocks ─────────────────────────────────────────────────────────────────────────────────────────────────


class GeneratorBlock(nn.Module):
    """norm, ReLU, double the side, convolve, norm, ReLU, convolve; plus a 1×1 convolution of the doubled input."""

    def __init__(self, inputs: int, outputs: int, norm: Callable[[int], ConditionalBatchNorm], *, eps: float) -> None:
        super().__init__()
        self.norm1 = norm(inputs)
        self.norm2 = norm(outputs)
        self.conv1 = SpectralConv2d(inputs, outputs, eps=eps)
        self.conv2 = SpectralConv2d(outputs, outputs, eps=eps)
        self.shortcut = SpectralConv2d(inputs, outputs, 1, eps=eps)

    def forward(self, x: Tensor, condition: Tensor, mix: Tensor | None = None) -> Tensor:
        h = F.interpolate(F.relu(self.norm1(x, condition, mix)), scale_factor=2.0, mode="nearest")
        h = self.conv1(h)
        h = self.conv2(F.relu(self.norm2(h, condition, mix)))
        # A 1×1 convolution and nearest doubling commute: convolve the quarter of the places.
        answer: Tensor = h + F.interpolate(self.shortcut(x), scale_factor=2.0, mode="nearest")
        return answer


class DiscriminatorBlock(nn.Module):
    """(ReLU,) convolve, ReLU, convolve(, halve the side); plus the input, by a 1×1 convolution where shapes differ.

    The first block of a discriminator sees a picture and so begins without ReLU.
    """

    def __init__(self, inputs: int, outputs: int, *, first: bool, halve: bool, eps: float) -> None:
        super().__init__()
        self.first = first
        self.halve = halve
        self.conv1 = SpectralConv2d(inputs, outputs, eps=eps)
        self.conv2 = SpectralConv2d(outputs, outputs, eps=eps)
        self.shortcut = SpectralConv2d(inputs, outputs, 1, eps=eps) if inputs != outputs or halve else None

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv1(x if self.first else F.relu(x))
        h = self.conv2(F.relu(h))
        if self.halve:
            # Averaging and a 1×1 convolution commute: pool first, whatever the order of the published code.
            h, x = F.avg_pool2d(h, 2), F.avg_pool2d(x, 2)
        if self.shortcut is not None:
            x = self.shortcut(x)
        answer: Tensor = h + x
        return answer

"""The networks of U-GAT-IT (Kim, Kim, Kang & Lee 2020): attention by class activation, and AdaLIN.

An auxiliary classifier predicts the domain of a feature map from its mean and from its maximum over all pixels (class
activation map, Zhou et al. 2016). The features are weighted with the weights of the classifier, so that the networks
attend to regions where the domains differ. At 256 px, width 64 and four blocks the full generator has 278,959,808
parameters, the light one 10,589,888; the discriminators have 53,130,176 (global, seven layers) and 3,290,560 (local,
five).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganvas.models.layers.precision import without_autocast
from ganvas.models.layers.spectral import StoredSpectralConv2d, StoredSpectralLinear
from ganvas.models.networks.resnet import ResidualBlock, reflected

EPS = 1e-5


class CamOutput(NamedTuple):
    """The output of a network with class activation maps."""

    output: Tensor  # pictures, or logits [N, 1, h, w]
    logits: Tensor  # of the auxiliary classifier, from the mean and from the maximum, [N, 2]
    attention: Tensor  # [N, 1, h, w]


@torch.no_grad()
def clip_rho(network: nn.Module) -> None:
    """Clip each ρ to [0, 1]; to be called after each update of the weights."""
    for module in network.modules():
        if isinstance(module, AdaLIN):
            module.rho.clamp_(0, 1)


class Attention(nn.Module):
    """Weight features [N, C, h, w] with the weights of an auxiliary classifier; its logits are returned too."""

    def __init__(self, channels: int, *, spectral: bool, slope: float) -> None:
        super().__init__()
        self.of_mean, self.of_maximum = (
            StoredSpectralLinear(channels, 1) if spectral else nn.Linear(channels, 1, bias=False) for _ in range(2)
        )
        self.merge = nn.Conv2d(2 * channels, channels, 1)
        self.slope = slope

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weighted features [N, C, h, w] and the logits [N, 2].

        The features are weighted with the weights before spectral normalisation, as in the paper's code.
        """
        logits = torch.cat([self.of_mean(x.mean((2, 3))), self.of_maximum(x.amax((2, 3)))], 1)
        # Weighting the channels and merging them is one convolution with weighted weights: the wide map in between
        # (2 C channels) need not be.
        mean, maximum = self.merge.weight.chunk(2, 1)
        by_mean, by_maximum = (layer.weight[:, :, None, None] for layer in (self.of_mean, self.of_maximum))
        x = F.conv2d(x, mean * by_mean + maximum * by_maximum, self.merge.bias)
        return F.leaky_relu(x, self.slope), logits


class AdaLIN(nn.Module):
    """Adaptive layer-instance normalisation (the paper's eq. 1): ρ · instance norm + (1 − ρ) · layer norm, then γ, β.

    ρ is learned for each channel and stays in [0, 1] (:func:`clip_rho`). Variances are those of samples (divided by
    n − 1), as in the paper's code.

    Args:
        channels: C.
        rho: Initial ρ.
        learned: γ and β are parameters (LIN in the paper) and not arguments of each call.
    """

    def __init__(self, channels: int, *, rho: float, learned: bool = False) -> None:
        super().__init__()
        self.rho = nn.Parameter(torch.full((1, channels, 1, 1), rho))
        self.learned = learned
        if learned:
            self.gamma = nn.Parameter(torch.ones(1, channels, 1, 1))
            self.beta = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x: Tensor, gamma: Tensor | None = None, beta: Tensor | None = None) -> Tensor:
        """Normalise features [N, C, h, w].

        Args:
            x: The features.
            gamma: Scale [N, C, 1, 1], for a layer without parameters of its own.
            beta: Shift [N, C, 1, 1], likewise.
        """
        if gamma is None or beta is None:
            gamma, beta = self.gamma, self.beta
        # Both norms and γ, β are together one factor and one term per channel: the map itself is read once for its
        # statistics and once to be scaled. The layer's statistics follow from the channels'.
        with without_autocast(x):
            places = x.shape[2] * x.shape[3]
            count = x.shape[1] * places
            variance, mean = torch.var_mean(x.to(torch.promote_types(x.dtype, torch.float32)), (2, 3), keepdim=True)
            layer_mean = mean.mean(1, keepdim=True)
            spread = variance * (places - 1) + (mean - layer_mean).square() * places
            layer_variance = spread.sum(1, keepdim=True) / (count - 1)
            by_channel = self.rho * (variance + EPS).rsqrt()
            by_layer = (1 - self.rho) * (layer_variance + EPS).rsqrt()
            scale = gamma * (by_channel + by_layer)
            shift = beta - gamma * (by_channel * mean + by_layer * layer_mean)
        return x * scale.to(x.dtype) + shift.to(x.dtype)


class AdaptiveBlock(nn.Module):
    """x + two 3 × 3 convolutions of x, each followed by AdaLIN under the same γ and β."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, bias=False)
        self.norm1 = AdaLIN(channels, rho=0.9)
        self.conv2 = nn.Conv2d(channels, channels, 3, bias=False)
        self.norm2 = AdaLIN(channels, rho=0.9)

    def forward(self, x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        inner = F.relu(self.norm1(self.conv1(reflected(x, 1)), gamma, beta))
        y: Tensor = x + self.norm2(self.conv2(reflected(inner, 1)), gamma, beta)
        return y


class Generator(nn.Module):
    """``[N, channels, R, R]`` → a picture ``[N, channels, R, R]`` in [-1, 1], with its class activation map.

    Args:
        resolution: R, divisible by 4. The size of the full generator grows with its fourth power, because γ and β come
            from a linear layer on the whole map of R/4 × R/4; the light one takes the mean of the map.
        channels: Of the pictures.
        width: Channels of the first layer.
        blocks: Residual blocks before the attention, and as many adaptive ones after it.
        light: The light generator.
    """

    def __init__(
        self, resolution: int, channels: int, width: int = 64, blocks: int = 4, *, light: bool = False
    ) -> None:
        super().__init__()
        inner = width * 4
        self.light = light
        self.first = nn.Conv2d(channels, width, 7, bias=False)
        self.down = nn.ModuleList(nn.Conv2d(width * i, width * i * 2, 3, 2, bias=False) for i in (1, 2))
        self.blocks = nn.Sequential(*(ResidualBlock(inner, norm="instance", bias=False) for _ in range(blocks)))
        self.attention = Attention(inner, spectral=False, slope=0.0)
        inputs = inner if light else (resolution // 4) ** 2 * inner
        self.style1 = nn.Linear(inputs, inner, bias=False)
        self.style2 = nn.Linear(inner, inner, bias=False)
        self.gamma = nn.Linear(inner, inner, bias=False)
        self.beta = nn.Linear(inner, inner, bias=False)
        self.adaptive = nn.ModuleList(AdaptiveBlock(inner) for _ in range(blocks))
        self.up = nn.ModuleList(nn.Conv2d(width * i * 2, width * i, 3, bias=False) for i in (2, 1))
        self.up_norm = nn.ModuleList(AdaLIN(width * i, rho=0.0, learned=True) for i in (2, 1))
        self.last = nn.Conv2d(width, channels, 7, bias=False)

    def forward(self, x: Tensor) -> CamOutput:
        x, logits = self.encode(x)
        attention = x.sum(1, keepdim=True)
        style = x.mean((2, 3)) if self.light else x.flatten(1)
        style = F.relu(self.style2(F.relu(self.style1(style))))
        gamma, beta = (layer(style)[:, :, None, None] for layer in (self.gamma, self.beta))
        for block in self.adaptive:
            x = block(x, gamma, beta)
        for conv, norm in zip(self.up, self.up_norm, strict=True):
            x = F.relu(norm(conv(reflected(F.interpolate(x, scale_factor=2.0, mode="nearest"), 1))))
        return CamOutput(self.last(reflected(x, 3)).tanh(), logits, attention)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weighted features [N, 4 · width, R/4, R/4] and the classifier's logits [N, 2]."""
        x = F.relu(F.instance_norm(self.first(reflected(x, 3))))
        for conv in self.down:
            x = F.relu(F.instance_norm(conv(reflected(x, 1))))
        features, logits = self.attention(self.blocks(x))
        return features, logits


class Discriminator(nn.Module):
    """``[N, channels, R, R]`` → logits ``[N, 1, h, w]``, one per patch, with its class activation map.

    ``layers`` counts as the paper does: ``layers`` − 2 convolutions of stride 2, one of stride 1, the last. With seven
    a logit depends on the whole picture at 256 px, with five on a patch of 70 pixels.
    """

    def __init__(self, channels: int, width: int = 64, layers: int = 5) -> None:
        super().__init__()
        strides = layers - 2
        self.convs = nn.ModuleList()
        before = channels
        for i in range(strides + 1):
            after = width * 2**i
            self.convs.append(StoredSpectralConv2d(before, after, 4, 1 if i == strides else 2))
            before = after
        self.attention = Attention(before, spectral=True, slope=0.2)
        self.last = StoredSpectralConv2d(before, 1, 4, bias=False)

    def forward(self, x: Tensor) -> CamOutput:
        for conv in self.convs:
            x = F.leaky_relu(conv(reflected(x, 1)), 0.2)
        x, logits = self.attention(x)
        return CamOutput(self.last(reflected(x, 1)), logits, x.sum(1, keepdim=True))
